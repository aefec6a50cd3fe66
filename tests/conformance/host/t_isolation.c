/* SPDX-License-Identifier: BSD-3-Clause */
/* What a host and a realm try to reach and must not (threats T1, T5, T7, T10). */
#include "host/refuse.h"

/* No access of the host gets through, by either instruction. */
static void closed(const char *label, uint64_t pa)
{
	uint64_t v = 0x5AFE;

	test_label(label);
	EXPECT(!probe_load(pa, &v));
	EXPECT_EQ(v, 0x5AFE);
	EXPECT_EQ(ESR_FSC(probe_esr()), FSC_SEA);
	EXPECT_EQ(probe_far(), pa);
	EXPECT(!probe_store(pa, 0xBAD));
	EXPECT_EQ(ESR_FSC(probe_esr()), FSC_SEA);
	test_label(NULL);
}

/* A pool page is closed to the host in every state, its own pages included. */
TEST(isolation, host_at_pool_pages, ONCE)
{
	static const char *const names[G_STATES] = {
		"UNDELEGATED", "DELEGATED", "RD", "REC", "REC_AUX", "RTT", "DATA",
	};
	const struct zoo *z = zoo_new();
	unsigned int i;

	for (i = 0; i < G_STATES; i++) {
		closed(names[i], z->pa[i]);
		closed(names[i], z->pa[i] + PAGE - 8);
	}
}
