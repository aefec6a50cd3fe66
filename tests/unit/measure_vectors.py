#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Known answers for RIM and REM, from rmm-abi.md 11 and nothing else.

    unit/measure_vectors.py > unit/measure_vectors.h

The script of events is that of unit/test_measure.c, which runs the same one on
the monitor. Change both together.
"""

import hashlib
import struct

PAGE = 4096


def pad64(digest):
    return digest.ljust(64, b"\0")


def params(h, algo):
    page = bytearray(PAGE)
    for offset, size, value in ((0x00, 8, 0b110), (0x08, 1, 36), (0x10, 1, 2),
                                (0x18, 1, 3), (0x20, 1, 2), (0x28, 1, 4),
                                (0x30, 1, algo)):
        page[offset:offset + size] = value.to_bytes(size, "little")
    return pad64(h(page))


def extend(h, rim, kind, rest):
    d = bytearray(0x100)
    d[0] = kind
    d[0x08:0x10] = struct.pack("<Q", 0x100)
    d[0x10:0x50] = rim
    d[0x50:0x50 + len(rest)] = rest
    return pad64(h(d))


def data(h, rim, ipa, flags, content):
    rest = struct.pack("<QQ", ipa, flags)
    return extend(h, rim, 0, rest + (h(content) if flags & 1 else b""))


def rec(h, rim, flags, pc, gprs):
    page = bytearray(PAGE)
    page[0x000:0x008] = struct.pack("<Q", flags)
    page[0x200:0x208] = struct.pack("<Q", pc)
    page[0x300:0x340] = struct.pack("<8Q", *gprs)
    return extend(h, rim, 1, pad64(h(page)))


def ripas(h, rim, base, top):
    return extend(h, rim, 2, struct.pack("<QQ", base, top))


def rem(h, old, value):
    return pad64(h(old[:len(h(b""))] + value))


def events(name):
    """(what, RIM after it), in order."""
    def h(data):
        return hashlib.new(name, bytes(data)).digest()

    content = bytes((i * 7 + i // 256) & 0xff for i in range(PAGE))
    rim = params(h, {"sha256": 0, "sha512": 1}[name])
    yield "initial", rim
    for level_span, base in ((2 << 20, 0x400000), (4096, 0x200000)):
        rim = ripas(h, rim, base, base + level_span)
    rim = ripas(h, rim, 0x201000, 0x202000)
    yield "ripas", rim
    rim = data(h, rim, 0x200000, 1, content)
    yield "data, measured", rim
    rim = data(h, rim, 0x201000, 0, content)
    yield "data, unmeasured", rim
    rim = rec(h, rim, 1, 0x80001000, [0x100 + i for i in range(8)])
    yield "rec", rim

    old = bytes(64)
    for size in (0, 1, 32, 63, 64):
        old = rem(h, old, content[:size])
        yield f"rem, {size} bytes", old


def rows(name):
    for what, slot in events(name):
        digits = [f"0x{byte:02x}," for byte in slot]
        body = "\n".join("\t\t\t" + " ".join(digits[i:i + 8])
                         for i in range(0, 64, 8))
        yield f"\t\t{{	/* {what} */\n{body}\n\t\t}},\n"


def main():
    print("/* SPDX-License-Identifier: BSD-3-Clause */")
    print("/* Made by measure_vectors.py. */")
    print("static const uint8_t vectors[2][10][64] = {")
    for name in "sha256", "sha512":
        print("\t{\t/* " + name + " */\n" + "".join(rows(name)) + "\t},")
    print("};")


if __name__ == "__main__":
    main()
