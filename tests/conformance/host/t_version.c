/* SPDX-License-Identifier: BSD-3-Clause */
#include "host/realm.h"

/* @test VERSION.{success,unsupported} */
TEST(version, rmi_version, ONCE)
{
	static const uint64_t asked[] = {
		RMI_ABI_1_0, 0, 1, 0x10001, 0x20000, 0x7fff0000, 0xffff,
		1UL << 31, 1UL << 63 | RMI_ABI_1_0,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(asked); i++) {
		struct answer a = RMI(RMI_VERSION, asked[i]);

		EXPECT_EQ(a.x[0], i ? RMI_ERROR_INPUT : RMI_SUCCESS);
		EXPECT_EQ(a.x[1], RMI_ABI_1_0);
		EXPECT_EQ(a.x[2], RMI_ABI_1_0);
	}
}

/* @test FEATURES.{success,register0} */
TEST(version, features, ONCE)
{
	uint64_t f = RMI(RMI_FEATURES, 0).x[1];
	unsigned int i;

	EXPECT_EQ(f & 0xff, 48);
	EXPECT_EQ(f & RMI_F0_LPA2, 0);
	EXPECT_EQ(f & RMI_F0_PMU_EN, 0);
	EXPECT_EQ(f & (RMI_F0_SHA_256 | RMI_F0_SHA_512),
		  RMI_F0_SHA_256 | RMI_F0_SHA_512);
	EXPECT(feature(RMI_F0_NUM_BPS_SHIFT, 6) >= 1);
	EXPECT(feature(RMI_F0_NUM_WPS_SHIFT, 6) >= 1);
	EXPECT(feature(RMI_F0_MAX_RECS_ORDER_SHIFT, 4) >= 2);
	EXPECT_EQ(f >> 42, 0);
	/* SVE_EN and its length go together */
	if (!(f & RMI_F0_SVE_EN))
		EXPECT_EQ(feature(RMI_F0_SVE_VL_SHIFT, 4), 0);
	for (i = 1; i < 70; i++) {
		struct answer a = RMI(RMI_FEATURES, i < 64 ? i : 1UL << (i - 6));

		EXPECT_EQ(a.x[0], RMI_SUCCESS);
		EXPECT_EQ(a.x[1], 0);
	}
}

/*
 * Function ids of both windows that 1.0 does not use, and those of 1.1 and 2.0.
 * @test SMCCC.{unknown_rmi,outputs}
 */
TEST(version, unknown_functions, ONCE)
{
	uint32_t fid;
	unsigned int i;

	for (fid = 0xC4000150; fid <= 0xC400018E; fid++) {
		for (i = 0; i < commands_count && commands[i].fid != fid; i++)
			;
		if (i == commands_count)
			EXPECT_EQ(RMI_STATUS_OF(fid, 0, 0, 0, 0, 0),
				  SMCCC_NOT_SUPPORTED);
	}
	/* there is no 32-bit form of any */
	for (fid = 0x84000150; fid <= 0x8400018E; fid++)
		EXPECT_EQ(RMI_STATUS_OF(fid, 0, 0, 0, 0, 0), SMCCC_NOT_SUPPORTED);
	for (fid = TMM_STAT + 1; fid <= 0xC200015F; fid++)
		EXPECT_EQ(RMI_STATUS_OF(fid, 0, 0, 0, 0, 0), SMCCC_NOT_SUPPORTED);
}

/*
 * What only the monitor may say to EL3, and what only a realm may say to the
 * monitor, is refused to the host.
 */
TEST(version, not_for_the_host, ONCE)
{
	static const uint32_t fids[] = {
		0xC400018F, 0xC40001CF, 0xC40001CE,
		RSI_VERSION, RSI_FEATURES, RSI_MEASUREMENT_READ,
		RSI_REALM_CONFIG, RSI_IPA_STATE_GET, RSI_HOST_CALL,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fids); i++)
		EXPECT_EQ(RMI_STATUS_OF(fids[i], 0, 0, 0, 0, 0),
			  SMCCC_NOT_SUPPORTED);
	EXPECT_OK(RMI_VERSION, RMI_ABI_1_0);
}

/*
 * SMCCC 1.3 callers may set the "no SVE state" hint in any function id.
 * @test SMCCC.sve_hint
 */
TEST(version, sve_hint, ONCE)
{
	EXPECT_OK(RMI_VERSION | SMCCC_SVE_HINT, RMI_ABI_1_0);
	EXPECT_EQ(RMI(RMI_FEATURES | SMCCC_SVE_HINT, 0).x[1], features());
}

TEST(version, vendor_calls, ONCE)
{
	struct answer v = RMI(TMM_VERSION), p = RMI(TMM_POOL_INFO, 0);
	unsigned int i;

	EXPECT_EQ(v.x[0], RMI_SUCCESS);
	EXPECT_EQ(v.x[1], TMM_VERSION_1_0);
	EXPECT_EQ(v.x[2], TMM_FEATURE_POOL | TMM_FEATURE_SHADOW);
	EXPECT(v.x[3] >= 1);
	EXPECT_EQ(p.x[0], RMI_SUCCESS);
	EXPECT(p.x[1] >= SECURE_RAM_BASE);
	EXPECT(p.x[1] + p.x[2] <= SECURE_RAM_BASE + SECURE_RAM_SIZE);
	EXPECT(p.x[4] > 0 && p.x[4] <= p.x[2] / PAGE);
	EXPECT_EQ(RMI_STATUS_OF(TMM_POOL_INFO, v.x[3]), RMI_ERROR_INPUT);
	EXPECT_EQ(RMI_STATUS_OF(TMM_POOL_INFO, ~0UL), RMI_ERROR_INPUT);
	for (i = 0; i < TMM_STAT_COUNT; i++)
		EXPECT_OK(TMM_STAT, i);
	EXPECT_EQ(RMI_STATUS_OF(TMM_STAT, TMM_STAT_COUNT), RMI_ERROR_INPUT);
	EXPECT_EQ(RMI_STATUS_OF(TMM_STAT, ~0UL), RMI_ERROR_INPUT);
}

/* Every command answers from every CPU. */
static void ask_version(void *arg)
{
	*(uint64_t *)arg = RMI_STATUS_OF(RMI_VERSION, RMI_ABI_1_0);
}

TEST(version, all_cpus, ONCE)
{
	uint64_t status[MAX_CPUS] = { 9, 9, 9, 9 };
	unsigned int i;

	cpus_run(MAX_CPUS, ask_version, status, sizeof(status[0]));
	for (i = 0; i < MAX_CPUS; i++)
		EXPECT_EQ(status[i], RMI_SUCCESS);
}

/*
 * Only the low half of x0 is the function id.
 * @test SMCCC.smc32
 */
TEST(version, junk_above_the_function_id, ONCE)
{
	EXPECT_EQ(smc_plain(0xabcdef0000000000 | RMI_VERSION, RMI_ABI_1_0, 0, 0),
		  RMI_SUCCESS);
}
