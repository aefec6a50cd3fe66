/* SPDX-License-Identifier: BSD-3-Clause */
/* RTT_READ_ENTRY, CREATE, DESTROY and INIT_RIPAS. */
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
	ASSERT_OK(RMI_RTT_INIT_RIPAS, r->rd, IPA, IPA + BLOCK);
	for (i = 0; i < ARRAY_SIZE(ipas); i++) {
		uint64_t ripas = i ? RMI_RIPAS_EMPTY : RMI_RIPAS_RAM;

		expect_entry(r, ipas[i], 2, RMI_RTTE_UNASSIGNED, ripas);
		realm_tables(r, ipas[i], 3);
		expect_entry(r, ipas[i], 3, RMI_RTTE_UNASSIGNED, ripas);
		expect_entry(r, ipas[i] + BLOCK - PAGE, 3, RMI_RTTE_UNASSIGNED,
			     ripas);
	}
	/* DESTROYED, by way of a destroyed table */
	ASSERT_OK(RMI_RTT_DESTROY, r->rd, IPA, 3);
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
	EXPECT_OK(RMI_RTT_CREATE, r->rd, table, IPA, 3);
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
	EXPECT_OK(RMI_RTT_DESTROY, r->rd, FAR_IPA, 3);
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
	ASSERT_OK(RMI_REALM_ACTIVATE, z->pa[G_RD]);
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
	/* what was lost is not made RAM behind the realm's back */
	ASSERT_OK(RMI_DATA_DESTROY, r->rd, IPA + 3 * PAGE);
	EXPECT_EQ(RMI_STATUS_OF(RMI_RTT_INIT_RIPAS, r->rd, IPA + 3 * PAGE,
				IPA + 4 * PAGE), E_RTT(3));
	expect_entry(r, IPA + 3 * PAGE, 3, 0, RMI_RIPAS_DESTROYED);
	/* RAM again is fine; the whole root by GiB */
	EXPECT_OK(RMI_RTT_INIT_RIPAS, r->rd, IPA, IPA + PAGE);
	a = RMI(RMI_RTT_INIT_RIPAS, r->rd, IPA + GIB, realm_top(r));
	EXPECT_EQ(a.x[1], realm_top(r));
	expect_entry(r, realm_top(r) - GIB, 1, 0, RMI_RIPAS_RAM);
	expect_entry(r, realm_top(r), 1, 0, RMI_RIPAS_EMPTY);
}
