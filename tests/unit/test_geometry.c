/* SPDX-License-Identifier: BSD-3-Clause */
/* RTT geometry: every width and start level (rmm-abi.md 6.1). */
#include "unit.h"

#include "core/realm.h"

/*
 * The table of rmm-abi.md 6.1 as written: n bits index the root, 1 to 9 fit one
 * table, up to 13 need 2^(n-9). Start level 3 would need a width below 32, and
 * -1 needs LPA2. What hardware adds: starting at level 0 (or one above a
 * concatenated level 1, ADR 5) takes a PA width of 44 bits.
 */
static unsigned int roots_wanted(int width, int start, int pa_bits)
{
	int n = width - (12 + 9 * (3 - start));
	bool level_0 = start == 0 || (start == 1 && n > 9);

	if (width < 32 || width > pa_bits || start < 0 || start > 2 || n < 1)
		return 0;
	if (n > (start == 0 ? 9 : 13) || (level_0 && pa_bits < 44))
		return 0;
	return n <= 9 ? 1 : 1U << (n - 9);
}

static struct host_machine machine_of(uint8_t pa_bits)
{
	struct host_machine m = host_machine_default;

	m.features.pa_bits = pa_bits;
	return m;
}

/* @test RTT.{geometry,level0_heads} */
static void every_pair(const void *arg)
{
	static const uint8_t pa_bits[] = { 32, 36, 40, 42, 44, 48 };

	(void)arg;
	for (size_t p = 0; p < COUNT_OF(pa_bits); p++) {
		struct host_machine m = machine_of(pa_bits[p]);

		host_boot(&m);
		for (int width = 0; width < 256; width++)
			for (int start = -3; start < 8; start++)
				EXPECT_EQ(realm_num_roots((uint64_t)width, start),
					  roots_wanted(width, start, pa_bits[p]));
		EXPECT_EQ(realm_num_roots(36, INT64_C(0x100000001)), 0);
		EXPECT_EQ(realm_num_roots(UINT64_C(0x100000024), 1), 0);
		EXPECT_EQ(realm_num_roots(36, INT64_MIN), 0);
	}
}

/* The combinations that Arm's suite uses, and the extremes. */
static const struct geometry shapes[] = {
	{ 32, 2, 4 }, { 34, 2, 16 }, { 32, 1, 1 }, { 39, 1, 1 }, { 40, 1, 2 }, { 42, 1, 8 },
	{ 43, 1, 16 }, { 33, 2, 8 }, { 40, 0, 1 }, { 44, 0, 1 }, { 48, 0, 1 },
};

static void touch(const struct realm_under_test *r, uint64_t at)
{
	uint64_t half = realm_unprotected(r);

	if (at < half) {
		uint64_t data = realm_data(r, at);

		EXPECT_EQ(entry_of(r, at, 3).desc, data);
	} else {
		uint64_t page = realm_share(r, at);

		EXPECT_EQ(entry_of(r, at, 3).desc, page | DESC_WB_RW);
	}
	EXPECT_EQ(entry_of(r, at, 3).level, 3);
}

/*
 * A realm of each shape lives and is taken apart: both ends of each root, both
 * halves. What is mapped is what the fake MMU finds. @test RTT.{protected,range}
 */
static void each_shape(const void *arg)
{
	const struct geometry *g = arg;
	struct host_machine m = machine_of(48);
	struct realm_under_test r;
	uint64_t share = BIT(g->width) / g->roots;
	const struct realm *realm;

	world_boot(&m, setting->backing);
	realm_make(&r, g, 5);
	for (uint64_t i = 0; i < g->roots; i++) {
		touch(&r, i * share);
		if (g->roots > 1)
			touch(&r, (i + 1) * share - PAGE_SIZE);
	}
	if (g->roots == 1) {
		touch(&r, share / 2 - PAGE_SIZE);
		touch(&r, share / 2);
		touch(&r, share - PAGE_SIZE);
	}
	realm = content_of(r.rd);
	EXPECT(host_stage2_walk(&realm->s2.prot, 0).valid);
	EXPECT(host_stage2_walk(&realm->s2.prot, BIT(g->width - 1) - 1).valid);
	EXPECT(!host_stage2_walk(&realm->s2.prot, BIT(g->width - 1)).valid);
	EXPECT(!host_stage2_walk(&realm->s2.unprot, 0).valid);
	EXPECT(!host_stage2_walk(&realm->s2.unprot, BIT(g->width - 1) - 1).valid);
	EXPECT(host_stage2_walk(&realm->s2.unprot, BIT(g->width - 1)).valid);
	EXPECT(host_stage2_walk(&realm->s2.unprot, BIT(g->width) - 1).valid);
	/* outside there is nothing, not even an error of the walk */
	EXPECT_EQ(RMI(RMI_RTT_READ_ENTRY, r.rd, BIT(g->width), 3).x[0], RMI_ERROR_INPUT);
}

void suite_geometry(void)
{
	unit_add("geometry: every width and level", every_pair, NULL);
	for (size_t i = 0; i < COUNT_OF(shapes); i++)
		unit_add("geometry: each shape", each_shape, &shapes[i]);
}
