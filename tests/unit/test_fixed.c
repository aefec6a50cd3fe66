/* SPDX-License-Identifier: BSD-3-Clause */
/* A test for each bug that review or a fuzzer found; it failed before the fix. */
#include "unit.h"

#include "abi/psci.h"
#include "abi/smccc.h"

#define EC_DATA_ABORT	(UINT64_C(0x24) << 26)
#define FSC_ADDRESS_SIZE UINT64_C(0x03)		/* at level 3 */

/* Two RECs, the second is off. */
static void make_running(struct realm_under_test *r)
{
	make_realm(r, 5);
	rec_make(r, true);
	rec_make(r, false);
	realm_share(r, realm_unprotected(r));
	realm_start(r);
}

/*
 * AFFINITY_INFO with bits in X0 that are no part of the function number was
 * completed as CPU_ON: the target started at address 0.
 */
static void affinity_info_starts_nobody(const void *arg)
{
	static const uint64_t extra[] = { SMCCC_SVE_HINT, BIT(32), BIT(63) | SMCCC_SVE_HINT };
	struct realm_under_test r;

	(void)arg;
	make_running(&r);
	for (size_t i = 0; i < COUNT_OF(extra); i++) {
		step_smc(PSCI_AFFINITY_INFO | extra[i], 1, 0, 0x77, 0);
		EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
		EXPECT_EQ(rec_exit_of()->exit_reason, RMI_EXIT_PSCI);
		EXPECT_EQ(rec_exit_of()->gprs[0], PSCI_AFFINITY_INFO);
		MUST(RMI_PSCI_COMPLETE, r.rec[0], r.rec[1], 0);
		EXPECT_EQ(rec_enter(r.rec[1]), RMI_ERROR_REC);
		EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
		EXPECT_EQ(realm_regs().x[0], PSCI_AFFINITY_OFF);
	}
}

/*
 * The host maps an address that the machine does not have. Nothing in the
 * realm's tables can mend that fault; it was resumed for ever.
 */
static void address_size_fault_exits(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	make_running(&r);
	step_abort(EC_DATA_ABORT | FSC_ADDRESS_SIZE, 0, realm_unprotected(&r));
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(rec_exit_of()->exit_reason, RMI_EXIT_SYNC);
	EXPECT_EQ(host_realm_seen()->heals, 0);
}

static const struct unit_test tests[] = {
	{ "fixed: AFFINITY_INFO with a hint starts nobody", affinity_info_starts_nobody, NULL },
	{ "fixed: address size fault exits", address_size_fault_exits, NULL },
};

void suite_fixed(void)
{
	UNIT_TESTS(tests);
}
