# SPDX-License-Identifier: BSD-3-Clause
"""What the RIM of a realm is, told a second time: the measurement from the text
of the specification (rmm-abi.md 11), the tables by doing what a monitor and KVM
do with them, call by call, and the images from what QEMU's boot code says. It
shares nothing with the C code, which computes the outcome directly."""

import hashlib
import struct

PAGE = 4096
RAM_BASE = 0x40000000
MIB = 1 << 20


class Rim:
    def __init__(self, algorithm, flags=2, s2sz=41, sve_vl=0, num_bps=5,
                 num_wps=3):
        self.algorithm = algorithm
        params = bytearray(PAGE)
        for offset, form, value in (
                (0x00, "<Q", flags), (0x08, "B", s2sz), (0x10, "B", sve_vl),
                (0x18, "B", num_bps), (0x20, "B", num_wps),
                (0x30, "B", {"sha256": 0, "sha512": 1}[algorithm])):
            struct.pack_into(form, params, offset, value)
        self.value = self.slot(params)

    def digest(self, data):
        return hashlib.new(self.algorithm, bytes(data)).digest()

    def slot(self, data):
        return self.digest(data).ljust(64, b"\0")

    def extend(self, kind, tail):
        desc = struct.pack("<QQ", kind, 0x100) + self.value + tail
        self.value = self.slot(desc.ljust(0x100, b"\0"))

    def data(self, ipa, content):
        self.extend(0, struct.pack("<QQ", ipa, 1) + self.digest(content))

    def rec(self, pc, x0):
        page = bytearray(PAGE)
        struct.pack_into("<Q", page, 0, 1)
        struct.pack_into("<Q", page, 0x200, pc)
        struct.pack_into("<Q", page, 0x300, x0)
        self.extend(1, self.slot(page))

    def ripas(self, base, top):
        self.extend(2, struct.pack("<QQ", base, top))

    def hex(self):
        return self.value[:hashlib.new(self.algorithm).digest_size].hex()


def span(level):
    return 1 << (12 + 9 * (3 - level))


class Tables:
    """The monitor's: a set of tables, each known by its level and base."""

    def __init__(self, s2sz):
        self.start, bits = 2, s2sz - 21
        while bits > 13:
            self.start, bits = self.start - 1, bits - 9
        self.tables = set()
        self.pages = set()

    def walk(self, ipa):
        """The level at which a walk for a page ends"""
        level = self.start
        while level < 3 and (level + 1, ipa // span(level)) in self.tables:
            level += 1
        return level

    def create(self, ipa, level):
        self.tables.add((level, ipa // span(level - 1)))

    def data_create(self, ipa):
        while (level := self.walk(ipa)) < 3:
            self.create(ipa, level + 1)
        self.pages.add(ipa)

    def init_ripas(self, base, top, rim):
        """RMI_RTT_INIT_RIPAS: how far it got; None is an error of the table"""
        level, at = self.walk(base), base
        size = span(level)
        end_of_table = (base // (512 * size) + 1) * 512 * size
        if base % size:
            return None
        while (at + size <= top and at < end_of_table and
               self.walk(at) == level and at not in self.pages):
            rim.ripas(at, at + size)
            at += size
        return at if at > base else None


def init_ripas(tables, rim, ipa, end):
    """init_ripas() of KVM's rmi-mmu.c, call by call"""
    while ipa < end:
        level = tables.walk(ipa)
        if level == 3 and ipa in tables.pages:
            ipa += PAGE
            continue
        top = tables.init_ripas(ipa, end, rim)
        if top is None:
            assert level < 3
            tables.create(ipa, level + 1)
        else:
            ipa = top


def round_up(value, to):
    return -(-value // to) * to


def layout(ram_size, kernel, initrd, dtb):
    """(where it starts, where the tree is, [(address, content)])"""
    offset, size = 0x80000, len(kernel)
    if kernel[56:60] == b"ARM\x64":
        text_offset, image_size = struct.unpack_from("<QQ", kernel, 8)
        if image_size:
            offset, size = text_offset, image_size
            if offset < 4096:
                offset += 2 * MIB
    entry = RAM_BASE + offset
    at = round_up(max(RAM_BASE + min(ram_size // 2, 128 * MIB), entry + size), PAGE)
    images = [(entry, kernel)]
    if initrd:
        images.append((at, initrd))
    dtb_at = round_up(at + len(initrd), 2 * MIB)
    return entry, dtb_at, images + [(dtb_at, dtb)]


def predict(algorithm, ram_size, kernel, initrd, dtb, **params):
    rim = Rim(algorithm, **params)
    tables = Tables(params.get("s2sz", 41))
    entry, dtb_at, images = layout(ram_size, kernel, initrd, dtb)
    pages = {}
    for at, content in images:
        content = bytes(at % PAGE) + content
        for i in range(0, len(content), PAGE):
            ipa = at // PAGE * PAGE + i
            old = pages.get(ipa, bytes(PAGE))
            new = content[i:i + PAGE].ljust(PAGE, b"\0")
            pages[ipa] = bytes(a | b for a, b in zip(old, new))
    for ipa in sorted(pages):
        tables.data_create(ipa)
        rim.data(ipa, pages[ipa])
    init_ripas(tables, rim, RAM_BASE, RAM_BASE + ram_size)
    rim.rec(entry, dtb_at)
    return rim.hex()
