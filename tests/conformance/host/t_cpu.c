/* SPDX-License-Identifier: BSD-3-Clause */
/* The host's CPUs under the monitor: they go off and come back. */
#include "host/refuse.h"

static void run_once(void *arg)
{
	rec_run(arg);
}

/* Gives a REC an order that is carried out on another CPU. */
static void order_on(unsigned int cpu, struct rec *c, const uint64_t *args)
{
	memcpy(c->run->enter.gprs, args, 24 * sizeof(*args));
	cpu_run(cpu, run_once, c);
	cpu_wait(cpu);
	expect_ordered(c);
}

/*
 * A CPU that ran a realm goes off and comes back: the monitor is there again,
 * runs the same realm, and the realm has lost nothing.
 */
TEST(cpu, off_and_on, ONCE)
{
	static const uint64_t set[24] = { OP_SIMD, SIMD_SET, 4 };
	static const uint64_t check[24] = { OP_SIMD, SIMD_CHECK, 4 };
	struct rec *c = puppet();
	unsigned int cpu;

	for (cpu = 1; cpu < MAX_CPUS; cpu++) {
		order_on(cpu, c, set);
		ASSERT(cpu_off(cpu));
		obey(c, OP_SIMD, SIMD_CHECK, 4);
		ASSERT(cpus_start());
		order_on(cpu, c, check);
	}
}

/* All but one are off: commands that must reach every CPU do not wait for them. */
TEST(cpu, others_are_off, ONCE)
{
	struct rec *c = puppet();
	unsigned int cpu;

	for (cpu = 1; cpu < MAX_CPUS; cpu++)
		ASSERT(cpu_off(cpu));
	realm_store(c, PUPPET_SCRATCH, 1);
	EXPECT_OK(RMI_DATA_DESTROY, c->realm->rd, PUPPET_SCRATCH);
	EXPECT_EQ(order(c, OP_ACCESS, ACC_LDR_X, PUPPET_SCRATCH), RMI_EXIT_SYNC);
	ASSERT(cpus_start());
}
