/* SPDX-License-Identifier: BSD-3-Clause */
#include "host/refuse.h"

/* x0 of a PSCI call that does not leave the realm, as PSCI has it: signed. */
static int64_t psci(struct rec *c, uint64_t fid, uint64_t x1, uint64_t x2,
		    uint64_t x3)
{
	unsigned int i;

	obey(c, OP_SMC, fid, x1, x2, x3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	     15, 16, 17);
	for (i = 4; i < 18; i++)
		EXPECT_EQ(report(c, 1 + i), i);
	return (int64_t)report(c, 1);
}

/* @test PSCI.VERSION */
TEST(psci, version, ONCE)
{
	EXPECT_EQ(psci(puppet(), PSCI_VERSION, 1, 2, 3), PSCI_VERSION_1_1);
}

/* @test PSCI.{FEATURES,FEATURES_VERSION} */
TEST(psci, features, ONCE)
{
	static const uint32_t known[] = {
		PSCI_VERSION, PSCI_CPU_SUSPEND, PSCI_CPU_OFF, PSCI_CPU_ON,
		PSCI_AFFINITY_INFO, PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET,
		PSCI_FEATURES, SMCCC_VERSION,
	};
	static const uint32_t unknown[] = {
		0x84000005, 0xC4000005, 0x84000006, 0xC4000007, 0x8400000B,
		0xC400000C, 0xC400000D, 0xC400000E, 0xC4000012, 0x84000012,
		0x84000015, RSI_VERSION, 0, 0xffffffff,
	};
	struct rec *c = puppet();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		EXPECT_EQ(psci(c, PSCI_FEATURES, known[i], 2, 3), PSCI_SUCCESS);
	for (i = 0; i < ARRAY_SIZE(unknown); i++)
		EXPECT_EQ(psci(c, PSCI_FEATURES, unknown[i], 2, 3),
			  PSCI_NOT_SUPPORTED);
}

/*
 * Functions of PSCI that realms have not: migration, memory protection, ...
 * @test PSCI.unsupported
 */
TEST(psci, unsupported, ONCE)
{
	uint32_t n;
	struct rec *c = puppet();

	for (n = 0xB; n < 0x20; n++) {
		EXPECT_EQ(psci(c, 0x84000000 | n, 1, 2, 3), PSCI_NOT_SUPPORTED);
		EXPECT_EQ(psci(c, 0xC4000000 | n, 1, 2, 3), PSCI_NOT_SUPPORTED);
	}
	EXPECT_EQ(psci(c, 0x84000005, 1, 2, 3), PSCI_NOT_SUPPORTED);
	EXPECT_EQ(psci(c, 0x84000006, 1, 2, 3), PSCI_NOT_SUPPORTED);
	EXPECT_EQ(psci(c, 0xC4000007, 1, 2, 3), PSCI_NOT_SUPPORTED);
	/* 64-bit forms of what has none */
	EXPECT_EQ(psci(c, 0xC4000000, 1, 2, 3), PSCI_NOT_SUPPORTED);
	EXPECT_EQ(psci(c, 0xC4000008, 1, 2, 3), PSCI_NOT_SUPPORTED);
}

/*
 * The SMC32 forms, the hint bit of SMCCC 1.3, and junk above the id.
 * @test PSCI.smc32
 * @test SMCCC.{sve_hint,smc32}
 */
TEST(psci, forms_of_a_call, ONCE)
{
	static const struct {
		uint64_t fid, shown;
		bool starts;
	} rows[] = {
		{ PSCI_AFFINITY_INFO_32, PSCI_AFFINITY_INFO_32, false },
		{ PSCI_AFFINITY_INFO | SMCCC_SVE_HINT, PSCI_AFFINITY_INFO, false },
		{ PSCI_AFFINITY_INFO | 0xabcd00000000, PSCI_AFFINITY_INFO, false },
		{ PSCI_CPU_ON_32, PSCI_CPU_ON_32, true },
		{ PSCI_CPU_ON | SMCCC_SVE_HINT, PSCI_CPU_ON, true },
		{ PSCI_CPU_ON | 0xabcd00000000, PSCI_CPU_ON, true },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rec *c = puppet_in(GEOMETRY_DEFAULT, 2);
		uint64_t x2 = rows[i].starts ? PUPPET_BASE : 0;

		EXPECT_EQ(order(c, OP_SMC, rows[i].fid, 1, x2, 1), RMI_EXIT_PSCI);
		EXPECT_EQ(c->run->exit.gprs[0], rows[i].shown);
		ASSERT_OK(RMI_PSCI_COMPLETE, c->pa, c[1].pa, 0);
		ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
		EXPECT_EQ(report(c, 1), rows[i].starts ? PSCI_SUCCESS :
						    (int64_t)PSCI_AFFINITY_OFF);
		EXPECT_EQ(rec_enter(&c[1]), rows[i].starts ? RMI_SUCCESS : E_REC);
	}
}

/* An exit that shows the function and, of its arguments, the MPIDR alone. */
static void expect_psci_exit(struct rec *c, uint64_t fid, uint64_t mpidr)
{
	struct rmi_rec_exit want = exit_of(RMI_EXIT_PSCI);

	want.gprs[0] = fid;
	want.gprs[1] = mpidr;
	expect_exit(c, &want);
}

/* @test PSCI.{CPU_SUSPEND,arguments} */
TEST(psci, cpu_suspend, ONCE)
{
	struct rec *c = puppet();

	EXPECT_EQ(order(c, OP_SMC, PSCI_CPU_SUSPEND, 0x5ec, 0x2e7, 0x111),
		  RMI_EXIT_PSCI);
	expect_psci_exit(c, PSCI_CPU_SUSPEND, 0);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	EXPECT_EQ(report(c, 1), PSCI_SUCCESS);
}

/*
 * CPU_ON and CPU_OFF of a second REC, three times.
 * @test PSCI.{CPU_ON,CPU_OFF}
 * @test REC_EXIT.psci
 * @test PSCI_COMPLETE.{cpu_on,success}
 */
TEST(psci, cpu_on_off, BOTH)
{
	struct rec *c = puppet_in(GEOMETRY_DEFAULT, 2), *second = c + 1;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		EXPECT_EQ(rec_enter(second), E_REC);
		EXPECT_EQ(order(c, OP_SMC, PSCI_CPU_ON, 1, PUPPET_BASE, 1),
			  RMI_EXIT_PSCI);
		expect_psci_exit(c, PSCI_CPU_ON, 1);
		EXPECT_OK(RMI_PSCI_COMPLETE, c->pa, second->pa, PSCI_SUCCESS);
		ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
		expect_ordered(c);
		EXPECT_EQ(report(c, 1), PSCI_SUCCESS);
		EXPECT_EQ(report(c, 2), 0);
		EXPECT_EQ(report(c, 3), 0);
		EXPECT_EQ(report(c, 4), 0);
		ASSERT_EQ(rec_run(second), RMI_EXIT_HOST_CALL);
		expect_ordered(second);
		EXPECT_EQ(realm_mrs(second, REG_MPIDR_EL1), 1UL << 31 | 1);
		EXPECT_EQ(realm_mrs(second, REG_TPIDR_EL1), 0);
		realm_msr(second, REG_TPIDR_EL1, 0x1234);	/* gone next time */
		EXPECT_EQ(order(second, OP_SMC, PSCI_CPU_OFF), RMI_EXIT_PSCI);
		expect_psci_exit(second, PSCI_CPU_OFF, 0);
	}
}

/* @test PSCI.{CPU_ON_address,CPU_ON_mpidr,CPU_ON_self} */
TEST(psci, cpu_on_refused, ONCE)
{
	struct rec *c = puppet_in(GEOMETRY_DEFAULT, 2);
	uint64_t half = realm_top(c->realm);
	const struct {
		uint64_t mpidr, entry;
		int64_t want;
	} rows[] = {
		{ 1, half, PSCI_INVALID_ADDRESS },
		{ 1, half | PUPPET_BASE, PSCI_INVALID_ADDRESS },
		{ 1, 1UL << 63, PSCI_INVALID_ADDRESS },
		{ 2, PUPPET_BASE, PSCI_INVALID_PARAMETERS },
		{ 0x100, PUPPET_BASE, PSCI_INVALID_PARAMETERS },
		{ 1UL << 32, PUPPET_BASE, PSCI_INVALID_PARAMETERS },
		{ 0xff00ffffff, PUPPET_BASE, PSCI_INVALID_PARAMETERS },
		{ 0, PUPPET_BASE, PSCI_ALREADY_ON },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		EXPECT_EQ(psci(c, PSCI_CPU_ON, rows[i].mpidr, rows[i].entry, 0),
			  rows[i].want);
}

/*
 * @test PSCI.{AFFINITY_INFO,AFFINITY_INFO_level,AFFINITY_INFO_mpidr}
 * @test PSCI.AFFINITY_INFO_self
 * @test PSCI_COMPLETE.affinity_info
 */
TEST(psci, affinity_info, ONCE)
{
	struct rec *c = puppet_in(GEOMETRY_DEFAULT, 2), *second = c + 1;
	static const struct {
		uint64_t mpidr, level;
		int64_t want;
	} rows[] = {
		{ 0, 1, PSCI_INVALID_PARAMETERS }, { 1, 3, PSCI_INVALID_PARAMETERS },
		{ 0, 1UL << 32, (int64_t)PSCI_AFFINITY_ON },	/* 31:0 is the level */
		{ 2, 0, PSCI_INVALID_PARAMETERS },
		{ 1UL << 32 | 1, 0, PSCI_INVALID_PARAMETERS },
		{ 0, 0, (int64_t)PSCI_AFFINITY_ON },	/* itself */
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		EXPECT_EQ(psci(c, PSCI_AFFINITY_INFO, rows[i].mpidr,
			       rows[i].level, 3), rows[i].want);
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(order(c, OP_SMC, PSCI_AFFINITY_INFO, 1, 0), RMI_EXIT_PSCI);
		expect_psci_exit(c, PSCI_AFFINITY_INFO, 1);
		EXPECT_EQ(rec_enter(c), E_REC);
		EXPECT_EQ(RMI_STATUS_OF(RMI_PSCI_COMPLETE, c->pa, second->pa,
					(uint64_t)PSCI_DENIED), E_INPUT);
		EXPECT_OK(RMI_PSCI_COMPLETE, c->pa, second->pa, PSCI_SUCCESS);
		ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
		EXPECT_EQ(report(c, 1), i ? PSCI_AFFINITY_ON : PSCI_AFFINITY_OFF);
		EXPECT_EQ(report(c, 2), 0);
		if (i)
			break;
		EXPECT_EQ(order(c, OP_SMC, PSCI_CPU_ON, 1, PUPPET_BASE, 1),
			  RMI_EXIT_PSCI);
		EXPECT_OK(RMI_PSCI_COMPLETE, c->pa, second->pa, PSCI_SUCCESS);
		ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	}
}

/* Off for good; the rest of the realm can still be taken apart. */
static void system_ends(uint64_t fid)
{
	struct rec *c = puppet();

	EXPECT_EQ(order(c, OP_SMC, fid, 1, 2, 3), RMI_EXIT_PSCI);
	expect_psci_exit(c, fid, 0);
	EXPECT_EQ(rec_enter(c), E_REALM(RMI_REALM_IS_SYSTEM_OFF));
	EXPECT_EQ(RMI_STATUS_OF(RMI_REALM_ACTIVATE, c->realm->rd), E_REALM(0));
	EXPECT_OK(RMI_DATA_DESTROY, c->realm->rd, PUPPET_SCRATCH);
	EXPECT_OK(RMI_REC_DESTROY, c->pa);
}

/*
 * @test PSCI.{SYSTEM_OFF,SYSTEM_RESET}
 * @test REALM.{system_off,active}
 */
TEST(psci, system_off, ONCE)
{
	system_ends(PSCI_SYSTEM_OFF);
	system_ends(PSCI_SYSTEM_RESET);
}

/*
 * A REC that runs when its realm goes off runs to its next exit, then no more.
 */
TEST(psci, system_off_while_another_runs, ONCE)
{
	struct rec *c = puppet_in(GEOMETRY_DEFAULT, 2), *second = c + 1;
	struct spin spin;

	realm_cpu_on(c, 1);
	realm_mmu_on(second);
	spin_start(&spin, second, 1);
	EXPECT_EQ(order(c, OP_SMC, PSCI_SYSTEM_OFF), RMI_EXIT_PSCI);
	EXPECT_EQ(rec_enter(c), E_REALM(RMI_REALM_IS_SYSTEM_OFF));
	spin_stop(&spin);
	EXPECT_EQ(rec_enter(second), E_REALM(RMI_REALM_IS_SYSTEM_OFF));
}

/*
 * @test PSCI_COMPLETE.{alias,calling_align,calling_bound,calling_state}
 * @test PSCI_COMPLETE.{target_align,target_bound,target_state,pending,owner}
 * @test PSCI_COMPLETE.{target,status}
 */
TEST(psci, complete_refused, BOTH)
{
	const struct zoo *z = zoo_new();
	struct rec *c = puppet_in(GEOMETRY_DEFAULT, 3);
	struct rec *other = puppet_in(GEOMETRY_DEFAULT, 2);
	struct call done = { RMI_PSCI_COMPLETE, { c->pa, c[1].pa, PSCI_SUCCESS } };
	static const int64_t status[] = { -1, -2, -4, -5, -6, -7, -8, -9, -10, 1,
					  0xfffffffd };
	unsigned int i;

	refused("nothing pending", done, 1, c->pa, E_INPUT);
	EXPECT_EQ(order(c, OP_SMC, PSCI_CPU_ON, 1, PUPPET_BASE, 0x99), RMI_EXIT_PSCI);
	refused_granule(done, 1, z, G_REC);
	refused_granule(done, 2, z, G_REC);
	refused("alias", done, 2, c->pa, E_INPUT);
	/* with the right MPIDR, and with a request of its own pending */
	EXPECT_EQ(order(other, OP_SMC, PSCI_CPU_ON, 1, PUPPET_BASE, 0),
		  RMI_EXIT_PSCI);
	refused("another realm's", done, 2, other[1].pa, E_INPUT);
	refused("calling is another realm's", done, 1, other->pa, E_INPUT);
	refused("not the one asked for", done, 2, c[2].pa, E_INPUT);
	refused("calling has no request", done, 1, c[2].pa, E_INPUT);
	for (i = 0; i < ARRAY_SIZE(status); i++)
		refused("status", done, 3, (uint64_t)status[i], E_INPUT);
	EXPECT_EQ(rec_enter(&c[1]), E_REC);
	EXPECT_EQ(rec_enter(c), E_REC);
	EXPECT_EQ(call(done).x[0], RMI_SUCCESS);
	refused("twice", done, 1, c->pa, E_INPUT);
}

/*
 * The host may say no to CPU_ON, but not to a REC that is on already.
 * @test PSCI_COMPLETE.{denied,already_on}
 */
TEST(psci, complete_denied, ONCE)
{
	struct rec *c = puppet_in(GEOMETRY_DEFAULT, 2);
	struct call deny = { RMI_PSCI_COMPLETE,
			     { c->pa, c[1].pa, (uint64_t)PSCI_DENIED } };
	struct call allow = { RMI_PSCI_COMPLETE, { c->pa, c[1].pa, PSCI_SUCCESS } };

	EXPECT_EQ(order(c, OP_SMC, PSCI_CPU_ON, 1, PUPPET_BASE, 1), RMI_EXIT_PSCI);
	EXPECT_EQ(call(deny).x[0], RMI_SUCCESS);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	EXPECT_EQ(report(c, 1), PSCI_DENIED);
	EXPECT_EQ(rec_enter(&c[1]), E_REC);

	EXPECT_EQ(order(c, OP_SMC, PSCI_CPU_ON, 1, PUPPET_BASE, 1), RMI_EXIT_PSCI);
	EXPECT_EQ(call(allow).x[0], RMI_SUCCESS);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	EXPECT_EQ(order(c, OP_SMC, PSCI_CPU_ON, 1, PUPPET_BASE, 1), RMI_EXIT_PSCI);
	EXPECT_EQ(call(deny).x[0], E_INPUT);	/* and still pending */
	EXPECT_EQ(rec_enter(c), E_REC);
	EXPECT_EQ(call(allow).x[0], RMI_SUCCESS);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	EXPECT_EQ(report(c, 1), PSCI_ALREADY_ON);

	EXPECT_EQ(order(c, OP_SMC, PSCI_AFFINITY_INFO, 1, 0), RMI_EXIT_PSCI);
	EXPECT_EQ(call(deny).x[0], E_INPUT);
	EXPECT_EQ(call(allow).x[0], RMI_SUCCESS);
}

/* A caller that runs, or a target that runs, on another CPU. */
TEST(psci, complete_while_running, ONCE)
{
	struct rec *c = puppet_in(GEOMETRY_DEFAULT, 2);
	struct call done = { RMI_PSCI_COMPLETE, { c->pa, c[1].pa, PSCI_SUCCESS } };
	struct spin spin;

	realm_mmu_on(c);
	spin_start(&spin, c, 1);
	EXPECT_EQ(call(done).x[0], E_INPUT);
	spin_stop(&spin);
	realm_cpu_on(c, 1);
	realm_mmu_on(&c[1]);
	spin_start(&spin, &c[1], 1);
	EXPECT_EQ(order(c, OP_SMC, PSCI_CPU_ON, 1, PUPPET_BASE, 1), RMI_EXIT_PSCI);
	EXPECT_EQ(call(done).x[0], RMI_SUCCESS);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	EXPECT_EQ(report(c, 1), PSCI_ALREADY_ON);
	spin_stop(&spin);
}

/* Two callers ask for one target: the second finds it on. */
TEST(psci, two_callers_one_target, ONCE)
{
	struct rec *c = puppet_in(GEOMETRY_DEFAULT, 3);

	realm_cpu_on(c, 1);
	EXPECT_EQ(order(c, OP_SMC, PSCI_CPU_ON, 2, PUPPET_BASE, 2), RMI_EXIT_PSCI);
	EXPECT_EQ(order(&c[1], OP_SMC, PSCI_CPU_ON, 2, PUPPET_BASE, 2),
		  RMI_EXIT_PSCI);
	EXPECT_OK(RMI_PSCI_COMPLETE, c->pa, c[2].pa, 0);
	EXPECT_OK(RMI_PSCI_COMPLETE, c[1].pa, c[2].pa, 0);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	ASSERT_EQ(rec_run(&c[1]), RMI_EXIT_HOST_CALL);
	EXPECT_EQ(report(c, 1), PSCI_SUCCESS);
	EXPECT_EQ(report(&c[1], 1), PSCI_ALREADY_ON);
	ASSERT_EQ(rec_run(&c[2]), RMI_EXIT_HOST_CALL);
	EXPECT_EQ(realm_mrs(&c[2], REG_MPIDR_EL1), 1UL << 31 | 2);
}
