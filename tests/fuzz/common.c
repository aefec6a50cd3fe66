/* SPDX-License-Identifier: BSD-3-Clause */
#include "common.h"

#include "harness/laws.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define MiB	(UINT64_C(1) << 20)

/* The first pages of each kind of memory are those that the harness uses too. */
#define POOL_PAGES	40
#define DRAM_PAGES	24
#define MOSTLY		0xe0	/* a byte is below this: what makes sense */

noreturn void test_fail(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	test_say(file, line, fmt, ap);
	va_end(ap);
	abort();
}

/* Input */

uint8_t in_u8(struct input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

uint64_t in_u64(struct input *in)
{
	uint64_t v = 0;

	for (unsigned int i = 0; i < 8; i++)
		v |= (uint64_t)in_u8(in) << (8 * i);
	return v;
}

unsigned int in_choice(struct input *in, unsigned int n)
{
	return in_u8(in) % n;
}

/* World */

static const struct geometry geometries[] = {
	{ 36, 1, 1 }, { 40, 1, 2 }, { 44, 0, 1 }, { 32, 2, 4 }, { 39, 1, 1 }, { 34, 2, 16 },
};

const struct geometry *fuzz_geometry;
struct realm_under_test fuzz_realm;

static bool mutate;

#define IN_DRAM		BIT(7)	/* of the first byte: where realms live */
#define MUTATE		BIT(6)	/* host memory changes as soon as it is read */

void fuzz_boot(struct input *in)
{
	static struct host_machine m;
	uint8_t b = in_u8(in);

	m = host_machine_default;
	m.secure_count = 1;
	m.secure[0].size = 6 * MiB;
	m.dram_count = 1;
	m.dram[0].size = 4 * MiB;
	fuzz_geometry = &geometries[b % 8 % COUNT_OF(geometries)];
	world_boot(&m, (b & IN_DRAM) != 0 ? FROM_DRAM : FROM_POOL);
	world_check_laws(false);
	host_realm_forget();
	fuzz_heal_init();
	fuzz_realm = (struct realm_under_test){ .rd = 0 };
	mutate = (b & MUTATE) != 0;
}

/* What was set up counts as good; only from here on is the host hostile. */
void fuzz_run(struct input *in, void (*act)(struct input *in))
{
	laws_check();
	host_ns_mutate(mutate);
	for (unsigned int i = 1; i <= MAX_CALLS && !in_is_empty(in); i++) {
		act(in);
		if (i % CALLS_PER_CHECK == 0)
			laws_check();
	}
	laws_check();
}

/* Addresses */

static uint64_t pool_base(void)
{
	return hal_boot_secure(0).base;
}

static uint64_t dram_base(void)
{
	return hal_boot_dram(0).base;
}

uint64_t fuzz_granule(struct input *in)
{
	uint8_t b = in_u8(in);

	if (b == ESCAPE)
		return in_u64(in);
	if (b < POOL_PAGES)
		return pool_base() + b * PAGE_SIZE;
	b = (uint8_t)(b - POOL_PAGES);
	if (b < DRAM_PAGES)
		return dram_base() + b * PAGE_SIZE;
	b = (uint8_t)(b - DRAM_PAGES);
	if (b < world_num_holes)
		return world_holes[b];
	/* one of the first pages, not aligned; or one further up */
	if ((b & 1) != 0)
		return pool_base() + b * (PAGE_SIZE / 2);
	return pool_base() + b * UINT64_C(8) * PAGE_SIZE;
}

static uint64_t nth_page(unsigned int n)
{
	n %= POOL_PAGES + DRAM_PAGES;
	return n < POOL_PAGES ? pool_base() + n * PAGE_SIZE :
				dram_base() + (n - POOL_PAGES) * PAGE_SIZE;
}

/* The first of the few pages that is in that state, from some page on. */
uint64_t fuzz_in_state(struct input *in, enum granule_state want)
{
	uint8_t b = in_u8(in);

	for (unsigned int i = 0; b < MOSTLY && i < POOL_PAGES + DRAM_PAGES; i++)
		if (state_of(nth_page(b + i)) == want)
			return nth_page(b + i);
	return fuzz_granule(in);
}

uint64_t fuzz_rd(struct input *in)
{
	return in_u8(in) < MOSTLY && fuzz_realm.rd != 0 ? fuzz_realm.rd :
							  fuzz_in_state(in, GS_RD);
}

uint64_t fuzz_rec(struct input *in)
{
	uint8_t b = in_u8(in);

	return b < MOSTLY && fuzz_realm.num_rec != 0 ? fuzz_realm.rec[b % 2] :
						       fuzz_in_state(in, GS_REC);
}

uint64_t fuzz_ns_page(struct input *in)
{
	uint8_t b = in_u8(in);

	if (b >= MOSTLY)
		return fuzz_granule(in);
	return dram_base() + b % DRAM_PAGES * PAGE_SIZE;
}

uint64_t fuzz_ipa(struct input *in)
{
	const uint64_t end = BIT(fuzz_geometry->width), half = end / 2;
	const uint64_t places[] = {
		0, half, BLOCK_SIZE, half + BLOCK_SIZE, BIT(30), half + BIT(30),
		half - BLOCK_SIZE, half - PAGE_SIZE, end - BLOCK_SIZE, end - PAGE_SIZE,
		end, BIT(39) % half, BIT(48), ~(PAGE_SIZE - 1),
	};
	uint8_t b = in_u8(in), page;

	if (b == ESCAPE)
		return in_u64(in);
	page = b / COUNT_OF(places);
	return places[b % COUNT_OF(places)] + page * PAGE_SIZE;
}

uint64_t fuzz_end(struct input *in, uint64_t base)
{
	if (in_choice(in, 8) == 0)
		return fuzz_ipa(in);
	return base + in_choice(in, 16) * PAGE_SIZE;
}
