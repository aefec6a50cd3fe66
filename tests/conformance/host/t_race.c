/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Several CPUs at one object at once, each with a thread of the emulator
 * (threats T2, T3). Every answer must be one that some order of the calls
 * explains; what succeeded must add up; and in the end everything can be taken
 * apart, with as many free pages as before. Sequences follow from seeds, their
 * interleaving does not.
 */
#include "host/refuse.h"
#include "host/stage1.h"

#define ROUNDS		2000

struct racer {
	void *shared;
	uint64_t seed;
	unsigned int rounds;
	int64_t balance[8];	/* what succeeded, less what took it back */
};

static struct racer racers[MAX_CPUS];

static unsigned int pick(struct racer *r, unsigned int n)
{
	return (unsigned int)(random64(&r->seed) >> 33) % n;
}

/* The same work on all CPUs; then the sum of their balances. */
static void race(cpu_work work, void *shared, unsigned int rounds,
		 int64_t sum[8])
{
	unsigned int i, k;

	for (i = 0; i < MAX_CPUS; i++)
		racers[i] = (struct racer){ shared, 77 * (i + 1),
					    test_scale(rounds), { 0 } };
	cpus_run(MAX_CPUS, work, racers, sizeof(racers[0]));
	memset(sum, 0, 8 * sizeof(sum[0]));
	for (i = 0; i < MAX_CPUS; i++)
		for (k = 0; k < 8; k++)
			sum[k] += racers[i].balance[k];
}

/* One of the answers that some order of calls gives. */
static bool one_of(uint64_t status, uint64_t a, uint64_t b)
{
	bool ok = status == RMI_SUCCESS || status == E_INPUT || status == a ||
		  status == b;

	if (!ok)
		EXPECT_EQ(status, RMI_SUCCESS);
	return status == RMI_SUCCESS;
}

/* ---- granules ---- */

static void give_and_take(void *arg)
{
	struct racer *r = arg;
	uint64_t pa = *(uint64_t *)r->shared, s;
	unsigned int i;

	for (i = 0; i < r->rounds; i++) {
		bool give = pick(r, 2);

		s = RMI_STATUS_OF(give ? RMI_GRANULE_DELEGATE :
					 RMI_GRANULE_UNDELEGATE, pa);
		if (one_of(s, E_INPUT, E_INPUT))
			r->balance[0] += give ? 1 : -1;
	}
}

TEST(race, granule, BOTH | RACE)
{
	uint64_t pa = granule_take();
	int64_t sum[8];

	race(give_and_take, &pa, ROUNDS, sum);
	EXPECT(sum[0] == 0 || sum[0] == 1);
	EXPECT_EQ(RMI_STATUS_OF(RMI_GRANULE_UNDELEGATE, pa),
		  sum[0] ? RMI_SUCCESS : E_INPUT);
}

/*
 * Three granules that all CPUs delegate, give to a realm as data or as tables,
 * and take back: IPAs 0..2 of a page table, blocks 1..3 for new tables.
 */
struct uses {
	struct realm *realm;
	uint64_t pa[3];
	void *src;
};

static void use_as_data(struct racer *r, const struct uses *u)
{
	unsigned int k = pick(r, 3);
	uint64_t rd = u->realm->rd, ipa = pick(r, 3) * PAGE;

	switch (pick(r, 3)) {
	case 0:
		r->balance[0] += one_of(RMI_STATUS_OF(RMI_DATA_CREATE_UNKNOWN, rd,
						      u->pa[k], ipa), E_RTT(3), E_RTT(3));
		break;
	case 1:
		r->balance[0] += one_of(RMI_STATUS_OF(RMI_DATA_CREATE, rd, u->pa[k],
						      ipa, (uint64_t)u->src, 0),
					E_RTT(3), E_RTT(3));
		break;
	default:
		r->balance[0] -= one_of(RMI_STATUS_OF(RMI_DATA_DESTROY, rd, ipa),
					E_RTT(3), E_RTT(3));
	}
}

static void use_as_table(struct racer *r, const struct uses *u)
{
	unsigned int k = pick(r, 3);
	uint64_t rd = u->realm->rd, ipa = (1 + pick(r, 3)) * BLOCK;

	switch (pick(r, 3)) {
	case 0:
		r->balance[1] += one_of(RMI_STATUS_OF(RMI_RTT_CREATE, rd, u->pa[k],
						      ipa, 3), E_RTT(2), E_RTT(2));
		break;
	case 1:
		r->balance[1] -= one_of(RMI_STATUS_OF(RMI_RTT_DESTROY, rd, ipa, 3),
					E_RTT(2), E_RTT(3));
		break;
	default:
		r->balance[1] -= one_of(RMI_STATUS_OF(RMI_RTT_FOLD, rd, ipa, 3),
					E_RTT(2), E_RTT(3));
	}
}

static void use_granules(void *arg)
{
	struct racer *r = arg;
	const struct uses *u = r->shared;
	unsigned int i, k;

	for (i = 0; i < r->rounds; i++) {
		switch (pick(r, 4)) {
		case 0:
			k = pick(r, 3);
			r->balance[2] += one_of(RMI_STATUS_OF(
				RMI_GRANULE_DELEGATE, u->pa[k]), E_INPUT, E_INPUT);
			break;
		case 1:
			k = pick(r, 3);
			r->balance[2] -= one_of(RMI_STATUS_OF(
				RMI_GRANULE_UNDELEGATE, u->pa[k]), E_INPUT, E_INPUT);
			break;
		case 2:
			use_as_data(r, u);
			break;
		default:
			use_as_table(r, u);
		}
	}
}

TEST(race, granule_in_every_role, BOTH | RACE)
{
	struct uses u = { realm_new(GEOMETRY_DEFAULT), { 0 }, ns_page() };
	int64_t sum[8], data = 0, tables = 0, freed = 0;
	uint64_t i;

	realm_tables(u.realm, 0, 3);
	for (i = 0; i < 3; i++)
		u.pa[i] = granule_take();
	race(use_granules, &u, ROUNDS, sum);
	for (i = 0; i < 3; i++) {
		data += rtt_read(u.realm, i * PAGE, 3).state == RMI_RTTE_ASSIGNED;
		tables += rtt_read(u.realm, (i + 1) * BLOCK, 2).state ==
			  RMI_RTTE_TABLE;
	}
	EXPECT_EQ(data, sum[0]);
	EXPECT_EQ(tables, sum[1]);
	realm_strip(u.realm->rd, u.realm->g);
	EXPECT_OK(RMI_REALM_DESTROY, u.realm->rd);
	for (i = 0; i < 3; i++)
		freed += RMI_STATUS_OF(RMI_GRANULE_UNDELEGATE, u.pa[i]) ==
			 RMI_SUCCESS;
	EXPECT_EQ(freed, sum[2]);
}

/*
 * Pool pages by name on some CPUs, pages for shadow on others: no page goes
 * both ways. The monitor takes its pages from the pool's end.
 */
#define COLLIDE		256

static void take_from_both_ends(void *arg)
{
	struct racer *r = arg;
	uint64_t shadow = *(uint64_t *)r->shared, i;
	uint64_t end = pool_base() + pool_size();
	bool by_name = r->seed & 1;

	for (i = 0; i < COLLIDE; i++) {
		uint64_t k = pick(r, COLLIDE);

		r->balance[0] += one_of(RMI_STATUS_OF(RMI_GRANULE_DELEGATE,
			by_name ? end - (k + 1) * PAGE : shadow + k * PAGE),
			E_INPUT, E_INPUT);
	}
}

TEST(race, pool_and_shadow, RACE)
{
	uint64_t shadow, free = pool_free(), i, back = 0;
	int64_t sum[8];

	granule_use(SOURCE_SHADOW);
	shadow = granule_take_run(COLLIDE, PAGE);
	race(take_from_both_ends, &shadow, 1, sum);
	EXPECT_EQ(pool_free(), free - (uint64_t)sum[0]);
	for (i = 0; i < COLLIDE; i++) {
		back += !RMI_STATUS_OF(RMI_GRANULE_UNDELEGATE, shadow + i * PAGE);
		back += !RMI_STATUS_OF(RMI_GRANULE_UNDELEGATE,
				       pool_base() + pool_size() - (i + 1) * PAGE);
	}
	EXPECT_EQ(back, sum[0]);
	EXPECT_EQ(pool_free(), free);
}

/* ---- realms ---- */

/* Two RDs under one VMID: at any time one of them lives at most. */
static void make_and_break(void *arg)
{
	struct racer *r = arg;
	struct realm *const *realm = r->shared;
	unsigned int i;

	for (i = 0; i < r->rounds; i++) {
		unsigned int k = pick(r, 2);
		uint64_t rd = realm[k]->rd;

		switch (pick(r, 4)) {
		case 0:
		case 1:
			r->balance[k] += one_of(RMI_STATUS_OF(RMI_REALM_CREATE,
				rd, (uint64_t)realm[k]->params), E_INPUT, E_INPUT);
			break;
		case 2:
			r->balance[k] -= one_of(RMI_STATUS_OF(RMI_REALM_DESTROY, rd),
						E_INPUT, E_INPUT);
			break;
		default:
			one_of(RMI_STATUS_OF(RMI_REALM_ACTIVATE, rd), E_REALM(0),
			       E_REALM(0));
		}
	}
}

TEST(race, realm, BOTH | RACE)
{
	struct realm *realm[2] = {
		realm_blank(GEOMETRY_DEFAULT),
		realm_blank((struct geometry){ 32, 2, 4 }),
	};
	int64_t sum[8];
	unsigned int i;

	realm[1]->params->vmid = realm[0]->params->vmid;
	race(make_and_break, realm, ROUNDS / 2, sum);
	EXPECT(sum[0] + sum[1] == 0 || sum[0] + sum[1] == 1);
	for (i = 0; i < 2; i++)
		EXPECT_EQ(RMI_STATUS_OF(RMI_REALM_DESTROY, realm[i]->rd),
			  sum[i] ? RMI_SUCCESS : E_INPUT);
	/* the VMID is free */
	EXPECT_OK(RMI_REALM_CREATE, realm[0]->rd, (uint64_t)realm[0]->params);
}

/* ---- RECs ---- */

/*
 * RECs that every CPU enters and, now and then, destroys. Each entry carries
 * an order to count up a word of the realm, which is not done atomically: had
 * a REC ever run twice at once, or an order been lost, the count would tell.
 */
#define RACE_RECS	4	/* the last one is never destroyed */

struct rec_race {
	struct rec *rec[RACE_RECS];
	struct rmi_rec_run *run[MAX_CPUS];
};

static void enter_once(struct racer *r, struct rec_race *x, unsigned int k)
{
	struct rmi_rec_run *run = x->run[cpu_id()];
	uint64_t s;

	memset(&run->enter, 0, sizeof(run->enter));
	run->enter.gprs[0] = OP_INC;
	run->enter.gprs[1] = PUPPET_SCRATCH + 8 * k;
	s = RMI_STATUS_OF(RMI_REC_ENTER, x->rec[k]->pa, (uint64_t)run);
	if (!one_of(s, E_REC, E_REC))
		return;
	if (run->exit.exit_reason == RMI_EXIT_IRQ) {
		gic_take();
		return;
	}
	if (EXPECT_EQ(run->exit.exit_reason, RMI_EXIT_HOST_CALL))
		r->balance[k]++;
}

static void enter_and_destroy(void *arg)
{
	struct racer *r = arg;
	struct rec_race *x = r->shared;
	unsigned int i;

	for (i = 0; i < r->rounds; i++) {
		unsigned int k = pick(r, RACE_RECS), other = pick(r, RACE_RECS);

		if (k != RACE_RECS - 1 && !pick(r, 64))
			one_of(RMI_STATUS_OF(RMI_REC_DESTROY, x->rec[k]->pa), E_REC,
			       E_REC);
		else if (!pick(r, 16))
			one_of(RMI_STATUS_OF(RMI_PSCI_COMPLETE, x->rec[k]->pa,
					     x->rec[other]->pa, 0), E_INPUT, E_INPUT);
		else
			enter_once(r, x, k);
	}
}

TEST(race, rec, BOTH | RACE)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	struct rec_race x;
	int64_t sum[8];
	unsigned int i;

	puppet_load(r);
	for (i = 0; i < RACE_RECS; i++)
		x.rec[i] = rec_new(r, true);
	for (i = 0; i < MAX_CPUS; i++)
		x.run[i] = ns_page();
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	for (i = 0; i < RACE_RECS; i++)
		ASSERT_EQ(rec_run(x.rec[i]), RMI_EXIT_HOST_CALL);
	race(enter_and_destroy, &x, ROUNDS / 2, sum);
	obey(x.rec[RACE_RECS - 1], OP_NONE);
	for (i = 0; i < RACE_RECS; i++)
		EXPECT_EQ(realm_load(x.rec[RACE_RECS - 1], PUPPET_SCRATCH + 8 * i),
			  sum[i]);
}

/* ---- tables of a realm that runs ---- */

/*
 * CPU 3 runs a REC that uses shared and protected pages all the time, while
 * the others map, unmap, fold and destroy under it. Page k of the host's block
 * only ever appears at page k of the IPA block, so what the realm reads there
 * is always the same; where nothing is mapped it exits and tries again.
 */
#define LIVE_PAGES	8UL
#define LIVE_SEED	5

struct live {
	struct rec *c;
	uint64_t ipa;		/* of the shared block */
	uint64_t *host;		/* 2 MiB */
	uint64_t table[4], data[4];
	unsigned int changing;	/* CPUs that still do */
};

static void change_shared(struct racer *r, struct live *v)
{
	uint64_t rd = v->c->realm->rd, k = pick(r, LIVE_PAGES);
	uint64_t ipa = v->ipa + k * PAGE;

	switch (pick(r, 8)) {
	case 0:
	case 1:
	case 2:
		one_of(RMI_STATUS_OF(RMI_RTT_MAP_UNPROTECTED, rd, ipa, 3,
				     rtt_desc((uint64_t)v->host + k * PAGE)),
		       E_RTT(2), E_RTT(3));
		break;
	case 3:
		one_of(RMI_STATUS_OF(RMI_RTT_UNMAP_UNPROTECTED, rd, ipa, 3),
		       E_RTT(2), E_RTT(3));
		break;
	case 4:
		one_of(RMI_STATUS_OF(RMI_RTT_MAP_UNPROTECTED, rd, v->ipa, 2,
				     rtt_desc((uint64_t)v->host)), E_RTT(2), E_RTT(2));
		break;
	case 5:
		one_of(RMI_STATUS_OF(RMI_RTT_UNMAP_UNPROTECTED, rd, v->ipa, 2),
		       E_RTT(2), E_RTT(2));
		break;
	case 6:
		one_of(RMI_STATUS_OF(RMI_RTT_CREATE, rd, v->table[cpu_id()],
				     v->ipa, 3), E_RTT(2), E_RTT(2));
		break;
	default:
		one_of(RMI_STATUS_OF(pick(r, 2) ? RMI_RTT_FOLD : RMI_RTT_DESTROY,
				     rd, v->ipa, 3), E_RTT(2), E_RTT(3));
	}
}

static void change_protected(struct racer *r, struct live *v)
{
	uint64_t rd = v->c->realm->rd, ipa = MORE_RAM(pick(r, 4));

	if (pick(r, 2))
		one_of(RMI_STATUS_OF(RMI_DATA_CREATE_UNKNOWN, rd,
				     v->data[cpu_id()], ipa), E_RTT(3), E_RTT(3));
	else
		one_of(RMI_STATUS_OF(RMI_DATA_DESTROY, rd, ipa), E_RTT(3), E_RTT(3));
}

static bool still_changing(const struct live *v)
{
	return __atomic_load_n(&v->changing, __ATOMIC_ACQUIRE) != 0;
}

/* True when the order is through. */
static bool touch(struct live *v, uint64_t va, uint64_t n)
{
	const uint64_t args[24] = { OP_TOUCH, va, n, PAGE, LIVE_SEED };
	struct rec *c = v->c;

	memcpy(c->run->enter.gprs, args, sizeof(args));
	while (rec_enter(c) == RMI_SUCCESS) {
		if (ordered(c))
			return true;
		if (c->run->exit.exit_reason == RMI_EXIT_IRQ)
			gic_take();
		else if (!EXPECT_EQ(c->run->exit.exit_reason, RMI_EXIT_SYNC))
			return false;
		if (!still_changing(v))
			return false;
	}
	EXPECT(!"the REC can be entered");
	return false;
}

static void use_while_changed(struct live *v)
{
	while (still_changing(v)) {
		if (touch(v, PUPPET_WINDOW_PAGE(0), LIVE_PAGES))
			EXPECT_EQ(report(v->c, 1), 0);
	}
}

static void change_or_use(void *arg)
{
	struct racer *r = arg;
	struct live *v = r->shared;
	unsigned int i;

	if (cpu_id() == MAX_CPUS - 1) {
		use_while_changed(v);
		return;
	}
	for (i = 0; i < r->rounds; i++) {
		if (pick(r, 4))
			change_shared(r, v);
		else
			change_protected(r, v);
	}
	__atomic_sub_fetch(&v->changing, 1, __ATOMIC_ACQ_REL);
}

TEST(race, tables_of_a_running_realm, BOTH | RACE)
{
	struct live v = { .c = puppet_with_ram(1, 4), .changing = MAX_CPUS - 1 };
	int64_t sum[8];
	uint64_t i;

	v.ipa = realm_top(v.c->realm) + 8 * BLOCK;
	v.host = ns_pages(512, BLOCK);
	realm_tables(v.c->realm, v.ipa, 2);
	for (i = 0; i < 4; i++) {
		v.table[i] = granule_new();
		v.data[i] = granule_new();
	}
	for (i = 0; i < LIVE_PAGES; i++)
		v.host[i * 512] = pattern(LIVE_SEED, i);
	realm_mmu_on(v.c);
	realm_fill_table(v.c, PUPPET_TABLE(PT_WIN_L3), 0, LIVE_PAGES,
			 v.ipa | DESC_NORMAL, PAGE);
	race(change_or_use, &v, ROUNDS / 2, sum);
	/* the tree is still one that a host can take apart */
	ASSERT_OK(RMI_REC_DESTROY, v.c->pa);
	realm_strip(v.c->realm->rd, v.c->realm->g);
	EXPECT_OK(RMI_REALM_DESTROY, v.c->realm->rd);
}

/* ---- parameter pages that change while the monitor reads them ---- */

/* CPU 0 rewrites, the others call; it goes on until the last has finished. */
struct rewrite {
	unsigned int callers;
	void (*once)(struct racer *r, struct rewrite *w, unsigned int cpu);
	void (*call)(struct racer *r, struct rewrite *w);
	void *page[MAX_CPUS];
	struct realm *realm[MAX_CPUS];
	struct rec *rec[MAX_CPUS];
};

static void rewrite_or_call(void *arg)
{
	struct racer *r = arg;
	struct rewrite *w = r->shared;
	unsigned int i;

	if (cpu_id() == 0) {
		while (__atomic_load_n(&w->callers, __ATOMIC_ACQUIRE))
			w->once(r, w, 1 + pick(r, MAX_CPUS - 1));
		return;
	}
	for (i = 0; i < r->rounds; i++)
		w->call(r, w);
	__atomic_sub_fetch(&w->callers, 1, __ATOMIC_ACQ_REL);
}

/*
 * Two geometries that are right; no mixture of them is. So the realm is one or
 * the other, and its roots come back.
 */
static const struct geometry wide = { 40, 1, 2 }, narrow = { 32, 2, 4 };

static void rewrite_realm_params(struct racer *r, struct rewrite *w,
				 unsigned int cpu)
{
	volatile struct rmi_realm_params *p = w->page[cpu];
	struct geometry g = pick(r, 2) ? wide : narrow;

	p->s2sz = g.width;
	p->rtt_level_start = g.start;
	p->rtt_num_start = g.roots;
	p->hash_algo = (uint8_t)pick(r, 3);
}

static bool has_level(uint64_t rd, uint64_t ipa, int64_t level)
{
	return !RMI_STATUS_OF(RMI_RTT_READ_ENTRY, rd, ipa, (uint64_t)level);
}

static void create_realm(struct racer *r, struct rewrite *w)
{
	uint64_t rd = w->realm[cpu_id()]->rd;
	bool is_wide;

	if (!one_of(RMI_STATUS_OF(RMI_REALM_CREATE, rd,
				  (uint64_t)w->page[cpu_id()]), E_INPUT, E_INPUT))
		return;
	is_wide = has_level(rd, 0, 1);
	EXPECT_EQ(has_level(rd, 1UL << 31, 2), true);
	EXPECT_EQ(has_level(rd, 1UL << 39, 2), is_wide);
	EXPECT_EQ(has_level(rd, 1UL << 40, 2), false);
	EXPECT_OK(RMI_REALM_DESTROY, rd);
	r->balance[is_wide]++;
}

TEST(race, realm_params, BOTH | RACE)
{
	struct rewrite w = { .callers = MAX_CPUS - 1,
			     .once = rewrite_realm_params, .call = create_realm };
	int64_t sum[8];
	unsigned int i, k;

	for (i = 1; i < MAX_CPUS; i++) {
		w.realm[i] = realm_blank(narrow);
		w.page[i] = w.realm[i]->params;
	}
	race(rewrite_or_call, &w, ROUNDS, sum);
	/* both were met, or this has shown nothing */
	EXPECT(sum[0] > 0 && sum[1] > 0);
	for (i = 1; i < MAX_CPUS; i++)
		for (k = 0; k < narrow.roots; k++)
			EXPECT_OK(RMI_GRANULE_UNDELEGATE,
				  w.realm[i]->rtt + k * PAGE);
}

#define AUX	5	/* as RMI_REC_AUX_COUNT says */

/* Right and wrong indices and auxiliary granules of a REC. */
static void rewrite_rec_params(struct racer *r, struct rewrite *w,
			       unsigned int cpu)
{
	volatile struct rmi_rec_params *p = w->rec[cpu]->params;
	const uint64_t *good = w->page[cpu];
	unsigned int k = pick(r, AUX);

	switch (pick(r, 4)) {
	case 0:
		p->num_aux = AUX + (pick(r, 4) == 0);
		break;
	case 1:
		p->aux[k] = pick(r, 4) ? good[k] : good[(k + 1) % AUX];
		break;
	case 2:
		p->aux[k] = pick(r, 4) ? good[k] : MONITOR_BASE;
		break;
	default:
		p->pc = pick(r, 2);
	}
}

static void create_rec(struct racer *r, struct rewrite *w)
{
	struct rec *c = w->rec[cpu_id()];
	volatile struct rmi_rec_params *p = c->params;

	p->mpidr = mpidr_of((unsigned int)r->balance[0]);
	if (!one_of(RMI_STATUS_OF(RMI_REC_CREATE, c->realm->rd, c->pa,
				  (uint64_t)p), E_REALM(0), E_REALM(0)))
		return;
	r->balance[0]++;
	EXPECT_OK(RMI_REC_DESTROY, c->pa);
}

TEST(race, rec_params, BOTH | RACE)
{
	struct rewrite w = { .callers = MAX_CPUS - 1,
			     .once = rewrite_rec_params, .call = create_rec };
	static uint64_t good[MAX_CPUS][RMI_REC_MAX_AUX];
	int64_t sum[8];
	unsigned int i, k;

	for (i = 1; i < MAX_CPUS; i++) {
		w.rec[i] = rec_blank(realm_new(GEOMETRY_DEFAULT), true);
		memcpy(good[i], w.rec[i]->params->aux, sizeof(good[i]));
		w.page[i] = good[i];
	}
	race(rewrite_or_call, &w, ROUNDS / 2, sum);
	EXPECT(sum[0] > 0);
	for (i = 1; i < MAX_CPUS; i++)
		for (k = 0; k < 3; k++)
			EXPECT_OK(RMI_GRANULE_UNDELEGATE, good[i][k]);
}

/* What a host may say on entry, and what it may not. */
#define LR_HW		(1UL << 61)
#define LR_VALID	(1UL << 62 | 1UL << 60 | 0x80UL << 48 | 32)

static void rewrite_run(struct racer *r, struct rewrite *w, unsigned int cpu)
{
	/* the same in two registers is wrong, too */
	static const uint64_t lrs[] = { 0, 0, LR_VALID, LR_VALID | LR_HW };
	volatile struct rmi_rec_run *run = w->page[cpu];

	switch (pick(r, 4)) {
	case 0:
		run->enter.flags = pick(r, 32) & ~RMI_ENTER_EMUL_MMIO;
		break;
	case 1:
		run->enter.gicv3_hcr = pick(r, 2) ? 0x40fe : 0x100;
		break;
	case 2:
		run->enter.gicv3_hcr = 0;
		break;
	default:
		run->enter.gicv3_lrs[pick(r, 4)] = lrs[pick(r, 4)];
	}
}

static void enter_rec(struct racer *r, struct rewrite *w)
{
	volatile struct rmi_rec_run *run = w->page[cpu_id()];

	if (!one_of(RMI_STATUS_OF(RMI_REC_ENTER, w->rec[cpu_id()]->pa,
				  (uint64_t)run), E_REC, E_REC)) {
		r->balance[1]++;
		return;
	}
	r->balance[0]++;
	if (run->exit.exit_reason == RMI_EXIT_IRQ)
		gic_take();
	else
		EXPECT_EQ(run->exit.exit_reason, RMI_EXIT_HOST_CALL);
}

TEST(race, run_page, BOTH | RACE)
{
	struct rewrite w = { .callers = MAX_CPUS - 1, .once = rewrite_run,
			     .call = enter_rec };
	int64_t sum[8];
	unsigned int i;

	for (i = 1; i < MAX_CPUS; i++) {
		w.rec[i] = puppet();
		w.page[i] = w.rec[i]->run;
	}
	race(rewrite_or_call, &w, ROUNDS, sum);
	EXPECT(sum[0] > 0);
	EXPECT(sum[1] > 0);
}

/* The page itself changes hands: what was read is whole, or nothing was. */
static void delegate_run(struct racer *r, struct rewrite *w, unsigned int cpu)
{
	uint64_t pa = (uint64_t)w->page[cpu];

	one_of(RMI_STATUS_OF(pick(r, 2) ? RMI_GRANULE_DELEGATE :
					  RMI_GRANULE_UNDELEGATE, pa),
	       E_INPUT, E_INPUT);
}

static void enter_by_moving_page(struct racer *r, struct rewrite *w)
{
	uint64_t s = RMI_STATUS_OF(RMI_REC_ENTER, w->rec[cpu_id()]->pa,
				   (uint64_t)w->page[cpu_id()]);

	r->balance[one_of(s, E_INPUT, E_INPUT)]++;
	gic_take();
}

TEST(race, run_page_delegated, SHADOWED | RACE)
{
	struct rewrite w = { .callers = MAX_CPUS - 1, .once = delegate_run,
			     .call = enter_by_moving_page };
	int64_t sum[8];
	unsigned int i;

	for (i = 1; i < MAX_CPUS; i++) {
		w.rec[i] = puppet();
		w.page[i] = (void *)granule_take();
	}
	race(rewrite_or_call, &w, ROUNDS, sum);
	EXPECT(sum[0] > 0 && sum[1] > 0);
}

/*
 * The source of measured data. Whatever the monitor has copied is what it has
 * measured: a second realm made of the same pages, at rest, has the same RIM.
 */
#define SOURCES		64UL

static void *const *volatile sources;	/* pages to read from, by number */

static void data_from(struct realm *r, void *const *src)
{
	uint64_t i;

	for (i = 0; i < SOURCES; i++)
		realm_data(r, MORE_RAM(i), src[i], RMI_DATA_MEASURE);
}

static void scribble(void *arg)
{
	volatile uint64_t *page = (volatile uint64_t *)sources[0];
	volatile unsigned int *stop = arg;
	uint64_t i, n = 0;

	while (!*stop)
		for (i = 0, n++; i < PAGE / 8; i++)
			page[i] = n;
}

static struct rec *measured_realm(void *const *src)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	struct rec *c;

	puppet_load(r);
	data_from(r, src);
	c = rec_new(r, true);
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	return c;
}

static void read_rim(struct rec *c, uint64_t rim[4])
{
	unsigned int i;

	obey(c, OP_SMC, RSI_MEASUREMENT_READ, 0);
	EXPECT_EQ(report(c, 1), RSI_SUCCESS);
	for (i = 0; i < 4; i++)
		rim[i] = report(c, 2 + i);
}

/* The realm hands out what it was given. */
static void copy_out(struct rec *c, void *const *to)
{
	uint64_t half = realm_top(c->realm), i;

	realm_mmu_on(c);
	for (i = 0; i < SOURCES; i++) {
		uint64_t from = realm_window(c, 0, MORE_RAM(i) | DESC_NORMAL), va;

		realm_share(c->realm, half | MORE_RAM(i), to[i]);
		va = realm_window(c, 1, (half | MORE_RAM(i)) | DESC_NORMAL);
		obey(c, OP_COPY, va, from, PAGE);
		EXPECT_EQ(report_exceptions(c), 0);
	}
}

TEST(race, data_source, BOTH | RACE)
{
	void *moving[SOURCES], *still[SOURCES];
	volatile unsigned int stop = 0;
	uint64_t rim[2][4], *w, torn = 0, i;
	struct rec *c;

	moving[0] = ns_page();
	for (i = 0; i < SOURCES; i++) {
		moving[i] = moving[0];
		still[i] = ns_page();
	}
	sources = moving;
	cpu_run(1, scribble, (void *)&stop);
	c = measured_realm(moving);
	stop = 1;
	cpu_wait(1);
	read_rim(c, rim[0]);
	copy_out(c, still);
	read_rim(measured_realm(still), rim[1]);
	for (i = 0; i < 4; i++)
		EXPECT_EQ(rim[1][i], rim[0][i]);
	for (i = 0; i < SOURCES; i++) {
		w = still[i];
		torn += w[0] != w[PAGE / 8 - 1];
	}
	print("     %lu of %lu pages were caught in the middle of a change\n",
	      torn, SOURCES);
}

/* ---- healing ---- */

/* Four RECs convert neighbours in one table, each round checked by the realm. */
static void run_to_report(void *arg)
{
	struct rec *c = *(struct rec **)arg;

	while (rec_run(c) == RMI_EXIT_IRQ)
		gic_take();
}

/* A REC on each CPU, with stage 1 on. */
static void start_all(struct rec *c, struct rec *rec[MAX_CPUS], uint64_t tcr)
{
	unsigned int i;

	for (i = 0; i < MAX_CPUS; i++) {
		if (i)
			realm_cpu_on(c, i);
		rec[i] = c + i;
		obey(rec[i], OP_MMU, 1, 0, tcr);
	}
}

/* A page of the host at the shared side of page i of MORE_RAM. */
static uint64_t *share_page(struct rec *c, uint64_t i)
{
	uint64_t *page = ns_page();

	realm_share(c->realm, realm_top(c->realm) | MORE_RAM(i), page);
	return page;
}

/* The order to convert it back and forth, by slot i of the page window. */
static void give_share(struct rec *c, uint64_t i, uint64_t rounds,
		       uint64_t *host)
{
	uint64_t half = realm_top(c->realm);
	const struct share s = {
		MORE_RAM(i), half, PUPPET_WINDOW_PAGE(i),
		PUPPET_TABLE(PT_WIN_L3) + 8 * i, DESC_NORMAL, DESC_NS,
		1, PAGE, rounds, i + 1
	};

	host[1] = pattern(s.seed, 0);
	c->run->enter.gprs[0] = OP_SHARE;
	memcpy(&c->run->enter.gprs[1], &s, sizeof(s));
}

static void expect_share(const struct rec *c, uint64_t i, uint64_t rounds,
			 const uint64_t *host)
{
	expect_ordered(c);
	EXPECT_EQ(report(c, 1), 0);
	EXPECT_EQ(report(c, 2), rounds);
	EXPECT_EQ(report_exceptions(c), 0);
	EXPECT_EQ(host[0], pattern(i + rounds, 0));
}

TEST(race, heal, BOTH | RACE)
{
	struct rec *c = puppet_with_ram(MAX_CPUS, MAX_CPUS), *rec[MAX_CPUS];
	uint64_t n = test_scale(500), i, *host[MAX_CPUS];

	start_all(c, rec, PUPPET_TCR);
	for (i = 0; i < MAX_CPUS; i++) {
		host[i] = share_page(c, i);
		give_share(rec[i], i, n, host[i]);
	}
	cpus_run(MAX_CPUS, run_to_report, rec, sizeof(rec[0]));
	for (i = 0; i < MAX_CPUS; i++)
		expect_share(rec[i], i, n, host[i]);
}

/*
 * REC 1 makes the monitor heal the table all the time, while REC 0 changes other
 * descriptors of it: it clears bit 5, so that each heal has something to do
 * there, and flips a bit that is software's, an even number of times. As for
 * the hardware's updates of the same words, none may be lost, nor invented.
 */
#define SOFTWARE_BIT	(1UL << 55)
#define BUSY_FIRST	64UL		/* slot of the first such descriptor */
#define BUSY_PAGES	64UL
#define BUSY_ROUNDS	50UL
#define BUSY_US		60000000	/* mostly 1 s; 8 s were once too few beside another suite */

struct busy {
	struct rec *rec;
	uint64_t *host;
	unsigned int stop;
};

static void share_until_stopped(void *arg)
{
	struct busy *b = arg;

	while (!__atomic_load_n(&b->stop, __ATOMIC_ACQUIRE)) {
		b->host[0] = 0;
		give_share(b->rec, 1, BUSY_ROUNDS, b->host);
		run_to_report(&b->rec);
		expect_share(b->rec, 1, BUSY_ROUNDS, b->host);
	}
}

/* Descriptors changed beside the one that trapped. */
static uint64_t healed_beside(void)
{
	return RMI(TMM_STAT, TMM_STAT_HEAL_DESCRIPTORS).x[1] -
	       RMI(TMM_STAT, TMM_STAT_HEAL_TRAPS).x[1];
}

static void toggle_until_healed(struct rec *c, uint64_t n)
{
	uint64_t before = healed_beside(), end = timer_now() + timer_us(BUSY_US);

	while (healed_beside() - before < n && timer_now() < end)
		obey(c, OP_TOGGLE, PUPPET_TABLE(PT_WIN_L3), BUSY_FIRST, BUSY_PAGES,
		     1000, DESC_NS, SOFTWARE_BIT);
	print("     %lu descriptors were healed while in use\n",
	      healed_beside() - before);
	EXPECT(healed_beside() - before > BUSY_PAGES);
}

TEST(race, heal_of_descriptors_in_use, BOTH | RACE)
{
	struct rec *c = puppet_with_ram(2, 2);
	const uint64_t table = PUPPET_TABLE(PT_WIN_L3);
	uint64_t ipa = realm_top(c->realm) | (PUPPET_BASE + 64 * BLOCK), i;
	struct busy b = { c + 1, share_page(c, 1), 0 };
	uint64_t *page = ns_page();

	for (i = 0; i < BUSY_PAGES; i++)
		realm_share(c->realm, ipa + i * PAGE, page);
	realm_cpu_on(c, 1);
	realm_mmu_on(c);
	realm_mmu_on(c + 1);
	realm_fill_table(c, table, BUSY_FIRST, BUSY_PAGES, ipa | DESC_NORMAL, PAGE);
	cpu_run(1, share_until_stopped, &b);
	toggle_until_healed(c, test_scale(20000));
	__atomic_store_n(&b.stop, 1, __ATOMIC_RELEASE);
	cpu_wait(1);
	for (i = 0; i < BUSY_PAGES; i++)
		EXPECT_EQ(realm_load(c, table + (BUSY_FIRST + i) * 8) & ~DESC_NS,
			  (ipa + i * PAGE) | DESC_NORMAL);
}

/*
 * The host rewrites a table in shared memory while the realm walks it: what
 * comes back is the host's own data, or nothing.
 */
struct rewritten {
	volatile uint64_t *table;
	uint64_t aims[4];
	unsigned int stop;
};

static void rewrite_table(void *arg)
{
	struct rewritten *w = arg;
	uint64_t seed = 3;

	while (!__atomic_load_n(&w->stop, __ATOMIC_ACQUIRE))
		w->table[0] = w->aims[random64(&seed) >> 62] | DESC_NORMAL;
}

TEST(race, table_that_the_host_rewrites, BOTH | RACE)
{
	struct rec *c = puppet();
	uint64_t ipa = realm_top(c->realm) | PUPPET_HOLE, va, seen = 0, i;
	uint64_t *table = ns_page(), *page = ns_page(), n = test_scale(500);
	uint64_t end = timer_now() + timer_us(10000000);
	struct rewritten w = {
		table, { ipa + PAGE, PUPPET_SCRATCH, PUPPET_SCRATCH | DESC_NS,
			 rtt_read(c->realm, PUPPET_SCRATCH, 3).desc }, 0
	};

	page[0] = 0x77;
	realm_store(c, PUPPET_SCRATCH, 0x5EC2E7);
	realm_share(c->realm, ipa, table);
	realm_share(c->realm, ipa + PAGE, page);
	realm_mmu_on(c);
	va = realm_window_block(c, 1, ipa | DESC_TABLE | DESC_NSTABLE);
	cpu_run(1, rewrite_table, &w);
	/* and on until it has been seen and been refused */
	for (i = 0; i < n || ((!seen || seen == i) && timer_now() < end); i++) {
		obey(c, OP_TLBI);
		obey(c, OP_ACCESS, ACC_LDR_X, va, 0x5AFE);
		seen += report_exceptions(c) == 0;
		EXPECT_EQ(report(c, 1), report_exceptions(c) ? 0x5AFE : 0x77);
	}
	__atomic_store_n(&w.stop, 1, __ATOMIC_RELEASE);
	cpu_wait(1);
	EXPECT(seen > 0 && seen < i);
	EXPECT_EQ(realm_load(c, PUPPET_SCRATCH), 0x5EC2E7);
}
