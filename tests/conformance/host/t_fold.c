/* SPDX-License-Identifier: BSD-3-Clause */
/* RTT_FOLD, and RTT_CREATE as its reverse. */
#include "host/refuse.h"

#define IPA	PUPPET_BASE

/*
 * @test RTT_FOLD.{rd_align,rd_bound,rd_state,level_bound,ipa_align,ipa_bound}
 * @test RTT_FOLD.{rtt_walk,rtte_state}
 */
TEST(fold, refused, BOTH)
{
	const struct zoo *z = zoo_new();
	uint64_t ipa = IPA + BLOCK;
	struct call c = { RMI_RTT_FOLD, { z->pa[G_RD], ipa, 3 } };

	realm_tables(z->realm, ipa, 3);
	refused_granule(c, 1, z, G_RD);
	refused("the root's level", c, 3, 1, E_INPUT);
	refused("level 0", c, 3, 0, E_INPUT);
	refused("level 4", c, 3, 4, E_INPUT);
	refused("ipa + page", c, 2, ipa + PAGE, E_INPUT);
	refused("ipa + 8", c, 2, ipa + 8, E_INPUT);
	refused("ipa 2^w", c, 2, 1UL << 39, E_INPUT);
	refused("walk stops at the root", c, 2, 8 * GIB, E_RTT(1));
	refused("no table", c, 2, ipa + BLOCK, E_RTT(2));
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
	refused("folded already", c, 2, ipa, E_RTT(2));
}

/* @test RTT_FOLD.{order_rd_walk,order_level_ipa_walk} */
TEST(fold, priorities, ONCE)
{
	const struct zoo *z = zoo_new();
	/* not homogeneous: one page of the zoo's table is assigned */
	struct call homo = { RMI_RTT_FOLD, { z->pa[G_RD], IPA, 3 } };
	struct call walk = { RMI_RTT_FOLD, { z->pa[G_RD], 8 * GIB, 3 } };

	refused("homo", homo, 1, z->pa[G_RD], E_RTT(3));
	refused("homo: rd", homo, 1, z->pa[G_REC], E_INPUT);
	refused("walk: rd", walk, 1, z->pa[G_REC], E_INPUT);
	refused("walk: level", walk, 3, 4, E_INPUT);
	refused("walk: ipa", walk, 2, 1UL << 39, E_INPUT);
}

/* Folds the page table of ipa and checks what the parent became. */
static void fold(struct realm *r, uint64_t ipa, uint64_t state, uint64_t ripas)
{
	uint64_t table = rtt_read(r, ipa, 2).desc;
	struct answer a = RMI(RMI_RTT_FOLD, r->rd, ipa, 3);

	EXPECT_EQ(a.x[0], RMI_SUCCESS);
	EXPECT_EQ(a.x[1], table);
	expect_entry(r, ipa, 2, state, ripas);
	EXPECT_OK(RMI_GRANULE_UNDELEGATE, table);
}

/*
 * @test RTT_FOLD.success
 * @test RIPAS.fold
 */
TEST(fold, unassigned, BOTH)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	uint64_t half = realm_top(r);

	realm_tables(r, IPA, 3);
	fold(r, IPA, RMI_RTTE_UNASSIGNED, RMI_RIPAS_EMPTY);
	realm_ram(r, IPA, IPA + BLOCK);
	fold(r, IPA, RMI_RTTE_UNASSIGNED, RMI_RIPAS_RAM);
	realm_tables(r, IPA, 3);
	ASSERT_OK(RMI_RTT_DESTROY, r->rd, IPA, 3);
	realm_tables(r, IPA, 3);
	fold(r, IPA, RMI_RTTE_UNASSIGNED, RMI_RIPAS_DESTROYED);
	realm_tables(r, half, 3);
	fold(r, half, RMI_RTTE_UNASSIGNED, 0);
}

/* Level 2 tables fold into the root likewise. */
TEST(fold, level_2, ONCE)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	uint64_t table;

	realm_tables(r, IPA, 3);
	table = rtt_read(r, IPA, 1).desc;
	EXPECT_EQ(RMI_STATUS_OF(RMI_RTT_FOLD, r->rd, IPA, 2), E_RTT(2));
	fold(r, IPA, RMI_RTTE_UNASSIGNED, RMI_RIPAS_EMPTY);
	EXPECT_EQ(RMI(RMI_RTT_FOLD, r->rd, IPA, 2).x[1], table);
	expect_entry(r, IPA, 1, RMI_RTTE_UNASSIGNED, RMI_RIPAS_EMPTY);
}

/* A 2 MiB of data whose pages lie in a row. */
static uint64_t data_block(struct realm *r, uint64_t ipa)
{
	uint64_t pa = granule_new_run(512, BLOCK), i;
	uint64_t *src = ns_page();

	realm_tables(r, ipa, 3);
	for (i = 0; i < 512; i++) {
		src[0] = i;
		ASSERT_OK(RMI_DATA_CREATE, r->rd, pa + i * PAGE, ipa + i * PAGE,
			  (uint64_t)src, 0);
	}
	return pa;
}

/*
 * Folded, run, unfolded while it runs: the realm sees the same data.
 * @test RTT.{tlb,protected_leaf}
 */
TEST(fold, assigned, BOTH)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	uint64_t ipa = PUPPET_NEXT_BLOCK, pa = data_block(r, ipa);
	struct rec *c;
	struct entry e;

	puppet_load(r);
	c = rec_new(r, true);
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	fold(r, ipa, RMI_RTTE_ASSIGNED, RMI_RIPAS_RAM);
	e = rtt_read(r, ipa + 3 * PAGE, 3);
	EXPECT_EQ(e.level, 2);
	EXPECT_EQ(e.desc, pa);
	/* the tree says where the block is */
	EXPECT_EQ(RMI(RMI_DATA_DESTROY, r->rd, ipa + PAGE).x[0], E_RTT(2));
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	EXPECT_EQ(realm_load(c, ipa), 0);
	EXPECT_EQ(realm_load(c, ipa + 511 * PAGE), 511);
	realm_store(c, ipa + 7 * PAGE, 77);
	realm_tables(r, ipa, 3);
	e = rtt_read(r, ipa + 7 * PAGE, 3);
	EXPECT_EQ(e.level, 3);
	EXPECT_EQ(e.state, RMI_RTTE_ASSIGNED);
	EXPECT_EQ(e.desc, pa + 7 * PAGE);
	EXPECT_EQ(e.ripas, RMI_RIPAS_RAM);
	EXPECT_EQ(realm_load(c, ipa + 7 * PAGE), 77);
	EXPECT_EQ(realm_load(c, ipa + 511 * PAGE), 511);
}

/*
 * One entry that differs, in each way.
 * @test RTT_FOLD.rtt_homo
 */
TEST(fold, not_homogeneous, BOTH)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	struct call c = { RMI_RTT_FOLD, { r->rd, IPA, 3 } };
	uint64_t half = realm_top(r);

	realm_tables(r, IPA, 3);
	ASSERT_OK(RMI_RTT_INIT_RIPAS, r->rd, IPA + 100 * PAGE,
		  IPA + 101 * PAGE);
	refused("one RAM", c, 2, IPA, E_RTT(3));
	realm_ram(r, IPA, IPA + BLOCK);
	realm_data(r, IPA + 511 * PAGE, ns_page(), 0);
	refused("one assigned", c, 2, IPA, E_RTT(3));
	ASSERT_OK(RMI_DATA_DESTROY, r->rd, IPA + 511 * PAGE);
	refused("one destroyed", c, 2, IPA, E_RTT(3));
	realm_share(r, half, ns_page());
	refused("one of normal memory", c, 2, half, E_RTT(3));
}

/* 512 pages of data, two of them in each other's place, or one elsewhere. */
TEST(fold, assigned_out_of_order, ONCE)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	struct call c = { RMI_RTT_FOLD, { r->rd, IPA, 3 } };
	uint64_t pa = data_block(r, IPA);

	ASSERT_OK(RMI_DATA_DESTROY, r->rd, IPA + 511 * PAGE);
	realm_data(r, IPA + 511 * PAGE, ns_page(), 0);
	refused("last page elsewhere", c, 2, IPA, E_RTT(3));
	ASSERT_OK(RMI_DATA_DESTROY, r->rd, IPA);
	ASSERT_OK(RMI_DATA_CREATE, r->rd, pa + 511 * PAGE, IPA,
		  (uint64_t)ns_page(), 0);
	refused("first page elsewhere", c, 2, IPA, E_RTT(3));
}

/* 512 pages in a row that do not start at a 2 MiB boundary. */
TEST(fold, assigned_not_aligned, ONCE)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	uint64_t pa = granule_new_run(513, BLOCK) + PAGE, i;

	realm_tables(r, IPA, 3);
	for (i = 0; i < 512; i++)
		ASSERT_OK(RMI_DATA_CREATE_UNKNOWN, r->rd, pa + i * PAGE,
			  IPA + i * PAGE);
	EXPECT_EQ(RMI_STATUS_OF(RMI_RTT_FOLD, r->rd, IPA, 3), E_RTT(3));
}

static void share_block(struct realm *r, uint64_t ipa, uint64_t pa, uint64_t attr)
{
	uint64_t i;

	realm_tables(r, ipa, 3);
	for (i = 0; i < 512; i++)
		ASSERT_OK(RMI_RTT_MAP_UNPROTECTED, r->rd, ipa + i * PAGE, 3,
			  (pa + i * PAGE) | attr);
}

static void share_again(struct realm *r, uint64_t ipa, uint64_t desc)
{
	ASSERT_OK(RMI_RTT_UNMAP_UNPROTECTED, r->rd, ipa, 3);
	ASSERT_OK(RMI_RTT_MAP_UNPROTECTED, r->rd, ipa, 3, desc);
}

TEST(fold, assigned_ns, BOTH)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	uint64_t pa = (uint64_t)ns_pages(512, BLOCK), half = realm_top(r);
	struct call c = { RMI_RTT_FOLD, { r->rd, half, 3 } };
	uint64_t last = half + 511 * PAGE, attr = rtt_desc(0);

	share_block(r, half, pa, attr);
	share_again(r, last, rtt_desc(pa));
	refused("address", c, 2, half, E_RTT(3));
	share_again(r, last, (pa + 511 * PAGE) | 5UL << 2 | 3UL << 6);
	refused("MemAttr", c, 2, half, E_RTT(3));
	share_again(r, last, (pa + 511 * PAGE) | 6UL << 2 | 1UL << 6);
	refused("S2AP", c, 2, half, E_RTT(3));
	share_again(r, last, rtt_desc(pa + 511 * PAGE));
	fold(r, half, RMI_RTTE_ASSIGNED, 0);
	EXPECT_EQ(rtt_read(r, half, 2).desc, rtt_desc(pa));
	realm_tables(r, half, 3);
	EXPECT_EQ(rtt_read(r, last, 3).desc, rtt_desc(pa + 511 * PAGE));
	EXPECT_EQ(rtt_read(r, half, 3).desc, rtt_desc(pa));
}

/* Contiguous, but not from a 2 MiB boundary on. */
TEST(fold, assigned_ns_not_aligned, ONCE)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	uint64_t half = realm_top(r);

	share_block(r, half, (uint64_t)ns_pages(513, BLOCK) + PAGE, rtt_desc(0));
	EXPECT_EQ(RMI_STATUS_OF(RMI_RTT_FOLD, r->rd, half, 3), E_RTT(3));
	expect_entry(r, half, 2, RMI_RTTE_TABLE, 0);
}

/* A GiB of normal memory from 512 blocks, and back. */
TEST(fold, assigned_ns_gib, ONCE)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	uint64_t half = realm_top(r), i;

	realm_tables(r, half, 2);
	for (i = 0; i < 512; i++)
		ASSERT_OK(RMI_RTT_MAP_UNPROTECTED, r->rd, half + i * BLOCK, 2,
			  rtt_desc(DRAM_BASE + i * BLOCK));
	EXPECT_OK(RMI_RTT_FOLD, r->rd, half, 2);
	expect_entry(r, half, 1, RMI_RTTE_ASSIGNED, 0);
	EXPECT_EQ(rtt_read(r, half, 1).desc, rtt_desc(DRAM_BASE));
	realm_tables(r, half, 3);
	EXPECT_EQ(rtt_read(r, half + PAGE, 3).desc, rtt_desc(DRAM_BASE + PAGE));
	EXPECT_EQ(rtt_read(r, half + GIB - BLOCK, 2).desc,
		  rtt_desc(DRAM_BASE + GIB - BLOCK));
}

/*
 * A run of normal memory whose backing cannot be a run: one page of each of the
 * pool's last chunks is taken before. The host sees contiguous pages and a fold
 * that is refused; it costs a block, and nothing else.
 */
#define CHUNKS	4

static void take_chunk_ends(uint32_t fid)
{
	unsigned int i;

	for (i = 0; i < CHUNKS; i++)
		EXPECT_OK(fid, pool_base() + pool_size() - i * BLOCK - PAGE);
}

/* @test RTT_FOLD.scattered_backing */
TEST(fold, scattered_backing, SHADOWED)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	uint64_t pa, i;

	realm_tables(r, IPA, 3);
	pa = granule_take_run(512, BLOCK);
	for (i = 0; i < 512; i++) {
		ASSERT_OK(RMI_GRANULE_DELEGATE, pa + i * PAGE);
		/* with the first page the monitor has chosen where */
		if (i == 0)
			take_chunk_ends(RMI_GRANULE_DELEGATE);
		ASSERT_OK(RMI_DATA_CREATE_UNKNOWN, r->rd, pa + i * PAGE,
			  IPA + i * PAGE);
	}
	EXPECT_EQ(RMI_STATUS_OF(RMI_RTT_FOLD, r->rd, IPA, 3), E_RTT(3));
	expect_entry(r, IPA, 2, RMI_RTTE_TABLE, 0);
	EXPECT_EQ(rtt_read(r, IPA + BLOCK - PAGE, 3).desc, pa + BLOCK - PAGE);
	take_chunk_ends(RMI_GRANULE_UNDELEGATE);
}
