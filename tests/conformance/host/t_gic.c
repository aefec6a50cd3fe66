/* SPDX-License-Identifier: BSD-3-Clause */
/* The virtual GIC interface: list registers, maintenance, what traps. */
#include "host/refuse.h"

#define LR_PENDING	(1UL << 62)
#define LR_ACTIVE	(1UL << 63)
#define LR_HW		(1UL << 61)
#define LR_GROUP1	(1UL << 60)
#define LR_PRIORITY(p)	((uint64_t)(p) << 48)
#define LR_EOI		(1UL << 41)
#define LR(intid)	(LR_PENDING | LR_GROUP1 | LR_PRIORITY(0x80) | (intid))
#define LR_STATE(lr)	((lr) >> 62)

#define HCR_UIE		(1UL << 1)
#define HCR_LRENPIE	(1UL << 2)
#define HCR_NPIE	(1UL << 3)
#define HCR_TDIR	(1UL << 14)
#define HCR_VALID	0x40feUL
#define HCR_EOICOUNT(h)	((h) >> 27 & 0x1f)
#define MISR_EOI	(1UL << 0)
#define MISR_U		(1UL << 1)
#define MISR_LRENP	(1UL << 2)
#define MISR_NP		(1UL << 3)

#define SPINS	100000

static unsigned int lr_count(void)
{
	return feature(RMI_F0_GIC_NUM_LRS_SHIFT, 4) + 1;
}

/* Gives the realm these list registers at the next entry. */
static void lrs(struct rec *c, uint64_t lr0, uint64_t lr1)
{
	memset(c->run->enter.gicv3_lrs, 0, sizeof(c->run->enter.gicv3_lrs));
	c->run->enter.gicv3_lrs[0] = lr0;
	c->run->enter.gicv3_lrs[1] = lr1;
}

/* As a host does it: what the exit left is what the next entry gets. */
static void lrs_keep(struct rec *c)
{
	memcpy(c->run->enter.gicv3_lrs, c->run->exit.gicv3_lrs,
	       sizeof(c->run->enter.gicv3_lrs));
}

/*
 * @test REC_ENTRY.gic
 * @test GIC.exit
 */
TEST(gic, inject_and_end, ONCE)
{
	struct rec *c = puppet();
	struct rmi_rec_exit want;

	lrs(c, LR(40), 0);
	obey(c, OP_IRQ, 1, IRQ_EOI, SPINS);
	EXPECT_EQ(report(c, 1), 1);
	EXPECT_EQ(report(c, 2), 40);
	EXPECT_EQ(c->run->exit.gicv3_lrs[0], LR(40) & ~LR_PENDING);
	/* a pending one that the realm does not take stays as it was */
	lrs(c, LR(41), 0);
	obey(c, OP_NONE);
	EXPECT_EQ(c->run->exit.gicv3_lrs[0], LR(41));
	lrs(c, 0, 0);
	c->run->enter.flags = RMI_ENTER_TRAP_WFI;
	EXPECT_EQ(order(c, OP_WFX, WFX_WFI), RMI_EXIT_SYNC);
	want = exit_of(RMI_EXIT_SYNC);
	want.esr = (uint64_t)EC_WFX << 26;
	expect_exit(c, &want);
}

/* Taken but not ended: active, until the realm ends it. */
TEST(gic, active_until_ended, ONCE)
{
	struct rec *c = puppet();

	lrs(c, LR(42), 0);
	obey(c, OP_IRQ, 1, 0, SPINS);
	EXPECT_EQ(report(c, 2), 42);
	EXPECT_EQ(LR_STATE(c->run->exit.gicv3_lrs[0]), 2);
	lrs_keep(c);
	EXPECT_EQ(realm_mrs(c, REG_ICC_RPR_EL1), 0x80);
	lrs_keep(c);
	realm_msr(c, REG_ICC_EOIR1_EL1, 42);
	EXPECT_EQ(LR_STATE(c->run->exit.gicv3_lrs[0]), 0);
	lrs_keep(c);
	EXPECT_EQ(realm_mrs(c, REG_ICC_RPR_EL1), 0xff);
}

/*
 * Every list register there is, served by priority; more are not looked at.
 * @test GIC.lr_unused
 */
TEST(gic, all_list_registers, ONCE)
{
	struct rec *c = puppet();
	unsigned int i, n = lr_count();

	for (i = 0; i < n; i++)
		c->run->enter.gicv3_lrs[i] = LR_PENDING | LR_GROUP1 |
			LR_PRIORITY(0xa0 - 8 * i) | (50 + i);
	for (; i < RMI_NUM_LRS; i++)
		c->run->enter.gicv3_lrs[i] = LR_HW | LR(50);
	obey(c, OP_IRQ, n, IRQ_EOI, SPINS);
	EXPECT_EQ(report(c, 1), n);
	for (i = 0; i < n; i++) {
		EXPECT_EQ(report(c, 2 + i), 50 + n - 1 - i);
		EXPECT_EQ(LR_STATE(c->run->exit.gicv3_lrs[i]), 0);
	}
	for (; i < RMI_NUM_LRS; i++)
		EXPECT_EQ(c->run->exit.gicv3_lrs[i], 0);
}

/* SGI, PPI, SPI, LPI */
TEST(gic, kinds_of_interrupts, ONCE)
{
	static const uint32_t ids[] = { 0, 15, 16, 27, 31, 32, 1019, 8192 };
	struct rec *c = puppet();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		lrs(c, LR(ids[i]), 0);
		obey(c, OP_IRQ, 1, IRQ_EOI, SPINS);
		EXPECT_EQ(report(c, 1), 1);
		EXPECT_EQ(report(c, 2), ids[i]);
		/* the payload ends only those below 1020 */
		if (ids[i] > 1019)
			realm_msr(c, REG_ICC_EOIR1_EL1, ids[i]);
	}
}

/*
 * Bits of gicv3_hcr: the eight that are the host's, and all others.
 * @test REC_ENTER.rec_gicv3
 * @test GIC.hcr_entry
 */
TEST(gic, invalid_hcr_bits, ONCE)
{
	struct rec *c = puppet();
	unsigned int bit;

	for (bit = 0; bit < 64; bit++) {
		if (HCR_VALID >> bit & 1)
			continue;
		c->run->enter.gicv3_hcr = 1UL << bit;
		EXPECT_EQ(rec_enter(c), E_REC);
	}
	/* a bad pointer is told first */
	refused("hcr: rec", (struct call){ RMI_REC_ENTER,
		{ 0, (uint64_t)c->run } }, 1, c->realm->rd, E_INPUT);
	c->run->enter.gicv3_hcr = 0;
	obey(c, OP_NONE);
	for (bit = 1; bit < 15; bit++)
		if (HCR_VALID >> bit & 1) {
			c->run->enter.gicv3_hcr = 1UL << bit;
			ASSERT_EQ(rec_enter(c), RMI_SUCCESS);
			EXPECT_EQ(c->run->exit.gicv3_hcr, 1UL << bit);
		}
}

/* @test GIC.{lr_hw,lr_priority,lr_pintid,lr_vintid,lr_duplicate,lr_unused} */
TEST(gic, invalid_list_registers, ONCE)
{
	static const struct {
		uint64_t lr0, lr1;
		const char *label;
	} bad[] = {
		{ LR_HW | LR(40), 0, "HW pending" },
		{ (LR_HW | LR(40) | LR_ACTIVE) & ~LR_PENDING, 0, "HW active" },
		{ LR_HW | LR(40) | LR_ACTIVE, 0, "HW pending and active" },
		{ LR(40) | LR_PRIORITY(1), 0, "priority bit 0" },
		{ LR(40) | LR_PRIORITY(4), 0, "priority bit 2" },
		{ LR(40) | 1UL << 32, 0, "pINTID" },
		{ LR(40) | 1UL << 44, 0, "pINTID" },
		{ LR(1020), 0, "special interrupt" },
		{ LR(1023), 0, "special interrupt" },
		{ LR(1024), 0, "reserved interrupt" },
		{ LR(8191), 0, "reserved interrupt" },
		{ LR(0x01000000), 0, "beyond all LPIs" },
		{ LR(0xffffffff), 0, "beyond all LPIs" },
		{ LR(40), LR(40), "twice" },
		{ LR(40), (LR(40) | LR_ACTIVE) & ~LR_PENDING, "twice" },
	};
	struct rec *c = puppet();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		test_label(bad[i].label);
		lrs(c, bad[i].lr0, bad[i].lr1);
		EXPECT_EQ(rec_enter(c), E_REC);
		/* the last one counts as the first */
		lrs(c, bad[i].lr1, 0);
		c->run->enter.gicv3_lrs[lr_count() - 1] = bad[i].lr0;
		EXPECT_EQ(rec_enter(c), E_REC);
	}
	test_label(NULL);
	/* an invalid one that is not in use is of no account */
	lrs(c, LR_HW | 1023 | 1UL << 32, 40);
	obey(c, OP_NONE);
}

/*
 * Maintenance conditions, as the exit tells them.
 * @test GIC.{hcr_exit,exit}
 */
TEST(gic, maintenance, ONCE)
{
	struct rec *c = puppet();

	/* nothing pending any more */
	c->run->enter.gicv3_hcr = HCR_NPIE;
	lrs(c, LR(40), 0);
	obey(c, OP_NONE);
	EXPECT_EQ(c->run->exit.gicv3_misr & MISR_NP, 0);
	obey(c, OP_IRQ, 1, IRQ_EOI, SPINS);
	EXPECT_EQ(c->run->exit.gicv3_misr & MISR_NP, MISR_NP);
	EXPECT_EQ(c->run->exit.gicv3_hcr, HCR_NPIE);
	/* one or none left in use */
	c->run->enter.gicv3_hcr = HCR_UIE;
	lrs(c, LR(40), LR(41));
	obey(c, OP_NONE);
	EXPECT_EQ(c->run->exit.gicv3_misr & MISR_U, 0);
	obey(c, OP_IRQ, 2, IRQ_EOI, SPINS);
	EXPECT_EQ(c->run->exit.gicv3_misr & MISR_U, MISR_U);
	/* the end of one that is asked for */
	c->run->enter.gicv3_hcr = 0;
	lrs(c, LR(40) | LR_EOI, 0);
	obey(c, OP_IRQ, 1, IRQ_EOI, SPINS);
	EXPECT_EQ(c->run->exit.gicv3_misr & MISR_EOI, MISR_EOI);
	EXPECT_EQ(LR_STATE(c->run->exit.gicv3_lrs[0]), 0);
}

/*
 * The end of an interrupt that is in no list register is counted.
 * @test GIC.hcr_exit
 */
TEST(gic, end_without_list_register, ONCE)
{
	struct rec *c = puppet();

	lrs(c, LR(40), 0);
	obey(c, OP_IRQ, 1, 0, SPINS);		/* active now */
	lrs(c, 0, 0);				/* and taken away by the host */
	c->run->enter.gicv3_hcr = HCR_LRENPIE;
	realm_msr(c, REG_ICC_EOIR1_EL1, 40);
	EXPECT_EQ(HCR_EOICOUNT(c->run->exit.gicv3_hcr), 1);
	EXPECT_EQ(c->run->exit.gicv3_hcr & 0xffff, HCR_LRENPIE);
	EXPECT_EQ(c->run->exit.gicv3_misr & MISR_LRENP, MISR_LRENP);
	/* counted anew each time */
	obey(c, OP_NONE);
	EXPECT_EQ(HCR_EOICOUNT(c->run->exit.gicv3_hcr), 0);
}

/*
 * The exit shows the realm's interface as it left it.
 * @test GIC.exit
 */
TEST(gic, vmcr, ONCE)
{
	struct rec *c = puppet();
	uint64_t vmcr;

	realm_msr(c, REG_ICC_PMR_EL1, 0xa0);
	realm_msr(c, REG_ICC_IGRPEN1_EL1, 1);
	realm_msr(c, REG_ICC_CTLR_EL1, 2);	/* EOImode */
	vmcr = c->run->exit.gicv3_vmcr;
	EXPECT_EQ(vmcr >> 24 & 0xff, 0xa0);
	EXPECT_EQ(vmcr >> 9 & 1, 1);
	EXPECT_EQ(vmcr >> 1 & 1, 1);
	realm_msr(c, REG_ICC_PMR_EL1, 0);
	realm_msr(c, REG_ICC_IGRPEN1_EL1, 0);
	vmcr = c->run->exit.gicv3_vmcr;
	EXPECT_EQ(vmcr >> 24 & 0xff, 0);
	EXPECT_EQ(vmcr >> 1 & 1, 0);
}

/* The realm's priority mask is its own: the host's interrupts still come. */
TEST(gic, priority_masks_are_apart, ONCE)
{
	struct rec *c = puppet();

	gic_set_priority_mask(0xf8);
	realm_msr(c, REG_ICC_PMR_EL1, 0);
	EXPECT_EQ(sysreg_read("s3_0_c4_c6_0"), 0xf8);
	EXPECT_EQ(realm_mrs(c, REG_ICC_PMR_EL1), 0);
	gic_send_sgi(0, 5);
	EXPECT_EQ(order(c, OP_NONE), RMI_EXIT_IRQ);
	EXPECT_EQ(gic_take(), 5);
	obey(c, OP_NONE);
	gic_set_priority_mask(0xff);
	/* an injected interrupt waits for the realm's mask */
	lrs(c, LR(40), 0);
	realm_msr(c, REG_ICC_IGRPEN1_EL1, 1);
	EXPECT_EQ(realm_mrs(c, REG_ICC_IAR1_EL1), INTID_NONE);
	realm_msr(c, REG_ICC_PMR_EL1, 0xff);
	EXPECT_EQ(realm_mrs(c, REG_ICC_IAR1_EL1), 40);
}

/* Active priorities are a REC's: one realm's do not hold back another's. */
TEST(gic, active_priorities_are_apart, ONCE)
{
	struct rec *a = puppet(), *b = puppet();

	lrs(a, LR(40), 0);
	obey(a, OP_IRQ, 1, 0, SPINS);
	EXPECT_EQ(report(a, 1), 1);
	EXPECT_EQ(realm_mrs(b, REG_ICC_RPR_EL1), 0xff);
	lrs(b, LR(41), 0);
	obey(b, OP_IRQ, 1, IRQ_EOI, SPINS);
	EXPECT_EQ(report(b, 1), 1);
	EXPECT_EQ(report(b, 2), 41);
	lrs_keep(a);
	EXPECT_EQ(realm_mrs(a, REG_ICC_RPR_EL1), 0x80);
}

/* ICC_SGI1R, SGI0R and, when asked for, DIR: the write is the host's to do. */
static void write_exits(struct rec *c, enum reg reg, uint64_t iss, uint64_t value)
{
	struct rmi_rec_exit want = exit_of(RMI_EXIT_SYNC);
	uint64_t hcr = c->run->enter.gicv3_hcr;

	EXPECT_EQ(order(c, OP_MSR, reg, value), RMI_EXIT_SYNC);
	/* Rt is the compiler's choice; IL is set for a 32-bit instruction */
	want.esr = (uint64_t)EC_SYSREG << 26 | 1UL << 25 | iss |
		   (c->run->exit.esr & 0x3e0);
	want.gprs[0] = value;
	want.gicv3_hcr = hcr;
	expect_exit(c, &want);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	EXPECT_EQ(report_exceptions(c), 0);
}

/* ISS of an MSR to op0=3, op1=0, CRn=12, CRm, op2 */
#define ISS(crm, op2)	(3UL << 20 | (uint64_t)(op2) << 17 | 12UL << 10 | (crm) << 1)

/*
 * @test REC_EXIT.icc_write
 * @test REC_PC.trapped
 */
TEST(gic, trapped_writes, ONCE)
{
	struct rec *c = puppet();

	write_exits(c, REG_ICC_SGI1R_EL1, ISS(11, 5), 0x0000000003000001);
	write_exits(c, REG_ICC_SGI0R_EL1, ISS(11, 7), 0x0000000004000002);
	c->run->enter.gicv3_hcr = HCR_TDIR;
	write_exits(c, REG_ICC_DIR_EL1, ISS(11, 1), 40);
	c->run->enter.gicv3_hcr = 0;
	/* none of them has reached the real interface */
	EXPECT_EQ(gic_take(), INTID_NONE);
}

/* With split EOI the list register goes inactive by DIR, without a trap. */
TEST(gic, deactivate, ONCE)
{
	struct rec *c = puppet();

	realm_msr(c, REG_ICC_CTLR_EL1, 2);
	lrs(c, LR(40), 0);
	obey(c, OP_IRQ, 1, IRQ_EOI, SPINS);
	EXPECT_EQ(LR_STATE(c->run->exit.gicv3_lrs[0]), 2);
	lrs_keep(c);
	realm_msr(c, REG_ICC_DIR_EL1, 40);
	EXPECT_EQ(LR_STATE(c->run->exit.gicv3_lrs[0]), 0);
}

/* The host gets the interface back switched off: nothing fires into it. */
TEST(gic, interface_is_off_after_exit, ONCE)
{
	struct rec *c = puppet();

	c->run->enter.gicv3_hcr = HCR_NPIE | HCR_UIE;
	lrs(c, LR(40), LR(41));
	obey(c, OP_IRQ, 2, IRQ_EOI, SPINS);
	EXPECT_EQ(sysreg_read("s3_4_c12_c11_0") & 1, 0);	/* ICH_HCR_EL2.En */
	EXPECT_EQ(gic_take(), INTID_NONE);
}
