#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes token_vectors.h: tokens as an independent implementation makes them.

CBOR is cbor2's; ECDSA with the nonce of RFC 6979 is a page of Python here, and
its signatures are verified by the cryptography package before they are written.
The key is that of RFC 6979 A.2.6, as in arch/host/attest.c.
"""

import hashlib
import hmac
import sys

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

P = 2**384 - 2**128 - 2**96 + 2**32 - 1
N = int("ffffffffffffffffffffffffffffffffffffffffffffffff"
        "c7634d81f4372ddf581a0db248b0a77aecec196accc52973", 16)
G = (int("aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b98"
         "59f741e082542a385502f25dbf55296c3a545e3872760ab7", 16),
     int("3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147c"
         "e9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f", 16))
RAK = int("6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba"
          "9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5", 16)
PLATFORM_TOKEN = b"\xd2\x84 fake platform token, of 40 bytes.\r\n".ljust(40, b"\0")


def add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    if a == b:
        m = 3 * (a[0] * a[0] - 1) * pow(2 * a[1], -1, P)
    else:
        m = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (m * m - a[0] - b[0]) % P
    return x, (m * (a[0] - x) - a[1]) % P


def multiply(k, point):
    result = None
    while k:
        if k & 1:
            result = add(result, point)
        point = add(point, point)
        k >>= 1
    return result


def nonce(key, h):
    """RFC 6979 3.2; the hash has as many bits as the order."""
    data = key.to_bytes(48, "big") + (int.from_bytes(h, "big") % N).to_bytes(48, "big")
    k, v = bytes(48), b"\1" * 48
    for round_byte in (b"\0", b"\1"):
        k = hmac.digest(k, v + round_byte + data, "sha384")
        v = hmac.digest(k, v, "sha384")
    while True:
        v = hmac.digest(k, v, "sha384")
        if 1 <= int.from_bytes(v, "big") < N:
            return int.from_bytes(v, "big")
        k = hmac.digest(k, v + b"\0", "sha384")
        v = hmac.digest(k, v, "sha384")


def sign(key, message):
    h = hashlib.sha384(message).digest()
    k = nonce(key, h)
    r = multiply(k, G)[0] % N
    s = (int.from_bytes(h, "big") + r * key) * pow(k, -1, N) % N
    x, y = multiply(key, G)
    ec.EllipticCurvePublicNumbers(x, y, ec.SECP384R1()).public_key().verify(
        utils.encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA384()))
    return r.to_bytes(48, "big") + s.to_bytes(48, "big")


def sign1(key, payload):
    protected = cbor2.dumps({1: -35})
    message = cbor2.dumps(["Signature1", protected, b"", payload])
    return cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, sign(key, message)]))


def pattern(seed, size):
    return bytes((seed + 3 * i) & 0xff for i in range(size))


def token(name, size):
    """Of a realm as test_token.c makes it up."""
    x, y = multiply(RAK, G)
    key = cbor2.dumps({1: 2, -1: 2, -2: x.to_bytes(48, "big"), -3: y.to_bytes(48, "big")})
    claims = cbor2.dumps({
        10: pattern(1, 64),
        265: "tag:arm.com,2023:realm#1.0.0",
        44235: pattern(2, 64),
        44236: name,
        44237: key,
        44238: pattern(3, size),
        44239: [pattern(4 + i, size) for i in range(4)],
        44240: "sha-256",
    })
    return cbor2.dumps(cbor2.CBORTag(399, {44234: PLATFORM_TOKEN,
                                           44241: sign1(RAK, claims)}))


def realm_key(algo, size, context):
    """HKDF-SHA-384 of the fake machine's sealing root; docs/abi.md 4."""
    info = b"virtCCA realm key v1".ljust(24, b"\0") + bytes([algo])
    info += pattern(3, size).ljust(64, b"\0") + context
    prk = hmac.digest(bytes(48), b"sealing root of the fake machine", "sha384")
    return hmac.digest(prk, info + b"\1", "sha384")[:32]


def emit(name, data):
    print(f"static const uint8_t {name}[] = {{")
    for i in range(0, len(data), 12):
        print("\t" + " ".join(f"{b:#04x}," for b in data[i:i + 12]))
    print("};\n")


def main():
    print("/* SPDX-License-Identifier: BSD-3-Clause */")
    print("/* Made by token_vectors.py; not by hand. */\n")
    emit("token_sha256", token("sha-256", 32))
    emit("token_sha512", token("sha-512", 64))
    emit("key_sha256", realm_key(0, 32, pattern(9, 32)))
    emit("key_sha512", realm_key(1, 64, pattern(9, 32)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
