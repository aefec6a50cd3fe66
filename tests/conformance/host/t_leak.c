/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registers and run pages: nothing of a realm is left there for the host, and
 * nothing of the host or of another realm is there for a realm (threat T8).
 * Vector registers: t_simd.c.
 */
#include "host/refuse.h"
#include "host/stage1.h"

/*
 * Registers of the host that a realm's run may not change, by their names in
 * messages. Those of EL1 and EL0 take any pattern, since nothing runs there;
 * `mask` leaves out what would act on EL2 or on interrupts.
 */
#define ALL	(~0UL)
#define ADDRESS	0x0000fffffffff000UL
#define HOST_EL1_REGS(R)						\
	R("s3_0_c1_c0_0", "SCTLR_EL1", ALL)				\
	R("s3_0_c1_c0_2", "CPACR_EL1", ALL)				\
	R("ttbr0_el1", "TTBR0_EL1", ALL)				\
	R("ttbr1_el1", "TTBR1_EL1", ALL)				\
	R("tcr_el1", "TCR_EL1", ALL)					\
	R("mair_el1", "MAIR_EL1", ALL)					\
	R("amair_el1", "AMAIR_EL1", ALL)				\
	R("vbar_el1", "VBAR_EL1", ALL)					\
	R("contextidr_el1", "CONTEXTIDR_EL1", ALL)			\
	R("tpidr_el0", "TPIDR_EL0", ALL)				\
	R("tpidrro_el0", "TPIDRRO_EL0", ALL)				\
	R("tpidr_el1", "TPIDR_EL1", ALL)				\
	R("esr_el1", "ESR_EL1", ALL)					\
	R("far_el1", "FAR_EL1", ALL)					\
	R("elr_el1", "ELR_EL1", ALL)					\
	R("spsr_el1", "SPSR_EL1", ALL)					\
	R("sp_el0", "SP_EL0", ALL)					\
	R("sp_el1", "SP_EL1", ALL)					\
	R("afsr0_el1", "AFSR0_EL1", ALL)				\
	R("afsr1_el1", "AFSR1_EL1", ALL)				\
	R("par_el1", "PAR_EL1", ALL)					\
	R("csselr_el1", "CSSELR_EL1", 2)				\
	R("cntkctl_el1", "CNTKCTL_EL1", 0x3ff)				\
	R("mdscr_el1", "MDSCR_EL1", 1 << 12)				\
	R("s3_0_c2_c1_0", "APIAKeyLo_EL1", ALL)				\
	R("s3_0_c2_c1_1", "APIAKeyHi_EL1", ALL)				\
	R("s3_0_c2_c1_2", "APIBKeyLo_EL1", ALL)				\
	R("s3_0_c2_c1_3", "APIBKeyHi_EL1", ALL)				\
	R("s3_0_c2_c2_0", "APDAKeyLo_EL1", ALL)				\
	R("s3_0_c2_c2_1", "APDAKeyHi_EL1", ALL)				\
	R("s3_0_c2_c2_2", "APDBKeyLo_EL1", ALL)				\
	R("s3_0_c2_c2_3", "APDBKeyHi_EL1", ALL)				\
	R("s3_0_c2_c3_0", "APGAKeyLo_EL1", ALL)				\
	R("s3_0_c2_c3_1", "APGAKeyHi_EL1", ALL)				\
	R("s3_3_c13_c0_7", "SCXTNUM_EL0", ALL)				\
	R("s3_0_c13_c0_7", "SCXTNUM_EL1", ALL)				\
	R("cntp_cval_el0", "CNTP_CVAL_EL0", ALL)			\
	R("cntv_cval_el0", "CNTV_CVAL_EL0", ALL)			\
	R("cntp_ctl_el0", "CNTP_CTL_EL0", 2)				\
	R("cntv_ctl_el0", "CNTV_CTL_EL0", 2)				\
	R("dbgbvr0_el1", "DBGBVR0_EL1", ADDRESS)			\
	R("dbgbcr0_el1", "DBGBCR0_EL1", 0xf << 5)			\
	R("dbgwvr0_el1", "DBGWVR0_EL1", ADDRESS)			\
	R("dbgwcr0_el1", "DBGWCR0_EL1", 0xff << 5)			\
	R("dbgbvr1_el1", "DBGBVR1_EL1", ADDRESS)			\
	R("dbgwvr1_el1", "DBGWVR1_EL1", ADDRESS)			\
	R("s3_0_c1_c2_0", "ZCR_EL1", 0xf)

/* Of EL2: what controls its guests, and what its last exceptions left. */
#define HOST_EL2_REGS(R)						\
	R("vpidr_el2", "VPIDR_EL2", 0xffffffff)				\
	R("vmpidr_el2", "VMPIDR_EL2", 0xffffff)				\
	R("vttbr_el2", "VTTBR_EL2", ALL)				\
	R("vtcr_el2", "VTCR_EL2", 0xffff)				\
	R("hstr_el2", "HSTR_EL2", 0)					\
	R("cntvoff_el2", "CNTVOFF_EL2", ALL)				\
	R("elr_el2", "ELR_EL2", ALL)					\
	R("spsr_el2", "SPSR_EL2", 0xf00003c0)				\
	R("afsr0_el2", "AFSR0_EL2", ALL)				\
	R("afsr1_el2", "AFSR1_EL2", ALL)				\
	R("amair_el2", "AMAIR_EL2", ALL)				\
	R("cnthp_cval_el2", "CNTHP_CVAL_EL2", ALL)			\
	R("s3_4_c13_c0_1", "CONTEXTIDR_EL2", ALL)

/* Of the last exception to EL2 in either world: the host's, or cleared. */
#define HOST_FAULT_REGS(R)						\
	R("hpfar_el2", "HPFAR_EL2", ALL)				\
	R("far_el2", "FAR_EL2", ALL)					\
	R("esr_el2", "ESR_EL2", ALL)

/* Set up for good: only looked at. */
#define HOST_FIXED_REGS(R)						\
	R("hcr_el2", "HCR_EL2", 0)					\
	R("cptr_el2", "CPTR_EL2", 0)					\
	R("mdcr_el2", "MDCR_EL2", 0)					\
	R("cnthctl_el2", "CNTHCTL_EL2", 0)				\
	R("tpidr_el2", "TPIDR_EL2", 0)					\
	R("sctlr_el2", "SCTLR_EL2", 0)					\
	R("tcr_el2", "TCR_EL2", 0)					\
	R("ttbr0_el2", "TTBR0_EL2", 0)					\
	R("mair_el2", "MAIR_EL2", 0)					\
	R("vbar_el2", "VBAR_EL2", 0)					\
	R("s3_4_c1_c2_0", "ZCR_EL2", 0)					\
	R("s3_0_c4_c6_0", "ICC_PMR_EL1", 0)				\
	R("s3_0_c12_c12_3", "ICC_BPR1_EL1", 0)				\
	R("s3_0_c12_c12_4", "ICC_CTLR_EL1", 0)				\
	R("s3_0_c12_c12_7", "ICC_IGRPEN1_EL1", 0)			\
	R("s3_0_c12_c12_5", "ICC_SRE_EL1", 0)				\
	R("s3_4_c12_c9_5", "ICC_SRE_EL2", 0)				\
	R("daif", "DAIF", 0)						\
	R("pmcr_el0", "PMCR_EL0", 0)					\
	R("pmuserenr_el0", "PMUSERENR_EL0", 0)				\
	R("pmcntenset_el0", "PMCNTENSET_EL0", 0)

#define HOST_REGS(R) \
	HOST_EL1_REGS(R) HOST_EL2_REGS(R) HOST_FAULT_REGS(R) HOST_FIXED_REGS(R)

static const struct {
	const char *label;
	uint64_t mask;
	bool may_be_cleared;
} host_regs[] = {
#define ROW(text, label, mask) { label, mask, false },
#define FAULT_ROW(text, label, mask) { label, mask, true },
	HOST_EL1_REGS(ROW)
	HOST_EL2_REGS(ROW)
	HOST_FAULT_REGS(FAULT_ROW)
	HOST_FIXED_REGS(ROW)
#undef FAULT_ROW
#undef ROW
};
#define HOST_REG_COUNT	ARRAY_SIZE(host_regs)

static void host_read(uint64_t v[HOST_REG_COUNT])
{
	unsigned int i = 0;

#define READ(text, label, mask) v[i++] = sysreg_read(text);
	HOST_REGS(READ)
#undef READ
}

static void host_write(const uint64_t v[HOST_REG_COUNT])
{
	unsigned int i = 0;

#define WRITE(text, label, mask) sysreg_write(text, v[i++]);
	HOST_EL1_REGS(WRITE)
	HOST_EL2_REGS(WRITE)
	HOST_FAULT_REGS(WRITE)
#undef WRITE
}

/* Patterns where they do no harm; what the CPU has made of them comes back. */
static void host_fill(uint64_t v[HOST_REG_COUNT], uint64_t seed)
{
	unsigned int i;

	host_read(v);
	for (i = 0; i < HOST_REG_COUNT; i++)
		v[i] = (v[i] & ~host_regs[i].mask) |
		       (pattern(seed, i) & host_regs[i].mask);
	host_write(v);
	host_read(v);
}

static void expect_host_kept(const uint64_t want[HOST_REG_COUNT])
{
	uint64_t got[HOST_REG_COUNT];
	unsigned int i;

	host_read(got);
	for (i = 0; i < HOST_REG_COUNT; i++) {
		test_label(host_regs[i].label);
		if (got[i] || !host_regs[i].may_be_cleared)
			EXPECT_EQ(got[i], want[i]);
	}
	test_label(NULL);
}

/* Runs `use` with patterns in the host's registers; then all is as before. */
static void with_host_patterns(void (*use)(struct rec *c), struct rec *c)
{
	uint64_t before[HOST_REG_COUNT], filled[HOST_REG_COUNT];

	host_read(before);
	host_fill(filled, 0xA0);
	use(c);
	expect_host_kept(filled);
	host_write(before);
}

/* The patterns get there at all, or the tests below would show nothing. */
TEST(leak, host_registers_hold_patterns, ONCE)
{
	uint64_t before[HOST_REG_COUNT], filled[HOST_REG_COUNT];
	unsigned int i, changed = 0;

	host_read(before);
	host_fill(filled, 0xA0);
	for (i = 0; i < HOST_REG_COUNT; i++)
		changed += filled[i] != before[i];
	host_write(before);
	EXPECT(changed >= 50);
}

/*
 * What a realm may write and does not need to go on. Those that start with a
 * value of their own, and what the payload has set, are not in the list.
 */
static const struct {
	enum reg reg;
	uint64_t mask;		/* bits that any CPU keeps */
} realm_regs[] = {
	{ REG_TTBR0_EL1, ADDRESS }, { REG_TTBR1_EL1, ADDRESS },
	{ REG_TCR_EL1, 0 }, { REG_MAIR_EL1, ADDRESS }, { REG_AMAIR_EL1, 0 },
	{ REG_CONTEXTIDR_EL1, 0xffffffff & ADDRESS }, { REG_TPIDR_EL0, ADDRESS },
	{ REG_TPIDRRO_EL0, ADDRESS }, { REG_TPIDR_EL1, ADDRESS },
	{ REG_ESR_EL1, 0xffffffff & ADDRESS }, { REG_FAR_EL1, ADDRESS },
	{ REG_AFSR0_EL1, 0 }, { REG_AFSR1_EL1, 0 }, { REG_PAR_EL1, 0 },
	{ REG_SP_EL0, ADDRESS }, { REG_APIAKEYLO_EL1, ADDRESS },
	{ REG_APIBKEYLO_EL1, ADDRESS }, { REG_APDAKEYLO_EL1, ADDRESS },
	{ REG_APGAKEYLO_EL1, ADDRESS }, { REG_CNTP_CVAL_EL0, ADDRESS },
	{ REG_CNTV_CVAL_EL0, ADDRESS }, { REG_DBGBVR0_EL1, ADDRESS },
};

static uint64_t realm_value(uint64_t seed, unsigned int i)
{
	return pattern(seed, i) & ADDRESS;
}

static void fill_realm(struct rec *c, uint64_t seed)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(realm_regs); i++)
		realm_msr(c, realm_regs[i].reg, realm_value(seed, i));
	EXPECT_EQ(report_exceptions(c), 0);
}

static void change_everything(struct rec *c)
{
	fill_realm(c, 0xB0);
	realm_msr(c, REG_CNTKCTL_EL1, 0xaa);
	realm_msr(c, REG_CNTP_CTL_EL0, 3);
	realm_msr(c, REG_CNTV_CTL_EL0, 3);
	realm_msr(c, REG_DBGBCR0_EL1, 0x1e0);
	realm_msr(c, REG_MDSCR_EL1, 0);
	realm_msr(c, REG_ICC_PMR_EL1, 0x50);
	realm_msr(c, REG_ICC_BPR1_EL1, 5);
	realm_msr(c, REG_ICC_IGRPEN1_EL1, 1);
	realm_msr(c, REG_ICC_CTLR_EL1, 2);
	obey(c, OP_HVC);
	realm_mmu_on(c);
	realm_window(c, 0, PUPPET_HOLE | DESC_NORMAL);
}

TEST(leak, host_registers, BOTH)
{
	with_host_patterns(change_everything, puppet());
}

static void change_zcr(struct rec *c)
{
	realm_msr(c, REG_ZCR_EL1, 5);
	EXPECT_EQ(report_exceptions(c), 0);
}

TEST(leak, host_registers_with_sve, ONCE)
{
	if (!(features() & RMI_F0_SVE_EN))
		test_skip("no SVE on this machine");
	with_host_patterns(change_zcr, puppet_of((struct puppet_options){
		.g = GEOMETRY_DEFAULT, .recs = 1, .sve = true }));
}

/* Addresses that a realm used stay in EL2's fault registers, unless switched. */
static void fault_and_exit(struct rec *c)
{
	uint64_t mmio = realm_top(c->realm) | PUPPET_HOLE | 0xabc;

	EXPECT_EQ(order(c, OP_ACCESS, ACC_LDR_W, mmio & ~3UL), RMI_EXIT_SYNC);
	c->run->enter.flags = RMI_ENTER_INJECT_SEA;
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	obey(c, OP_EXEC, mmio & ~3UL);
	obey(c, OP_ACCESS, ACC_LDR_X, PUPPET_HOLE);
	c->run->enter.flags = RMI_ENTER_TRAP_WFI;
	EXPECT_EQ(order(c, OP_WFX, WFX_WFI), RMI_EXIT_SYNC);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	EXPECT_EQ(order(c, OP_SMC, PSCI_CPU_SUSPEND), RMI_EXIT_PSCI);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
}

TEST(leak, host_registers_after_faults, ONCE)
{
	with_host_patterns(fault_and_exit, puppet());
}

/* Nor do the commands, none of which has to do with them. */
static void make_and_break(struct rec *c)
{
	(void)c;
	zoo_new();
}

TEST(leak, host_registers_after_commands, BOTH)
{
	with_host_patterns(make_and_break, NULL);
}

/*
 * The virtual interface is the realm's while it runs, and empty afterwards:
 * with what is left there a host could see, or run, a realm's interrupt.
 */
#define LR_PENDING	(1UL << 62)
#define LR_GROUP1	(1UL << 60)

TEST(leak, list_registers, ONCE)
{
	struct rec *c = puppet();

	c->run->enter.gicv3_lrs[0] = LR_PENDING | LR_GROUP1 | 0x80UL << 48 | 40;
	c->run->enter.gicv3_lrs[1] = LR_PENDING | LR_GROUP1 | 0x90UL << 48 | 41;
	realm_msr(c, REG_ICC_PMR_EL1, 0x50);
	/* acknowledged and not ended: an active priority as well */
	c->run->enter.gicv3_lrs[0] = LR_PENDING | LR_GROUP1 | 0x80UL << 48 | 40;
	obey(c, OP_IRQ, 1, 0, 100000);
	EXPECT_EQ(report(c, 2), 40);
	EXPECT_EQ(sysreg_read("s3_4_c12_c12_0"), 0);	/* ICH_LR0..3 */
	EXPECT_EQ(sysreg_read("s3_4_c12_c12_1"), 0);
	EXPECT_EQ(sysreg_read("s3_4_c12_c12_2"), 0);
	EXPECT_EQ(sysreg_read("s3_4_c12_c12_3"), 0);
	EXPECT_EQ(sysreg_read("s3_4_c12_c9_0"), 0);	/* ICH_AP1R0 */
	EXPECT_EQ(sysreg_read("s3_4_c12_c8_0"), 0);	/* ICH_AP0R0 */
	EXPECT_EQ(sysreg_read("s3_4_c12_c11_0") & 1, 0); /* ICH_HCR.En */
	EXPECT_EQ(sysreg_read("s3_4_c12_c11_7") >> 24, 0); /* ICH_VMCR.VPMR */
}

/* Two realms and the host, each with its own, by turns. */
static void expect_realm_kept(struct rec *c, uint64_t seed)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(realm_regs); i++) {
		uint64_t mask = realm_regs[i].mask;

		EXPECT_EQ(realm_mrs(c, realm_regs[i].reg) & mask,
			  realm_value(seed, i) & mask);
	}
}

static void two_realms(struct rec *a)
{
	struct rec *b = puppet();

	fill_realm(a, 0xB1);
	fill_realm(b, 0xB2);
	expect_realm_kept(a, 0xB1);
	expect_realm_kept(b, 0xB2);
	expect_realm_kept(a, 0xB1);
}

TEST(leak, two_realms, ONCE)
{
	with_host_patterns(two_realms, puppet());
}

/*
 * Reset values at the first entry, whatever host and another realm have put
 * there before. General registers: rec.first_registers.  @test REC.reset
 */
static void first_values(struct rec *a)
{
	struct rec *b;
	unsigned int i;

	fill_realm(a, 0xB3);
	b = puppet();
	for (i = 0; i < ARRAY_SIZE(realm_regs); i++)
		EXPECT_EQ(realm_mrs(b, realm_regs[i].reg), 0);
	EXPECT_EQ(realm_mrs(b, REG_CNTKCTL_EL1), 0);
	EXPECT_EQ(realm_mrs(b, REG_CNTP_CTL_EL0) & 3, 0);
	EXPECT_EQ(realm_mrs(b, REG_CNTV_CTL_EL0) & 3, 0);
	EXPECT_EQ(realm_mrs(b, REG_DBGBCR0_EL1), 0);
	EXPECT_EQ(realm_mrs(b, REG_ICC_PMR_EL1), 0);
}

TEST(leak, first_values, BOTH)
{
	with_host_patterns(first_values, puppet());
}

/* And of a REC that another one starts by PSCI. */
static void first_values_of_second(struct rec *a)
{
	struct rec *b = a + 1;
	unsigned int i;

	fill_realm(a, 0xB4);
	realm_cpu_on(a, 1);
	for (i = 0; i < ARRAY_SIZE(realm_regs); i++)
		EXPECT_EQ(realm_mrs(b, realm_regs[i].reg), 0);
}

TEST(leak, first_values_by_cpu_on, ONCE)
{
	with_host_patterns(first_values_of_second, puppet_in(GEOMETRY_DEFAULT, 2));
}

/*
 * The run page: its enter half is the host's and stays as it is, its exit half
 * is what the exit says, and no byte more.  @test REC_EXIT.always
 */
static void fill_enter(struct rec *c)
{
	uint64_t *w = (uint64_t *)(void *)&c->run->enter;
	unsigned int i;

	for (i = 0; i < sizeof(c->run->enter) / 8; i++)
		w[i] = pattern(0xE0, i);
	c->run->enter.flags = 0;
	c->run->enter.gicv3_hcr = 0;
	memset(c->run->enter.gicv3_lrs, 0, sizeof(c->run->enter.gicv3_lrs));
}

TEST(leak, run_page, BOTH)
{
	struct rec *c = puppet();
	struct rmi_rec_exit want = exit_of(RMI_EXIT_IRQ);
	static struct rmi_rec_enter kept;
	uint64_t reason;

	timer_arm_us(3000);
	reason = order(c, OP_GPRS, GPRS_SPIN, 200000000);
	ASSERT_EQ(reason, RMI_EXIT_IRQ);
	fill_enter(c);
	memcpy(&kept, &c->run->enter, sizeof(kept));
	/* every register of the realm holds a pattern, and none is there */
	gic_take();
	timer_arm_us(3000);
	ASSERT_EQ(rec_enter(c), RMI_SUCCESS);
	timer_stop();
	gic_take();
	expect_exit(c, &want);
	EXPECT_EQ(memcmp(&kept, &c->run->enter, sizeof(kept)), 0);
}
