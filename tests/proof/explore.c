/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every state that a host can bring the monitor into, with few pages: the shipped code
 * runs on the fake machine, and after each call all laws of harness/laws.h hold, and a
 * call that was refused has changed nothing.
 *
 *   explore PAGES REALMS [SECONDS [dram]]
 *
 * SECONDS end it before it has seen all; 0 is no limit.
 *
 * Breadth first. A state is kept as the calls that led to it, and made again from power
 * on. Two states are the same if they differ in which pages they use only (hash_state);
 * so of pages in the same state and of no other use the first one stands for all.
 */
#include "harness/laws.h"
#include "harness/realm.h"

#include "call/rmi.h"
#include "core/realm.h"
#include "core/rec.h"
#include "core/rtt.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_PAGES	24
#define MAX_DEPTH	64
#define MAX_CALLS	2048
#define SLOTS		(1U << 23)
#define WIDTH		39U
#define HALF		BIT(WIDTH - 1)
#define RECS_PER_REALM	2

struct state {
	struct call by;		/* from the one before */
	uint32_t before;
	uint32_t depth;
};

static struct state state[SLOTS / 2];
static uint64_t seen[SLOTS];
static uint64_t states, moves, refusals, succeeded[0x40];
static unsigned int num_pages, max_realms;
static bool use_dram;
static uint64_t page[MAX_PAGES], realm_page, rec_page, src_page, share_page;
static uint32_t now;		/* the state that we are in, and the call that we try */
static struct call tried;
static struct call call[MAX_CALLS];
static unsigned int num_calls;

static void print_call(const struct call *c)
{
	fprintf(stderr, "  %#llx %#llx %#llx %#llx %#llx\n", (unsigned long long)c->x[0],
		(unsigned long long)c->x[1], (unsigned long long)c->x[2],
		(unsigned long long)c->x[3], (unsigned long long)c->x[4]);
}

noreturn void test_fail(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	test_say(file, line, fmt, ap);
	va_end(ap);
	print_call(&tried);
	fprintf(stderr, "in the state that these, last one first, lead to\n");
	for (uint32_t i = now; i; i = state[i].before)
		print_call(&state[i].by);
	abort();
}

/* States, as a hash of what they are apart from addresses of pages */

static uint64_t mix(uint64_t h, uint64_t v)
{
	h ^= v + UINT64_C(0x9e3779b97f4a7c15) + (h << 6) + (h >> 2);
	return (h ^ (h >> 29)) * UINT64_C(0xbf58476d1ce4e5b9);
}

static uint64_t hash_entries(const rtte_t *table, unsigned int count, int level)
{
	uint64_t h = (uint64_t)level;

	for (unsigned int i = 0; i < count; i++) {
		rtte_t e = table[i];
		const struct granule *child;

		if (e == 0)
			continue;
		h = mix(h, i);
		if (!rtte_is_table(e, level)) {
			/* the host's page is the same one always */
			h = mix(h, e & ~BITS(47, 12));
			continue;
		}
		child = granule_of_spa(spa(rtte_addr(e)));
		h = mix(h, granule_refs(child));
		h = mix(h, hash_entries(granule_page(child), RTT_ENTRIES, level + 1));
	}
	return h;
}

static uint64_t hash_recs(const struct granule *rd)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < num_pages; i++)
		if (state_of(page[i]) == GS_REC &&
		    ((const struct rec *)content_of(page[i]))->rd == rd)
			sum += 1;
	return sum;
}

static uint64_t hash_realm(const struct granule *rd)
{
	const struct rd_page *p = granule_page(rd);
	const struct realm *r = &p->realm;
	unsigned int n = (unsigned int)(HALF / rtt_level_span(r->cfg.start_level));
	uint64_t h = mix(realm_state(r), r->next_rec);

	h = mix(h, granule_refs(rd));
	h = mix(h, granule_refs(r->root[0]));
	h = mix(h, hash_recs(rd));
	h = mix(h, hash_entries(p->roots, n, r->cfg.start_level));
	return mix(h, hash_entries(granule_page(r->root[0]), 2 * n, r->cfg.start_level));
}

/* Sums, as the order of pages does not matter. */
static uint64_t hash_state(void)
{
	uint64_t count[GS_COUNT] = { 0 }, realms = 0, h = 1;

	for (unsigned int i = 0; i < num_pages; i++) {
		enum granule_state s = state_of(page[i]);

		count[s]++;
		if (s == GS_RD)
			realms += mix(7, hash_realm(granule_find(pa(page[i]))));
	}
	for (unsigned int s = 0; s < GS_COUNT; s++)
		h = mix(h, count[s]);
	h = mix(h, realms);
	return h ? h : 1;
}

/* All of it, with addresses: what a refused call must leave as it is. */
static uint64_t print_state(void)
{
	uint64_t h = 0;

	for (unsigned int i = 0; i < num_pages; i++) {
		const struct granule *g = granule_find(pa(page[i]));
		const uint64_t *word;

		h = mix(h, (uint64_t)granule_state(g) << 32 | granule_refs(g));
		if (granule_state(g) == GS_UNDELEGATED)
			continue;
		h = mix(h, g->peer);
		word = granule_page(g);
		for (unsigned int k = 0; k < PAGE_SIZE / 8; k++)
			h = (h ^ word[k]) * UINT64_C(0x9e3779b97f4a7c15);
	}
	return h;
}

static bool is_new(uint64_t h)
{
	for (uint64_t i = h;; i++) {
		uint64_t *slot = &seen[i % SLOTS];

		if (*slot == h)
			return false;
		if (*slot)
			continue;
		*slot = h;
		return true;
	}
}

/* Calls that are worth trying here */

static void add(struct call c)
{
	EXPECT(num_calls < MAX_CALLS);
	call[num_calls++] = c;
}
#define ADD(...)	add(CALL(__VA_ARGS__))

/* One page for each use that a page may have. */
static unsigned int different_pages(uint64_t *out)
{
	bool had[GS_COUNT] = { false };
	unsigned int n = 0;

	for (unsigned int i = 0; i < num_pages; i++) {
		enum granule_state s = state_of(page[i]);
		bool alike = s != GS_RD && s != GS_REC && s != GS_RTT;

		if (alike && had[s])
			continue;
		had[s] = true;
		out[n++] = page[i];
	}
	return n;
}

/* The nth of the delegated pages; any, if there are fewer. */
static uint64_t spare(unsigned int n)
{
	for (unsigned int i = 0; i < num_pages; i++)
		if (state_of(page[i]) == GS_DELEGATED && n-- == 0)
			return page[i];
	return page[0];
}

static void write_params(void)
{
	struct rmi_rec_params *rec = host_ns(pa(rec_page));

	for (unsigned int i = 0; i < REC_NUM_AUX; i++)
		rec->aux[i] = spare(i + 1);
}

static void add_realm_calls(uint64_t rd, const uint64_t *use, unsigned int n)
{
	static const uint64_t where[] = { 0, PAGE_SIZE, BLOCK_SIZE };
	static const uint64_t tables[] = { 0, HALF };
	const struct realm *r = content_of(rd);

	ADD(RMI_REALM_DESTROY, rd);
	ADD(RMI_REALM_ACTIVATE, rd);
	ADD(RMI_RTT_INIT_RIPAS, rd, 0, PAGE_SIZE);
	ADD(RMI_RTT_INIT_RIPAS, rd, 0, BLOCK_SIZE);
	for (unsigned int i = 0; i < COUNT_OF(where); i++) {
		ADD(RMI_DATA_DESTROY, rd, where[i]);
		for (unsigned int k = 0; k < n; k++) {
			ADD(RMI_DATA_CREATE, rd, use[k], where[i], src_page, 0);
			ADD(RMI_DATA_CREATE_UNKNOWN, rd, use[k], where[i]);
		}
	}
	for (unsigned int i = 0; i < COUNT_OF(tables); i++) {
		for (uint64_t level = 2; level <= 3; level++) {
			ADD(RMI_RTT_DESTROY, rd, tables[i], level);
			ADD(RMI_RTT_FOLD, rd, tables[i], level);
			for (unsigned int k = 0; k < n; k++)
				ADD(RMI_RTT_CREATE, rd, use[k], tables[i], level);
		}
	}
	for (uint64_t level = 2; level <= 3; level++) {
		ADD(RMI_RTT_MAP_UNPROTECTED, rd, HALF, level, share_page | DESC_WB_RW);
		ADD(RMI_RTT_UNMAP_UNPROTECTED, rd, HALF, level);
	}
	ADD(RMI_RTT_MAP_UNPROTECTED, rd, HALF + PAGE_SIZE, 3, share_page | DESC_WB_RW);
	ADD(RMI_RTT_UNMAP_UNPROTECTED, rd, HALF + PAGE_SIZE, 3);
	ADD(RMI_RTT_MAP_UNPROTECTED, rd, 0, 3, share_page | DESC_WB_RW);
	if (r->next_rec < RECS_PER_REALM)
		for (unsigned int k = 0; k < n; k++)
			ADD(RMI_REC_CREATE, rd, use[k], rec_page);
}

static void list_calls(void)
{
	uint64_t use[MAX_PAGES];
	unsigned int n = different_pages(use), realms = 0;

	num_calls = 0;
	for (unsigned int k = 0; k < n; k++)
		realms += state_of(use[k]) == GS_RD;
	for (unsigned int k = 0; k < n; k++) {
		ADD(RMI_GRANULE_DELEGATE, use[k]);
		ADD(RMI_GRANULE_UNDELEGATE, use[k]);
		ADD(RMI_REC_DESTROY, use[k]);
		if (realms < max_realms)
			ADD(RMI_REALM_CREATE, use[k], realm_page);
		if (state_of(use[k]) == GS_RD)
			add_realm_calls(use[k], use, n);
		else
			ADD(RMI_DATA_CREATE_UNKNOWN, use[k], spare(0), 0);
	}
	/* of somebody else's page, for roots */
	for (unsigned int k = 0; k < n && realms < max_realms; k++)
		ADD(RMI_REALM_CREATE, spare(0), realm_page, use[k]);
}

/* x3 of REALM_CREATE is no argument: it says here which root. A VMID for each. */
static struct call make(struct call c)
{
	struct rmi_realm_params *p = host_ns(pa(realm_page));

	if (c.x[0] != RMI_REALM_CREATE)
		return world_call(c);
	p->rtt_base = c.x[3] ? c.x[3] : spare(1);
	for (p->vmid = 1; p->vmid <= max_realms; p->vmid++) {
		struct call out = world_call(c);

		if (out.x[0] == RMI_SUCCESS || p->vmid == max_realms)
			return out;
	}
	return c;
}

/* Exploring */

static void make_world(void)
{
	static const struct geometry shape = { WIDTH, 1, 1 };
	static struct host_machine m;
	struct rmi_rec_params *rec;

	m = host_machine_default;
	m.secure_count = 1;
	m.secure[0].size = UINT64_C(4) << 20;
	m.dram_count = 1;
	m.dram[0].size = UINT64_C(2) << 20;
	world_boot(&m, use_dram ? FROM_DRAM : FROM_POOL);
	for (unsigned int i = 0; i < num_pages; i++)
		page[i] = idle_page();
	realm_params(&realm_page, &shape, page[0], 1);
	rec = rec_params(&rec_page, 0, false);
	rec->num_aux = REC_NUM_AUX;
	src_page = ns_page();
	share_page = ns_page();
}

/* The laws were looked at when the state was found. */
static void go_to(uint32_t where)
{
	uint32_t path[MAX_DEPTH], n = 0;

	for (uint32_t i = where; i; i = state[i].before)
		path[n++] = i;
	make_world();
	world_check_laws(false);
	while (n--) {
		write_params();
		EXPECT_EQ(make(state[path[n]].by).x[0], RMI_SUCCESS);
	}
	world_check_laws(true);
	laws_check();
	write_params();
	now = where;
}

static void found(struct call c)
{
	uint32_t depth = state[now].depth + 1;

	moves++;
	succeeded[c.x[0] & 0x3f]++;
	if (!is_new(hash_state()))
		return;
	if (depth >= MAX_DEPTH || states >= COUNT_OF(state))
		FAIL("too many states, or too far away");
	state[states++] = (struct state){ c, now, depth };
}

/* Every call, from this state. */
static void leave(uint32_t where)
{
	uint64_t before;

	go_to(where);
	list_calls();
	before = print_state();
	for (unsigned int i = 0; i < num_calls; i++) {
		tried = call[i];
		if (make(call[i]).x[0] == RMI_SUCCESS) {
			found(call[i]);
			go_to(where);
		} else if (before != print_state()) {
			FAIL("a refused call changed something");
		} else {
			refusals++;
		}
	}
}

/* Main */

static void say(uint32_t left)
{
	static const char *const names[0x40] = {
#define ROW(number, handler, inputs) [number & 0x3f] = #number,
		RMI_CALLS(ROW)
#undef ROW
	};

	printf("%s: %u pages, %u realms: %llu states, %llu moves, %llu refused calls, depth %u\n",
	       left == states ? "all" : "in part", num_pages, max_realms,
	       (unsigned long long)states, (unsigned long long)moves,
	       (unsigned long long)refusals, state[left - 1].depth);
	for (unsigned int i = 0; i < COUNT_OF(names); i++)
		if (succeeded[i])
			printf("  %-28s %llu\n", names[i],
			       (unsigned long long)succeeded[i]);
}

int main(int argc, char **argv)
{
	uint32_t left = 0;
	time_t deadline;
	int seconds;

	if (argc < 3) {
		fprintf(stderr, "usage: explore PAGES REALMS [SECONDS [dram]]\n");
		return 2;
	}
	num_pages = (unsigned int)atoi(argv[1]);
	max_realms = (unsigned int)atoi(argv[2]);
	seconds = argc > 3 ? atoi(argv[3]) : 0;
	deadline = time(NULL) + seconds;
	use_dram = argc > 4;
	if (num_pages > MAX_PAGES)
		return 2;
	make_world();
	is_new(hash_state());
	for (states = 1; left < states && (!seconds || time(NULL) < deadline); left++)
		leave(left);
	say(left);
	return 0;
}
