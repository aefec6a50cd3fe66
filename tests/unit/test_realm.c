/* SPDX-License-Identifier: BSD-3-Clause */
/* REALM_CREATE, ACTIVATE, DESTROY, REC_AUX_COUNT (rmm-abi.md 7.8 to 7.11, 8.1). */
#include "scene.h"

#include <string.h>

#define VMID_MAX	255	/* the fake machine has 8 bits */

static struct rmi_realm_params *params(struct scene *s)
{
	return host_ns(pa(s->page));
}

static uint64_t *root_slot(struct scene *s)
{
	return &params(s)->rtt_base;
}

/* A second realm of the same shape; s->r is only its elder sister. */
static void setup_create(struct scene *s)
{
	const struct geometry *g = &setting->geometry;
	uint64_t rd = delegated();
	uint64_t root = delegated_run(g->roots, g->roots * PAGE_SIZE);

	realm_params(&s->page, g, root, 2);
	s->call = CALL(RMI_REALM_CREATE, rd, s->page);
}

/*
 * @test REALM_CREATE.{params_align,params_bound,params_pas}
 * @test REALM_CREATE.{rd_align,rd_bound,rd_state,rtt_align,rtt_state}
 */
static const struct pointer create_pointers[] = {
	{ "REALM_CREATE.params_align", "REALM_CREATE.params_bound",
	  "REALM_CREATE.params_pas", arg2, NS },
	{ "REALM_CREATE.rd_align", "REALM_CREATE.rd_bound", "REALM_CREATE.rd_state",
	  arg1, GS_DELEGATED },
	{ "REALM_CREATE.rtt_align", "REALM_CREATE.rtt_state (not delegable)",
	  "REALM_CREATE.rtt_state", root_slot, GS_DELEGATED },
};

static void bad_hash(struct scene *s)
{
	params(s)->hash_algo = 2;
}

static void hash_all_ones(struct scene *s)
{
	params(s)->hash_algo = 0xff;
}

static void bad_lpa2(struct scene *s)
{
	params(s)->flags |= RMI_REALM_LPA2;
}

static void s2sz_above(struct scene *s)
{
	params(s)->s2sz = (uint8_t)(host_machine_default.features.pa_bits + 1);
}

static void s2sz_31(struct scene *s)
{
	params(s)->s2sz = 31;
}

static void s2sz_0(struct scene *s)
{
	params(s)->s2sz = 0;
}

static void s2sz_255(struct scene *s)
{
	params(s)->s2sz = 255;
}

static void sve_vl_above(struct scene *s)
{
	params(s)->flags |= RMI_REALM_SVE;
	params(s)->sve_vl = (uint8_t)(host_machine_default.features.sve_vl + 1);
}

static void bps_0(struct scene *s)
{
	params(s)->num_bps = 0;
}

static void bps_above(struct scene *s)
{
	params(s)->num_bps = (uint8_t)(host_machine_default.features.num_bps + 1);
}

static void wps_0(struct scene *s)
{
	params(s)->num_wps = 0;
}

static void wps_above(struct scene *s)
{
	params(s)->num_wps = (uint8_t)(host_machine_default.features.num_wps + 1);
}

static void pmu_above(struct scene *s)
{
	params(s)->flags |= RMI_REALM_PMU;
	params(s)->pmu_num_ctrs =
		(uint8_t)(host_machine_default.features.pmu_num_ctrs + 1);
}

static void rd_is_first_root(struct scene *s)
{
	s->call.x[1] = params(s)->rtt_base;
}

static void rd_is_last_root(struct scene *s)
{
	s->call.x[1] = params(s)->rtt_base + (params(s)->rtt_num_start - 1) * PAGE_SIZE;
}

static void one_root_more(struct scene *s)
{
	params(s)->rtt_num_start++;
}

static void no_root(struct scene *s)
{
	params(s)->rtt_num_start = 0;
}

static void roots_wrap(struct scene *s)
{
	params(s)->rtt_num_start |= UINT32_C(1) << 31;
}

static void level_above(struct scene *s)
{
	params(s)->rtt_level_start--;
	/* a start at -1 or 0 may be right for some widths with one root */
	params(s)->rtt_num_start = 16;
}

static void level_3(struct scene *s)
{
	params(s)->rtt_level_start = 3;
}

static void level_minus_1(struct scene *s)
{
	params(s)->rtt_level_start = -1;
	params(s)->rtt_num_start = 1;
}

static void level_truncates(struct scene *s)
{
	params(s)->rtt_level_start |= INT64_C(1) << 32;
}

static void level_4(struct scene *s)
{
	params(s)->rtt_level_start = 4;
}

static void last_root_not_delegated(struct scene *s)
{
	uint64_t last = params(s)->rtt_base +
			(params(s)->rtt_num_start - 1) * PAGE_SIZE;

	MUST(RMI_GRANULE_UNDELEGATE, last);
}

/* Delegated, but aligned to a page only. */
static void roots_aligned_to_page(struct scene *s)
{
	uint64_t n = setting->geometry.roots;

	params(s)->rtt_base = delegated_run((unsigned int)(2 * n), 2 * n * PAGE_SIZE) +
			      (n > 1 ? PAGE_SIZE : 0x800);
}

static void root_base_wraps(struct scene *s)
{
	params(s)->rtt_base = ~UINT64_C(0) & ~(setting->geometry.roots * PAGE_SIZE - 1);
}

static void vmid_in_use(struct scene *s)
{
	params(s)->vmid = ZOO_VMID;
}

static void vmid_too_wide(struct scene *s)
{
	params(s)->vmid = VMID_MAX + 1;
}

static void vmid_all_ones(struct scene *s)
{
	params(s)->vmid = 0xffff;
}

/* @test REALM_CREATE.{params_valid,params_supp,alias,rtt_num_level,vmid_valid} */
static const struct refusal create_refusals[] = {
	{ "REALM_CREATE.params_valid hash 2", IN_CALL, bad_hash, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.params_valid hash 255", IN_CALL, hash_all_ones, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.params_supp lpa2", IN_CALL, bad_lpa2, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.params_supp s2sz above", IN_CALL, s2sz_above, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.params_supp s2sz 31", IN_CALL, s2sz_31, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.params_supp s2sz 0", IN_CALL, s2sz_0, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.params_supp s2sz 255", IN_CALL, s2sz_255, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.params_supp sve_vl", IN_CALL, sve_vl_above, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.params_supp bps 0", IN_CALL, bps_0, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.params_supp bps above", IN_CALL, bps_above, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.params_supp wps 0", IN_CALL, wps_0, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.params_supp wps above", IN_CALL, wps_above, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.params_supp pmu", IN_CALL, pmu_above, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.alias first", IN_CALL, rd_is_first_root, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.alias last", IN_CALL, rd_is_last_root, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.rtt_num_level + 1", IN_CALL, one_root_more, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.rtt_num_level none", IN_CALL, no_root, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.rtt_num_level 2^31", IN_CALL, roots_wrap, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.rtt_num_level above", IN_CALL, level_above, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.rtt_num_level 3", IN_CALL, level_3, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.rtt_num_level 4", IN_CALL, level_4, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.rtt_num_level -1", IN_CALL, level_minus_1, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.rtt_num_level 2^32", IN_CALL, level_truncates, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.rtt_align n pages", IN_CALL, roots_aligned_to_page,
	  RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.rtt_state last", IN_WORLD, last_root_not_delegated,
	  RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.rtt_state wraps", IN_CALL, root_base_wraps, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.vmid_valid in use", IN_CALL, vmid_in_use, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.vmid_valid wide", IN_CALL, vmid_too_wide, RMI_ERROR_INPUT, NULL },
	{ "REALM_CREATE.vmid_valid 65535", IN_CALL, vmid_all_ones, RMI_ERROR_INPUT, NULL },
};

/* ACTIVATE, DESTROY, AUX_COUNT */

static void setup_activate(struct scene *s)
{
	s->call = CALL(RMI_REALM_ACTIVATE, s->r.rd);
}

static void system_off(struct scene *s)
{
	rec_make(&s->r, true);
	realm_start(&s->r);
	step_smc(0x84000008, 0, 0, 0, 0);	/* PSCI_SYSTEM_OFF */
	EXPECT_EQ(rec_enter(s->r.rec[0]), RMI_SUCCESS);
}

/* @test REALM_ACTIVATE.{rd_align,rd_bound,rd_state,order_rd_realm_state} */
static const struct pointer activate_pointers[] = {
	{ "REALM_ACTIVATE.rd_align", "REALM_ACTIVATE.rd_bound", "REALM_ACTIVATE.rd_state",
	  arg1, GS_RD },
};

/* @test REALM_ACTIVATE.realm_state */
static const struct refusal activate_refusals[] = {
	{ "REALM_ACTIVATE.realm_state ACTIVE", IN_WORLD, realm_is_active, RMI_ERROR_REALM, NULL },
	{ "REALM_ACTIVATE.realm_state OFF", IN_WORLD, system_off, RMI_ERROR_REALM, NULL },
};

static void setup_destroy(struct scene *s)
{
	s->call = CALL(RMI_REALM_DESTROY, s->r.rd);
}

static void has_rec(struct scene *s)
{
	rec_make(&s->r, false);
}

static void has_table(struct scene *s)
{
	realm_tables(&s->r, 0, s->r.start + 1);
}

static void has_unprotected_table(struct scene *s)
{
	realm_tables(&s->r, BIT(s->r.width) - 1, s->r.start + 1);
}

/* @test REALM_DESTROY.{rd_align,rd_bound,rd_state,order_rd_realm_live} */
static const struct pointer destroy_pointers[] = {
	{ "REALM_DESTROY.rd_align", "REALM_DESTROY.rd_bound", "REALM_DESTROY.rd_state",
	  arg1, GS_RD },
};

/* @test REALM_DESTROY.realm_live */
static const struct refusal destroy_refusals[] = {
	{ "REALM_DESTROY.realm_live REC", IN_WORLD, has_rec, RMI_ERROR_REALM, NULL },
	{ "REALM_DESTROY.realm_live table", IN_WORLD, has_table, RMI_ERROR_REALM, NULL },
	{ "REALM_DESTROY.realm_live NS table", IN_WORLD, has_unprotected_table,
	  RMI_ERROR_REALM, NULL },
};

static void setup_aux_count(struct scene *s)
{
	s->call = CALL(RMI_REC_AUX_COUNT, s->r.rd);
}

/* @test REC_AUX_COUNT.{rd_align,rd_bound,rd_state} */
static const struct pointer aux_count_pointers[] = {
	{ "REC_AUX_COUNT.rd_align", "REC_AUX_COUNT.rd_bound", "REC_AUX_COUNT.rd_state",
	  arg1, GS_RD },
};

static const struct command commands[] = {
	{ setup_create, create_pointers, COUNT_OF(create_pointers),
	  create_refusals, COUNT_OF(create_refusals), NULL },
	{ setup_activate, activate_pointers, COUNT_OF(activate_pointers),
	  activate_refusals, COUNT_OF(activate_refusals), NULL },
	{ setup_destroy, destroy_pointers, COUNT_OF(destroy_pointers),
	  destroy_refusals, COUNT_OF(destroy_refusals), NULL },
	{ setup_aux_count, aux_count_pointers, COUNT_OF(aux_count_pointers), NULL, 0, NULL },
};

/* Effects */

/* @test REALM_CREATE.success, REALM_DESTROY.success */
static void create_and_destroy(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	make_realm(&r, 5);
	EXPECT_EQ(state_of(r.rd), GS_RD);
	for (unsigned int i = 0; i < r.num_roots; i++)
		EXPECT_EQ(state_of(r.root + i * PAGE_SIZE), GS_RTT);
	MUST(RMI_REALM_DESTROY, r.rd);
	EXPECT_EQ(state_of(r.rd), GS_DELEGATED);
	for (unsigned int i = 0; i < r.num_roots; i++)
		EXPECT_EQ(state_of(r.root + i * PAGE_SIZE), GS_DELEGATED);
	/* same pages, same VMID, at once */
	MUST(RMI_REALM_CREATE, r.rd, r.params);
}

/* Every root entry that the realm can use: EMPTY, and nothing in the other half. */
static void root_entries_at_birth(const void *arg)
{
	struct realm_under_test r;
	uint64_t span = UINT64_C(1) << (12 + 9 * (3 - setting->geometry.start));

	(void)arg;
	make_realm(&r, 5);
	world_check_laws(false);
	for (uint64_t a = 0; a < BIT(r.width); a += span) {
		struct entry e = entry_of(&r, a, r.start);

		EXPECT_EQ(e.level, (uint64_t)r.start);
		EXPECT_EQ(e.state, RMI_RTTE_UNASSIGNED);
		EXPECT_EQ(e.ripas, RMI_RIPAS_EMPTY);
		EXPECT_EQ(e.desc, 0);
	}
	world_check_laws(true);
}

/*
 * A refused REALM_CREATE must give back the VMID; all of them work at the end.
 * @test REALM_CREATE.vmid_released
 */
static void vmids_are_not_lost(const void *arg)
{
	struct scene s = { .page = 0 };

	(void)arg;
	setup_create(&s);
	for (uint16_t v = 0; v <= VMID_MAX; v++) {
		params(&s)->vmid = v;
		EXPECT_EQ(RMI(RMI_REALM_CREATE, s.call.x[2], s.page).x[0], RMI_ERROR_INPUT);
	}
	for (uint16_t v = 0; v <= VMID_MAX; v++) {
		params(&s)->vmid = v;
		world_must("REALM_CREATE", s.call);
		MUST(RMI_REALM_DESTROY, s.call.x[1]);
	}
}

/* @test REALM_CREATE.ignored */
static void optional_features(const void *arg)
{
	struct scene s = { .page = 0 };
	const struct hal_features *f = &host_machine_default.features;
	struct rmi_realm_params *p;

	(void)arg;
	setup_create(&s);
	p = params(&s);
	p->flags = RMI_REALM_SVE | RMI_REALM_PMU;
	p->sve_vl = f->sve_vl;
	p->num_bps = f->num_bps;
	p->num_wps = f->num_wps;
	p->pmu_num_ctrs = f->pmu_num_ctrs;
	world_must("everything the machine has", s.call);
	MUST(RMI_REALM_DESTROY, s.call.x[1]);

	/* without their flags, the two numbers are not looked at; SBZ bytes neither */
	p->flags = 0;
	p->sve_vl = 0xff;
	p->pmu_num_ctrs = 0xff;
	memset(p->pad0, 0xff, sizeof(p->pad0));
	memset(p->pad8, 0xff, sizeof(p->pad8));
	world_must("ignored fields", s.call);
}

/* A machine without SVE and PMU: same flags, other answer. */
static void features_absent(const void *arg)
{
	struct host_machine m = host_machine_default;
	struct scene s = { .page = 0 };
	static const uint64_t flags[] = { RMI_REALM_SVE, RMI_REALM_PMU };

	(void)arg;
	m.features.sve = false;
	m.features.pmu = false;
	world_boot(&m, setting->backing);
	setup_create(&s);
	for (size_t i = 0; i < COUNT_OF(flags); i++) {
		params(&s)->flags = flags[i];
		EXPECT_EQ(world_call(s.call).x[0], RMI_ERROR_INPUT);
	}
	params(&s)->flags = 0;
	world_must("REALM_CREATE", s.call);
}

static void wide_vmids(const void *arg)
{
	struct host_machine m = host_machine_default;
	struct scene s = { .page = 0 };

	(void)arg;
	m.features.vmid_bits = 16;
	world_boot(&m, setting->backing);
	setup_create(&s);
	params(&s)->vmid = 0xffff;
	world_must("REALM_CREATE", s.call);
}

/*
 * Unprotected mappings do not keep a realm alive, and leave nothing in the TLB.
 * @test REALM_DESTROY.assigned_ns
 */
static void destroy_with_unprotected_block(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	make_realm(&r, 5);
	if (r.start == 0)
		return;		/* no leaf in a level 0 root */
	MUST(RMI_RTT_MAP_UNPROTECTED, r.rd, realm_unprotected(&r), (uint64_t)r.start,
	     (uint64_t)DESC_WB_RW);
	MUST(RMI_REALM_DESTROY, r.rd);
	MUST(RMI_REALM_CREATE, r.rd, r.params);
	EXPECT_EQ(entry_of(&r, realm_unprotected(&r), r.start).state, RMI_RTTE_UNASSIGNED);
}

/* @test REC_AUX_COUNT.success */
static void aux_count(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	make_realm(&r, 5);
	EXPECT_EQ(MUST(RMI_REC_AUX_COUNT, r.rd).x[1], 5);
	realm_start(&r);
	EXPECT_EQ(MUST(RMI_REC_AUX_COUNT, r.rd).x[1], 5);
}

static const struct unit_test effects[] = {
	{ "realm: create and destroy", create_and_destroy, NULL },
	{ "realm: root entries at birth", root_entries_at_birth, NULL },
	{ "realm: VMIDs are not lost", vmids_are_not_lost, NULL },
	{ "realm: optional features", optional_features, NULL },
	{ "realm: features absent", features_absent, NULL },
	{ "realm: 16 bits of VMID", wide_vmids, NULL },
	{ "realm: destroy with unprotected block", destroy_with_unprotected_block, NULL },
	{ "realm: aux count", aux_count, NULL },
};

void suite_realm(void)
{
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		scene_add(&commands[i]);
	UNIT_TESTS(effects);
}
