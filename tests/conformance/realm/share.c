/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory shared the CCA way: the top bit of the descriptor, never bit 5. */
#include "puppet.h"
#include "orders.h"
#include "abi/rmi.h"
#include "abi/rsi.h"

static volatile uint64_t *word(uint64_t at)
{
	return (volatile uint64_t *)(uintptr_t)at;
}

void order_touch(uint64_t *g)
{
	unsigned long i, bad = 0;

	for (i = 0; i < g[2]; i++) {
		volatile uint64_t *w = word(g[1] + i * g[3]);

		bad += w[0] != pattern(g[4], i);
		w[1] = pattern(g[4] + 1, i);
	}
	g[1] = bad;
}

/*
 * Break before make for all descriptors. What is kept of the old ones is what
 * a guest keeps that changes its descriptors in place: also a bit 5 that it
 * never set.
 */
static void share_map(const struct share *s, unsigned long top)
{
	volatile uint64_t *slot = word(s->slot);
	uint64_t kept[SHARE_MAX];
	unsigned long i;

	for (i = 0; i < s->count; i++) {
		kept[i] = slot[i] & s->keep;
		slot[i] = 0;
	}
	tlbi();
	for (i = 0; i < s->count; i++)
		slot[i] = (s->ipa + i * s->stride) | s->attr | top | kept[i];
	__asm__ volatile("dsb ishst\n\tisb" : : : "memory");
}

/* Word 1 is the host's and constant; word 0 is ours. */
static unsigned long use_shared(const struct share *s, unsigned long round)
{
	unsigned long i, bad = 0;

	for (i = 0; i < s->count; i++) {
		volatile uint64_t *w = word(s->window + i * s->stride);

		bad += w[1] != pattern(s->seed, i);
		bad += round && w[0] != pattern(s->seed + round - 1, i);
		w[0] = pattern(s->seed + round, i);
	}
	return bad;
}

/* The protected page never shows what was shared. */
static unsigned long use_private(const struct share *s, unsigned long round)
{
	unsigned long i, bad = 0;

	for (i = 0; i < s->count; i++) {
		volatile uint64_t *w = word(s->window + i * s->stride);

		bad += round && w[0] != ~pattern(s->seed + round - 1, i);
		w[0] = ~pattern(s->seed + round, i);
	}
	return bad;
}

void order_share(uint64_t *g)
{
	const struct share *s = (const void *)(g + 1);
	unsigned long round, bad = 0;

	for (round = 0; round < s->rounds; round++) {
		share_map(s, s->top);
		bad += use_shared(s, round);
		share_map(s, 0);
		bad += use_private(s, round);
	}
	g[1] = bad;
	g[2] = round;
}

/* Not one word of it comes from another call: the whole page, both ways. */
static unsigned long set_ripas(const struct share *s, unsigned long ripas)
{
	unsigned long x[18] = { RSI_IPA_STATE_SET, s->ipa, s->ipa + 0x1000,
				ripas, RSI_CHANGE_DESTROYED };

	return smc18(x) + (x[0] != RSI_SUCCESS) + (x[1] != s->ipa + 0x1000) +
	       (x[2] != RSI_ACCEPT);
}

#define PAGE_WORDS	512

static unsigned long page_bad(uint64_t window, unsigned long seed)
{
	unsigned long i, bad = 0;

	for (i = 0; i < PAGE_WORDS; i++)
		bad += word(window)[i] != (seed ? pattern(seed, i) : 0);
	return bad;
}

static void page_fill(uint64_t window, unsigned long seed)
{
	unsigned long i;

	for (i = 0; i < PAGE_WORDS; i++)
		word(window)[i] = pattern(seed, i);
}

/*
 * As Linux does it (set_memory_decrypted and back): the RIPAS first, then the
 * descriptor. A page that comes back is zero, whatever was in either before.
 */
static unsigned long convert_round(const struct share *s, unsigned long seed)
{
	unsigned long bad = 0;

	bad += set_ripas(s, RMI_RIPAS_EMPTY);
	share_map(s, s->top);
	bad += page_bad(s->window, seed);
	page_fill(s->window, seed + 1);
	bad += set_ripas(s, RMI_RIPAS_RAM);
	share_map(s, 0);
	bad += page_bad(s->window, 0);
	page_fill(s->window, seed + 2);
	bad += page_bad(s->window, seed + 2);
	return bad;
}

void order_convert(uint64_t *g)
{
	const struct share *s = (const void *)(g + 1);
	unsigned long round, bad = 0;

	for (round = 0; round < s->rounds && !bad; round++)
		bad += convert_round(s, s->seed + 4 * round);
	g[1] = bad;
	g[2] = round;
}
