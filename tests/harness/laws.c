/* SPDX-License-Identifier: BSD-3-Clause */
#include "laws.h"

#include "core/pool.h"
#include "core/rec.h"
#include "core/rtt.h"
#include "world.h"
#include <string.h>

#define MAX_REALMS	64
#define MAX_GRANULES	65536

/* How often each granule was found to be in use by something else. */
static uint8_t uses[MAX_GRANULES];
static struct hal_stage2 live[MAX_REALMS];
static unsigned int num_live;
static size_t num_granules;

void laws_reset(void)
{
	num_granules = 0;
	for (unsigned int i = 0; i < hal_boot_secure_count(); i++)
		num_granules += hal_boot_secure(i).size / PAGE_SIZE;
	for (unsigned int i = 0; i < hal_boot_dram_count(); i++)
		num_granules += hal_boot_dram(i).size / PAGE_SIZE;
	EXPECT(num_granules <= MAX_GRANULES);
}

static void law(bool holds, const char *which, const struct granule *g)
{
	if (!holds)
		FAIL("%s broken by granule %#llx in state %d", which,
		     (unsigned long long)granule_pa(g).v, (int)granule_state(g));
}

static bool is_zero(const void *p, size_t size)
{
	const uint64_t *w = p;

	for (size_t i = 0; i < size / 8; i++)
		if (w[i])
			return false;
	return true;
}

static void use(const struct granule *g, enum granule_state want, const char *which)
{
	law(granule_state(g) == want, which, g);
	law(uses[granule_index(g)]++ == 0, which, g);
}

/* Tables */

static void check_assigned(rtte_t e, int level)
{
	for (uint64_t o = 0; o < rtt_level_span(level); o += PAGE_SIZE)
		use(granule_of_spa(spa(rtte_addr(e) + o)), GS_DATA, "I6");
}

static unsigned int check_entries(const struct realm *r, const rtte_t *table,
				  unsigned int count, int level, ipa_t base);

static void check_child(const struct realm *r, rtte_t e, int level, ipa_t at)
{
	struct granule *child = granule_of_spa(spa(rtte_addr(e)));
	unsigned int refs;

	use(child, GS_RTT, "I7");
	refs = check_entries(r, granule_page(child), RTT_ENTRIES, level, at);
	law(granule_refs(child) == refs, "I5", child);
}

/* Entries that count as references to their table. */
static unsigned int check_entries(const struct realm *r, const rtte_t *table,
				  unsigned int count, int level, ipa_t base)
{
	unsigned int refs = 0;

	for (unsigned int i = 0; i < count; i++) {
		ipa_t at = ipa(base.v + i * rtt_level_span(level));
		rtte_t e = table[i];

		if (e == 0)
			continue;
		if (rtte_is_table(e, level)) {
			check_child(r, e, level + 1, at);
			refs++;
		} else if (realm_is_protected(r, at) && rtte_is_assigned(e)) {
			check_assigned(e, level);
			refs++;
		} else if (!realm_is_protected(r, at)) {
			EXPECT(rtte_is_valid(e));
		} else {
			EXPECT_EQ(e, rtte_unassigned(rtte_ripas(e)));
		}
	}
	return refs;
}

static void check_one_root(const struct realm *r)
{
	const struct rd_page *rd = (const void *)r;
	const rtte_t *host_root = granule_page(r->root[0]);
	int level = r->cfg.start_level;
	uint64_t half = BIT(r->cfg.ipa_width - 1);
	unsigned int n = (unsigned int)(half / rtt_level_span(level));
	unsigned int refs;

	law(is_zero(host_root, n * sizeof(rtte_t)), "L4", r->root[0]);
	law(is_zero(host_root + 2 * n, (RTT_ENTRIES - 2 * n) * sizeof(rtte_t)), "L4",
	    r->root[0]);
	law(is_zero(rd->roots + n, (RTT_ENTRIES / 2 - n) * sizeof(rtte_t)), "L4", r->rd);
	refs = check_entries(r, rd->roots, n, level, ipa(0)) +
	       check_entries(r, host_root + n, n, level, ipa(half));
	law(granule_refs(r->root[0]) == refs, "I5", r->root[0]);
}

static void check_roots(const struct realm *r)
{
	uint64_t span = RTT_ENTRIES * rtt_level_span(r->cfg.start_level);

	for (unsigned int i = 0; i < r->cfg.num_roots; i++) {
		unsigned int refs = check_entries(r, granule_page(r->root[i]), RTT_ENTRIES,
						  r->cfg.start_level, ipa(i * span));

		law(granule_refs(r->root[i]) == refs, "I5", r->root[i]);
	}
}

static void check_realm(const struct granule *rd)
{
	const struct realm *r = granule_page(rd);

	EXPECT(num_live < MAX_REALMS);
	live[num_live++] = r->s2;
	law(r->rd == rd, "L1", rd);
	for (unsigned int i = 0; i < r->cfg.num_roots; i++)
		use(r->root[i], GS_RTT, "I7");
	if (r->cfg.num_roots == 1)
		check_one_root(r);
	else
		check_roots(r);
}

static unsigned int recs_of[MAX_GRANULES];

static void check_rec(const struct granule *g)
{
	const struct rec *rec = granule_page(g);

	law(granule_state(rec->rd) == GS_RD, "L1", g);
	law(granule_refs(g) == 0, "I5", g);
	recs_of[granule_index(rec->rd)]++;
	for (unsigned int i = 0; i < REC_NUM_AUX; i++)
		use(rec->aux[i], GS_REC_AUX, "L1");
}

/* Granules by themselves */

static void check_peers(const struct granule *g)
{
	const struct granule *peer;
	bool has_peer = granule_state(g) == GS_SHADOW ||
			(!granule_is_pool(g) && granule_state(g) != GS_UNDELEGATED);

	if (!has_peer)
		return;
	peer = granule_at(g->peer);
	law(granule_at(peer->peer) == g, "I2", g);
	law(granule_is_pool(g) != granule_is_pool(peer), "I2", g);
	law(granule_is_pool(g) ? granule_state(peer) != GS_UNDELEGATED :
				 granule_state(peer) == GS_SHADOW, "I2", g);
}

static void check_granule(const struct granule *g)
{
	enum granule_state s = granule_state(g);

	law(!g->lock.held, "L2", g);
	law(s < GS_COUNT, "state", g);
	law(s != GS_SHADOW || granule_is_pool(g), "I2", g);
	check_peers(g);
	if (s == GS_DELEGATED)
		law(is_zero(granule_page(g), PAGE_SIZE), "I1", g);
	if (s == GS_RD)
		check_realm(g);
	else if (s == GS_REC)
		check_rec(g);
	else if (s != GS_RTT)
		law(granule_refs(g) == 0, "I5", g);
}

/* Once the realms and RECs have said what they use. */
static void check_use(const struct granule *g)
{
	size_t i = granule_index(g);
	enum granule_state s = granule_state(g);

	if (s == GS_RD)
		law(granule_refs(g) == recs_of[i], "I5", g);
	if (s == GS_DATA || s == GS_RTT || s == GS_REC_AUX)
		law(uses[i] == 1, "I6, I7, L1", g);
}

static void check_pool(void)
{
	const struct granule_range *range;

	for (size_t r = 0; (range = granule_pool_range(r)) != NULL; r++) {
		uint64_t free = 0;

		for (uint64_t i = 0; i < range->size / PAGE_SIZE; i++)
			if (granule_state(granule_at(range->first + i)) == GS_UNDELEGATED)
				free++;
		if (free != pool_free_pages(range))
			FAIL("L3: pool %zu has %llu free pages, not %llu", r,
			     (unsigned long long)free,
			     (unsigned long long)pool_free_pages(range));
	}
}

void laws_check_memory(void)
{
	memset(uses, 0, num_granules);
	memset(recs_of, 0, num_granules * sizeof(*recs_of));
	num_live = 0;
	for (size_t i = 0; i < num_granules; i++)
		check_granule(granule_at(i));
	for (size_t i = 0; i < num_granules; i++)
		check_use(granule_at(i));
	check_pool();
}

void laws_check(void)
{
	laws_check_memory();
	host_tlb_settle(live, num_live);
}
