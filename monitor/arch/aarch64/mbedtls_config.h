/* SPDX-License-Identifier: BSD-3-Clause */
/* Mbed TLS in the monitor: the two hashes of hal/hash.h, in C. */
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA512_C
/* hash.c has it: nothing of the C library is linked. */
#define MBEDTLS_PLATFORM_ZEROIZE_ALT
