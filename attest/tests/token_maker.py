# SPDX-License-Identifier: BSD-3-Clause
"""CCA tokens, good and bad ones, with Debian's cbor2 and cryptography."""

import hashlib

import cbor2
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

PLATFORM_PROFILE = "tag:arm.com,2023:cca_platform#1.0.0"
REALM_PROFILE = "tag:arm.com,2023:realm#1.0.0"
BIND = object()		# as the platform's challenge: the hash of the realm's key


def key_on(curve=ec.SECP384R1(), secret=None):
    if secret:
        return ec.derive_private_key(secret, curve)
    return ec.generate_private_key(curve)


# Always the same, so that the seeds of the fuzzer are; signatures differ.
PLATFORM_KEY = key_on(secret=0x1234567890abcdef << 64 | 1)
REALM_KEY = key_on(secret=0xfedcba0987654321 << 64 | 2)


def point(key):
    numbers = key.public_key().public_numbers()
    size = (key.curve.key_size + 7) // 8
    return numbers.x.to_bytes(size, "big"), numbers.y.to_bytes(size, "big")


def cose_key(key=REALM_KEY, **changes):
    x, y = point(key)
    values = {1: 2, -1: 2, -2: x, -3: y}
    for name, value in changes.items():
        label = {"kty": 1, "crv": -1, "x": -2, "y": -3}[name]
        if value is None:
            del values[label]
        else:
            values[label] = value
    return cbor2.dumps(values)


def pem(*keys):
    return b"".join(k.public_key().public_bytes(
        serialization.Encoding.PEM,
        serialization.PublicFormat.SubjectPublicKeyInfo) for k in keys)


def component(kind, seed):
    return {1: kind, 2: hashlib.sha256(seed).digest(), 4: "v1." + kind,
            5: hashlib.sha256(b"signer").digest(), 6: "sha-256"}


def platform_claims():
    return {265: PLATFORM_PROFILE, 10: BIND, 2396: bytes(range(32)),
            256: b"\1" + bytes(range(32, 64)), 2401: b"\xc0\xff\xee",
            2395: 0x3003, 2399: [component("BL2", b"2"), component("TMM", b"t")],
            2400: "https://verifier.example/v1", 2402: "sha-256"}


def realm_claims(algorithm="sha-512"):
    size = {"sha-256": 32, "sha-512": 64}[algorithm]
    return {10: bytes(range(64)), 265: REALM_PROFILE, 44235: b"\x52" * 64,
            44236: algorithm, 44237: cose_key(), 44238: b"\x11" * size,
            44239: [bytes([i]) * size for i in range(4)], 44240: "sha-256"}


def sign1(payload, key, protected=None, unprotected=None, signature=None,
          tag=18):
    if protected is None:
        protected = cbor2.dumps({1: -35})
    if not isinstance(payload, bytes):
        payload = cbor2.dumps(payload)
    if signature is None:
        to_sign = cbor2.dumps(["Signature1", protected, b"", payload])
        r, s = decode_dss_signature(key.sign(to_sign, ec.ECDSA(hashes.SHA384())))
        signature = r.to_bytes(48, "big") + s.to_bytes(48, "big")
    parts = [protected, {} if unprotected is None else unprotected, payload,
             signature]
    return cbor2.dumps(cbor2.CBORTag(tag, parts) if tag else parts)


def bind(platform, realm):
    platform = dict(platform)
    if platform.get(10) is BIND:
        platform[10] = hashlib.new(realm[44240].replace("-", ""),
                                   realm[44237]).digest()
    return platform


def envelope(platform_token, realm_token):
    return cbor2.dumps(cbor2.CBORTag(399, {44234: platform_token,
                                           44241: realm_token}))


def token(platform=None, realm=None, platform_key=PLATFORM_KEY,
          realm_key=REALM_KEY):
    realm = realm_claims() if realm is None else realm
    platform = bind(platform_claims() if platform is None else platform,
                    realm if isinstance(realm, dict) and
                    isinstance(realm.get(44237), bytes) and
                    realm.get(44240) in ("sha-256", "sha-384", "sha-512")
                    else realm_claims())
    return envelope(sign1(platform, platform_key), sign1(realm, realm_key))


def reference_values(platform=None, realm=None):
    """All that a token can be compared with, as it is in that token"""
    p = platform_claims() if platform is None else platform
    r = realm_claims() if realm is None else realm
    return {
        "comment": "made by token_maker.py",
        "platform": {
            "profile": p[265], "implementation-id": p[2396].hex(),
            "instance-id": p[256].hex(), "lifecycle": "secured",
            "configuration": p[2401].hex(), "hash-algorithm": p[2402],
            "verification-service": p[2400],
            "software-components": [
                {"type": c[1], "measurement": c[2].hex(), "version": c[4],
                 "signer-id": c[5].hex(), "hash-algorithm": c[6]}
                for c in p[2399]]},
        "realm": {
            "profile": r[265], "personalization-value": r[44235].hex(),
            "hash-algorithm": r[44236], "initial-measurement": r[44238].hex(),
            "extensible-measurements": [m.hex() for m in r[44239]],
            "public-key-hash-algorithm": r[44240]}}
