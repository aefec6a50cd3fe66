/*
 * Copyright (c) 2026, virtCCA contributors. All rights reserved.
 *
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * SHA-256 for BL1 and BL2. As TF-A's crypto module it needs no heap.
 */

#include <mbedtls/sha256.h>

#include <drivers/auth/crypto_mod.h>
#include <drivers/measured_boot/tmmd/tmmd_rot.h>

bool tmmd_hash(const void *data, size_t size, uint8_t hash[TMMD_HASH_SIZE])
{
	return mbedtls_sha256(data, size, hash, 0) == 0;
}

static void init(void)
{
}

static int calc_hash(enum crypto_md_algo alg, void *data, unsigned int size,
		     unsigned char output[CRYPTO_MD_MAX_SIZE])
{
	if ((alg != CRYPTO_MD_SHA256) || !tmmd_hash(data, size, output)) {
		return CRYPTO_ERR_HASH;
	}
	return CRYPTO_SUCCESS;
}

REGISTER_CRYPTO_LIB("Mbed TLS", init, NULL, NULL, calc_hash, NULL, NULL);
