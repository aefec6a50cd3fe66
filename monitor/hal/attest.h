/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the root of trust has given to the monitor, and signatures with it.
 * The private half of the realm attestation key (RAK) stays in the backend:
 * nothing above it can read the key, only use it.
 */
#ifndef TMM_HAL_ATTEST_H
#define TMM_HAL_ATTEST_H

#include "lib/check.h"
#include <stddef.h>
#include <stdint.h>

#define HAL_TOKEN_MAX		3072
#define HAL_KEY_SIZE		96	/* x and y of a P-384 point */
#define HAL_SIGNATURE_SIZE	96	/* r and s */

struct hal_attest {
	const uint8_t *token;		/* platform token, token_size bytes */
	size_t token_size;		/* at most HAL_TOKEN_MAX */
	const uint8_t *key;		/* public RAK, HAL_KEY_SIZE bytes */
};

/* Constant after boot; NULL where there is no root of trust. */
const struct hal_attest *hal_attest(void);

/*
 * An ES384 signature with the RAK, made in slices. Its whole state is in a page
 * of the caller's, who may go on with it on another CPU, and abandons it by
 * starting again or by zeroing the page. The nonce follows from key and message
 * (RFC 6979). Only where hal_attest() is not NULL. Takes no lock.
 */
void hal_sign_start(void *page, const void *message, size_t size);

enum hal_sign_result {
	HAL_SIGN_BUSY,		/* call again */
	HAL_SIGN_DONE,		/* *signature is written, the page is zero again */
	HAL_SIGN_FAILED,	/* cannot be made; the page is zero again */
};

/* One slice: some hundred thousand instructions. */
MUST_USE enum hal_sign_result hal_sign_step(void *page,
					    uint8_t signature[HAL_SIGNATURE_SIZE]);

#define HAL_SEALING_KEY_SIZE	32

/*
 * A key that only this platform with this firmware can make, another one for each
 * info. Only where hal_attest() is not NULL. Takes no lock.
 */
void hal_sealing_key(const void *info, size_t size, uint8_t key[HAL_SEALING_KEY_SIZE]);

#endif
