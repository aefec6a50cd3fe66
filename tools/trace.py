#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Joins the rules of the specification with the code and the tests.

docs/spec/rules.csv lists the rules: id, status, summary, and a hash of the
text they come from. "@rule ID" in monitor/ marks the line that enforces a
rule, "@test ID" in tests/ a test that would fail without it. One mark can
name several: "@rule RTT_CREATE.{rd_align,rd_bound}, RTT_CREATE.level_bound".

What must be there depends on the status:
    done        code and test
    deviates    a test that pins what we do instead, and in the summary the
                ADR that says why ("ADR 12", docs/adr/0012-*.md)
    n/a         neither
"""

import csv
import re
import sys
from collections import defaultdict
from pathlib import Path

STATUSES = {"done", "deviates", "n/a"}

ID = r"[A-Z][A-Za-z0-9_]*(?:\.(?:\w+|\{[\w, ]+\}))?"
MARK = re.compile(rf"@(rule|test) +({ID}(?:, *{ID})*)")


def expand(names):
    """'A.{x,y}, B.z' -> A.x A.y B.z"""
    for name in re.findall(ID, names):
        head, brace, tail = name.partition(".{")
        if brace:
            yield from (f"{head}.{part.strip()}" for part in tail[:-1].split(","))
        else:
            yield name


def find_marks(directory, kind):
    """Where each rule is marked: {id: ["path:line", ...]}"""
    marks = defaultdict(list)
    for path in sorted(directory.rglob("*")):
        if path.suffix not in {".c", ".h", ".S", ".py", ".sh"}:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for match in MARK.finditer(line):
                if match[1] == kind:
                    for name in expand(match[2]):
                        marks[name].append(f"{path}:{number}")
    return marks


def read_rules(path, complain):
    rules = {}
    with path.open(newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        for row in csv.DictReader(lines):
            where = f"{path}: {row['id']}"
            if row["id"] in rules:
                complain(f"{where}: listed twice")
            if row["status"] not in STATUSES:
                complain(f"{where}: unknown status '{row['status']}'")
            if not (row["summary"] or "").strip():
                complain(f"{where}: no summary")
            rules[row["id"]] = row
    return rules


def check_adr(adr_dir, row, complain):
    match = re.search(r"\bADR[ -]?(\d+)", row["summary"])
    if not match:
        complain(f"{row['id']}: deviates, but its summary names no ADR")
    elif not list(adr_dir.glob(f"{int(match[1]):04}-*.md")):
        complain(f"{row['id']}: there is no ADR {match[1]}")


def check_rule(row, enforced, tested, adr_dir, complain):
    name, status = row["id"], row["status"]
    if status == "done" and not enforced:
        complain(f"{name}: done, but no code carries @rule")
    if status in {"done", "deviates"} and not tested:
        complain(f"{name}: {status}, but no test carries @test")
    if status == "deviates":
        check_adr(adr_dir, row, complain)
    if status == "n/a":
        for where in enforced + tested:
            complain(f"{where}: {name} is n/a, and yet marked here")


def main():
    top = Path(sys.argv[1] if len(sys.argv) > 1 else
               Path(__file__).resolve().parent.parent)
    csv_file = top / "docs/spec/rules.csv"
    if not csv_file.exists():
        sys.exit(f"trace: there is no {csv_file}")
    problems = []
    rules = read_rules(csv_file, problems.append)
    enforced = find_marks(top / "monitor", "rule")
    tested = find_marks(top / "tests", "test")

    for name, row in rules.items():
        check_rule(row, enforced.get(name, []), tested.get(name, []),
                   top / "docs/adr", problems.append)
    for marks in enforced, tested:
        for name, places in marks.items():
            if name not in rules:
                problems += [f"{where}: {name} is not in rules.csv"
                             for where in places]

    for problem in problems:
        print(problem)
    count = {s: sum(r["status"] == s for r in rules.values()) for s in STATUSES}
    print(f"trace: {len(rules)} rules: {count['done']} done, "
          f"{count['deviates']} deviate, {count['n/a']} n/a; "
          f"{len(problems)} problems")
    return 1 if problems or not rules else 0


if __name__ == "__main__":
    sys.exit(main())
