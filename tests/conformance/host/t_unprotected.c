/* SPDX-License-Identifier: BSD-3-Clause */
/* RTT_MAP_UNPROTECTED and RTT_UNMAP_UNPROTECTED. */
#include "host/refuse.h"

#define IPA	PUPPET_BASE	/* protected */

static void refused_unprotected_args(struct call c, uint64_t half)
{
	refused("above the root", c, 3, 0, E_INPUT);
	refused("level 4", c, 3, 4, E_INPUT);
	refused("level -1", c, 3, ~0UL, E_INPUT);
	refused("ipa + 8", c, 2, half + 8, E_INPUT);
	refused("protected ipa", c, 2, IPA, E_INPUT);
	refused("ipa 2^w", c, 2, half * 2, E_INPUT);
	refused("ipa 2^63", c, 2, half | 1UL << 63, E_INPUT);
}

/*
 * @test RTT_MAP_UNPROTECTED.{attr_valid,rd_align,rd_bound,rd_state}
 * @test RTT_MAP_UNPROTECTED.{level_bound,addr_align,addr_bound,ipa_align}
 * @test RTT_MAP_UNPROTECTED.{ipa_bound,rtt_walk,rtte_state}
 */
TEST(unprotected, map_refused, BOTH)
{
	static const unsigned int reserved[] = {
		0, 1, 5, 8, 9, 10, 11, 51, 52, 53, 54, 55, 58, 63,
	};
	const struct zoo *z = zoo_new();
	uint64_t half = realm_top(z->realm), desc = rtt_desc((uint64_t)ns_page());
	struct call c = { RMI_RTT_MAP_UNPROTECTED, { z->pa[G_RD], half, 3, desc } };
	unsigned int i;

	realm_tables(z->realm, half, 3);
	realm_share(z->realm, half + PAGE, ns_page());
	refused_granule(c, 1, z, G_RD);
	refused_unprotected_args(c, half);
	for (i = 0; i < ARRAY_SIZE(reserved); i++)
		refused("descriptor bit", c, 4, desc | 1UL << reserved[i], E_INPUT);
	refused("MemAttr 4", c, 4, (desc & ~(7UL << 2)) | 4UL << 2, E_INPUT);
	refused("pa 2^48", c, 4, desc | 1UL << 48, E_INPUT);
	refused("walk", c, 2, half + BLOCK, E_RTT(2));
	refused("mapped", c, 2, half + PAGE, E_RTT(3));
	refused("pa not aligned to the block", c, 3, 2, E_INPUT);
	c.x[2] = 2;
	c.x[3] = rtt_desc(DRAM_BASE);
	refused("ipa not aligned to the block", c, 2, half + PAGE, E_INPUT);
	refused("pa off by a page", c, 4, rtt_desc(DRAM_BASE + PAGE), E_INPUT);
	refused("table in the way", c, 2, half, E_RTT(2));
	c.x[2] = 3;
	expect_entry(z->realm, half, 3, RMI_RTTE_UNASSIGNED, RMI_RIPAS_EMPTY);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
}

/* @test RTT_MAP_UNPROTECTED.{order_rd_walk,order_level_ipa_walk} */
TEST(unprotected, map_priorities, ONCE)
{
	const struct zoo *z = zoo_new();
	uint64_t half = realm_top(z->realm);
	struct call c = { RMI_RTT_MAP_UNPROTECTED,
			  { z->pa[G_RD], half, 3, rtt_desc(DRAM_BASE) } };

	refused("walk", c, 1, z->pa[G_RD], E_RTT(1));
	refused("walk: rd", c, 1, z->pa[G_REC], E_INPUT);
	refused("walk: level", c, 3, 4, E_INPUT);
	refused("walk: ipa", c, 2, IPA, E_INPUT);
}

/*
 * All attributes a host may choose; pages and blocks.
 * @test RTT_MAP_UNPROTECTED.success
 */
TEST(unprotected, map_effects, BOTH)
{
	static const uint64_t memattr[] = { 0, 1, 2, 3, 5, 6, 7 };
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	uint64_t half = realm_top(r), pa = (uint64_t)ns_page();
	unsigned int i, s2ap;

	realm_tables(r, half, 3);
	for (i = 0; i < ARRAY_SIZE(memattr); i++)
		for (s2ap = 0; s2ap < 4; s2ap++) {
			uint64_t ipa = half + (4 * i + s2ap) * PAGE;
			uint64_t desc = pa | memattr[i] << 2 | s2ap << 6;

			EXPECT_OK(RMI_RTT_MAP_UNPROTECTED, r->rd, ipa, 3, desc);
			EXPECT_EQ(rtt_read(r, ipa, 3).desc, desc);
		}
	EXPECT_OK(RMI_RTT_MAP_UNPROTECTED, r->rd, half + BLOCK, 2,
		  rtt_desc(DRAM_BASE));
	expect_entry(r, half + BLOCK, 2, RMI_RTTE_ASSIGNED, 0);
	EXPECT_OK(RMI_RTT_MAP_UNPROTECTED, r->rd, half + GIB, 1,
		  rtt_desc(DRAM_BASE));
	expect_entry(r, half + GIB, 1, RMI_RTTE_ASSIGNED, 0);
}

/*
 * @test RTT_UNMAP_UNPROTECTED.{rd_align,rd_bound,rd_state,level_bound}
 * @test RTT_UNMAP_UNPROTECTED.{ipa_align,ipa_bound,rtt_walk,rtte_state}
 * @test RTT.top
 */
TEST(unprotected, unmap_refused, BOTH)
{
	const struct zoo *z = zoo_new();
	uint64_t half = realm_top(z->realm);
	struct call c = { RMI_RTT_UNMAP_UNPROTECTED, { z->pa[G_RD], half, 3 } };
	struct call hole = c;

	realm_share(z->realm, half, ns_page());
	realm_share(z->realm, half + 9 * PAGE, ns_page());
	ASSERT_OK(RMI_RTT_MAP_UNPROTECTED, z->pa[G_RD], half + 4 * BLOCK, 2,
		  rtt_desc(DRAM_BASE));
	refused_granule(c, 1, z, G_RD);
	refused_unprotected_args(c, half);
	EXPECT_EQ(RMI(RMI_RTT_UNMAP_UNPROTECTED, z->pa[G_REC], half, 3).x[1], 0);
	EXPECT_EQ(RMI(RMI_RTT_UNMAP_UNPROTECTED, z->pa[G_RD], IPA, 3).x[1], 0);
	hole.x[1] = half + PAGE;
	refused_top("hole before a page", hole, 1, E_RTT(3), half + 9 * PAGE);
	hole.x[1] = half + 10 * PAGE;
	refused_top("hole to the end", hole, 1, E_RTT(3), half + BLOCK);
	hole.x[1] = half + BLOCK;
	refused_top("hole before a block", hole, 1, E_RTT(2), half + 4 * BLOCK);
	hole.x[1] = half + 4 * BLOCK;
	refused_top("inside a block", hole, 1, E_RTT(2), half + 4 * BLOCK);
	hole.x[1] = half + GIB;
	refused_top("hole in the root", hole, 1, E_RTT(1), 2 * half);
	hole.x[1] = half;
	hole.x[2] = 2;
	refused_top("table, not block", hole, 1, E_RTT(2), half);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
}

/* @test RTT_UNMAP_UNPROTECTED.success */
TEST(unprotected, unmap_effects, BOTH)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	uint64_t half = realm_top(r);
	struct answer a;

	realm_share(r, half, ns_page());
	realm_share(r, half + 3 * PAGE, ns_page());
	a = RMI(RMI_RTT_UNMAP_UNPROTECTED, r->rd, half, 3);
	EXPECT_EQ(a.x[0], RMI_SUCCESS);
	EXPECT_EQ(a.x[1], half + 3 * PAGE);
	expect_entry(r, half, 3, RMI_RTTE_UNASSIGNED, 0);
	a = RMI(RMI_RTT_UNMAP_UNPROTECTED, r->rd, half + 3 * PAGE, 3);
	EXPECT_EQ(a.x[0], RMI_SUCCESS);
	EXPECT_EQ(a.x[1], half + BLOCK);
	realm_share(r, half, ns_page());	/* and can be mapped again */
}

/* @test RTT_UNMAP_UNPROTECTED.{order_rd_walk,order_level_ipa_walk} */
TEST(unprotected, unmap_priorities, ONCE)
{
	const struct zoo *z = zoo_new();
	struct call c = { RMI_RTT_UNMAP_UNPROTECTED,
			  { z->pa[G_RD], realm_top(z->realm), 3 } };

	refused("walk", c, 1, z->pa[G_RD], E_RTT(1));
	refused("walk: rd", c, 1, z->pa[G_REC], E_INPUT);
	refused("walk: level", c, 3, 4, E_INPUT);
	refused("walk: ipa", c, 2, IPA, E_INPUT);
}
