#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The emulated server with our firmware and host kernel: sbsa-ref, started
without UEFI.  As a program it gives the console of the host, or runs one
command there; as a module it serves the tests.

What is in build/server/share (a directory of the machine that runs this) is
mounted at /share in the host.
"""

import argparse
import os
import shutil
import subprocess
import sys

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
BUILD = os.path.join(TOP, "build")

# Physical addresses; the same as in layout.h.
KERNEL = 0x10000200000
DTB = 0x10007000000
INITRD = 0x10008000000
SHIM = 0x10020000000
MAX_CPUS = 8
MIN_MEMORY = 513        # MiB: the shim is behind the first 512

CONSOLE = "console=ttyAMA0 earlycon=pl011,0x60000000 panic=-1"


class Missing(Exception):
    """Something has not been built."""


def need(*path):
    name = os.path.join(BUILD, *path)
    if not os.path.exists(name):
        raise Missing(f"build/{'/'.join(path)} is missing")
    return os.path.realpath(name)


def emulator():
    return os.environ.get("VIRTCCA_QEMU") or need("qemu", "qemu-system-aarch64")


def commas(path):
    """In the emulator's options a comma ends a value, and two are one."""
    return path.replace(",", ",,")


def directory(tag, path, *options):
    """A directory of this machine that the host can mount."""
    fsdev = ",".join((f"local,id={tag},path={commas(path)}", "security_model=none",
                      "multidevs=remap", *options))
    return ["-fsdev", fsdev,
            "-device", f"virtio-9p-pci,fsdev={tag},mount_tag={tag}"]


class Server:
    """One configuration of the server; argv() is how to start it."""

    def __init__(self, work, cpus=2, memory=2048, append="", initrd=None,
                 kernel=None, share=None, checkout=False, extra=(),
                 thread="multi", board="sbsa-ref", firmware="flash0.img"):
        if not 1 <= cpus <= MAX_CPUS:
            raise ValueError(f"1 to {MAX_CPUS} CPUs")
        if memory < MIN_MEMORY:
            raise ValueError(f"{MIN_MEMORY} MiB of memory at least")
        self.work = work
        self.cpus = cpus
        self.memory = memory
        self.append = append
        self.kernel = kernel or need("linux", "Image")
        self.initrd = initrd or need("images", "host.cpio.gz")
        self.share = share
        self.checkout = checkout
        self.extra = list(extra)
        self.thread = thread
        self.board = board
        self.firmware = firmware
        os.makedirs(work, exist_ok=True)

    def device_tree(self):
        """Completes the device tree for this configuration."""
        dtb = os.path.join(self.work, "host.dtb")
        shutil.copyfile(need("host", "sbsa-ref.dtb"), dtb)

        def put(*args):
            subprocess.run(["fdtput", *args], check=True)

        end = INITRD + os.path.getsize(self.initrd)
        for cpu in range(self.cpus, MAX_CPUS):
            put("-r", dtb, f"/cpus/cpu@{cpu}")
        put("-t", "x", dtb, "/memory@10000000000", "reg",
            "100", "0", f"{self.memory >> 12:x}", f"{self.memory << 20 & 0xffffffff:x}")
        put("-t", "x", dtb, "/chosen", "linux,initrd-end",
            f"{end >> 32:x}", f"{end & 0xffffffff:x}")
        put("-t", "s", dtb, "/chosen", "bootargs", f"{CONSOLE} {self.append}".strip())
        return dtb

    def sbsa_ref(self):
        """Options for the board, and for what starts on it."""
        def load(path, address):
            return ["-device",
                    f"loader,file={commas(path)},addr={address:#x},force-raw=on"]

        return [
            "-M", "sbsa-ref",
            "-drive", "if=pflash,format=raw,readonly=on,file="
            + commas(need("firmware", self.firmware)),
            *load(need("host", "shim.bin"), SHIM),
            *load(self.kernel, KERNEL),
            *load(self.device_tree(), DTB),
            *load(self.initrd, INITRD)]

    def virt(self):
        """A board without firmware, so without a monitor."""
        return [
            "-M", "virt,virtualization=on,gic-version=3",
            "-kernel", self.kernel, "-initrd", self.initrd,
            "-append", f"console=ttyAMA0 panic=-1 {self.append}"]

    def checkout_copy(self):
        """The checkout without build/, which has the device's secret and keys: the
        server's system is who they are kept from."""
        copy = os.path.join(self.work, "checkout")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(
            TOP, copy, symlinks=True,
            ignore=lambda where, _: {"build", ".git"} if where == TOP else set())
        return copy

    def argv(self, console=("-serial", "stdio")):
        board = {"sbsa-ref": self.sbsa_ref, "virt": self.virt}[self.board]
        # However we end, the emulator does, too.
        argv = [
            "setpriv", "--pdeathsig", "TERM", emulator(), *board(),
            "-cpu", "neoverse-n2", "-smp", str(self.cpus), "-m", f"{self.memory}M",
            "-accel", f"tcg,thread={self.thread}",
            "-display", "none", "-vga", "none", "-monitor", "none",
            "-nic", "none", "-no-reboot",
            *console, "-serial", f"file:{self.work}/secure.log",
            "-netdev", "user,id=net0", "-device", "virtio-net-pci,netdev=net0",
            "-device", "virtio-rng-pci",
        ]
        if self.share:
            argv += directory("share", self.share)
        if self.checkout:
            argv += directory("checkout", self.checkout_copy(), "readonly=on")
        return argv + self.extra


def main():
    parser = argparse.ArgumentParser(
        description="Starts the emulated server; its console is this terminal.")
    parser.add_argument("--cpus", type=int, default=2)
    parser.add_argument("--memory", type=int, default=2048, metavar="MIB")
    parser.add_argument("--append", default="", help="more of a command line")
    parser.add_argument("--kernel", help="instead of build/linux/Image")
    parser.add_argument("--initrd", help="instead of build/images/host.cpio.gz")
    parser.add_argument("--share", help="directory that is /share in the host")
    parser.add_argument("--checkout", action="store_true",
                        help="have a copy of the checkout at /checkout, read-only")
    parser.add_argument("--work", default=os.path.join(BUILD, "server"),
                        help="directory for logs and temporary files")
    parser.add_argument("--timeout", type=int, metavar="SECONDS")
    parser.add_argument("extra", nargs="*", metavar="OPTION",
                        help="options of the emulator, after --")
    args = parser.parse_args()

    try:
        argv = Server(args.work, args.cpus, args.memory, args.append,
                      args.initrd, args.kernel, args.share, args.checkout,
                      args.extra).argv()
    except (Missing, ValueError) as error:
        sys.exit(f"server: {error}")
    try:
        sys.exit(subprocess.run(argv, timeout=args.timeout, check=False).returncode)
    except subprocess.TimeoutExpired:
        sys.exit(f"server: stopped after {args.timeout} s")


if __name__ == "__main__":
    main()
