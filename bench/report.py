# SPDX-License-Identifier: BSD-3-Clause
"""What all measurements here share: which versions they are of, symbols, and what
changed since the last result that was committed."""

import bisect
import collections
import json
import os
import re
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(HERE)
BUILD = os.path.join(TOP, "build")
RESULTS = os.path.join(HERE, "results")
CROSS = os.environ.get("CROSS_COMPILE", "aarch64-linux-gnu-")
MONITOR = os.path.join(BUILD, "monitor", "tmm.elf")
BL31 = os.path.join(BUILD, "firmware", "release", "qemu_sbsa", "release",
                    "bl31", "bl31.elf")
CHANGE = 0.02
KINDS = ("instructions", "tlbi", "dsb", "isb", "sb", "dc", "ic", "sysreg")


def text_of(*argv):
    done = subprocess.run(argv, cwd=TOP, capture_output=True, text=True,
                          check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def last_word(text):
    return text.split("\n")[0].split()[-1] if text else "?"


def tfa_version():
    with open(os.path.join(BUILD, "src", "tf-a", "Makefile"),
              encoding="utf-8") as f:
        found = dict(re.findall(r"^VERSION_(\w+)\s*:=\s*(\d+)", f.read(), re.M))
    return ".".join(found[k] for k in ("MAJOR", "MINOR", "PATCH") if k in found)


def about(*parts):
    """Commit, with a word on uncommitted changes of these parts, and versions."""
    changed = text_of("git", "status", "--porcelain", *parts)
    qemu = os.path.join(BUILD, "qemu", "qemu-system-aarch64")
    return {
        "commit": text_of("git", "rev-parse", "--short=12", "HEAD") +
                  (" and changes" if changed else ""),
        "qemu": last_word(text_of(qemu, "--version")),
        "tf-a": tfa_version(),
        "gcc": last_word(text_of(CROSS + "gcc", "--version")),
        "machine": "sbsa-ref, neoverse-n2, -smp 1, -icount shift=0",
    }


def changes(name, figures, figures_of):
    """What changed since the result that was committed last. Figures are
    name -> number; figures_of() makes them of the operations of a result."""
    old = text_of("git", "show", f"HEAD:bench/results/{name}.json")
    if not old:
        return ["nothing committed to compare with"]
    before = figures_of(json.loads(old)["operations"])
    lines = []
    for key in figures.keys() & before.keys():
        was, now = before[key], figures[key]
        if abs(now - was) > was * CHANGE:
            lines.append(f"{key}: {was:,} -> {now:,} ({(now - was) / was:+.1%})")
    for key in figures.keys() ^ before.keys():
        lines.append(f"{key}: only " + ("now" if key in figures else "before"))
    lines.sort()
    return lines or ["no operation changed by more than 2 %"]


def write(name, ending, text):
    os.makedirs(RESULTS, exist_ok=True)
    with open(os.path.join(RESULTS, f"{name}.{ending}"), "w",
              encoding="ascii") as f:
        f.write(text + "\n")


def write_json(name, facts, operations):
    write(name, "json", json.dumps({**facts, "operations": operations}, indent=1))


class Symbols:
    """Functions by address, of the monitor, of EL3, and of a System.map if there
    is one."""

    def __init__(self, system_map=None):
        rows = self.rows(text_of(CROSS + "nm", "-n", MONITOR))
        if os.path.exists(BL31):
            rows += self.rows(text_of(CROSS + "nm", "-n", BL31))
        if system_map:
            with open(system_map, encoding="ascii") as f:
                rows += self.rows(f.read())
        rows.sort()
        self.names = [name for _, name in rows]
        self.starts = [address for address, _ in rows]

    @staticmethod
    def rows(listing):
        rows = [line.split() for line in listing.splitlines()]
        return [(int(r[0], 16), r[2]) for r in rows
                if len(r) == 3 and r[1] in "tTwW" and not r[2].startswith("$")]

    def of(self, address):
        at = bisect.bisect_right(self.starts, address) - 1
        return self.names[at] if at >= 0 else hex(address)

    def range_of(self, first, last):
        """From the beginning of one function to the end of another."""
        end = self.names.index(last) + 1
        return self.starts[self.names.index(first)], self.starts[end] - 1


def inlined(addresses):
    """Address -> function by line information: inlined ones have their name."""
    asked = subprocess.run(
        [CROSS + "addr2line", "-f", "-e", MONITOR],
        input="\n".join(f"{a:x}" for a in addresses), capture_output=True,
        text=True, check=True)
    return dict(zip(addresses, asked.stdout.splitlines()[::2]))


def print_profile(points, symbols, named):
    """Instructions by function. points: (world, address) -> count; worlds that are
    not among the named have no functions."""
    inner_of = inlined([a for w, a in points if w == "monitor"])
    outer, inner = collections.Counter(), collections.Counter()
    for (world, address), count in points.items():
        symbol = symbols.of(address) if world in named else ""
        outer[world, symbol] += count
        name = inner_of.get(address, symbol) if world == "monitor" else symbol
        if name not in ("??", symbol):
            inner[world, symbol, name] += count
    for (world, symbol), count in outer.most_common():
        print(f"{count:11,}  {world:8}{symbol}")
        for (w, s, name), part in inner.most_common():
            if (w, s) == (world, symbol):
                print(f"                     {part:11,}  {name}")
