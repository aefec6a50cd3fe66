/* SPDX-License-Identifier: BSD-3-Clause */
#include "realm/simd.h"
#include "realm/orders.h"

static void spin(unsigned long rounds)
{
	while (rounds--)
		__asm__ volatile("isb" : : : "memory");
}

/* Without SVE the length is whatever the skipped instruction leaves. */
static unsigned long vector_length(void)
{
	unsigned long vl = sve_bytes();

	return vl < 16 || vl > SIMD_MAX_VL ? 0 : vl;
}

static unsigned long nonzero(uint64_t *w, bool sve, unsigned long vl)
{
	if (!sve) {
		simd_store(w);
		return words_set(w, SIMD_V_WORDS + 2);
	}
	w[sve_words(vl)] = 0;	/* FFR fills less than a word */
	sve_store(w);
	return words_set(w, sve_words(vl) + 1);
}

unsigned long order_simd(uint64_t *w, uint64_t *g)
{
	enum simd what = (enum simd)g[1];
	bool sve = what >= SVE_SET;
	unsigned long seed = g[2], vl = sve ? vector_length() : 16;

	g[1] = vl;
	g[2] = 0;
	if (!vl)
		return 0;
	switch (what) {
	case SIMD_SET: simd_set(w, seed); return 0;
	case SIMD_CHECK: return simd_bad(w, seed);
	case SIMD_SPIN:
		simd_set(w, seed);
		spin(g[3]);
		return simd_bad(w, seed);
	case SVE_SET: sve_set(w, vl, seed); return 0;
	case SVE_CHECK: return sve_bad(w, vl, seed);
	case SVE_SPIN:
		sve_set(w, vl, seed);
		spin(g[3]);
		return sve_bad(w, vl, seed);
	case SIMD_NONZERO:
	case SVE_NONZERO: g[2] = nonzero(w, sve, vl); return 0;
	case SVE_LENGTH: return 0;
	}
	return 0;
}
