/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables come and go: RTT_CREATE, RTT_DESTROY and RTT_FOLD (rmm-abi.md 6.6 to 6.8). */
#include "core/rtt.h"

#include "hal/memory.h"

static rtte_t *table_of(struct granule *g)
{
	return granule_page(g);
}

struct granule *rtt_child(const struct rtt_walk *w)
{
	return granule_of_spa(spa(rtte_addr(*w->entry)));
}

/*
 * @rule RIPAS.unfold: same state, and the part of the address that child i has.
 * The page of the table is zero (I1), as most entries are.
 */
static void unfold(rtte_t *child, rtte_t parent, int child_level)
{
	uint64_t step = rtte_is_assigned(parent) ? rtt_level_span(child_level) : 0;
	rtte_t e = parent;

	/* bit 1 tells a page from a block */
	if (rtte_is_valid(parent))
		e = (parent & ~RTTE_TABLE_OR_PAGE) | rtte_leaf_type(child_level);
	if (e == 0)
		return;
	/* four at a time: two stores */
	for (unsigned int i = 0; i < RTT_ENTRIES; i += 4, e += 4 * step) {
		child[i] = e;
		child[i + 1] = e + step;
		child[i + 2] = e + 2 * step;
		child[i + 3] = e + 3 * step;
	}
}

void rtt_create_table(const struct realm *r, const struct rtt_walk *w,
		      struct granule_locked table)
{
	bool is_protected = realm_is_protected(r, w->ipa);
	rtte_t parent = *w->entry;

	granule_set_state(table, GS_RTT);
	unfold(table_of(table.g), parent, w->level + 1);

	if (is_protected && rtte_is_assigned(parent)) {
		/* the parent counted a block and now counts a table (I5) */
		atomic_store_explicit(&table.g->refs, RTT_ENTRIES, memory_order_relaxed);
	} else {
		granule_get(rtt_walk_table(w));
	}

	/* Break before make: a block and its pages must never be seen together. */
	if (rtte_is_valid(parent)) {
		rtte_write(w->entry, 0);
		hal_stage2_invalidate(&r->s2, ipa(rtt_entry_base(w)),
				      rtt_level_span(w->level), is_protected);
	}
	/* the table's content first, then the way to it */
	hal_stage2_publish();
	rtte_write(w->entry, rtte_table(granule_spa(table.g)));
	hal_stage2_publish();
}

static void drop_child(struct granule *child)
{
	struct granule_locked l = granule_lock_child(child, GS_RTT);

	atomic_store_explicit(&child->refs, 0, memory_order_relaxed);
	granule_release(l);
	granule_unlock(l);
}

struct granule *rtt_destroy_table(const struct realm *r, const struct rtt_walk *w)
{
	bool is_protected = realm_is_protected(r, w->ipa);
	struct granule *child = rtt_child(w);

	CHECK(granule_refs(child) == 0);
	/* @rule RIPAS.rtt_destroy */
	rtte_write(w->entry, is_protected ? rtte_unassigned(RIPAS_DESTROYED) : 0);
	hal_stage2_invalidate_all(&r->s2);
	granule_put(rtt_walk_table(w));
	drop_child(child);
	return child;
}

/* Every entry like the first one, addresses rising by one span (or step 0). */
static bool is_uniform(const rtte_t *child, uint64_t step)
{
	for (unsigned int i = 1; i < RTT_ENTRIES; i++) {
		if (child[i] != child[0] + i * step)
			return false;
	}
	return true;
}

static uint64_t host_address(rtte_t e)
{
	return granule_pa(granule_of_spa(spa(rtte_addr(e)))).v;
}

/*
 * The host sees its own addresses, so these decide; that the backing of shadow
 * granules is contiguous too is needed for a block in hardware (ADR 0001).
 * @rule RTT_FOLD.scattered_backing
 */
static bool is_host_contiguous(const rtte_t *child, uint64_t step)
{
	uint64_t first = host_address(child[0]);

	for (unsigned int i = 0; i < RTT_ENTRIES; i++) {
		if (host_address(child[i]) != first + i * step)
			return false;
	}
	return is_aligned(first, step * RTT_ENTRIES);
}

static bool is_homogeneous(const rtte_t *child, int level, bool is_protected)
{
	uint64_t span = rtt_level_span(level);
	rtte_t first = child[0];

	if (rtte_is_table(first, level))
		return false;
	if (!rtte_is_assigned(first))
		return is_uniform(child, 0);
	if (level - 1 < RTT_MIN_BLOCK_LEVEL ||
	    !is_aligned(rtte_addr(first), span * RTT_ENTRIES))
		return false;
	return is_uniform(child, span) &&
	       (!is_protected || is_host_contiguous(child, span));
}

static rtte_t folded(rtte_t first, int parent_level)
{
	if (!rtte_is_valid(first))
		return first;
	return (first & ~RTTE_TABLE_OR_PAGE) | rtte_leaf_type(parent_level);
}

struct granule *rtt_fold_table(const struct realm *r, const struct rtt_walk *w)
{
	bool is_protected = realm_is_protected(r, w->ipa);
	struct granule *child = rtt_child(w);
	rtte_t first = table_of(child)[0];

	if (!is_homogeneous(table_of(child), w->level + 1, is_protected))
		return NULL;

	rtte_write(w->entry, 0);
	hal_stage2_invalidate_all(&r->s2);
	/* @rule RIPAS.fold */
	rtte_write(w->entry, folded(first, w->level));
	hal_stage2_publish();
	/* the reference to the table becomes one to the block, if there is one (I5) */
	if (!is_protected || !rtte_is_assigned(first))
		granule_put(rtt_walk_table(w));
	drop_child(child);
	return child;
}
