/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * COSE (RFC 9052), as much of it as a token needs: COSE_Sign1 by ES384 and the
 * COSE_Key of a P-384 point. CBOR is tinycbor's. Also compiled into BL2, so it
 * needs nothing else of the monitor.
 *
 * All writers return the number of bytes written, 0 if they do not fit.
 */
#ifndef TMM_LIB_COSE_H
#define TMM_LIB_COSE_H

#include <cbor.h>
#include <stddef.h>
#include <stdint.h>

#define COSE_SIGNATURE_SIZE	96	/* r, s */
#define COSE_POINT_SIZE		96	/* x, y */
#define COSE_KEY_SIZE		107

/* A literal as tinycbor's encoder takes text: there may be no strlen(). */
#define COSE_TEXT(literal)	(literal), sizeof(literal) - 1

/* Sig_structure: what the signature of a COSE_Sign1 with this payload is over. */
size_t cose_signed_bytes(uint8_t *out, size_t room, const uint8_t *payload,
			 size_t size);

/*
 * COSE_Sign1 with its tag. The signature is in its last COSE_SIGNATURE_SIZE
 * bytes, so it can also be filled in later; NULL: zeros for now.
 */
size_t cose_sign1(uint8_t *out, size_t room, const uint8_t *payload, size_t size,
		  const uint8_t *signature);

/* COSE_Key; COSE_KEY_SIZE bytes. */
size_t cose_key(uint8_t *out, size_t room, const uint8_t point[COSE_POINT_SIZE]);

/* Ends a writer: what e has written since out, or 0 if that is not all of it. */
size_t cose_written(const CborEncoder *e, CborError err, const uint8_t *out);

#endif
