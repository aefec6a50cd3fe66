/* SPDX-License-Identifier: BSD-3-Clause */
#include "host/refuse.h"

/*
 * @test GRANULE_DELEGATE.{gran_align,gran_bound,gran_state,gran_gpt}
 * @test SMCCC.{failure_outputs,sbz_inputs}
 */
TEST(granule, delegate_refused, BOTH)
{
	const struct zoo *z = zoo_new();
	struct call c = { RMI_GRANULE_DELEGATE, { granule_take() } };

	refused_granule(c, 1, z, G_UNDELEGATED);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
	refused("twice", c, 1, c.x[0], E_INPUT);
}

/* @test GRANULE_UNDELEGATE.{gran_align,gran_bound,gran_state} */
TEST(granule, undelegate_refused, BOTH)
{
	const struct zoo *z = zoo_new();
	struct call c = { RMI_GRANULE_UNDELEGATE, { granule_new() } };

	refused_granule(c, 1, z, G_DELEGATED);
	EXPECT_EQ(call(c).x[0], RMI_SUCCESS);
	refused("twice", c, 1, c.x[0], E_INPUT);
}

/*
 * @test GRANULE_DELEGATE.success
 * @test GRANULE_UNDELEGATE.success
 */
TEST(granule, delegate_takes_one_page, BOTH)
{
	uint64_t before = pool_free(), pa[16];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pa); i++)
		pa[i] = granule_new();
	EXPECT_EQ(pool_free(), before - ARRAY_SIZE(pa));
	for (i = 0; i < ARRAY_SIZE(pa); i++)
		EXPECT_OK(RMI_GRANULE_UNDELEGATE, pa[i]);
	EXPECT_EQ(pool_free(), before);
}

/*
 * The host's own page says nothing any more once a realm had it.
 * @test PTR.wipe
 */
TEST(granule, shadow_comes_back_zeroed, SHADOWED)
{
	uint64_t pa = granule_take(), *page = (uint64_t *)pa;
	unsigned int i;

	for (i = 0; i < 512; i++)
		page[i] = pattern(7, i);
	ASSERT_OK(RMI_GRANULE_DELEGATE, pa);
	ASSERT_OK(RMI_GRANULE_UNDELEGATE, pa);
	for (i = 0; i < 512 && !page[i]; i++)
		;
	EXPECT_EQ(i, 512);
}

/*
 * A delegated shadow page stays the host's to touch: nothing of it is used.
 * @test GRANULE_DELEGATE.host_access
 */
TEST(granule, shadow_content_is_not_the_host_page, SHADOWED)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	uint64_t *src = ns_page(), *page;
	struct rec *c;

	puppet_load(r);
	src[0] = 0x5EC2E7;
	realm_ram(r, PUPPET_HOLE, PUPPET_HOLE + PAGE);
	page = (uint64_t *)realm_data(r, PUPPET_HOLE, src, 0);
	EXPECT_EQ(page[0], 0);
	page[0] = 0xBAD;
	c = rec_new(r, true);
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	EXPECT_EQ(realm_load(c, PUPPET_HOLE), 0x5EC2E7);
	realm_store(c, PUPPET_HOLE, 0x111);
	EXPECT_EQ(page[0], 0xBAD);
}

static void delegate_many(void *arg)
{
	uint64_t base = *(uint64_t *)arg, i;

	for (i = 0; i < 64; i++)
		EXPECT_OK(RMI_GRANULE_DELEGATE, base + i * PAGE);
	for (i = 0; i < 64; i++)
		EXPECT_OK(RMI_GRANULE_UNDELEGATE, base + i * PAGE);
}

/* Each CPU its own granules. */
TEST(granule, delegate_on_all_cpus, BOTH)
{
	uint64_t base[MAX_CPUS];
	unsigned int i;

	for (i = 0; i < MAX_CPUS; i++)
		base[i] = granule_take_run(64, PAGE);
	cpus_run(MAX_CPUS, delegate_many, base, sizeof(base[0]));
}
