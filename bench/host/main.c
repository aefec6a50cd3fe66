/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench.h"
#include "count.h"

static uint64_t overhead;	/* of a measurement of nothing */

void measured(const char *row, uint64_t ticks)
{
	print("COUNT %s %lu\n", row, ticks - overhead);
}

uint64_t measure_call(const char *row, const uint64_t args[6])
{
	uint64_t x[6], ticks;

	memcpy(x, args, sizeof(x));
	ticks = count_smc(x);
	measured(row, ticks);
	ASSERT_EQ(x[0], RMI_SUCCESS);
	return x[1];
}

static void calibrate(void)
{
	unsigned int i;

	overhead = count_nothing();
	print("COUNT calibrate.nothing 0\n");
	for (i = 0; i < ROUNDS; i++)
		measured("calibrate.nothing", count_nothing());
	for (i = 0; i < ROUNDS; i++)
		measured("calibrate.2001", count_known(1000));
}

static void bench(void)
{
	calibrate();
	bench_calls();
	bench_runs();
}

void host_main(void)
{
	print("\nCounter %lu Hz\n", sysreg_read("cntfrq_el0"));
	granule_setup();
	granule_use(SOURCE_POOL);
	if (test_guard(bench))
		print("DONE\n");
}
