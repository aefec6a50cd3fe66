/* SPDX-License-Identifier: BSD-3-Clause */
/* State machines: every pair of states, and the invariants behind CHECK. */
#include "unit.h"

#include "core/measurement.h"
#include "core/realm.h"
#include "core/rec.h"
#include "core/rtt.h"

/* The list at the top of core/granule.h, written down again. */
static const uint8_t legal[][2] = {
	{ GS_UNDELEGATED, GS_DELEGATED },
	{ GS_DELEGATED, GS_UNDELEGATED },
	{ GS_DELEGATED, GS_RD },
	{ GS_RD, GS_DELEGATED },
	{ GS_DELEGATED, GS_RTT },
	{ GS_RTT, GS_DELEGATED },
	{ GS_DELEGATED, GS_REC },
	{ GS_REC, GS_DELEGATED },
	{ GS_DELEGATED, GS_REC_AUX },
	{ GS_REC_AUX, GS_DELEGATED },
	{ GS_DELEGATED, GS_DATA },
	{ GS_DATA, GS_DELEGATED },
	{ GS_UNDELEGATED, GS_SHADOW },
	{ GS_SHADOW, GS_UNDELEGATED },
};

static bool is_legal(unsigned int from, unsigned int to)
{
	for (size_t i = 0; i < COUNT_OF(legal); i++)
		if (legal[i][0] == from && legal[i][1] == to)
			return true;
	return false;
}

struct edge {
	struct granule *g;
	unsigned int to;
};

static void walk_edge(void *arg)
{
	struct edge *e = arg;
	struct granule_locked l = { e->g };

	granule_set_state(l, (enum granule_state)e->to);
}

/* A legal one happens, an illegal one panics and changes nothing. */
static void granule_pairs(const void *arg)
{
	struct granule *g = granule_find(pa(pool_page()));

	(void)arg;
	world_check_laws(false);
	for (unsigned int from = 0; from < GS_COUNT; from++) {
		for (unsigned int to = 0; to < GS_COUNT + 2; to++) {
			struct edge e = { g, to };
			const char *panic;

			atomic_store(&g->state, (uint8_t)from);
			panic = host_catch(walk_edge, &e);
			if ((panic == NULL) != is_legal(from, to))
				FAIL("%u -> %u: %s", from, to, panic ? panic : "no panic");
			EXPECT_EQ(granule_state(g), panic ? from : to);
		}
	}
}

/* What only a bug of ours could do */

static struct realm_under_test world;

static struct granule_locked lock(uint64_t at)
{
	return granule_lock_child(granule_find(pa(at)), state_of(at));
}

static void child_in_other_state(void *arg)
{
	(void)arg;
	granule_unlock(granule_lock_child(granule_find(pa(world.rd)), GS_RTT));
}

static void rd_in_other_state(void *arg)
{
	(void)arg;
	granule_unlock(granule_lock_rd(granule_find(pa(world.root))));
}

static void release_with_references(void *arg)
{
	(void)arg;
	granule_release(lock(world.rd));
}

static void spa_of_normal_memory(void *arg)
{
	(void)arg;
	(void)granule_of_spa(spa(0x1000));
}

static void walk_outside(void *arg)
{
	struct rtt_walk w;

	(void)arg;
	rtt_walk(content_of(world.rd), ipa(BIT(world.width)), 3, &w);
}

static void destroy_live_table(void *arg)
{
	struct realm *r = content_of(world.rd);
	struct rtt_walk w;

	(void)arg;
	rtt_walk(r, ipa(0), 2, &w);
	(void)rtt_destroy_table(r, &w);
}

static void start_twice(void *arg)
{
	struct granule_locked l = lock(world.rec[0]);

	(void)arg;
	(void)rec_start(l);
	(void)rec_start(l);
}

static void measure_slot_5(void *arg)
{
	(void)arg;
	measurement_set(content_of(world.rd), 5, "", 0);
}

static void extend_65(void *arg)
{
	static const uint8_t value[65];

	(void)arg;
	measurement_extend(content_of(world.rd), 1, value, sizeof(value));
}

static void too_many_granules(void *arg)
{
	struct granule_req g[GRANULES_MAX + 1] = { { .want = GS_RD } };

	(void)arg;
	if (granules_lock(g, COUNT_OF(g)))
		granules_unlock(g, COUNT_OF(g));
}

struct impossible {
	const char *name;
	void (*fn)(void *);
};

static const struct impossible impossibles[] = {
	{ "check: child in another state", child_in_other_state },
	{ "check: RD in another state", rd_in_other_state },
	{ "check: release with references", release_with_references },
	{ "check: SPA of no granule", spa_of_normal_memory },
	{ "check: walk outside", walk_outside },
	{ "check: destroy a live table", destroy_live_table },
	{ "check: start twice", start_twice },
	{ "check: measurement slot 5", measure_slot_5 },
	{ "check: extend by 65 bytes", extend_65 },
	{ "check: too many granules", too_many_granules },
};

static void impossible(const void *arg)
{
	const struct impossible *i = arg;

	make_realm(&world, 5);
	realm_data(&world, 0);
	rec_make(&world, true);
	expect_panic("panic:", i->fn, NULL);
}

/* Locking by name: all or none, whatever the order they are named in. */

struct lock_row {
	const char *name;
	unsigned int order[3];	/* into the three pages of locks_all() */
	bool ok;
};

static const struct lock_row lock_rows[] = {
	{ "locks: rising", { 0, 1, 2 }, true },
	{ "locks: falling", { 2, 1, 0 }, true },
	{ "locks: mixed", { 1, 2, 0 }, true },
	{ "locks: twice first", { 0, 0, 1 }, false },
	{ "locks: twice last", { 1, 2, 2 }, false },
	{ "locks: twice apart", { 1, 0, 1 }, false },
};

static void locks_by_name(const void *arg)
{
	const struct lock_row *row = arg;
	uint64_t pages[3] = { delegated(), delegated(), delegated() };
	struct granule_req g[3];

	for (unsigned int i = 0; i < 3; i++)
		g[i] = (struct granule_req){ .pa = pa(pages[row->order[i]]),
					     .want = GS_DELEGATED };
	host_call_begin();
	EXPECT_EQ(granules_lock(g, 3), row->ok);
	if (row->ok) {
		for (unsigned int i = 0; i < 3; i++)
			EXPECT(g[i].got.g == granule_find(g[i].pa));
		granules_unlock(g, 3);
	}
	host_call_end();	/* none is left locked */
}

/* Pool and normal memory in one call, and the wrong state at each place. */
static void locks_all_or_none(const void *arg)
{
	uint64_t pages[3] = { pool_page(), dram_run(1, PAGE_SIZE), pool_run(1, PAGE_SIZE) };

	(void)arg;
	for (unsigned int i = 0; i < 3; i++)
		MUST(RMI_GRANULE_DELEGATE, pages[i]);
	for (unsigned int bad = 0; bad <= 3; bad++) {
		struct granule_req g[3];

		for (unsigned int i = 0; i < 3; i++)
			g[i] = (struct granule_req){ .pa = pa(pages[i]), .want = GS_DELEGATED };
		if (bad < 3)
			g[bad].want = GS_DATA;
		host_call_begin();
		EXPECT_EQ(granules_lock(g, 3), bad == 3);
		if (bad == 3)
			granules_unlock(g, 3);
		host_call_end();
	}
}

static const struct unit_test tests[] = {
	{ "states: granule, every pair", granule_pairs, NULL },
	{ "locks: all or none", locks_all_or_none, NULL },
};

void suite_states(void)
{
	UNIT_TESTS(tests);
	for (size_t i = 0; i < COUNT_OF(impossibles); i++)
		unit_add(impossibles[i].name, impossible, &impossibles[i]);
	for (size_t i = 0; i < COUNT_OF(lock_rows); i++)
		unit_add(lock_rows[i].name, locks_by_name, &lock_rows[i]);
}
