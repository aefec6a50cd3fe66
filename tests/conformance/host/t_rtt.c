/* SPDX-License-Identifier: BSD-3-Clause */
/* RTT_CREATE, DESTROY, READ_ENTRY and the shapes of a tree; FOLD is in t_fold.c. */
#include "host/refuse.h"

#define IPA	PUPPET_BASE	/* with page tables in most tests */
#define FAR_IPA	(8 * GIB)	/* with no table but the root */

/* A new realm with tables down to the pages of IPA. */
static struct realm *realm_with_pages(void)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);

	realm_tables(r, IPA, 3);
	return r;
}

/*
 * @test RTT_READ_ENTRY.{rd_align,rd_bound,rd_state,level_bound,ipa_align}
 * @test RTT_READ_ENTRY.ipa_bound
 */
TEST(rtt, read_entry_refused, BOTH)
{
	const struct zoo *z = zoo_new();
	struct call c = { RMI_RTT_READ_ENTRY, { z->pa[G_RD], IPA, 3 } };

	refused_granule(c, 1, z, G_RD);
	refused("above the root", c, 3, 0, E_INPUT);
	refused("level 4", c, 3, 4, E_INPUT);
	refused("level -1", c, 3, ~0UL, E_INPUT);
	refused("level 2^32 + 3", c, 3, (1UL << 32) + 3, E_INPUT);
	refused("level 2^63 + 3", c, 3, (1UL << 63) + 3, E_INPUT);
	refused("ipa + 8", c, 2, IPA + 8, E_INPUT);
	refused("ipa + 0x800", c, 2, IPA + 0x800, E_INPUT);
	refused("ipa 2^w", c, 2, 1UL << 39, E_INPUT);
	refused("ipa 2^48", c, 2, 1UL << 48, E_INPUT);
	refused("ipa 2^63", c, 2, 1UL << 63, E_INPUT);
	c.x[2] = 2;
	refused("page at level 2", c, 2, IPA + PAGE, E_INPUT);
	c.x[2] = 1;
	refused("block at level 1", c, 2, IPA + BLOCK, E_INPUT);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
}

/*
 * @test RTT_READ_ENTRY.{success,short_walk}
 * @test RTT.{states,protected}
 */
TEST(rtt, read_entry_walks, BOTH)
{
	struct realm *r = realm_with_pages();
	uint64_t data = realm_data(r, IPA, ns_page(), 0), top = realm_top(r);
	const void *shared = ns_page();
	struct entry e;

	realm_share(r, top, shared);
	/* the walk stops where the tree does */
	e = rtt_read(r, FAR_IPA, 3);
	EXPECT_EQ(e.level, 1);
	EXPECT_EQ(e.state, RMI_RTTE_UNASSIGNED);
	e = rtt_read(r, IPA + BLOCK, 3);
	EXPECT_EQ(e.level, 2);
	/* a table tells its address, a page its own */
	e = rtt_read(r, IPA, 1);
	EXPECT_EQ(e.level, 1);
	EXPECT_EQ(e.state, RMI_RTTE_TABLE);
	EXPECT_EQ(RMI_STATUS_OF(RMI_GRANULE_UNDELEGATE, e.desc), E_INPUT);
	EXPECT_EQ(e.ripas, 0);
	e = rtt_read(r, IPA, 3);
	EXPECT_EQ(e.level, 3);
	EXPECT_EQ(e.state, RMI_RTTE_ASSIGNED);
	EXPECT_EQ(e.desc, data);
	EXPECT_EQ(e.ripas, RMI_RIPAS_RAM);
	/* normal memory: exactly what the host mapped */
	e = rtt_read(r, top, 3);
	EXPECT_EQ(e.state, RMI_RTTE_ASSIGNED);
	EXPECT_EQ(e.desc, rtt_desc((uint64_t)shared));
	EXPECT_EQ(e.ripas, 0);
	e = rtt_read(r, top + PAGE, 3);
	EXPECT_EQ(e.state, RMI_RTTE_UNASSIGNED);
	EXPECT_EQ(e.desc, 0);
	EXPECT_EQ(e.ripas, 0);
}

static void refused_table_args(struct call c, unsigned int ipa, unsigned int level)
{
	refused("the root's level", c, level, 1, E_INPUT);
	refused("level 0", c, level, 0, E_INPUT);
	refused("level 4", c, level, 4, E_INPUT);
	refused("level -1", c, level, ~0UL, E_INPUT);
	refused("level 2^32 + 3", c, level, (1UL << 32) + 3, E_INPUT);
	refused("ipa + 8", c, ipa, c.x[ipa - 1] + 8, E_INPUT);
	refused("ipa + page", c, ipa, c.x[ipa - 1] + PAGE, E_INPUT);
	refused("ipa 2^w", c, ipa, 1UL << 39, E_INPUT);
	refused("ipa 2^48", c, ipa, 1UL << 48, E_INPUT);
	refused("ipa 2^63", c, ipa, 1UL << 63, E_INPUT);
}

/*
 * @test RTT_CREATE.{rd_align,rd_bound,rd_state,level_bound,ipa_align}
 * @test RTT_CREATE.{ipa_bound,rtt_align,rtt_bound,rtt_state,rtt_bound2}
 * @test RTT_CREATE.{rtt_walk,rtte_state}
 */
TEST(rtt, create_refused, BOTH)
{
	const struct zoo *z = zoo_new();
	struct call c = { RMI_RTT_CREATE,
			  { z->pa[G_RD], granule_new(), IPA + BLOCK, 3 } };

	refused_granule(c, 1, z, G_RD);
	refused_granule(c, 2, z, G_DELEGATED);
	refused_table_args(c, 3, 4);
	refused("no level 2 table", c, 3, FAR_IPA, E_RTT(1));
	refused("table exists", c, 3, IPA, E_RTT(2));
	expect_entry(z->realm, IPA + BLOCK, 3 - 1, RMI_RTTE_UNASSIGNED,
		     RMI_RIPAS_EMPTY);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
	refused("now it exists", c, 2, z->pa[G_DELEGATED], E_RTT(2));
}

/*
 * [rd], [level_bound, ipa_bound] before the walk and the entry's state.
 * @test RTT_CREATE.{order_rd_walk,order_level_ipa_walk}
 */
TEST(rtt, create_priorities, ONCE)
{
	const struct zoo *z = zoo_new();
	struct call walk = { RMI_RTT_CREATE,
			     { z->pa[G_RD], granule_new(), FAR_IPA, 3 } };
	struct call state = walk;

	state.x[2] = IPA;
	refused("walk: rd state", walk, 1, z->pa[G_REC], E_INPUT);
	refused("walk: rd bound", walk, 1, 1UL << 48, E_INPUT);
	refused("walk: level", walk, 4, 4, E_INPUT);
	refused("walk: ipa", walk, 3, 1UL << 39, E_INPUT);
	refused("entry: rd state", state, 1, z->pa[G_REC], E_INPUT);
	refused("entry: rd bound", state, 1, 1UL << 48, E_INPUT);
	refused("entry: level", state, 4, 1, E_INPUT);
	EXPECT_EQ(call(walk).x[0], E_RTT(1));
	EXPECT_EQ(call(state).x[0], E_RTT(2));
}

/*
 * All children are what the parent was.
 * @test RTT_CREATE.success
 * @test RIPAS.unfold
 */
TEST(rtt, create_copies_the_entry, BOTH)
{
	static const uint64_t ipas[] = { IPA, IPA + BLOCK };
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	unsigned int i;

	realm_tables(r, IPA, 2);
	/* EMPTY above, RAM below */
	ASSERT_EQ(RMI_STATUS_OF(RMI_RTT_INIT_RIPAS, r->rd, IPA, IPA + BLOCK),
		  RMI_SUCCESS);
	for (i = 0; i < ARRAY_SIZE(ipas); i++) {
		uint64_t ripas = i ? RMI_RIPAS_EMPTY : RMI_RIPAS_RAM;

		expect_entry(r, ipas[i], 2, RMI_RTTE_UNASSIGNED, ripas);
		realm_tables(r, ipas[i], 3);
		expect_entry(r, ipas[i], 3, RMI_RTTE_UNASSIGNED, ripas);
		expect_entry(r, ipas[i] + BLOCK - PAGE, 3, RMI_RTTE_UNASSIGNED,
			     ripas);
	}
	/* DESTROYED, by way of a destroyed table */
	ASSERT_EQ(RMI_STATUS_OF(RMI_RTT_DESTROY, r->rd, IPA, 3), RMI_SUCCESS);
	expect_entry(r, IPA, 2, RMI_RTTE_UNASSIGNED, RMI_RIPAS_DESTROYED);
	realm_tables(r, IPA, 3);
	expect_entry(r, IPA + 5 * PAGE, 3, RMI_RTTE_UNASSIGNED,
		     RMI_RIPAS_DESTROYED);
}

/*
 * @test RTT_DESTROY.{rd_align,rd_bound,rd_state,level_bound,ipa_align}
 * @test RTT_DESTROY.ipa_bound
 */
TEST(rtt, destroy_refused_input, BOTH)
{
	const struct zoo *z = zoo_new();
	struct call c = { RMI_RTT_DESTROY, { z->pa[G_RD], IPA + BLOCK, 3 } };

	realm_tables(z->realm, IPA + BLOCK, 3);
	refused_granule(c, 1, z, G_RD);
	refused_table_args(c, 2, 3);
	/* x2 = top is 0 in all of these */
	test_label("top");
	EXPECT_EQ(RMI(RMI_RTT_DESTROY, z->pa[G_REC], IPA, 3).x[2], 0);
	EXPECT_EQ(RMI(RMI_RTT_DESTROY, z->pa[G_RD], IPA + 8, 3).x[2], 0);
	EXPECT_EQ(RMI(RMI_RTT_DESTROY, z->pa[G_RD], IPA, 1).x[2], 0);
	EXPECT_EQ(RMI(RMI_RTT_DESTROY, z->pa[G_RD], 1UL << 39, 3).x[2], 0);
	test_label(NULL);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
}

/* A refused call that walked: status, and where the next live entry is. */
static void refused_top(const char *label, struct call c, unsigned int reg,
			uint64_t status, uint64_t top)
{
	struct answer a = call(c);

	test_label(label);
	EXPECT_EQ(a.x[0], status);
	EXPECT_EQ(a.x[reg], top);
	test_label(NULL);
}

/*
 * @test RTT_DESTROY.{rtt_walk,rtte_state,rtt_live}
 * @test RTT.top
 */
TEST(rtt, destroy_refused_walk, BOTH)
{
	struct realm *r = realm_with_pages();
	struct call c = { RMI_RTT_DESTROY, { r->rd, IPA, 3 } };

	c.x[1] = FAR_IPA;
	refused_top("walk stops at the root, empty to its end", c, 2, E_RTT(1),
		    1UL << 39);
	c.x[1] = 0;
	refused_top("walk stops before a table", c, 2, E_RTT(1), IPA);
	c.x[1] = IPA + BLOCK;
	refused_top("no table, empty to the end", c, 2, E_RTT(2), IPA + GIB);
	c.x[1] = IPA;
	realm_data(r, IPA + 7 * PAGE, ns_page(), 0);
	refused_top("live page", c, 2, E_RTT(3), IPA);
	c.x[2] = 2;
	refused_top("live table", c, 2, E_RTT(2), IPA);
	expect_entry(r, IPA + 7 * PAGE, 3, RMI_RTTE_ASSIGNED, RMI_RIPAS_RAM);
}

/* @test RTT_DESTROY.{order_rd_walk,order_level_ipa_walk} */
TEST(rtt, destroy_priorities, ONCE)
{
	const struct zoo *z = zoo_new();
	struct call live = { RMI_RTT_DESTROY, { z->pa[G_RD], IPA, 3 } };
	struct call walk = { RMI_RTT_DESTROY, { z->pa[G_RD], FAR_IPA, 3 } };

	refused("live: rd state", live, 1, z->pa[G_REC], E_INPUT);
	refused("live: rd bound", live, 1, UART_BASE, E_INPUT);
	refused("walk: rd state", walk, 1, z->pa[G_DATA], E_INPUT);
	refused("walk: level", walk, 3, 4, E_INPUT);
	refused("walk: ipa", walk, 2, 1UL << 39, E_INPUT);
	EXPECT_EQ(call(live).x[0], E_RTT(3));
	EXPECT_EQ(call(walk).x[0], E_RTT(1));
}

/*
 * @test RTT_DESTROY.success
 * @test RIPAS.rtt_destroy
 * @test RTT.ns_not_live
 */
TEST(rtt, destroy_effects, BOTH)
{
	struct realm *r = realm_with_pages();
	uint64_t table = rtt_read(r, IPA, 2).desc, top = realm_top(r);
	struct answer a;

	realm_tables(r, IPA + 3 * BLOCK, 3);
	a = RMI(RMI_RTT_DESTROY, r->rd, IPA, 3);
	EXPECT_EQ(a.x[0], RMI_SUCCESS);
	EXPECT_EQ(a.x[1], table);
	EXPECT_EQ(a.x[2], IPA + 3 * BLOCK);
	expect_entry(r, IPA, 2, RMI_RTTE_UNASSIGNED, RMI_RIPAS_DESTROYED);
	/* the granule is delegated, and good for a table again */
	EXPECT_EQ(RMI_STATUS_OF(RMI_RTT_CREATE, r->rd, table, IPA, 3),
		  RMI_SUCCESS);
	expect_entry(r, IPA, 3, RMI_RTTE_UNASSIGNED, RMI_RIPAS_DESTROYED);

	/* mapped normal memory goes with its table, and leaves no RIPAS */
	realm_share(r, top, ns_page());
	a = RMI(RMI_RTT_DESTROY, r->rd, top, 3);
	EXPECT_EQ(a.x[0], RMI_SUCCESS);
	EXPECT_EQ(a.x[2], top + GIB);
	expect_entry(r, top, 2, RMI_RTTE_UNASSIGNED, RMI_RIPAS_EMPTY);
}

/*
 * Tables come and go in a running realm and one that is off as well.
 * @test RTT_CREATE.any_state
 */
TEST(rtt, create_in_any_state, ONCE)
{
	struct rec *c = puppet();
	struct realm *r = c->realm;

	realm_tables(r, FAR_IPA, 3);
	EXPECT_EQ(order(c, OP_SMC, PSCI_SYSTEM_OFF), RMI_EXIT_PSCI);
	realm_tables(r, FAR_IPA + GIB, 3);
	EXPECT_EQ(RMI_STATUS_OF(RMI_RTT_DESTROY, r->rd, FAR_IPA, 3), RMI_SUCCESS);
}

/*
 * @test RTT_INIT_RIPAS.{rd_align,rd_bound,rd_state,size_valid,top_bound}
 * @test RTT_INIT_RIPAS.{top_gran_align,base_align,rtte_state,no_progress}
 * @test RTT.range
 */
TEST(rtt, init_ripas_refused, BOTH)
{
	const struct zoo *z = zoo_new();
	uint64_t base = IPA + PAGE, half = realm_top(z->realm);
	struct call c = { RMI_RTT_INIT_RIPAS,
			  { z->pa[G_RD], base, base + PAGE } };
	struct call block = c;

	refused_granule(c, 1, z, G_RD);
	refused("top == base", c, 3, base, E_INPUT);
	refused("top < base", c, 3, IPA, E_INPUT);
	refused("top 0", c, 3, 0, E_INPUT);
	refused("top in the unprotected half", c, 3, half + PAGE, E_INPUT);
	refused("top 2^w", c, 3, 1UL << 39, E_INPUT);
	refused("top 2^63", c, 3, 1UL << 63, E_INPUT);
	refused("top + 8", c, 3, base + PAGE + 8, E_INPUT);
	refused("page assigned", c, 2, IPA, E_RTT(3));
	/* one entry of level 2 above */
	block.x[1] = IPA + BLOCK + PAGE;
	refused("base inside an entry", block, 3, IPA + 2 * BLOCK, E_RTT(2));
	block.x[1] = IPA + BLOCK;
	refused("top inside the first entry", block, 3, IPA + BLOCK + PAGE,
		E_RTT(2));
	expect_entry(z->realm, base, 3, RMI_RTTE_UNASSIGNED, RMI_RIPAS_EMPTY);
	expect_entry(z->realm, IPA + BLOCK, 2, RMI_RTTE_UNASSIGNED,
		     RMI_RIPAS_EMPTY);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
}

/*
 * @test RTT_INIT_RIPAS.{realm_state,order_rd_realm_state,order_rd_walk}
 * @test RTT_INIT_RIPAS.order_top_gran_align_no_progress
 */
TEST(rtt, init_ripas_priorities, ONCE)
{
	const struct zoo *z = zoo_new();
	struct call c = { RMI_RTT_INIT_RIPAS,
			  { z->pa[G_RD], IPA + PAGE, IPA + 2 * PAGE } };
	struct call inside = { RMI_RTT_INIT_RIPAS,
			       { z->pa[G_RD], IPA + BLOCK, IPA + BLOCK + PAGE } };

	refused("no progress: top + 8", inside, 3, IPA + BLOCK + PAGE + 8, E_INPUT);
	refused("no progress: rd", inside, 1, z->pa[G_REC], E_INPUT);
	ASSERT_EQ(RMI_STATUS_OF(RMI_REALM_ACTIVATE, z->pa[G_RD]), RMI_SUCCESS);
	refused("active", c, 1, z->pa[G_RD], E_REALM(0));
	refused("active: rd", c, 1, z->pa[G_REC], E_INPUT);
	expect_entry(z->realm, IPA + PAGE, 3, RMI_RTTE_UNASSIGNED,
		     RMI_RIPAS_EMPTY);
}

/* @test RTT_INIT_RIPAS.success */
TEST(rtt, init_ripas_effects, BOTH)
{
	struct realm *r = realm_with_pages();
	struct answer a;

	/* stops at the end of the table, wherever the top is */
	a = RMI(RMI_RTT_INIT_RIPAS, r->rd, IPA + 510 * PAGE, IPA + 4 * BLOCK);
	EXPECT_EQ(a.x[0], RMI_SUCCESS);
	EXPECT_EQ(a.x[1], IPA + BLOCK);
	expect_entry(r, IPA + 509 * PAGE, 3, 0, RMI_RIPAS_EMPTY);
	expect_entry(r, IPA + 510 * PAGE, 3, 0, RMI_RIPAS_RAM);
	expect_entry(r, IPA + 511 * PAGE, 3, 0, RMI_RIPAS_RAM);
	expect_entry(r, IPA + BLOCK, 2, 0, RMI_RIPAS_EMPTY);
	/* in steps of the table's entries, and not across one */
	a = RMI(RMI_RTT_INIT_RIPAS, r->rd, IPA + BLOCK, IPA + 3 * BLOCK + PAGE);
	EXPECT_EQ(a.x[1], IPA + 3 * BLOCK);
	expect_entry(r, IPA + 2 * BLOCK, 2, 0, RMI_RIPAS_RAM);
	expect_entry(r, IPA + 3 * BLOCK, 2, 0, RMI_RIPAS_EMPTY);
	/* up to a page that is assigned */
	realm_data(r, IPA + 3 * PAGE, ns_page(), 0);
	a = RMI(RMI_RTT_INIT_RIPAS, r->rd, IPA, IPA + BLOCK);
	EXPECT_EQ(a.x[1], IPA + 3 * PAGE);
	expect_entry(r, IPA + 4 * PAGE, 3, 0, RMI_RIPAS_EMPTY);
	/* RAM again is fine; the whole root by GiB */
	EXPECT_EQ(RMI_STATUS_OF(RMI_RTT_INIT_RIPAS, r->rd, IPA, IPA + PAGE),
		  RMI_SUCCESS);
	a = RMI(RMI_RTT_INIT_RIPAS, r->rd, IPA + GIB, realm_top(r));
	EXPECT_EQ(a.x[1], realm_top(r));
	expect_entry(r, realm_top(r) - GIB, 1, 0, RMI_RIPAS_RAM);
	expect_entry(r, realm_top(r), 1, 0, RMI_RIPAS_EMPTY);
}

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
TEST(rtt, map_unprotected_refused, BOTH)
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
TEST(rtt, map_unprotected_priorities, ONCE)
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
TEST(rtt, map_unprotected_effects, BOTH)
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

			EXPECT_EQ(RMI_STATUS_OF(RMI_RTT_MAP_UNPROTECTED, r->rd,
						ipa, 3, desc), RMI_SUCCESS);
			EXPECT_EQ(rtt_read(r, ipa, 3).desc, desc);
		}
	EXPECT_EQ(RMI_STATUS_OF(RMI_RTT_MAP_UNPROTECTED, r->rd, half + BLOCK, 2,
				rtt_desc(DRAM_BASE)), RMI_SUCCESS);
	expect_entry(r, half + BLOCK, 2, RMI_RTTE_ASSIGNED, 0);
	EXPECT_EQ(RMI_STATUS_OF(RMI_RTT_MAP_UNPROTECTED, r->rd, half + GIB, 1,
				rtt_desc(DRAM_BASE)), RMI_SUCCESS);
	expect_entry(r, half + GIB, 1, RMI_RTTE_ASSIGNED, 0);
}

/*
 * @test RTT_UNMAP_UNPROTECTED.{rd_align,rd_bound,rd_state,level_bound}
 * @test RTT_UNMAP_UNPROTECTED.{ipa_align,ipa_bound,rtt_walk,rtte_state}
 * @test RTT.top
 */
TEST(rtt, unmap_unprotected_refused, BOTH)
{
	const struct zoo *z = zoo_new();
	uint64_t half = realm_top(z->realm);
	struct call c = { RMI_RTT_UNMAP_UNPROTECTED, { z->pa[G_RD], half, 3 } };
	struct call hole = c;

	realm_share(z->realm, half, ns_page());
	realm_share(z->realm, half + 9 * PAGE, ns_page());
	ASSERT_EQ(RMI_STATUS_OF(RMI_RTT_MAP_UNPROTECTED, z->pa[G_RD],
				half + 4 * BLOCK, 2, rtt_desc(DRAM_BASE)),
		  RMI_SUCCESS);
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
TEST(rtt, unmap_unprotected_effects, BOTH)
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

/*
 * Every start level with one and with many roots: the first and last page of
 * each half can be reached, and only with the shape that the formula gives.
 */
static void try_geometry(struct geometry g)
{
	struct realm *r = realm_blank(g);
	struct call c = { RMI_REALM_CREATE, { r->rd, (uint64_t)r->params } };
	uint64_t half = realm_top(r), ipas[] = { 0, half - PAGE, half, 2 * half - PAGE };
	unsigned int i;

	r->params->rtt_num_start = g.roots + 1U;
	EXPECT_EQ(call(c).x[0], E_INPUT);
	r->params->rtt_num_start = g.roots;
	r->params->rtt_level_start = g.start + 1;
	EXPECT_EQ(call(c).x[0], E_INPUT);
	r->params->rtt_level_start = g.start;
	ASSERT_EQ(call(c).x[0], RMI_SUCCESS);
	for (i = 0; i < ARRAY_SIZE(ipas); i++) {
		realm_tables(r, ipas[i], 3);
		expect_entry(r, ipas[i], 3, RMI_RTTE_UNASSIGNED, RMI_RIPAS_EMPTY);
	}
	EXPECT_EQ(RMI_STATUS_OF(RMI_RTT_READ_ENTRY, r->rd, 2 * half, 3), E_INPUT);
	realm_teardown(r->rd, g);
	EXPECT_EQ(RMI_STATUS_OF(RMI_GRANULE_UNDELEGATE, r->rd), RMI_SUCCESS);
}

static const struct geometry geometries[] = {
	{ 32, 2, 4 }, { 33, 2, 8 }, { 34, 2, 16 }, { 32, 1, 1 }, { 33, 1, 1 },
	{ 34, 1, 1 }, { 36, 1, 1 }, { 39, 1, 1 }, { 40, 1, 2 }, { 41, 1, 4 },
	{ 42, 1, 8 }, { 43, 1, 16 }, { 40, 0, 1 }, { 44, 0, 1 }, { 47, 0, 1 },
	{ 48, 0, 1 },
};

/* @test RTT.{geometry,protected} */
TEST(rtt, geometry, BOTH)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(geometries); i++) {
		static char label[] = "[ww,s,nn]";

		label[1] = (char)('0' + geometries[i].width / 10);
		label[2] = (char)('0' + geometries[i].width % 10);
		label[4] = (char)('0' + geometries[i].start);
		label[6] = (char)('0' + geometries[i].roots / 10);
		label[7] = (char)('0' + geometries[i].roots % 10);
		test_label(label);
		try_geometry(geometries[i]);
	}
}

/*
 * Shapes that the formula excludes, each with the roots it would need.
 * @test RTT.geometry
 * @test REALM_CREATE.rtt_num_level
 */
TEST(rtt, geometry_refused, ONCE)
{
	static const struct geometry bad[] = {
		{ 30, 2, 1 }, { 31, 2, 2 }, { 35, 2, 32 }, { 44, 1, 32 },
		{ 39, 0, 1 }, { 38, 0, 1 }, { 32, 0, 1 }, { 30, 1, 1 },
		{ 49, 0, 2 }, { 32, 3, 2 }, { 34, 3, 16 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct realm *r = realm_blank(bad[i]);

		EXPECT_EQ(RMI_STATUS_OF(RMI_REALM_CREATE, r->rd,
					(uint64_t)r->params), E_INPUT);
	}
}

/* A payload runs, and shares a page at the top bit, whatever the geometry. */
TEST(rtt, geometry_runs, ONCE)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(geometries); i++) {
		struct rec *c = puppet_in(geometries[i], 1);
		uint64_t *page = ns_page(), half = realm_top(c->realm), va;

		page[0] = 0x1234;
		realm_share(c->realm, half + PUPPET_HOLE, page);
		realm_mmu_on(c);
		va = realm_window(c, 0, half | PUPPET_HOLE | DESC_NORMAL);
		EXPECT_EQ(realm_load(c, va), 0x1234);
		realm_store(c, va, 0x4321);
		EXPECT_EQ(page[0], 0x4321);
		EXPECT_EQ(report_exceptions(c), 0);
	}
}
