/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mbed TLS for signatures: ECDSA on P-384 with SHA-384, in slices. The table of
 * multiples of the base point is constant (FIXED_POINT_OPTIM), so nothing is
 * computed ahead and nothing shared is ever written.
 */
#define MBEDTLS_SHA384_C
#define MBEDTLS_MD_C
#define MBEDTLS_HMAC_DRBG_C
#define MBEDTLS_HKDF_C
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP384R1_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 1
#define MBEDTLS_ECP_RESTARTABLE
#define MBEDTLS_ECDSA_C
#define MBEDTLS_ASN1_PARSE_C	/* wanted by ECDSA; not linked */
#define MBEDTLS_ASN1_WRITE_C

/* Memory comes from the page of the signature: arch/aarch64/sign_heap.c. */
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_CALLOC_MACRO sign_calloc
#define MBEDTLS_PLATFORM_FREE_MACRO sign_free

#ifndef __ASSEMBLER__
#include <stddef.h>
void *sign_calloc(size_t count, size_t size);
void sign_free(void *p);
#endif
