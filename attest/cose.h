/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * As much of COSE (RFC 9052) as CCA tokens use: COSE_Sign1 signed with ES384,
 * and keys on P-384.
 */
#ifndef ATTEST_COSE_H
#define ATTEST_COSE_H

#include "base.h"

#include <openssl/evp.h>

#define P384_COORDINATE		48
#define P384_POINT		(1 + 2 * P384_COORDINATE)
#define ES384_SIGNATURE		(2 * P384_COORDINATE)

struct sign1 {
	struct bytes protected;		/* an encoded map, as it is signed */
	struct bytes payload;
	struct bytes signature;
};

/* All of `b` is one tagged COSE_Sign1 with ES384. */
bool sign1_parse(struct bytes b, struct sign1 *s, struct problem *p) MUST_USE;
bool sign1_verify(const struct sign1 *s, EVP_PKEY *key) MUST_USE;

/* An encoded COSE_Key; the result is an uncompressed point, not yet checked. */
bool cose_key_parse(struct bytes b, uint8_t point[P384_POINT],
		    struct problem *p) MUST_USE;
/* NULL if the point is not on the curve; else to be freed with EVP_PKEY_free() */
EVP_PKEY *p384_key(const uint8_t point[P384_POINT]);
bool key_is_p384(const EVP_PKEY *key);

#endif
