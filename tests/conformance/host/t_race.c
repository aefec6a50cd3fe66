/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Several CPUs at the same object at once. Every answer must be one that some
 * order of the calls explains, and afterwards everything can be taken apart.
 */
#include "host/refuse.h"

struct granule_racer {
	uint64_t pa, seed;
	int64_t balance;	/* delegations that succeeded less undelegations */
};

static void give_and_take(void *arg)
{
	struct granule_racer *r = arg;
	unsigned int i;

	for (i = 0; i < test_scale(2000); i++) {
		bool give = random64(&r->seed) & 1;
		uint64_t s = RMI_STATUS_OF(give ? RMI_GRANULE_DELEGATE :
						  RMI_GRANULE_UNDELEGATE, r->pa);

		EXPECT(s == RMI_SUCCESS || s == E_INPUT);
		if (s == RMI_SUCCESS)
			r->balance += give ? 1 : -1;
	}
}

/* One granule, given and taken back by all CPUs. */
TEST(race, granule, BOTH | RACE)
{
	struct granule_racer r[MAX_CPUS];
	uint64_t pa = granule_take();
	int64_t sum = 0;
	unsigned int i;

	for (i = 0; i < MAX_CPUS; i++)
		r[i] = (struct granule_racer){ pa, i + 1, 0 };
	cpus_run(MAX_CPUS, give_and_take, r, sizeof(r[0]));
	for (i = 0; i < MAX_CPUS; i++)
		sum += r[i].balance;
	EXPECT(sum == 0 || sum == 1);
	EXPECT_EQ(RMI_STATUS_OF(RMI_GRANULE_UNDELEGATE, pa),
		  sum ? RMI_SUCCESS : E_INPUT);
}
