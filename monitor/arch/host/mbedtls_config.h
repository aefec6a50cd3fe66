/* SPDX-License-Identifier: BSD-3-Clause */
/* Mbed TLS on the build host: the two hashes of hal/hash.h. */
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA512_C
