/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Three kinds of address that must never be mixed. A register becomes one of
 * them in call/, once; nothing converts between them but the functions that
 * know how (granule table, RTT walk).
 */
#ifndef TMM_LIB_ADDR_H
#define TMM_LIB_ADDR_H

#include <stdbool.h>
#include <stdint.h>

#define PAGE_SHIFT	12
#define PAGE_SIZE	(UINT64_C(1) << PAGE_SHIFT)
#define BLOCK_SHIFT	21
#define BLOCK_SIZE	(UINT64_C(1) << BLOCK_SHIFT)

/* Physical address as the host names it: pool or normal DRAM. */
typedef struct { uint64_t v; } paddr_t;

/* Secure physical address of the pool page that stands behind a granule. */
typedef struct { uint64_t v; } spa_t;

/* Intermediate physical address in a realm. */
typedef struct { uint64_t v; } ipa_t;

static inline paddr_t pa(uint64_t v)
{
	return (paddr_t){ v };
}

static inline spa_t spa(uint64_t v)
{
	return (spa_t){ v };
}

static inline ipa_t ipa(uint64_t v)
{
	return (ipa_t){ v };
}

static inline bool is_aligned(uint64_t v, uint64_t size)
{
	return (v & (size - 1)) == 0;
}

static inline uint64_t align_down(uint64_t v, uint64_t size)
{
	return v & ~(size - 1);
}

static inline uint64_t align_up(uint64_t v, uint64_t size)
{
	return (v + size - 1) & ~(size - 1);
}

#endif
