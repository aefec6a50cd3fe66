/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Shared memory the way a CCA guest makes it: the top IPA bit in its stage 1
 * descriptor and nothing else (design 4.3).
 */
#include "host/realm.h"

/* Host writes, realm reads; realm writes, host reads. */
TEST(heal, page, BOTH)
{
	struct rec *c = puppet();
	uint64_t *page = ns_page(), half = realm_top(c->realm), va;

	realm_mmu_on(c);
	realm_share(c->realm, half | PUPPET_HOLE, page);
	va = realm_window(c, 0, half | PUPPET_HOLE | DESC_NORMAL);
	page[0] = 0x1111;
	EXPECT_EQ(realm_load(c, va), 0x1111);
	realm_store(c, va + 8, 0x2222);
	EXPECT_EQ(page[1], 0x2222);
	EXPECT_EQ(report_exceptions(c), 0);
}
