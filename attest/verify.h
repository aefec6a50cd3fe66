/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who says what a token says: its signatures, the binding of the realm's part to
 * the platform's, and the challenge.
 */
#ifndef ATTEST_VERIFY_H
#define ATTEST_VERIFY_H

#include "report.h"
#include "token.h"

#define MAX_ANCHORS	16

/* Public keys of the platforms that are trusted */
struct anchors {
	EVP_PKEY *keys[MAX_ANCHORS];
	size_t num;
};

/* A PEM file with one or more keys on P-384. Adds to what there is. */
bool anchors_load(struct anchors *a, const char *path, struct problem *p) MUST_USE;
void anchors_free(struct anchors *a);

/* Signatures and binding. Without anchors that of the platform is unchecked. */
void verify_token(const struct token *t, const struct anchors *a,
		  struct report *r);
/* At most CHALLENGE_SIZE bytes; zeros follow in the token. */
void verify_challenge(const struct token *t, struct bytes challenge,
		      struct report *r);

#endif
