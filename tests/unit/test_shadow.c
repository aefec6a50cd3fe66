/* SPDX-License-Identifier: BSD-3-Clause */
/* What differs from CCA hardware for a host that delegates normal DRAM (ADR 1). */
#include "unit.h"

#include <string.h>

#define PAGES	512

/* One page of each 2 MiB of the pool is taken, so that none is whole. */
static void spoil_pool(void)
{
	for (unsigned int i = 0; i < hal_boot_secure_count(); i++) {
		struct hal_range r = hal_boot_secure(i);

		for (uint64_t at = r.base; at < r.base + r.size; at += BLOCK_SIZE)
			if (state_of(at) == GS_UNDELEGATED)
				MUST(RMI_GRANULE_DELEGATE, at);
	}
}

/*
 * Contiguous for the host, but not behind the scenes: no block.
 * @test RTT_FOLD.scattered_backing
 */
static void fold_of_scattered_pages(const void *arg)
{
	struct realm_under_test r;
	uint64_t dram;
	struct call out;

	(void)arg;
	world_check_laws(false);
	make_realm(&r, 5);
	realm_tables(&r, 0, 3);
	spoil_pool();
	dram = dram_run(PAGES, BLOCK_SIZE);
	for (uint64_t o = 0; o < BLOCK_SIZE; o += PAGE_SIZE) {
		MUST(RMI_GRANULE_DELEGATE, dram + o);
		MUST(RMI_DATA_CREATE_UNKNOWN, r.rd, dram + o, o);
	}
	world_check_laws(true);
	out = RMI(RMI_RTT_FOLD, r.rd, 0, 3);
	EXPECT_EQ(out.x[0], RTT_ERROR(3));
	EXPECT_EQ(entry_of(&r, 0, 3).desc, dram);
	EXPECT_EQ(entry_of(&r, BLOCK_SIZE - PAGE_SIZE, 3).desc, dram + BLOCK_SIZE - PAGE_SIZE);
}

/*
 * The host keeps its page, and what it writes there is not the realm's.
 * @test GRANULE_DELEGATE.host_access
 */
static void host_keeps_its_page(const void *arg)
{
	uint64_t page = ns_page();
	const unsigned char *content;

	(void)arg;
	MUST(RMI_GRANULE_DELEGATE, page);
	memset(host_ns(pa(page)), 0x5a, PAGE_SIZE);
	content = content_of(page);
	for (unsigned int i = 0; i < PAGE_SIZE; i++)
		EXPECT_EQ(content[i], 0);
	MUST(RMI_GRANULE_UNDELEGATE, page);
}

static const struct unit_test tests[] = {
	{ "shadow: fold of scattered pages", fold_of_scattered_pages, NULL },
	{ "shadow: the host keeps its page", host_keeps_its_page, NULL },
};

void suite_shadow(void)
{
	UNIT_TESTS(tests);
}
