# SPDX-License-Identifier: GPL-2.0-or-later
#
# The devices of the VMM: one board, and paravirtual devices for it. What is not
# here cannot be attacked by a guest.

CONFIG_ARM_VIRT=y

# puts more images into a realm, and its measurement
CONFIG_GENERIC_LOADER=y

CONFIG_PCIE_PORT=y
CONFIG_VIRTIO_PCI=y
CONFIG_VIRTIO_MMIO=y
CONFIG_VIRTIO_BLK=y
CONFIG_VIRTIO_NET=y
CONFIG_VIRTIO_RNG=y
CONFIG_VIRTIO_SERIAL=y
CONFIG_VIRTIO_SCSI=y
CONFIG_VIRTIO_9P=y
CONFIG_VIRTIO_BALLOON=y
CONFIG_VHOST_VSOCK=y
CONFIG_VHOST_USER_FS=y
CONFIG_VHOST_USER_VSOCK=y
