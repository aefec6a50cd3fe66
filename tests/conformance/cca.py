#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Takes CCA attestation tokens apart and verifies them, with nothing of ours:
CBOR by cbor2, ECDSA by cryptography (OpenSSL).

usage: cca.py [--provision DIR] [--reference FILE] [--lifecycle N] < LINES

A line is  TOKEN challenge rpv rim rem1 rem2 rem3 rem4 token,  all hexadecimal;
what the token says has to be exactly that.  Other lines are ignored.
"""

import argparse
import hashlib
import json
import os
import sys

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
TAG_TOKEN, TAG_SIGN1 = 399, 18
PLATFORM, REALM = 44234, 44241
ES384 = {1: -35}
COMPONENTS = ["BL2", "BL31", "TMM", "HW_CONFIG", "TMM_MANIFEST"]


class Bad(Exception):
    """The token is not as it must be."""


def need(claim, what):
    if not claim:
        raise Bad(what)


def decode(data, what):
    """All of data is one item, and encoded the one way RFC 8949 4.2.1 says but
    for the order of a map."""
    item = cbor2.loads(data)
    need(cbor2.dumps(item) == data, f"{what}: not the shortest encoding")
    return item


def verified(sign1, key, what):
    """The payload of a COSE_Sign1 by ES384."""
    item = decode(sign1, what)
    need(isinstance(item, cbor2.CBORTag) and item.tag == TAG_SIGN1, f"{what}: tag")
    protected, unprotected, payload, signature = item.value
    need(decode(protected, what) == ES384, f"{what}: algorithm")
    need(unprotected == {}, f"{what}: unprotected header")
    need(len(signature) == 96, f"{what}: size of signature")
    r, s = (int.from_bytes(signature[i:i + 48], "big") for i in (0, 48))
    message = cbor2.dumps(["Signature1", protected, b"", payload])
    try:
        key.verify(utils.encode_dss_signature(r, s), message,
                   ec.ECDSA(hashes.SHA384()))
    except InvalidSignature:
        raise Bad(f"{what}: signature") from None
    return decode(payload, what)


def payload_of(sign1):
    """Not verified."""
    return cbor2.loads(cbor2.loads(sign1).value[2])


def key_of(cose_key):
    item = decode(cose_key, "key")
    need(sorted(item) == [-3, -2, -1, 1], "key: parameters")
    need(item[1] == 2 and item[-1] == 2, "key: not on P-384")
    need(len(item[-2]) == len(item[-3]) == 48, "key: size")
    x, y = (int.from_bytes(item[i], "big") for i in (-2, -3))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP384R1()).public_key()


def is_bytes(v, *sizes):
    return isinstance(v, bytes) and (not sizes or len(v) in sizes)


def check_components(components, reference):
    need([c.get(1) for c in components] == COMPONENTS, "components")
    for c in components:
        need(sorted(c) == [1, 2, 5, 6], f"component {c[1]}: parts")
        need(is_bytes(c[2], 32) and c[2] != bytes(32), f"component {c[1]}")
        need(c[5] == bytes(32), f"component {c[1]}: signer")
        need(c[6] == "sha-256", f"component {c[1]}: hash")
        if c[1] in reference:
            need(c[2].hex() == reference[c[1]],
                 f"component {c[1]}: is {c[2].hex()}, built {reference[c[1]]}")


def check_platform(claims, anchor, reference, challenge):
    need(sorted(claims) == [10, 256, 265, 2395, 2396, 2399, 2401, 2402],
         f"platform: claims {sorted(claims)}")
    need(claims[265] == "tag:arm.com,2023:cca_platform#1.0.0", "platform: profile")
    need(claims[10] == challenge, "platform: not bound to the realm's key")
    need(claims[2396].hex() == anchor["implementation-id"], "implementation id")
    need(is_bytes(claims[256], 33) and claims[256][0] == 1, "instance id: form")
    need(claims[256].hex() == anchor["instance-id"], "instance id")
    need(is_bytes(claims[2401]), "platform: config")
    need(claims[2395] == anchor["lifecycle"], "platform: lifecycle")
    need(claims[2402] == "sha-256", "platform: hash")
    check_components(claims[2399], reference)


def check_realm(claims, want):
    challenge, rpv, rim, *rems = want
    need(sorted(claims) == [10, 265, 44235, 44236, 44237, 44238, 44239, 44240],
         f"realm: claims {sorted(claims)}")
    need(claims[10] == challenge and len(challenge) == 64, "realm: challenge")
    need(claims[265] == "tag:arm.com,2023:realm#1.0.0", "realm: profile")
    need(claims[44235] == rpv and len(rpv) == 64, "realm: RPV")
    need(claims[44236] == {32: "sha-256", 64: "sha-512"}[len(rim)], "realm: hash")
    need(claims[44238] == rim, "realm: RIM")
    need(claims[44239] == rems and len(rems) == 4, "realm: REMs")
    need(claims[44240] == "sha-256", "realm: hash of the key")


def check(token, want, provision, reference, lifecycle):
    with open(os.path.join(provision, "platform.json"), encoding="ascii") as f:
        anchor = json.load(f)
    anchor["lifecycle"] = lifecycle or anchor["lifecycle"]
    with open(os.path.join(provision, anchor["key"]), "rb") as f:
        iak = serialization.load_pem_public_key(f.read())
    need(len(token) < 4096, "token: too large for one page")
    item = decode(token, "token")
    need(isinstance(item, cbor2.CBORTag) and item.tag == TAG_TOKEN, "token: tag")
    need(list(item.value) == [PLATFORM, REALM], "token: parts, or their order")
    key = payload_of(item.value[REALM])[44237]
    check_realm(verified(item.value[REALM], key_of(key), "realm token"), want)
    check_platform(verified(item.value[PLATFORM], iak, "platform token"), anchor,
                   reference, hashlib.sha256(key).digest())


def check_line(line, provision, reference, lifecycle):
    """None, or what is wrong."""
    *want, token = (bytes.fromhex(word) for word in line.split()[1:])
    try:
        check(token, want, provision, reference, lifecycle)
    except (Bad, ValueError, KeyError, TypeError, cbor2.CBORDecodeError) as e:
        return f"{type(e).__name__} {e}"
    return None


def reference_of(path):
    if not os.path.exists(path):
        return {}
    with open(path, encoding="ascii") as f:
        return json.load(f)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--provision", default=os.path.join(TOP, "build", "provision"))
    parser.add_argument("--reference", default=os.path.join(
        TOP, "build", "firmware", "measurements.json"))
    parser.add_argument("--lifecycle", type=lambda s: int(s, 0),
                        help="instead of what the device was provisioned with")
    args = parser.parse_args()
    reference = reference_of(args.reference)
    lines = [line for line in sys.stdin if line.startswith("TOKEN ")]
    errors = [e for line in lines
              if (e := check_line(line, args.provision, reference,
                                  args.lifecycle))]
    for e in errors:
        print(f"FAIL {e}")
    print(f"{len(lines)} tokens, {len(errors)} bad")
    return 1 if errors or not lines else 0


if __name__ == "__main__":
    sys.exit(main())
