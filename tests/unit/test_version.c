/* SPDX-License-Identifier: BSD-3-Clause */
/* VERSION, FEATURES, unknown functions, vendor calls (rmm-abi.md 1.5, 2.1, 3, abi/vendor.h). */
#include "unit.h"

#include "abi/vendor.h"

#define UNKNOWN	(~UINT64_C(0))

/* @test VERSION.{success,unsupported} */
static void version(const void *arg)
{
	static const uint64_t bad[] = { 0, 0xffff, 0x10001, 0x20000, 0x7fffffff,
					UINT64_C(0x100010000), BIT(63) | 0x10000 };
	struct call c = RMI(RMI_VERSION, 0x10000);

	(void)arg;
	EXPECT_EQ(c.x[0], RMI_SUCCESS);
	EXPECT_EQ(c.x[1], 0x10000);
	EXPECT_EQ(c.x[2], 0x10000);
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		c = RMI(RMI_VERSION, bad[i]);
		EXPECT_EQ(c.x[0], RMI_ERROR_INPUT);
		EXPECT_EQ(c.x[1], 0x10000);
		EXPECT_EQ(c.x[2], 0x10000);
	}
}

/* @test FEATURES.{success,register0} */
static void features(const void *arg)
{
	const struct hal_features *f = &host_machine_default.features;
	uint64_t v = MUST(RMI_FEATURES, 0).x[1];

	(void)arg;
	EXPECT_EQ(field(v, 7, 0), f->pa_bits);
	EXPECT_EQ(field(v, 8, 8), 0);
	EXPECT_EQ(field(v, 9, 9), 1);
	EXPECT_EQ(field(v, 13, 10), f->sve_vl);
	EXPECT_EQ(field(v, 19, 14), f->num_bps);
	EXPECT_EQ(field(v, 25, 20), f->num_wps);
	EXPECT_EQ(field(v, 26, 26), 1);
	EXPECT_EQ(field(v, 31, 27), f->pmu_num_ctrs);
	EXPECT_EQ(field(v, 33, 32), 3);
	EXPECT_EQ(field(v, 37, 34), f->gic_num_lrs);
	EXPECT_EQ(field(v, 41, 38), 10);
	EXPECT_EQ(field(v, 63, 42), 0);
	EXPECT_EQ(MUST(RMI_FEATURES, 1).x[1], 0);
	EXPECT_EQ(MUST(RMI_FEATURES, ~UINT64_C(0)).x[1], 0);
	EXPECT_EQ(MUST(RMI_FEATURES, BIT(32)).x[1], 0);
}

static void features_absent(const void *arg)
{
	struct host_machine m = host_machine_default;
	uint64_t v;

	(void)arg;
	m.features.sve = m.features.pmu = false;
	world_boot(&m, setting->backing);
	v = MUST(RMI_FEATURES, 0).x[1];
	EXPECT_EQ(field(v, 13, 9), 0);
	EXPECT_EQ(field(v, 31, 26), 0);
}

/* Every number of both windows; those of commands do not answer -1. */
/* @test SMCCC.{unknown_rmi,smc32,sve_hint,sbz_inputs,failure_outputs} */
static void all_numbers(const void *arg)
{
	static const uint32_t unused[] = { 0xC4000156, 0xC4000160, 0xC4000163 };

	(void)arg;
	for (uint32_t n = 0x150; n <= 0x18f; n++) {
		uint64_t fid = 0xC4000000 | n;
		bool known = n <= 0x169;

		for (size_t i = 0; i < COUNT_OF(unused); i++)
			known = known && fid != unused[i];
		/* an address that is nothing: no command does anything with it */
		EXPECT_EQ(RMI(fid, 3, 3, 3, 3, 3).x[0] == UNKNOWN, !known);
		EXPECT_EQ(RMI(fid | 0x10000, 3, 3, 3, 3, 3).x[0] == UNKNOWN, !known);
		EXPECT_EQ(RMI(fid | BIT(32), 3, 3, 3, 3, 3).x[0] == UNKNOWN, !known);
		EXPECT_EQ(RMI(fid & ~UINT64_C(0x40000000), 3, 3, 3, 3, 3).x[0], UNKNOWN);
	}
	EXPECT_EQ(RMI(RSI_VERSION, 0x10000).x[0], UNKNOWN);
	EXPECT_EQ(RMI(0x84000000).x[0], UNKNOWN);
	EXPECT_EQ(RMI(0).x[0], UNKNOWN);
	EXPECT_EQ(RMI(UNKNOWN).x[0], UNKNOWN);
}

/* Same state, same inputs: same outcome. */
static void deterministic(const void *arg)
{
	(void)arg;
	for (unsigned int i = 0; i < 2; i++) {
		EXPECT_EQ(RMI(RMI_VERSION | 0x10000, 0x10000).x[1], 0x10000);
		EXPECT_EQ(RMI(RMI_GRANULE_DELEGATE, 1).x[0], RMI_ERROR_INPUT);
	}
}

static void vendor(const void *arg)
{
	struct call c = MUST(TMM_VERSION);
	uint64_t page = pool_page();

	(void)arg;
	EXPECT_EQ(c.x[1], TMM_VERSION_1_0);
	EXPECT_EQ(c.x[2], TMM_FEATURE_POOL | TMM_FEATURE_SHADOW);
	EXPECT_EQ(c.x[3], hal_boot_secure_count());
	for (unsigned int i = 0; i < hal_boot_secure_count(); i++) {
		struct hal_range r = hal_boot_secure(i);

		c = MUST(TMM_POOL_INFO, i);
		EXPECT_EQ(c.x[1], r.base);
		EXPECT_EQ(c.x[2], r.size);
		EXPECT_EQ(c.x[3], r.node);
		EXPECT_EQ(c.x[4], r.size / PAGE_SIZE);
	}
	MUST(RMI_GRANULE_DELEGATE, page);
	EXPECT_EQ(MUST(TMM_POOL_INFO, 0).x[4], hal_boot_secure(0).size / PAGE_SIZE - 1);
	EXPECT_EQ(RMI(TMM_POOL_INFO, hal_boot_secure_count()).x[0], RMI_ERROR_INPUT);
	EXPECT_EQ(RMI(TMM_POOL_INFO, UNKNOWN).x[0], RMI_ERROR_INPUT);
	EXPECT_EQ(RMI(TMM_STAT, TMM_STAT_COUNT).x[0], RMI_ERROR_INPUT);
	EXPECT_EQ(RMI(TMM_STAT, UNKNOWN).x[0], RMI_ERROR_INPUT);
	EXPECT_EQ(RMI(0xC2000153).x[0], UNKNOWN);
	EXPECT_EQ(RMI(0xC200015F).x[0], UNKNOWN);
}

/* What people count by. */
static void statistics(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	make_realm(&r, 5);
	rec_make(&r, true);
	realm_start(&r);
	EXPECT_EQ(MUST(TMM_STAT, TMM_STAT_REC_ENTRIES).x[1], 0);
	realm_smc(r.rec[0], RSI_VERSION, 0x10000, 0, 0);
	realm_smc(r.rec[0], RSI_VERSION, 0x10000, 0, 0);
	EXPECT_EQ(MUST(TMM_STAT, TMM_STAT_REC_ENTRIES).x[1], 2);
	EXPECT_EQ(MUST(TMM_STAT, TMM_STAT_RSI_CALLS).x[1], 2);
	EXPECT_EQ(MUST(TMM_STAT, TMM_STAT_HEAL_TRAPS).x[1], 0);
}

static const struct unit_test tests[] = {
	{ "version", version, NULL },
	{ "features", features, NULL },
	{ "features: absent", features_absent, NULL },
	{ "functions: all numbers", all_numbers, NULL },
	{ "functions: deterministic", deterministic, NULL },
	{ "vendor: version and pools", vendor, NULL },
	{ "vendor: statistics", statistics, NULL },
};

void suite_version(void)
{
	UNIT_TESTS(tests);
}
