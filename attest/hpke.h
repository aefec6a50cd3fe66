/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One message of RFC 9180 (HPKE), in mode Auth, with DHKEM(X25519, HKDF-SHA256),
 * HKDF-SHA256 and AES-128-GCM: only who has the recipient's secret key can read
 * it, and only who has the sender's can have written it. OpenSSL has HPKE from
 * 3.2 on, Debian 12 has 3.0; this is put together from its primitives.
 */
#ifndef ATTEST_HPKE_H
#define ATTEST_HPKE_H

#include "base.h"

#define HPKE_KEY	32
#define HPKE_OVERHEAD	(HPKE_KEY + 16)	/* of what is sealed */

struct hpke_key {
	uint8_t secret[HPKE_KEY];
	uint8_t public[HPKE_KEY];
};

/* A random one */
void hpke_key_new(struct hpke_key *k);
/* Fills in the public half. */
void hpke_key_complete(struct hpke_key *k);
void hpke_key_forget(struct hpke_key *k);

/* False if the recipient's key is none. `info` says what the message
    is for, in up to 256 bytes. */
bool hpke_seal(const struct hpke_key *sender, const uint8_t recipient[HPKE_KEY],
	       struct bytes info, struct bytes aad, struct bytes plain,
	       struct buffer *sealed) MUST_USE;
/* The same with an ephemeral key that is given, for known answers */
bool hpke_seal_with(const struct hpke_key *ephemeral,
		    const struct hpke_key *sender,
		    const uint8_t recipient[HPKE_KEY], struct bytes info,
		    struct bytes aad, struct bytes plain,
		    struct buffer *sealed) MUST_USE;
/* False if anything of it is not as it was sealed. */
bool hpke_open(const struct hpke_key *recipient, const uint8_t sender[HPKE_KEY],
	       struct bytes info, struct bytes aad, struct bytes sealed,
	       struct buffer *plain) MUST_USE;

#endif
