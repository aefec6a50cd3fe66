#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What the measurements of the realms of t_measure.c and demo.c must be. This
is a second implementation of the specification's C1 and A7 (rmm-abi.md 11),
apart from the monitor's, as a verifier would have one.

usage: rim.py realm/puppet.h puppet.bin > rim.h
"""

import hashlib
import re
import struct
import sys

PAGE = 4096
BLOCK = 0x200000
ALGORITHMS = {"sha256": 0, "sha512": 1}


def defines(path):
    """The constants of a header, evaluated."""
    text = re.sub(r"/\*.*?\*/", "", open(path, encoding="ascii").read(), flags=re.S)
    pairs = dict(re.findall(r"^#define\s+([A-Z_0-9]+)[ \t]+(.+)$", text, re.M))
    values = {}

    def value(name):
        if name not in values:
            expr = re.sub(r"[A-Z][A-Z_0-9]+", lambda m: str(value(m[0])),
                          pairs[name])
            values[name] = eval(expr, {"__builtins__": {}})
        return values[name]

    class Names(dict):
        def __missing__(self, name):
            return value(name)
    return Names()


def put(page, *fields):
    for offset, form, value in fields:
        struct.pack_into("<" + form, page, offset, value)


class Rim:
    def __init__(self, algorithm, params):
        self.algorithm = algorithm
        self.value = self.hash(params)

    def hash(self, data):
        return hashlib.new(self.algorithm, bytes(data)).digest().ljust(64, b"\0")

    def extend(self, kind, *fields):
        desc = bytearray(256)
        put(desc, (0x00, "B", kind), (0x08, "Q", 0x100),
            (0x10, "64s", self.value), *fields)
        self.value = self.hash(desc)

    def data(self, ipa, content=None):
        flags, digest = (1, self.hash(content)) if content else (0, bytes(64))
        self.extend(0, (0x50, "Q", ipa), (0x58, "Q", flags),
                    (0x60, "64s", digest))

    def rec(self, pc, gpr3):
        page = bytearray(PAGE)
        put(page, (0x000, "Q", 1), (0x200, "Q", pc), (0x318, "Q", gpr3))
        self.extend(1, (0x50, "64s", self.hash(page)))

    def ripas(self, base, top):
        self.extend(2, (0x50, "Q", base), (0x58, "Q", top))


def pattern_page(seed):
    """pattern() of puppet.h, 512 words of it."""
    out = bytearray()
    for i in range(512):
        x = (seed + i) * 0x9E3779B97F4A7C15 & (1 << 64) - 1
        out += struct.pack("<Q", x ^ x >> 29)
    return bytes(out)


def new_realm(algorithm):
    """realm_blank(GEOMETRY_DEFAULT)"""
    params = bytearray(PAGE)
    put(params, (0x08, "B", 39), (0x18, "B", 1), (0x20, "B", 1),
        (0x30, "B", ALGORITHMS[algorithm]))
    return Rim(algorithm, params)


def rim(algorithm, const, image):
    """The calls of measured_realm() in t_measure.c, in their order."""
    r = new_realm(algorithm)
    for at in range(0, len(image), PAGE):
        r.data(const["PUPPET_BASE"] + at)
    for rec in range(const["PUPPET_MAX_RECS"]):
        for page in range(const["PUPPET_AREA_PAGES"]):
            r.data(const["PUPPET_AREA"] + rec * const["PUPPET_AREA_SIZE"] +
                   page * PAGE)
    for page in range(const["PUPPET_NUM_TABLES"] + const["PUPPET_NUM_SCRATCH"]):
        r.data(const["PUPPET_TABLES"] + page * PAGE)
    r.ripas(const["PUPPET_NEXT_BLOCK"], const["PUPPET_NEXT_BLOCK"] + BLOCK)
    for page in range(3):
        at = const["PUPPET_HOLE"] + page * PAGE
        r.ripas(at, at + PAGE)
    r.data(const["PUPPET_HOLE"] + 8 * PAGE, pattern_page(5))
    r.rec(const["PUPPET_BASE"], 0x1234)
    return r.value


def rim_of_demo(const, image):
    """Those of populate() in demo.c: every page measured."""
    r = new_realm("sha256")
    zero = bytes(PAGE)
    for at in range(0, len(image), PAGE):
        r.data(const["PUPPET_BASE"] + at, image[at:at + PAGE])
    for page in range(const["PUPPET_AREA_PAGES"]):
        r.data(const["PUPPET_AREA"] + page * PAGE, zero)
    for page in range(const["PUPPET_NUM_TABLES"]):
        r.data(const["PUPPET_TABLES"] + page * PAGE, zero)
    hello = struct.pack("<Q", 0x4E11) + b"hello from inside the realm"
    r.data(const["PUPPET_SCRATCH"], hello.ljust(PAGE, b"\0"))
    r.data(const["PUPPET_SCRATCH"] + PAGE, zero)
    r.rec(const["PUPPET_BASE"], 0)
    return r.value


def rem(algorithm, sizes):
    """Extended from zero by `size` bytes of 0x11 each time."""
    length = hashlib.new(algorithm).digest_size
    value = bytes(length)
    for size in sizes:
        value = hashlib.new(algorithm, value + b"\x11" * size).digest()
    return value.ljust(64, b"\0")


def show(name, value):
    words = struct.unpack("<8Q", value)
    print(f"static const uint64_t {name}[8] __attribute__((unused)) = {{")
    for i in range(0, 8, 2):
        print(f"\t{words[i]:#018x}, {words[i + 1]:#018x},")
    print("};")


def main():
    const = defines(sys.argv[1])
    image = open(sys.argv[2], "rb").read()
    image += bytes(-len(image) % PAGE)
    print("/* made by rim.py */")
    for algorithm in ALGORITHMS:
        show(f"rim_{algorithm}", rim(algorithm, const, image))
        show(f"rem_{algorithm}", rem(algorithm, (32, 64, 1, 0)))
    show("rim_demo", rim_of_demo(const, image))


if __name__ == "__main__":
    main()
