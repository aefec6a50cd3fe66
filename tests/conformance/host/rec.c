/* SPDX-License-Identifier: BSD-3-Clause */
/* Running RECs and giving orders to the payload. */
#include "host/realm.h"

/* No order takes as long, on a busy machine; the runner gives up after 180 s. */
#define LONGEST_RUN_US	150000000

uint64_t rec_enter(struct rec *c)
{
	uint64_t status;
	bool loops;

	memset(&c->run->exit, 0xa5, sizeof(c->run->exit));
	watchdog_arm(LONGEST_RUN_US);
	status = RMI_STATUS_OF(RMI_REC_ENTER, c->pa, (uint64_t)c->run);
	loops = watchdog_stop();
	ASSERT_EQ(loops, false);
	c->run->enter.flags = 0;
	return status;
}

uint64_t rec_run(struct rec *c)
{
	ASSERT_EQ(rec_enter(c), RMI_SUCCESS);
	return c->run->exit.exit_reason;
}

uint64_t order_args(struct rec *c, const uint64_t *args)
{
	memcpy(c->run->enter.gprs, args, 24 * sizeof(*args));
	return rec_run(c);
}

bool ordered(const struct rec *c)
{
	return c->run->exit.exit_reason == RMI_EXIT_HOST_CALL &&
	       c->run->exit.imm == PUPPET_IMM;
}

void expect_ordered(const struct rec *c)
{
	if (!ordered(c)) {
		EXPECT_EQ(c->run->exit.esr, 0);
		EXPECT_EQ(c->run->exit.hpfar, 0);
	}
	ASSERT_EQ(c->run->exit.exit_reason, RMI_EXIT_HOST_CALL);
	ASSERT_EQ(c->run->exit.imm, PUPPET_IMM);
	EXPECT_EQ(report(c, PUPPET_BAD), 0);
}

void obey_args(struct rec *c, const uint64_t *args)
{
	order_args(c, args);
	expect_ordered(c);
}

uint64_t report(const struct rec *c, unsigned int i)
{
	return c->run->exit.gprs[i];
}

uint64_t report_exceptions(const struct rec *c)
{
	return report(c, PUPPET_EXC);
}

uint64_t report_esr(const struct rec *c)
{
	return report(c, PUPPET_EXC + 1);
}

uint64_t report_far(const struct rec *c)
{
	return report(c, PUPPET_EXC + 2);
}

uint64_t report_elr(const struct rec *c)
{
	return report(c, PUPPET_EXC + 3);
}

uint64_t report_spsr(const struct rec *c)
{
	return report(c, PUPPET_PSTATE) & (PSTATE_DAIF | PSTATE_PAN | 0x1f);
}

uint64_t report_pstate(const struct rec *c)
{
	return report(c, PUPPET_PSTATE + 1);
}

uint64_t realm_load(struct rec *c, uint64_t address)
{
	obey(c, OP_ACCESS, ACC_LDR_X, address);
	return report(c, 1);
}

void realm_store(struct rec *c, uint64_t address, uint64_t value)
{
	obey(c, OP_ACCESS, ACC_STR_X, address, value);
}

uint64_t realm_mrs(struct rec *c, enum reg reg)
{
	obey(c, OP_MRS, reg);
	return report(c, 1);
}

void realm_msr(struct rec *c, enum reg reg, uint64_t value)
{
	obey(c, OP_MSR, reg, value);
}

void realm_mmu_on(struct rec *c)
{
	obey(c, OP_MMU, 1);
	EXPECT_EQ(report_exceptions(c), 0);
}

uint64_t realm_window(struct rec *c, unsigned int slot, uint64_t desc)
{
	uint64_t at = PUPPET_TABLE(PT_WIN_L3) + slot * 8UL;

	realm_store(c, at, 0);
	obey(c, OP_TLBI);
	realm_store(c, at, desc);
	obey(c, OP_TLBI);
	return PUPPET_WINDOW_PAGE(slot);
}

struct rmi_rec_exit exit_of(uint8_t reason)
{
	struct rmi_rec_exit e;

	memset(&e, 0, sizeof(e));
	e.exit_reason = reason;
	return e;
}

void expect_exit(const struct rec *c, const struct rmi_rec_exit *want)
{
	const uint64_t *got = (const void *)&c->run->exit;
	const uint64_t *w = (const void *)want;
	unsigned int i;

	for (i = 0; i < sizeof(*want) / 8; i++) {
		if (i == offsetof(struct rmi_rec_exit, gicv3_vmcr) / 8)
			continue;
		if (got[i] != w[i])
			test_fail_at("RmiRecExit + ", i * 8UL, got[i], w[i]);
	}
}

void realm_cpu_on(struct rec *c, unsigned int index)
{
	struct rec *target = &c->realm->rec[index];

	ASSERT_EQ(order(c, OP_SMC, PSCI_CPU_ON, index, PUPPET_BASE, index),
		  RMI_EXIT_PSCI);
	ASSERT_OK(RMI_PSCI_COMPLETE, c->pa, target->pa, PSCI_SUCCESS);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	EXPECT_EQ(report(c, 1), PSCI_SUCCESS);
	ASSERT_EQ(rec_run(target), RMI_EXIT_HOST_CALL);
	expect_ordered(target);
}

static void spin_work(void *arg)
{
	struct spin *s = arg;

	while (rec_run(s->rec) == RMI_EXIT_IRQ) {
		gic_take();
		s->irqs++;
	}
}

void spin_start(struct spin *s, struct rec *c, unsigned int cpu)
{
	uint64_t at = realm_top(c->realm) | (PUPPET_HOLE + SPIN_SLOT * PAGE), va;
	const uint64_t args[24] = { OP_WAIT_EQ, 0, 1 };

	*s = (struct spin){ c, ns_page(), cpu, 0 };
	/* a spin before this one may have left its page there */
	RMI(RMI_RTT_UNMAP_UNPROTECTED, c->realm->rd, at, 3);
	realm_share(c->realm, at, s->word);
	va = realm_window(c, SPIN_SLOT, at | DESC_NORMAL);
	memcpy(c->run->enter.gprs, args, sizeof(args));
	c->run->enter.gprs[1] = va;
	cpu_run(cpu, spin_work, s);
	while (!__atomic_load_n(&s->word[1], __ATOMIC_ACQUIRE))
		cpu_relax();
}

void spin_stop(struct spin *s)
{
	__atomic_store_n(&s->word[0], 1, __ATOMIC_RELEASE);
	cpu_wait(s->cpu);
	expect_ordered(s->rec);
}
