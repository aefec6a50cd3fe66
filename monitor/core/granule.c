/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/granule.h"

#include "core/pool.h"
#include "hal/memory.h"
#include "lib/bits.h"

static struct granule *granules;
static struct granule_range ranges[GRANULE_MAX_RANGES];
static size_t num_ranges;

/* Sorted by address: so granules, and with them their locks, are sorted too. */
static void insert_range(const struct granule_range *r, size_t n)
{
	for (; n > 0 && ranges[n - 1].base > r->base; n--)
		ranges[n] = ranges[n - 1];
	ranges[n] = *r;
}

void granule_init(struct granule *table, const struct granule_range *from,
		  size_t count)
{
	uint32_t first = 0;

	CHECK(count <= GRANULE_MAX_RANGES);
	granules = table;
	for (size_t i = 0; i < count; i++)
		insert_range(&from[i], i);
	for (size_t i = 0; i < count; i++) {
		ranges[i].first = first;
		first += (uint32_t)(ranges[i].size >> PAGE_SHIFT);
	}
	num_ranges = count;
}

const struct granule_range *granule_pool_range(size_t i)
{
	for (size_t r = 0; r < num_ranges; r++) {
		if (ranges[r].is_pool && i-- == 0)
			return &ranges[r];
	}
	return NULL;
}

size_t granule_index(const struct granule *g)
{
	return (size_t)(g - granules);
}

struct granule *granule_at(size_t index)
{
	return &granules[index];
}

/*
 * Every call looks up a granule several times. The pool has the lowest addresses
 * on the machines we know, so that most searches end at the first range.
 */
static const struct granule_range *range_of_pa(uint64_t addr)
{
	for (const struct granule_range *r = ranges; r < &ranges[num_ranges]; r++) {
		if (addr - r->base < r->size)
			return r;
	}
	return NULL;
}

static const struct granule_range *range_of(const struct granule *g)
{
	size_t index = granule_index(g);

	for (const struct granule_range *r = ranges; r < &ranges[num_ranges]; r++) {
		if (index - r->first < r->size >> PAGE_SHIFT)
			return r;
	}
	CHECK(false);
	return NULL;
}

bool granule_is_pool(const struct granule *g)
{
	return range_of(g)->is_pool;
}

static struct granule *granule_in(const struct granule_range *r, paddr_t pa)
{
	if (r == NULL || !is_aligned(pa.v, PAGE_SIZE))
		return NULL;
	return &granules[r->first + ((pa.v - r->base) >> PAGE_SHIFT)];
}

struct granule *granule_find(paddr_t pa)
{
	return granule_in(range_of_pa(pa.v), pa);
}

static uint64_t address_in(const struct granule_range *r, const struct granule *g)
{
	return r->base + ((uint64_t)(granule_index(g) - r->first) << PAGE_SHIFT);
}

paddr_t granule_pa(const struct granule *g)
{
	return pa(address_in(range_of(g), g));
}

spa_t granule_spa(const struct granule *g)
{
	const struct granule_range *r = range_of(g);

	if (!r->is_pool) {
		g = granule_at(g->peer);
		r = range_of(g);
	}
	return spa(address_in(r, g));
}

struct granule *granule_of_spa(spa_t page)
{
	struct granule *g = granule_find(pa(page.v));

	CHECK(g != NULL);
	return granule_state(g) == GS_SHADOW ? granule_at(g->peer) : g;
}

void *granule_page(const struct granule *g)
{
	return hal_pool_va(granule_spa(g));
}

bool granule_is_ns(paddr_t pa)
{
	const struct granule_range *r = range_of_pa(pa.v);
	const struct granule *g = granule_in(r, pa);

	/*
	 * No lock: the answer may be stale by the time the page is read, but
	 * a DRAM page never becomes anything that a Non-secure access may not
	 * touch; delegation only puts a pool page behind it.
	 */
	return g != NULL && !r->is_pool && granule_state(g) == GS_UNDELEGATED;
}

/* What a command may expect of a granule that is named to it, and nothing else. */
static bool lock_in_state(struct granule_req *req)
{
	struct granule *g = granule_find(req->pa);

	if (g == NULL)
		return false;
	hal_lock_acquire(&g->lock, RANK_EXTERNAL);
	if (granule_state(g) != req->want) {
		hal_lock_release(&g->lock);
		return false;
	}
	req->got.g = g;
	return true;
}

static void sort_by_address(const struct granule_req *req, size_t n, uint8_t *order)
{
	for (size_t i = 0; i < n; i++) {
		size_t j = i;

		for (; j > 0 && req[order[j - 1]].pa.v > req[i].pa.v; j--)
			order[j] = order[j - 1];
		order[j] = (uint8_t)i;
	}
}

/*
 * The vCPUs of a realm lock its RD as often as they please, and a host's call that
 * waits for it waits with interrupts masked. RDs share turns; locks do not, so that
 * is only for the time until the lock is had.
 */
#define RD_TURNS	64

static struct hal_turn rd_turns[RD_TURNS];

/* By page number: an address has it, and a granule's index differs by whole blocks. */
static struct hal_turn *rd_turn(uint64_t page)
{
	return &rd_turns[page % RD_TURNS];
}


static bool lock_in_order(struct granule_req *req, size_t n)
{
	uint8_t order[GRANULES_MAX];

	CHECK(n <= GRANULES_MAX);
	sort_by_address(req, n, order);
	for (size_t i = 0; i < n; i++) {
		struct granule_req *r = &req[order[i]];
		bool is_alias = i > 0 && req[order[i - 1]].pa.v == r->pa.v;

		if (is_alias || !lock_in_state(r)) {
			while (i-- > 0)
				granule_unlock(req[order[i]].got);
			return false;
		}
	}
	return true;
}

bool granules_lock(struct granule_req *req, size_t n)
{
	struct hal_turn *turn = NULL;
	bool ok;

	if (req[0].want == GS_RD) {
		turn = rd_turn(req[0].pa.v >> PAGE_SHIFT);
		hal_turn_wait(turn);
	}
	ok = n == 1 ? lock_in_state(&req[0]) : lock_in_order(req, n);
	if (turn != NULL)
		hal_turn_pass(turn);
	return ok;
}

void granules_unlock(struct granule_req *req, size_t n)
{
	for (size_t i = 0; i < n; i++)
		granule_unlock(req[i].got);
}

struct granule_locked granule_lock_child(struct granule *g, enum granule_state want)
{
	hal_lock_acquire(&g->lock, RANK_CHILD);
	CHECK(granule_state(g) == want);
	return (struct granule_locked){ g };
}

struct granule_locked granule_lock_rd(struct granule *g)
{
	struct hal_turn *turn = rd_turn(granule_index(g));

	hal_turn_wait(turn);
	hal_lock_acquire(&g->lock, RANK_EXTERNAL);
	hal_turn_pass(turn);
	CHECK(granule_state(g) == GS_RD);
	return (struct granule_locked){ g };
}

void granule_unlock(struct granule_locked l)
{
	hal_lock_release(&l.g->lock);
}

/* Row: from; bits: the states it may go to. The list in granule.h, as data. */
static const uint8_t edges[GS_COUNT] = {
	[GS_UNDELEGATED] = BIT(GS_DELEGATED) | BIT(GS_SHADOW),
	[GS_DELEGATED] = BIT(GS_UNDELEGATED) | BIT(GS_RD) | BIT(GS_REC) |
			 BIT(GS_REC_AUX) | BIT(GS_DATA) | BIT(GS_RTT),
	[GS_RD] = BIT(GS_DELEGATED),
	[GS_REC] = BIT(GS_DELEGATED),
	[GS_REC_AUX] = BIT(GS_DELEGATED),
	[GS_DATA] = BIT(GS_DELEGATED),
	[GS_RTT] = BIT(GS_DELEGATED),
	[GS_SHADOW] = BIT(GS_UNDELEGATED),
};

void granule_set_state(struct granule_locked l, enum granule_state to)
{
	CHECK(to < GS_COUNT && (edges[granule_state(l.g)] & BIT(to)) != 0);
	atomic_store_explicit(&l.g->state, (uint8_t)to, memory_order_relaxed);
}

bool granule_delegate(struct granule_locked l)
{
	if (granule_is_pool(l.g))
		pool_page_used(l.g);
	else if (!pool_take_shadow(l.g))
		return false;	/* @rule GRANULE_DELEGATE.no_backing */

	/* @rule GRANULE_DELEGATE.{success,host_access} */
	hal_page_zero(granule_page(l.g));
	granule_set_state(l, GS_DELEGATED);
	return true;
}

bool granule_undelegate(struct granule_locked l)
{
	/*
	 * I1: nothing of a realm is behind a DELEGATED granule. The host's own
	 * page still has what the host left there; the specification promises
	 * it wiped, so that is what it gets.
	 */
	if (granule_is_pool(l.g))
		pool_page_freed(l.g);
	else if (!hal_ns_zero(granule_pa(l.g), PAGE_SIZE))
		return false;
	else
		pool_return_shadow(l.g);

	/* @rule GRANULE_UNDELEGATE.success */
	granule_set_state(l, GS_UNDELEGATED);
	return true;
}

void granule_release(struct granule_locked l)
{
	/* @rule PTR.wipe */
	CHECK(granule_refs(l.g) == 0);
	hal_page_zero(granule_page(l.g));
	granule_set_state(l, GS_DELEGATED);
}
