/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Patterns of vector registers, the same in host and realm: what one side
 * loads from a seed it can recognise later, and nobody else's seed gives it.
 */
#ifndef SIMD_H
#define SIMD_H

#include "realm/puppet.h"
#include <stdbool.h>
#include <stdint.h>

/*
 * simd.S: V0..V31, FPCR, FPSR; and Z0..Z31, P0..P15, FFR one after the other,
 * in vectors of sve_bytes(). simd_store() writes no more than it finds.
 */
void simd_load(const void *from);
void simd_store(void *to);
void sve_load(const void *from);
void sve_store(void *to);
unsigned long sve_bytes(void);

#define SIMD_V_WORDS	64
#define SIMD_BYTES	(8 * (SIMD_V_WORDS + 2))

static inline unsigned long sve_words(unsigned long vl)
{
	return 32 * vl / 8 + 16 * vl / 64;
}

static inline unsigned long sve_state_bytes(unsigned long vl)
{
	return 8 * sve_words(vl) + vl / 8;
}

/* AHP, DN, FZ, RMode; the flags that stick. Not zero, and mostly different. */
static inline uint64_t simd_fpcr(unsigned long seed)
{
	return (seed % 31 + 1) << 22;
}

static inline uint64_t simd_fpsr(unsigned long seed)
{
	return seed % 31 + 1;
}

/* FFR counts elements from the first one on: ones below, zeros above. */
static inline uint16_t sve_ffr(unsigned long seed)
{
	return (uint16_t)((1U << (seed % 15 + 1)) - 1);
}

static inline void words_fill(uint64_t *w, unsigned long n, unsigned long seed)
{
	unsigned long i;

	for (i = 0; i < n; i++)
		w[i] = pattern(seed, i);
}

static inline unsigned long words_bad(const uint64_t *w, unsigned long n,
				      unsigned long seed)
{
	unsigned long i, bad = 0;

	for (i = 0; i < n; i++)
		bad += w[i] != pattern(seed, i);
	return bad;
}

static inline unsigned long words_set(const uint64_t *w, unsigned long n)
{
	unsigned long i, set = 0;

	for (i = 0; i < n; i++)
		set += w[i] != 0;
	return set;
}

static inline void simd_set(uint64_t *w, unsigned long seed)
{
	words_fill(w, SIMD_V_WORDS, seed);
	w[SIMD_V_WORDS] = simd_fpcr(seed);
	w[SIMD_V_WORDS + 1] = simd_fpsr(seed);
	simd_load(w);
}

static inline unsigned long simd_bad(uint64_t *w, unsigned long seed)
{
	simd_store(w);
	return words_bad(w, SIMD_V_WORDS, seed) +
	       (w[SIMD_V_WORDS] != simd_fpcr(seed)) +
	       (w[SIMD_V_WORDS + 1] != simd_fpsr(seed));
}

/* Vectors longer than 16 bytes have more of FFR than we set: it stays zero. */
static inline void sve_set(uint64_t *w, unsigned long vl, unsigned long seed)
{
	unsigned long n = sve_words(vl), i;
	uint8_t *ffr = (uint8_t *)(w + n);

	words_fill(w, n, seed);
	for (i = 2; i < vl / 8; i++)
		ffr[i] = 0;
	ffr[0] = (uint8_t)sve_ffr(seed);
	ffr[1] = (uint8_t)(sve_ffr(seed) >> 8);
	sve_load(w);
}

static inline unsigned long sve_bad(uint64_t *w, unsigned long vl,
				    unsigned long seed)
{
	unsigned long n = sve_words(vl);
	const uint8_t *ffr = (const uint8_t *)(w + n);

	sve_store(w);
	return words_bad(w, n, seed) +
	       (ffr[0] != (uint8_t)sve_ffr(seed)) +
	       (ffr[1] != (uint8_t)(sve_ffr(seed) >> 8));
}

#endif
