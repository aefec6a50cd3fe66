/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What cca-attester and cca-verifier say to each other;
 * docs/attestation-tools.md has the protocol and why it is secure.
 *
 *	verifier -> attester	HELLO: "virtCCA1", nonce, verifier's public key
 *	attester -> verifier	EVIDENCE: attester's public key, token
 *	verifier -> attester	SECRET: sealed for the attester's key
 *				or REFUSED: the reason, for a person
 */
#ifndef ATTEST_PROTOCOL_H
#define ATTEST_PROTOCOL_H

#include "hpke.h"

#define PROTOCOL_NONCE		32
#define PROTOCOL_CHALLENGE	64
#define PROTOCOL_MAX		(128 * 1024)	/* bytes of a message */

enum message { HELLO = 1, EVIDENCE = 2, SECRET = 3, REFUSED = 4 };

/* What a session is made of; both sides have the same. */
struct session {
	uint8_t nonce[PROTOCOL_NONCE];
	uint8_t verifier[HPKE_KEY];
	uint8_t attester[HPKE_KEY];
};

/* What the token has to be for */
void session_challenge(const struct session *s,
		       uint8_t challenge[PROTOCOL_CHALLENGE]);
/* HPKE's "info" of the secret's message */
#define SESSION_INFO	(16 + PROTOCOL_CHALLENGE)
void session_info(const struct session *s, uint8_t info[SESSION_INFO]);

/* Two parts, of which the second one may be empty */
bool message_send(int fd, enum message type, struct bytes a, struct bytes b,
		  struct problem *p) MUST_USE;
bool message_receive(int fd, enum message *type, struct buffer *body,
		     struct problem *p) MUST_USE;

bool hello_send(int fd, const struct session *s, struct problem *p) MUST_USE;
/* Fills in nonce and verifier. */
bool hello_receive(int fd, struct session *s, struct problem *p) MUST_USE;

#endif
