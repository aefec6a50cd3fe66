#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes tokens and device trees that fuzzers can start from.

usage: fuzz/seeds.py DIRECTORY
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))
sys.argv, directory = sys.argv[:1], pathlib.Path(sys.argv[1])

import cbor2  # noqa: E402

import dtb_maker  # noqa: E402, needs the path
import token_maker as make  # noqa: E402


def main():
    old = make.realm_claims("sha-256")
    del old[265]
    raw = dict(old)
    raw[44237] = b"\4" + b"".join(make.point(make.REALM_KEY))
    odd = make.platform_claims() | {-5: [1, {"x": 1.5}, None, True], "t": b""}
    seeds = {"good": make.token(), "sha256": make.token(realm=old),
             "raw": make.token(realm=raw), "odd": make.token(odd)}
    for name, seed in list(seeds.items()):
        parts = cbor2.loads(seed).value
        p, r = (cbor2.loads(parts[label]).value[2] for label in (44234, 44241))
        seeds["claims-" + name] = len(p).to_bytes(2, "big") + p + r
    write("fuzz_token", seeds)
    write("fuzz_dtb", {
        "plain": dtb_maker.dtb(1 << 30),
        "initrd": dtb_maker.dtb(1 << 30, "console=ttyAMA0", (1 << 27, 1 << 28))})


def write(name, seeds):
    (directory / name).mkdir(parents=True, exist_ok=True)
    for seed, content in seeds.items():
        (directory / name / seed).write_bytes(content)


main()
