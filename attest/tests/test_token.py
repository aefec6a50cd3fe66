#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""cca-token on good, changed and broken tokens.

usage: test_token.py DIRECTORY-OF-TOOLS
"""

import hashlib
import json
import pathlib
import random
import subprocess

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec

import token_maker as make
from tap import main, run, test

CHALLENGE = bytes(range(64)).hex()
OTHER_KEY = make.key_on()


seen = set()


def write(name, content):
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()
    pathlib.Path(name).write_bytes(content)
    return name


def check(token, want, *reasons, reference=None, challenge=None,
          anchor=make.PLATFORM_KEY):
    """Exit code, and what it says why"""
    seen.add(token)
    args = ["-a", write("anchor.pem", make.pem(anchor))]
    if reference is not None:
        args += ["-r", write("reference.json", reference)]
    if challenge is not None:
        args += ["-c", challenge]
    out = run("cca-token", *args, "-j", "-", stdin=token, want=want).out
    got = json.loads(out)
    for reason in reasons:
        assert reason in out.replace('\\"', '"'), f"no {reason!r} in:\n{out}"
    assert got["verdict"] == {"ok": "passed"}.get(want, want), got["verdict"]
    return got


def malformed(token, *reasons):
    check(token, "malformed", *reasons)


def failures(got):
    return [c["check"] for c in got["checks"] if c["outcome"] == "failed"]


# -------------------------------------------------------------------- good

@test
def good():
    got = check(make.token(), "ok", reference=make.reference_values(),
                challenge=CHALLENGE)
    assert all(c["outcome"] == "passed" for c in got["checks"])
    assert len(got["checks"]) > 20


@test
def texts():
    """For a person: the same, and why"""
    args = ["-a", write("a", make.pem(make.PLATFORM_KEY)), "-c", CHALLENGE,
            "-r", write("r", make.reference_values()), "-"]
    out = run("cca-token", *args, stdin=make.token(), want="ok").out
    assert "  passed     challenge\n" in out and "verdict: passed" in out
    assert f"initial-measurement          {'11' * 64}\n" in out
    bad = make.token(realm=make.realm_claims() | {44235: bytes(64)})
    out = run("cca-token", *args, stdin=bad, want="mismatch").out
    assert ("  failed     realm personalization-value: it is " + "00" * 64 +
            ", not " + "52" * 64 + "\n") in out
    assert "verdict: mismatch" in out
    err = run("cca-token", "-", stdin=b"\x00", want="malformed").err
    assert err.startswith("cca-token: not a valid token: an unsigned integer")


@test
def claims_shown():
    """As Python reads them"""
    platform, realm = make.platform_claims(), make.realm_claims("sha-256")
    token = make.token(platform, realm)
    got = check(token, "ok")
    p, r = got["platform"], got["realm"]
    assert p["implementation-id"] == platform[2396].hex()
    assert p["instance-id"] == platform[256].hex()
    assert p["configuration"] == platform[2401].hex()
    assert (p["lifecycle"], p["lifecycle-state"]) == (0x3003, "secured")
    assert p["challenge"] == hashlib.sha256(realm[44237]).hexdigest()
    assert [c["type"] for c in p["software-components"]] == ["BL2", "TMM"]
    assert r["initial-measurement"] == realm[44238].hex()
    assert r["extensible-measurements"] == [m.hex() for m in realm[44239]]
    assert r["challenge"] == realm[10].hex()
    assert r["public-key"] == realm[44237].hex()
    assert r["hash-algorithm"] == "sha-256"


@test
def hashes_of_key():
    for name in ("sha-256", "sha-384", "sha-512"):
        realm = make.realm_claims()
        realm[44240] = name
        check(make.token(realm=realm), "ok")


@test
def optional_claims():
    platform, realm = make.platform_claims(), make.realm_claims()
    del platform[2400], realm[265]
    platform[2399] = [{2: bytes(32), 5: bytes(48)}]
    check(make.token(platform, realm), "ok")
    realm[44237] = b"\4" + b"".join(make.point(make.REALM_KEY))
    check(make.token(platform, realm), "ok")
    realm[265] = make.REALM_PROFILE
    malformed(make.token(platform, realm), "public key")


@test
def unknown_claims():
    platform, realm = make.platform_claims(), make.realm_claims()
    platform[-70000] = {"a": [1, 2.5, None, True, {"b": cbor2.CBORTag(1, 2)}]}
    realm["text"] = b"x"
    platform[2399][0][99] = "more"
    got = check(make.token(platform, realm), "ok")
    assert got["platform"]["unknown-claims"] == 2
    assert got["realm"]["unknown-claims"] == 1


@test
def without_anchor():
    done = run("cca-token", "-", stdin=make.token(), want="ok")
    assert "unchecked  platform signature" in done.out
    assert "verdict: incomplete" in done.out


# ----------------------------------------------------- signatures, binding

@test
def signatures():
    platform, realm = make.platform_claims(), make.realm_claims()
    got = check(make.token(), "signature", "trust anchor", anchor=OTHER_KEY)
    assert failures(got) == ["platform signature"]
    got = check(make.token(realm_key=OTHER_KEY), "signature")
    assert failures(got) == ["realm signature"]
    realm[44237] = make.cose_key(OTHER_KEY)
    platform[10] = hashlib.sha256(make.cose_key()).digest()
    got = check(make.token(platform, realm, realm_key=OTHER_KEY), "signature")
    assert failures(got) == ["binding of realm to platform"]
    # What the values are does not matter then.
    check(make.token(), "signature", anchor=OTHER_KEY,
          reference={"realm": {"initial-measurement": "00" * 64}})


@test
def several_anchors():
    write("two.pem", make.pem(OTHER_KEY, make.PLATFORM_KEY))
    run("cca-token", "-q", "-a", "two.pem", "-", stdin=make.token(), want="ok")
    run("cca-token", "-q", "-a", write("1", make.pem(OTHER_KEY)), "-a",
        write("2", make.pem(make.PLATFORM_KEY)), "-", stdin=make.token(),
        want="ok")


@test
def signature_bytes():
    """r or s changed, 0, or beyond the order of the curve"""
    p = make.sign1(make.bind(make.platform_claims(), make.realm_claims()),
                   make.PLATFORM_KEY)
    payload = cbor2.dumps(make.realm_claims())
    good = cbor2.loads(make.sign1(payload, make.REALM_KEY)).value[3]
    for signature in (good[:-1] + bytes([good[-1] ^ 1]),
                      bytes([good[0] ^ 0x80]) + good[1:], bytes(96),
                      bytes(48) + good[48:], good[:48] + bytes(48), b"\xff" * 96,
                      good[48:] + good[:48]):
        check(make.envelope(p, make.sign1(payload, None, signature=signature)),
              "signature")
    for signature in (good[:-1], good + b"\0", b""):
        malformed(make.envelope(p, make.sign1(payload, None,
                                              signature=signature)),
                  "signature")


@test
def signed_content():
    """A bit of what is signed, and it is not."""
    realm = make.realm_claims()
    p = make.sign1(make.bind(make.platform_claims(), realm), make.PLATFORM_KEY)
    tag, parts = 18, cbor2.loads(make.sign1(realm, make.REALM_KEY)).value
    payload = parts[2].replace(b"\x11" * 64, b"\x11" * 63 + b"\x12")
    changed = cbor2.dumps(cbor2.CBORTag(tag, [parts[0], parts[1], payload, parts[3]]))
    assert failures(check(make.envelope(p, changed), "signature")) == [
        "realm signature"]


# ---------------------------------------------------------------- challenge

@test
def challenges():
    realm = make.realm_claims()
    realm[10] = b"\xab" * 32 + bytes(32)
    token = make.token(realm=realm)
    check(token, "ok", challenge="ab" * 32)
    check(token, "ok", challenge="AB" * 32 + "00" * 32)
    check(token, "ok", challenge="@" + write("c", b"\xab" * 32))
    got = check(token, "mismatch", "for another one", challenge="ab" * 33)
    assert failures(got) == ["challenge"]
    check(token, "mismatch", challenge="ab" * 31)
    check(token, "mismatch", challenge="ab" * 63 + "ac")


# --------------------------------------------------------- reference values

PLATFORM_CHANGES = {
    2396: b"\xff" * 32, 256: b"\1" + b"\xff" * 32, 2401: b"", 2395: 0x2000,
    2400: "https://other.example/", 2402: "sha-512",
}
REALM_CHANGES = {44235: bytes(64), 44238: b"\x11" * 63 + b"\x12"}


@test
def each_claim_changed():
    """Each is caught, by its name and no other one."""
    reference = make.reference_values()
    names = {2396: "platform implementation-id", 256: "platform instance-id",
             2401: "platform configuration", 2395: "platform lifecycle",
             2400: "platform verification-service",
             2402: "platform hash-algorithm",
             44235: "realm personalization-value",
             44238: "realm initial-measurement"}
    for label, value in PLATFORM_CHANGES.items():
        platform = make.platform_claims() | {label: value}
        got = check(make.token(platform), "mismatch", reference=reference)
        assert failures(got) == [names[label]], failures(got)
    for label, value in REALM_CHANGES.items():
        realm = make.realm_claims() | {label: value}
        got = check(make.token(realm=realm), "mismatch", reference=reference)
        assert failures(got) == [names[label]], failures(got)
    for i in range(4):
        realm = make.realm_claims()
        realm[44239][i] = b"\x77" * 64
        got = check(make.token(realm=realm), "mismatch", reference=reference)
        assert failures(got) == [f"realm extensible-measurements {i}"]
    realm = make.realm_claims() | {44240: "sha-512"}
    got = check(make.token(realm=realm), "mismatch", reference=reference)
    assert failures(got) == ["realm public-key-hash-algorithm"]
    got = check(make.token(realm=make.realm_claims("sha-256")), "mismatch",
                reference=reference)
    assert len(failures(got)) == 6


@test
def each_component_changed():
    reference = make.reference_values()
    for label, value, name in ((2, bytes(32), "measurement"),
                               (4, "v2", "version"), (5, bytes(64), "signer-id"),
                               (6, "sha-384", "hash-algorithm")):
        for i, kind in enumerate(("BL2", "TMM")):
            platform = make.platform_claims()
            platform[2399][i][label] = value
            got = check(make.token(platform), "mismatch", reference=reference)
            assert failures(got) == [f"component {kind} {name}"], failures(got)
    platform = make.platform_claims()
    del platform[2399][0][4]
    got = check(make.token(platform), "mismatch", "it is missing, not v1.BL2",
                reference=reference)
    assert failures(got) == ["component BL2 version"]


@test
def sets_of_components():
    reference = make.reference_values()
    platform = make.platform_claims()

    def fails(components, *names):
        platform[2399] = components
        want = "mismatch" if names else "ok"
        got = check(make.token(platform), want, reference=reference)
        assert failures(got) == list(names), failures(got)

    bl2, tmm = platform[2399]
    more = make.component("BL31", b"31")
    fails([tmm, bl2])
    fails([bl2], "component TMM")
    fails([bl2, tmm, more], "component BL31")
    fails([bl2, tmm, bl2], "component BL2")
    fails([bl2, more], "component TMM", "component BL31")
    fails([bl2, {2: tmm[2], 5: tmm[5]}], "component TMM", "component 1")
    reference["platform"]["software-components"][1]["optional"] = True
    fails([bl2])
    fails([bl2, tmm])
    fails([bl2, tmm | {2: bytes(32)}], "component TMM measurement")
    # Two of one type, told apart by what else is known of them
    reference["platform"]["software-components"] = [
        {"measurement": bl2[2].hex()}, {"type": ["TMM", "RMM"]}]
    fails([tmm, bl2])


@test
def lists_of_values():
    token = make.token()
    rim = make.realm_claims()[44238].hex()
    for value, want in ((rim.upper(), "ok"), (["00" * 64, rim], "ok"),
                        (["00" * 64, "22" * 32], "mismatch")):
        check(token, want, reference={"realm": {"initial-measurement": value}})
    for value, want in (("secured", "ok"), (0x3003, "ok"), (0x3000, "mismatch"),
                        (["non-rot-debug", "secured"], "ok"),
                        (["unknown", 0x3001], "mismatch")):
        check(token, want, reference={"platform": {"lifecycle": value}})
    rems = [None, ["00" * 64, "01" * 64], None, "03" * 64]
    check(token, "ok",
          reference={"realm": {"extensible-measurements": rems}})
    rems[3] = "00" * 64
    got = check(token, "mismatch",
                reference={"realm": {"extensible-measurements": rems}})
    assert failures(got) == ["realm extensible-measurements 3"]


@test
def several_files():
    good = make.reference_values()
    write("p", {"platform": good["platform"]})
    write("r", {"realm": good["realm"]})
    write("bad", {"realm": {"initial-measurement": "00" * 64}})
    anchor = write("a", make.pem(make.PLATFORM_KEY))
    args = ["-q", "-a", anchor, "-r", "p", "-r", "r"]
    run("cca-token", *args, "-", stdin=make.token(), want="ok")
    run("cca-token", *args, "-r", "bad", "-", stdin=make.token(),
        want="mismatch")


@test
def bad_reference_files():
    """A mistake in them must not pass for "not to be checked"."""
    realm, platform = {"realm": {}}, {"platform": {}}
    bad = [
        b"", b"{", b"[]", b"{}", b'"x"', b"\xff",
        b'{"realm": {"profile": "a", "profile": "b"}}',
        b'{"realm": {}, "realm": {}}', b"[" * 100000,
        {"relam": {}}, {"realm": []}, {"comment": "nothing else"},
        {"realm": {"initial-measurment": "00" * 64}},
        {"realm": {"challenge": "00" * 64}},
        *({"realm": {"initial-measurement": v}} for v in
          ("", "0", "zz" * 32, "00" * 31, "00" * 48, 5, None, [], [[]], [5])),
        *({"realm": {"extensible-measurements": v}} for v in
          ("00", [], [None] * 3, [None] * 5, ["00"] * 4, {"0": None})),
        *({"realm": {"hash-algorithm": v}} for v in (5, {}, None, [])),
        *({"platform": {"lifecycle": v}} for v in
          ("safe", -1, 0x10000, 0x3100, 1.5, [])),
        *({"platform": {"software-components": v}} for v in
          ([], {}, "x", [[]], ["x"], [{"typ": "x"}], [{"measurement": "00"}],
           [{"optional": 1}])),
        {"platform": {"implementation-id": "00" * 33}},
        {"platform": {"instance-id": "01" * 32}},
        {"platform": {"lifecycle-state": "secured"}},
    ]
    anchor = write("a", make.pem(make.PLATFORM_KEY))
    for content in bad:
        done = run("cca-token", "-a", anchor, "-r", write("bad", content), "-",
                   stdin=make.token(), want="usage")
        assert "bad" in done.err, (content, done.err)
    for content in (realm, platform):
        check(make.token(), "ok", reference=content)


# ---------------------------------------------------------------- malformed

WRONG_FORMS = {
    "bytes": (1, "x", [], {}, None, -1),
    "text": (1, b"x", [], {}, None),
}
NAMES = {265: "profile", 10: "challenge", 2396: "implementation id",
         256: "instance id", 2401: "configuration", 2395: "lifecycle",
         2399: "software components", 2400: "verification service",
         2402: "hash algorithm", 44235: "personalization value",
         44236: "hash algorithm", 44237: "public key",
         44238: "initial measurement", 44239: "extensible measurements",
         44240: "public key hash algorithm"}
PLATFORM_BAD = {
    265: (*WRONG_FORMS["text"], "", make.REALM_PROFILE, make.PLATFORM_PROFILE + "0"),
    10: (*WRONG_FORMS["bytes"], b"", bytes(31), bytes(33), bytes(65)),
    2396: (*WRONG_FORMS["bytes"], bytes(31), bytes(33), bytes(64)),
    256: (*WRONG_FORMS["bytes"], b"\1" * 32, b"\1" * 34, b"\2" * 33),
    2401: WRONG_FORMS["bytes"],
    2395: ("x", b"x", -1, 1.5, 0x100, 0x7000, 0x10000, 1 << 63, []),
    2399: (1, "x", {}, [], [1], [{}], [{2: bytes(32)}], [{5: bytes(32)}],
           [{2: bytes(31), 5: bytes(32)}], [{2: bytes(32), 5: b""}],
           [{2: "x", 5: bytes(32)}], [{1: 5, 2: bytes(32), 5: bytes(32)}],
           [{2: bytes(32), 5: bytes(32), 6: "md5"}],
           [{2: bytes(32), 5: bytes(32), 4: b"1"}],
           [{2: bytes(32), 5: bytes(32)}] * 33),
    2400: (1, b"x", "a\nb", "\x1b[31m", "\x7f", "\x9b"),
    2402: (*WRONG_FORMS["text"], "", "SHA-256", "sha-1", "sha-256\0"),
}
REALM_BAD = {
    265: (*WRONG_FORMS["text"], make.PLATFORM_PROFILE),
    10: (*WRONG_FORMS["bytes"], bytes(32), bytes(63), bytes(65)),
    44235: (*WRONG_FORMS["bytes"], bytes(63), bytes(65)),
    44236: (*WRONG_FORMS["text"], "sha256", "sha-384", "sha-1"),
    44238: (*WRONG_FORMS["bytes"], bytes(32), bytes(48), bytes(63)),
    44239: (1, b"x", {}, [], [bytes(64)] * 3, [bytes(64)] * 5,
            [bytes(64)] * 3 + [bytes(32)], [bytes(64)] * 3 + ["x"]),
    44240: (*WRONG_FORMS["text"], "sha256"),
    44237: (*WRONG_FORMS["bytes"], b"", b"\xa0", b"\4" + bytes(96),
            make.cose_key(kty=1), make.cose_key(kty="EC2"),
            make.cose_key(kty=None), make.cose_key(crv=1), make.cose_key(crv=3),
            make.cose_key(crv=-2), make.cose_key(crv=None),
            make.cose_key(x=bytes(47)), make.cose_key(x=bytes(49)),
            make.cose_key(x="x"), make.cose_key(x=None), make.cose_key(y=True),
            make.cose_key(y=None), make.cose_key() + b"\0",
            make.cose_key()[:-1],
            make.cose_key(make.key_on(ec.SECP256R1()), crv=1),
            make.cose_key(make.key_on(ec.SECP521R1()), crv=3)),
}


@test
def wrong_platform_claims():
    for label, values in PLATFORM_BAD.items():
        for value in values:
            malformed(make.token(make.platform_claims() | {label: value}),
                      "platform token: ", NAMES[label])
        if label != 2400:
            platform = make.platform_claims()
            del platform[label]
            malformed(make.token(platform), "is missing", NAMES[label])


@test
def wrong_realm_claims():
    for label, values in REALM_BAD.items():
        for value in values:
            malformed(make.token(realm=make.realm_claims() | {label: value}),
                      "realm token: ")
        if label != 265:
            realm = make.realm_claims()
            del realm[label]
            malformed(make.token(realm=realm), "is missing", NAMES[label])


@test
def keys_off_the_curve():
    x, y = make.point(make.REALM_KEY)
    for x, y in ((x, bytes(48)), (bytes(48), bytes(48)), (b"\xff" * 48, y),
                 (x, y[:-1] + bytes([y[-1] ^ 1]))):
        realm = make.realm_claims() | {44237: make.cose_key(x=x, y=y)}
        check(make.token(realm=realm), "signature", "no point on P-384")


@test
def headers():
    realm = make.realm_claims()
    p = make.sign1(make.bind(make.platform_claims(), realm), make.PLATFORM_KEY)

    def with_header(**parts):
        return make.envelope(p, make.sign1(realm, make.REALM_KEY, **parts))

    alg = {1: -35}
    check(with_header(protected=cbor2.dumps(alg | {3: 61, 4: b"kid"})), "ok")
    check(with_header(unprotected={4: b"kid", "x": [1, {2: 3}]}), "ok")
    for header in (b"", b"\xa0", cbor2.dumps({1: -7}), cbor2.dumps({1: -36}),
                   cbor2.dumps({1: 34}), cbor2.dumps({1: "ES384"}),
                   cbor2.dumps({3: 0}), cbor2.dumps([1, -35]), cbor2.dumps(b""),
                   cbor2.dumps(alg | {2: [1]}), cbor2.dumps(alg) + b"\0",
                   b"\xa2\x01\x38\x22\x01\x38\x22", b"\xbf\x01\x38\x22\xff",
                   b"\xa1\x18\x01\x38\x22", b"\xa1\x01\x39\x00\x22"):
        malformed(with_header(protected=header), "realm token")
    for header in (alg, {2: [1]}, [], b""):
        malformed(with_header(unprotected=header), "realm token")
    for tag in (0, 17, 61, 98):
        malformed(with_header(tag=tag), "realm token")


@test
def payloads():
    realm = make.realm_claims()
    p = make.sign1(make.bind(make.platform_claims(), realm), make.PLATFORM_KEY)
    good = cbor2.dumps(realm)
    for payload in (b"", b"\xa0", b"\x80", good[:-1], good + b"\0", good * 2,
                    b"\xbf" + good[1:] + b"\xff"):
        malformed(make.envelope(p, make.sign1(payload, make.REALM_KEY)),
                  "realm token")
    parts = cbor2.loads(make.sign1(good, make.REALM_KEY)).value
    for bad in (parts[:3], parts + [b""], [parts[0], {}, None, parts[3]],
                [parts[0], {}, good.hex(), parts[3]], []):
        malformed(make.envelope(p, cbor2.dumps(cbor2.CBORTag(18, bad))),
                  "realm token")


@test
def envelopes():
    token = make.token()
    p, r = (cbor2.loads(token).value[label] for label in (44234, 44241))
    head = bytes.fromhex("d9018f")
    entries = [cbor2.dumps(label) + cbor2.dumps(part)
               for label, part in ((44234, p), (44241, r))]
    assert head + b"\xa2" + b"".join(entries) == token
    check(head + b"\xa2" + entries[1] + entries[0], "ok")
    for bad, reason in (
            (b"", "too early"), (token + b"\0", "too many"), (token * 2, "too many"),
            (token[3:], "a tag should be"), (b"\xd9\x01\x90" + token[3:], "not a CCA"),
            (b"\xda\0\0\x01\x8f" + token[3:], "shortest"),
            (head + token, "a map should be"),
            (head + b"\xa0", "no platform"), (head + b"\xa1" + entries[1], "no platform"),
            (head + b"\xa1" + entries[0], "no realm"),
            (head + b"\xa2" + entries[0] * 2, "twice"),
            (head + b"\xa3" + b"".join(entries) + entries[0], "twice"),
            (head + b"\xa3" + b"".join(entries) + b"\1\2", "neither"),
            (head + b"\xa2" + b"".join(entries) + b"\1\2", "too many"),
            (head + b"\xbf" + b"".join(entries) + b"\xff", "in advance"),
            (head + b"\xb8\x02" + b"".join(entries), "shortest"),
            (head + b"\xa1\x40\x40", "as the key"),
            (head + b"\xa1\xf6\x40", "as the key"),
            (head + b"\xbb" + b"\xff" * 8, "entries"),
            (head + b"\xa2" + entries[0] + entries[1][:3] + b"\x5b" + b"\xff" * 8,
             "too early"),
            (head + b"\xa2" + entries[0] + entries[1][:3] + b"\x5f\x41\x00\xff",
             "in advance"),
            (head + b"\xa2" + cbor2.dumps({44234: {}, 44241: {}})[1:],
             "byte string should be"),
            (b"\xff", "in advance"), (b"\x1c", "starts no")):
        malformed(bad, reason)


@test
def deep_and_wide():
    for deep, want in ((8, "ok"), (9, "malformed"), (100, "malformed"),
                       (20000, "malformed")):
        for start in (b"\x81", b"\xa1\x01", b"\xc1"):
            realm = cbor2.dumps(make.realm_claims())
            realm = bytes([realm[0] + 1]) + realm[1:] + b"\x19\x03\xe7" + \
                start * deep + b"\0"
            check(make.token(realm=realm), want)
    for wide, want in ((64, "ok"), (65, "malformed"), (3000, "malformed")):
        check(make.token(realm=make.realm_claims() | {999: [0] * wide}), want)
        check(make.token(realm=make.realm_claims() |
                         {999: {i: 0 for i in range(wide)}}), want)
    big = make.token(realm=make.realm_claims() | {999: bytes(70000)})
    run("cca-token", "-", stdin=big, want="trouble")


@test
def text_that_is_none():
    for bad in (b"\x80", b"\xc0\x80", b"\xc3", b"\xe0\x80\x80", b"\xed\xa0\x80",
                b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"a\xff", b"\x00",
                b"\x1f", b"\xc2\x80"):
        value = bytes([0x60 + len(bad)]) + bad
        realm = cbor2.dumps(make.realm_claims())
        realm = bytes([realm[0] + 1]) + realm[1:] + b"\x19\x03\xe7" + value
        malformed(make.token(realm=realm), "UTF-8")
    platform = make.platform_claims() | {2400: "h\u00e9 \u4e2d \U0001f600"}
    got = check(make.token(platform), "ok")
    assert got["platform"]["verification-service"] == platform[2400]


@test
def truncated():
    token = make.token()
    for size in range(0, len(token), 23):
        malformed(token[:size])


@test
def mutated():
    """No change of a byte or some goes unnoticed."""
    token = make.token()
    anchor = write("a", make.pem(make.PLATFORM_KEY))
    noise = random.Random(1)
    for _ in range(120):
        bad = bytearray(token)
        for _ in range(noise.choice((1, 1, 2, 8))):
            bad[noise.randrange(len(bad))] ^= noise.randrange(1, 256)
        done = run("cca-token", "-q", "-a", anchor, "-", stdin=bytes(bad))
        assert done.returncode in (3, 4), (done.returncode, done.err)


# ------------------------------------------------------------ command line

@test
def usage():
    anchor = write("a", make.pem(make.PLATFORM_KEY))
    token = write("t", make.token())
    reference = write("r", make.reference_values())
    assert "Usage: cca-token" in run("cca-token", "-h", want="ok").out
    assert "virtCCA" in run("cca-token", "--version", want="ok").out
    run("cca-token", "-q", "--anchor", anchor, "--reference", reference,
        "--challenge", CHALLENGE, token, want="ok")
    for args in ([], [token, token], ["-x", token], ["-r", reference, token],
                 ["-c", CHALLENGE, token], ["-a", "none", token],
                 ["-a", reference, token], ["-a", anchor, "-r", "none", token],
                 ["-a", anchor, "-c", "", token],
                 ["-a", anchor, "-c", "0", token],
                 ["-a", anchor, "-c", "gg", token],
                 ["-a", anchor, "-c", "00" * 65, token],
                 ["-a", anchor, "-c", "@none", token],
                 ["-a", anchor, "-c", "@" + write("big", bytes(65)), token],
                 ["-a", write("p", make.pem(make.key_on(ec.SECP256R1()))), token]):
        run("cca-token", *args, want="usage")
    run("cca-token", "none", want="trouble")
    done = run("cca-token", "-q", "-", stdin=b"x", want="malformed")
    assert done.out == done.err == ""
    got = json.loads(run("cca-token", "-j", "-", stdin=b"x", want="malformed").out)
    assert got["verdict"] == "malformed" and got["error"]


@test
def made_reference():
    """What is made of a token is what it agrees with, and nothing less."""
    args = ["-m", "-a", write("a", make.pem(make.PLATFORM_KEY)), "-"]
    got = json.loads(run("cca-token", *args, stdin=make.token(), want="ok").out)
    check(make.token(), "ok", reference=got)
    expected = make.reference_values()
    del expected["comment"]
    expected["platform"]["lifecycle"] = 0x3003
    assert got == expected
    done = run("cca-token", *args, stdin=make.token(platform_key=OTHER_KEY),
               want="signature")
    assert "verdict: signature" in done.out
    run("cca-token", "-m", "-", stdin=make.token(), want="usage")


@test
def platform_reference():
    """What tools/platform-reference makes of files of the firmware's build"""
    script = pathlib.Path(__file__).resolve().parents[2] / "tools/platform-reference"
    platform = make.platform_claims()
    measurements = write("measurements", {c[1]: c[2].hex() for c in platform[2399]})
    identity = write("identity", {
        "key": "iak.pem", "implementation-id": platform[2396].hex(),
        "instance-id": platform[256].hex(), "lifecycle": platform[2395]})
    reference = json.loads(subprocess.check_output([script, measurements, identity]))
    got = check(make.token(platform), "mismatch", reference=reference)
    assert failures(got) == ["component HW_CONFIG", "component TMM_MANIFEST"]
    platform[2399] += [make.component("TMM_MANIFEST", b"m"),
                       make.component("HW_CONFIG", b"c")]
    check(make.token(platform), "ok", reference=reference)
    platform[2399][1][2] = bytes(32)
    got = check(make.token(platform), "mismatch", reference=reference)
    assert failures(got) == ["component TMM measurement"]


# ------------------------------------------------------------------- real

# The challenge of the realms of t_token.c, in tests/conformance
REAL_CHALLENGE = b"".join(bytes([0x11] * 7 + [0x11 + i])[::-1] for i in range(8))


@test
def real_tokens():
    """Made by our firmware and monitor on the emulator. The anchor is of a build
    directory that is gone."""
    real = pathlib.Path(__file__).resolve().parent / "real"
    for name, size in (("sha256", 32), ("sha512", 64)):
        token = (real / f"{name}.token").read_bytes()
        args = ["-j", "-a", real / "anchor.pem", "-"]
        got = json.loads(run("cca-token", *args, stdin=token, want="ok").out)
        claims = cbor2.loads(cbor2.loads(cbor2.loads(token).value[44241]).value[2])
        assert got["verdict"] == "passed"
        assert [c["type"] for c in got["platform"]["software-components"]] == [
            "BL2", "BL31", "TMM", "HW_CONFIG", "TMM_MANIFEST"]
        assert got["realm"]["initial-measurement"] == claims[44238].hex()
        assert len(claims[44238]) == size and claims[10] == REAL_CHALLENGE
        run("cca-token", *args, "-c", REAL_CHALLENGE.hex(), stdin=token, want="ok")
        check(token, "signature")
        for i in range(0, len(token), 7):
            bad = token[:i] + bytes([token[i] ^ 4]) + token[i + 1:]
            done = run("cca-token", "-q", *args, stdin=bad)
            assert done.returncode in (3, 4), (i, done.returncode)


@test
def sanitized():
    """All tokens that were so far, with sanitizers watching"""
    files = [write(f"seen{i}", token) for i, token in enumerate(sorted(seen))]
    assert len(files) > 300
    run("fuzz/fuzz_token", *files, want="ok")


if __name__ == "__main__":
    main()
