/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TMM_LIB_BITS_H
#define TMM_LIB_BITS_H

#include <stddef.h>
#include <stdint.h>

#define BIT(n)		(UINT64_C(1) << (n))
/* bits h..l set, both included */
#define BITS(h, l)	((~UINT64_C(0) >> (63 - (h))) & (~UINT64_C(0) << (l)))
#define COUNT_OF(a)	(sizeof(a) / sizeof((a)[0]))

static inline uint64_t field(uint64_t v, unsigned int h, unsigned int l)
{
	return (v & BITS(h, l)) >> l;
}

static inline uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

#endif
