/* SPDX-License-Identifier: BSD-3-Clause */
#include "host/refuse.h"

static struct call create_call(const struct realm *r)
{
	return (struct call){ RMI_REALM_CREATE,
			      { r->rd, (uint64_t)r->params } };
}

/*
 * The whole life, seen only by status codes: the first test to look at.
 * @test REALM.{new,active}
 */
TEST(realm, lifecycle, BOTH)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	struct rec *c;

	puppet_load(r);
	c = rec_new(r, true);
	EXPECT_EQ(rec_enter(c), E_REALM(RMI_REALM_IS_NEW));
	EXPECT_OK(RMI_REALM_ACTIVATE, r->rd);
	EXPECT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	EXPECT_EQ(c->run->exit.imm, PUPPET_IMM);
	EXPECT_EQ(RMI_STATUS_OF(RMI_REALM_DESTROY, r->rd), E_REALM(0));
	EXPECT_OK(RMI_REC_DESTROY, c->pa);
	realm_strip(r->rd, r->g);
	EXPECT_OK(RMI_REALM_DESTROY, r->rd);
}

/*
 * @test REALM_CREATE.{params_align,params_bound,params_pas,rd_align,rd_bound}
 * @test REALM_CREATE.rd_state
 */
TEST(realm, create_refused_pointers, BOTH)
{
	const struct zoo *z = zoo_new();
	struct call c = create_call(realm_blank(GEOMETRY_DEFAULT));

	refused_granule(c, 1, z, G_DELEGATED);
	refused_ns_page(c, 2, z);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
}

#define FIELD(name)	offsetof(struct rmi_realm_params, name), \
			sizeof(((struct rmi_realm_params *)0)->name)

struct field {
	const char *label;
	size_t offset, size;
	uint64_t value;
};

/* With one field of the parameters replaced: refused. */
static void refused_field(struct call c, const struct field *f)
{
	unsigned char *at = (unsigned char *)c.x[1] + f->offset;
	uint64_t kept = 0;

	memcpy(&kept, at, f->size);
	memcpy(at, &f->value, f->size);
	refused(f->label, c, 1, c.x[0], E_INPUT);
	memcpy(at, &kept, f->size);
}

/* @test REALM_CREATE.{params_valid,params_supp,rtt_num_level} */
TEST(realm, create_refused_parameters, ONCE)
{
	static const struct field fields[] = {
		{ "hash 2", FIELD(hash_algo), 2 },
		{ "hash 255", FIELD(hash_algo), 255 },
		{ "lpa2", FIELD(flags), RMI_REALM_LPA2 },
		{ "pmu", FIELD(flags), RMI_REALM_PMU },
		{ "no bits", FIELD(s2sz), 0 },
		{ "31 bits", FIELD(s2sz), 31 },
		{ "49 bits", FIELD(s2sz), 49 },
		{ "52 bits", FIELD(s2sz), 52 },
		{ "255 bits", FIELD(s2sz), 255 },
		{ "no breakpoint", FIELD(num_bps), 0 },
		{ "64 breakpoints", FIELD(num_bps), 63 },
		{ "256 breakpoints", FIELD(num_bps), 255 },
		{ "no watchpoint", FIELD(num_wps), 0 },
		{ "64 watchpoints", FIELD(num_wps), 63 },
		{ "level 0 for 39 bits", FIELD(rtt_level_start), 0 },
		{ "level 2 for 39 bits", FIELD(rtt_level_start), 2 },
		{ "level 3 for 39 bits", FIELD(rtt_level_start), 3 },
		{ "level 4", FIELD(rtt_level_start), 4 },
		{ "level -1", FIELD(rtt_level_start), ~0UL },
		{ "level -2", FIELD(rtt_level_start), ~1UL },
		{ "level 2^32 + 1", FIELD(rtt_level_start), (1UL << 32) + 1 },
		{ "level -2^63 + 1", FIELD(rtt_level_start), (1UL << 63) + 1 },
		{ "no root", FIELD(rtt_num_start), 0 },
		{ "2 roots for 39 bits", FIELD(rtt_num_start), 2 },
		{ "17 roots", FIELD(rtt_num_start), 17 },
		{ "2^31 roots", FIELD(rtt_num_start), 1UL << 31 },
		{ "2^32 - 1 roots", FIELD(rtt_num_start), ~0U },
	};
	struct call c = create_call(realm_blank(GEOMETRY_DEFAULT));
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fields); i++)
		refused_field(c, &fields[i]);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
}

/* One more than the feature register promises, and exactly as much. */
TEST(realm, create_at_the_limits, ONCE)
{
	struct realm *r = realm_blank(GEOMETRY_DEFAULT);
	struct call c = create_call(r);
	uint8_t bps = (uint8_t)feature(RMI_F0_NUM_BPS_SHIFT, 6);
	uint8_t wps = (uint8_t)feature(RMI_F0_NUM_WPS_SHIFT, 6);
	struct field more[] = {
		{ "one breakpoint more", FIELD(num_bps), bps + 1U },
		{ "one watchpoint more", FIELD(num_wps), wps + 1U },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(more); i++)
		refused_field(c, &more[i]);
	r->params->num_bps = bps;
	r->params->num_wps = wps;
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
}

/* SVE as far as the feature register goes; sve_vl means nothing without it. */
TEST(realm, create_sve, ONCE)
{
	struct realm *r = realm_blank(GEOMETRY_DEFAULT);
	struct call c = create_call(r);
	uint8_t vl = (uint8_t)feature(RMI_F0_SVE_VL_SHIFT, 4);
	struct field longer = { "longer vector", FIELD(sve_vl), vl + 1U };
	struct field sve = { "sve", FIELD(flags), RMI_REALM_SVE };

	if (features() & RMI_F0_SVE_EN) {
		r->params->flags = RMI_REALM_SVE;
		refused_field(c, &longer);
		r->params->sve_vl = vl;
	} else {
		refused_field(c, &sve);
		r->params->sve_vl = 0xff;
	}
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
}

/*
 * Fields of features that are off mean nothing.
 * @test REALM_CREATE.ignored
 */
TEST(realm, create_ignores_unused_fields, ONCE)
{
	struct realm *r = realm_blank(GEOMETRY_DEFAULT);

	r->params->sve_vl = 0xff;
	r->params->pmu_num_ctrs = 0xff;
	memset(r->params->pad5, 0xff, sizeof(r->params->pad5));
	EXPECT_EQ(call(create_call(r)).x[0], RMI_SUCCESS);
}

/* @test REALM_CREATE.{alias,rtt_align,rtt_state} */
TEST(realm, create_refused_roots, BOTH)
{
	static const struct geometry wide = { 42, 1, 8 };
	struct realm *r = realm_blank(wide);
	struct call c = create_call(r);
	uint64_t spare = granule_new_run(16, 8 * PAGE);
	unsigned int i;

	for (i = 0; i < wide.roots; i++)
		refused("rd among the roots", c, 1, r->rtt + i * PAGE, E_INPUT);
	for (i = 1; i < wide.roots; i++) {
		struct field off = { "roots off by pages", FIELD(rtt_base),
				     spare + i * PAGE };

		refused_field(c, &off);
	}
	for (i = 0; i < not_granules_count; i++) {
		struct field bad = { "roots nowhere", FIELD(rtt_base),
				     not_granules[i] };

		refused_field(c, &bad);
	}
	for (i = 0; i < wide.roots; i++) {
		ASSERT_OK(RMI_GRANULE_UNDELEGATE, r->rtt + i * PAGE);
		refused("one root not delegated", c, 1, r->rd, E_INPUT);
		ASSERT_OK(RMI_GRANULE_DELEGATE, r->rtt + i * PAGE);
	}
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
}

/* A single root in every state but DELEGATED. */
TEST(realm, create_refused_root_state, BOTH)
{
	const struct zoo *z = zoo_new();
	struct call c = create_call(realm_blank(GEOMETRY_DEFAULT));
	unsigned int i;

	for (i = 0; i < G_STATES; i++) {
		struct field bad = { "root state", FIELD(rtt_base), z->pa[i] };

		if (i != G_DELEGATED)
			refused_field(c, &bad);
	}
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
}

/* @test REALM_CREATE.vmid_valid */
TEST(realm, create_refused_vmid, ONCE)
{
	struct realm *a = realm_new(GEOMETRY_DEFAULT);
	struct realm *b = realm_blank(GEOMETRY_DEFAULT);
	struct field same = { "vmid in use", FIELD(vmid), a->params->vmid };

	refused_field(create_call(b), &same);
	ASSERT_OK(RMI_REALM_DESTROY, a->rd);
	/* free again at once */
	b->params->vmid = a->params->vmid;
	EXPECT_EQ(call(create_call(b)).x[0], RMI_SUCCESS);
}

/*
 * A call that fails for another reason has not kept the VMID.
 * @test REALM_CREATE.vmid_released
 */
TEST(realm, create_failed_frees_vmid, ONCE)
{
	struct realm *r = realm_blank(GEOMETRY_DEFAULT);
	struct call c = create_call(r);
	struct field last = { "root not delegated", FIELD(rtt_base),
			      granule_take() };

	refused_field(c, &last);
	refused("rd not delegated", c, 1, granule_take(), E_INPUT);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
}

/*
 * Both ends of the range, at once; with 8-bit VMIDs the upper one is refused.
 */
TEST(realm, create_extreme_vmids, ONCE)
{
	struct realm *a = realm_blank(GEOMETRY_DEFAULT);
	struct realm *b = realm_blank(GEOMETRY_DEFAULT);
	bool wide = ((sysreg_read("id_aa64mmfr1_el1") >> 4) & 0xf) == 2;

	a->params->vmid = 0;
	b->params->vmid = 0xffff;
	EXPECT_EQ(call(create_call(a)).x[0], RMI_SUCCESS);
	EXPECT_EQ(call(create_call(b)).x[0], wide ? RMI_SUCCESS : E_INPUT);
}

/* @test REALM_CREATE.success */
TEST(realm, create_effects, BOTH)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	uint64_t ipa;

	refused("rd taken", (struct call){ RMI_GRANULE_UNDELEGATE, { 0 } }, 1,
		r->rd, E_INPUT);
	refused("root taken", (struct call){ RMI_GRANULE_UNDELEGATE, { 0 } }, 1,
		r->rtt, E_INPUT);
	for (ipa = 0; ipa < 1UL << 39; ipa += GIB)
		expect_entry(r, ipa, 1, RMI_RTTE_UNASSIGNED, RMI_RIPAS_EMPTY);
}

/* @test REALM_ACTIVATE.{rd_align,rd_bound,rd_state,realm_state,success} */
TEST(realm, activate, BOTH)
{
	const struct zoo *z = zoo_new();
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	struct call c = { RMI_REALM_ACTIVATE, { r->rd } };

	refused_granule(c, 1, z, G_RD);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
	refused("twice", c, 1, r->rd, E_REALM(0));
}

/*
 * What only a NEW realm allows.
 * @test REALM_ACTIVATE.success
 */
TEST(realm, activate_closes, ONCE)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	struct rec *c;

	realm_ram(r, PUPPET_BASE, PUPPET_BASE + PAGE);
	c = rec_blank(r, true);
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	EXPECT_EQ(RMI_STATUS_OF(RMI_DATA_CREATE, r->rd, granule_new(),
				PUPPET_BASE, (uint64_t)ns_page(), 0),
		  E_REALM(0));
	EXPECT_EQ(RMI_STATUS_OF(RMI_RTT_INIT_RIPAS, r->rd, PUPPET_BASE,
				PUPPET_BASE + PAGE), E_REALM(0));
	EXPECT_EQ(RMI_STATUS_OF(RMI_REC_CREATE, r->rd, c->pa,
				(uint64_t)c->params), E_REALM(0));
	/* and nothing came of it */
	expect_entry(r, PUPPET_BASE, 3, RMI_RTTE_UNASSIGNED, RMI_RIPAS_RAM);
	EXPECT_OK(RMI_GRANULE_UNDELEGATE, c->pa);
}

/* @test REALM_DESTROY.{rd_align,rd_bound,rd_state,success} */
TEST(realm, destroy, BOTH)
{
	const struct zoo *z = zoo_new();
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	struct call c = { RMI_REALM_DESTROY, { r->rd } };

	refused_granule(c, 1, z, G_RD);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
	refused("twice", c, 1, r->rd, E_INPUT);
	/* rd, root and VMID serve again without further ado */
	EXPECT_EQ(call(create_call(r)).x[0], RMI_SUCCESS);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
	EXPECT_OK(RMI_GRANULE_UNDELEGATE, r->rd);
	EXPECT_OK(RMI_GRANULE_UNDELEGATE, r->rtt);
}

/*
 * Each thing that keeps a realm alive, alone.
 * @test REALM_DESTROY.realm_live
 */
TEST(realm, destroy_refused_live, BOTH)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	struct call c = { RMI_REALM_DESTROY, { r->rd } };
	uint64_t table = granule_new();
	struct rec *rec;

	ASSERT_OK(RMI_RTT_CREATE, r->rd, table, 0, 2);
	refused("table", c, 1, r->rd, E_REALM(0));
	ASSERT_OK(RMI_RTT_DESTROY, r->rd, 0, 2);

	ASSERT_OK(RMI_RTT_CREATE, r->rd, table, realm_top(r), 2);
	refused("unprotected table", c, 1, r->rd, E_REALM(0));
	ASSERT_OK(RMI_RTT_DESTROY, r->rd, realm_top(r), 2);

	rec = rec_new(r, false);
	refused("rec", c, 1, r->rd, E_REALM(0));
	ASSERT_OK(RMI_REC_DESTROY, rec->pa);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
}

/*
 * A root full of mappings of normal memory does not count as live.
 * @test REALM_DESTROY.assigned_ns
 * @test RTT.ns_not_live
 */
TEST(realm, destroy_with_shared_blocks, ONCE)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);

	ASSERT_OK(RMI_RTT_MAP_UNPROTECTED, r->rd, realm_top(r), 1,
		  rtt_desc(DRAM_BASE));
	expect_entry(r, realm_top(r), 1, RMI_RTTE_ASSIGNED, RMI_RIPAS_EMPTY);
	EXPECT_OK(RMI_REALM_DESTROY, r->rd);
}

/* @test REC_AUX_COUNT.{rd_align,rd_bound,rd_state,success} */
TEST(realm, rec_aux_count, BOTH)
{
	const struct zoo *z = zoo_new();
	struct call c = { RMI_REC_AUX_COUNT, { z->pa[G_RD] } };
	struct answer a;

	refused_granule(c, 1, z, G_RD);
	a = call(c);
	EXPECT_EQ(a.x[0], RMI_SUCCESS);
	EXPECT_EQ(a.x[1], 5);
	ASSERT_OK(RMI_REALM_ACTIVATE, z->pa[G_RD]);
	EXPECT_EQ(call(c).x[1], 5);
}

/*
 * Orderings of 7.8 and 7.10: a bad rd is an input error before all else.
 * @test REALM_DESTROY.order_rd_realm_live
 * @test REALM_ACTIVATE.order_rd_realm_state
 */
TEST(realm, priorities, ONCE)
{
	const struct zoo *z = zoo_new();

	EXPECT_EQ(RMI_STATUS_OF(RMI_REALM_DESTROY, z->pa[G_RD]), E_REALM(0));
	EXPECT_EQ(RMI_STATUS_OF(RMI_REALM_DESTROY, z->pa[G_REC]), E_INPUT);
	EXPECT_EQ(RMI_STATUS_OF(RMI_REALM_ACTIVATE, z->pa[G_DATA]), E_INPUT);
}
