/* SPDX-License-Identifier: BSD-3-Clause */
/* Mbed TLS on the build host: as on the target, but without assembly. */
#include "arch/aarch64/mbedtls_ecc.h"

#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA512_C
