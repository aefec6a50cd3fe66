/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The last of everything. What is too much is refused as specified and changes
 * nothing; what was given back serves again, all of it.
 */
#include "host/refuse.h"
#include "host/stage1.h"

static uint64_t create(const struct realm *r)
{
	return RMI_STATUS_OF(RMI_REALM_CREATE, r->rd, (uint64_t)r->params);
}

static uint64_t destroy(const struct realm *r)
{
	return RMI_STATUS_OF(RMI_REALM_DESTROY, r->rd);
}

/* ---- the pool ---- */

/* A sign of life for the runner, which takes silence for a hang. */
static void tick(uint64_t i)
{
	if (i % 1024 == 0)
		print(".\n");
}

/* One call for every page of the pool; returns how many succeeded. */
static uint64_t each_pool_page(uint32_t fid)
{
	uint64_t i, n = 0;

	for (i = 0; i < pool_size() / PAGE; i++, tick(i))
		n += RMI_STATUS_OF(fid, pool_base() + i * PAGE) == RMI_SUCCESS;
	return n;
}

/*
 * Normal memory when no pool page is left to back it. The host's page keeps
 * its content through the refusals.  @test GRANULE_DELEGATE.no_backing
 */
static void shadow_without_pool(void)
{
	uint64_t *page = ns_page(), pa = (uint64_t)page, i;

	page[0] = 0x77;
	for (i = 0; i < 3; i++)
		EXPECT_EQ(RMI_STATUS_OF(RMI_GRANULE_DELEGATE, pa), E_INPUT);
	EXPECT_EQ(RMI_STATUS_OF(RMI_GRANULE_UNDELEGATE, pa), E_INPUT);
	EXPECT_EQ(page[0], 0x77);
	/* one page back: one granule, and not one more */
	ASSERT_OK(RMI_GRANULE_UNDELEGATE, pool_base());
	EXPECT_EQ(pool_free(), 1);
	EXPECT_OK(RMI_GRANULE_DELEGATE, pa);
	EXPECT_EQ(pool_free(), 0);
	EXPECT_EQ(RMI_STATUS_OF(RMI_GRANULE_DELEGATE, pa + PAGE), E_INPUT);
	/* the page that backs it is taken, whatever the host calls it */
	EXPECT_EQ(RMI_STATUS_OF(RMI_GRANULE_DELEGATE, pool_base()), E_INPUT);
	EXPECT_EQ(RMI_STATUS_OF(RMI_GRANULE_UNDELEGATE, pool_base()), E_INPUT);
	EXPECT_OK(RMI_GRANULE_UNDELEGATE, pa);
	EXPECT_EQ(page[0], 0);
	EXPECT_EQ(pool_free(), 1);
	ASSERT_OK(RMI_GRANULE_DELEGATE, pool_base());
}

/* A realm whose granules are backed by the last pages there are, and runs. */
#define LAST_PAGES	256UL

static void realm_from_the_last_pages(void)
{
	struct rec *c;
	uint64_t i;

	for (i = 0; i < LAST_PAGES; i++)
		ASSERT_OK(RMI_GRANULE_UNDELEGATE, pool_base() + i * 7 * PAGE);
	granule_use(SOURCE_SHADOW);
	c = puppet();
	while (pool_free())
		granule_new();
	EXPECT_EQ(RMI_STATUS_OF(RMI_GRANULE_DELEGATE, granule_take()), E_INPUT);
	obey(c, OP_FILL, PUPPET_SCRATCH, PAGE, 4);
	obey(c, OP_SUM, PUPPET_SCRATCH, PAGE, 4);
	EXPECT_EQ(report(c, 1), 0);
	granule_use(SOURCE_POOL);
}

/* Every page of the pool, with the count of free ones kept to the page. */
TEST(exhaust, pool, ONCE)
{
	uint64_t before = pool_free();

	EXPECT_EQ(before, pool_size() / PAGE);	/* nothing else has any */
	EXPECT_EQ(each_pool_page(RMI_GRANULE_DELEGATE), before);
	EXPECT_EQ(pool_free(), 0);
	shadow_without_pool();
	realm_from_the_last_pages();
	EXPECT_EQ(pool_free(), 0);
	EXPECT_EQ(each_pool_page(RMI_GRANULE_UNDELEGATE), before - LAST_PAGES);
	EXPECT_EQ(pool_free(), before - LAST_PAGES);
}

/* ---- VMIDs ---- */

/*
 * The first and the last, each refused while it is in use and only then.
 * @test REALM_CREATE.vmid_valid @test REALM_CREATE.vmid_released
 * @test REALM_DESTROY.success
 */
TEST(exhaust, vmids, BOTH)
{
	static const uint16_t ids[] = { 0, 1, 0x7fff, 0x8000, 0xfffe, 0xffff };
	struct realm *a = realm_blank(GEOMETRY_DEFAULT);
	struct realm *b = realm_blank(GEOMETRY_DEFAULT);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		a->params->vmid = b->params->vmid = ids[i];
		ASSERT_EQ(create(a), RMI_SUCCESS);
		EXPECT_EQ(create(b), E_INPUT);
		b->params->vmid = ids[i] ^ 0x0100;	/* all of it counts */
		EXPECT_EQ(create(b), RMI_SUCCESS);
		EXPECT_EQ(destroy(b), RMI_SUCCESS);
		EXPECT_EQ(destroy(a), RMI_SUCCESS);
		b->params->vmid = ids[i];
		/* a call that fails late keeps none */
		b->params->rtt_base += PAGE;
		EXPECT_EQ(create(b), E_INPUT);
		b->params->rtt_base -= PAGE;
		EXPECT_EQ(create(b), RMI_SUCCESS);
		EXPECT_EQ(destroy(b), RMI_SUCCESS);
	}
}

/* Two realms under the greatest VMIDs keep their memory apart. */
TEST(exhaust, last_vmids_run, ONCE)
{
	struct rec *c[2];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		struct realm *r = realm_blank(GEOMETRY_DEFAULT);

		r->params->vmid = (uint16_t)(0xffff - i);
		ASSERT_EQ(create(r), RMI_SUCCESS);
		puppet_load(r);
		c[i] = rec_new(r, true);
		ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
		ASSERT_EQ(rec_run(c[i]), RMI_EXIT_HOST_CALL);
		realm_store(c[i], PUPPET_SCRATCH, 0x100 + i);
	}
	for (i = 0; i < 2; i++)
		EXPECT_EQ(realm_load(c[i], PUPPET_SCRATCH), 0x100 + i);
}

/*
 * A VMID that changes hands takes no translation along: the new realm has
 * nothing where the old one had a page.
 */
TEST(exhaust, vmid_of_a_dead_realm, ONCE)
{
	struct geometry g = GEOMETRY_DEFAULT;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		bool has_page = i != 1;
		struct realm *r = realm_blank(g);
		struct rec *c;

		r->params->vmid = 0xfffe;
		ASSERT_EQ(create(r), RMI_SUCCESS);
		puppet_load(r);
		if (has_page)
			realm_data(r, PUPPET_HOLE, ns_page(), 0);
		c = rec_new(r, true);
		ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
		ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
		obey(c, OP_ACCESS, ACC_LDR_X, PUPPET_HOLE, 1);
		EXPECT_EQ(report_exceptions(c), !has_page);
		EXPECT_EQ(report(c, 1), has_page ? 0 : 1);
		ASSERT_OK(RMI_REC_DESTROY, c->pa);
		realm_strip(r->rd, r->g);
		ASSERT_EQ(destroy(r), RMI_SUCCESS);
	}
}

/* ---- tables ---- */

/*
 * Pages at both ends of each half, so that every root and the deepest tables
 * there are serve a realm that uses them.  @test RTT.geometry
 */
static void both_ends(struct geometry g)
{
	struct realm *r = realm_new(g);
	uint64_t half = realm_top(r), i;
	const uint64_t ram[] = { 0, half - PAGE };
	const uint64_t shared[] = { half, 2 * half - PAGE };
	uint64_t *page[2] = { ns_page(), ns_page() };
	struct rec *c;

	puppet_load(r);
	for (i = 0; i < 2; i++) {
		realm_data(r, ram[i], ns_page(), 0);
		realm_share(r, shared[i], page[i]);
	}
	c = rec_new(r, true);
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	realm_mmu_on(c);
	for (i = 0; i < 2; i++) {
		uint64_t va = realm_window(c, (unsigned int)i, ram[i] | DESC_NORMAL);

		realm_store(c, va, 0x10 + i);
		va = realm_window(c, (unsigned int)i + 2, shared[i] | DESC_NORMAL);
		realm_store(c, va, 0x20 + i);
		EXPECT_EQ(page[i][0], 0x20 + i);
	}
	for (i = 0; i < 2; i++)
		EXPECT_EQ(realm_load(c, PUPPET_WINDOW_PAGE(i)), 0x10 + i);
	EXPECT_EQ(report_exceptions(c), 0);
	ASSERT_OK(RMI_REC_DESTROY, c->pa);
	realm_strip(r->rd, g);
	EXPECT_EQ(destroy(r), RMI_SUCCESS);
}

TEST(exhaust, widest_realm, BOTH)
{
	both_ends((struct geometry){ 48, 0, 1 });
}

TEST(exhaust, most_roots, BOTH)
{
	both_ends((struct geometry){ 43, 1, 16 });	/* n = 13 */
	both_ends((struct geometry){ 34, 2, 16 });
}

TEST(exhaust, smallest_realm, ONCE)
{
	both_ends((struct geometry){ 32, 2, 4 });
	both_ends((struct geometry){ 32, 1, 1 });
	both_ends((struct geometry){ 40, 0, 1 });	/* two entries in the root */
}

/* One more bit, root or level than there is.  @test REALM_CREATE.rtt_num_level */
TEST(exhaust, beyond_the_geometry, ONCE)
{
	static const struct geometry bad[] = {
		{ 49, 0, 1 }, { 48, 0, 2 }, { 48, -1, 1 }, { 44, 1, 16 },
		{ 43, 1, 8 }, { 35, 2, 16 }, { 34, 2, 8 }, { 32, 3, 16 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(create(realm_blank(bad[i])), E_INPUT);
}

/* ---- RECs ---- */

static uint64_t another_rec(struct realm *r, struct rmi_rec_params *p,
			    unsigned int index, uint64_t *pa)
{
	uint64_t i;

	*pa = granule_new();
	p->mpidr = mpidr_of(index);
	for (i = 0; i < p->num_aux; i++)
		p->aux[i] = granule_new();
	return RMI_STATUS_OF(RMI_REC_CREATE, r->rd, *pa, (uint64_t)p);
}

/*
 * As many RECs as MAX_RECS_ORDER allows; the last of them runs.
 * @test REC_CREATE.num_recs
 */
TEST(exhaust, most_recs, BOTH)
{
	unsigned int max = (1U << feature(RMI_F0_MAX_RECS_ORDER_SHIFT, 4)) - 1, i;
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	struct rmi_rec_params *p = ns_page();
	static struct rec last;
	uint64_t pa;

	puppet_load(r);
	p->pc = PUPPET_BASE;
	p->num_aux = RMI(RMI_REC_AUX_COUNT, r->rd).x[1];
	for (i = 0; i < max; i++) {
		p->flags = i + 1 == max ? RMI_REC_RUNNABLE : 0;
		ASSERT_EQ(another_rec(r, p, i, &pa), RMI_SUCCESS);
	}
	last = (struct rec){ r, pa, p, ns_page() };
	EXPECT_EQ(another_rec(r, p, max, &pa), E_REALM(0));
	/* its granules are as they were, all of them */
	EXPECT_OK(RMI_GRANULE_UNDELEGATE, pa);
	for (i = 0; i < p->num_aux; i++)
		EXPECT_OK(RMI_GRANULE_UNDELEGATE, p->aux[i]);
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	ASSERT_EQ(rec_run(&last), RMI_EXIT_HOST_CALL);
	EXPECT_EQ(realm_mrs(&last, REG_MPIDR_EL1), 1UL << 31 | mpidr_of(max - 1));
	EXPECT_EQ(destroy(r), E_REALM(0));
}

/* ---- many lives ---- */

/*
 * As small as a realm can be: one page of code, one table below the roots. The
 * code makes a host call whose structure lies in the same page.
 */
#define LIVES		10000
#define TINY_IPA	0UL
#define TINY_CALL	0x100		/* offset of its RsiHostCall */

static const struct geometry tiny = { 32, 2, 4 };

static void *tiny_code(void)
{
	static const uint32_t code[] = {
		0x10000801,			/* adr	x1, . + 0x100 */
		0xd2b88000, 0xf2803320,		/* x0 = RSI_HOST_CALL */
		0xd4000003,			/* smc	#0 */
		0x17fffffc,			/* b	. - 16 */
	};
	struct rsi_host_call *c;
	unsigned char *page = ns_page();

	memcpy(page, code, sizeof(code));
	c = (void *)(page + TINY_CALL);
	c->imm = 0x71;
	return page;
}

/* What one life needs; delegated before and undelegated after each. */
struct life {
	struct realm *r;
	struct rec c;
	uint64_t table, data;
	void *code;
	uint64_t granule[16];
	unsigned int granules;
};

static uint64_t life_granule(struct life *l)
{
	uint64_t pa = granule_take();

	ASSERT(l->granules < ARRAY_SIZE(l->granule));
	l->granule[l->granules++] = pa;
	return pa;
}

static void life_setup(struct life *l)
{
	uint64_t i;

	l->r = realm_blank(tiny);
	l->granule[l->granules++] = l->r->rd;
	for (i = 0; i < tiny.roots; i++)
		l->granule[l->granules++] = l->r->rtt + i * PAGE;
	for (i = 0; i < l->granules; i++)
		RMI(RMI_GRANULE_UNDELEGATE, l->granule[i]);
	l->table = life_granule(l);
	l->data = life_granule(l);
	l->c = (struct rec){ l->r, life_granule(l), ns_page(), ns_page() };
	l->c.params->flags = RMI_REC_RUNNABLE;
	l->c.params->pc = TINY_IPA;
	l->c.params->num_aux = 5;
	for (i = 0; i < l->c.params->num_aux; i++)
		l->c.params->aux[i] = life_granule(l);
	l->code = tiny_code();
}

static void live_once(struct life *l)
{
	uint64_t rd = l->r->rd;
	unsigned int i;

	for (i = 0; i < l->granules; i++)
		ASSERT_OK(RMI_GRANULE_DELEGATE, l->granule[i]);
	ASSERT_EQ(create(l->r), RMI_SUCCESS);
	ASSERT_OK(RMI_RTT_CREATE, rd, l->table, TINY_IPA, 3);
	ASSERT_OK(RMI_DATA_CREATE, rd, l->data, TINY_IPA, (uint64_t)l->code, 0);
	ASSERT_OK(RMI_REC_CREATE, rd, l->c.pa, (uint64_t)l->c.params);
	ASSERT_OK(RMI_REALM_ACTIVATE, rd);
	ASSERT_OK(RMI_REC_ENTER, l->c.pa, (uint64_t)l->c.run);
	ASSERT_EQ(l->c.run->exit.exit_reason, RMI_EXIT_HOST_CALL);
	ASSERT_EQ(l->c.run->exit.imm, 0x71);
	ASSERT_OK(RMI_REC_DESTROY, l->c.pa);
	ASSERT_OK(RMI_DATA_DESTROY, rd, TINY_IPA);
	ASSERT_OK(RMI_RTT_DESTROY, rd, TINY_IPA, 3);
	ASSERT_EQ(destroy(l->r), RMI_SUCCESS);
	for (i = 0; i < l->granules; i++)
		ASSERT_OK(RMI_GRANULE_UNDELEGATE, l->granule[i]);
}

TEST(exhaust, ten_thousand_lives, BOTH)
{
	static struct life l;
	uint64_t before;
	unsigned int i, n = granule_source() == SOURCE_POOL ? LIVES : LIVES / 5;

	memset(&l, 0, sizeof(l));
	life_setup(&l);
	before = pool_free();
	n = test_scale(n);
	for (i = 0; i < n; i++, tick(i)) {
		l.r->params->vmid = (uint16_t)(i + 1);
		live_once(&l);
	}
	EXPECT_EQ(pool_free(), before);
	print("     %u realms created, run and destroyed\n", n);
}
