/* SPDX-License-Identifier: BSD-3-Clause */
/* Boot: memory described and kept; and what calls cost in TLB maintenance. */
#include "unit.h"

#include "abi/boot.h"
#include "abi/vendor.h"
#include "core/realm.h"
#include "main/main.h"
#include <string.h>

/* Tables for a terabyte do not fit: the boot fails, in words that EL3 knows. */
static void too_much_memory(const void *arg)
{
	struct tmm_manifest m = {
		.secure_count = 2,
		.dram_count = 1,
		.secure = { { .base = 0x20200000, .size = 6 << 20 },
			    { .base = UINT64_C(0xa8060000000), .size = 2 << 20 } },
		.dram = { { .base = UINT64_C(0x880600000), .size = UINT64_C(1) << 40 } },
	};

	(void)arg;
	host_boot(&host_machine_default);
	EXPECT((int64_t)main_cold(&m) < 0);
}

/* Every page that the ranges name is a granule, and the pages around them are none. */
static void ranges(const void *arg)
{
	unsigned int pools = hal_boot_secure_count(), drams = hal_boot_dram_count();

	(void)arg;
	for (unsigned int i = 0; i < pools + drams; i++) {
		struct hal_range r = i < pools ? hal_boot_secure(i) : hal_boot_dram(i - pools);
		const struct granule *first = granule_find(pa(r.base));
		const struct granule *last = granule_find(pa(r.base + r.size - PAGE_SIZE));

		EXPECT(first && last && !granule_find(pa(r.base + r.size)));
		EXPECT(!granule_find(pa(r.base - PAGE_SIZE)));
		EXPECT_EQ(last - first, r.size / PAGE_SIZE - 1);
		EXPECT_EQ(granule_pa(first).v, r.base);
		EXPECT_EQ(granule_pa(last).v, r.base + r.size - PAGE_SIZE);
		EXPECT_EQ(granule_is_pool(first), i < pools);
	}
}

/* The banner, and nothing after it. */
static void banner(const void *arg)
{
	(void)arg;
	EXPECT(strstr(host_console(), "TMM") != NULL);
	EXPECT_EQ(main_warm(), 0);
}

/* TLB maintenance, one row per kind of call: no less (the laws) and no more */

#define L2	(4 * BLOCK_SIZE)

struct cost {
	const char *name;
	void (*prepare)(struct realm_under_test *r);
	uint64_t fid, x2, x3, x4;	/* x1 is rd; MAPPED adds the unprotected half */
	unsigned int invalidate, invalidate_all;
};

#define UNPROT	BIT(63)		/* in x2: add the base of the unprotected half */
#define PAGE	BIT(62)		/* a fresh DELEGATED page */

static void tables(struct realm_under_test *r)
{
	realm_tables(r, L2, 3);
	realm_tables(r, realm_unprotected(r) + L2, 3);
}

static void unknown_empty(struct realm_under_test *r)
{
	tables(r);
	realm_unknown(r, L2);
}

static void data(struct realm_under_test *r)
{
	tables(r);
	realm_data(r, L2);
}

static void shared(struct realm_under_test *r)
{
	tables(r);
	realm_share(r, realm_unprotected(r) + L2);
}

static void shared_block(struct realm_under_test *r)
{
	uint64_t at = realm_unprotected(r) + L2;

	realm_tables(r, at, 2);
	MUST(RMI_RTT_MAP_UNPROTECTED, r->rd, at, 2, (uint64_t)DESC_WB_RW);
}

static void level_2(struct realm_under_test *r)
{
	realm_tables(r, L2, 2);
}

static const struct cost costs[] = {
	{ "tlb: DATA_CREATE_UNKNOWN", tables, RMI_DATA_CREATE_UNKNOWN, PAGE, L2, 0, 0, 0 },
	{ "tlb: DATA_DESTROY, not visible", unknown_empty, RMI_DATA_DESTROY, L2, 0, 0, 0, 0 },
	{ "tlb: DATA_DESTROY, visible", data, RMI_DATA_DESTROY, L2, 0, 0, 1, 0 },
	{ "tlb: MAP", tables, RMI_RTT_MAP_UNPROTECTED, UNPROT | L2, 3, DESC_WB_RW, 0, 0 },
	{ "tlb: UNMAP", shared, RMI_RTT_UNMAP_UNPROTECTED, UNPROT | L2, 3, 0, 1, 0 },
	{ "tlb: RTT_CREATE", level_2, RMI_RTT_CREATE, PAGE, L2, 3, 0, 0 },
	{ "tlb: RTT_CREATE in a block", shared_block, RMI_RTT_CREATE, PAGE, UNPROT | L2,
	  3, 1, 0 },
	{ "tlb: RTT_DESTROY", tables, RMI_RTT_DESTROY, L2, 3, 0, 0, 1 },
	{ "tlb: RTT_FOLD", tables, RMI_RTT_FOLD, L2, 3, 0, 0, 1 },
	{ "tlb: INIT_RIPAS", tables, RMI_RTT_INIT_RIPAS, L2, L2 + BLOCK_SIZE, 0, 0, 0 },
	{ "tlb: READ_ENTRY", tables, RMI_RTT_READ_ENTRY, L2, 3, 0, 0, 0 },
};

static uint64_t argument(const struct realm_under_test *r, uint64_t x)
{
	if (x == PAGE)
		return delegated();
	return x & UNPROT ? (x & ~UNPROT) + realm_unprotected(r) : x;
}

static void cost(const void *arg)
{
	const struct cost *c = arg;
	struct realm_under_test r;
	struct host_stage2_count before, after;
	uint64_t x[3];

	make_realm(&r, 5);
	c->prepare(&r);
	x[0] = argument(&r, c->x2);
	x[1] = argument(&r, c->x3);
	x[2] = argument(&r, c->x4);
	before = host_stage2_count();
	MUST(c->fid, r.rd, x[0], x[1], x[2]);
	after = host_stage2_count();
	EXPECT_EQ(after.invalidate - before.invalidate, c->invalidate);
	EXPECT_EQ(after.invalidate_all - before.invalidate_all, c->invalidate_all);
}

static const struct unit_test tests[] = {
	{ "boot: too much memory", too_much_memory, NULL },
	{ "boot: ranges", ranges, NULL },
	{ "boot: banner", banner, NULL },
};

void suite_boot(void)
{
	UNIT_TESTS(tests);
	for (size_t i = 0; i < COUNT_OF(costs); i++)
		unit_add(costs[i].name, cost, &costs[i]);
}
