/* SPDX-License-Identifier: BSD-3-Clause */
/* Entering a REC: what is refused, and what each kind of exit says and hides. */
#include "host/refuse.h"

static struct call enter_call(const struct rec *c)
{
	return (struct call){ RMI_REC_ENTER, { c->pa, (uint64_t)c->run } };
}

/*
 * @test REC_ENTER.{run_align,run_bound,run_pas,rec_align,rec_bound}
 * @test REC_ENTER.rec_gran_state
 */
TEST(rec_enter, refused_pointers, BOTH)
{
	const struct zoo *z = zoo_new();
	struct call c = enter_call(&puppet_realm(GEOMETRY_DEFAULT, 1)->rec[0]);

	refused_granule(c, 1, z, G_REC);
	refused_ns_page(c, 2, z);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
}

/* The lower group of conditions, each alone and each behind a bad pointer. */
static void refused_state(const char *label, struct rec *c, uint64_t want)
{
	struct call enter = enter_call(c);

	refused(label, enter, 1, c->pa, want);
	refused(label, enter, 1, c->pa + 8, E_INPUT);
	refused(label, enter, 1, c->realm->rd, E_INPUT);
	refused(label, enter, 1, UART_BASE, E_INPUT);
	refused(label, enter, 2, (uint64_t)c->run + 8, E_INPUT);
	refused(label, enter, 2, 1UL << 48, E_INPUT);
	refused(label, enter, 2, c->pa, E_INPUT);
}

/*
 * @test REC_ENTER.{realm_new,system_off,rec_runnable,rec_psci,order_pointers}
 * @test REALM.{new,system_off}
 */
TEST(rec_enter, refused_states, ONCE)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	struct rec *c, *second;

	puppet_load(r);
	c = rec_new(r, true);
	second = rec_new(r, false);
	refused_state("new", c, E_REALM(RMI_REALM_IS_NEW));
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	refused_state("not runnable", second, E_REC);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	EXPECT_EQ(order(c, OP_SMC, PSCI_CPU_ON, 1, PUPPET_BASE, 1), RMI_EXIT_PSCI);
	refused_state("psci pending", c, E_REC);
	ASSERT_OK(RMI_PSCI_COMPLETE, c->pa, second->pa, PSCI_SUCCESS);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	EXPECT_EQ(order(c, OP_SMC, PSCI_SYSTEM_OFF), RMI_EXIT_PSCI);
	refused_state("off", c, E_REALM(RMI_REALM_IS_SYSTEM_OFF));
	refused_state("off", second, E_REALM(RMI_REALM_IS_SYSTEM_OFF));
}

/*
 * No MMIO to emulate: after a host call, and after an abort that has no ISV.
 * @test REC_ENTER.rec_mmio
 */
TEST(rec_enter, refused_emul_mmio, ONCE)
{
	struct rec *c = puppet();
	uint64_t half = realm_top(c->realm);

	c->run->enter.flags = RMI_ENTER_EMUL_MMIO;
	EXPECT_EQ(rec_enter(c), E_REC);
	EXPECT_EQ(order(c, OP_ACCESS, ACC_LDR_POST, half), RMI_EXIT_SYNC);
	c->run->enter.flags = RMI_ENTER_EMUL_MMIO;
	EXPECT_EQ(rec_enter(c), E_REC);
	/* the other bits of flags are ignored */
	c->run->enter.flags = ~0UL << 5;
	EXPECT_EQ(rec_enter(c), RMI_SUCCESS);
	EXPECT_EQ(c->run->exit.exit_reason, RMI_EXIT_SYNC);
}

/* A refused entry does not touch the exit half. */
TEST(rec_enter, refused_leaves_the_page, ONCE)
{
	struct rec *c = puppet();
	unsigned int i;

	c->run->enter.gicv3_hcr = 1;
	EXPECT_EQ(rec_enter(c), E_REC);
	for (i = 0; i < sizeof(c->run->exit); i++)
		if (((unsigned char *)&c->run->exit)[i] != 0xa5)
			break;
	EXPECT_EQ(i, sizeof(c->run->exit));
}

/*
 * Reset state. General registers: see first_registers.
 * @test REC.reset
 */
TEST(rec_enter, first_entry, ONCE)
{
	struct rec *c = puppet();

	/* EL1h, all masked, MMU off: as the payload found it */
	EXPECT_EQ(realm_mrs(c, REG_CURRENTEL), 4);
	EXPECT_EQ(realm_mrs(c, REG_DAIF), 0xf << 6);
	EXPECT_EQ(realm_mrs(c, REG_SCTLR_EL1) & (1 | 1 << 2 | 1 << 12), 0);
	EXPECT_EQ(realm_mrs(c, REG_CNTP_CTL_EL0), 0);
	EXPECT_EQ(realm_mrs(c, REG_CNTV_CTL_EL0), 0);
	EXPECT_EQ(realm_mrs(c, REG_TTBR0_EL1), 0);
	EXPECT_EQ(realm_mrs(c, REG_TPIDR_EL1), 0);
	EXPECT_EQ(realm_mrs(c, REG_MPIDR_EL1), 1UL << 31);
}

/* General registers: of the parameters the first eight, else zero. */
static void expect_registers(const struct rec *c, const uint64_t *low,
			     unsigned int n)
{
	struct rmi_rec_exit want = exit_of(RMI_EXIT_HOST_CALL);

	memcpy(want.gprs, low, n * sizeof(*low));
	expect_exit(c, &want);
}

/* @test REC.reset */
TEST(rec_enter, first_registers, BOTH)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	struct rec *c;
	unsigned int i;

	realm_data(r, PUPPET_BASE, teller_page, 0);
	c = rec_blank(r, true);
	for (i = 0; i < RMI_REC_CREATE_GPRS; i++)
		c->params->gprs[i] = pattern(77, i);
	ASSERT_OK(RMI_REC_CREATE, r->rd, c->pa, (uint64_t)c->params);
	memset(c->params, 0xee, PAGE);		/* read once, at creation */
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	for (i = 0; i < RMI_NUM_GPRS; i++)
		c->run->enter.gprs[i] = 0xbad;	/* not for a first entry */
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	memset(c->params, 0, PAGE);
	for (i = 0; i < RMI_REC_CREATE_GPRS; i++)
		c->params->gprs[i] = pattern(77, i);
	expect_registers(c, c->params->gprs, RMI_REC_CREATE_GPRS);
}

/* A CPU that PSCI starts has its context id, whatever it had before. */
TEST(rec_enter, first_registers_of_cpu_on, BOTH)
{
	struct rec *c = puppet_in(GEOMETRY_DEFAULT, 2), *second = c + 1;
	const uint64_t context = 0x123456789abcdef0;
	unsigned int i;

	for (i = 0; i < 64; i++)
		realm_store(c, PUPPET_SCRATCH + 8 * i,
			    ((const uint64_t *)(const void *)teller_page)[i]);
	ASSERT_EQ(order(c, OP_SMC, PSCI_CPU_ON, 1, PUPPET_SCRATCH, context),
		  RMI_EXIT_PSCI);
	second->params->gprs[0] = 1;	/* as it was created */
	ASSERT_OK(RMI_PSCI_COMPLETE, c->pa, second->pa, 0);
	ASSERT_EQ(rec_run(second), RMI_EXIT_HOST_CALL);
	expect_registers(second, &context, 1);
}

/*
 * The exit of a host call: all its registers, and nothing else.
 * @test REC_EXIT.host_call
 * @test REC_ENTRY.host_call
 * @test RSI_HOST_CALL.{success,complete}
 * @test REC_PC.smc
 */
TEST(rec_enter, exit_host_call, BOTH)
{
	struct rec *c = puppet();
	struct rmi_rec_exit want = exit_of(RMI_EXIT_HOST_CALL);
	unsigned int i;

	want.imm = 0xabcd;
	for (i = 0; i < RMI_NUM_GPRS; i++)
		want.gprs[i] = pattern(5, i);
	obey(c, OP_FILL, PUPPET_SCRATCH + 8, 31 * 8, 5);
	realm_store(c, PUPPET_SCRATCH, 0xffffffffffffabcd);
	EXPECT_EQ(order(c, OP_SMC, RSI_HOST_CALL, PUPPET_SCRATCH),
		  RMI_EXIT_HOST_CALL);
	expect_exit(c, &want);
	/* what the host answers lands in the structure, and imm stays */
	for (i = 0; i < RMI_NUM_GPRS; i++)
		c->run->enter.gprs[i] = pattern(6, i);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	EXPECT_EQ(report(c, 1), RSI_SUCCESS);
	EXPECT_EQ(report(c, 2), PUPPET_SCRATCH);
	obey(c, OP_SUM, PUPPET_SCRATCH + 8, 31 * 8, 6);
	EXPECT_EQ(report(c, 1), 0);
	EXPECT_EQ(realm_load(c, PUPPET_SCRATCH), 0xffffffffffffabcd);
}

/* Aborts of the protected half: what kind and which page, but not more. */
static void exit_data_abort(enum access access)
{
	struct rec *c = puppet();
	struct rmi_rec_exit want = exit_of(RMI_EXIT_SYNC);

	/* RAM that was once there and is not: DESTROYED */
	ASSERT_OK(RMI_DATA_DESTROY, c->realm->rd, PUPPET_SCRATCH);
	want.esr = (uint64_t)EC_DABT_LOWER << 26 | (FSC_TRANSLATION + 3);
	want.hpfar = HPFAR(PUPPET_SCRATCH);
	EXPECT_EQ(order(c, OP_ACCESS, access, PUPPET_SCRATCH + 0x28, 0x5ec2e7),
		  RMI_EXIT_SYNC);
	expect_exit(c, &want);
	EXPECT_EQ(rec_run(c), RMI_EXIT_SYNC);
	expect_exit(c, &want);
}

/*
 * @test REC_EXIT.{data_abort,no_il,hpfar}
 * @test REC_ABORT.protected
 * @test REC_PC.abort
 */
TEST(rec_enter, exit_data_abort_protected, BOTH)
{
	exit_data_abort(ACC_LDR_X);
	exit_data_abort(ACC_LDRSB_X);
	exit_data_abort(ACC_LDR_POST);
	exit_data_abort(ACC_STR_X);
	exit_data_abort(ACC_STRB);
}

/*
 * A fetch from protected memory that is not there.
 * @test REC_EXIT.inst_abort
 */
TEST(rec_enter, exit_instruction_abort, BOTH)
{
	struct rec *c = puppet();
	struct rmi_rec_exit want = exit_of(RMI_EXIT_SYNC);

	ASSERT_OK(RMI_DATA_DESTROY, c->realm->rd, PUPPET_SCRATCH);
	want.esr = (uint64_t)EC_IABT_LOWER << 26 | (FSC_TRANSLATION + 3);
	want.hpfar = HPFAR(PUPPET_SCRATCH);
	EXPECT_EQ(order(c, OP_EXEC, PUPPET_SCRATCH + 0x40), RMI_EXIT_SYNC);
	expect_exit(c, &want);
	/* nothing was skipped: it comes again */
	EXPECT_EQ(rec_run(c), RMI_EXIT_SYNC);
	expect_exit(c, &want);
}

/*
 * Once the host brings the page, the access is made again and succeeds.
 * @test REC_ENTER.success
 * @test REC_PC.abort
 */
TEST(rec_enter, abort_is_retried, BOTH)
{
	struct rec *c = puppet();
	struct realm *r = c->realm;

	EXPECT_EQ(order(c, OP_SMC, RSI_IPA_STATE_SET, PUPPET_HOLE,
			PUPPET_HOLE + PAGE, RMI_RIPAS_RAM, 0),
		  RMI_EXIT_RIPAS_CHANGE);
	ASSERT_OK(RMI_RTT_SET_RIPAS, r->rd, c->pa, PUPPET_HOLE,
		  PUPPET_HOLE + PAGE);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	EXPECT_EQ(order(c, OP_ACCESS, ACC_STR_X, PUPPET_HOLE, 0x77), RMI_EXIT_SYNC);
	realm_data_unknown(r, PUPPET_HOLE);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	EXPECT_EQ(report_exceptions(c), 0);
	EXPECT_EQ(realm_load(c, PUPPET_HOLE), 0x77);
}

/*
 * Every register of the realm survives an exit; none of them is shown.
 * @test REC_EXIT.wfx
 * @test REC_ENTRY.trap_wfx
 * @test REC_PC.trapped
 */
TEST(rec_enter, exit_wfi, ONCE)
{
	struct rec *c = puppet();
	struct rmi_rec_exit want = exit_of(RMI_EXIT_SYNC);

	want.esr = (uint64_t)EC_WFX << 26;
	c->run->enter.flags = RMI_ENTER_TRAP_WFI;
	EXPECT_EQ(order(c, OP_GPRS, GPRS_WFI), RMI_EXIT_SYNC);
	expect_exit(c, &want);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);	/* report word "bad" counts changed registers */
	/* without the flag: a WFI that an interrupt of the host ends */
	timer_arm_us(2000);
	EXPECT_EQ(order(c, OP_WFX, WFX_WFI), RMI_EXIT_IRQ);
	timer_stop();
	gic_take();
	want = exit_of(RMI_EXIT_IRQ);
	expect_exit(c, &want);
	/* the tick may have come before the WFI, which then waits for another */
	for (timer_arm_us(2000); rec_run(c) == RMI_EXIT_IRQ; timer_arm_us(2000))
		gic_take();
	timer_stop();
	gic_take();
	expect_ordered(c);
}

/* QEMU never traps WFE; with the flag the REC exits or goes on, and says so. */
TEST(rec_enter, exit_wfe, ONCE)
{
	struct rec *c = puppet();
	struct rmi_rec_exit want = exit_of(RMI_EXIT_SYNC);

	want.esr = (uint64_t)EC_WFX << 26 | 1;
	c->run->enter.flags = RMI_ENTER_TRAP_WFE;
	if (order(c, OP_WFX, WFX_WFE) == RMI_EXIT_HOST_CALL)
		test_skip("the emulator does not trap WFE");
	expect_exit(c, &want);
}

/*
 * A host's tick gets the REC out of a loop, with nothing of it showing.
 * @test REC_EXIT.{irq,always}
 * @test PMU.overflow
 */
TEST(rec_enter, exit_irq, BOTH)
{
	struct rec *c = puppet();
	struct rmi_rec_exit want = exit_of(RMI_EXIT_IRQ);
	unsigned int irqs = 0;
	uint64_t reason;

	timer_arm_us(1000);
	reason = order(c, OP_GPRS, GPRS_SPIN, 20000000);
	while (reason == RMI_EXIT_IRQ) {
		expect_exit(c, &want);
		EXPECT_EQ(gic_take(), INTID_HOST_TIMER);
		timer_arm_us(1000);
		irqs++;
		reason = rec_run(c);
	}
	timer_stop();
	gic_take();
	expect_ordered(c);
	EXPECT(irqs > 2);
}

/* An interrupt that waits already: out at once, and the REC has not moved. */
TEST(rec_enter, exit_irq_pending_at_entry, ONCE)
{
	struct rec *c = puppet();
	unsigned int i;

	gic_send_sgi(0, 3);
	for (i = 0; i < 3; i++)
		EXPECT_EQ(order(c, OP_NONE), RMI_EXIT_IRQ);
	EXPECT_EQ(gic_take(), 3);
	obey(c, OP_NONE);
}

/* One that the host's priority mask holds back does not disturb the realm. */
TEST(rec_enter, masked_irq_does_not_exit, ONCE)
{
	struct rec *c = puppet();

	gic_set_priority_mask(0x80);	/* our interrupts have 0xa0 */
	gic_send_sgi(0, 3);
	obey(c, OP_GPRS, GPRS_SPIN, 1000);
	EXPECT_EQ(sysreg_read("s3_0_c4_c6_0"), 0x80);
	gic_set_priority_mask(0xff);
	EXPECT_EQ(gic_take(), 3);
}

/* Another CPU's SGI reaches the CPU that runs a REC. */
TEST(rec_enter, ipi_while_a_realm_spins, ONCE)
{
	struct rec *c = puppet();
	struct spin spin;
	unsigned int i;

	realm_mmu_on(c);
	spin_start(&spin, c, 2);
	for (i = 1; i <= 20; i++) {
		gic_send_sgi(2, 4);
		while (__atomic_load_n(&spin.irqs, __ATOMIC_ACQUIRE) < i)
			cpu_relax();
	}
	spin_stop(&spin);
	EXPECT(spin.irqs >= 20);
}

/* The four CPUs run a realm each at the same time. */
static void run_realm(void *arg)
{
	struct rec *c = *(struct rec **)arg;
	unsigned int i;

	for (i = 0; i < 50; i++) {
		const uint64_t fill[24] = { OP_FILL, PUPPET_SCRATCH, PAGE, i };
		const uint64_t sum[24] = { OP_SUM, PUPPET_SCRATCH, PAGE, i };

		obey_args(c, fill);
		obey_args(c, sum);
		EXPECT_EQ(report(c, 1), 0);
	}
}

TEST(rec_enter, realms_on_all_cpus, BOTH)
{
	struct rec *c[MAX_CPUS];
	unsigned int i;

	for (i = 0; i < MAX_CPUS; i++)
		c[i] = puppet();
	cpus_run(MAX_CPUS, run_realm, c, sizeof(c[0]));
}

/* The same with four RECs of one realm, each in a page of its own. */
struct rec_worker {
	struct rec *rec;
	uint64_t page;
};

static void run_rec(void *arg)
{
	struct rec_worker *w = arg;
	unsigned int i;

	for (i = 0; i < 50; i++) {
		const uint64_t fill[24] = { OP_FILL, w->page, PAGE, i };
		const uint64_t sum[24] = { OP_SUM, w->page, PAGE, i };

		obey_args(w->rec, fill);
		obey_args(w->rec, sum);
		EXPECT_EQ(report(w->rec, 1), 0);
	}
}

TEST(rec_enter, recs_on_all_cpus, BOTH)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	struct rec_worker w[MAX_CPUS];
	unsigned int i;

	puppet_load(r);
	for (i = 0; i < MAX_CPUS; i++) {
		w[i].page = PUPPET_HOLE + i * PAGE;
		realm_data(r, w[i].page, ns_page(), 0);
		w[i].rec = rec_new(r, i == 0);
	}
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	ASSERT_EQ(rec_run(w[0].rec), RMI_EXIT_HOST_CALL);
	for (i = 1; i < MAX_CPUS; i++)
		realm_cpu_on(w[0].rec, i);
	cpus_run(MAX_CPUS, run_rec, w, sizeof(w[0]));
}

/* A REC moves between CPUs with all its registers. */
static void run_once(void *arg)
{
	struct rec *c = arg;

	rec_run(c);
}

TEST(rec_enter, migrates, ONCE)
{
	struct rec *c = puppet();
	unsigned int i;

	realm_msr(c, REG_TPIDR_EL0, 0x1234);
	realm_msr(c, REG_CONTEXTIDR_EL1, 0x77);
	for (i = 0; i < 2 * MAX_CPUS; i++) {
		const uint64_t args[24] = { OP_MRS, i & 1 ? REG_TPIDR_EL0 :
							    REG_CONTEXTIDR_EL1 };

		memcpy(c->run->enter.gprs, args, sizeof(args));
		if (i % MAX_CPUS) {
			cpu_run(i % MAX_CPUS, run_once, c);
			cpu_wait(i % MAX_CPUS);
		} else {
			rec_run(c);
		}
		expect_ordered(c);
		EXPECT_EQ(report(c, 1), i & 1 ? 0x1234 : 0x77);
	}
}

/*
 * inject_sea with no abort before it, and all that the last exit left unused.
 * @test REC_ENTRY.unused
 * @test REC_ENTER.sea_ignored
 */
TEST(rec_enter, unused_fields, ONCE)
{
	struct rec *c = puppet();

	timer_arm_us(0);
	EXPECT_EQ(order(c, OP_GPRS, GPRS_SPIN, 100), RMI_EXIT_IRQ);
	timer_stop();
	gic_take();
	memset(c->run->enter.pad0, 0xff, sizeof(c->run->enter.pad0));
	memset(c->run->enter.pad2, 0xff, sizeof(c->run->enter.pad2));
	memset(c->run->enter.gprs, 0xee, sizeof(c->run->enter.gprs));
	c->run->enter.flags = RMI_ENTER_INJECT_SEA | RMI_ENTER_RIPAS_REJECT;
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	EXPECT_EQ(report_exceptions(c), 0);
}

/*
 * What the realm had in its TLB goes with the mapping.
 * @test RTT.tlb
 * @test RIPAS.set_visible
 */
TEST(rec_enter, unmapped_means_gone, BOTH)
{
	struct rec *c = puppet();
	struct realm *r = c->realm;
	uint64_t *page = ns_page(), half = realm_top(r), va;

	realm_mmu_on(c);
	realm_share(r, half | PUPPET_HOLE, page);
	va = realm_window(c, 0, half | PUPPET_HOLE | DESC_NORMAL);
	realm_store(c, va, 1);
	realm_store(c, PUPPET_SCRATCH, 2);
	ASSERT_OK(RMI_RTT_DESTROY, r->rd, half + (PUPPET_HOLE & ~(BLOCK - 1)),
		  3);
	EXPECT_EQ(order(c, OP_ACCESS, ACC_STR_X, va, 3), RMI_EXIT_SYNC);
	EXPECT_EQ(page[0], 1);
	c->run->enter.flags = RMI_ENTER_INJECT_SEA;
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	ASSERT_OK(RMI_DATA_DESTROY, r->rd, PUPPET_SCRATCH);
	EXPECT_EQ(order(c, OP_ACCESS, ACC_LDR_X, PUPPET_SCRATCH), RMI_EXIT_SYNC);
	EXPECT_EQ(c->run->exit.hpfar, HPFAR(PUPPET_SCRATCH));
}
