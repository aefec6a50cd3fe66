#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Measures the monitor's code, and prints it beside code that we admire.

A mirror, not a gate. The method is that of the figures it compares with: a
function is as long as from the line with its name to its closing brace, depth
is that of braces inside the function, #if counts all conditionals except
include guards. Function bodies begin and end with a brace in the first
column, which clang-format sees to, so no C parser is needed.
"""

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent

PARTS = {
    "core call abi": ["core", "call", "abi"],
    "lib hal main": ["lib", "hal", "main"],
    "arch plat": ["arch/aarch64", "arch/sel2", "plat"],
    "arch/host (fake)": ["arch/host"],
}

# name, format, aim for core, call and abi, and Linux' arch/arm64/kvm/hyp/nvhe
ROWS = [
    ("kLoC",                 "{:.1f}",  "",     8.6),
    ("comment / code",       "{:.2f}",  "0.2",  0.22),
    ("functions",            "{:.0f}",  "",     535),
    ("lines, median",        "{:.0f}",  "15",   12),
    ("lines, p90",           "{:.0f}",  "40",   37),
    ("lines, max",           "{:.0f}",  "100",  182),
    ("over 50 lines, %",     "{:.0f}",  "4",    4),
    ("over 100 lines",       "{:.0f}",  "0",    2),
    ("parameters, max",      "{:.0f}",  "5",    5),
    ("depth, max",           "{:.0f}",  "3",    3),
    ("#if / kLoC",           "{:.1f}",  "0",    4.9),
    ("includes per .c",      "{:.1f}",  "8",    7.7),
    ("largest file, lines",  "{:.0f}",  "600",  1959),
]


@dataclass
class Function:
    name: str
    where: str
    lines: int
    parameters: int
    depth: int


@dataclass
class Measure:
    code: int = 0
    comments: int = 0
    conditionals: int = 0
    includes: list = field(default_factory=list)
    files: list = field(default_factory=list)
    functions: list = field(default_factory=list)


NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(match):
    """Takes comments and strings away but keeps the lines they were on."""
    text = match[0]
    return '""' if text[0] in "\"'" else "\n" * text.count("\n")


def count_comment_lines(text):
    return sum(m[0].count("\n") + 1
               for m in NOT_CODE.finditer(text) if m[0][0] == "/")


def count_parameters(signature):
    inside = signature[signature.index("(") + 1:signature.rindex(")")]
    if inside.strip() in {"", "void"}:
        return 0
    depth, count = 0, 1
    for char in inside:
        depth += (char == "(") - (char == ")")
        count += char == "," and depth == 0
    return count


def brace_depth(body):
    depth = deepest = 0
    for char in body:
        depth += (char == "{") - (char == "}")
        deepest = max(deepest, depth)
    return deepest


def find_functions(lines, path):
    """Yields the functions in a file without comments and strings."""
    for opening, line in enumerate(lines):
        if line.rstrip() != "{":
            continue
        closing = next(i for i in range(opening, len(lines))
                       if lines[i].startswith("}"))
        # The signature ends just above; its other lines are indented.
        first = opening - 1
        while first > 0 and lines[first][:1] in {"\t", " ", ")"}:
            first -= 1
        signature = " ".join(lines[first:opening])
        if match := re.search(r"(\w+)\s*\(", signature):
            yield Function(match[1], f"{path.relative_to(TOP)}:{first + 1}",
                           closing - first + 1, count_parameters(signature),
                           brace_depth("\n".join(lines[opening + 1:closing])))


def measure_file(path, m):
    text = path.read_text()
    lines = NOT_CODE.sub(blank, text).split("\n")

    m.files.append((text.count("\n"), path))
    m.code += sum(1 for line in lines if line.strip())
    m.comments += count_comment_lines(text)
    m.conditionals += sum(1 for line in lines
                          if re.match(r"\s*#\s*(if|ifdef|ifndef|elif)\b", line))
    if path.suffix == ".h":
        guard = re.compile(r"#ifndef (\w+)\n#define \1\b")
        m.conditionals -= 1 if guard.search("\n".join(lines)) else 0
    if path.suffix == ".c":
        m.includes.append(sum(1 for line in lines if "#include" in line))
    if path.suffix != ".S":
        m.functions += find_functions(lines, path)


def measure(directories):
    m = Measure()
    for directory in directories:
        for path in sorted((TOP / "monitor" / directory).rglob("*.[chS]")):
            measure_file(path, m)
    return m


def figures(m):
    """The numbers of ROWS, in its order."""
    lengths = sorted(f.lines for f in m.functions) or [0]
    n = len(lengths)
    return [
        m.code / 1000,
        m.comments / max(m.code, 1),
        len(m.functions),
        lengths[n // 2],
        lengths[min(n * 9 // 10, n - 1)],
        lengths[-1],
        100 * sum(1 for length in lengths if length > 50) / n,
        sum(1 for length in lengths if length > 100),
        max((f.parameters for f in m.functions), default=0),
        max((f.depth for f in m.functions), default=0),
        1000 * m.conditionals / max(m.code, 1),
        sum(m.includes) / max(len(m.includes), 1),
        max((lines for lines, _ in m.files), default=0),
    ]


def print_table(measures):
    columns = {name: figures(m) for name, m in measures.items() if m.files}
    heads = ["aim", "pKVM", *columns]
    widths = [max(8, len(head) + 2) for head in heads]

    def print_row(name, cells):
        print(f"{name:22}" + "".join(f"{c:>{w}}" for c, w in zip(cells, widths)))

    print_row("", heads)
    for i, (name, form, aim, pkvm) in enumerate(ROWS):
        print_row(name, [aim, form.format(pkvm)] +
                  [form.format(values[i]) for values in columns.values()])


def print_outliers(measures):
    """What to look at first. An empty list is a good list."""
    for m in measures.values():
        for f in sorted(m.functions, key=lambda f: -f.lines):
            why = [f"{f.lines} lines"] if f.lines > 50 else []
            why += [f"{f.parameters} parameters"] if f.parameters > 5 else []
            why += [f"depth {f.depth}"] if f.depth > 3 else []
            if why:
                print(f"{f.where}: {f.name}: {', '.join(why)}")
        for lines, path in m.files:
            if lines > 600:
                print(f"{path.relative_to(TOP)}: {lines} lines")


def main():
    measures = {name: measure(dirs) for name, dirs in PARTS.items()}
    if not any(m.files for m in measures.values()):
        sys.exit("no code in monitor/")
    print_table(measures)
    print()
    print_outliers(measures)


if __name__ == "__main__":
    main()
