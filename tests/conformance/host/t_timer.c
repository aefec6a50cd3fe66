/* SPDX-License-Identifier: BSD-3-Clause */
/* The two timers of a realm, as rmm-abi.md 9.2 has them. */
#include "host/refuse.h"

#define ENABLE	1UL
#define IMASK	2UL
#define ISTATUS	4UL

static const struct timer {
	enum reg ctl, cval;
	unsigned int intid;
	size_t exit_ctl, exit_cval;
	const char *name;
} timers[] = {
	{ REG_CNTV_CTL_EL0, REG_CNTV_CVAL_EL0, INTID_VTIMER,
	  offsetof(struct rmi_rec_exit, cntv_ctl),
	  offsetof(struct rmi_rec_exit, cntv_cval), "virtual" },
	{ REG_CNTP_CTL_EL0, REG_CNTP_CVAL_EL0, INTID_PTIMER,
	  offsetof(struct rmi_rec_exit, cntp_ctl),
	  offsetof(struct rmi_rec_exit, cntp_cval), "physical" },
};

static uint64_t *word(struct rmi_rec_exit *e, size_t offset)
{
	return (uint64_t *)(void *)((char *)e + offset);
}

static void expect_timer(struct rec *c, const struct timer *t, uint64_t ctl,
			 uint64_t cval)
{
	EXPECT_EQ(*word(&c->run->exit, t->exit_ctl), ctl);
	EXPECT_EQ(*word(&c->run->exit, t->exit_cval), cval);
}

static void for_both(void (*body)(const struct timer *t))
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(timers); i++) {
		test_label(timers[i].name);
		body(&timers[i]);
		test_label(NULL);
	}
}

/* Whatever the exit, it carries the timers. */
static void exported(const struct timer *t)
{
	struct rec *c = puppet();
	uint64_t later = timer_now() + timer_us(3600UL * 1000000);

	expect_timer(c, t, 0, 0);
	realm_msr(c, t->cval, later);
	expect_timer(c, t, 0, later);
	realm_msr(c, t->ctl, ENABLE | IMASK);
	expect_timer(c, t, ENABLE | IMASK, later);
	realm_msr(c, t->cval, 0x1000);
	expect_timer(c, t, ENABLE | IMASK | ISTATUS, 0x1000);
	c->run->enter.flags = RMI_ENTER_TRAP_WFI;
	EXPECT_EQ(order(c, OP_WFX, WFX_WFI), RMI_EXIT_SYNC);
	expect_timer(c, t, ENABLE | IMASK | ISTATUS, 0x1000);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	EXPECT_EQ(order(c, OP_SMC, PSCI_CPU_SUSPEND), RMI_EXIT_PSCI);
	expect_timer(c, t, ENABLE | IMASK | ISTATUS, 0x1000);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	EXPECT_EQ(realm_mrs(c, t->ctl), ENABLE | IMASK | ISTATUS);
	EXPECT_EQ(realm_mrs(c, t->cval), 0x1000);
}

/* @test TIMER.export */
TEST(timer, exported, ONCE)
{
	for_both(exported);
}

/*
 * The output rises: an exit that says so. Then the realm goes on undisturbed
 * though its timer is still asserted, until the output falls: another exit.
 */
static void rises_and_falls(const struct timer *t)
{
	struct rec *c = puppet();
	struct rmi_rec_exit want = exit_of(RMI_EXIT_IRQ);

	realm_msr(c, t->cval, 0x1000);
	EXPECT_EQ(order(c, OP_MSR, t->ctl, ENABLE), RMI_EXIT_IRQ);
	*word(&want, t->exit_ctl) = ENABLE | ISTATUS;
	*word(&want, t->exit_cval) = 0x1000;
	expect_exit(c, &want);
	EXPECT_EQ(gic_take(), INTID_NONE);	/* nothing for the host to see */
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	obey(c, OP_GPRS, GPRS_SPIN, 1000000);
	expect_timer(c, t, ENABLE | ISTATUS, 0x1000);
	EXPECT_EQ(realm_mrs(c, t->ctl), ENABLE | ISTATUS);
	/* masked by the realm: the output falls, and the monitor has seen it */
	EXPECT_EQ(order(c, OP_MSR, t->ctl, ENABLE | IMASK, 1), RMI_EXIT_IRQ);
	*word(&want, t->exit_ctl) = ENABLE | IMASK | ISTATUS;
	expect_exit(c, &want);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	/* and it can rise again */
	EXPECT_EQ(order(c, OP_MSR, t->ctl, ENABLE), RMI_EXIT_IRQ);
	expect_timer(c, t, ENABLE | ISTATUS, 0x1000);
}

/* @test TIMER.exit_rule */
TEST(timer, rises_and_falls, ONCE)
{
	for_both(rises_and_falls);
}

/* Runs out while the realm spins. */
static void fires_later(const struct timer *t)
{
	struct rec *c = puppet();

	realm_msr(c, t->ctl, ENABLE | IMASK);
	realm_msr(c, t->cval, timer_now() + timer_us(50000));
	/* on a busy machine it may be over before the loop begins */
	if (order(c, OP_MSR, t->ctl, ENABLE) != RMI_EXIT_IRQ)
		ASSERT_EQ(order(c, OP_GPRS, GPRS_SPIN, 200000000), RMI_EXIT_IRQ);
	EXPECT_EQ(*word(&c->run->exit, t->exit_ctl), ENABLE | ISTATUS);
	EXPECT(*word(&c->run->exit, t->exit_cval) <= timer_now());
}

TEST(timer, fires_later, ONCE)
{
	for_both(fires_later);
}

/* Runs out while the REC is not running: an exit at once, not lost. */
static void fires_outside(const struct timer *t)
{
	struct rec *c = puppet();
	uint64_t then;

	realm_msr(c, t->ctl, ENABLE | IMASK);
	then = timer_now() + timer_us(400000);
	realm_msr(c, t->cval, then);
	obey(c, OP_MSR, t->ctl, ENABLE);
	while (timer_now() <= then)
		;
	EXPECT_EQ(gic_take(), INTID_NONE);
	EXPECT_EQ(order(c, OP_NONE), RMI_EXIT_IRQ);
	EXPECT_EQ(*word(&c->run->exit, t->exit_ctl), ENABLE | ISTATUS);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
}

TEST(timer, fires_outside, ONCE)
{
	for_both(fires_outside);
}

/*
 * The monitor keeps the realm's asserted timer from interrupting again and
 * again. Whatever it does to that end in the redistributor, the host finds
 * there what it had put, be the interrupt on or off.
 */
static void redistributor_kept(const struct timer *t)
{
	struct rec *c = puppet();
	uint32_t enabled = gic_private_enabled();

	realm_msr(c, t->cval, 0x1000);
	EXPECT_EQ(order(c, OP_MSR, t->ctl, ENABLE), RMI_EXIT_IRQ);
	EXPECT_EQ(gic_private_enabled(), enabled);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	EXPECT_EQ(gic_private_enabled(), enabled);
	gic_private_enable(t->intid, false);
	obey(c, OP_GPRS, GPRS_SPIN, 1000);
	EXPECT_EQ(gic_private_enabled(), enabled & ~(1U << t->intid));
	gic_private_enable(t->intid, true);
	/* masked by the realm meanwhile, and not forgotten */
	order(c, OP_MSR, t->ctl, IMASK | ENABLE);
	EXPECT_EQ(gic_private_enabled(), enabled);
}

TEST(timer, redistributor_kept, ONCE)
{
	for_both(redistributor_kept);
}

/* The whole way: out, injected by the host, taken, stopped by the realm. */
static void delivered(const struct timer *t)
{
	struct rec *c = puppet();
	unsigned int exits = 0;

	realm_msr(c, t->cval, 0x1000);
	EXPECT_EQ(order(c, OP_MSR, t->ctl, ENABLE), RMI_EXIT_IRQ);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	c->run->enter.gicv3_lrs[0] = 1UL << 62 | 1UL << 60 | t->intid;
	order(c, OP_IRQ, 1, IRQ_EOI | IRQ_STOP_TIMERS, 1000000);
	while (!ordered(c) && exits++ < 10) {
		ASSERT_EQ(c->run->exit.exit_reason, RMI_EXIT_IRQ);
		c->run->enter.gicv3_lrs[0] = c->run->exit.gicv3_lrs[0];
		rec_run(c);
	}
	expect_ordered(c);
	EXPECT_EQ(report(c, 1), 1);
	EXPECT_EQ(report(c, 2), t->intid);
	EXPECT_EQ(*word(&c->run->exit, t->exit_ctl), ENABLE | IMASK | ISTATUS);
}

TEST(timer, delivered, ONCE)
{
	for_both(delivered);
}

/* Both at once, each told apart. */
TEST(timer, both_asserted, ONCE)
{
	struct rec *c = puppet();

	EXPECT_EQ(order(c, OP_MSR, REG_CNTV_CTL_EL0, ENABLE), RMI_EXIT_IRQ);
	EXPECT_EQ(c->run->exit.cntp_ctl, 0);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	EXPECT_EQ(order(c, OP_MSR, REG_CNTP_CTL_EL0, ENABLE), RMI_EXIT_IRQ);
	EXPECT_EQ(c->run->exit.cntv_ctl, ENABLE | ISTATUS);
	EXPECT_EQ(c->run->exit.cntp_ctl, ENABLE | ISTATUS);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	obey(c, OP_NONE);
}

/* The host's own EL1 timers and its offset are as it left them. */
TEST(timer, host_timers_kept, ONCE)
{
	struct rec *c = puppet();

	sysreg_write("cntv_cval_el0", 0x123456789);
	sysreg_write("cntv_ctl_el0", ENABLE | IMASK);
	sysreg_write("cntp_cval_el0", 0x987654321);
	sysreg_write("cntp_ctl_el0", ENABLE | IMASK);
	sysreg_write("cntvoff_el2", 0x1000000000);
	sysreg_write("cntkctl_el1", 0x3);
	realm_msr(c, REG_CNTV_CVAL_EL0, 0x5ec2e7);
	realm_msr(c, REG_CNTP_CVAL_EL0, 0x5ec2e7);
	EXPECT_EQ(sysreg_read("cntv_cval_el0"), 0x123456789);
	EXPECT_EQ(sysreg_read("cntp_cval_el0"), 0x987654321);
	EXPECT_EQ(sysreg_read("cntp_ctl_el0") & 3, ENABLE | IMASK);
	EXPECT_EQ(sysreg_read("cntv_ctl_el0") & 3, ENABLE | IMASK);
	EXPECT_EQ(sysreg_read("cntvoff_el2"), 0x1000000000);
	EXPECT_EQ(sysreg_read("cntkctl_el1"), 0x3);
	/* and the realm's are its own */
	EXPECT_EQ(realm_mrs(c, REG_CNTV_CVAL_EL0), 0x5ec2e7);
	EXPECT_EQ(realm_mrs(c, REG_CNTV_CTL_EL0), 0);
	sysreg_write("cntvoff_el2", 0);
	sysreg_write("cntv_ctl_el0", 0);
	sysreg_write("cntp_ctl_el0", 0);
}

/* One count for all: neither offset nor standstill. */
TEST(timer, counters, ONCE)
{
	struct rec *c = puppet();
	uint64_t before, physical, virtual, after;

	sysreg_write("cntvoff_el2", 0x1000000000);
	before = timer_now();
	physical = realm_mrs(c, REG_CNTPCT_EL0);
	virtual = realm_mrs(c, REG_CNTVCT_EL0);
	after = timer_now();
	sysreg_write("cntvoff_el2", 0);
	EXPECT(before < physical && physical < virtual && virtual < after);
	EXPECT_EQ(report_exceptions(c), 0);
}
