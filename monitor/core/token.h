/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The attestation token that a REC is making, one at a time:
 *
 *   any -> SIGNING        token_start
 *   SIGNING -> READY      token_sign
 *   READY -> NONE         token_take, with the last byte
 *   SIGNING -> NONE       token_sign, if it cannot be signed
 *
 * The token is complete from the start but for the signature of the realm
 * token, which is its last HAL_SIGNATURE_SIZE bytes. It lies in one aux page of
 * the REC, the state of the signature in another; like struct rec both belong to
 * the CPU that runs the REC.
 */
#ifndef TMM_CORE_TOKEN_H
#define TMM_CORE_TOKEN_H

#include "core/rec.h"
#include "hal/attest.h"

#define TOKEN_MAX	PAGE_SIZE

/* Where the caller builds the token, TOKEN_MAX bytes; ends what was going on. */
uint8_t *token_begin(struct rec *rec);

/* The message is what the realm token's signature is over. */
void token_start(struct rec *rec, size_t size, const void *message,
		 size_t message_size);

enum token_result {
	TOKEN_IS_READY,
	TOKEN_INTERRUPTED,	/* the host has an interrupt; progress is kept */
	TOKEN_HAS_FAILED,
};

/* Signs until that is done or an interrupt is pending, at least a slice. */
MUST_USE enum token_result token_sign(struct rec *rec);

/* Copies the next bytes, at most size; READY. Returns how many. */
size_t token_take(struct rec *rec, void *dst, size_t size);

#endif
