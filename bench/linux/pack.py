# SPDX-License-Identifier: BSD-3-Clause
"""The server's RAM disk with all that a measurement needs in it: no share, for
an answer of the machine that runs this may come at any moment."""

import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
WORK = os.path.join(TOP, "build", "bench", "linux")
sys.path.insert(0, os.path.join(TOP, "host"))
import server  # noqa: E402 pylint: disable=wrong-import-position


def put(tree, where, *files):
    into = os.path.join(tree, where)
    os.makedirs(into, exist_ok=True)
    for file in files:
        shutil.copy(file, into)


def say(tree, where, text):
    with open(os.path.join(tree, where), "w", encoding="ascii") as file:
        file.write(text + "\n")


def archive(tree):
    names = sorted(os.path.relpath(os.path.join(at, name), tree)
                   for at, dirs, files in os.walk(tree) for name in dirs + files)
    return subprocess.run(
        ["cpio", "--create", "--format", "newc", "--owner", "0:0", "--quiet",
         "--reproducible"], cwd=tree, input="\n".join(names).encode(),
        stdout=subprocess.PIPE, check=True).stdout


def append(image, tree, into):
    """Linux unpacks archives one after the other, if they are aligned."""
    with open(image, "rb") as file:
        packed = file.read()
    with open(into, "wb") as file:
        file.write(packed + bytes(-len(packed) % 512) + archive(tree))


def guest_tree():
    tree = os.path.join(WORK, "guest")
    shutil.rmtree(tree, ignore_errors=True)
    put(tree, "bench", os.path.join(WORK, "load"), os.path.join(HERE, "setup"))
    return tree


def host_image(only):
    """only: bare, load, or both if empty"""
    tree = os.path.join(WORK, "host")
    shutil.rmtree(tree, ignore_errors=True)
    put(tree, "share/guest", server.need("guest", "Image"))
    put(tree, "share/bin", server.need("vmm", "qemu-system-aarch64"),
        os.path.join(TOP, "host", "bin", "cvm"))
    put(tree, "share/bench", os.path.join(HERE, "drive"),
        os.path.join(HERE, "qemu"), os.path.join(WORK, "mark"),
        os.path.join(WORK, "bare.bin"))
    say(tree, "share/bench/only", only)
    say(tree, "share/bench/no-initrd", "cvm wants one")
    append(server.need("images", "guest.cpio.gz"), guest_tree(),
           os.path.join(tree, "share", "bench", "guest.cpio"))
    image = os.path.join(WORK, "host.cpio")
    append(server.need("images", "host.cpio.gz"), tree, image)
    return image
