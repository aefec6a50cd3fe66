#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Looks for what must not be left in memory after boot.

usage: residue.py [--flash IMAGE] [--provision DIR] [--logs DIR] [--seconds N]

Boots the machine, lets a realm make tokens, stops it in the middle, and searches
all of its RAM, the secure RAM above all, for the device's secret, the key that
signs platform tokens, what lies between the two, and the nonces of its
signatures: whoever has one of these has the key.  The emulator's monitor says
where it keeps each memory.

Two controls show that the search would find them: it finds the secret in the
flash, where it belongs, and in secure RAM what the monitor does keep, once.
"""

import argparse
import hashlib
import hmac
import importlib.machinery
import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

import cbor2

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.path.join(HERE, "..", ".."))
BUILD = os.path.join(TOP, "build")
IMAGE_ADDRESS, CONFIG_ADDRESS = 0x10020000000, 0x10010000000
# When this has passed the monitor has signed, and realms have come and gone.
LAST = b"PASS token.whole_sha512"
CHUNK = 1 << 24
WINDOW = 16             # bytes of a key that nobody may have either
ORDER = int("ffffffffffffffffffffffffffffffffffffffffffffffff"
            "c7634d81f4372ddf581a0db248b0a77aecec196accc52973", 16)


def load(path):
    loader = importlib.machinery.SourceFileLoader(os.path.basename(path), path)
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader(loader.name, loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


def nonce(key, message):
    """RFC 6979 3.2, the first candidate."""
    h = int.from_bytes(hashlib.sha384(message).digest(), "big") % ORDER
    data = key + h.to_bytes(48, "big")
    k, v = bytes(48), b"\1" * 48
    for byte in (b"\0", b"\1"):
        k = hmac.digest(k, v + byte + data, "sha384")
        v = hmac.digest(k, v, "sha384")
    return hmac.digest(k, v, "sha384")


class Machine:
    """The emulator, with a socket to its monitor (QMP)."""

    def __init__(self, args, directory):
        tests = os.path.join(directory, "config")
        load(os.path.join(HERE, "run")).write_config(tests, 0, 100, 0, "token.whole")
        path = os.path.join(directory, "qmp")
        self.console = os.path.join(args.logs, "residue-console.log")
        open(self.console, "wb").close()
        self.process = subprocess.Popen([
            os.environ.get("VIRTCCA_QEMU",
                           os.path.join(BUILD, "qemu", "qemu-system-aarch64")),
            "-M", "sbsa-ref", "-cpu", "neoverse-n2", "-smp", "4", "-m", "1G",
            "-accel", "tcg,thread=single", "-display", "none", "-vga", "none",
            "-monitor", "none", "-nic", "none", "-no-shutdown",
            "-serial", f"file:{self.console}", "-serial", "null",
            "-drive", f"if=pflash,format=raw,file={args.flash},readonly=on",
            "-device", f"loader,file={os.path.join(BUILD, 'conformance', 'conformance.bin')},"
                       f"addr={IMAGE_ADDRESS:#x},force-raw=on",
            "-device", f"loader,file={tests},addr={CONFIG_ADDRESS:#x},force-raw=on",
            "-qmp", f"unix:{path},server=on,wait=off"], stdin=subprocess.DEVNULL)
        self.qmp = self.connect(path)

    @staticmethod
    def connect(path):
        for _ in range(100):
            try:
                s = socket.socket(socket.AF_UNIX)
                s.connect(path)
                return s.makefile("rw")
            except OSError:
                time.sleep(0.1)
        sys.exit("residue: the emulator does not answer")

    def command(self, name, **arguments):
        self.qmp.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self.qmp.flush()
        while True:
            answer = json.loads(self.qmp.readline())
            if "return" in answer:
                return answer["return"]

    def wait_for(self, text, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with open(self.console, "rb") as f:
                if text in f.read():
                    return
            time.sleep(0.1)
        sys.exit(f"residue: no {text.decode()!r} on {self.console}")

    def memories(self):
        """{name: (address in the emulator, size)}"""
        table = self.command("human-monitor-command",
                             **{"command-line": "info ramblock"})
        # name, page size, offset, used, total, address
        row = re.compile(r"^ *(\S+) +\d+ \w+ +0x\w+ +(0x\w+) +0x\w+ +(0x\w+)", re.M)
        return {m[1]: (int(m[3], 16), int(m[2], 16)) for m in row.finditer(table)}

    def chunks(self, address, size, overlap):
        with open(f"/proc/{self.process.pid}/mem", "rb", buffering=0) as f:
            for at in range(0, size, CHUNK):
                f.seek(address + at)
                yield at, f.read(min(CHUNK + overlap, size - at))

    def stop(self):
        self.process.kill()
        self.process.wait()


def search(machine, memory, patterns):
    """How often each pattern is there, and where: {name: [offset]}"""
    found = {name: [] for name in patterns}
    overlap = max(map(len, patterns.values())) - 1
    for at, chunk in machine.chunks(*memory, overlap):
        if not any(chunk):
            continue
        for name, pattern in patterns.items():
            i = chunk.find(pattern)
            while 0 <= i < CHUNK:
                found[name].append(at + i)
                i = chunk.find(pattern, i + 1)
    return found


def windows(name, value):
    """Every part of a secret that is long enough, in both byte orders."""
    for order, v in (("", value), (", reversed", value[::-1])):
        for i in range(0, len(v) - WINDOW + 1, 8):
            yield f"{name}[{i}:{i + WINDOW}]{order}", v[i:i + WINDOW]


def contexts(token):
    """Hashes of the measurements and the lifecycle that the two derivations depend on."""
    platform = cbor2.loads(cbor2.loads(cbor2.loads(token).value[44234]).value[2])
    measured = [c[2] for c in platform[2399]]
    lifecycle = platform[2395].to_bytes(4, "little")
    return (hashlib.sha256(b"".join(measured) + lifecycle).digest(),
            hashlib.sha256(b"".join(measured[:3]) + lifecycle).digest())


def platform_message(token):
    protected, _, payload, _ = cbor2.loads(cbor2.loads(token).value[44234]).value
    return cbor2.dumps(["Signature1", protected, b"", payload])


def secrets_of(provision, device, token):
    """Those that nobody may have, and those that the monitor alone has."""
    secret = device[16:48]
    everything, firmware = contexts(token)
    iak = provision.iak_of(secret)
    gone = {
        "secret": secret,
        "pseudo-random key": hmac.digest(bytes(48), secret, "sha384"),
        "IAK": iak,
        "nonce of the platform token": nonce(iak, platform_message(token)),
    }
    rak = provision.derive_scalar(secret, b"virtCCA RAK v1", everything)
    kept = {
        "RAK": rak[::-1],       # a number, as the monitor computes with it
        "sealing root": provision.derive(secret, b"virtCCA sealing v1", firmware, 0, 32),
    }
    return gone, kept, {"RAK as it was handed over": rak}


def look(machine, args, token):
    provision = load(os.path.join(TOP, "firmware", "provision"))
    with open(os.path.join(args.provision, "device.bin"), "rb") as f:
        device = f.read()
    gone, kept, moved = secrets_of(provision, device, token)
    forbidden = {n: v for name, value in gone.items() for n, v in windows(name, value)}
    errors = []
    memories = machine.memories()
    for name, memory in memories.items():
        if "flash" in name:
            continue
        for what, where in search(machine, memory, forbidden | moved).items():
            errors += [f"{what} is in {name} at {at:#x}" for at in where]
    for what, where in search(machine, memories["sbsa-ref.secure-ram"], kept).items():
        print(f"control: {what} in secure RAM at {', '.join(map(hex, where))}")
        if len(where) != 1:
            errors.append(f"{what}: {len(where)} times in secure RAM, not once")
    flash = search(machine, memories["sbsa.flash0"], {"secret": gone["secret"]})
    print(f"control: secret in flash at {', '.join(map(hex, flash['secret']))}")
    if len(flash["secret"]) != 1:
        errors.append("the search does not find the secret where it is")
    return errors, len(forbidden)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--flash", default=os.path.join(BUILD, "firmware", "flash0.img"))
    parser.add_argument("--provision", default=os.path.join(BUILD, "provision"))
    parser.add_argument("--logs", default=os.path.join(BUILD, "log"))
    parser.add_argument("--seconds", type=int, default=120)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        machine = Machine(args, directory)
        try:
            machine.wait_for(LAST, args.seconds)
            machine.qmp.readline()
            machine.command("qmp_capabilities")
            machine.command("stop")
            with open(machine.console, "rb") as f:
                tokens = [line for line in f if line.startswith(b"TOKEN ")]
            errors, count = look(machine, args,
                                 bytes.fromhex(tokens[-1].split()[-1].decode()))
        finally:
            machine.stop()
    for e in errors[:20]:
        print(f"FAIL {e}")
    print(f"{count} patterns, {len(errors)} found")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
