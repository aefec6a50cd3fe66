/* SPDX-License-Identifier: BSD-3-Clause */
#include "host/refuse.h"

static struct call create_call(const struct rec *c)
{
	return (struct call){ RMI_REC_CREATE,
			      { c->realm->rd, c->pa, (uint64_t)c->params } };
}

/*
 * @test REC_CREATE.{params_align,params_bound,params_pas,rec_align,rec_bound}
 * @test REC_CREATE.{rec_state,rd_align,rd_bound,rd_state}
 */
TEST(rec, create_refused_pointers, BOTH)
{
	const struct zoo *z = zoo_new();
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	struct call c = create_call(rec_blank(r, true));

	refused_granule(c, 1, z, G_RD);
	refused_granule(c, 2, z, G_DELEGATED);
	refused_ns_page(c, 3, z);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
}

/* With one word of the parameters replaced. */
static void refused_word(const char *label, struct call c, uint64_t *word,
			 uint64_t value)
{
	uint64_t kept = *word;

	*word = value;
	refused(label, c, 1, c.x[0], E_INPUT);
	*word = kept;
}

/* @test REC_CREATE.mpidr_index */
TEST(rec, create_refused_mpidr, ONCE)
{
	static const uint64_t bad[] = {
		1, 15, 0x100, 0x10000, 0x1000000,	/* other indices */
		0x10, 0x80, 1UL << 31, 1UL << 32, 1UL << 63,
	};
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	struct rec *c = rec_blank(r, true);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		refused_word("mpidr", create_call(c), &c->params->mpidr, bad[i]);
	EXPECT_EQ(call(create_call(c)).x[0], RMI_SUCCESS);
}

/* @test REC_CREATE.{num_aux,aux_align,aux_alias,aux_state} */
TEST(rec, create_refused_aux, BOTH)
{
	const struct zoo *z = zoo_new();
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	struct rec *c = rec_blank(r, true);
	struct call create = create_call(c);
	struct rmi_rec_params *p = c->params;
	unsigned int i, a, n = (unsigned int)p->num_aux;

	refused_word("one aux less", create, &p->num_aux, n - 1);
	refused_word("one aux more", create, &p->num_aux, n + 1);
	refused_word("no aux", create, &p->num_aux, 0);
	refused_word("17 aux", create, &p->num_aux, 17);
	refused_word("2^63 aux", create, &p->num_aux, 1UL << 63 | n);
	for (a = 0; a < n; a++) {
		refused_word("aux + 1", create, &p->aux[a], p->aux[a] + 1);
		refused_word("aux + 0x800", create, &p->aux[a], p->aux[a] + 0x800);
		refused_word("aux is rec", create, &p->aux[a], c->pa);
		refused_word("aux is aux", create, &p->aux[a], p->aux[(a + 1) % n]);
		refused_word("aux is rd", create, &p->aux[a], r->rd);
		refused_word("aux is normal memory", create, &p->aux[a],
			     (uint64_t)ns_page());
		for (i = 0; i < G_STATES; i++)
			if (i != G_DELEGATED)
				refused_word("aux state", create, &p->aux[a],
					     z->pa[i]);
		for (i = 0; i < not_granules_count; i++)
			refused_word("aux nowhere", create, &p->aux[a],
				     not_granules[i]);
	}
	EXPECT_EQ(call(create).x[0], RMI_SUCCESS);
}

/* @test REC_CREATE.{realm_state,order_rd_realm_state} */
TEST(rec, create_priorities, ONCE)
{
	const struct zoo *z = zoo_new();
	struct rec *c = rec_blank(z->realm, true);
	struct call create = create_call(c);
	unsigned int i;

	ASSERT_OK(RMI_REALM_ACTIVATE, z->pa[G_RD]);
	EXPECT_EQ(call(create).x[0], E_REALM(0));
	refused("active: rd state", create, 1, z->pa[G_DATA], E_INPUT);
	refused("active: rd bound", create, 1, 1UL << 48, E_INPUT);
	/* none of the granules is stuck on the way */
	EXPECT_OK(RMI_GRANULE_UNDELEGATE, c->pa);
	for (i = 0; i < c->params->num_aux; i++)
		EXPECT_OK(RMI_GRANULE_UNDELEGATE, c->params->aux[i]);
}

/*
 * Indices in order, over the carry from Aff0 to Aff1.
 * @test REC_CREATE.success
 */
TEST(rec, create_in_mpidr_order, ONCE)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	unsigned int i;

	for (i = 0; i < 18; i++) {
		struct rec *c = rec_blank(r, false);

		c->params->mpidr = mpidr_of(i + 1);
		EXPECT_EQ(call(create_call(c)).x[0], E_INPUT);
		if (i)
			c->params->mpidr = mpidr_of(i - 1);
		EXPECT_EQ(call(create_call(c)).x[0], E_INPUT);
		c->params->mpidr = mpidr_of(i);
		EXPECT_EQ(call(create_call(c)).x[0], RMI_SUCCESS);
	}
}

/*
 * A destroyed REC's index is not given again.
 * @test REC_CREATE.index_never_reused
 */
TEST(rec, index_is_never_reused, ONCE)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	struct rec *first = rec_blank(r, true);
	struct call c = create_call(first);

	ASSERT_EQ(call(c).x[0], RMI_SUCCESS);
	ASSERT_OK(RMI_REC_DESTROY, first->pa);
	EXPECT_EQ(call(c).x[0], E_INPUT);
	first->params->mpidr = mpidr_of(1);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
}

/*
 * Bits of the parameters that mean nothing, and the state of the granules.
 * @test REC_CREATE.success
 */
TEST(rec, create_effects, BOTH)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	struct rec *c = rec_blank(r, true);
	unsigned int i;

	c->params->flags |= ~1UL;
	memset(c->params->pad4, 0xff, sizeof(c->params->pad4));
	EXPECT_EQ(call(create_call(c)).x[0], RMI_SUCCESS);
	EXPECT_EQ(RMI_STATUS_OF(RMI_GRANULE_UNDELEGATE, c->pa), E_INPUT);
	for (i = 0; i < c->params->num_aux; i++)
		EXPECT_EQ(RMI_STATUS_OF(RMI_GRANULE_UNDELEGATE,
					c->params->aux[i]), E_INPUT);
}

/* @test REC_DESTROY.{rec_align,rec_bound,rec_gran_state,success} */
TEST(rec, destroy, BOTH)
{
	const struct zoo *z = zoo_new();
	struct rec *c = rec_new(realm_new(GEOMETRY_DEFAULT), true);
	struct call destroy = { RMI_REC_DESTROY, { c->pa } };
	unsigned int i;

	refused_granule(destroy, 1, z, G_REC);
	EXPECT_EQ(call(destroy).x[0], RMI_SUCCESS);
	refused("twice", destroy, 1, c->pa, E_INPUT);
	EXPECT_OK(RMI_GRANULE_UNDELEGATE, c->pa);
	for (i = 0; i < c->params->num_aux; i++)
		EXPECT_OK(RMI_GRANULE_UNDELEGATE, c->params->aux[i]);
	EXPECT_OK(RMI_REALM_DESTROY, c->realm->rd);
}

/*
 * @test REC_DESTROY.{rec_state,order_rec_rec_state}
 * @test REC_ENTER.rec_state
 * @test RTT_SET_RIPAS.{rec_state,order_rec_rec_state}
 * @test REC.running
 */
TEST(rec, running_elsewhere, ONCE)
{
	struct rec *c = puppet();
	struct rmi_rec_run *other = ns_page();
	struct spin spin;

	realm_mmu_on(c);
	spin_start(&spin, c, 1);
	EXPECT_EQ(RMI_STATUS_OF(RMI_REC_DESTROY, c->pa), E_REC);
	EXPECT_EQ(RMI_STATUS_OF(RMI_REC_ENTER, c->pa, (uint64_t)other), E_REC);
	EXPECT_EQ(RMI_STATUS_OF(RMI_RTT_SET_RIPAS, c->realm->rd, c->pa, 0, PAGE),
		  E_REC);
	/* pointer conditions come first */
	EXPECT_EQ(RMI_STATUS_OF(RMI_REC_ENTER, c->pa, (uint64_t)other + 8), E_INPUT);
	EXPECT_EQ(RMI_STATUS_OF(RMI_REC_ENTER, c->pa, 1UL << 48), E_INPUT);
	EXPECT_EQ(RMI_STATUS_OF(RMI_REALM_DESTROY, c->realm->rd), E_REALM(0));
	/* other work on the realm goes on meanwhile */
	realm_tables(c->realm, 8 * GIB, 3);
	spin_stop(&spin);
	EXPECT_OK(RMI_REC_DESTROY, c->pa);
}

/* A REC may go with a request of any kind pending. */
TEST(rec, destroy_with_request_pending, ONCE)
{
	static const uint64_t orders[][24] = {
		{ OP_SMC, RSI_HOST_CALL, PUPPET_SCRATCH },
		{ OP_SMC, RSI_IPA_STATE_SET, PUPPET_SCRATCH,
		  PUPPET_SCRATCH + PAGE, RMI_RIPAS_EMPTY, 0 },
		{ OP_SMC, PSCI_CPU_ON, 1, PUPPET_BASE, 1 },
		{ OP_SMC, PSCI_SYSTEM_OFF },
		{ OP_ACCESS, ACC_LDR_X, 1UL << 38 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		struct rec *c = puppet_in(GEOMETRY_DEFAULT, 2);

		order_args(c, orders[i]);
		EXPECT_OK(RMI_REC_DESTROY, c->pa);
	}
}

/*
 * As many RECs as the feature register allows, and one more.
 * @test REC_CREATE.num_recs
 */
TEST(rec, too_many, ONCE)
{
	unsigned int max = (1U << feature(RMI_F0_MAX_RECS_ORDER_SHIFT, 4)) - 1, i;
	struct realm *r = realm_new(GEOMETRY_DEFAULT);

	for (i = 0; i <= max; i++) {
		struct rec *c = rec_blank(r, false);

		c->params->mpidr = mpidr_of(i);
		if (i == max) {
			EXPECT_EQ(call(create_call(c)).x[0], E_REALM(0));
			refused("too many: rd", create_call(c), 1, c->pa, E_INPUT);
		} else {
			ASSERT_EQ(call(create_call(c)).x[0], RMI_SUCCESS);
		}
	}
}
