/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Several CPUs make every call on few granules at once, under ThreadSanitizer
 * and the lock checker of the fake machine. Two realms, their tables, pages and
 * RECs have fixed places, so that calls meet each other's objects in all states
 * instead of bouncing off the first check. Between rounds the CPUs stand still
 * and the laws are checked; at the end an honest host takes all apart and the
 * pool must be as full as it was.
 *
 *   race [ROUNDS [SEED]]
 */
#include "abi/psci.h"
#include "abi/vendor.h"
#include "call/rmi.h"
#include "harness/laws.h"
#include "harness/realm.h"

#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CPUS		4
#define REALMS		2
#define RECS		2
#define AUX		5	/* pages of each REC */
#define TABLES		4
#define PAGES		8
#define CALLS_PER_ROUND	600

noreturn void test_fail(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	test_say(file, line, fmt, ap);
	va_end(ap);
	abort();
}

/* The first realm has its roots side by side, the second one more level of tables. */
static const struct geometry shapes[REALMS] = { { 32, 2, 4 }, { 33, 1, 1 } };

/* What all CPUs fight for. */
static struct {
	uint64_t rd[REALMS], root[REALMS];	/* root: the first one */
	uint64_t rec[REALMS][RECS], aux[REALMS][RECS][AUX];
	uint64_t table[TABLES];
	uint64_t page[PAGES];
	uint64_t all[64];
	unsigned int num_all;
	uint64_t free_before;
} stake;

/* Pages of the host that no two CPUs share. */
struct cpu {
	unsigned int id;
	uint64_t random;
	uint64_t run, data;
	uint64_t realm_params[REALMS], rec_params[REALMS][RECS];
	unsigned int rounds;
	uint64_t entered;	/* the REC whose exit is in the run page */
};

static pthread_barrier_t barrier;

/* Success and refusal of each command, to know that both were met. */
static _Atomic unsigned int tried[0x200], succeeded[0x200];

static uint64_t rnd(struct cpu *c, uint64_t n)
{
	/* splitmix64 */
	uint64_t z = c->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (z ^ z >> 31) % n;
}

static uint64_t stake_page(void)
{
	/* every third is DRAM: pool and shadow meet */
	uint64_t at = stake.num_all % 3 == 2 ? dram_run(1, PAGE_SIZE) : pool_page();

	stake.all[stake.num_all++] = at;
	return at;
}

static void make_stake(void)
{
	for (unsigned int r = 0; r < REALMS; r++) {
		stake.rd[r] = stake_page();
		stake.root[r] = pool_run(shapes[r].roots, shapes[r].roots * PAGE_SIZE);
		for (unsigned int i = 0; i < shapes[r].roots; i++)
			stake.all[stake.num_all++] = stake.root[r] + i * PAGE_SIZE;
		for (unsigned int i = 0; i < RECS; i++) {
			stake.rec[r][i] = stake_page();
			for (unsigned int a = 0; a < AUX; a++)
				stake.aux[r][i][a] = stake_page();
		}
	}
	for (unsigned int i = 0; i < TABLES; i++)
		stake.table[i] = stake_page();
	for (unsigned int i = 0; i < PAGES; i++)
		stake.page[i] = stake_page();
}

static void make_cpu(struct cpu *c, unsigned int id, uint64_t seed)
{
	c->id = id;
	c->random = seed * CPUS + id;
	c->run = ns_page();
	c->data = ns_page();
	for (unsigned int r = 0; r < REALMS; r++) {
		realm_params(&c->realm_params[r], &shapes[r], stake.root[r], (uint16_t)(r + 1));
		for (unsigned int i = 0; i < RECS; i++) {
			struct rmi_rec_params *p;

			c->rec_params[r][i] = ns_page();
			p = host_ns(pa(c->rec_params[r][i]));
			p->flags = i == 0;
			p->mpidr = i;
			p->num_aux = AUX;
			memcpy(p->aux, stake.aux[r][i], sizeof(stake.aux[r][i]));
		}
	}
}

/* Arguments: the object a call wants, or now and then any other page. */

static uint64_t object(struct cpu *c, uint64_t at)
{
	return rnd(c, 32) ? at : stake.all[rnd(c, stake.num_all)];
}

static uint64_t a_page(struct cpu *c)
{
	return object(c, stake.page[rnd(c, PAGES)]);
}

static uint64_t a_table(struct cpu *c)
{
	return object(c, stake.table[rnd(c, TABLES)]);
}

/* One of the first pages of a realm's protected (0) or unprotected (1) half. */
static uint64_t an_ipa(struct cpu *c, unsigned int r, uint64_t half)
{
	return half << (shapes[r].width - 1) | rnd(c, 4) << 12;
}

/* What the realm does during one REC_ENTER. */

static void dawdle(struct vcpu *v, void *arg)
{
	(void)v;
	(void)arg;
	for (unsigned int i = 0; i < 3; i++)
		sched_yield();
}

static void realm_acts(struct cpu *c, unsigned int r)
{
	static const uint64_t fids[] = {
		RSI_VERSION, RSI_MEASUREMENT_READ, RSI_MEASUREMENT_EXTEND, RSI_REALM_CONFIG,
		RSI_IPA_STATE_GET, RSI_HOST_CALL, PSCI_VERSION, PSCI_CPU_SUSPEND,
	};
	uint64_t at = an_ipa(c, r, 0);

	if (rnd(c, 2))
		step_code(dawdle, NULL);
	switch (rnd(c, 8)) {
	case 0:
		step_smc(RSI_IPA_STATE_SET, at, at + PAGE_SIZE, rnd(c, 2), 1);
		break;
	case 1:
		step_smc(rnd(c, 2) ? PSCI_CPU_ON : PSCI_AFFINITY_INFO, 1, 0, 0, 0);
		break;
	case 2:
		step_abort(UINT64_C(0x93000007), 0, an_ipa(c, r, rnd(c, 2)));
		break;
	case 3:
		if (rnd(c, 200) == 0)	/* not often: it is the end of a REC */
			step_smc(rnd(c, 8) ? PSCI_CPU_OFF : PSCI_SYSTEM_OFF, 0, 0, 0, 0);
		break;
	default:
		step_smc(fids[rnd(c, COUNT_OF(fids))], at, at + PAGE_SIZE, 1, 0);
		break;
	}
}

/* Calls on realm r, with arguments that may well be right. */

static struct call delegate(struct cpu *c, unsigned int r)
{
	(void)r;
	return CALL(RMI_GRANULE_DELEGATE, stake.all[rnd(c, stake.num_all)]);
}

static struct call undelegate(struct cpu *c, unsigned int r)
{
	(void)r;
	return CALL(RMI_GRANULE_UNDELEGATE, stake.all[rnd(c, stake.num_all)]);
}

static uint64_t rd_of(struct cpu *c, unsigned int r)
{
	return object(c, stake.rd[r]);
}

/* More often than not the first one, which alone runs from the start. */
static uint64_t a_rec(struct cpu *c, unsigned int r)
{
	return object(c, stake.rec[r][rnd(c, 3) ? 0 : rnd(c, RECS)]);
}

static struct call realm_create(struct cpu *c, unsigned int r)
{
	return CALL(RMI_REALM_CREATE, rd_of(c, r), c->realm_params[r]);
}

static struct call realm_destroy(struct cpu *c, unsigned int r)
{
	return CALL(RMI_REALM_DESTROY, rd_of(c, r));
}

static struct call realm_activate(struct cpu *c, unsigned int r)
{
	return CALL(RMI_REALM_ACTIVATE, rd_of(c, r));
}

static struct call rec_create(struct cpu *c, unsigned int r)
{
	uint64_t i = rnd(c, RECS);

	return CALL(RMI_REC_CREATE, rd_of(c, r), object(c, stake.rec[r][i]),
		    c->rec_params[r][i]);
}

static struct call rec_destroy(struct cpu *c, unsigned int r)
{
	return CALL(RMI_REC_DESTROY, a_rec(c, r));
}

static struct call enter(struct cpu *c, unsigned int r)
{
	struct rmi_rec_run *run = host_ns(pa(c->run));

	run->enter.flags = rnd(c, 4) ? 0 : rnd(c, 32);
	host_realm_forget();
	realm_acts(c, r);
	c->entered = a_rec(c, r);
	return CALL(RMI_REC_ENTER, c->entered, c->run);
}

/* IPA and level of a table; the level is one that the realm may have below its root. */
static struct call on_table(struct cpu *c, unsigned int r, uint64_t fid)
{
	uint64_t level = rnd(c, 4) ? 3 : 2;
	uint64_t at = align_down(an_ipa(c, r, rnd(c, 2)), level == 3 ? BLOCK_SIZE : BIT(30));

	if (fid == RMI_RTT_CREATE)
		return CALL(fid, rd_of(c, r), a_table(c), at, level);
	return CALL(fid, rd_of(c, r), at, level);
}

static struct call rtt_create(struct cpu *c, unsigned int r)
{
	return on_table(c, r, RMI_RTT_CREATE);
}

static struct call rtt_destroy(struct cpu *c, unsigned int r)
{
	return on_table(c, r, RMI_RTT_DESTROY);
}

static struct call rtt_fold(struct cpu *c, unsigned int r)
{
	return on_table(c, r, RMI_RTT_FOLD);
}

static struct call data_create(struct cpu *c, unsigned int r)
{
	return CALL(RMI_DATA_CREATE, rd_of(c, r), a_page(c), an_ipa(c, r, 0), c->data,
		    rnd(c, 2));
}

static struct call data_create_unknown(struct cpu *c, unsigned int r)
{
	return CALL(RMI_DATA_CREATE_UNKNOWN, rd_of(c, r), a_page(c), an_ipa(c, r, 0));
}

static struct call data_destroy(struct cpu *c, unsigned int r)
{
	return CALL(RMI_DATA_DESTROY, rd_of(c, r), an_ipa(c, r, 0));
}

static struct call map(struct cpu *c, unsigned int r)
{
	return CALL(RMI_RTT_MAP_UNPROTECTED, rd_of(c, r), an_ipa(c, r, 1), 3,
		    PAGE_SIZE | DESC_WB_RW);
}

static struct call unmap(struct cpu *c, unsigned int r)
{
	return CALL(RMI_RTT_UNMAP_UNPROTECTED, rd_of(c, r), an_ipa(c, r, 1), 3);
}

static struct call init_ripas(struct cpu *c, unsigned int r)
{
	uint64_t at = an_ipa(c, r, 0);

	return CALL(RMI_RTT_INIT_RIPAS, rd_of(c, r), at, at + PAGE_SIZE);
}

/* What this CPU's last exit asked for, if it did. */
static struct call set_ripas(struct cpu *c, unsigned int r)
{
	const struct rmi_rec_run *run = host_ns(pa(c->run));
	uint64_t at = an_ipa(c, r, 0);

	if (run->exit.exit_reason == RMI_EXIT_RIPAS_CHANGE)
		return CALL(RMI_RTT_SET_RIPAS, rd_of(c, r), c->entered,
			    run->exit.ripas_base, run->exit.ripas_top);
	return CALL(RMI_RTT_SET_RIPAS, rd_of(c, r), a_rec(c, r), at, at + PAGE_SIZE);
}

static struct call psci_complete(struct cpu *c, unsigned int r)
{
	return CALL(RMI_PSCI_COMPLETE, object(c, stake.rec[r][0]), object(c, stake.rec[r][1]),
		    0);
}

static struct call look(struct cpu *c, unsigned int r)
{
	switch (rnd(c, 3)) {
	case 0:
		return CALL(RMI_REC_AUX_COUNT, rd_of(c, r));
	case 1:
		return CALL(TMM_POOL_INFO, 0);
	default:
		return CALL(RMI_RTT_READ_ENTRY, rd_of(c, r), an_ipa(c, r, 0), 3);
	}
}

/* All CPUs are in the same mood, or no realm would ever live long enough. */
enum mood { BUILD, RUN, DUEL, TEAR, MOODS };

struct op {
	struct call (*make)(struct cpu *c, unsigned int r);
	uint8_t weight[MOODS];
};

static const struct op ops[] = {
	/*			build	run	duel	tear */
	{ delegate,		{ 40,	10,	2,	1 } },
	{ undelegate,		{ 1,	1,	0,	4 } },
	{ realm_create,		{ 8,	1,	0,	1 } },
	{ realm_destroy,	{ 0,	0,	0,	4 } },
	{ realm_activate,	{ 0,	4,	2,	1 } },
	{ rec_create,		{ 24,	0,	0,	1 } },
	{ rec_destroy,		{ 0,	1,	1,	8 } },
	{ enter,		{ 1,	30,	60,	8 } },
	{ rtt_create,		{ 12,	4,	0,	1 } },
	{ rtt_destroy,		{ 1,	1,	0,	8 } },
	{ rtt_fold,		{ 1,	1,	0,	4 } },
	{ data_create,		{ 6,	1,	0,	1 } },
	{ data_create_unknown,	{ 4,	8,	4,	1 } },
	{ data_destroy,		{ 1,	4,	2,	8 } },
	{ map,			{ 2,	4,	0,	1 } },
	{ unmap,		{ 1,	2,	0,	4 } },
	{ init_ripas,		{ 4,	1,	0,	1 } },
	{ set_ripas,		{ 0,	16,	4,	4 } },
	{ psci_complete,	{ 0,	16,	8,	4 } },
	{ look,			{ 4,	4,	2,	4 } },
};

static struct call any_call(struct cpu *c, enum mood mood)
{
	unsigned int sum = 0;
	uint64_t pick;

	for (size_t i = 0; i < COUNT_OF(ops); i++)
		sum += ops[i].weight[mood];
	pick = rnd(c, sum);
	for (size_t i = 0;; i++) {
		if (pick < ops[i].weight[mood])
			return ops[i].make(c, (unsigned int)rnd(c, REALMS));
		pick -= ops[i].weight[mood];
	}
}

static void round_of_calls(struct cpu *c, enum mood mood)
{
	for (unsigned int i = 0; i < CALLS_PER_ROUND; i++) {
		struct call in = any_call(c, mood), out = world_call(in);
		unsigned int number = in.x[0] & 0x1ff;

		atomic_fetch_add_explicit(&tried[number], 1, memory_order_relaxed);
		if (out.x[0] == RMI_SUCCESS)
			atomic_fetch_add_explicit(&succeeded[number], 1, memory_order_relaxed);
	}
}

/* Everything is given back, in any order that gets on. */

static bool give_back(uint64_t at)
{
	switch (state_of(at)) {
	case GS_RD:
		return RMI(RMI_REALM_DESTROY, at).x[0] == RMI_SUCCESS;
	case GS_REC:
		return RMI(RMI_REC_DESTROY, at).x[0] == RMI_SUCCESS;
	case GS_DELEGATED:
		return RMI(RMI_GRANULE_UNDELEGATE, at).x[0] == RMI_SUCCESS;
	case GS_UNDELEGATED:
	case GS_REC_AUX:
	case GS_DATA:
	case GS_RTT:
	case GS_SHADOW:
	case GS_COUNT:
		break;
	}
	return false;
}

static bool clear_realm(uint64_t rd)
{
	bool any = false;

	if (state_of(rd) != GS_RD)
		return false;
	for (uint64_t i = 0; i < 4; i++)
		any |= RMI(RMI_DATA_DESTROY, rd, i << 12).x[0] == RMI_SUCCESS;
	for (uint64_t level = 3; level > 1; level--)
		for (unsigned int r = 0; r < REALMS; r++) {
			uint64_t half = BIT(shapes[r].width - 1);

			any |= RMI(RMI_RTT_DESTROY, rd, 0, level).x[0] == RMI_SUCCESS;
			any |= RMI(RMI_RTT_DESTROY, rd, half, level).x[0] == RMI_SUCCESS;
		}
	return any;
}

static uint64_t free_pages(void)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < hal_boot_secure_count(); i++)
		sum += MUST(TMM_POOL_INFO, i).x[4];
	return sum;
}

static void take_apart(void)
{
	bool any = true;

	while (any) {
		any = false;
		/* any page of the stake may have become an RD, by accident */
		for (unsigned int i = 0; i < stake.num_all; i++)
			any |= clear_realm(stake.all[i]);
		for (unsigned int i = 0; i < stake.num_all; i++)
			any |= give_back(stake.all[i]);
	}
	for (unsigned int i = 0; i < stake.num_all; i++)
		if (state_of(stake.all[i]) != GS_UNDELEGATED)
			FAIL("page %#llx cannot be given back: state %d",
			     (unsigned long long)stake.all[i], (int)state_of(stake.all[i]));
	EXPECT_EQ(free_pages(), stake.free_before);
}

/* One CPU alone. A realm in an odd place would otherwise live on for ever. */
static void between_rounds(enum mood mood)
{
	laws_check_memory();
	if (mood != TEAR)
		return;
	take_apart();
	laws_check_memory();
}

static void *cpu_main(void *arg)
{
	struct cpu *c = arg;

	host_cpu_set(c->id);
	for (unsigned int i = 0; i < c->rounds; i++) {
		round_of_calls(c, i % MOODS);
		pthread_barrier_wait(&barrier);
		if (c->id == 0)
			between_rounds(i % MOODS);
		pthread_barrier_wait(&barrier);
	}
	return NULL;
}

/* A command that never succeeded, or never failed, was not tested. */
static unsigned int report(void)
{
	static const struct {
		uint32_t fid;
		const char *name;
	} rows[] = {
#define ROW(number, handler, inputs) { number, #number },
		RMI_CALLS(ROW)
#undef ROW
	};
	unsigned int missed = 0;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		unsigned int n = rows[i].fid & 0x1ff;

		printf("%-28s %7u of %7u\n", rows[i].name, succeeded[n], tried[n]);
		if (rows[i].fid != RMI_VERSION && rows[i].fid != RMI_FEATURES)
			missed += succeeded[n] == 0 || succeeded[n] == tried[n];
	}
	return missed;
}

int main(int argc, char **argv)
{
	static struct cpu cpus[CPUS];
	pthread_t threads[CPUS];
	unsigned int rounds = argc > 1 ? (unsigned int)atoi(argv[1]) : 120;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;

	world_boot(&host_machine_default, FROM_POOL);
	world_check_laws(false);
	host_locks_jitter(true);
	make_stake();
	stake.free_before = free_pages();
	pthread_barrier_init(&barrier, NULL, CPUS);
	for (unsigned int i = 0; i < CPUS; i++) {
		make_cpu(&cpus[i], i, seed);
		cpus[i].rounds = rounds;
	}
	for (unsigned int i = 0; i < CPUS; i++)
		if (pthread_create(&threads[i], NULL, cpu_main, &cpus[i]))
			FAIL("no thread");
	for (unsigned int i = 0; i < CPUS; i++)
		pthread_join(threads[i], NULL);
	take_apart();
	laws_check_memory();
	return report() != 0;
}
