/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The same sources again with the CPU's SHA instructions; the choice is made at
 * run time (hash.c), so these get names of their own.
 */
#include "arch/aarch64/mbedtls_config.h"

#define MBEDTLS_SHA256_USE_A64_CRYPTO_ONLY
#define MBEDTLS_SHA512_USE_A64_CRYPTO_ONLY

#define mbedtls_sha256			a64_sha256
#define mbedtls_sha256_init		a64_sha256_init
#define mbedtls_sha256_free		a64_sha256_free
#define mbedtls_sha256_clone		a64_sha256_clone
#define mbedtls_sha256_starts		a64_sha256_starts
#define mbedtls_sha256_update		a64_sha256_update
#define mbedtls_sha256_finish		a64_sha256_finish
#define mbedtls_internal_sha256_process	a64_sha256_process
#define mbedtls_sha512			a64_sha512
#define mbedtls_sha512_init		a64_sha512_init
#define mbedtls_sha512_free		a64_sha512_free
#define mbedtls_sha512_clone		a64_sha512_clone
#define mbedtls_sha512_starts		a64_sha512_starts
#define mbedtls_sha512_update		a64_sha512_update
#define mbedtls_sha512_finish		a64_sha512_finish
#define mbedtls_internal_sha512_process	a64_sha512_process
