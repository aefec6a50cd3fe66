/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random and mutated calls from all CPUs at once, and realms that run random code.
 *
 * The calls of a CPU follow from the seed, apart from what it believes of the pages,
 * which others change too. Each answer is checked against the calling convention.
 * After each round everything is taken apart by calls: a realm, a REC, a page or a
 * count of the pool that has been lost is a failure, and so is an entry of a REC
 * that does not end. The runner says how many calls and which seed.
 */
#include "host/realm.h"

#define ROUND		5000U	/* calls of a CPU */
#define POOL_PAGES	128U
#define SHADOW_PAGES	64U
#define PAGES		(POOL_PAGES + SHADOW_PAGES)
#define CODE_PAGES	8U
#define LAST_PAGE	(NS_FREE - 1)
#define NS_FREE		8U	/* pages of each CPU */
#define RUN_US		200U
#define LONGEST_US	20000000UL

/* What a page was when somebody last looked. */
enum role { IDLE, DELEGATED, RD, REC, RTT, DATA, USED, ROLES };

static struct {
	uint64_t pa[PAGES];
	uint8_t role[PAGES];
	void *code[CODE_PAGES];
} world;

static struct soldier {
	uint64_t random;
	unsigned int calls, done, entries, campaigns, exits[8];
	void *ns[NS_FREE];
	struct call next;	/* what the last exit asks for, or fid 0 */
	uint64_t rd, rtt, rec;	/* of the last campaign */
} soldiers[MAX_CPUS];

static uint64_t any(struct soldier *s)
{
	return random64(&s->random);
}

static unsigned int pick(struct soldier *s, unsigned int n)
{
	return (unsigned int)(any(s) >> 33) % n;
}

/* ---- addresses ---- */

static const uint64_t odd_addresses[] = {
	0, 1, PAGE, MONITOR_BASE, MONITOR_BASE + 0x10000, EL3_BASE, UART_BASE, GICD_BASE,
	SECURE_RAM_BASE + SECURE_RAM_SIZE, DRAM_BASE - PAGE, DRAM_BASE + DRAM_SIZE,
	1UL << 48, 1UL << 52, ~0UL, ~0UL << 12,
};

static uint64_t in_role(struct soldier *s, enum role want)
{
	unsigned int first = pick(s, PAGES), i;

	if (pick(s, 16) == 0)
		return odd_addresses[pick(s, ARRAY_SIZE(odd_addresses))];
	if (pick(s, 16) == 0)
		return world.pa[first] + pick(s, PAGE);
	for (i = 0; i < PAGES && pick(s, 64); i++)
		if (world.role[(first + i) % PAGES] == want)
			return world.pa[(first + i) % PAGES];
	return world.pa[first];
}

static void *ns(struct soldier *s)
{
	return s->ns[pick(s, NS_FREE)];
}

static uint64_t ipa(struct soldier *s)
{
	static const uint64_t bases[] = {
		0, 0, 0, BLOCK, GIB, 1UL << 31, 1UL << 35, 1UL << 38, 1UL << 39,
		(1UL << 38) + BLOCK, 1UL << 47,
	};
	uint64_t at = bases[pick(s, ARRAY_SIZE(bases))];

	if (pick(s, 32) == 0)
		return any(s);
	return at + pick(s, 4) * BLOCK + pick(s, 6) * PAGE;
}

static uint64_t level(struct soldier *s)
{
	static const uint64_t levels[] = { 3, 3, 3, 2, 2, 1, 0, 4, ~0UL };

	return pick(s, 64) ? levels[pick(s, ARRAY_SIZE(levels))] : any(s);
}

/* ---- parameters: right ones, with now and then a word changed ---- */

static uint64_t mutated(struct soldier *s, void *page)
{
	uint64_t *word = page;

	while (pick(s, 4) == 0)
		word[pick(s, PAGE / 8)] ^= pick(s, 2) ? 1UL << pick(s, 64) : any(s);
	return pick(s, 32) ? (uint64_t)page : in_role(s, DELEGATED);
}

static uint64_t realm_params(struct soldier *s)
{
	static const struct geometry shapes[] = {
		{ 39, 1, 1 }, { 39, 1, 1 }, { 32, 2, 4 }, { 40, 1, 2 }, { 44, 0, 1 },
		{ 36, 1, 1 },
	};
	struct geometry g = shapes[pick(s, ARRAY_SIZE(shapes))];
	struct rmi_realm_params *p = memset(ns(s), 0, PAGE);

	p->flags = pick(s, 2) * RMI_REALM_SVE;
	p->s2sz = g.width;
	p->num_bps = (uint8_t)(1 + pick(s, 3));
	p->num_wps = 1;
	p->hash_algo = (uint8_t)pick(s, 2);
	p->vmid = (uint16_t)(1 + pick(s, 6));
	p->rtt_base = in_role(s, DELEGATED);
	p->rtt_level_start = g.start;
	p->rtt_num_start = g.roots;
	return mutated(s, p);
}

static uint64_t rec_params(struct soldier *s, uint64_t rd)
{
	struct rmi_rec_params *p = memset(ns(s), 0, PAGE);
	unsigned int i;

	p->flags = pick(s, 4) ? RMI_REC_RUNNABLE : 0;
	p->mpidr = mpidr_of(pick(s, 3));
	p->pc = pick(s, 8) ? pick(s, 6) * PAGE : any(s);
	p->num_aux = RMI(RMI_REC_AUX_COUNT, rd).x[1];
	for (i = 0; i < RMI_REC_MAX_AUX; i++)
		p->aux[i] = i < p->num_aux ? in_role(s, DELEGATED) : 0;
	return mutated(s, p);
}

/* The last of a CPU's pages is its run page, so that exits can be looked at. */
static uint64_t run_page(struct soldier *s)
{
	struct rmi_rec_run *run = s->ns[LAST_PAGE];
	unsigned int i;

	memset(run, 0, sizeof(*run));
	run->enter.flags = pick(s, 4) ? 0 : pick(s, 32);
	for (i = 0; i < RMI_NUM_GPRS; i++)
		run->enter.gprs[i] = pick(s, 2) ? any(s) : ipa(s);
	if (pick(s, 8) == 0)
		run->enter.gicv3_hcr = any(s) & (pick(s, 4) ? 0x40fe : ~0UL);
	if (pick(s, 8) == 0)
		run->enter.gicv3_lrs[pick(s, 4)] = any(s) & (pick(s, 4) ? ~(1UL << 61) : ~0UL);
	return pick(s, 32) ? (uint64_t)run : in_role(s, DELEGATED);
}

/* ---- code that realms run ---- */

static uint32_t *load(uint32_t *at, unsigned int reg, uint64_t value)
{
	unsigned int i;

	*at++ = 0xd2800000 | (uint32_t)(value & 0xffff) << 5 | reg;
	for (i = 1; i < 4; i++)
		*at++ = 0xf2800000 | i << 21 |
			(uint32_t)(value >> (16 * i) & 0xffff) << 5 | reg;
	return at;
}

static uint64_t realm_function(struct soldier *s)
{
	switch (pick(s, 8)) {
	case 0:
		return 0x84000000 + pick(s, 0x20);
	case 1:
		return 0xc4000000 + pick(s, 0x20);
	case 2:
		return any(s);
	case 3:
		return 0xc2000150 + pick(s, 0x20);
	default:
		return RSI_VERSION + pick(s, 0x10);
	}
}

/* One thing that a guest may do; at most 40 words. */
static uint32_t *deed(struct soldier *s, uint32_t *at)
{
	static const uint32_t plain[] = {
		0xd503207f,	/* wfi */
		0xd503205f,	/* wfe */
		0xd4000002,	/* hvc #0 */
		0xd5033fdf,	/* isb */
		0xd508871f,	/* tlbi vmalle1 */
		0xd508831f,	/* tlbi vmalle1is */
		0xd508711f,	/* ic ialluis */
		0xd51cf3e0,	/* msr of something of EL2 */
		0x4e041c00,	/* SIMD */
		0x04e0e3e0,	/* SVE: cntd */
		0xd69f03e0,	/* eret */
	};
	unsigned int reg = pick(s, 16), from = pick(s, 16), i;
	uint64_t base = pick(s, 8) * PAGE;

	switch (pick(s, 32)) {
	case 0:
		*at++ = plain[pick(s, ARRAY_SIZE(plain))];
		return at;
	case 1:	/* read or write any system register */
		at = load(at, reg, any(s));
		*at++ = 0xd5100000 | (uint32_t)(any(s) & 0x2fffe0) | reg;
		return at;
	case 2:	/* EL1's own: SCTLR, TCR, timers, GIC, ... */
		at = load(at, reg, any(s));
		*at++ = 0xd5180000 | (uint32_t)(any(s) & 0x20ffe0) | reg;
		return at;
	case 3:
		*at++ = (uint32_t)any(s);
		return at;
	case 4 ... 12:
		at = load(at, from, pick(s, 4) ? ipa(s) : 1UL << 38 | base);
		*at++ = (pick(s, 2) ? 0xf9400000 : 0xf9000000) | from << 5 | reg;
		return at;
	case 13 ... 20:	/* a call of the RSI with likely arguments */
		at = load(at, 1, base);
		at = load(at, 2, base + PAGE * pick(s, 4));
		at = load(at, 3, pick(s, 2));
		at = load(at, 4, pick(s, 2));
		at = load(at, 0, RSI_VERSION + pick(s, 10));
		*at++ = 0xd4000003;	/* smc #0 */
		return at;
	default:
		for (i = 1; i < 5; i++)
			at = load(at, i, pick(s, 4) ? ipa(s) : pick(s, 4));
		at = load(at, 0, realm_function(s));
		*at++ = 0xd4000003;	/* smc #0 */
		return at;
	}
}

static void write_code(struct soldier *s, uint32_t *page)
{
	uint32_t *at = page;

	while (at < page + PAGE / 4 - 64)
		at = deed(s, at);
	*at = 0x14000000 | (uint32_t)((page - at) & 0x3ffffff);
}

/* ---- calls ---- */

static uint64_t argument(struct soldier *s, char kind, const struct call *c)
{
	switch (kind) {
	case 'r':
		return pick(s, 2) ? s->rd : in_role(s, RD);
	case 'e':
		return pick(s, 2) ? s->rec : in_role(s, REC);
	case 'D':
		return in_role(s, DELEGATED);
	case 'U':
		return in_role(s, IDLE);
	case 'p':
		return world.pa[pick(s, PAGES)];
	case 'i':
		return ipa(s);
	case 'b':
		return ipa(s) & ~(BLOCK - 1);
	case 't':
		return pick(s, 4) ? c->x[1] + pick(s, 8) * PAGE : ipa(s);
	case 'l':
		return level(s);
	case 'n':
		return (uint64_t)world.code[pick(s, CODE_PAGES)];
	case 'd':
		return rtt_desc((uint64_t)ns(s)) ^ (pick(s, 8) ? 0 : any(s));
	case 'M':
		return realm_params(s);
	case 'C':
		return rec_params(s, c->x[0]);
	case 'R':
		return run_page(s);
	default:
		return pick(s, 2) ? pick(s, 4) : any(s);
	}
}

/* Frequent ones twice; a letter for each argument, see argument(). */
static const struct {
	uint32_t fid;
	const char *kinds;
} menu[] = {
	{ RMI_VERSION, "v" },
	{ RMI_GRANULE_DELEGATE, "U" }, { RMI_GRANULE_DELEGATE, "U" },
	{ RMI_GRANULE_DELEGATE, "U" }, { RMI_GRANULE_UNDELEGATE, "D" },
	{ RMI_GRANULE_UNDELEGATE, "p" },
	{ RMI_DATA_CREATE, "rDinv" }, { RMI_DATA_CREATE, "rDinv" },
	{ RMI_DATA_CREATE_UNKNOWN, "rDi" }, { RMI_DATA_DESTROY, "ri" },
	{ RMI_REALM_ACTIVATE, "r" },
	{ RMI_REALM_CREATE, "DM" }, { RMI_REALM_CREATE, "DM" },
	{ RMI_REALM_DESTROY, "r" },
	{ RMI_REC_CREATE, "rDC" }, { RMI_REC_CREATE, "rDC" }, { RMI_REC_DESTROY, "e" },
	{ RMI_REC_ENTER, "eR" }, { RMI_REC_ENTER, "eR" }, { RMI_REC_ENTER, "eR" },
	{ RMI_RTT_CREATE, "rDbl" }, { RMI_RTT_CREATE, "rDbl" },
	{ RMI_RTT_CREATE, "rDbl" }, { RMI_RTT_DESTROY, "rbl" },
	{ RMI_RTT_MAP_UNPROTECTED, "rild" }, { RMI_RTT_READ_ENTRY, "ril" },
	{ RMI_RTT_UNMAP_UNPROTECTED, "ril" },
	{ RMI_PSCI_COMPLETE, "eev" }, { RMI_FEATURES, "v" }, { RMI_RTT_FOLD, "rbl" },
	{ RMI_REC_AUX_COUNT, "r" }, { RMI_RTT_INIT_RIPAS, "rit" },
	{ RMI_RTT_SET_RIPAS, "reit" },
	{ TMM_VERSION, "" }, { TMM_POOL_INFO, "v" }, { TMM_STAT, "v" },
};

static struct call choose(struct soldier *s)
{
	unsigned int k = pick(s, ARRAY_SIZE(menu)), i;
	struct call c = { menu[k].fid, { 0 } };

	if (s->next.fid && pick(s, 4)) {
		c = s->next;
		s->next.fid = 0;
		return c;
	}
	for (i = 0; menu[k].kinds[i]; i++)
		c.x[i] = argument(s, menu[k].kinds[i], &c);
	if (pick(s, 128) == 0)
		c.fid = RMI_VERSION + pick(s, 0x40);
	if (pick(s, 64) == 0)
		c.x[pick(s, CALL_MAX_ARGS)] = any(s);
	return c;
}

static void believe(uint64_t pa, enum role role)
{
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		if (world.pa[i] == pa)
			world.role[i] = (uint8_t)role;
}

static void learn(const struct call *c, const struct answer *a)
{
	switch (c->fid) {
	case RMI_GRANULE_DELEGATE:
	case RMI_REC_DESTROY:
	case RMI_REALM_DESTROY:
		believe(c->x[0], DELEGATED);
		break;
	case RMI_GRANULE_UNDELEGATE:
		believe(c->x[0], IDLE);
		break;
	case RMI_REALM_CREATE:
		believe(c->x[0], RD);
		believe(((const struct rmi_realm_params *)c->x[1])->rtt_base, RTT);
		break;
	case RMI_REC_CREATE:
		believe(c->x[1], REC);
		break;
	case RMI_RTT_CREATE:
		believe(c->x[1], RTT);
		break;
	case RMI_DATA_CREATE:
	case RMI_DATA_CREATE_UNKNOWN:
		believe(c->x[1], DATA);
		break;
	case RMI_DATA_DESTROY:
	case RMI_RTT_DESTROY:
	case RMI_RTT_FOLD:
		believe(a->x[1], DELEGATED);
		break;
	}
}

/* What an honest host would do about the exit. */
static void plan(struct soldier *s, const struct call *c, uint64_t rd)
{
	const struct rmi_rec_exit *e = &((struct rmi_rec_run *)s->ns[LAST_PAGE])->exit;
	uint64_t at = e->hpfar << 8;

	s->exits[e->exit_reason & 7]++;
	switch (e->exit_reason) {
	case RMI_EXIT_SYNC:
		s->next = (struct call){ RMI_DATA_CREATE_UNKNOWN,
					 { rd, in_role(s, DELEGATED), at } };
		break;
	case RMI_EXIT_PSCI:
		s->next = (struct call){ RMI_PSCI_COMPLETE,
					 { c->x[0], in_role(s, REC), 0 } };
		break;
	case RMI_EXIT_RIPAS_CHANGE:
		s->next = (struct call){ RMI_RTT_SET_RIPAS,
					 { rd, c->x[0], e->ripas_base, e->ripas_top } };
		break;
	}
}

static struct answer enter(struct soldier *s, const struct call *c)
{
	uint64_t begun = timer_now();
	struct answer a;

	watchdog_arm(RUN_US);
	a = call(*c);
	watchdog_stop();
	while (gic_take() != INTID_NONE)
		;
	if (timer_now() - begun > timer_us(LONGEST_US))
		test_fail_at("an entry did not end, REC ", c->x[0], timer_now() - begun, 0);
	s->entries++;
	if (!a.x[0] && c->x[1] == (uint64_t)s->ns[LAST_PAGE])
		plan(s, c, c->x[0] == s->rec ? s->rd : in_role(s, RD));
	return a;
}

/* A status of the specification's, or "no such function". */
static void check_status(const struct call *c, uint64_t status)
{
	if (status != SMCCC_NOT_SUPPORTED &&
	    (status >> 16 || RMI_STATUS(status) > RMI_ERROR_RTT))
		test_fail_at("status of function ", c->fid, status, 0);
}

static bool issue(struct soldier *s, struct call c)
{
	struct answer a = c.fid == RMI_REC_ENTER ? enter(s, &c) : call(c);

	check_status(&c, a.x[0]);
	s->calls++;
	if (a.x[0])
		return false;
	s->done++;
	learn(&c, &a);
	return true;
}
#define ISSUE(s, fid, ...)	issue(s, (struct call){ fid, { __VA_ARGS__ } })

/* Delegated, unless somebody else is faster; one that is so already will do. */
static uint64_t new_granule(struct soldier *s)
{
	unsigned int tries;
	uint64_t pa = 0;

	if (pick(s, 2))
		return in_role(s, DELEGATED);
	for (tries = 0; tries < 8; tries++) {
		pa = in_role(s, IDLE);
		if (ISSUE(s, RMI_GRANULE_DELEGATE, pa))
			break;
	}
	return pa;
}

static void strip(struct soldier *s, uint64_t rd, uint32_t fid, uint64_t at_level,
		  uint64_t top)
{
	uint64_t span = fid == RMI_DATA_DESTROY ? PAGE : level_span((int64_t)at_level - 1);
	uint64_t at = 0;

	while (at < top) {
		struct answer a = RMI(fid, rd, at, at_level);

		if (a.x[0] && RMI_STATUS(a.x[0]) != RMI_ERROR_RTT)
			return;
		if (s && !a.x[0])
			believe(a.x[1], DELEGATED);
		at = a.x[2] > at ? a.x[2] : at + span;
	}
}

/* The last campaign's, for there are not many pages. */
static void retreat(struct soldier *s)
{
	uint64_t l;

	ISSUE(s, RMI_REC_DESTROY, s->rec);
	strip(s, s->rd, RMI_DATA_DESTROY, 0, 1UL << 38);
	for (l = 3; l > 1; l--)
		strip(s, s->rd, RMI_RTT_DESTROY, l, 1UL << 39);
	if (ISSUE(s, RMI_REALM_DESTROY, s->rd))
		believe(s->rtt, DELEGATED);
}

/*
 * A whole realm with random code: chance alone rarely makes one. The others take away
 * from it what they come by.
 */
static void campaign(struct soldier *s)
{
	uint64_t rd, rtt, rec, i;
	struct rmi_realm_params *p = memset(s->ns[0], 0, PAGE);
	struct rmi_rec_params *r = memset(s->ns[1], 0, PAGE);

	if (pick(s, 8))
		retreat(s);
	rd = new_granule(s);
	rtt = new_granule(s);
	rec = new_granule(s);
	*p = (struct rmi_realm_params){
		.s2sz = 39, .num_bps = 1, .num_wps = 1, .vmid = (uint16_t)(10 + pick(s, 1000)),
		.rtt_base = rtt, .rtt_level_start = 1, .rtt_num_start = 1,
	};
	if (!ISSUE(s, RMI_REALM_CREATE, rd, (uint64_t)p))
		return;
	ISSUE(s, RMI_RTT_CREATE, rd, new_granule(s), 0, 2);
	ISSUE(s, RMI_RTT_CREATE, rd, new_granule(s), 0, 3);
	ISSUE(s, RMI_RTT_INIT_RIPAS, rd, 0, BLOCK);
	for (i = 0; i < 3; i++)
		ISSUE(s, RMI_DATA_CREATE, rd, new_granule(s), i * PAGE,
		      (uint64_t)world.code[pick(s, CODE_PAGES)], pick(s, 2));
	r->flags = RMI_REC_RUNNABLE;
	r->num_aux = RMI(RMI_REC_AUX_COUNT, rd).x[1];
	for (i = 0; i < r->num_aux && i < RMI_REC_MAX_AUX; i++)
		r->aux[i] = new_granule(s);
	ISSUE(s, RMI_REC_CREATE, rd, rec, (uint64_t)r);
	s->rd = rd;
	s->rtt = rtt;
	s->rec = rec;
	if (!ISSUE(s, RMI_REALM_ACTIVATE, rd))
		return;
	s->campaigns++;
	for (i = 0; i < 24; i++)
		if (s->next.fid && pick(s, 8))
			issue(s, choose(s));
		else
			ISSUE(s, RMI_REC_ENTER, rec, run_page(s));
}

static void one_call(struct soldier *s)
{
	if (pick(s, 128) == 0)
		campaign(s);
	else
		issue(s, choose(s));
}

static void soldier_round(void *arg)
{
	struct soldier *s = arg;
	unsigned int i;

	for (i = 0; i < ROUND; i++) {
		if (i % 256 == 0)
			write_code(s, world.code[pick(s, CODE_PAGES)]);
		one_call(s);
	}
}

/* ---- taking apart what a round has made ---- */

static void take_apart(void)
{
	uint64_t l;
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		RMI(RMI_REC_DESTROY, world.pa[i]);
	for (i = 0; i < PAGES; i++) {
		if (RMI_STATUS_OF(RMI_REC_AUX_COUNT, world.pa[i]))
			continue;
		strip(NULL, world.pa[i], RMI_DATA_DESTROY, 0, 1UL << 48);
		for (l = 3; l; l--)
			strip(NULL, world.pa[i], RMI_RTT_DESTROY, l, 1UL << 48);
		EXPECT_OK(RMI_REALM_DESTROY, world.pa[i]);
	}
	for (i = 0; i < PAGES; i++) {
		RMI(RMI_GRANULE_UNDELEGATE, world.pa[i]);
		EXPECT_OK(RMI_GRANULE_DELEGATE, world.pa[i]);
		EXPECT_OK(RMI_GRANULE_UNDELEGATE, world.pa[i]);
		world.role[i] = IDLE;
	}
}

/* ---- main ---- */

static void make_world(void)
{
	unsigned int i, k;
	uint64_t first;

	granule_use(SOURCE_POOL);
	first = granule_take_run(POOL_PAGES, BLOCK);
	for (i = 0; i < POOL_PAGES; i++)
		world.pa[i] = first + i * PAGE;
	granule_use(SOURCE_SHADOW);
	first = granule_take_run(SHADOW_PAGES, PAGE);
	for (i = 0; i < SHADOW_PAGES; i++)
		world.pa[POOL_PAGES + i] = first + i * PAGE;
	for (i = 0; i < CODE_PAGES; i++)
		world.code[i] = ns_page();
	for (i = 0; i < MAX_CPUS; i++)
		for (k = 0; k < NS_FREE; k++)
			soldiers[i].ns[k] = ns_page();
}

static void soak(void)
{
	unsigned int calls = test_scale(1000), done = 0, i, round;
	uint64_t free;

	make_world();
	free = pool_free();
	for (round = 0; round * ROUND * MAX_CPUS < calls; round++) {
		for (i = 0; i < MAX_CPUS; i++)
			soldiers[i].random = test_seed() * 1000003UL + round * MAX_CPUS + i;
		cpus_run(MAX_CPUS, soldier_round, soldiers, sizeof(soldiers[0]));
		take_apart();
		ASSERT_EQ(pool_free(), free);
		for (done = 0, i = 0; i < MAX_CPUS; i++)
			done += soldiers[i].calls;
		print("AT %u\n", done);
	}
}

static void say_numbers(void)
{
	struct soldier sum = { 0 };
	unsigned int i, k;

	for (i = 0; i < MAX_CPUS; i++) {
		sum.calls += soldiers[i].calls;
		sum.done += soldiers[i].done;
		sum.entries += soldiers[i].entries;
		sum.campaigns += soldiers[i].campaigns;
		for (k = 0; k < 8; k++)
			sum.exits[k] += soldiers[i].exits[k];
	}
	print("%u calls, %u succeeded, %u campaigns, %u entries; exits:", sum.calls,
	      sum.done, sum.campaigns, sum.entries);
	for (k = 0; k < 7; k++)
		print(" %u", sum.exits[k]);
	print("\n");
}

/* A realm lives as ever. */
static void afterwards(void)
{
	struct rec *c;

	granule_use(SOURCE_POOL);
	c = puppet();
	realm_store(c, PUPPET_SCRATCH, 7);
	EXPECT_EQ(realm_load(c, PUPPET_SCRATCH), 7);
}

void host_main(void)
{
	bool ok;

	print("\nvirtCCA soak, seed %u\n", test_seed());
	granule_setup();
	ok = cpus_start() && test_guard(soak);
	say_numbers();
	ok = ok && test_guard(afterwards);
	print("%s soak\n", ok ? "PASS" : "FAIL");
	print("%u passed, %u failed, 0 skipped\n", ok, !ok);
}
