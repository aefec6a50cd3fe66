# SPDX-License-Identifier: BSD-3-Clause
"""What the test scripts share: TAP, a scratch directory, running our tools."""

import os
import pathlib
import subprocess
import sys
import tempfile
import traceback

TOOLS = pathlib.Path(sys.argv[1]).resolve()
EXIT = {"ok": 0, "trouble": 1, "usage": 2, "malformed": 3, "signature": 4,
        "mismatch": 5}
# A sanitizer's report must not look like an exit code of ours.
ENV = dict(os.environ, ASAN_OPTIONS="exitcode=99", UBSAN_OPTIONS="exitcode=99")

tests = []


def test(function):
    """A test: it fails by an exception, most often by assert."""
    tests.append(function)
    return function


def run(tool, *args, stdin=None, want=None):
    """The tool's result; if it is not the exit code wanted, the test fails."""
    done = subprocess.run([TOOLS / tool, *map(str, args)], env=ENV, timeout=60,
                          input=stdin, capture_output=True, check=False)
    done.out = done.stdout.decode(errors="replace")
    done.err = done.stderr.decode(errors="replace")
    if want is not None:
        assert done.returncode == EXIT[want], (
            f"{tool} {args}: exit {done.returncode}, not {want}:\n"
            f"{done.out}\n{done.err}")
    return done


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        for number, function in enumerate(tests, 1):
            try:
                function()
                print(f"ok {number} - {function.__name__}")
            except Exception:  # pylint: disable=broad-except
                failed += 1
                print(f"not ok {number} - {function.__name__}")
                print("# " + traceback.format_exc().replace("\n", "\n# "))
    print(f"1..{len(tests)}")
    sys.exit(failed > 0)
