/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory goes while a REC on another CPU reads it in a loop, its translation
 * cached: the command may not return before the REC cannot read it any more.
 * An exit in between could hide that, for it may empty TLBs.
 */
#include "host/refuse.h"
#include "host/stage1.h"

#define SETTLE_US	20000	/* long enough for the REC to be in its loop */

struct reader {
	struct rec *rec;
	uint64_t irqs;
};

static void read_until_exit(void *arg)
{
	struct reader *r = arg;

	while (rec_run(r->rec) == RMI_EXIT_IRQ) {
		gic_take();
		r->irqs++;
	}
}

/* The command asks for the REC's state before its arguments. */
static bool is_running(const struct rec *c)
{
	return RMI_STATUS_OF(RMI_RTT_SET_RIPAS, c->realm->rd, c->pa, 0, PAGE) ==
	       E_REC;
}

/* The REC reads `va` for ever, on CPU 1; nothing ever writes what it wants. */
static void start_reading(struct reader *r, struct rec *c, uint64_t va)
{
	const uint64_t args[24] = { OP_WAIT_EQ, va, ~0UL };
	uint64_t until;

	*r = (struct reader){ c, 0 };
	memcpy(c->run->enter.gprs, args, sizeof(args));
	cpu_run(1, read_until_exit, r);
	while (!is_running(c))
		cpu_relax();
	until = timer_now() + timer_us(SETTLE_US);
	while (timer_now() < until)
		cpu_relax();
	EXPECT(is_running(c));
}

static void expect_abort_at(struct reader *r, uint64_t ipa)
{
	cpu_wait(1);
	EXPECT_EQ(r->rec->run->exit.exit_reason, RMI_EXIT_SYNC);
	EXPECT_EQ(ESR_EC(r->rec->run->exit.esr), EC_DABT_LOWER);
	EXPECT_EQ(r->rec->run->exit.hpfar, HPFAR(ipa));
}

/* @test RTT.tlb, DATA_DESTROY.success */
TEST(tlb, data_destroy, BOTH)
{
	struct rec *c = puppet();
	struct reader r;

	start_reading(&r, c, PUPPET_SCRATCH);
	EXPECT_OK(RMI_DATA_DESTROY, c->realm->rd, PUPPET_SCRATCH);
	expect_abort_at(&r, PUPPET_SCRATCH);
}

/* The same with stage 1 on: what is cached is the two stages in one. */
TEST(tlb, data_destroy_under_stage_1, BOTH)
{
	struct rec *c = puppet();
	struct reader r;

	realm_mmu_on(c);
	start_reading(&r, c, realm_window(c, 0, PUPPET_SCRATCH | DESC_NORMAL));
	EXPECT_OK(RMI_DATA_DESTROY, c->realm->rd, PUPPET_SCRATCH);
	expect_abort_at(&r, PUPPET_SCRATCH);
}

/* @test RTT.tlb, RTT_UNMAP_UNPROTECTED.success */
TEST(tlb, unmap_unprotected, BOTH)
{
	struct rec *c = puppet();
	uint64_t ipa = realm_top(c->realm) | PUPPET_HOLE;
	struct reader r;

	realm_share(c->realm, ipa, ns_page());
	realm_mmu_on(c);
	start_reading(&r, c, realm_window(c, 0, ipa | DESC_NORMAL));
	EXPECT_OK(RMI_RTT_UNMAP_UNPROTECTED, c->realm->rd, ipa, 3);
	expect_abort_at(&r, ipa);
}

/* @test RTT.tlb, RTT_DESTROY.success */
TEST(tlb, table_of_shared_pages, BOTH)
{
	struct rec *c = puppet();
	uint64_t ipa = realm_top(c->realm) | PUPPET_HOLE;
	struct reader r;

	realm_share(c->realm, ipa, ns_page());
	realm_mmu_on(c);
	start_reading(&r, c, realm_window(c, 0, ipa | DESC_NORMAL));
	EXPECT_OK(RMI_RTT_DESTROY, c->realm->rd, ipa & ~(BLOCK - 1), 3);
	expect_abort_at(&r, ipa);
}

/* One REC reads, another gives the page away. @test RTT.tlb, RIPAS.set_visible */
TEST(tlb, ripas_empty, BOTH)
{
	struct rec *c = puppet_in(GEOMETRY_DEFAULT, 2);
	uint64_t page = PUPPET_SCRATCH;
	struct reader r;

	realm_cpu_on(c, 1);
	start_reading(&r, c + 1, page);
	ASSERT_EQ(order(c, OP_SMC, RSI_IPA_STATE_SET, page, page + PAGE,
			RMI_RIPAS_EMPTY, 0), RMI_EXIT_RIPAS_CHANGE);
	EXPECT_OK(RMI_RTT_SET_RIPAS, c->realm->rd, c->pa, page, page + PAGE);
	cpu_wait(1);
	expect_ordered(r.rec);
	EXPECT_EQ(report_exceptions(r.rec), 1);
	EXPECT_EQ(ESR_EC(report_esr(r.rec)), EC_DABT_SAME);
	EXPECT_EQ(ESR_FSC(report_esr(r.rec)), FSC_SEA);
	EXPECT_EQ(report_far(r.rec), page);
}

/*
 * A block that is taken apart and put together under the reader: it sees the
 * same page all the time, and no abort. @test RIPAS.{unfold,fold}
 */
TEST(tlb, unfold_and_fold, BOTH)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	uint64_t pa = granule_new_run(512, BLOCK), table, i;
	const void *zero = ns_page();
	struct reader reader;
	struct rec *c;

	realm_tables(r, PUPPET_NEXT_BLOCK, 3);
	for (i = 0; i < 512; i++)
		ASSERT_OK(RMI_DATA_CREATE, r->rd, pa + i * PAGE,
			  PUPPET_NEXT_BLOCK + i * PAGE, (uint64_t)zero, 0);
	puppet_load(r);
	c = rec_new(r, true);
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	start_reading(&reader, c, PUPPET_NEXT_BLOCK + 5 * PAGE);
	table = rtt_read(r, PUPPET_NEXT_BLOCK, 2).desc;
	for (i = 0; i < 50; i++) {
		EXPECT_OK(RMI_RTT_FOLD, r->rd, PUPPET_NEXT_BLOCK, 3);
		EXPECT_OK(RMI_RTT_CREATE, r->rd, table, PUPPET_NEXT_BLOCK, 3);
	}
	EXPECT(is_running(c));
	EXPECT_OK(RMI_DATA_DESTROY, r->rd, PUPPET_NEXT_BLOCK + 5 * PAGE);
	expect_abort_at(&reader, PUPPET_NEXT_BLOCK + 5 * PAGE);
}

/*
 * Two RECs of a realm take turns on this CPU. Each has tables of its own for the same
 * ASID, as CPUs may, and finds its own page at the address that both use.
 */
TEST(tlb, recs_on_one_cpu, BOTH)
{
	const uint64_t l1 = MORE_RAM(0), l2 = MORE_RAM(1), l3 = MORE_RAM(2);
	const uint64_t at = PUPPET_WINDOW_PAGE(0);
	const uint64_t page[] = { PUPPET_SCRATCH, PUPPET_SCRATCH + PAGE };
	struct rec *c = puppet_with_ram(2, 3);
	unsigned int i;

	realm_cpu_on(c, 1);
	for (i = 0; i < 2; i++)
		realm_store(c, page[i], i);
	realm_fill_table(c, l1, PUPPET_BASE >> 30, 1,
			 PUPPET_TABLE(PT_L2) | DESC_TABLE, 0);
	realm_fill_table(c, l1, PUPPET_WINDOW >> 30, 1, l2 | DESC_TABLE, 0);
	realm_fill_table(c, l2, 0, 1, l3 | DESC_TABLE, 0);
	realm_fill_table(c, l3, 0, 1, page[1] | DESC_NORMAL | DESC_NG, 0);
	realm_mmu_on(c);
	realm_window(c, 0, page[0] | DESC_NORMAL | DESC_NG);
	obey(c + 1, OP_MMU, 1, 0, 0, l1);
	for (i = 0; i < 4; i++)
		EXPECT_EQ(realm_load(c + (i & 1), at), i & 1);
}
