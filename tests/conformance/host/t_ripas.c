/* SPDX-License-Identifier: BSD-3-Clause */
/* A realm changes the state of its memory; the host agrees, or does not. */
#include "host/refuse.h"

#define BASE	PUPPET_HOLE
#define PAGES	8
#define TOP	(BASE + PAGES * PAGE)

/* The realm asks; the exit says what for, and only that. */
static void ask(struct rec *c, uint64_t base, uint64_t top, uint64_t ripas,
		uint64_t flags)
{
	struct rmi_rec_exit want = exit_of(RMI_EXIT_RIPAS_CHANGE);

	want.ripas_base = base;
	want.ripas_top = top;
	want.ripas_value = (uint8_t)ripas;
	ASSERT_EQ(order(c, OP_SMC, RSI_IPA_STATE_SET, base, top, ripas, flags),
		  RMI_EXIT_RIPAS_CHANGE);
	expect_exit(c, &want);
}

/* Back in the realm: x0, the new base and the response. */
static void told(struct rec *c, bool reject, uint64_t base, uint64_t response)
{
	if (reject)
		c->run->enter.flags = RMI_ENTER_RIPAS_REJECT;
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	EXPECT_EQ(report(c, 1), RSI_SUCCESS);
	EXPECT_EQ(report(c, 2), base);
	EXPECT_EQ(report(c, 3), response);
	EXPECT_EQ(report(c, 4), 0);
}

static struct answer set(struct rec *c, uint64_t base, uint64_t top)
{
	return RMI(RMI_RTT_SET_RIPAS, c->realm->rd, c->pa, base, top);
}

/*
 * @test RTT_SET_RIPAS.success
 * @test RSI_IPA_STATE_SET.{success,accept}
 * @test REC_EXIT.ripas_change
 * @test REC_ENTRY.ripas
 */
TEST(ripas, accepted, BOTH)
{
	struct rec *c = puppet();
	unsigned int i;

	ask(c, BASE, TOP, RMI_RIPAS_RAM, 0);
	EXPECT_EQ(set(c, BASE, TOP).x[1], TOP);
	told(c, false, TOP, RSI_ACCEPT);
	for (i = 0; i < PAGES; i++)
		expect_entry(c->realm, BASE + i * PAGE, 3, RMI_RTTE_UNASSIGNED,
			     RMI_RIPAS_RAM);
	expect_entry(c->realm, TOP, 3, RMI_RTTE_UNASSIGNED, RMI_RIPAS_EMPTY);
	ask(c, BASE, TOP, RMI_RIPAS_EMPTY, 0);
	EXPECT_EQ(set(c, BASE, TOP).x[1], TOP);
	told(c, false, TOP, RSI_ACCEPT);
	expect_entry(c->realm, BASE, 3, RMI_RTTE_UNASSIGNED, RMI_RIPAS_EMPTY);
}

/* In pieces: the host may enter in between, the realm asks for the rest. */
TEST(ripas, partial, BOTH)
{
	struct rec *c = puppet();

	ask(c, BASE, TOP, RMI_RIPAS_RAM, 0);
	EXPECT_EQ(set(c, BASE, BASE + 2 * PAGE).x[1], BASE + 2 * PAGE);
	EXPECT_EQ(set(c, BASE + 2 * PAGE, BASE + 3 * PAGE).x[1], BASE + 3 * PAGE);
	told(c, false, BASE + 3 * PAGE, RSI_ACCEPT);
	expect_entry(c->realm, BASE + 2 * PAGE, 3, 0, RMI_RIPAS_RAM);
	expect_entry(c->realm, BASE + 3 * PAGE, 3, 0, RMI_RIPAS_EMPTY);
	ask(c, BASE + 3 * PAGE, TOP, RMI_RIPAS_RAM, 0);
	EXPECT_EQ(set(c, BASE + 3 * PAGE, TOP).x[1], TOP);
	told(c, false, TOP, RSI_ACCEPT);
}

/*
 * Nothing done, something done, all done, each with "reject".
 * @test RSI_IPA_STATE_SET.reject
 */
TEST(ripas, rejected, ONCE)
{
	struct rec *c = puppet();

	ask(c, BASE, TOP, RMI_RIPAS_RAM, 0);
	told(c, true, BASE, RSI_REJECT);
	expect_entry(c->realm, BASE, 3, 0, RMI_RIPAS_EMPTY);
	ask(c, BASE, TOP, RMI_RIPAS_RAM, 0);
	EXPECT_EQ(set(c, BASE, BASE + PAGE).x[0], RMI_SUCCESS);
	told(c, true, BASE + PAGE, RSI_REJECT);
	ask(c, BASE, TOP, RMI_RIPAS_RAM, 0);
	EXPECT_EQ(set(c, BASE, TOP).x[0], RMI_SUCCESS);
	told(c, true, TOP, RSI_ACCEPT);
	/* a refusal of EMPTY reads as no progress */
	ask(c, BASE, TOP, RMI_RIPAS_EMPTY, 0);
	told(c, true, BASE, RSI_ACCEPT);
	expect_entry(c->realm, BASE, 3, 0, RMI_RIPAS_RAM);
}

/*
 * DESTROYED comes back only if the realm says that it may.
 * @test RTT_SET_RIPAS.destroyed
 */
TEST(ripas, destroyed, BOTH)
{
	struct rec *c = puppet();

	ASSERT_OK(RMI_DATA_DESTROY, c->realm->rd, PUPPET_SCRATCH);
	ask(c, PUPPET_SCRATCH, PUPPET_SCRATCH + PAGE, RMI_RIPAS_RAM, 0);
	EXPECT_EQ(set(c, PUPPET_SCRATCH, PUPPET_SCRATCH + PAGE).x[0], E_RTT(3));
	told(c, true, PUPPET_SCRATCH, RSI_REJECT);
	expect_entry(c->realm, PUPPET_SCRATCH, 3, 0, RMI_RIPAS_DESTROYED);
	/* the scan stops before the destroyed page */
	ask(c, PUPPET_TABLES, PUPPET_SCRATCH + PAGE, RMI_RIPAS_RAM, 0);
	EXPECT_EQ(set(c, PUPPET_TABLES, PUPPET_SCRATCH + PAGE).x[1],
		  PUPPET_SCRATCH);
	told(c, false, PUPPET_SCRATCH, RSI_ACCEPT);
	ask(c, PUPPET_SCRATCH, PUPPET_SCRATCH + PAGE, RMI_RIPAS_RAM,
	    RSI_CHANGE_DESTROYED);
	EXPECT_EQ(set(c, PUPPET_SCRATCH, PUPPET_SCRATCH + PAGE).x[0], RMI_SUCCESS);
	told(c, false, PUPPET_SCRATCH + PAGE, RSI_ACCEPT);
	expect_entry(c->realm, PUPPET_SCRATCH, 3, 0, RMI_RIPAS_RAM);
}

/*
 * EMPTY over a page of data: it stays assigned, the realm cannot reach it.
 * @test REC_ABORT.empty
 * @test RIPAS.set_visible
 * @test RTT.tlb
 */
TEST(ripas, empty_hides_data, BOTH)
{
	struct rec *c = puppet();

	realm_store(c, PUPPET_SCRATCH, 0x77);
	ask(c, PUPPET_SCRATCH, PUPPET_SCRATCH + PAGE, RMI_RIPAS_EMPTY, 0);
	EXPECT_EQ(set(c, PUPPET_SCRATCH, PUPPET_SCRATCH + PAGE).x[0], RMI_SUCCESS);
	told(c, false, PUPPET_SCRATCH + PAGE, RSI_ACCEPT);
	expect_entry(c->realm, PUPPET_SCRATCH, 3, RMI_RTTE_ASSIGNED,
		     RMI_RIPAS_EMPTY);
	realm_load(c, PUPPET_SCRATCH);
	EXPECT_EQ(report_exceptions(c), 1);
	EXPECT_EQ(ESR_EC(report_esr(c)), EC_DABT_SAME);
	EXPECT_EQ(ESR_FSC(report_esr(c)), FSC_SEA);
	EXPECT_EQ(report_far(c), PUPPET_SCRATCH);
	obey(c, OP_EXEC, PUPPET_SCRATCH);
	EXPECT_EQ(report_exceptions(c), 1);
	EXPECT_EQ(ESR_EC(report_esr(c)), EC_IABT_SAME);
	EXPECT_EQ(ESR_FSC(report_esr(c)), FSC_SEA);
	EXPECT_EQ(report_far(c), PUPPET_SCRATCH);
	EXPECT_EQ(report_elr(c), PUPPET_SCRATCH);
	/* RAM again: the page comes back into view */
	ask(c, PUPPET_SCRATCH, PUPPET_SCRATCH + PAGE, RMI_RIPAS_RAM, 0);
	EXPECT_EQ(set(c, PUPPET_SCRATCH, PUPPET_SCRATCH + PAGE).x[0], RMI_SUCCESS);
	told(c, false, PUPPET_SCRATCH + PAGE, RSI_ACCEPT);
	realm_load(c, PUPPET_SCRATCH);
	EXPECT_EQ(report_exceptions(c), 0);
}

/*
 * PSTATE as on any exception to EL1: all masked, and PAN by SCTLR_EL1.SPAN,
 * which out of reset leaves it alone.
 */
TEST(ripas, empty_and_pstate, ONCE)
{
	struct rec *c = puppet();
	uint64_t sctlr = realm_mrs(c, REG_SCTLR_EL1), span = 1UL << 23;

	realm_msr(c, REG_SCTLR_EL1, sctlr | span);
	realm_load(c, BASE);
	EXPECT_EQ(report_spsr(c), PSTATE_DAIF | PSTATE_EL1H);
	EXPECT_EQ(report_pstate(c), PSTATE_DAIF);
	realm_msr(c, REG_SCTLR_EL1, sctlr & ~span);
	realm_load(c, BASE);
	EXPECT_EQ(report_spsr(c), PSTATE_DAIF | PSTATE_EL1H);
	EXPECT_EQ(report_pstate(c), PSTATE_DAIF | PSTATE_PAN);
	/* the handler's PAN went with its ERET; the next one starts from SPSR */
	realm_msr(c, REG_SCTLR_EL1, sctlr | span);
	realm_load(c, BASE);
	EXPECT_EQ(report_pstate(c), PSTATE_DAIF);
}

/* From EL0 the same abort comes as one from below, to the other vector. */
TEST(ripas, empty_from_el0, ONCE)
{
	struct rec *c = puppet();

	realm_store(c, PUPPET_SCRATCH, 0x77);
	obey(c, OP_EL0_LOAD, PUPPET_SCRATCH);
	EXPECT_EQ(report(c, 1), 0x77);
	EXPECT_EQ(report_exceptions(c), 0);
	obey(c, OP_EL0_LOAD, BASE);
	EXPECT_EQ(report_exceptions(c), 1);
	EXPECT_EQ(ESR_EC(report_esr(c)), EC_DABT_LOWER);
	EXPECT_EQ(ESR_FSC(report_esr(c)), FSC_SEA);
	EXPECT_EQ(report_far(c), BASE);
	EXPECT_EQ(report_elr(c), report(c, 2));
	EXPECT_EQ(report_spsr(c), PSTATE_DAIF | PSTATE_EL0T);
	EXPECT_EQ(report_pstate(c), PSTATE_DAIF | PUPPET_FROM_EL0);
}

/*
 * EMPTY that never was anything: the same abort, and a write changes nothing.
 */
TEST(ripas, empty_unassigned, ONCE)
{
	struct rec *c = puppet();

	realm_store(c, BASE, 1);
	EXPECT_EQ(report_exceptions(c), 1);
	EXPECT_EQ(ESR_EC(report_esr(c)), EC_DABT_SAME);
	EXPECT_EQ(ESR_FSC(report_esr(c)), FSC_SEA);
	EXPECT_EQ(report_esr(c) >> 6 & 1, 1);		/* WnR */
	EXPECT_EQ(report_esr(c) >> 9 & 1, 1);		/* EA */
	expect_entry(c->realm, BASE, 3, RMI_RTTE_UNASSIGNED, RMI_RIPAS_EMPTY);
}

/*
 * @test RTT_SET_RIPAS.{rd_align,rd_bound,rd_state,rec_align,rec_bound}
 * @test RTT_SET_RIPAS.{rec_gran_state,rec_owner,size_valid,base_bound}
 * @test RTT_SET_RIPAS.{top_bound,top_gran_align}
 */
TEST(ripas, set_refused, BOTH)
{
	const struct zoo *z = zoo_new();
	struct rec *c = puppet();
	struct call set_call = { RMI_RTT_SET_RIPAS,
				 { c->realm->rd, c->pa, BASE, TOP } };

	refused("nothing asked", set_call, 3, BASE, E_INPUT);
	ask(c, BASE, TOP, RMI_RIPAS_RAM, 0);
	refused_granule(set_call, 1, z, G_RD);
	refused_granule(set_call, 2, z, G_REC);
	refused("rec of another realm", set_call, 2, z->pa[G_REC], E_REC);
	refused("rd of another realm", set_call, 1, z->pa[G_RD], E_REC);
	refused("top == base", set_call, 4, BASE, E_INPUT);
	refused("top < base", set_call, 4, BASE - PAGE, E_INPUT);
	refused("other base", set_call, 3, BASE + PAGE, E_INPUT);
	refused("base before", set_call, 3, BASE - PAGE, E_INPUT);
	refused("base + 8", set_call, 3, BASE + 8, E_INPUT);
	refused("more than asked", set_call, 4, TOP + PAGE, E_INPUT);
	refused("top + 8", set_call, 4, BASE + PAGE + 8, E_INPUT);
	expect_entry(c->realm, BASE, 3, RMI_RTTE_UNASSIGNED, RMI_RIPAS_EMPTY);
	EXPECT_EQ(call(set_call).x[0], RMI_SUCCESS);
	refused("done already", set_call, 3, BASE, E_INPUT);
}

/*
 * @test RTT_SET_RIPAS.{base_align,no_progress}
 * @test RTT_SET_RIPAS.{order_top_gran_align_no_progress}
 * @test RTT_SET_RIPAS.{order_base_bound_base_align,order_rd_walk}
 */
TEST(ripas, set_needs_tables, BOTH)
{
	struct rec *c = puppet();
	uint64_t base = PUPPET_BASE + 4 * BLOCK;

	/* inside an entry of level 2, at its start and not */
	ask(c, base, base + PAGE, RMI_RIPAS_RAM, 0);
	EXPECT_EQ(set(c, base, base + PAGE).x[0], E_RTT(2));
	EXPECT_EQ(set(c, base, base + PAGE + 8).x[0], E_INPUT);
	refused("no progress: rd", (struct call){ RMI_RTT_SET_RIPAS,
		{ 0, c->pa, base, base + PAGE } }, 1, c->pa, E_INPUT);
	told(c, false, base, RSI_ACCEPT);
	ask(c, base + PAGE, base + BLOCK, RMI_RIPAS_RAM, 0);
	EXPECT_EQ(set(c, base + PAGE, base + BLOCK).x[0], E_RTT(2));
	EXPECT_EQ(set(c, base, base + BLOCK).x[0], E_INPUT);
	realm_tables(c->realm, base, 3);
	EXPECT_EQ(set(c, base + PAGE, base + BLOCK).x[1], base + BLOCK);
	told(c, false, base + BLOCK, RSI_ACCEPT);
	expect_entry(c->realm, base, 3, 0, RMI_RIPAS_EMPTY);
	expect_entry(c->realm, base + PAGE, 3, 0, RMI_RIPAS_RAM);
}

/* Whole blocks and more than one table: each call does one table's worth. */
TEST(ripas, set_by_blocks, ONCE)
{
	struct rec *c = puppet();
	uint64_t base = PUPPET_BASE + 4 * BLOCK, top = base + 3 * BLOCK;

	realm_tables(c->realm, base + 2 * BLOCK, 3);
	ask(c, base, top, RMI_RIPAS_RAM, 0);
	EXPECT_EQ(set(c, base, top).x[1], base + 2 * BLOCK);
	EXPECT_EQ(set(c, base + 2 * BLOCK, top).x[1], top);
	told(c, false, top, RSI_ACCEPT);
	expect_entry(c->realm, base + BLOCK, 2, 0, RMI_RIPAS_RAM);
	expect_entry(c->realm, top - PAGE, 3, 0, RMI_RIPAS_RAM);
}

/*
 * An exit of another kind ends the request.
 * @test REC.ripas_request
 */
TEST(ripas, request_ends_with_the_next_entry, ONCE)
{
	struct rec *c = puppet();

	ask(c, BASE, TOP, RMI_RIPAS_RAM, 0);
	told(c, false, BASE, RSI_ACCEPT);
	EXPECT_EQ(set(c, BASE, TOP).x[0], E_INPUT);
	EXPECT_EQ(set(c, 0, PAGE).x[0], E_INPUT);
}

/* The whole protected half by its largest entries, and back. */
TEST(ripas, whole_half, ONCE)
{
	struct rec *c = puppet();
	uint64_t half = realm_top(c->realm), base = PUPPET_BASE + GIB;

	ask(c, base, half, RMI_RIPAS_RAM, 0);
	EXPECT_EQ(set(c, base, half).x[1], half);
	told(c, false, half, RSI_ACCEPT);
	expect_entry(c->realm, half - GIB, 1, 0, RMI_RIPAS_RAM);
	expect_entry(c->realm, half, 1, RMI_RTTE_UNASSIGNED, 0);
}
