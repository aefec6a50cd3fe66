/* SPDX-License-Identifier: BSD-3-Clause */
/* SHA-2 for measurements; Mbed TLS behind it, with the CPU's instructions where it has them. */
#ifndef TMM_HAL_HASH_H
#define TMM_HAL_HASH_H

#include <stddef.h>
#include <stdint.h>

enum hash_alg { HASH_SHA256, HASH_SHA512 };

#define HASH_MAX_SIZE	64

static inline size_t hash_size(enum hash_alg alg)
{
	return alg == HASH_SHA256 ? 32 : 64;
}

/* Writes hash_size(alg) bytes to out; out may overlap data. */
void hal_hash(enum hash_alg alg, const void *data, size_t size, uint8_t *out);

#endif
