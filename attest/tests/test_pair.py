#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""cca-verifier and cca-attester with each other, and with others that do not
keep to the protocol. The crypto of those is Debian's python3-cryptography.

usage: test_pair.py DIRECTORY-OF-TOOLS
"""

import concurrent.futures
import contextlib
import hashlib
import hmac
import json
import os
import pathlib
import random
import socket
import stat
import struct
import subprocess
import tempfile
import threading

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey, X25519PublicKey)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import token_maker as make
from tap import EXIT, TOOLS, main, run, test

HERE = pathlib.Path(__file__).resolve().parent
SECRET = b"the password of the disk\n"
HELLO, EVIDENCE, GIVEN, REFUSED = 1, 2, 3, 4


def write(name, content):
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()
    pathlib.Path(name).write_bytes(content)
    return name


# --------------------------------------- HPKE, told a second time (RFC 9180)

def extract(suite, salt, label, ikm):
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm,
                       "sha256")


def expand(suite, prk, label, info, size):
    info = struct.pack(">H", size) + b"HPKE-v1" + suite + label + info
    return hmac.digest(prk, info + b"\1", "sha256")[:size]


def raw(key):
    return key.public_key().public_bytes(serialization.Encoding.Raw,
                                         serialization.PublicFormat.Raw)


def schedule(dhs, keys, info):
    kem, suite = b"KEM\0\x20", b"HPKE\0\x20\0\1\0\1"
    shared = expand(kem, extract(kem, b"", b"eae_prk", dhs), b"shared_secret",
                    keys, 32)
    context = (b"\2" + extract(suite, b"", b"psk_id_hash", b"") +
               extract(suite, b"", b"info_hash", info))
    secret = extract(suite, shared, b"secret", b"")
    return (AESGCM(expand(suite, secret, b"key", context, 16)),
            expand(suite, secret, b"base_nonce", context, 12))


def public(data):
    return X25519PublicKey.from_public_bytes(data)


def hpke_open(key, sender, info, aad, sealed):
    dhs = key.exchange(public(sealed[:32])) + key.exchange(public(sender))
    aead, nonce = schedule(dhs, sealed[:32] + raw(key) + sender, info)
    return aead.decrypt(nonce, sealed[32:], aad)


def hpke_seal(sender, recipient, info, aad, plain):
    once = X25519PrivateKey.generate()
    dhs = once.exchange(public(recipient)) + sender.exchange(public(recipient))
    aead, nonce = schedule(dhs, raw(once) + recipient + raw(sender), info)
    return raw(once) + aead.encrypt(nonce, plain, aad)


# ------------------------------------------------------------------ protocol

def challenge_of(nonce, verifier, attester):
    return hashlib.sha512(b"virtCCA1 asks   " + nonce + verifier + attester).digest()


def send(sock, kind, body):
    sock.sendall(struct.pack(">BI", kind, len(body)) + body)


def receive(sock):
    def exactly(size):
        data = b""
        while len(data) < size:
            more = sock.recv(size - len(data))
            if not more:
                raise EOFError
            data += more
        return data
    kind, size = struct.unpack(">BI", exactly(5))
    return kind, exactly(size)


class Verifier:
    """cca-verifier, while it runs"""

    def __init__(self, *more, reference=None, once=True):
        write("anchor.pem", make.pem(make.PLATFORM_KEY))
        write("reference.json", reference or make.reference_values())
        write("secret", SECRET)
        args = ["--anchor", "anchor.pem", "--reference", "reference.json",
                "--secret", "secret", "--listen", "127.0.0.1:0", "--json", *more]
        self.process = subprocess.Popen(
            [TOOLS / "cca-verifier", *args, *(["--once"] if once else [])],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = self.process.stderr.readline().decode().split()
        self.address, self.key = line[2].rstrip(","), line[4]

    def connect(self):
        host, port = self.address.rsplit(":", 1)
        return socket.create_connection((host, int(port)), timeout=30)

    def ended(self, want):
        """What it logged of its one client"""
        out = self.process.communicate(timeout=30)[0]
        assert self.process.returncode == EXIT[want], (
            self.process.returncode, out)
        return json.loads(out) if out else None

    def log(self):
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.terminate()
        self.process.communicate()


@contextlib.contextmanager
def serving(*more):
    verifier = Verifier(*more, once=False)
    try:
        yield verifier
    finally:
        verifier.stop()


def attest(address, *args, want, change="", provider="arm_cca_guest"):
    """cca-attester in a realm that is as `change` says"""
    tsm = pathlib.Path(tempfile.mkdtemp(prefix="tsm", dir="."), "report").resolve()
    tsm.mkdir()
    env = dict(os.environ, LD_PRELOAD=str(TOOLS / "fake_tsm.so"),
               FAKE_TSM=str(tsm), FAKE_TSM_PROVIDER=provider,
               FAKE_TSM_COMMAND=f"/usr/bin/python3 {HERE}/fake_report.py",
               FAKE_TSM_CHANGE=change)
    done = subprocess.run([TOOLS / "cca-attester", "--tsm", tsm, *args, address],
                          env=env, capture_output=True, timeout=60, check=False)
    assert done.returncode == EXIT[want], (done.returncode, done.stderr)
    assert not list(tsm.iterdir()), "it left something behind"
    return done


def refused(change, verdict, reason):
    verifier = Verifier()
    done = attest(verifier.address, want="mismatch", change=change)
    log = verifier.ended(verdict)
    assert done.stdout == b""
    assert reason in done.stderr.decode(), done.stderr
    assert log["verdict"] == verdict and reason in log["reason"], log


# --------------------------------------------------------------------- tests

@test
def released():
    verifier = Verifier()
    assert attest(verifier.address, want="ok").stdout == SECRET
    log = verifier.ended("ok")
    assert log["verdict"] == "released" and "reason" not in log
    assert all(c["outcome"] == "passed" for c in log["checks"])


@test
def changed_command_line():
    refused("command line", "mismatch", "realm initial-measurement: it is " +
            "12" * 64)


@test
def changed_monitor():
    refused("monitor", "mismatch", "component TMM measurement: it is " + "00" * 32)


@test
def debuggable():
    refused("debug", "mismatch", "platform lifecycle")


@test
def other_platform():
    refused("platform", "signature", "not by the trust anchor")


@test
def broken_token():
    refused("broken", "malformed", "not a valid token")


@test
def replayed():
    verifier = Verifier()
    attest(verifier.address, "--save-token", "token", want="ok")
    verifier.ended("ok")
    verifier = Verifier()
    done = attest(verifier.address, "--token", "token", want="mismatch")
    assert b"challenge: the token is for another one" in done.stderr
    assert verifier.ended("mismatch")["verdict"] == "mismatch"


@test
def files():
    verifier = Verifier()
    done = attest(verifier.address, "-o", "out", want="ok")
    verifier.ended("ok")
    out = pathlib.Path("out")
    assert done.stdout == b"" and out.read_bytes() == SECRET
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


@test
def own_key():
    key = X25519PrivateKey.generate()
    write("key.pem", key.private_bytes(serialization.Encoding.PEM,
                                       serialization.PrivateFormat.PKCS8,
                                       serialization.NoEncryption()))
    for pinned, want in ((raw(key).hex(), "ok"), (raw(key).hex().upper(), "ok"),
                         ("00" * 32, "signature")):
        verifier = Verifier("--key", "key.pem")
        assert verifier.key == raw(key).hex()
        attest(verifier.address, "--verifier-key", pinned, want=want)
        verifier.ended("ok" if want == "ok" else "trouble")


@test
def many_clients():
    with serving() as verifier:
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            done = list(pool.map(lambda _: attest(verifier.address, want="ok"),
                                 range(6)))
        assert [d.stdout for d in done] == [SECRET] * 6
        assert [verifier.log()["verdict"] for _ in done] == ["released"] * 6


def our_token(nonce, verifier, attester, **more):
    realm = make.realm_claims() | {10: challenge_of(nonce, verifier, attester)}
    return make.token(realm=realm, **more)


@test
def protocol_of_verifier():
    """Another attester, made from the documentation"""
    verifier = Verifier()
    key = X25519PrivateKey.generate()
    with verifier.connect() as sock:
        kind, hello = receive(sock)
        assert kind == HELLO and hello[:8] == b"virtCCA1" and len(hello) == 72
        nonce, sender = hello[8:40], hello[40:]
        assert sender.hex() == verifier.key
        token = our_token(nonce, sender, raw(key))
        send(sock, EVIDENCE, raw(key) + token)
        kind, body = receive(sock)
        info = b"virtCCA1 secret " + challenge_of(nonce, sender, raw(key))
        assert kind == GIVEN
        assert hpke_open(key, sender, info, token, body) == SECRET
        for other in (info[:-1] + b"\0", b""):
            try:
                hpke_open(key, sender, other, token, body)
                raise AssertionError("it is not bound")
            except InvalidTag:
                pass
    verifier.ended("ok")


@test
def stolen_token():
    """Somebody between them has a good token, but for another key."""
    verifier = Verifier()
    honest, thief = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    with verifier.connect() as sock:
        hello = receive(sock)[1]
        token = our_token(hello[8:40], hello[40:], raw(honest))
        send(sock, EVIDENCE, raw(thief) + token)
        kind, reason = receive(sock)
        assert kind == REFUSED and b"challenge" in reason
    verifier.ended("mismatch")


@test
def nonces_differ():
    with serving() as verifier:
        hellos = set()
        for _ in range(5):
            with verifier.connect() as sock:
                hellos.add(receive(sock)[1][8:40])
        assert len(hellos) == 5


@test
def key_of_small_order():
    verifier = Verifier()
    with verifier.connect() as sock:
        hello = receive(sock)[1]
        send(sock, EVIDENCE, bytes(32) + our_token(hello[8:40], hello[40:], bytes(32)))
        kind, reason = receive(sock)
        assert kind == REFUSED and b"key is none" in reason
    verifier.ended("malformed")


@test
def rude_clients():
    """None keeps the next one from being served."""
    with serving() as verifier:
        noise = random.Random(3)
        slow = verifier.connect()
        for data in (b"", b"\2", b"\2\0\0\0\0", b"\2\xff\xff\xff\xff",
                     b"\2\0\2\0\1", b"\1\0\0\0\0", b"\3\0\0\0\0", b"\0" * 5,
                     b"GET / HTTP/1.0\r\n\r\n", b"\2\0\0\0\x1f" + bytes(31),
                     b"\2\0\0\0\x20" + bytes(32),
                     b"\2\0\1\0\0" + noise.randbytes(65536),
                     b"\2\0\1\0\x30" + noise.randbytes(65536 + 48)):
            with verifier.connect() as sock:
                with contextlib.suppress(ConnectionError):
                    sock.sendall(data)
                    sock.shutdown(socket.SHUT_WR)
                    while sock.recv(65536):
                        pass
            assert verifier.log()["verdict"] in ("trouble", "malformed")
        attest(verifier.address, want="ok")
        assert verifier.log()["verdict"] == "released"
        slow.close()


@test
def slow_client():
    """Who says nothing is not waited for"""
    with serving("--timeout", "3") as verifier:
        with verifier.connect() as sock:
            receive(sock)
            assert sock.recv(1) == b"", "it waits for ever"
        assert b"took too long" in verifier.process.stderr.readline()


@contextlib.contextmanager
def fake_verifier(talk):
    """A server that talks with one attester"""
    with socket.create_server(("127.0.0.1", 0)) as server:
        def serve():
            sock = server.accept()[0]
            with sock, contextlib.suppress(OSError, EOFError):
                talk(sock)
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        thread.join()


@test
def protocol_of_attester():
    """Another verifier, made from the documentation; and one without its key"""
    def talk(sock, sender, claimed):
        nonce = os.urandom(32)
        send(sock, HELLO, b"virtCCA1" + nonce + claimed)
        kind, body = receive(sock)
        assert kind == EVIDENCE
        challenge = challenge_of(nonce, claimed, body[:32])
        assert challenge in body
        send(sock, GIVEN, hpke_seal(sender, body[:32],
                                    b"virtCCA1 secret " + challenge, body[32:],
                                    b"for you"))

    key, other = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    with fake_verifier(lambda sock: talk(sock, key, raw(key))) as address:
        done = attest(address, "--verifier-key", raw(key).hex(), want="ok")
        assert done.stdout == b"for you"
    with fake_verifier(lambda sock: talk(sock, other, raw(key))) as address:
        done = attest(address, "--verifier-key", raw(key).hex(), want="signature")
        assert b"not for this session" in done.stderr and done.stdout == b""


@test
def rude_verifiers():
    hello = b"virtCCA1" + bytes(32) + raw(X25519PrivateKey.generate())

    def after_hello(kind, body):
        def talk(sock):
            send(sock, HELLO, hello)
            receive(sock)
            send(sock, kind, body)
        return talk

    for talk, want, reason in (
            (lambda sock: None, "trouble", b"hung up"),
            (lambda sock: sock.sendall(b"\1\0\0\0\x48short"), "trouble", b""),
            (lambda sock: sock.sendall(b"SSH-2.0-x\r\n"), "trouble", b"protocol"),
            (lambda sock: send(sock, HELLO, hello + b"x"), "trouble", b"no verifier"),
            (lambda sock: send(sock, HELLO, b"virtCCA2" + hello[8:]), "trouble", b"no verifier"),
            (lambda sock: send(sock, GIVEN, hello), "trouble", b"no verifier"),
            (after_hello(HELLO, hello), "trouble", b"protocol"),
            (after_hello(GIVEN, b""), "signature", b"not for this session"),
            (after_hello(GIVEN, os.urandom(100)), "signature", b"not for this session"),
            (after_hello(REFUSED, b"no\x1b[31m\n\xff"), "mismatch", b"refused: no?[31m??\n")):
        with fake_verifier(talk) as address:
            done = attest(address, want=want)
            assert reason in done.stderr, done.stderr


@test
def slow_verifier():
    stop = threading.Event()
    with fake_verifier(lambda sock: stop.wait(20)) as address:
        assert b"too long" in attest(address, "-t", "1", want="trouble").stderr
        stop.set()


@test
def kernels_part():
    """What can be wrong with the directory of reports"""
    for change, provider, reason in (
            ("", "sev_guest", b"not Arm CCA"),
            ("shared", "arm_cca_guest", b"somebody else")):
        verifier = Verifier()
        done = attest(verifier.address, want="trouble", change=change,
                      provider=provider)
        assert reason in done.stderr, done.stderr
        verifier.ended("trouble")
    verifier = Verifier()
    done = run("cca-attester", "--tsm", "none/report", verifier.address,
               want="trouble")
    assert "arm-cca-guest loaded?" in done.err
    verifier.ended("trouble")


@test
def usage_of_verifier():
    """It does not run without anything that it must know."""
    reference = make.reference_values()
    write("anchor.pem", make.pem(make.PLATFORM_KEY))
    write("secret", SECRET)
    write("r", reference)
    good = ["-a", "anchor.pem", "-r", "r", "-s", "secret"]
    assert "Usage: cca-verifier" in run("cca-verifier", "--help", want="ok").out
    for part, name in (("platform", "lifecycle"), ("realm", "initial-measurement"),
                       ("platform", "software-components")):
        less = json.loads(json.dumps(reference))
        del less[part][name]
        err = run("cca-verifier", "-a", "anchor.pem", "-s", "secret", "-r",
                  write("less", less), want="usage").err
        assert f"{part} {name}" in err
    for args in (good[2:], good[:4], [*good[:2], *good[4:]], [*good, "more"],
                 [*good, "-k", "anchor.pem"], [*good, "-k", "none"],
                 [*good, "-t", "0"], [*good, "-t", "x"], [*good, "--bad"]):
        run("cca-verifier", *args, want="usage")
    for address in ("127.0.0.1", "localhost:1", "127.0.0.1:65536", ":1", "[::1:1",
                    "1.2.3.4.5:1", "127.0.0.1:"):
        run("cca-verifier", *good, "-l", address, want="trouble")


@test
def usage_of_attester():
    assert "Usage: cca-attester" in run("cca-attester", "-h", want="ok").out
    for args in ([], ["a", "b"], ["-k", "00", "127.0.0.1:1"],
                 ["-t", "-1", "127.0.0.1:1"], ["--none", "127.0.0.1:1"]):
        run("cca-attester", *args, want="usage")
    run("cca-attester", "127.0.0.1:1", want="trouble")
    run("cca-attester", "example.com:1", want="trouble")


if __name__ == "__main__":
    main()
