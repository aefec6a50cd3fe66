/* SPDX-License-Identifier: BSD-3-Clause */
/* Self-hosted debug of a realm: its break- and watchpoints, and not the host's. */
#include "host/realm.h"

#define MDSCR_KDE	(1UL << 13)
#define MDSCR_MDE	(1UL << 15)
#define OSLSR_OSLK	(1UL << 1)
/* Enabled, at EL1, for a whole word; the same for loads and stores of 8 bytes */
#define BCR_EL1		(1UL | 1UL << 1 | 0xfUL << 5)
#define WCR_EL1		(1UL | 1UL << 1 | 3UL << 3 | 0xffUL << 5)
/* In any state and at any level that a breakpoint can ask for */
#define CR_ANYWHERE	(1UL | 3UL << 1 | 1UL << 13)

#define EC_BREAKPOINT_SAME	0x31
#define EC_WATCHPOINT_SAME	0x35

/* msr daifclr, #8; ldr x0, [x0]; msr daifset, #8; ret */
static const uint64_t probe_code[] = {
	0xf9400000d50348ff, 0xd65f03c0d50348df,
};
#define PROBE		PUPPET_SCRATCH
#define PROBE_LOAD	(PROBE + 4)

static struct rec *debugged(void)
{
	struct rec *c = puppet();

	realm_store(c, PROBE, probe_code[0]);
	realm_store(c, PROBE + 8, probe_code[1]);
	return c;
}

/* Exceptions that running the probe makes: none, or one of this class at its load. */
static void probe(struct rec *c, uint64_t exceptions, uint64_t ec)
{
	obey(c, OP_EXEC, PROBE);
	EXPECT_EQ(report_exceptions(c), exceptions);
	if (exceptions) {
		EXPECT_EQ(ESR_EC(report_esr(c)), ec);
		EXPECT_EQ(report_elr(c), PROBE_LOAD);
	}
}

TEST(debug, breakpoint, ONCE)
{
	struct rec *c = debugged();

	realm_msr(c, REG_DBGBVR0_EL1, PROBE_LOAD);
	realm_msr(c, REG_DBGBCR0_EL1, BCR_EL1);
	probe(c, 0, 0);
	realm_msr(c, REG_MDSCR_EL1, MDSCR_MDE | MDSCR_KDE);
	probe(c, 1, EC_BREAKPOINT_SAME);
	/* changed while it is armed */
	realm_msr(c, REG_DBGBVR0_EL1, PROBE + 0x100);
	probe(c, 0, 0);
	realm_msr(c, REG_DBGBVR0_EL1, PROBE_LOAD);
	probe(c, 1, EC_BREAKPOINT_SAME);
	realm_msr(c, REG_MDSCR_EL1, 0);
	probe(c, 0, 0);
}

TEST(debug, watchpoint, ONCE)
{
	struct rec *c = debugged();

	/* OP_EXEC has the address in x0 */
	realm_msr(c, REG_DBGWVR0_EL1, PROBE);
	realm_msr(c, REG_DBGWCR0_EL1, WCR_EL1);
	probe(c, 0, 0);
	realm_msr(c, REG_MDSCR_EL1, MDSCR_MDE | MDSCR_KDE);
	probe(c, 1, EC_WATCHPOINT_SAME);
	realm_msr(c, REG_DBGWCR0_EL1, 0);
	probe(c, 0, 0);
}

/* As many as the realm was given, here two of each; the rest is undefined. */
TEST(debug, number_of_points, ONCE)
{
	struct rec *c = puppet();
	uint64_t dfr0 = realm_mrs(c, REG_ID_AA64DFR0_EL1);

	EXPECT_EQ(dfr0 >> 12 & 0xf, 1);
	EXPECT_EQ(dfr0 >> 20 & 0xf, 1);
	realm_msr(c, REG_DBGBVR1_EL1, 0x1000);
	realm_msr(c, REG_DBGWVR1_EL1, 0x2000);
	EXPECT_EQ(realm_mrs(c, REG_DBGBVR1_EL1), 0x1000);
	EXPECT_EQ(realm_mrs(c, REG_DBGWVR1_EL1), 0x2000);
	realm_mrs(c, REG_DBGBVR2_EL1);
	EXPECT_EQ(report_exceptions(c), 1);
	EXPECT_EQ(ESR_EC(report_esr(c)), EC_UNKNOWN);
	realm_msr(c, REG_DBGWVR2_EL1, 0);
	EXPECT_EQ(report_exceptions(c), 1);
	EXPECT_EQ(ESR_EC(report_esr(c)), EC_UNKNOWN);
}

/* Two realms with the same point armed at other places, by turns. */
TEST(debug, points_are_apart, ONCE)
{
	struct rec *a = debugged(), *b = debugged();
	unsigned int i;

	realm_msr(a, REG_DBGBVR0_EL1, PROBE_LOAD);
	realm_msr(b, REG_DBGBVR0_EL1, PROBE + 0x100);
	realm_msr(a, REG_DBGBCR0_EL1, BCR_EL1);
	realm_msr(b, REG_DBGBCR0_EL1, BCR_EL1);
	realm_msr(a, REG_MDSCR_EL1, MDSCR_MDE | MDSCR_KDE);
	realm_msr(b, REG_MDSCR_EL1, MDSCR_MDE | MDSCR_KDE);
	for (i = 0; i < 3; i++) {
		probe(a, 1, EC_BREAKPOINT_SAME);
		probe(b, 0, 0);
	}
	EXPECT_EQ(realm_mrs(a, REG_DBGBVR0_EL1), PROBE_LOAD);
	EXPECT_EQ(realm_mrs(b, REG_DBGBVR0_EL1), PROBE + 0x100);
}

/* Armed by the host at a realm's address, in every state: the realm runs on. */
TEST(debug, host_points_do_not_hit, ONCE)
{
	struct rec *c = debugged();

	sysreg_write("dbgbvr0_el1", PROBE_LOAD);
	sysreg_write("dbgwvr0_el1", PROBE);
	sysreg_write("dbgbcr0_el1", BCR_EL1 | CR_ANYWHERE);
	sysreg_write("dbgwcr0_el1", WCR_EL1 | CR_ANYWHERE);
	sysreg_write("mdscr_el1", MDSCR_MDE | MDSCR_KDE);
	probe(c, 0, 0);
	/* nor when the realm arms another of its own */
	realm_msr(c, REG_DBGBVR1_EL1, PROBE + 0x100);
	realm_msr(c, REG_MDSCR_EL1, MDSCR_MDE | MDSCR_KDE);
	probe(c, 0, 0);
	EXPECT_EQ(sysreg_read("dbgbvr0_el1"), PROBE_LOAD);
	EXPECT_EQ(sysreg_read("mdscr_el1"), MDSCR_MDE | MDSCR_KDE);
	sysreg_write("mdscr_el1", 0);
	sysreg_write("dbgbcr0_el1", 0);
	sysreg_write("dbgwcr0_el1", 0);
}

/* The host's OS lock keeps breakpoints from the host, not from a realm. */
TEST(debug, host_locks_itself, ONCE)
{
	struct rec *c = debugged();

	realm_msr(c, REG_DBGBVR0_EL1, PROBE_LOAD);
	realm_msr(c, REG_DBGBCR0_EL1, BCR_EL1);
	realm_msr(c, REG_MDSCR_EL1, MDSCR_MDE | MDSCR_KDE);
	sysreg_write("oslar_el1", 1);
	probe(c, 1, EC_BREAKPOINT_SAME);
	EXPECT(sysreg_read("oslsr_el1") & OSLSR_OSLK);
	sysreg_write("oslar_el1", 0);
	probe(c, 1, EC_BREAKPOINT_SAME);
	EXPECT_EQ(sysreg_read("oslsr_el1") & OSLSR_OSLK, 0);
}
