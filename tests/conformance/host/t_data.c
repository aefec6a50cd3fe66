/* SPDX-License-Identifier: BSD-3-Clause */
#include "host/refuse.h"

#define IPA	(PUPPET_BASE + 0x10000)

/* The zoo's realm has page tables here and one page at PUPPET_BASE. */
static struct call create_call(const struct zoo *z)
{
	return (struct call){ RMI_DATA_CREATE,
			      { z->pa[G_RD], granule_new(), IPA,
				(uint64_t)ns_page(), 0 } };
}

static void refused_ipa(struct call c, unsigned int arg, const struct zoo *z)
{
	refused("ipa + 1", c, arg, IPA + 1, E_INPUT);
	refused("ipa + 0x800", c, arg, IPA + 0x800, E_INPUT);
	refused("first unprotected ipa", c, arg, realm_top(z->realm), E_INPUT);
	refused("ipa 2^w", c, arg, 1UL << 39, E_INPUT);
	refused("ipa 2^48", c, arg, 1UL << 48, E_INPUT);
	refused("ipa 2^63", c, arg, IPA | 1UL << 63, E_INPUT);
}

/*
 * @test DATA_CREATE.{src_align,src_bound,src_pas,data_align,data_bound}
 * @test DATA_CREATE.{data_state,data_bound2,rd_align,rd_bound,rd_state}
 * @test DATA_CREATE.{ipa_align,ipa_bound,rtt_walk,rtte_state,flags}
 */
TEST(data, create_refused, BOTH)
{
	const struct zoo *z = zoo_new();
	struct call c = create_call(z);

	refused_granule(c, 1, z, G_RD);
	refused_granule(c, 2, z, G_DELEGATED);
	refused_ipa(c, 3, z);
	refused_ns_page(c, 4, z);
	refused("flag 1", c, 5, 2, E_INPUT);
	refused("flag 63", c, 5, 1UL << 63, E_INPUT);
	refused("no page table", c, 3, IPA + BLOCK, E_RTT(2));
	refused("no table at all", c, 3, 8 * GIB, E_RTT(1));
	refused("page assigned", c, 3, PUPPET_BASE, E_RTT(3));
	expect_entry(z->realm, IPA, 3, RMI_RTTE_UNASSIGNED, RMI_RIPAS_EMPTY);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
	refused("assigned now", c, 2, z->pa[G_DELEGATED], E_RTT(3));
}

/*
 * @test DATA_CREATE.{realm_state,order_rd_realm_state,order_rd_walk}
 * @test DATA_CREATE.order_ipa_bound_walk
 */
TEST(data, create_priorities, ONCE)
{
	const struct zoo *z = zoo_new();
	struct call c = create_call(z), walk = c, taken = c;

	walk.x[2] = IPA + BLOCK;
	taken.x[2] = PUPPET_BASE;
	refused("walk: rd", walk, 1, z->pa[G_REC], E_INPUT);
	refused("walk: ipa", walk, 3, realm_top(z->realm) + BLOCK, E_INPUT);
	refused("entry: rd", taken, 1, 1UL << 48, E_INPUT);
	ASSERT_OK(RMI_REALM_ACTIVATE, z->pa[G_RD]);
	refused("active", c, 1, z->pa[G_RD], E_REALM(0));
	refused("active: rd state", c, 1, z->pa[G_REC], E_INPUT);
	refused("active: rd bound", c, 1, UART_BASE, E_INPUT);
	EXPECT_OK(RMI_GRANULE_UNDELEGATE, c.x[1]);
}

/*
 * @test DATA_CREATE.success
 * @test RIPAS.data_create
 */
TEST(data, create_effects, BOTH)
{
	const struct zoo *z = zoo_new();
	struct call c = create_call(z);
	struct entry e;

	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
	e = rtt_read(z->realm, IPA, 3);
	EXPECT_EQ(e.state, RMI_RTTE_ASSIGNED);
	EXPECT_EQ(e.ripas, RMI_RIPAS_RAM);
	EXPECT_EQ(e.desc, c.x[1]);
	EXPECT_EQ(RMI_STATUS_OF(RMI_GRANULE_UNDELEGATE, c.x[1]), E_INPUT);
}

/*
 * Of the whole page, and only of it.
 * @test DATA_CREATE.success
 */
TEST(data, create_copies, BOTH)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	uint64_t *src = ns_page();
	unsigned int i;
	struct rec *c;

	for (i = 0; i < 512; i++)
		src[i] = pattern(3, i);
	puppet_load(r);
	realm_data(r, IPA + BLOCK / 2, src, RMI_DATA_MEASURE);
	memset(src, 0xee, PAGE);	/* the host's copy is the host's */
	c = rec_new(r, true);
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	obey(c, OP_SUM, IPA + BLOCK / 2, PAGE, 3);
	EXPECT_EQ(report(c, 1), 0);
}

/*
 * @test DATA_CREATE_UNKNOWN.{data_align,data_bound,data_state,data_bound2}
 * @test DATA_CREATE_UNKNOWN.{rd_align,rd_bound,rd_state,ipa_align,ipa_bound}
 * @test DATA_CREATE_UNKNOWN.{rtt_walk,rtte_state,order_rd_walk}
 * @test DATA_CREATE_UNKNOWN.order_ipa_bound_walk
 */
TEST(data, create_unknown_refused, BOTH)
{
	const struct zoo *z = zoo_new();
	struct call c = { RMI_DATA_CREATE_UNKNOWN,
			  { z->pa[G_RD], granule_new(), IPA } };
	struct call walk = c;

	refused_granule(c, 1, z, G_RD);
	refused_granule(c, 2, z, G_DELEGATED);
	refused_ipa(c, 3, z);
	refused("no page table", c, 3, IPA + BLOCK, E_RTT(2));
	refused("page assigned", c, 3, PUPPET_BASE, E_RTT(3));
	walk.x[2] = IPA + BLOCK;
	refused("walk: rd", walk, 1, z->pa[G_REC], E_INPUT);
	refused("walk: ipa", walk, 3, realm_top(z->realm) + BLOCK, E_INPUT);
	expect_entry(z->realm, IPA, 3, RMI_RTTE_UNASSIGNED, RMI_RIPAS_EMPTY);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
}

/*
 * RIPAS stays; in any realm state.
 * @test DATA_CREATE_UNKNOWN.success
 * @test RIPAS.data_create_unknown
 */
TEST(data, create_unknown_effects, BOTH)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	uint64_t pa;

	realm_ram(r, IPA, IPA + PAGE);
	realm_data_unknown(r, IPA);
	expect_entry(r, IPA, 3, RMI_RTTE_ASSIGNED, RMI_RIPAS_RAM);
	realm_data_unknown(r, IPA + PAGE);
	expect_entry(r, IPA + PAGE, 3, RMI_RTTE_ASSIGNED, RMI_RIPAS_EMPTY);
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	ASSERT_OK(RMI_DATA_DESTROY, r->rd, IPA);
	expect_entry(r, IPA, 3, RMI_RTTE_UNASSIGNED, RMI_RIPAS_DESTROYED);
	pa = realm_data_unknown(r, IPA);
	expect_entry(r, IPA, 3, RMI_RTTE_ASSIGNED, RMI_RIPAS_DESTROYED);
	EXPECT_EQ(rtt_read(r, IPA, 3).desc, pa);
	/* destroying it does not bring it back */
	ASSERT_OK(RMI_DATA_DESTROY, r->rd, IPA);
	expect_entry(r, IPA, 3, RMI_RTTE_UNASSIGNED, RMI_RIPAS_DESTROYED);
}

/*
 * Another realm's page, destroyed and given on, holds nothing of it.
 * @test PTR.wipe
 */
TEST(data, create_unknown_is_wiped, BOTH)
{
	struct rec *c = puppet();
	struct realm *r = c->realm;
	uint64_t pa = rtt_read(r, PUPPET_SCRATCH, 3).desc;

	obey(c, OP_FILL, PUPPET_SCRATCH, PAGE, 99);
	ASSERT_OK(RMI_DATA_DESTROY, r->rd, PUPPET_SCRATCH);
	/* RAM that was never touched, elsewhere in the same realm */
	EXPECT_EQ(order(c, OP_SMC, RSI_IPA_STATE_SET, PUPPET_HOLE,
			PUPPET_HOLE + PAGE, RMI_RIPAS_RAM, 0),
		  RMI_EXIT_RIPAS_CHANGE);
	ASSERT_OK(RMI_RTT_SET_RIPAS, r->rd, c->pa, PUPPET_HOLE,
		  PUPPET_HOLE + PAGE);
	ASSERT_OK(RMI_DATA_CREATE_UNKNOWN, r->rd, pa, PUPPET_HOLE);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	obey(c, OP_SUM, PUPPET_HOLE, PAGE, 99);
	EXPECT_EQ(report(c, 2), 0);
}

/* @test DATA_DESTROY.{rd_align,rd_bound,rd_state,ipa_align,ipa_bound} */
TEST(data, destroy_refused_input, BOTH)
{
	const struct zoo *z = zoo_new();
	struct call c = { RMI_DATA_DESTROY, { z->pa[G_RD], IPA } };

	ASSERT_OK(RMI_DATA_CREATE_UNKNOWN, z->pa[G_RD], granule_new(), IPA);
	refused_granule(c, 1, z, G_RD);
	refused_ipa(c, 2, z);
	test_label("top");
	EXPECT_EQ(RMI(RMI_DATA_DESTROY, z->pa[G_REC], IPA).x[2], 0);
	EXPECT_EQ(RMI(RMI_DATA_DESTROY, z->pa[G_RD], IPA + 8).x[2], 0);
	EXPECT_EQ(RMI(RMI_DATA_DESTROY, z->pa[G_RD], realm_top(z->realm)).x[2], 0);
	test_label(NULL);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
}

static void destroy_stops(const char *label, const struct zoo *z, uint64_t ipa,
			  uint64_t status, uint64_t top)
{
	struct call c = { RMI_DATA_DESTROY, { z->pa[G_RD], ipa } };

	refused_top(label, c, 2, status, top);
}

/*
 * @test DATA_DESTROY.{rtt_walk,rtte_state}
 * @test RTT.top
 */
TEST(data, destroy_refused_walk, BOTH)
{
	const struct zoo *z = zoo_new();

	destroy_stops("root, before a table", z, 0, E_RTT(1), PUPPET_BASE);
	destroy_stops("root, to its end", z, 8 * GIB, E_RTT(1), 1UL << 39);
	destroy_stops("level 2, to its end", z, PUPPET_BASE + BLOCK, E_RTT(2),
		      PUPPET_BASE + GIB);
	destroy_stops("page, to the end", z, PUPPET_BASE + PAGE, E_RTT(3),
		      PUPPET_BASE + BLOCK);
	realm_data(z->realm, IPA, ns_page(), 0);
	destroy_stops("page, before a page", z, PUPPET_BASE + PAGE, E_RTT(3), IPA);
	realm_tables(z->realm, PUPPET_BASE + 6 * BLOCK, 3);
	destroy_stops("level 2, before a table", z, PUPPET_BASE + BLOCK,
		      E_RTT(2), PUPPET_BASE + 6 * BLOCK);
}

/* @test DATA_DESTROY.{order_rd_walk,order_ipa_bound_walk} */
TEST(data, destroy_priorities, ONCE)
{
	const struct zoo *z = zoo_new();
	struct call walk = { RMI_DATA_DESTROY, { z->pa[G_RD], 8 * GIB } };
	struct call state = { RMI_DATA_DESTROY, { z->pa[G_RD], IPA } };

	refused("walk: rd", walk, 1, z->pa[G_REC], E_INPUT);
	refused("walk: ipa", walk, 2, realm_top(z->realm) + 8 * GIB, E_INPUT);
	refused("entry: rd", state, 1, z->pa[G_REC], E_INPUT);
	EXPECT_EQ(call(walk).x[0], E_RTT(1));
	EXPECT_EQ(call(state).x[0], E_RTT(3));
}

/*
 * @test DATA_DESTROY.success
 * @test RIPAS.data_destroy
 */
TEST(data, destroy_effects, BOTH)
{
	const struct zoo *z = zoo_new();
	uint64_t pa = realm_data(z->realm, IPA, ns_page(), 0);
	struct answer a;

	realm_data_unknown(z->realm, IPA + 9 * PAGE);	/* RIPAS EMPTY */
	a = RMI(RMI_DATA_DESTROY, z->pa[G_RD], IPA);
	EXPECT_EQ(a.x[0], RMI_SUCCESS);
	EXPECT_EQ(a.x[1], pa);
	EXPECT_EQ(a.x[2], IPA + 9 * PAGE);
	expect_entry(z->realm, IPA, 3, RMI_RTTE_UNASSIGNED, RMI_RIPAS_DESTROYED);
	EXPECT_OK(RMI_GRANULE_UNDELEGATE, pa);
	a = RMI(RMI_DATA_DESTROY, z->pa[G_RD], IPA + 9 * PAGE);
	EXPECT_EQ(a.x[0], RMI_SUCCESS);
	EXPECT_EQ(a.x[2], PUPPET_BASE + BLOCK);
	expect_entry(z->realm, IPA + 9 * PAGE, 3, RMI_RTTE_UNASSIGNED,
		     RMI_RIPAS_EMPTY);
}
