/* SPDX-License-Identifier: BSD-3-Clause */
/* A realm with a REC for each loop of ../realm. */
#include "bench.h"
#include "../realm/loops.h"

#define SPIN_US		20	/* until the timer gets the realm out of its loop */

extern const unsigned char loops_page[];

static struct realm *loops_realm(void)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	unsigned int i;

	realm_data(r, LOOPS_BASE, loops_page, 0);
	realm_data(r, LOOPS_SCRATCH, ns_page(), 0);
	for (i = 0; i < LOOPS; i++) {
		struct rec *c = rec_blank(r, true);

		c->params->gprs[0] = i;
		ASSERT_EQ(RMI_STATUS_OF(RMI_REC_CREATE, r->rd, c->pa,
					(uint64_t)c->params), RMI_SUCCESS);
		r->recs++;
	}
	ASSERT_EQ(RMI_STATUS_OF(RMI_REALM_ACTIVATE, r->rd), RMI_SUCCESS);
	return r;
}

static void enter(const char *row, struct rec *c, uint64_t reason)
{
	measure(row, RMI_REC_ENTER, c->pa, (uint64_t)c->run);
	ASSERT_EQ(c->run->exit.exit_reason, reason);
}

static void host_call(struct rec *c)
{
	unsigned int i;

	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	for (i = 0; i <= ROUNDS; i++)
		enter("rec_enter.host_call", c, RMI_EXIT_HOST_CALL);
}

static void mmio(struct rec *c)
{
	unsigned int i;

	ASSERT_EQ(rec_run(c), RMI_EXIT_SYNC);
	for (i = 0; i <= ROUNDS; i++) {
		ASSERT_EQ(c->run->exit.hpfar, HPFAR(LOOPS_MMIO));
		c->run->enter.flags = RMI_ENTER_EMUL_MMIO;
		enter("rec_enter.mmio_read", c, RMI_EXIT_SYNC);
	}
	c->run->enter.flags = 0;
}

static void irq(struct rec *c)
{
	unsigned int i;

	for (i = 0; i <= ROUNDS; i++) {
		timer_arm_us(SPIN_US);
		enter("rec_enter.irq", c, RMI_EXIT_IRQ);
		ASSERT_EQ(gic_take(), INTID_HOST_TIMER);
		timer_stop();
	}
}

static const char *const orders[] = {
	[ORDER_NOTHING] = "calibrate.nothing",
	[ORDER_KNOWN] = "calibrate.2001",
	[ORDER_VERSION] = "rsi_version",
	[ORDER_STATE] = "rsi_ipa_state_get",
	[ORDER_CONFIG] = "rsi_realm_config",
	[ORDER_ID] = "id_register",
	[ORDER_TOKEN_INIT] = "rsi_token_init",
	[ORDER_TOKEN_SIGN] = "rsi_token_continue",
};

static void in_realm(struct rec *c)
{
	unsigned int o, i;

	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	for (o = 0; o < ARRAY_SIZE(orders); o++) {
		for (i = 0; i <= ROUNDS; i++) {
			c->run->enter.gprs[0] = o;
			ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
			measured(orders[o], c->run->exit.gprs[0]);
		}
	}
}

void bench_runs(void)
{
	struct realm *r = loops_realm();

	host_call(&r->rec[LOOP_HOST_CALL]);
	mmio(&r->rec[LOOP_MMIO]);
	irq(&r->rec[LOOP_SPIN]);
	in_realm(&r->rec[LOOP_ORDERS]);
	ledger_clear();
}
