# SPDX-License-Identifier: GPL-2.0-or-later
#
# The devices in the emulator: the server we run on (sbsa-ref), the board to
# compare it with (virt), and what a host plugs into their PCIe slots. Leaving
# all other boards out halves the time to build.

CONFIG_SBSA_REF=y
CONFIG_ARM_VIRT=y

# puts images into memory before the first instruction
CONFIG_GENERIC_LOADER=y

CONFIG_PCIE_PORT=y
CONFIG_VIRTIO_PCI=y
CONFIG_VIRTIO_BLK=y
CONFIG_VIRTIO_NET=y
CONFIG_VIRTIO_RNG=y
CONFIG_VIRTIO_SERIAL=y
CONFIG_VIRTIO_SCSI=y
CONFIG_VIRTIO_9P=y
