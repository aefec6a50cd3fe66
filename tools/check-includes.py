#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Checks that the layers of monitor/ include each other only as they may.

The table below says who may include whom. Three more things hold: an include
in quotes names its layer, "core/granule.h"; a .c file includes its own header
first, which proves that the header stands alone; and the layers that are the
same on host and target use no library but the compiler's and tinycbor.
"""

import re
import sys
from pathlib import Path

MAY_INCLUDE = {
    "lib": {"lib"},
    "abi": {"abi", "lib"},
    "hal": {"hal", "lib"},
    "core": {"core", "hal", "lib"},
    "call": {"call", "core", "hal", "abi", "lib"},
    "arch": {"arch", "hal", "lib"},
    "plat": {"plat", "arch", "hal", "lib"},
    "main": {"main", "call", "core", "plat", "arch", "hal", "abi", "lib"},
}

# What a backend and EL3 say to each other at boot; nobody else needs to know.
EXCEPTIONS = {("arch", "abi/boot.h")}

PORTABLE = {"lib", "abi", "hal", "core", "call"}

# assert.h is there for static_assert; assert() itself would not link.
FREESTANDING = {"assert.h", "float.h", "limits.h", "stdalign.h", "stdarg.h",
                "stdatomic.h", "stdbool.h", "stddef.h", "stdint.h",
                "stdnoreturn.h"}

# Built with the monitor, and needs no more than it.
BUNDLED = {"cbor.h"}

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')


def includes(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if match := INCLUDE.match(line):
            yield number, match[1] == '"', match[2]


def breaches(root, path):
    """Yields (line, message) for each include in path that may not be."""
    name = path.relative_to(root)
    layer = name.parts[0]
    own = name.with_suffix(".h")
    own_comes_next = path.suffix == ".c" and (root / own).exists()

    for number, quoted, target in includes(path):
        if own_comes_next and target != str(own):
            yield number, f'"{own}" must be included first'
        own_comes_next = False

        if not quoted:
            if layer in PORTABLE and target not in FREESTANDING | BUNDLED:
                yield number, f"<{target}> is not there without an operating system"
        elif "/" not in target:
            yield number, f'"{target}" does not name its layer'
        elif (other := target.split("/")[0]) not in MAY_INCLUDE:
            yield number, f'"{target}" is in no layer'
        elif (other not in MAY_INCLUDE[layer]
              and (layer, target) not in EXCEPTIONS):
            yield number, f'{layer} may not include {other}: "{target}"'

    if own_comes_next:
        yield 1, f'"{own}" is not included'


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else
                Path(__file__).resolve().parent.parent / "monitor")
    count = failures = 0
    for path in sorted(root.rglob("*")):
        if path.suffix not in {".c", ".h", ".S"}:
            continue
        if path.relative_to(root).parts[0] not in MAY_INCLUDE:
            print(f"{path}:1: is in no layer")
            failures += 1
            continue
        count += 1
        for number, message in breaches(root, path):
            print(f"{path}:{number}: {message}")
            failures += 1
    print(f"layers: {count} files, {failures} breaches")
    return 1 if failures or not count else 0


if __name__ == "__main__":
    sys.exit(main())
