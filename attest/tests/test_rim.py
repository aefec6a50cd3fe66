#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""cca-rim against a second implementation.

usage: test_rim.py DIRECTORY-OF-TOOLS
"""

import json
import pathlib
import random
import struct
import subprocess

import rim_model
from dtb_maker import dtb
from tap import main, run, test

MIB = 1 << 20


def blob(seed, size):
    return random.Random(seed).randbytes(size)


def kernel_image(size, text_offset=0, image_size=None):
    body = bytearray(blob(1, size))
    struct.pack_into("<QQ", body, 8, text_offset,
                     size + 70000 if image_size is None else image_size)
    body[56:60] = b"ARM\x64"
    return bytes(body)


def write(name, content):
    pathlib.Path(name).write_bytes(content)
    return name


def compare(ram_size, kernel, initrd=b"", algorithm="sha512", options=(),
            **params):
    """Both agree, also if the tree is of another command line and RAM disk."""
    where = rim_model.layout(ram_size, kernel, initrd, b"")[2]
    at = (where[1][0], where[1][0] + len(initrd)) if initrd else None
    tree = dtb(ram_size, "console=ttyAMA0 a=b", at)
    expected = rim_model.predict(algorithm, ram_size, kernel, initrd, tree,
                                 **params)
    args = ["-k", write("kernel", kernel), "-H", algorithm, *options]
    if initrd:
        args += ["-i", write("initrd", initrd)]
    got = run("cca-rim", *args, "-d", write("dtb", tree), want="ok").out.strip()
    assert got == expected, f"{got} is not {expected}"
    other = dtb(ram_size, "quiet", (0x48000000, 0x48000001) if initrd else None)
    got = run("cca-rim", *args, "-d", write("dtb", other), "-a",
              "console=ttyAMA0 a=b", want="ok").out.strip()
    assert got == expected, f"edited: {got} is not {expected}"
    return got


@test
def kernel_alone():
    compare(256 * MIB, kernel_image(100000))


@test
def with_initrd():
    compare(256 * MIB, kernel_image(3 * MIB + 5), blob(2, 2 * MIB + 4097))


@test
def sha256():
    compare(256 * MIB, kernel_image(100000), blob(2, 5000), "sha256")


@test
def sizes_of_ram():
    for size in (64, 66, 512, 1023, 1024, 1025, 3072, 4097, 9216):
        compare(size * MIB, kernel_image(50000), blob(2, 12345))


@test
def more_ram_than_a_level():
    """Entries are of the table in which walks begin, or smaller."""
    compare(1536 << 30, kernel_image(5000), options=("--ipa-bits", 42), s2sz=42)
    compare(1536 << 30, kernel_image(5000), options=("--ipa-bits", 44), s2sz=44)


@test
def sizes_of_images():
    for size in (4095, 4096, 4097, 2 * MIB - 1, 2 * MIB, 2 * MIB + 1):
        compare(512 * MIB, kernel_image(size), blob(3, size))


@test
def initrd_after_large_kernel():
    compare(64 * MIB, kernel_image(40000, image_size=45 * MIB + 17), blob(2, 4096))


@test
def kernel_offsets():
    for offset in (0, 0x800, 0x1000, 0x80000):
        compare(256 * MIB, kernel_image(9000, offset))


@test
def kernel_without_header():
    compare(256 * MIB, blob(4, 30000))
    compare(256 * MIB, kernel_image(9000, 0x3000, 0))


@test
def parameters():
    for bits in (32, 33, 34, 35, 39, 40, 42, 43, 44, 47, 48):
        compare(512 * MIB, kernel_image(5000), options=("--ipa-bits", bits),
                s2sz=bits)
    compare(512 * MIB, kernel_image(5000), options=("--sve", 0), flags=0)
    compare(512 * MIB, kernel_image(5000), options=("--sve", 512), sve_vl=3)
    compare(512 * MIB, kernel_image(5000),
            options=("--breakpoints", 16, "--watchpoints", 2), num_bps=15,
            num_wps=1)


@test
def everything_is_measured():
    """One byte of an input, one step of a parameter: another RIM."""
    ram, kernel, initrd = 256 * MIB, kernel_image(9000), blob(2, 9000)
    at = rim_model.layout(ram, kernel, initrd, b"")[2][1][0]
    place = (at, at + len(initrd))

    def rim(k=kernel, i=initrd, append="quiet", size=ram, options=()):
        return run("cca-rim", "-k", write("k", k), "-i", write("i", i), "-d",
                   write("d", dtb(size, append, place)), *options, want="ok").out

    changed = [rim(), rim(k=kernel[:-1] + b"!"), rim(i=initrd[:-1] + b"!"),
               rim(append="quieT"), rim(size=ram + 2 * MIB),
               rim(i=initrd + b"\1"), rim(options=("--append", "quie")),
               rim(options=("--sve", "256")), rim(options=("--sve", "0")),
               rim(options=("--ipa-bits", "42")),
               rim(options=("--breakpoints", "5")),
               rim(options=("--watchpoints", "5")),
               rim(options=("-H", "sha256"))]
    assert len(set(changed)) == len(changed)


@test
def dumped_trees():
    """Our VMM's, of 256 MiB, a RAM disk of some size and a command line: each is
    made of each other one, to the byte."""
    real = pathlib.Path(__file__).resolve().parent / "real"
    kernel = write("k", kernel_image(5000))
    trees = {}
    for path in real.glob("*.dtb"):
        def get(name, *form, tree=path):
            return subprocess.check_output(
                ["fdtget", *form, tree, "/chosen", name], text=True).strip()
        start, end = (int(get(f"linux,initrd-{which}", "-t", "x").split()[1], 16)
                      for which in ("start", "end"))
        initrd = write(f"initrd-{path.stem}", bytes(end - start))
        trees[path] = (initrd, get("bootargs"))
    assert len(trees) == 4
    for source in trees:
        for target, (initrd, append) in trees.items():
            run("cca-rim", "-k", kernel, "-i", initrd, "-d", source, "-a", append,
                "--write-dtb", "made", want="ok")
            assert pathlib.Path("made").read_bytes() == target.read_bytes(), (
                source, target)


@test
def outputs():
    args = ["-k", write("k", kernel_image(5000)), "-d",
            write("d", dtb(256 * MIB, "quiet"))]
    plain = run("cca-rim", *args, want="ok").out.strip()
    got = json.loads(run("cca-rim", *args, "--json", want="ok").out)
    assert got == {"realm": {"hash-algorithm": "sha-512",
                             "initial-measurement": plain}}
    log = run("cca-rim", *args, "-vv", "--write-dtb", "w", want="ok").err
    assert "data   0x40200000\n" in log and "ripas  0x40000000 to 0x40200000\n" in log
    assert "2 CPUs" in log and "256 MiB" in log
    assert pathlib.Path("w").read_bytes() == pathlib.Path("d").read_bytes()


@test
def usage():
    kernel, tree = write("k", kernel_image(5000)), write("d", dtb(256 * MIB))
    good = ["-k", kernel, "-d", tree]
    assert "Usage: cca-rim" in run("cca-rim", "--help", want="ok").out
    assert "cca-rim (virtCCA)" in run("cca-rim", "-V", want="ok").out
    for args in ([], ["-k", kernel], ["-d", tree], [*good, "more"],
                 [*good, "--no-such"], [*good, "-H", "md5"],
                 [*good, "--ipa-bits", "31"], [*good, "--ipa-bits", "49"],
                 [*good, "--ipa-bits", "-8"], [*good, "--ipa-bits", "4x"],
                 [*good, "--sve", "100"], [*good, "--sve", "2176"],
                 [*good, "--breakpoints", "1"], [*good, "--watchpoints", "65"]):
        run("cca-rim", *args, want="usage")


@test
def refusals():
    """Inputs for which there is no right answer, each with its reason"""
    kernel = kernel_image(5000)
    size = 256 * MIB

    def refuse(reason, k=kernel, d=dtb(size), *more):
        err = run("cca-rim", "-k", write("k", k), "-d", write("d", d), *more,
                  want="trouble").err
        assert reason in err, err

    initrd = ("-i", write("i", b"initrd"))
    refuse("compressed", b"\x1f\x8b" + kernel)
    refuse("zboot", b"MZ\0\0zimg" + kernel)
    refuse("ELF", b"\x7fELF" + kernel)
    refuse("uImage", b"\x27\x05\x19\x56" + kernel)
    refuse("empty", b"")
    refuse("does not fit", kernel_image(5000, image_size=1 << 62))
    refuse("does not fit", kernel_image(5000, text_offset=(1 << 64) - 8))
    refuse("overlaps", kernel_image(200 * MIB, image_size=4096),
           dtb(size, initrd=(1, 2)), *initrd)
    refuse("by smc", d=dtb(size, method="hvc"))
    refuse("random", d=dtb(size, more="kaslr-seed = <1 2>;"))
    refuse("-initrd", d=dtb(size, initrd=(1, 2)))
    refuse("-initrd", kernel, dtb(size), *initrd)
    refuse("-append", kernel, dtb(size, ""), "-a", "quiet")
    refuse("impossible", d=dtb(0))
    refuse("impossible", d=dtb((1 << 64) - 4096))
    refuse("too few", kernel, dtb(4096 * MIB), "--ipa-bits", "32")
    run("cca-rim", "-k", "none", "-d", "d", want="trouble")


@test
def broken_trees():
    """Anything can be in a tree that comes from a host."""
    good = dtb(256 * MIB, "quiet", (1, 2))
    write("k", kernel_image(5000))
    write("i", b"initrd")
    for size in [0, 1, 39, 40, 41, *range(50, len(good), 97)]:
        done = run("cca-rim", "-k", "k", "-d", write("d", good[:size]))
        assert done.returncode == 1 and "not a device tree" in done.err
    for version in (1, 2, 3, 15, 16, 18):
        # version, and the last one that it is compatible with
        bad = good[:20] + struct.pack(">II", version, min(version, 16)) + good[28:]
        done = run("cca-rim", "-k", "k", "-d", write("d", bad))
        assert done.returncode == 1 and "not a device tree" in done.err
    noise = random.Random(7)
    for _ in range(60):
        bad = bytearray(good)
        for _ in range(noise.randrange(1, 4)):
            bad[noise.randrange(len(bad))] = noise.randrange(256)
        done = run("cca-rim", "-k", "k", "-i", "i", "-d", write("d", bytes(bad)))
        assert done.returncode in (0, 1), done.err


if __name__ == "__main__":
    main()
