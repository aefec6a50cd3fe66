/* SPDX-License-Identifier: BSD-3-Clause */
/* What the monitor answers to a realm. */
#include "host/refuse.h"

#define RAM	PUPPET_SCRATCH

/* x0 of an SMC; x1..x3 that it does not define come back 0, x4.. as they were. */
static uint64_t rsi(struct rec *c, unsigned int outs, uint64_t fid, uint64_t x1,
		    uint64_t x2, uint64_t x3, uint64_t x4)
{
	unsigned int i;

	obey(c, OP_SMC, fid, x1, x2, x3, x4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	     15, 16, 17);
	for (i = outs + 1; i < 4; i++)
		EXPECT_EQ(report(c, 1 + i), 0);
	EXPECT_EQ(report(c, 1 + 4), outs < 4 ? x4 : report(c, 1 + 4));
	for (i = outs < 5 ? 5 : outs + 1; i < 18; i++)
		EXPECT_EQ(report(c, 1 + i), i);
	EXPECT_EQ(report_exceptions(c), 0);
	return report(c, 1);
}

static uint64_t out(const struct rec *c, unsigned int x)
{
	return report(c, 1 + x);
}

/* @test RSI_VERSION.{success,unsupported} */
TEST(rsi, version, ONCE)
{
	static const uint64_t asked[] = { RSI_ABI_1_0, 0, 0x10001, 0x20000, 1UL << 31 };
	struct rec *c = puppet();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(asked); i++) {
		EXPECT_EQ(rsi(c, 2, RSI_VERSION, asked[i], 1, 2, 3),
			  i ? RSI_ERROR_INPUT : RSI_SUCCESS);
		EXPECT_EQ(out(c, 1), RSI_ABI_1_0);
		EXPECT_EQ(out(c, 2), RSI_ABI_1_0);
	}
}

/* @test RSI_FEATURES.success */
TEST(rsi, features, ONCE)
{
	static const uint64_t index[] = { 0, 1, 63, 1UL << 63 };
	struct rec *c = puppet();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(index); i++) {
		EXPECT_EQ(rsi(c, 1, RSI_FEATURES, index[i], 1, 2, 3), RSI_SUCCESS);
		EXPECT_EQ(out(c, 1), 0);
	}
}

/*
 * Everything that is not RSI or PSCI, the host's calls among it.
 * @test SMCCC.{realm_unknown,version,sve_hint}
 */
TEST(rsi, unknown_functions, ONCE)
{
	static const uint32_t fids[] = {
		RMI_VERSION, RMI_GRANULE_DELEGATE, RMI_REALM_CREATE,
		RMI_REC_ENTER, RMI_RTT_READ_ENTRY, RMI_FEATURES,
		0xC400018F, 0xC40001CF, 0xC40001CE,	/* to EL3 */
		TMM_VERSION, TMM_POOL_INFO, TMM_STAT,
		0xC400019A, 0xC40001A0, 0xC40001AF, 0xC4000190 - 1,
		0, 1, 0xffffffff, 0x84000190, 0xC3000190, 0xC6000001,
		0x8400001F, 0xC400001F, 0x84000010, 0xC4000002,
	};
	struct rec *c = puppet();
	unsigned int i, x;

	for (i = 0; i < ARRAY_SIZE(fids); i++) {
		/* x1..x3 may be lost, but only to zero */
		if (!EXPECT_EQ(rsi(c, 3, fids[i], 1, 2, 3, 4),
			       SMCCC_NOT_SUPPORTED))
			print("     function 0x%x\n", fids[i]);
		for (x = 1; x < 4; x++)
			EXPECT(out(c, x) == x || out(c, x) == 0);
	}
	/* the hint bit of SMCCC 1.3 is no part of the id */
	EXPECT_EQ(rsi(c, 2, RSI_VERSION | SMCCC_SVE_HINT, RSI_ABI_1_0, 0, 0, 0),
		  RSI_SUCCESS);
	EXPECT_EQ(rsi(c, 0, SMCCC_VERSION, 0, 0, 0, 0), SMCCC_VERSION_1_3);
}

/* HVC is undefined, and exactly that instruction. */
TEST(rsi, hvc_is_undefined, ONCE)
{
	struct rec *c = puppet();

	obey(c, OP_HVC);
	EXPECT_EQ(report_exceptions(c), 1);
	EXPECT_EQ(ESR_EC(report_esr(c)), EC_UNKNOWN);
	EXPECT_EQ(report_esr(c), 1UL << 25);
	EXPECT_EQ(report_elr(c), report(c, 1));
}

/* @test RSI_REALM_CONFIG.{addr_align,addr_bound,empty} */
TEST(rsi, realm_config_refused, ONCE)
{
	struct rec *c = puppet();
	const uint64_t bad[] = {
		RAM + 1, RAM + 8, RAM + 0x800, RAM + 0xfff,
		realm_top(c->realm), realm_top(c->realm) | RAM, 1UL << 39,
		1UL << 48, 1UL << 63, ~0xfffUL,
		PUPPET_HOLE,	/* RIPAS EMPTY */
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(rsi(c, 0, RSI_REALM_CONFIG, bad[i], 2, 3, 4),
			  RSI_ERROR_INPUT);
}

/*
 * The whole page.
 * @test RSI_REALM_CONFIG.success
 */
TEST(rsi, realm_config, BOTH)
{
	struct realm *r = realm_blank((struct geometry){ 40, 1, 2 });
	uint64_t want[512] = { 40, RMI_HASH_SHA512 };
	struct rec *c;
	unsigned int i;

	r->params->hash_algo = RMI_HASH_SHA512;
	for (i = 0; i < RMI_RPV_SIZE; i++)
		r->params->rpv[i] = (uint8_t)(i * 7 + 1);
	memcpy((char *)want + offsetof(struct rsi_realm_config, rpv),
	       r->params->rpv, RMI_RPV_SIZE);
	ASSERT_OK(RMI_REALM_CREATE, r->rd, (uint64_t)r->params);
	puppet_load(r);
	c = rec_new(r, true);
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	obey(c, OP_FILL, RAM, PAGE, 1);
	EXPECT_EQ(rsi(c, 0, RSI_REALM_CONFIG, RAM, 2, 3, 4), RSI_SUCCESS);
	for (i = 0; i < 512; i++)
		if (!EXPECT_EQ(realm_load(c, RAM + 8 * i), want[i]))
			break;
}

/* A buffer that is not there: the host is asked, and the call made again. */
static void missing_buffer(struct rec *c, uint64_t fid, uint64_t at,
			   uint64_t reason)
{
	struct rmi_rec_exit want = exit_of(RMI_EXIT_SYNC);

	want.esr = (uint64_t)EC_DABT_LOWER << 26 | (FSC_TRANSLATION + 3);
	want.hpfar = HPFAR(at);
	EXPECT_EQ(order(c, OP_SMC, fid, at), RMI_EXIT_SYNC);
	expect_exit(c, &want);
	/* no access of the realm's: nothing to emulate, nothing to inject into */
	c->run->enter.flags = RMI_ENTER_EMUL_MMIO;
	EXPECT_EQ(rec_enter(c), E_REC);
	c->run->enter.flags = RMI_ENTER_INJECT_SEA;
	EXPECT_EQ(rec_run(c), RMI_EXIT_SYNC);
	expect_exit(c, &want);
	/* with RIPAS EMPTY again it would be an error; with the page it works */
	realm_data_unknown(c->realm, at & ~(PAGE - 1));
	EXPECT_EQ(rec_run(c), reason);
}

/*
 * @test RSI_REALM_CONFIG.unmapped
 * @test RSI_HOST_CALL.unmapped
 * @test RSI_BUFFER.{exit,no_emulation}
 */
TEST(rsi, missing_buffers, BOTH)
{
	struct rec *c = puppet();
	struct realm *r = c->realm;
	uint64_t at = PUPPET_HOLE;

	/* RAM without a page */
	EXPECT_EQ(order(c, OP_SMC, RSI_IPA_STATE_SET, at, at + 2 * PAGE,
			RMI_RIPAS_RAM, 0), RMI_EXIT_RIPAS_CHANGE);
	ASSERT_OK(RMI_RTT_SET_RIPAS, r->rd, c->pa, at, at + 2 * PAGE);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	missing_buffer(c, RSI_REALM_CONFIG, at, RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	EXPECT_EQ(out(c, 0), RSI_SUCCESS);
	EXPECT_EQ(realm_load(c, at), 39);
	missing_buffer(c, RSI_HOST_CALL, at + PAGE + 0x300, RMI_EXIT_HOST_CALL);
	EXPECT_EQ(c->run->exit.imm, 0);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
}

/* @test RSI_HOST_CALL.{addr_align,addr_bound,empty} */
TEST(rsi, host_call_refused, ONCE)
{
	struct rec *c = puppet();
	const uint64_t bad[] = {
		RAM + 1, RAM + 8, RAM + 0x80, RAM + 0xff,
		realm_top(c->realm), realm_top(c->realm) | RAM, 1UL << 39,
		1UL << 48, 1UL << 63, PUPPET_HOLE,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(rsi(c, 0, RSI_HOST_CALL, bad[i], 2, 3, 4),
			  RSI_ERROR_INPUT);
}

/*
 * The page goes while the host has the call: an abort, the answer not lost.
 * @test RSI_HOST_CALL.complete_unmapped
 * @test REC_ENTRY.host_call_lrs
 */
TEST(rsi, host_call_page_destroyed_meanwhile, BOTH)
{
	struct rec *c = puppet();
	struct rmi_rec_exit want = exit_of(RMI_EXIT_SYNC);
	uint64_t pa;
	unsigned int i;

	EXPECT_EQ(order(c, OP_SMC, RSI_HOST_CALL, RAM), RMI_EXIT_HOST_CALL);
	pa = RMI(RMI_DATA_DESTROY, c->realm->rd, RAM).x[1];
	want.esr = (uint64_t)EC_DABT_LOWER << 26 | (FSC_TRANSLATION + 3);
	want.hpfar = HPFAR(RAM);
	for (i = 0; i < 31; i++)
		c->run->enter.gprs[i] = pattern(8, i);
	/* the REC does not run: its list registers come back as they went in */
	want.gicv3_lrs[0] = c->run->enter.gicv3_lrs[0] = 1UL << 62 | 1UL << 60 | 40;
	want.gicv3_hcr = c->run->enter.gicv3_hcr = 1UL << 3;
	EXPECT_EQ(rec_run(c), RMI_EXIT_SYNC);
	c->run->exit.gicv3_misr = 0;
	expect_exit(c, &want);
	want.gicv3_lrs[0] = c->run->enter.gicv3_lrs[0] = 0;
	want.gicv3_hcr = c->run->enter.gicv3_hcr = 0;
	/* DESTROYED stays so until the realm says otherwise: no way forward */
	ASSERT_OK(RMI_DATA_CREATE_UNKNOWN, c->realm->rd, pa, RAM);
	EXPECT_EQ(rec_run(c), RMI_EXIT_SYNC);
	expect_exit(c, &want);
}

/* @test RSI_IPA_STATE_GET.{base_align,end_align,size_valid,rgn_bound} */
TEST(rsi, ipa_state_get_refused, ONCE)
{
	struct rec *c = puppet();
	uint64_t half = realm_top(c->realm);
	const struct {
		uint64_t base, top;
	} rows[] = {
		{ RAM + 8, RAM + PAGE }, { RAM + 0x800, RAM + PAGE },
		{ RAM, RAM + PAGE + 8 }, { RAM, RAM + 0x800 },
		{ RAM, RAM }, { RAM + PAGE, RAM }, { RAM, 0 },
		{ half - PAGE, half + PAGE }, { half, half + PAGE },
		{ RAM, 2 * half }, { RAM, 1UL << 63 },
		{ 1UL << 48, (1UL << 48) + PAGE }, { ~0xfffUL, 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		EXPECT_EQ(rsi(c, 0, RSI_IPA_STATE_GET, rows[i].base,
			      rows[i].top, 3, 4), RSI_ERROR_INPUT);
}

/*
 * Walks a range as Linux does, and sees each run.
 * @test RSI_IPA_STATE_GET.success
 */
TEST(rsi, ipa_state_get, BOTH)
{
	struct rec *c = puppet();
	uint64_t at = PUPPET_BASE, end = PUPPET_BASE + BLOCK, seen_ram = 0;
	uint64_t half = realm_top(c->realm);

	while (at < end) {
		uint64_t top;

		ASSERT_EQ(rsi(c, 2, RSI_IPA_STATE_GET, at, end, 3, 4), RSI_SUCCESS);
		top = out(c, 1);
		ASSERT(top > at && top <= end);
		if (out(c, 2) == RMI_RIPAS_RAM)
			seen_ram += top - at;
		else
			EXPECT_EQ(out(c, 2), RMI_RIPAS_EMPTY);
		at = top;
	}
	/* image, areas, tables and scratch pages: all that was populated */
	EXPECT_EQ(seen_ram, (uint64_t)(payload_end - payload_start) +
		  (PUPPET_MAX_RECS * PUPPET_AREA_PAGES + PUPPET_NUM_TABLES +
		   PUPPET_NUM_SCRATCH) * PAGE);
	/* the last protected page, alone */
	EXPECT_EQ(rsi(c, 2, RSI_IPA_STATE_GET, half - PAGE, half, 3, 4),
		  RSI_SUCCESS);
	EXPECT_EQ(out(c, 1), half);
	/* a destroyed page */
	ASSERT_OK(RMI_DATA_DESTROY, c->realm->rd, RAM);
	EXPECT_EQ(rsi(c, 2, RSI_IPA_STATE_GET, RAM, RAM + PAGE, 3, 4), RSI_SUCCESS);
	EXPECT_EQ(out(c, 2), RMI_RIPAS_DESTROYED);
}

/*
 * @test RSI_IPA_STATE_SET.{base_align,top_align,size_valid,rgn_bound}
 * @test RSI_IPA_STATE_SET.ripas_valid
 */
TEST(rsi, ipa_state_set_refused, ONCE)
{
	struct rec *c = puppet();
	uint64_t half = realm_top(c->realm);
	const struct {
		uint64_t base, top, ripas;
	} rows[] = {
		{ RAM + 8, RAM + PAGE, 0 }, { RAM, RAM + 0x800, 0 },
		{ RAM, RAM, 0 }, { RAM + PAGE, RAM, 0 }, { RAM, 0, 0 },
		{ half - PAGE, half + PAGE, 0 }, { half, half + PAGE, 0 },
		{ RAM, 2 * half, 0 }, { RAM, 1UL << 63, 1 },
		{ ~0xfffUL, 0, 1 },
		{ RAM, RAM + PAGE, RMI_RIPAS_DESTROYED }, { RAM, RAM + PAGE, 3 },
		{ RAM, RAM + PAGE, 1UL << 32 | 0x102 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		EXPECT_EQ(rsi(c, 0, RSI_IPA_STATE_SET, rows[i].base, rows[i].top,
			      rows[i].ripas, 0), RSI_ERROR_INPUT);
	EXPECT_EQ(rsi(c, 2, RSI_IPA_STATE_GET, RAM, RAM + PAGE, 0, 0), RSI_SUCCESS);
	EXPECT_EQ(out(c, 2), RMI_RIPAS_RAM);
}

#define EXPECT_AT_MOST(reg, lsb, max)	EXPECT(((reg) >> (lsb) & 0xf) <= (max))

/* What a realm can learn from ID registers. */
TEST(rsi, id_registers, ONCE)
{
	struct rec *c = puppet();
	uint64_t pfr0 = realm_mrs(c, REG_ID_AA64PFR0_EL1);
	uint64_t dfr0 = realm_mrs(c, REG_ID_AA64DFR0_EL1);

	EXPECT_EQ(pfr0 >> 32 & 0xf, 0);		/* no SVE unless asked for */
	EXPECT_EQ(pfr0 >> 44 & 0xf, 0);		/* AMU */
	EXPECT_EQ(realm_mrs(c, REG_ID_AA64PFR1_EL1) >> 8 & 0xff, 0); /* MTE */
	EXPECT_EQ(realm_mrs(c, REG_ID_AA64PFR1_EL1) >> 24 & 0xf, 0); /* SME */
	EXPECT_EQ(realm_mrs(c, REG_ID_AA64ZFR0_EL1), 0);
	EXPECT_EQ(realm_mrs(c, REG_ID_AA64SMFR0_EL1), 0);
	EXPECT_EQ(realm_mrs(c, REG_ID_RESERVED_EL1), 0);
	EXPECT_EQ(dfr0 >> 8 & 0xf, 0);		/* PMU: not advertised */
	EXPECT_EQ(dfr0 >> 32 & 0xf, 0);		/* SPE */
	EXPECT_EQ(dfr0 >> 44 & 0xf, 0);		/* TRBE */
	EXPECT_EQ(dfr0 >> 12 & 0xf, 1);		/* num_bps as created */
	EXPECT_EQ(dfr0 >> 20 & 0xf, 1);		/* num_wps */
	EXPECT_EQ(realm_mrs(c, REG_MIDR_EL1), sysreg_read("midr_el1"));
	/* no LPA2, so no more than 48 bits of physical address */
	EXPECT_EQ(realm_mrs(c, REG_ID_AA64MMFR0_EL1) & 0xf, 5);
	/* fields are shown, but no value that needs what a realm does not have */
	EXPECT_AT_MOST(dfr0, 0, 10);		/* DebugVer */
	EXPECT_AT_MOST(realm_mrs(c, REG_ID_AA64ISAR1_EL1), 4, 5);	/* APA */
	EXPECT_AT_MOST(realm_mrs(c, REG_ID_AA64ISAR1_EL1), 8, 5);	/* API */
	EXPECT_AT_MOST(realm_mrs(c, REG_ID_AA64MMFR1_EL1), 0, 2);	/* HAFDBS */
	EXPECT_AT_MOST(realm_mrs(c, REG_ID_AA64MMFR2_EL1), 16, 1);	/* VARange */
	EXPECT_EQ(report_exceptions(c), 0);
}

/* Registers that are not a realm's: undefined, or read as nothing. */
TEST(rsi, registers_out_of_reach, ONCE)
{
	static const struct {
		enum reg reg;
		const char *name;
	} undefined[] = {
		{ REG_IMPDEF_C11, "implementation defined, CRn 11" },
		{ REG_IMPDEF_C15, "implementation defined, CRn 15" },
		{ REG_VBAR_EL2, "VBAR_EL2" },
	};
	struct rec *c = puppet();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(undefined); i++) {
		test_label(undefined[i].name);
		realm_mrs(c, undefined[i].reg);
		EXPECT_EQ(report_exceptions(c), 1);
		EXPECT_EQ(ESR_EC(report_esr(c)), EC_UNKNOWN);
		test_label(NULL);
	}
	/* PMU not given: undefined or zero, never the host's */
	sysreg_write("pmccntr_el0", 0x123456789);
	EXPECT(realm_mrs(c, REG_PMCCNTR_EL0) == 0 || report_exceptions(c) == 1);
}
