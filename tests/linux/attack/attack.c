/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * usage: attack gentle|vandal SECONDS SEED THREADS
 *
 * A host that calls the monitor beside KVM. The gentle one owns realms, and makes
 * every call on KVM's granules that must be refused: KVM's realms go on as if
 * nothing were. The vandal stops at nothing.
 */
#include "attack.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define E_RTT(level)	(RMI_ERROR_RTT | (uint64_t)(level) << 8)

static bool vandal;
static unsigned int seconds, threads;
static uint64_t seed;
static atomic_ulong calls_made, calls_done, entries, wrong;

static bool time_is_up(void)
{
	static atomic_ulong deadline;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!deadline)
		deadline = (unsigned long)now.tv_sec + seconds;
	return (unsigned long)now.tv_sec >= deadline;
}

/* ------------------------------------------------------- what must be refused */

/* Wrong answers of a trial, which counts only if its granule was KVM's to the end */
static _Thread_local unsigned int wrong_here;
static _Thread_local char first_wrong[128];

static void begin_trial(void)
{
	wrong_here = 0;
}

static void end_trial(bool counts)
{
	if (!counts || !wrong_here)
		return;
	wrong += wrong_here;
	if (wrong <= 20)
		printf("WRONG: %s, and %u more\n", first_wrong, wrong_here - 1);
}

static void refused(const char *what, uint64_t status, uint64_t want, uint64_t pa)
{
	calls_made++;
	if (status != want && wrong_here++ == 0)
		snprintf(first_wrong, sizeof(first_wrong), "%s of %#lx: %#lx, not %#lx",
			 what, pa, status, want);
}

#define REFUSED(want, pa, ...)	refused(#__VA_ARGS__, STATUS(__VA_ARGS__), want, pa)

/* A granule of somebody's, as all that we could make of it for a realm of our own. */
static void try_granule(struct own_realm *r, uint64_t g)
{
	REFUSED(RMI_ERROR_INPUT, g, RMI_GRANULE_DELEGATE, g);
	REFUSED(RMI_ERROR_INPUT, g, RMI_GRANULE_UNDELEGATE, g);
	REFUSED(RMI_ERROR_INPUT, g, RMI_DATA_CREATE_UNKNOWN, r->rd, g, OWN_IPA + PAGE);
	REFUSED(RMI_ERROR_INPUT, g, RMI_RTT_CREATE, r->rd, g, OWN_IPA + BLOCK, 3);
	REFUSED(RMI_ERROR_INPUT, g, RMI_REALM_CREATE, g, r->realm_params_pa);
	REFUSED(RMI_ERROR_INPUT, g, RMI_REALM_CREATE, r->spare, g);
	REFUSED(RMI_ERROR_INPUT, g, RMI_REC_CREATE, r->rd, r->spare, g);
	REFUSED(RMI_ERROR_INPUT, g, RMI_REC_ENTER, r->rec, g);
	r->realm_params->rtt_base = g;
	REFUSED(RMI_ERROR_INPUT, g, RMI_REALM_CREATE, r->spare, r->realm_params_pa);
	r->realm_params->rtt_base = r->root;
}

/* An RD of somebody's whose realm is active and has RECs. */
static void try_realm(struct own_realm *r, const struct realm_seen *s)
{
	uint64_t rd = s->rd, top = 1UL << (s->width - 1);

	REFUSED(RMI_ERROR_REALM, rd, RMI_REALM_DESTROY, rd);
	REFUSED(RMI_ERROR_REALM, rd, RMI_REALM_ACTIVATE, rd);
	REFUSED(RMI_ERROR_REALM, rd, RMI_RTT_INIT_RIPAS, rd, 0, PAGE);
	REFUSED(RMI_ERROR_REALM, rd, RMI_DATA_CREATE, rd, r->spare, 0, r->src_pa, 0);
	/* whose auxiliary granules are in use */
	REFUSED(RMI_ERROR_INPUT, rd, RMI_REC_CREATE, rd, r->spare, r->rec_params_pa);
	REFUSED(RMI_ERROR_REC, rd, RMI_RTT_SET_RIPAS, rd, r->rec, 0, PAGE);
	REFUSED(RMI_ERROR_INPUT, rd, RMI_DATA_DESTROY, rd, top);
	REFUSED(RMI_ERROR_INPUT, rd, RMI_DATA_DESTROY, rd, 1);
	REFUSED(RMI_ERROR_INPUT, rd, RMI_DATA_CREATE_UNKNOWN, rd, r->spare, top);
	REFUSED(RMI_ERROR_INPUT, rd, RMI_RTT_CREATE, rd, r->spare, 0, 4);
	REFUSED(RMI_ERROR_INPUT, rd, RMI_RTT_DESTROY, rd, 0, 0);
	REFUSED(RMI_ERROR_INPUT, rd, RMI_RTT_FOLD, rd, 0, 4);
	REFUSED(RMI_ERROR_INPUT, rd, RMI_RTT_MAP_UNPROTECTED, rd, 0, 3, r->src_pa);
	REFUSED(RMI_ERROR_INPUT, rd, RMI_RTT_UNMAP_UNPROTECTED, rd, 0, 3);
	REFUSED(RMI_ERROR_INPUT, rd, RMI_REC_DESTROY, rd);
}

/* A REC, which may run now; and that is told apart by nothing that we see. */
static void try_rec(struct own_realm *r, uint64_t rec)
{
	REFUSED(RMI_ERROR_REC, rec, RMI_RTT_SET_RIPAS, r->rd, rec, 0, PAGE);
	REFUSED(RMI_ERROR_INPUT, rec, RMI_REC_ENTER, rec, rec);
	REFUSED(RMI_ERROR_INPUT, rec, RMI_REC_ENTER, rec, r->run_pa + 8);
	REFUSED(RMI_ERROR_INPUT, rec, RMI_REC_ENTER, rec, pool_base);
	REFUSED(RMI_ERROR_INPUT, rec, RMI_PSCI_COMPLETE, r->rec, rec, 0);
	REFUSED(RMI_ERROR_INPUT, rec, RMI_PSCI_COMPLETE, rec, r->rec, 0);
	REFUSED(RMI_ERROR_INPUT, rec, RMI_REALM_DESTROY, rec);
}

/* A page that is mapped: it cannot be replaced, and is there as before. */
static void try_page(struct own_realm *r, const struct realm_seen *s, unsigned int i)
{
	uint64_t ipa = s->page[i].ipa;
	struct answer before, after;
	uint64_t status;

	before = SMC(RMI_RTT_READ_ENTRY, s->rd, ipa, 3);
	if (before.x[0] || before.x[2] != RMI_RTTE_ASSIGNED)
		return;
	status = STATUS(RMI_DATA_CREATE_UNKNOWN, s->rd, r->spare, ipa);
	after = SMC(RMI_RTT_READ_ENTRY, s->rd, ipa, 3);
	/* KVM took it away in between, and must not find a page of ours in its place. */
	if (status == RMI_SUCCESS) {
		SMC(RMI_DATA_DESTROY, s->rd, ipa);
		return;
	}
	refused("a second page", RMI_STATUS(status), RMI_ERROR_RTT, ipa);
	if (memcmp(&before, &after, sizeof(before)))
		refused("the entry has changed", after.x[3], before.x[3], ipa);
}

static bool is_part(const struct realm_seen *s, uint64_t at, uint64_t level, uint64_t pa)
{
	struct answer a = SMC(RMI_RTT_READ_ENTRY, s->rd, at, level);

	return !a.x[0] && a.x[3] == pa;
}

/*
 * As a part of a realm: KVM may have folded the table, or taken the page, since. If it
 * does so right now, nothing is said of the answers.
 */
static void try_part(struct own_realm *r, const struct realm_seen *s, uint64_t at,
		     uint64_t level, uint64_t pa)
{
	if (!is_part(s, at, level, pa))
		return;
	begin_trial();
	try_granule(r, pa);
	end_trial(is_part(s, at, level, pa));
}

static void try_all(struct own_realm *r)
{
	const struct realm_seen *s;
	unsigned int i;

	begin_trial();
	for (i = 0; i < num_recs_seen; i++) {
		try_granule(r, recs_seen[i]);
		try_rec(r, recs_seen[i]);
	}
	end_trial(true);
	for (unsigned int k = 0; k < num_seen; k++) {
		s = seen[k];
		begin_trial();
		try_granule(r, s->rd);
		try_realm(r, s);
		end_trial(true);
		for (unsigned int n = 0; n < 16 && s->tables; n++) {
			i = pick(s->tables);
			try_part(r, s, s->table[i].ipa, 2, s->table[i].pa);
		}
		for (unsigned int n = 0; n < 64 && s->data; n++) {
			i = pick(s->data);
			try_part(r, s, s->page[i].ipa, 3, s->page[i].pa);
			begin_trial();
			try_page(r, s, i);
			end_trial(true);
		}
	}
}

/* --------------------------------------------------------------- random calls */

/* No memory of the host's: it would be ours to break, by a run page there. */
static const uint64_t odd_addresses[] = {
	0, 1, 0x1000, 0x20002000, 0x20100000, 0x3fcd1000, 0x3ffff000, 0x60000000,
	0x40060000, 0xffffffffff000, 1UL << 47, 1UL << 52, ~0UL, ~0xfffUL,
};

static const struct realm_seen *any_realm(void)
{
	return num_seen ? seen[pick(num_seen)] : NULL;
}

static uint64_t random_page(void)
{
	return own.pa[OWN_RANDOM + pick(OWN_PAGES - OWN_RANDOM)];
}

/* Addresses of KVM's things, if there are any. */
static uint64_t others(void)
{
	const struct realm_seen *s = any_realm();

	if (!s)
		return pool_base;
	switch (pick(4)) {
	case 0:
		return s->rd;
	case 1:
		return num_recs_seen ? recs_seen[pick(num_recs_seen)] : s->rd;
	case 2:
		return s->tables ? s->table[pick(s->tables)].pa : s->rd;
	default:
		return s->data ? s->page[pick(s->data)].pa : s->rd;
	}
}

static uint64_t granule(void)
{
	switch (pick(8)) {
	case 0:
		return odd_addresses[pick(COUNT_OF(odd_addresses))];
	case 1:
	case 2:
		return others();
	case 3:
		return vandal ? pool_base + pick((unsigned int)pool_pages) * PAGE :
				others() + 8UL * pick(512);
	default:
		return random_page();
	}
}

static uint64_t ipa(void)
{
	const struct realm_seen *s = any_realm();
	uint64_t at;

	switch (pick(8)) {
	case 0:
		return random64();
	case 1:
	case 2:
		return s && s->data ? s->page[pick(s->data)].ipa : 0;
	default:
		at = OWN_IPA + pick(4) * BLOCK + pick(8) * PAGE;
		return pick(4) ? at : at | 1UL << (OWN_WIDTH - 1);
	}
}

static bool is_other(uint64_t pa)
{
	for (unsigned int i = 0; i < num_seen; i++)
		if (seen[i]->rd == pa)
			return true;
	for (unsigned int i = 0; i < num_recs_seen; i++)
		if (recs_seen[i] == pa)
			return true;
	return false;
}

/*
 * What the monitor has no reason to refuse, and KVM would miss: the gentle attacker
 * leaves it out. A granule of KVM's that is not its RD or REC is refused always.
 */
static bool would_harm(const uint64_t x[6])
{
	if (x[1] >= pool_base && x[1] < pool_base + pool_pages * PAGE &&
	    (x[0] == RMI_GRANULE_DELEGATE || x[0] == RMI_GRANULE_UNDELEGATE))
		return true;
	switch (x[0]) {
	case RMI_DATA_CREATE_UNKNOWN:
	case RMI_DATA_DESTROY:
	case RMI_RTT_CREATE:
	case RMI_RTT_DESTROY:
	case RMI_RTT_FOLD:
	case RMI_RTT_MAP_UNPROTECTED:
	case RMI_RTT_UNMAP_UNPROTECTED:
	case RMI_RTT_SET_RIPAS:
	case RMI_REC_DESTROY:
	case RMI_REC_ENTER:
	case RMI_PSCI_COMPLETE:
		return is_other(x[1]) || is_other(x[2]);
	}
	return false;
}

static const uint64_t commands[] = {
	RMI_VERSION, RMI_GRANULE_DELEGATE, RMI_GRANULE_DELEGATE, RMI_GRANULE_UNDELEGATE,
	RMI_DATA_CREATE, RMI_DATA_CREATE_UNKNOWN, RMI_DATA_DESTROY, RMI_REALM_ACTIVATE,
	RMI_REALM_CREATE, RMI_REALM_DESTROY, RMI_REC_CREATE, RMI_REC_DESTROY,
	RMI_REC_ENTER, RMI_REC_ENTER, RMI_RTT_CREATE, RMI_RTT_DESTROY,
	RMI_RTT_MAP_UNPROTECTED, RMI_RTT_READ_ENTRY, RMI_RTT_UNMAP_UNPROTECTED,
	RMI_PSCI_COMPLETE, RMI_FEATURES, RMI_RTT_FOLD, RMI_REC_AUX_COUNT,
	RMI_RTT_INIT_RIPAS, RMI_RTT_SET_RIPAS, TMM_VERSION, TMM_POOL_INFO, TMM_STAT,
};

/* A page of ours gets parameters that may do, with some words changed. */
static void scribble(const struct own_realm *r)
{
	unsigned int i = OWN_RANDOM + pick(OWN_PAGES - OWN_RANDOM), n = pick(4);
	uint64_t *page = own_page(i);

	switch (pick(3)) {
	case 0:
		memcpy(page, r->realm_params, PAGE);
		((struct rmi_realm_params *)page)->rtt_base = random_page();
		((struct rmi_realm_params *)page)->vmid = (uint16_t)(0xff00 + pick(8));
		break;
	case 1:
		memcpy(page, r->rec_params, PAGE);
		for (unsigned int k = 0; k < RMI_REC_MAX_AUX; k++)
			((struct rmi_rec_params *)page)->aux[k] = granule();
		break;
	default:
		for (unsigned int k = 0; k < 0x400 / 8; k++)
			page[k] = pick(4) ? 0 : random64();
	}
	while (n--)
		page[pick(PAGE / 8)] ^= pick(2) ? 1UL << pick(64) : random64();
}

static void random_call(struct own_realm *r)
{
	uint64_t x[6] = { commands[pick(COUNT_OF(commands))] };

	if (!pick(32))
		x[0] = 0xc4000150 + pick(0x40);
	for (unsigned int i = 1; i < 6; i++)
		x[i] = pick(2) ? granule() : ipa();
	if (pick(2))
		x[1] = pick(2) ? r->rd : others();
	if (x[0] == RMI_REC_ENTER && pick(2))
		x[1] = pick(2) ? r->rec : others();
	if (pick(2))
		x[3] = pick(5);
	if (x[0] == RMI_DATA_DESTROY || x[0] == RMI_RTT_DESTROY || x[0] == RMI_RTT_FOLD ||
	    x[0] == RMI_RTT_READ_ENTRY)
		x[2] = ipa() & ~(pick(2) ? 0 : BLOCK - 1);
	if (!vandal && would_harm(x))
		return;
	calls_made++;
	if (!pick(8))
		scribble(r);
	if (smc(x).x[0] == RMI_SUCCESS)
		calls_done++;
	if (x[0] == RMI_REC_ENTER)
		entries++;
}

/* What harms most, with the right arguments. */
static void vandalise(struct own_realm *r)
{
	const struct realm_seen *s = any_realm();
	uint64_t x[6] = { 0 };
	unsigned int i;

	if (!s || !s->data || !num_recs_seen)
		return;
	i = pick(s->data);
	x[1] = s->rd;
	x[2] = s->page[i].ipa;
	switch (pick(7)) {
	case 0:
		x[0] = RMI_DATA_DESTROY;
		break;
	case 1:
		x[0] = RMI_DATA_CREATE_UNKNOWN;
		x[3] = x[2];
		x[2] = r->spare;
		break;
	case 2:
		x[0] = pick(2) ? RMI_RTT_FOLD : RMI_RTT_DESTROY;
		x[2] &= ~(BLOCK - 1);
		x[3] = 3;
		break;
	case 3:
		x[0] = RMI_REC_ENTER;
		x[1] = recs_seen[pick(num_recs_seen)];
		x[2] = r->run_pa;
		for (i = 0; i < RMI_NUM_GPRS; i++)
			r->run->enter.gprs[i] = random64();
		r->run->enter.flags = pick(32);
		break;
	case 4:
		x[0] = RMI_GRANULE_UNDELEGATE;
		x[1] = s->page[i].pa;
		break;
	case 5:
		x[0] = RMI_RTT_MAP_UNPROTECTED;
		x[2] = (1UL << (s->width - 1)) | x[2];
		x[3] = 3;
		/* no device: what the realm writes there would be our own doing */
		x[4] = (pick(2) ? r->src_pa : others()) | 6 << 2 | 3 << 6;
		break;
	default:
		if (pick(64))
			return;
		x[0] = RMI_REC_DESTROY;
		x[1] = recs_seen[pick(num_recs_seen)];
	}
	calls_made++;
	if (smc(x).x[0] == RMI_SUCCESS)
		calls_done++;
}

/* ---------------------------------------------------------------------- main */

struct worker {
	pthread_t thread;
	unsigned int number;
	struct own_realm realm;		/* stays */
	struct own_realm random;	/* all threads' random calls find it */
};

/* Now and then: random calls alone make no realm that runs. */
static void remake(struct worker *w)
{
	unsigned int first = OWN_RANDOM + pick(OWN_PAGES - OWN_RANDOM - OWN_REALM);

	own_take_back(OWN_RANDOM);
	own_realm_make(&w->random, first, (uint16_t)(0xff00 + pick(8)));
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct own_realm *r = &w->realm;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(w->number % (unsigned int)sysconf(_SC_NPROCESSORS_ONLN), &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	random_state = seed * 0x9e3779b97f4a7c15UL + w->number + 1;
	while (!time_is_up()) {
		if (!vandal)
			try_all(r);
		remake(w);
		for (unsigned int i = 0; i < 2000; i++)
			random_call(&w->random);
		for (unsigned int i = 0; vandal && i < 200; i++)
			vandalise(r);
	}
	return NULL;
}

static void make_realms(struct worker *w)
{
	for (unsigned int i = 0; i < threads; i++) {
		w[i].number = i;
		own_realm_must(&w[i].realm, i * OWN_REALM, (uint16_t)(0xffe0 + i));
	}
}

int main(int argc, char **argv)
{
	static struct worker worker[8];
	unsigned int left;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 5)
		die("usage: attack gentle|vandal SECONDS SEED THREADS");
	vandal = !strcmp(argv[1], "vandal");
	seconds = (unsigned int)atoi(argv[2]);
	seed = strtoul(argv[3], NULL, 0);
	threads = (unsigned int)atoi(argv[4]);
	if (threads > COUNT_OF(worker))
		die("too many threads");

	world_open();
	world_look();
	for (unsigned int i = 0; i < num_seen; i++)
		printf("realm at %#lx: %u bits of IPA, %u tables, %u pages\n",
		       seen[i]->rd, seen[i]->width, seen[i]->tables, seen[i]->data);
	printf("recs: %u\n", num_recs_seen);
	make_realms(worker);

	for (unsigned int i = 0; i < threads; i++)
		pthread_create(&worker[i].thread, NULL, work, &worker[i]);
	for (unsigned int i = 0; i < threads; i++)
		pthread_join(worker[i].thread, NULL);

	printf("calls: %lu, %lu of the random ones succeeded, %lu entries\n",
	       calls_made, calls_done, entries);
	left = own_take_back(0);
	printf("wrong: %lu\nnot taken back: %u\n", wrong, left);
	return wrong || (!vandal && left);
}
