/* SPDX-License-Identifier: BSD-3-Clause */
/* A test for each bug that review or a fuzzer found, and no other test had. */
#include "unit.h"

#define EC_DATA_ABORT	(UINT64_C(0x24) << 26)
#define FSC_ADDRESS_SIZE UINT64_C(0x03)		/* at level 3 */

/*
 * The host maps an address that the machine does not have. Nothing in the
 * realm's tables can mend that fault; it was resumed for ever.
 */
static void address_size_fault_exits(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	make_realm(&r, 5);
	rec_make(&r, true);
	realm_share(&r, realm_unprotected(&r));
	realm_start(&r);
	step_abort(EC_DATA_ABORT | FSC_ADDRESS_SIZE, 0, realm_unprotected(&r));
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(rec_exit_of()->exit_reason, RMI_EXIT_SYNC);
	EXPECT_EQ(host_realm_seen()->heals, 0);
}

static const struct unit_test tests[] = {
	{ "fixed: address size fault exits", address_size_fault_exits, NULL },
};

void suite_fixed(void)
{
	UNIT_TESTS(tests);
}
