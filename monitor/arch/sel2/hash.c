/* SPDX-License-Identifier: BSD-3-Clause */
/* Mbed TLS, with the CPU's SHA instructions where it has them. */
#include "hal/hash.h"
#include "arch/aarch64/features.h"
#include "arch/sel2/simd.h"
#include "lib/check.h"
#include "lib/string.h"

/* Mbed TLS's own functions; its headers want a C library. */
int mbedtls_sha256(const unsigned char *in, size_t size, unsigned char *out,
		   int is224);
int mbedtls_sha512(const unsigned char *in, size_t size, unsigned char *out,
		   int is384);
int a64_sha256(const unsigned char *in, size_t size, unsigned char *out,
	       int is224);
int a64_sha512(const unsigned char *in, size_t size, unsigned char *out,
	       int is384);
void mbedtls_platform_zeroize(void *buf, size_t len);

void mbedtls_platform_zeroize(void *buf, size_t len)
{
	memset(buf, 0, len);
	asm volatile("" : : "r"(buf) : "memory");	/* not a dead store */
}

void hal_hash(enum hash_alg alg, const void *data, size_t size, uint8_t *out)
{
	bool is_fast = alg == HASH_SHA256 ? features.sha256 : features.sha512;
	int rc;

	if (is_fast) {
		simd_borrow();
		rc = alg == HASH_SHA256 ? a64_sha256(data, size, out, 0) :
					  a64_sha512(data, size, out, 0);
		simd_return();
	} else {
		rc = alg == HASH_SHA256 ? mbedtls_sha256(data, size, out, 0) :
					  mbedtls_sha512(data, size, out, 0);
	}
	CHECK(rc == 0);
}
