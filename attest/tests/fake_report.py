#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The kernel's part behind fake_tsm.c: makes a token for a challenge.

usage: fake_report.py ENTRY

$FAKE_TSM_CHANGE says what about this realm or platform is not as it should be.
"""

import os
import pathlib
import sys

import token_maker as make


def main():
    entry = pathlib.Path(sys.argv[1])
    change = os.environ.get("FAKE_TSM_CHANGE", "")
    platform, realm = make.platform_claims(), make.realm_claims()
    realm[10] = (entry / "inblob").read_bytes().ljust(64, b"\0")
    if change == "command line":
        realm[44238] = b"\x12" * 64
    elif change == "monitor":
        platform[2399][1][2] = bytes(32)
    elif change == "debug":
        platform[2395] = 0x4000
    key = make.key_on() if change == "platform" else make.PLATFORM_KEY
    token = make.token(platform, realm, platform_key=key)
    if change == "broken":
        token = token[:-1]
    (entry / "outblob").write_bytes(token)
    (entry / "generation").write_text("2\n" if change == "shared" else "1\n")


main()
