/* SPDX-License-Identifier: BSD-3-Clause */
/* Mbed TLS in the monitor: the hashes of hal/hash.h in C, and signatures. */
#include "arch/aarch64/mbedtls_ecc.h"

#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA512_C
#define MBEDTLS_HAVE_ASM
#define MBEDTLS_NO_UDBL_DIVISION	/* by the compiler's library */
/* hash.c has it: nothing of the C library is linked. */
#define MBEDTLS_PLATFORM_ZEROIZE_ALT
