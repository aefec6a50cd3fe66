/* SPDX-License-Identifier: BSD-3-Clause */
/* RSI and PSCI as a realm sees them (rmm-abi.md 7.24 to 7.31, 8.6, 10). */
#include "unit.h"

#include "abi/psci.h"
#include "abi/smccc.h"
#include <string.h>

#define PAGE(n)		(UINT64_C(0x40000) + (n) * PAGE_SIZE)
#define CONFIG_PAGE	PAGE(0)		/* ASSIGNED, RAM */
#define EMPTY_PAGE	PAGE(1)		/* EMPTY, UNASSIGNED */
#define EMPTY_THERE	PAGE(2)		/* EMPTY, ASSIGNED */
#define RAM_PAGE	PAGE(3)		/* RAM, not there */
#define LOST_PAGE	PAGE(4)		/* DESTROYED */
#define RAM_END		PAGE(8)

#define EC_DATA		(UINT64_C(0x24) << 26)
#define PC		0x1000
#define HIGH	UINT64_C(0x5a5a00000000)	/* no part of an SMC32 argument */

struct rsi_world {
	struct realm_under_test r;
	uint64_t data;		/* behind CONFIG_PAGE */
};

/* Where a number is bad in each of several ways. */
struct bad_call {
	const char *name;
	uint64_t x[5];		/* x0 .. x4; TOP stands for the first unprotected IPA */
	uint64_t x0;
};

#define TOP	UINT64_C(0x700000000000)	/* TOP + n: unprotected base + n */

static void make_world(struct rsi_world *w)
{
	const struct realm_under_test *r = &w->r;
	struct rmi_realm_params *p;

	make_realm(&w->r, 5);
	MUST(RMI_REALM_DESTROY, r->rd);
	p = host_ns(pa(r->params));
	for (unsigned int i = 0; i < sizeof(p->rpv); i++)
		p->rpv[i] = (uint8_t)(i ^ 0x5c);
	MUST(RMI_REALM_CREATE, r->rd, r->params);
	w->data = realm_data(r, CONFIG_PAGE);
	realm_unknown(r, EMPTY_THERE);
	realm_ram(r, RAM_PAGE, RAM_END);
	realm_data(r, LOST_PAGE);
	MUST(RMI_DATA_DESTROY, r->rd, LOST_PAGE);
	rec_make(&w->r, true);
	rec_make(&w->r, false);
	realm_start(r);
}

static uint64_t where(const struct rsi_world *w, uint64_t x)
{
	return x >= TOP && x < 3 * TOP ? realm_unprotected(&w->r) + x - TOP : x;
}

/* One SMC that the monitor answers: all registers after it. */
static struct vcpu_regs smc(const struct rsi_world *w, const uint64_t x[static 31])
{
	step_smc_args(x, 31 - 1);
	EXPECT_EQ(rec_enter(w->r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(rec_exit_of()->exit_reason, RMI_EXIT_IRQ);
	return realm_regs();
}

static struct vcpu_regs smc3(const struct rsi_world *w, uint64_t fid, uint64_t x1,
			     uint64_t x2, uint64_t x3)
{
	const uint64_t x[31] = { fid, x1, x2, x3 };

	return smc(w, x);
}

/*
 * @test RSI_MEASUREMENT_READ.index_bound
 * @test RSI_MEASUREMENT_EXTEND.{index_bound,size_bound}
 * @test RSI_REALM_CONFIG.{addr_align,addr_bound,empty}
 * @test RSI_HOST_CALL.{addr_align,addr_bound,empty}
 * @test RSI_IPA_STATE_GET.{base_align,end_align,size_valid,rgn_bound}
 * @test RSI_IPA_STATE_SET.{base_align,top_align,size_valid,rgn_bound,ripas_valid}
 * @test SMCCC.realm_unknown
 * @test PSCI.{CPU_ON_address,CPU_ON_mpidr,CPU_ON_self,unsupported}
 * @test PSCI.{AFFINITY_INFO_level,AFFINITY_INFO_mpidr,AFFINITY_INFO_self}
 */
static const struct bad_call bad_calls[] = {
	{ "RSI_MEASUREMENT_READ.index_bound", { RSI_MEASUREMENT_READ, 5 }, RSI_ERROR_INPUT },
	{ "RSI_MEASUREMENT_READ.index_bound huge", { RSI_MEASUREMENT_READ, BIT(32) },
	  RSI_ERROR_INPUT },
	{ "RSI_MEASUREMENT_EXTEND.index_bound 0", { RSI_MEASUREMENT_EXTEND, 0, 8 },
	  RSI_ERROR_INPUT },
	{ "RSI_MEASUREMENT_EXTEND.index_bound 5", { RSI_MEASUREMENT_EXTEND, 5, 8 },
	  RSI_ERROR_INPUT },
	{ "RSI_MEASUREMENT_EXTEND.index_bound 2^32", { RSI_MEASUREMENT_EXTEND, BIT(32) | 1, 8 },
	  RSI_ERROR_INPUT },
	{ "RSI_MEASUREMENT_EXTEND.size_bound", { RSI_MEASUREMENT_EXTEND, 1, 65 },
	  RSI_ERROR_INPUT },
	{ "RSI_MEASUREMENT_EXTEND.size_bound 2^32", { RSI_MEASUREMENT_EXTEND, 1, BIT(32) },
	  RSI_ERROR_INPUT },
	{ "RSI_REALM_CONFIG.addr_align", { RSI_REALM_CONFIG, CONFIG_PAGE + 0x800 },
	  RSI_ERROR_INPUT },
	{ "RSI_REALM_CONFIG.addr_bound", { RSI_REALM_CONFIG, TOP }, RSI_ERROR_INPUT },
	{ "RSI_REALM_CONFIG.addr_bound huge", { RSI_REALM_CONFIG, ~UINT64_C(0xfff) },
	  RSI_ERROR_INPUT },
	{ "RSI_REALM_CONFIG.empty", { RSI_REALM_CONFIG, EMPTY_PAGE }, RSI_ERROR_INPUT },
	{ "RSI_REALM_CONFIG.empty, assigned", { RSI_REALM_CONFIG, EMPTY_THERE },
	  RSI_ERROR_INPUT },
	{ "RSI_HOST_CALL.addr_align", { RSI_HOST_CALL, CONFIG_PAGE + 0x80 }, RSI_ERROR_INPUT },
	{ "RSI_HOST_CALL.addr_bound", { RSI_HOST_CALL, TOP }, RSI_ERROR_INPUT },
	{ "RSI_HOST_CALL.addr_bound huge", { RSI_HOST_CALL, ~UINT64_C(0xff) }, RSI_ERROR_INPUT },
	{ "RSI_HOST_CALL.empty", { RSI_HOST_CALL, EMPTY_PAGE }, RSI_ERROR_INPUT },
	{ "RSI_HOST_CALL.empty, assigned", { RSI_HOST_CALL, EMPTY_THERE + 0xf00 },
	  RSI_ERROR_INPUT },
	{ "RSI_IPA_STATE_GET.base_align", { RSI_IPA_STATE_GET, PAGE(0) + 8, PAGE(1) },
	  RSI_ERROR_INPUT },
	{ "RSI_IPA_STATE_GET.end_align", { RSI_IPA_STATE_GET, PAGE(0), PAGE(1) + 8 },
	  RSI_ERROR_INPUT },
	{ "RSI_IPA_STATE_GET.size_valid", { RSI_IPA_STATE_GET, PAGE(1), PAGE(1) },
	  RSI_ERROR_INPUT },
	{ "RSI_IPA_STATE_GET.size_valid < 0", { RSI_IPA_STATE_GET, PAGE(1), PAGE(0) },
	  RSI_ERROR_INPUT },
	{ "RSI_IPA_STATE_GET.rgn_bound", { RSI_IPA_STATE_GET, PAGE(0), TOP + PAGE_SIZE },
	  RSI_ERROR_INPUT },
	{ "RSI_IPA_STATE_GET.rgn_bound base", { RSI_IPA_STATE_GET, TOP, TOP + PAGE_SIZE },
	  RSI_ERROR_INPUT },
	{ "RSI_IPA_STATE_GET.rgn_bound huge",
	  { RSI_IPA_STATE_GET, PAGE(0), ~UINT64_C(0xfff) }, RSI_ERROR_INPUT },
	{ "RSI_IPA_STATE_SET.base_align", { RSI_IPA_STATE_SET, PAGE(0) + 8, PAGE(1), 1 },
	  RSI_ERROR_INPUT },
	{ "RSI_IPA_STATE_SET.top_align", { RSI_IPA_STATE_SET, PAGE(0), PAGE(1) + 8, 1 },
	  RSI_ERROR_INPUT },
	{ "RSI_IPA_STATE_SET.size_valid", { RSI_IPA_STATE_SET, PAGE(1), PAGE(1), 1 },
	  RSI_ERROR_INPUT },
	{ "RSI_IPA_STATE_SET.size_valid < 0", { RSI_IPA_STATE_SET, PAGE(1), 0, 1 },
	  RSI_ERROR_INPUT },
	{ "RSI_IPA_STATE_SET.rgn_bound", { RSI_IPA_STATE_SET, PAGE(0), TOP + PAGE_SIZE, 1 },
	  RSI_ERROR_INPUT },
	{ "RSI_IPA_STATE_SET.rgn_bound huge", { RSI_IPA_STATE_SET, 0, ~UINT64_C(0xfff), 1 },
	  RSI_ERROR_INPUT },
	{ "RSI_IPA_STATE_SET.ripas_valid", { RSI_IPA_STATE_SET, PAGE(0), PAGE(1), 2 },
	  RSI_ERROR_INPUT },
	{ "RSI_IPA_STATE_SET.ripas_valid 3", { RSI_IPA_STATE_SET, PAGE(0), PAGE(1), 3 },
	  RSI_ERROR_INPUT },
	{ "RSI_IPA_STATE_SET.ripas_valid, upper bits",
	  { RSI_IPA_STATE_SET, PAGE(0), PAGE(1), BIT(32) | 0x102 }, RSI_ERROR_INPUT },
	/* what is no function of ours */
	{ "rsi: past the last", { RSI_HOST_CALL + 1 }, SMCCC_NOT_SUPPORTED },
	{ "rsi: end of the window", { 0xC40001AF }, SMCCC_NOT_SUPPORTED },
	{ "rsi: an RMI function", { RMI_GRANULE_DELEGATE, 0x20400000 }, SMCCC_NOT_SUPPORTED },
	{ "rsi: RMI_VERSION", { RMI_VERSION, RMI_ABI_1_0 }, SMCCC_NOT_SUPPORTED },
	{ "rsi: a vendor function", { 0xC2000150 }, SMCCC_NOT_SUPPORTED },
	{ "rsi: EL3's completion call", { 0xC400018F, 1, 2, 3 }, SMCCC_NOT_SUPPORTED },
	{ "rsi: SMC32 of RSI", { 0x84000190, RSI_ABI_1_0 }, SMCCC_NOT_SUPPORTED },
	{ "rsi: ARCH_FEATURES", { 0x80000001, 0x80000000 }, SMCCC_NOT_SUPPORTED },
	{ "rsi: zero", { 0 }, SMCCC_NOT_SUPPORTED },
	{ "rsi: all ones", { ~UINT64_C(0) }, SMCCC_NOT_SUPPORTED },
	/* PSCI */
	{ "PSCI.CPU_ON_address", { PSCI_CPU_ON, 1, TOP }, (uint64_t)PSCI_INVALID_ADDRESS },
	{ "PSCI.CPU_ON_address huge", { PSCI_CPU_ON, 1, ~UINT64_C(3) },
	  (uint64_t)PSCI_INVALID_ADDRESS },
	{ "PSCI.CPU_ON_mpidr", { PSCI_CPU_ON, 2, PC }, (uint64_t)PSCI_INVALID_PARAMETERS },
	{ "PSCI.CPU_ON_mpidr far", { PSCI_CPU_ON, BIT(32), PC },
	  (uint64_t)PSCI_INVALID_PARAMETERS },
	{ "PSCI.CPU_ON_mpidr bit 4", { PSCI_CPU_ON, 0x11, PC },
	  (uint64_t)PSCI_INVALID_PARAMETERS },
	{ "PSCI.CPU_ON_self", { PSCI_CPU_ON, 0, PC }, (uint64_t)PSCI_ALREADY_ON },
	{ "PSCI.AFFINITY_INFO_level", { PSCI_AFFINITY_INFO, 1, 1 },
	  (uint64_t)PSCI_INVALID_PARAMETERS },
	{ "PSCI.AFFINITY_INFO_mpidr", { PSCI_AFFINITY_INFO, 2, 0 },
	  (uint64_t)PSCI_INVALID_PARAMETERS },
	{ "PSCI.AFFINITY_INFO_self", { PSCI_AFFINITY_INFO, 0, 0 }, 0 },
	{ "PSCI.smc32 self", { PSCI_CPU_ON_32, HIGH, HIGH | PC }, (uint64_t)PSCI_ALREADY_ON },
	{ "PSCI.smc32 no such REC", { PSCI_CPU_ON_32, HIGH | 2, PC },
	  (uint64_t)PSCI_INVALID_PARAMETERS },
	{ "PSCI.smc32 AFFINITY_INFO self", { PSCI_AFFINITY_INFO_32, HIGH, HIGH }, 0 },
	{ "PSCI.unsupported CPU_FREEZE", { 0x8400000B }, (uint64_t)PSCI_NOT_SUPPORTED },
	{ "PSCI.unsupported MIGRATE_INFO", { 0x84000006 }, (uint64_t)PSCI_NOT_SUPPORTED },
	{ "PSCI.unsupported RESET2", { 0xC4000012 }, (uint64_t)PSCI_NOT_SUPPORTED },
	{ "PSCI.unsupported 1f", { 0x8400001F }, (uint64_t)PSCI_NOT_SUPPORTED },
	{ "PSCI.unsupported CPU_OFF 64", { 0xC4000002 }, (uint64_t)PSCI_NOT_SUPPORTED },
};

/* The realm goes on behind the SMC; X1..X3 zero, X4 and up as they were. */
/* @test REC_PC.smc, SMCCC.outputs */
static void bad_call(const void *arg)
{
	const struct bad_call *b = arg;
	struct rsi_world w;
	struct vcpu_regs regs;
	uint64_t x[31];

	make_world(&w);
	for (unsigned int i = 0; i < 31; i++)
		x[i] = i < 4 ? where(&w, b->x[i]) : 0x4400 + i;
	regs = smc(&w, x);
	EXPECT_EQ(regs.x[0], b->x0);
	for (unsigned int i = 1; i < 30; i++)
		EXPECT_EQ(regs.x[i], i < 4 ? 0 : 0x4400 + i);
	EXPECT_EQ(regs.pc, PC + 4);
	EXPECT_EQ(host_realm_seen()->runs, 2);
}

/* Versions and features */

/*
 * @test RSI_VERSION.{success,unsupported}
 * @test RSI_FEATURES.success, SMCCC.{version,sve_hint,smc32}
 */
static void versions(const void *arg)
{
	static const uint64_t asked[] = { 0x10000, 0x10001, 0x20000, 0, 0xffff, BIT(63) | 0x10000,
					  UINT64_C(0x100010000) };
	struct rsi_world w;
	struct vcpu_regs regs;

	(void)arg;
	make_world(&w);
	for (size_t i = 0; i < COUNT_OF(asked); i++) {
		regs = smc3(&w, RSI_VERSION, asked[i], 7, 8);
		EXPECT_EQ(regs.x[0], i == 0 ? RSI_SUCCESS : RSI_ERROR_INPUT);
		EXPECT_EQ(regs.x[1], RSI_ABI_1_0);
		EXPECT_EQ(regs.x[2], RSI_ABI_1_0);
		EXPECT_EQ(regs.x[3], 0);
	}
	for (uint64_t i = 0; i < 3; i++) {
		regs = smc3(&w, RSI_FEATURES, i, 7, 8);
		EXPECT_EQ(regs.x[0], RSI_SUCCESS);
		EXPECT_EQ(regs.x[1], 0);
	}
	EXPECT_EQ(smc3(&w, SMCCC_VERSION, 0, 0, 0).x[0], SMCCC_VERSION_1_3);
	EXPECT_EQ(smc3(&w, PSCI_VERSION, 0, 0, 0).x[0], PSCI_VERSION_1_1);
	/* the hint of SMCCC 1.3, and rubbish in the upper half */
	EXPECT_EQ(smc3(&w, RSI_VERSION | 0x10000, 0x10000, 0, 0).x[0], RSI_SUCCESS);
	EXPECT_EQ(smc3(&w, RSI_VERSION | BIT(63), 0x10000, 0, 0).x[0], RSI_SUCCESS);
	EXPECT_EQ(smc3(&w, PSCI_VERSION | 0x10000, 0, 0, 0).x[0], PSCI_VERSION_1_1);
}

/* @test PSCI.{VERSION,FEATURES,FEATURES_VERSION} */
static void psci_features(const void *arg)
{
	static const uint32_t yes[] = {
		PSCI_VERSION, PSCI_FEATURES, PSCI_CPU_SUSPEND, PSCI_CPU_SUSPEND_32,
		PSCI_CPU_OFF, PSCI_CPU_ON, PSCI_CPU_ON_32, PSCI_AFFINITY_INFO,
		PSCI_AFFINITY_INFO_32, PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET, SMCCC_VERSION,
	};
	static const uint32_t no[] = {
		0x8400000B, 0x84000006, 0xC4000012, 0x84000005, 0xC400000E, 0x8400000F,
		RSI_VERSION, 0, 0xffffffff, 0xC4000002, 0x80000001,
	};
	struct rsi_world w;

	(void)arg;
	make_world(&w);
	for (size_t i = 0; i < COUNT_OF(yes); i++)
		EXPECT_EQ(smc3(&w, PSCI_FEATURES, yes[i], 0, 0).x[0], 0);
	for (size_t i = 0; i < COUNT_OF(no); i++)
		EXPECT_EQ(smc3(&w, PSCI_FEATURES, no[i], 0, 0).x[0],
			  (uint64_t)PSCI_NOT_SUPPORTED);
}

/* PSCI calls that leave */

struct leave {
	const char *name;
	uint64_t fid, x1, x2;
	uint64_t gpr1;
	uint64_t status_after;	/* of the next REC_ENTER */
};

/*
 * @test PSCI.{CPU_SUSPEND,CPU_OFF,CPU_ON,AFFINITY_INFO}
 * @test PSCI.{SYSTEM_OFF,SYSTEM_RESET,arguments,smc32}
 */
/* @test REC_EXIT.psci, REALM.active */
static const struct leave leaves[] = {
	{ "psci: CPU_SUSPEND", PSCI_CPU_SUSPEND, 0x11, 0x22, 0, RMI_SUCCESS },
	{ "psci: CPU_SUSPEND 32", PSCI_CPU_SUSPEND_32, 0x11, 0x22, 0, RMI_SUCCESS },
	{ "psci: CPU_OFF exit", PSCI_CPU_OFF, 0x11, 0x22, 0, RMI_ERROR_REC },
	{ "psci: CPU_ON exit", PSCI_CPU_ON, 1, PC, 1, RMI_ERROR_REC },
	{ "psci: CPU_ON 32 exit", PSCI_CPU_ON_32, 1, PC, 1, RMI_ERROR_REC },
	{ "psci: AFFINITY_INFO exit", PSCI_AFFINITY_INFO, 1, 0, 1, RMI_ERROR_REC },
	{ "psci: AFFINITY_INFO 32 exit", PSCI_AFFINITY_INFO_32, 1, 0, 1, RMI_ERROR_REC },
	{ "psci: CPU_ON 32 exit, high bits", PSCI_CPU_ON_32, HIGH | 1, HIGH | PC, 1,
	  RMI_ERROR_REC },
	{ "psci: AFFINITY_INFO 32 exit, high bits", PSCI_AFFINITY_INFO_32, HIGH | 1, HIGH, 1,
	  RMI_ERROR_REC },
	{ "psci: SYSTEM_OFF exit", PSCI_SYSTEM_OFF, 0x11, 0x22, 0,
	  RMI_RETURN(RMI_ERROR_REALM, 1) },
	{ "psci: SYSTEM_RESET exit", PSCI_SYSTEM_RESET, 0x11, 0x22, 0,
	  RMI_RETURN(RMI_ERROR_REALM, 1) },
};

static void leave(const void *arg)
{
	const struct leave *l = arg;
	static const uint64_t decoration[] = { 0, 0x10000, BIT(40) };
	struct rsi_world w;

	/* plain, with the hint, and with rubbish above bit 31: the host sees the function */
	for (size_t i = 0; i < COUNT_OF(decoration); i++) {
		world_boot(&host_machine_default, setting->backing);
		host_realm_forget();
		make_world(&w);
		step_smc(l->fid | decoration[i], l->x1, l->x2, 0x33, 0x44);
		memset(rec_exit_of(), 0xee, sizeof(struct rmi_rec_exit));
		EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
		EXPECT_EQ(rec_exit_of()->exit_reason, RMI_EXIT_PSCI);
		EXPECT_EQ(rec_exit_of()->gprs[0], l->fid);
		EXPECT_EQ(rec_exit_of()->gprs[1], l->gpr1);
		for (unsigned int k = 2; k < 31; k++)
			EXPECT_EQ(rec_exit_of()->gprs[k], 0);
		EXPECT_EQ(rec_exit_of()->esr, 0);
		EXPECT_EQ(rec_enter(w.r.rec[0]), l->status_after);
	}
}

static void suspend_returns(const void *arg)
{
	struct rsi_world w;
	struct vcpu_regs regs;

	(void)arg;
	make_world(&w);
	step_smc(PSCI_CPU_SUSPEND, 1, 2, 3, 4);
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
	regs = realm_regs();
	EXPECT_EQ(regs.x[0], 0);
	EXPECT_EQ(regs.x[4], 4);
	EXPECT_EQ(regs.pc, PC + 4);
}

/* A REC that runs when its realm goes off runs on until its next exit. */
static void off_by_another(struct vcpu *v, void *arg)
{
	const struct rsi_world *w = arg;
	uint64_t page;

	(void)v;
	host_cpu_set(1);
	run_page(&page);
	step_smc(PSCI_SYSTEM_OFF, 0, 0, 0, 0);
	MUST(RMI_REC_ENTER, w->r.rec[2], page);
	EXPECT_EQ(RMI(RMI_REC_ENTER, w->r.rec[2], page).x[0], RMI_RETURN(RMI_ERROR_REALM, 1));
}

/* @test REALM.system_off */
static void off_while_running(const void *arg)
{
	struct rsi_world w;

	(void)arg;
	make_realm(&w.r, 5);
	for (unsigned int i = 0; i < 3; i++)
		rec_make(&w.r, true);
	realm_start(&w.r);
	world_check_laws(false);
	step_code(off_by_another, &w);
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
	world_check_laws(true);
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_RETURN(RMI_ERROR_REALM, 1));
	EXPECT_EQ(RMI(RMI_REALM_ACTIVATE, w.r.rd).x[0], RMI_ERROR_REALM);
	realm_unmake(&w.r);
}

/* Structures in the realm's memory */

/* @test RSI_REALM_CONFIG.success */
static void realm_config(const void *arg)
{
	struct rsi_world w;
	struct rsi_realm_config want = { .ipa_width = setting->geometry.width,
					 .hash_algo = (uint8_t)setting->hash };

	(void)arg;
	make_world(&w);
	for (unsigned int i = 0; i < sizeof(want.rpv); i++)
		want.rpv[i] = (uint8_t)(i ^ 0x5c);
	memset(content_of(w.data), 0xdd, PAGE_SIZE);
	EXPECT_EQ(smc3(&w, RSI_REALM_CONFIG, CONFIG_PAGE, 1, 1).x[0], RSI_SUCCESS);
	EXPECT(memcmp(content_of(w.data), &want, sizeof(want)) == 0);
}

/* @test RSI_HOST_CALL.{success,complete}, REC_ENTRY.host_call, REC_EXIT.host_call */
static void host_call(const void *arg)
{
	const uint64_t offset = *(const uint64_t *)arg;
	struct rsi_world w;
	struct rsi_host_call *call;
	struct vcpu_regs regs;
	const uint64_t x[31] = { RSI_HOST_CALL, CONFIG_PAGE + offset, 2, 3, 4, 5 };

	make_world(&w);
	call = (void *)((char *)content_of(w.data) + offset);
	memset(call, 0, sizeof(*call));
	call->imm = 0xbeef;
	for (uint64_t i = 0; i < 31; i++) {
		call->gprs[i] = 0x1000 + i;
		rec_enter_of()->gprs[i] = 0x2000 + i;
	}
	step_smc_args(x, 30);
	memset(rec_exit_of(), 0xee, sizeof(struct rmi_rec_exit));
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(rec_exit_of()->exit_reason, RMI_EXIT_HOST_CALL);
	EXPECT_EQ(rec_exit_of()->imm, 0xbeef);
	EXPECT_EQ(rec_exit_of()->esr, 0);
	EXPECT_EQ(rec_exit_of()->hpfar, 0);
	for (uint64_t i = 0; i < 31; i++)
		EXPECT_EQ(rec_exit_of()->gprs[i], 0x1000 + i);
	/* nothing is stored before the host has answered */
	EXPECT_EQ(call->gprs[7], 0x1007);
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
	for (uint64_t i = 0; i < 31; i++)
		EXPECT_EQ(call->gprs[i], 0x2000 + i);
	EXPECT_EQ(call->imm, 0xbeef);
	regs = realm_regs();
	EXPECT_EQ(regs.x[0], RSI_SUCCESS);
	EXPECT_EQ(regs.x[1], CONFIG_PAGE + offset);
	for (unsigned int i = 2; i < 6; i++)
		EXPECT_EQ(regs.x[i], i);
	EXPECT_EQ(regs.pc, PC + 4);
	/* the next exit is one of its own */
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(rec_exit_of()->exit_reason, RMI_EXIT_IRQ);
}

/* The page is not there: an exit as if the realm had touched it; then again. */
struct buffer {
	const char *name;
	uint64_t fid;
	uint64_t addr;
};

/* @test RSI_BUFFER.exit, RSI_REALM_CONFIG.unmapped, RSI_HOST_CALL.unmapped */
static const struct buffer buffers[] = {
	{ "rsi: CONFIG, RAM not there", RSI_REALM_CONFIG, RAM_PAGE },
	{ "rsi: CONFIG, DESTROYED", RSI_REALM_CONFIG, LOST_PAGE },
	{ "rsi: HOST_CALL, RAM not there", RSI_HOST_CALL, RAM_PAGE },
	{ "rsi: HOST_CALL, DESTROYED", RSI_HOST_CALL, LOST_PAGE + 0x700 },
};

static void expect_buffer_exit(uint64_t addr, uint64_t level)
{
	const struct rmi_rec_exit *e = rec_exit_of();

	EXPECT_EQ(e->exit_reason, RMI_EXIT_SYNC);
	EXPECT_EQ(e->esr, EC_DATA | (0x04 + level));
	EXPECT_EQ(e->far, 0);
	EXPECT_EQ(e->hpfar, addr >> 12 << 4);
	for (unsigned int i = 0; i < 31; i++)
		EXPECT_EQ(e->gprs[i], 0);
}

static void missing_buffer(const void *arg)
{
	const struct buffer *b = arg;
	struct rsi_world w;

	make_world(&w);
	step_smc(b->fid, b->addr, 0, 0, 0);
	memset(rec_exit_of(), 0xee, sizeof(struct rmi_rec_exit));
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
	expect_buffer_exit(b->addr, 3);
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(realm_regs().pc, PC);
	EXPECT_EQ(realm_regs().x[0], b->fid);
	EXPECT_EQ(realm_regs().x[1], b->addr);
	if (b->addr >= LOST_PAGE)
		return;
	realm_unknown(&w.r, RAM_PAGE);
	step_smc(b->fid, b->addr, 0, 0, 0);
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
	EXPECT(rec_exit_of()->exit_reason != RMI_EXIT_SYNC);
}

/* No level 3 table: the level of the walk is reported. */
static void missing_table(const void *arg)
{
	struct realm_under_test r;
	uint64_t base = UINT64_C(6) << 21;

	(void)arg;
	make_realm(&r, 5);
	realm_tables(&r, base, 2);
	realm_ram(&r, base, base + BLOCK_SIZE);
	rec_make(&r, true);
	realm_start(&r);
	step_smc(RSI_REALM_CONFIG, base + 3 * PAGE_SIZE, 0, 0, 0);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	expect_buffer_exit(base + 3 * PAGE_SIZE, 2);
}

/* The page goes while the host answers: an abort exit, and the call stays pending. */
/* @test RSI_HOST_CALL.complete_unmapped, REC_ENTRY.host_call_lrs */
static void host_call_page_lost(const void *arg)
{
	struct rsi_world w;
	struct rmi_rec_enter *in;

	(void)arg;
	make_world(&w);
	in = rec_enter_of();
	step_smc(RSI_HOST_CALL, CONFIG_PAGE + 0x300, 0, 0, 0);
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
	MUST(RMI_DATA_DESTROY, w.r.rd, CONFIG_PAGE);
	in->gicv3_hcr = 0x82;
	in->gicv3_lrs[2] = BIT(62) | 77;
	memset(rec_exit_of(), 0xee, sizeof(struct rmi_rec_exit));
	host_realm_forget();
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(host_realm_seen()->runs, 0);
	expect_buffer_exit(CONFIG_PAGE, 3);
	EXPECT_EQ(rec_exit_of()->gicv3_hcr, 0x82);
	EXPECT_EQ(rec_exit_of()->gicv3_lrs[2], BIT(62) | 77);
	/* the host gives it a page again, and the answer of this entry is stored */
	w.data = realm_unknown(&w.r, CONFIG_PAGE);
	EXPECT_EQ(entry_of(&w.r, CONFIG_PAGE, 3).ripas, RMI_RIPAS_DESTROYED);
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
	expect_buffer_exit(CONFIG_PAGE, 3);
}

/* IPA state */

struct get {
	const char *name;
	uint64_t base, top;
	uint64_t until, ripas;
};

/* @test RSI_IPA_STATE_GET.success */
static const struct get gets[] = {
	{ "rsi: GET RAM", CONFIG_PAGE, RAM_END, CONFIG_PAGE + PAGE_SIZE, RMI_RIPAS_RAM },
	{ "rsi: GET EMPTY", EMPTY_PAGE, RAM_END, RAM_PAGE, RMI_RIPAS_EMPTY },
	{ "rsi: GET to top", EMPTY_PAGE, EMPTY_PAGE + PAGE_SIZE, EMPTY_PAGE + PAGE_SIZE,
	  RMI_RIPAS_EMPTY },
	{ "rsi: GET one page of RAM", RAM_PAGE, RAM_END, RAM_PAGE + PAGE_SIZE, RMI_RIPAS_RAM },
	{ "rsi: GET DESTROYED", LOST_PAGE, RAM_END, LOST_PAGE + PAGE_SIZE, RMI_RIPAS_DESTROYED },
	{ "rsi: GET rest of RAM", LOST_PAGE + PAGE_SIZE, RAM_END + PAGE_SIZE, RAM_END,
	  RMI_RIPAS_RAM },
	{ "rsi: GET inside a block", BLOCK_SIZE + PAGE_SIZE, BLOCK_SIZE + 2 * PAGE_SIZE,
	  BLOCK_SIZE + 2 * PAGE_SIZE, RMI_RIPAS_EMPTY },
};

static void get(const void *arg)
{
	const struct get *g = arg;
	struct rsi_world w;
	struct vcpu_regs regs;

	make_world(&w);
	regs = smc3(&w, RSI_IPA_STATE_GET, g->base, g->top, 9);
	EXPECT_EQ(regs.x[0], RSI_SUCCESS);
	EXPECT_EQ(regs.x[1], g->until);
	EXPECT_EQ(regs.x[2], g->ripas);
	EXPECT_EQ(regs.x[3], 0);
}

/* Over the whole protected half, each call gets on, and what it says is so. */
static void get_makes_progress(const void *arg)
{
	struct rsi_world w;
	uint64_t at = 0, top;
	unsigned int calls = 0;

	(void)arg;
	make_world(&w);
	top = realm_unprotected(&w.r);
	while (at < top) {
		struct vcpu_regs regs = smc3(&w, RSI_IPA_STATE_GET, at, top, 0);

		EXPECT_EQ(regs.x[0], RSI_SUCCESS);
		EXPECT(regs.x[1] > at && regs.x[1] <= top);
		EXPECT_EQ(regs.x[2], entry_of(&w.r, at, 3).ripas);
		EXPECT_EQ(regs.x[2], entry_of(&w.r, regs.x[1] - PAGE_SIZE, 3).ripas);
		at = regs.x[1];
		EXPECT(++calls < 600);
	}
}

/* RIPAS change: what the realm asked, how far the host got, what it answered */

struct answer {
	const char *name;
	uint64_t ripas;
	unsigned int pages_done;	/* of four */
	bool reject;
	uint64_t response;
};

/* @test RSI_IPA_STATE_SET.{success,accept,reject}, REC_ENTRY.ripas, REC_EXIT.ripas_change */
static const struct answer answers[] = {
	{ "rsi: SET RAM, done, accept", RMI_RIPAS_RAM, 4, false, RSI_ACCEPT },
	{ "rsi: SET RAM, done, reject", RMI_RIPAS_RAM, 4, true, RSI_ACCEPT },
	{ "rsi: SET RAM, partly, accept", RMI_RIPAS_RAM, 2, false, RSI_ACCEPT },
	{ "rsi: SET RAM, partly, reject", RMI_RIPAS_RAM, 2, true, RSI_REJECT },
	{ "rsi: SET RAM, not begun, accept", RMI_RIPAS_RAM, 0, false, RSI_ACCEPT },
	{ "rsi: SET RAM, not begun, reject", RMI_RIPAS_RAM, 0, true, RSI_REJECT },
	{ "rsi: SET EMPTY, partly, reject", RMI_RIPAS_EMPTY, 2, true, RSI_ACCEPT },
	{ "rsi: SET EMPTY, not begun, reject", RMI_RIPAS_EMPTY, 0, true, RSI_ACCEPT },
};

static void set(const void *arg)
{
	const struct answer *a = arg;
	const uint64_t base = PAGE(16), top = PAGE(20);
	struct rsi_world w;
	struct vcpu_regs regs;
	uint64_t rec, until = base + a->pages_done * PAGE_SIZE;

	make_world(&w);
	rec = w.r.rec[0];
	step_smc(RSI_IPA_STATE_SET, base, top, a->ripas, RSI_CHANGE_DESTROYED);
	memset(rec_exit_of(), 0xee, sizeof(struct rmi_rec_exit));
	EXPECT_EQ(rec_enter(rec), RMI_SUCCESS);
	EXPECT_EQ(rec_exit_of()->exit_reason, RMI_EXIT_RIPAS_CHANGE);
	EXPECT_EQ(rec_exit_of()->ripas_base, base);
	EXPECT_EQ(rec_exit_of()->ripas_top, top);
	EXPECT_EQ(rec_exit_of()->ripas_value, a->ripas);
	EXPECT_EQ(rec_exit_of()->gprs[0], 0);
	if (a->pages_done)
		EXPECT_EQ(MUST(RMI_RTT_SET_RIPAS, w.r.rd, rec, base, until).x[1], until);
	if (a->reject)
		rec_enter_of()->flags = RMI_ENTER_RIPAS_REJECT;
	EXPECT_EQ(rec_enter(rec), RMI_SUCCESS);
	regs = realm_regs();
	EXPECT_EQ(regs.x[0], RSI_SUCCESS);
	EXPECT_EQ(regs.x[1], until);
	EXPECT_EQ(regs.x[2], a->response);
	EXPECT_EQ(regs.pc, PC + 4);
	/* over: a late SET_RIPAS is refused. REC.ripas_request */
	EXPECT_EQ(RMI(RMI_RTT_SET_RIPAS, w.r.rd, rec, until, top + PAGE_SIZE).x[0],
		  RMI_ERROR_INPUT);
	EXPECT_EQ(rec_exit_of()->ripas_base, 0);
	/* and the next request works, in which X3 is 7:0 only */
	step_smc(RSI_IPA_STATE_SET, base, top, BIT(32) | BIT(8) | a->ripas, 0);
	EXPECT_EQ(rec_enter(rec), RMI_SUCCESS);
	MUST(RMI_RTT_SET_RIPAS, w.r.rd, rec, base, top);
}

/* After activation a realm can ask up to the very end of its protected half. */
static void set_to_the_end(const void *arg)
{
	struct rsi_world w;
	uint64_t top;

	(void)arg;
	make_world(&w);
	top = realm_unprotected(&w.r);
	step_smc(RSI_IPA_STATE_SET, 0, top, RMI_RIPAS_RAM, 0);
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(rec_exit_of()->ripas_top, top);
}

static const uint64_t offsets[] = { 0, 0xf00 };

/* @test REC.ripas_request */
static const struct unit_test effects[] = {
	{ "rsi: versions", versions, NULL },
	{ "psci: features", psci_features, NULL },
	{ "psci: suspend returns", suspend_returns, NULL },
	{ "psci: off while another runs", off_while_running, NULL },
	{ "rsi: REALM_CONFIG", realm_config, NULL },
	{ "rsi: HOST_CALL", host_call, &offsets[0] },
	{ "rsi: HOST_CALL at the end of a page", host_call, &offsets[1] },
	{ "rsi: buffer without a table", missing_table, NULL },
	{ "rsi: HOST_CALL, page lost", host_call_page_lost, NULL },
	{ "rsi: GET makes progress", get_makes_progress, NULL },
	{ "rsi: SET to the end", set_to_the_end, NULL },
};

void suite_rsi(void)
{
	for (size_t i = 0; i < COUNT_OF(bad_calls); i++)
		unit_add(bad_calls[i].name, bad_call, &bad_calls[i]);
	for (size_t i = 0; i < COUNT_OF(leaves); i++)
		unit_add(leaves[i].name, leave, &leaves[i]);
	for (size_t i = 0; i < COUNT_OF(buffers); i++)
		unit_add(buffers[i].name, missing_buffer, &buffers[i]);
	for (size_t i = 0; i < COUNT_OF(gets); i++)
		unit_add(gets[i].name, get, &gets[i]);
	for (size_t i = 0; i < COUNT_OF(answers); i++)
		unit_add(answers[i].name, set, &answers[i]);
	UNIT_TESTS(effects);
}
