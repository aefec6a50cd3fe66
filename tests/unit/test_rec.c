/* SPDX-License-Identifier: BSD-3-Clause */
/* REC_CREATE, REC_DESTROY, PSCI_COMPLETE (rmm-abi.md 7.12, 7.13, 7.23). */
#include "scene.h"

#include "abi/psci.h"
#include "core/rec.h"
#include <string.h>

static struct rmi_rec_params *params(struct scene *s)
{
	return host_ns(pa(s->page));
}

/* REC_CREATE: rd, rec, params */

static uint64_t *aux0(struct scene *s)
{
	return &params(s)->aux[0];
}

static uint64_t *aux4(struct scene *s)
{
	return &params(s)->aux[4];
}

static void setup_create(struct scene *s)
{
	rec_params(&s->page, 0, true);
	s->call = CALL(RMI_REC_CREATE, s->r.rd, delegated(), s->page);
}

/* the next index is 1 */
static void setup_second(struct scene *s)
{
	rec_make(&s->r, false);
	rec_params(&s->page, 1, true);
	s->call = CALL(RMI_REC_CREATE, s->r.rd, delegated(), s->page);
}

static void mpidr_too_small(struct scene *s)
{
	params(s)->mpidr = 0;
}

static void mpidr_too_big(struct scene *s)
{
	params(s)->mpidr = 2;
}

static void mpidr_bit_4(struct scene *s)
{
	params(s)->mpidr |= BIT(4);
}

static void mpidr_bit_31(struct scene *s)
{
	params(s)->mpidr |= BIT(31);
}

static void mpidr_bit_32(struct scene *s)
{
	params(s)->mpidr |= BIT(32);
}

static void mpidr_bit_63(struct scene *s)
{
	params(s)->mpidr |= BIT(63);
}

static void one_aux_less(struct scene *s)
{
	params(s)->num_aux--;
}

static void one_aux_more(struct scene *s)
{
	params(s)->num_aux++;
	params(s)->aux[5] = delegated();
}

static void no_aux(struct scene *s)
{
	params(s)->num_aux = 0;
}

static void num_aux_huge(struct scene *s)
{
	params(s)->num_aux |= BIT(32);
}

static void aux_twice(struct scene *s)
{
	params(s)->aux[4] = params(s)->aux[0];
}

static void aux_is_rec(struct scene *s)
{
	params(s)->aux[1] = s->call.x[2];
}

static void aux_is_rd(struct scene *s)
{
	params(s)->aux[1] = s->call.x[1];
}

static void rec_is_rd(struct scene *s)
{
	s->call.x[2] = s->call.x[1];
}

static void rd_is_rec(struct scene *s)
{
	s->call.x[1] = zoo_page(s, GS_REC);
}

static void realm_is_off(struct scene *s)
{
	uint64_t rec = s->zoo.rec[0];

	/* the zoo's realm has a REC to say so; the call is about it from now on */
	realm_start(&s->zoo);
	step_smc(PSCI_SYSTEM_OFF, 0, 0, 0, 0);
	EXPECT_EQ(rec_enter(rec), RMI_SUCCESS);
	s->call.x[1] = s->zoo.rd;
	params(s)->mpidr = 1;
}

/* Nobody has 1023 RECs worth of memory here: the count is set by hand. */
static void realm_is_full(struct scene *s)
{
	struct granule *rd = granule_find(pa(s->r.rd));

	world_check_laws(false);
	atomic_store(&rd->refs, (1U << 10) - 1);
}

static void realm_has_room_for_one(const void *arg)
{
	struct scene s;

	(void)arg;
	make_realm(&s.r, 1);
	setup_create(&s);
	world_check_laws(false);
	atomic_store(&granule_find(pa(s.r.rd))->refs, (1U << 10) - 2);
	world_must("the last REC", s.call);
}

/*
 * @test REC_CREATE.{params_align,params_bound,params_pas}
 * @test REC_CREATE.{rec_align,rec_bound,rec_state,rd_align,rd_bound,rd_state}
 * @test REC_CREATE.{aux_align,aux_state}
 */
static const struct pointer create_pointers[] = {
	{ "REC_CREATE.params_align", "REC_CREATE.params_bound", "REC_CREATE.params_pas",
	  arg3, NS },
	{ "REC_CREATE.rec_align", "REC_CREATE.rec_bound", "REC_CREATE.rec_state",
	  arg2, GS_DELEGATED },
	{ "REC_CREATE.rd_align", "REC_CREATE.rd_bound", "REC_CREATE.rd_state", arg1, GS_RD },
	{ "REC_CREATE.aux_align first", "REC_CREATE.aux_state first, bound",
	  "REC_CREATE.aux_state first", aux0, GS_DELEGATED },
	{ "REC_CREATE.aux_align last", "REC_CREATE.aux_state last, bound",
	  "REC_CREATE.aux_state last", aux4, GS_DELEGATED },
};

/*
 * @test REC_CREATE.{realm_state,num_recs,mpidr_index,num_aux,aux_alias}
 * @test REC_CREATE.order_rd_realm_state
 */
static const struct refusal create_refusals[] = {
	{ "REC_CREATE.realm_state", IN_WORLD, realm_is_active, RMI_ERROR_REALM, NULL },
	{ "REC_CREATE.realm_state off", IN_WORLD, realm_is_off, RMI_ERROR_REALM, NULL },
	{ "REC_CREATE.num_recs", IN_WORLD, realm_is_full, RMI_ERROR_REALM, NULL },
	{ "REC_CREATE.mpidr_index + 1", IN_CALL, mpidr_too_big, RMI_ERROR_INPUT, NULL },
	{ "REC_CREATE.mpidr_index bit 4", IN_CALL, mpidr_bit_4, RMI_ERROR_INPUT, NULL },
	{ "REC_CREATE.mpidr_index bit 31", IN_CALL, mpidr_bit_31, RMI_ERROR_INPUT, NULL },
	{ "REC_CREATE.mpidr_index bit 32", IN_CALL, mpidr_bit_32, RMI_ERROR_INPUT, NULL },
	{ "REC_CREATE.mpidr_index bit 63", IN_CALL, mpidr_bit_63, RMI_ERROR_INPUT, NULL },
	{ "REC_CREATE.num_aux - 1", IN_CALL, one_aux_less, RMI_ERROR_INPUT, NULL },
	{ "REC_CREATE.num_aux + 1", IN_CALL, one_aux_more, RMI_ERROR_INPUT, NULL },
	{ "REC_CREATE.num_aux 0", IN_CALL, no_aux, RMI_ERROR_INPUT, NULL },
	{ "REC_CREATE.num_aux 2^32", IN_CALL, num_aux_huge, RMI_ERROR_INPUT, NULL },
	{ "REC_CREATE.aux_alias", IN_CALL, aux_twice, RMI_ERROR_INPUT, NULL },
	{ "REC_CREATE.aux_alias rec", IN_CALL, aux_is_rec, RMI_ERROR_INPUT, NULL },
	{ "REC_CREATE.aux_alias rd", IN_CALL, aux_is_rd, RMI_ERROR_INPUT, NULL },
	{ "REC_CREATE rec is rd", IN_CALL, rec_is_rd, RMI_ERROR_INPUT, NULL },
	{ "REC_CREATE rd_state < realm_state", IN_CALL, rd_is_rec, RMI_ERROR_INPUT,
	  realm_is_active },
	{ "REC_CREATE rd_state < num_recs", IN_CALL, rd_is_rec, RMI_ERROR_INPUT, realm_is_full },
};

static const struct refusal second_refusals[] = {
	{ "REC_CREATE.mpidr_index again", IN_CALL, mpidr_too_small, RMI_ERROR_INPUT, NULL },
};

/* REC_DESTROY */

static void setup_destroy(struct scene *s)
{
	rec_make(&s->r, true);
	s->call = CALL(RMI_REC_DESTROY, s->r.rec[0]);
}

/* @test REC_DESTROY.{rec_align,rec_bound,rec_gran_state} */
static const struct pointer destroy_pointers[] = {
	{ "REC_DESTROY.rec_align", "REC_DESTROY.rec_bound", "REC_DESTROY.rec_gran_state",
	  arg1, GS_REC },
};

/* PSCI_COMPLETE: calling, target, status */

#define TARGET	1	/* index and MPIDR of the second REC */
#define ENTRY	0x7000
#define CONTEXT	UINT64_C(0x123456789abcdef)
#define HIGH	UINT64_C(0x5a5a00000000)	/* no part of an SMC32 argument */

static void ask(struct scene *s, uint64_t fid)
{
	rec_make(&s->r, true);
	rec_make(&s->r, false);
	realm_start(&s->r);
	step_smc(fid, TARGET, fid == PSCI_CPU_ON ? ENTRY : 0, CONTEXT, 0);
	EXPECT_EQ(rec_enter(s->r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(rec_exit_of()->exit_reason, RMI_EXIT_PSCI);
	s->call = CALL(RMI_PSCI_COMPLETE, s->r.rec[0], s->r.rec[1], 0);
}

static void setup_cpu_on(struct scene *s)
{
	ask(s, PSCI_CPU_ON);
}

static void setup_affinity(struct scene *s)
{
	ask(s, PSCI_AFFINITY_INFO);
}

/* The second REC is on already: the first one started it before. */
static void setup_cpu_on_twice(struct scene *s)
{
	ask(s, PSCI_CPU_ON);
	world_must("first CPU_ON", s->call);
	step_smc(PSCI_CPU_ON, TARGET, ENTRY, CONTEXT, 0);
	EXPECT_EQ(rec_enter(s->r.rec[0]), RMI_SUCCESS);
}

static void same_rec(struct scene *s)
{
	s->call.x[2] = s->call.x[1];
}

static void not_pending(struct scene *s)
{
	s->call.x[1] = s->r.rec[1];
	s->call.x[2] = s->r.rec[0];
}

/* the zoo's REC has MPIDR 0; so has nobody asked for it */
static void other_realm(struct scene *s)
{
	rec_make(&s->zoo, false);
	s->call.x[2] = s->zoo.rec[1];
}

static void wrong_target(struct scene *s)
{
	s->call.x[2] = s->spare;
}

static void setup_three(struct scene *s)
{
	rec_make(&s->r, true);
	rec_make(&s->r, false);
	rec_make(&s->r, false);
	realm_start(&s->r);
	step_smc(PSCI_CPU_ON, TARGET, ENTRY, CONTEXT, 0);
	EXPECT_EQ(rec_enter(s->r.rec[0]), RMI_SUCCESS);
	s->spare = s->r.rec[2];
	s->call = CALL(RMI_PSCI_COMPLETE, s->r.rec[0], s->r.rec[1], 0);
}

static void status_1(struct scene *s)
{
	s->call.x[3] = 1;
}

static void status_not_supported(struct scene *s)
{
	s->call.x[3] = (uint64_t)PSCI_NOT_SUPPORTED;
}

static void status_already_on(struct scene *s)
{
	s->call.x[3] = (uint64_t)PSCI_ALREADY_ON;
}

static void status_denied(struct scene *s)
{
	s->call.x[3] = (uint64_t)PSCI_DENIED;
}

static void status_denied_32(struct scene *s)
{
	s->call.x[3] = (uint32_t)PSCI_DENIED;
}

static void status_2_32(struct scene *s)
{
	s->call.x[3] = BIT(32);
}

/*
 * @test PSCI_COMPLETE.{calling_align,calling_bound,calling_state}
 * @test PSCI_COMPLETE.{target_align,target_bound,target_state}
 */
static const struct pointer cpu_on_pointers[] = {
	{ "PSCI_COMPLETE.calling_align", "PSCI_COMPLETE.calling_bound",
	  "PSCI_COMPLETE.calling_state", arg1, GS_REC },
	{ "PSCI_COMPLETE.target_align", "PSCI_COMPLETE.target_bound",
	  "PSCI_COMPLETE.target_state", arg2, GS_REC },
};

/* @test PSCI_COMPLETE.{alias,pending,owner,target,status} */
static const struct refusal cpu_on_refusals[] = {
	{ "PSCI_COMPLETE.alias", IN_CALL, same_rec, RMI_ERROR_INPUT, NULL },
	{ "PSCI_COMPLETE.pending", IN_CALL, not_pending, RMI_ERROR_INPUT, NULL },
	{ "PSCI_COMPLETE.owner", IN_CALL, other_realm, RMI_ERROR_INPUT, NULL },
	{ "PSCI_COMPLETE.status 1", IN_CALL, status_1, RMI_ERROR_INPUT, NULL },
	{ "PSCI_COMPLETE.status -1", IN_CALL, status_not_supported, RMI_ERROR_INPUT, NULL },
	{ "PSCI_COMPLETE.status -4", IN_CALL, status_already_on, RMI_ERROR_INPUT, NULL },
	{ "PSCI_COMPLETE.status 32 bits", IN_CALL, status_denied_32, RMI_ERROR_INPUT, NULL },
	{ "PSCI_COMPLETE.status 2^32", IN_CALL, status_2_32, RMI_ERROR_INPUT, NULL },
};

static const struct refusal three_refusals[] = {
	{ "PSCI_COMPLETE.target", IN_CALL, wrong_target, RMI_ERROR_INPUT, NULL },
};

static const struct refusal affinity_refusals[] = {
	{ "PSCI_COMPLETE.status denied AFFINITY_INFO", IN_CALL, status_denied,
	  RMI_ERROR_INPUT, NULL },
};

static const struct refusal on_twice_refusals[] = {
	{ "PSCI_COMPLETE.status denied, target on", IN_CALL, status_denied,
	  RMI_ERROR_INPUT, NULL },
};

static const struct command commands[] = {
	{ setup_create, create_pointers, COUNT_OF(create_pointers), create_refusals,
	  COUNT_OF(create_refusals), NULL },
	{ setup_second, NULL, 0, second_refusals, COUNT_OF(second_refusals), NULL },
	{ setup_destroy, destroy_pointers, COUNT_OF(destroy_pointers), NULL, 0, NULL },
	{ setup_cpu_on, cpu_on_pointers, COUNT_OF(cpu_on_pointers), cpu_on_refusals,
	  COUNT_OF(cpu_on_refusals), NULL },
	{ setup_three, NULL, 0, three_refusals, COUNT_OF(three_refusals), NULL },
	{ setup_affinity, NULL, 0, affinity_refusals, COUNT_OF(affinity_refusals), NULL },
	{ setup_cpu_on_twice, NULL, 0, on_twice_refusals, COUNT_OF(on_twice_refusals), NULL },
};

/* Effects */

/* @test REC_CREATE.success, REC.reset */
static void create(const void *arg)
{
	struct realm_under_test r;
	uint64_t page, rec = delegated();
	struct rmi_rec_params *p;
	struct vcpu_regs regs;
	struct vcpu_config cfg;

	(void)arg;
	make_realm(&r, 5);
	p = rec_params(&page, 0, true);
	p->pc = UINT64_C(0x123456000);
	for (unsigned int i = 0; i < 8; i++)
		p->gprs[i] = UINT64_C(0xabcd000000000000) + i;
	host_ns_mutate(true);
	MUST(RMI_REC_CREATE, r.rd, rec, page);
	EXPECT_EQ(state_of(rec), GS_REC);
	for (unsigned int i = 0; i < 3; i++)
		EXPECT_EQ(state_of(~p->aux[i]), GS_REC_AUX);
	host_ns_mutate(false);
	realm_start(&r);
	EXPECT_EQ(rec_enter(rec), RMI_SUCCESS);
	regs = realm_regs();
	for (unsigned int i = 0; i < 31; i++)
		EXPECT_EQ(regs.x[i], i < 8 ? UINT64_C(0xabcd000000000000) + i : 0);
	EXPECT_EQ(regs.pc, UINT64_C(0x123456000));
	cfg = host_vcpu_config(content_of(rec));
	EXPECT_EQ(cfg.mpidr, BIT(31));
	EXPECT_EQ(cfg.num_bps, 1);
	EXPECT_EQ(cfg.num_wps, 1);
	EXPECT(!cfg.sve && !cfg.pmu);
}

/* Affinities of the index and of the guest's own view. */
struct mpidr_row {
	uint32_t index;
	uint64_t mpidr;		/* RmiRecMpidr */
	uint64_t guest;
};

static const struct mpidr_row mpidrs[] = {
	{ 15, 0xf, 0xf },
	{ 16, 0x100, 0x100 },
	{ 17, 0x101, 0x101 },
	{ 4095, 0xff0f, 0xff0f },
	{ 4096, 0x10000, 0x10000 },
	{ 0xfffff, 0xffff0f, 0xffff0f },
	{ 0x100000, 0x1000000, UINT64_C(0x100000000) },
	{ 0x2345678, 0x23456708, UINT64_C(0x2300456708) },
};

/* Which index a realm is at can only be set by hand. */
static void mpidr_of_index(const void *arg)
{
	(void)arg;
	for (size_t i = 0; i < COUNT_OF(mpidrs); i++) {
		struct scene s;
		struct rec *rec;
		uint32_t back = (uint32_t)(field(mpidrs[i].mpidr, 3, 0) |
			field(mpidrs[i].mpidr, 15, 8) << 4 |
			field(mpidrs[i].mpidr, 23, 16) << 12 |
			field(mpidrs[i].mpidr, 31, 24) << 20);

		EXPECT_EQ(back, mpidrs[i].index);
		make_realm(&s.r, (uint16_t)(i + 1));
		setup_create(&s);
		((struct realm *)content_of(s.r.rd))->next_rec = mpidrs[i].index;
		params(&s)->mpidr = mpidrs[i].mpidr;
		world_must("REC_CREATE", s.call);
		rec = content_of(s.call.x[2]);
		EXPECT_EQ(host_vcpu_config(&rec->vcpu).mpidr, mpidrs[i].guest | BIT(31));
	}
}

/*
 * Index after index, also when RECs are destroyed meanwhile.
 * @test REC_CREATE.index_never_reused
 */
static void index_is_never_reused(const void *arg)
{
	struct realm_under_test r;
	uint64_t page;

	(void)arg;
	make_realm(&r, 5);
	rec_make(&r, true);
	MUST(RMI_REC_DESTROY, r.rec[0]);
	rec_params(&page, 0, true);
	EXPECT_EQ(RMI(RMI_REC_CREATE, r.rd, delegated(), page).x[0], RMI_ERROR_INPUT);
	rec_make(&r, true);
	rec_make(&r, true);
	EXPECT_EQ(r.num_rec, 3);
}

/* Features of the realm reach the vcpu. */
static void create_with_features(const void *arg)
{
	struct realm_under_test r;
	uint64_t page;
	struct rmi_realm_params *p;
	struct vcpu_config cfg;

	(void)arg;
	make_realm(&r, 5);
	MUST(RMI_REALM_DESTROY, r.rd);
	p = host_ns(pa(r.params));
	p->flags = RMI_REALM_SVE | RMI_REALM_PMU;
	p->sve_vl = 2;
	p->pmu_num_ctrs = 4;
	p->num_bps = 3;
	p->num_wps = 2;
	MUST(RMI_REALM_CREATE, r.rd, r.params);
	rec_params(&page, 0, true);
	r.rec[0] = delegated();
	MUST(RMI_REC_CREATE, r.rd, r.rec[0], page);
	cfg = host_vcpu_config(content_of(r.rec[0]));
	EXPECT(cfg.sve && cfg.pmu);
	EXPECT_EQ(cfg.sve_vl, 2);
	EXPECT_EQ(cfg.pmu_num_ctrs, 4);
	EXPECT_EQ(cfg.num_bps, 3);
	EXPECT_EQ(cfg.num_wps, 2);
}

/* @test REC_DESTROY.success */
static void destroy(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	make_realm(&r, 5);
	rec_make(&r, true);
	rec_make(&r, false);
	EXPECT_EQ(RMI(RMI_REALM_DESTROY, r.rd).x[0], RMI_ERROR_REALM);
	MUST(RMI_REC_DESTROY, r.rec[0]);
	EXPECT_EQ(state_of(r.rec[0]), GS_DELEGATED);
	for (unsigned int i = 0; i < 3; i++)
		EXPECT_EQ(state_of(r.aux[0][i]), GS_DELEGATED);
	EXPECT_EQ(RMI(RMI_REALM_DESTROY, r.rd).x[0], RMI_ERROR_REALM);
	realm_start(&r);
	MUST(RMI_REC_DESTROY, r.rec[1]);
	MUST(RMI_REALM_DESTROY, r.rd);
}

/* With a request of each kind pending. */
static void destroy_pending(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	make_realm(&r, 5);
	rec_make(&r, true);
	rec_make(&r, false);
	realm_start(&r);
	step_smc(PSCI_CPU_ON, 1, ENTRY, 0, 0);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	realm_unmake(&r);
	make_realm(&r, 5);
	rec_make(&r, true);
	realm_start(&r);
	step_smc(RSI_IPA_STATE_SET, 0, PAGE_SIZE, 1, 0);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	realm_unmake(&r);
}

/* The same things while the REC runs, from another CPU. */
static void seen_by_others(struct vcpu *v, void *arg)
{
	const struct realm_under_test *r = arg;
	uint64_t page;

	(void)v;
	host_cpu_set(1);
	run_page(&page);
	EXPECT_EQ(RMI(RMI_REC_DESTROY, r->rec[0]).x[0], RMI_ERROR_REC);
	EXPECT_EQ(RMI(RMI_REC_ENTER, r->rec[0], page).x[0], RMI_ERROR_REC);
	EXPECT_EQ(RMI(RMI_PSCI_COMPLETE, r->rec[0], r->rec[1], 0).x[0], RMI_ERROR_INPUT);
	EXPECT_EQ(RMI(RMI_REALM_DESTROY, r->rd).x[0], RMI_ERROR_REALM);
	EXPECT_EQ(RMI(RMI_GRANULE_UNDELEGATE, r->rec[0]).x[0], RMI_ERROR_INPUT);
	EXPECT_EQ(RMI(RMI_GRANULE_UNDELEGATE, r->aux[0][0]).x[0], RMI_ERROR_INPUT);
	/* rec_gran_state comes before rec_state */
	EXPECT_EQ(RMI(RMI_REC_DESTROY, r->aux[0][0]).x[0], RMI_ERROR_INPUT);
	/* run_pas comes before rec_state */
	EXPECT_EQ(RMI(RMI_REC_ENTER, r->rec[0], r->rd).x[0], RMI_ERROR_INPUT);
}

/*
 * @test REC_DESTROY.rec_state, REC_ENTER.rec_state
 * @test REC.running, REC_DESTROY.order_rec_rec_state
 */
static void running(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	make_realm(&r, 5);
	rec_make(&r, true);
	rec_make(&r, false);
	realm_start(&r);
	world_check_laws(false);	/* they hold between calls */
	step_code(seen_by_others, &r);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(host_realm_steps_left(), 0);
	world_check_laws(true);
	realm_unmake(&r);
}

/* PSCI_COMPLETE: what the two RECs see. Rows of the table in rmm-abi.md 7.23. */
struct completion {
	const char *name;
	uint64_t fid;
	bool target_on;
	int64_t status;
	int64_t caller_x0;
};

/* @test PSCI_COMPLETE.{cpu_on,already_on,denied,affinity_info,success}, PSCI.smc32 */
static const struct completion completions[] = {
	{ "psci: CPU_ON", PSCI_CPU_ON, false, 0, 0 },
	{ "psci: CPU_ON of one that is on", PSCI_CPU_ON, true, 0, PSCI_ALREADY_ON },
	{ "psci: CPU_ON denied", PSCI_CPU_ON, false, PSCI_DENIED, PSCI_DENIED },
	{ "psci: AFFINITY_INFO on", PSCI_AFFINITY_INFO, true, 0, 0 },
	{ "psci: AFFINITY_INFO off", PSCI_AFFINITY_INFO, false, 0, 1 },
	{ "psci: CPU_ON 32", PSCI_CPU_ON_32, false, 0, 0 },
	{ "psci: AFFINITY_INFO 32 off", PSCI_AFFINITY_INFO_32, false, 0, 1 },
	/* bit 16 is the SVE hint of SMCCC 1.3 and no part of the function */
	{ "psci: CPU_ON, hint", PSCI_CPU_ON | 0x10000, false, 0, 0 },
	{ "psci: AFFINITY_INFO off, hint", PSCI_AFFINITY_INFO | 0x10000, false, 0, 1 },
	{ "psci: AFFINITY_INFO on, hint", PSCI_AFFINITY_INFO | 0x10000, true, 0, 0 },
};

static bool is_cpu_on(const struct completion *c)
{
	return (c->fid & 0xf) == 3;
}

static bool is_smc32(const struct completion *c)
{
	return (c->fid & BIT(30)) == 0;
}

static void expect_target(const struct completion *c, uint64_t rec)
{
	struct vcpu_regs regs;

	if (!c->target_on && !(is_cpu_on(c) && c->status == 0)) {
		EXPECT_EQ(rec_enter(rec), RMI_ERROR_REC);
		return;
	}
	EXPECT_EQ(rec_enter(rec), RMI_SUCCESS);
	regs = realm_regs();
	if (c->target_on) {
		EXPECT_EQ(regs.pc, 0x1000);
		EXPECT_EQ(host_vcpu_resets(content_of(rec)), 0);
		return;
	}
	EXPECT_EQ(regs.pc, ENTRY);
	EXPECT_EQ(regs.x[0], is_smc32(c) ? (uint32_t)CONTEXT : CONTEXT);
	for (unsigned int i = 1; i < 31; i++)
		EXPECT_EQ(regs.x[i], 0);
	EXPECT_EQ(host_vcpu_resets(content_of(rec)), 1);
}

static void complete(const void *arg)
{
	const struct completion *c = arg;
	struct realm_under_test r;
	struct vcpu_regs regs;
	uint64_t x[31] = { c->fid, TARGET, is_cpu_on(c) ? ENTRY : 0, CONTEXT, 44, 55 };

	for (unsigned int i = 1; i <= 3; i++)
		x[i] |= is_smc32(c) ? HIGH : 0;
	make_realm(&r, 5);
	rec_make(&r, true);
	rec_make(&r, c->target_on);
	realm_start(&r);
	step_smc_args(x, 6);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(rec_exit_of()->exit_reason, RMI_EXIT_PSCI);
	EXPECT_EQ(rec_exit_of()->gprs[1], TARGET);
	EXPECT_EQ(rec_exit_of()->gprs[2], 0);
	EXPECT_EQ(rec_exit_of()->gprs[3], 0);
	/* until the host has answered it cannot run */
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_ERROR_REC);
	MUST(RMI_PSCI_COMPLETE, r.rec[0], r.rec[1], (uint64_t)c->status);
	/* once */
	EXPECT_EQ(RMI(RMI_PSCI_COMPLETE, r.rec[0], r.rec[1], (uint64_t)c->status).x[0],
		  RMI_ERROR_INPUT);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	regs = realm_regs();
	EXPECT_EQ(regs.x[0], (uint64_t)c->caller_x0);
	EXPECT_EQ(regs.x[1], 0);
	EXPECT_EQ(regs.x[2], 0);
	EXPECT_EQ(regs.x[3], 0);
	EXPECT_EQ(regs.x[4], 44);
	EXPECT_EQ(regs.x[5], 55);
	EXPECT_EQ(regs.pc, 0x1004);
	expect_target(c, r.rec[1]);
}

static void complete_running_target(struct vcpu *v, void *arg)
{
	const struct realm_under_test *r = arg;

	(void)v;
	host_cpu_set(1);
	MUST(RMI_PSCI_COMPLETE, r->rec[0], r->rec[1], 0);
}

/* A target that runs is on. */
static void target_runs(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	make_realm(&r, 5);
	rec_make(&r, true);
	rec_make(&r, true);
	realm_start(&r);
	step_smc(PSCI_AFFINITY_INFO, TARGET, 0, 0, 0);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	world_check_laws(false);
	step_code(complete_running_target, &r);
	EXPECT_EQ(rec_enter(r.rec[1]), RMI_SUCCESS);
	world_check_laws(true);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(realm_regs().x[0], 0);
}

/* Two callers, one target: the second one finds it on. */
static void two_callers(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	make_realm(&r, 5);
	rec_make(&r, true);
	rec_make(&r, false);
	rec_make(&r, true);
	realm_start(&r);
	for (unsigned int i = 0; i <= 2; i += 2) {
		step_smc(PSCI_CPU_ON, TARGET, ENTRY, CONTEXT, 0);
		EXPECT_EQ(rec_enter(r.rec[i]), RMI_SUCCESS);
	}
	MUST(RMI_PSCI_COMPLETE, r.rec[0], r.rec[1], 0);
	MUST(RMI_PSCI_COMPLETE, r.rec[2], r.rec[1], 0);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(realm_regs().x[0], 0);
	EXPECT_EQ(rec_enter(r.rec[2]), RMI_SUCCESS);
	EXPECT_EQ(realm_regs().x[0], (uint64_t)PSCI_ALREADY_ON);
	EXPECT_EQ(host_vcpu_resets(content_of(r.rec[1])), 1);
}

static const struct unit_test effects[] = {
	{ "rec: create", create, NULL },
	{ "rec: MPIDR of an index", mpidr_of_index, NULL },
	{ "rec: index is never reused", index_is_never_reused, NULL },
	{ "rec: room for one", realm_has_room_for_one, NULL },
	{ "rec: features", create_with_features, NULL },
	{ "rec: destroy", destroy, NULL },
	{ "rec: destroy with a request pending", destroy_pending, NULL },
	{ "rec: while it runs", running, NULL },
	{ "psci: target runs", target_runs, NULL },
	{ "psci: two callers", two_callers, NULL },
};

void suite_rec(void)
{
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		scene_add(&commands[i]);
	for (size_t i = 0; i < COUNT_OF(completions); i++)
		unit_add(completions[i].name, complete, &completions[i]);
	UNIT_TESTS(effects);
}
