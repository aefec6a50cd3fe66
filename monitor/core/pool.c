/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/pool.h"

#include "lib/bits.h"

static struct pool_chunk *chunks;
static struct pool_region *regions;
static size_t first_chunk, end_chunk;	/* of all pools; DRAM may lie between two */
static struct hal_lock pool_lock;

void pool_init(struct pool_chunk *chunk_table, struct pool_region *region_table)
{
	const struct granule_range *r;

	chunks = chunk_table;
	regions = region_table;
	first_chunk = 0;
	end_chunk = 0;
	for (size_t i = 0; (r = granule_pool_range(i)) != NULL; i++) {
		if (i == 0)
			first_chunk = r->first / POOL_CHUNK_PAGES;
		end_chunk = r->first / POOL_CHUNK_PAGES + r->size / BLOCK_SIZE;
	}
}

static size_t block_of(const struct granule *g)
{
	return granule_index(g) / POOL_CHUNK_PAGES;
}

static bool block_is_pool(size_t block)
{
	return granule_is_pool(granule_at(block * POOL_CHUNK_PAGES));
}

void pool_page_used(const struct granule *g)
{
	atomic_fetch_add_explicit(&chunks[block_of(g)].used, 1, memory_order_relaxed);
}

void pool_page_freed(const struct granule *g)
{
	atomic_fetch_sub_explicit(&chunks[block_of(g)].used, 1, memory_order_relaxed);
}

static unsigned int chunk_used(size_t chunk)
{
	return atomic_load_explicit(&chunks[chunk].used, memory_order_relaxed);
}

/*
 * Takes the page if it is free. The host may name the same page at the same
 * time and hold its lock: then it counts as taken, and waiting for it under
 * the pool lock could wait for ever.
 */
static bool claim(struct granule *page, struct granule *dram)
{
	struct granule_locked l = { page };
	bool is_free;

	if (!hal_lock_try(&page->lock))
		return false;
	is_free = granule_state(page) == GS_UNDELEGATED;
	if (is_free) {
		granule_set_state(l, GS_SHADOW);
		page->peer = (uint32_t)granule_index(dram);
		dram->peer = (uint32_t)granule_index(page);
		pool_page_used(page);
	}
	granule_unlock(l);
	return is_free;
}

/* A chunk that nobody uses or prefers: the last one, since hosts start at the first. */
static size_t find_empty_chunk(void)
{
	for (size_t c = end_chunk; c-- > first_chunk;) {
		if (block_is_pool(c) && chunk_used(c) == 0 && chunks[c].for_region == 0)
			return c + 1;
	}
	return 0;
}

static bool claim_preferred(struct granule *dram)
{
	struct pool_region *r = &regions[block_of(dram)];
	size_t page;

	if (r->chunk == 0) {
		r->chunk = (uint32_t)find_empty_chunk();
		if (r->chunk == 0)
			return false;
		chunks[r->chunk - 1].for_region = 1;
	}
	page = (r->chunk - 1) * POOL_CHUNK_PAGES +
	       granule_index(dram) % POOL_CHUNK_PAGES;
	return claim(granule_at(page), dram);
}

static bool claim_in_chunk(size_t chunk, struct granule *dram)
{
	for (size_t p = 0; p < POOL_CHUNK_PAGES; p++) {
		if (claim(granule_at(chunk * POOL_CHUNK_PAGES + p), dram))
			return true;
	}
	return false;
}

/* Chunks that a region prefers come last, so that its pages stay in one piece. */
static bool claim_any(struct granule *dram)
{
	for (uint16_t preferred = 0; preferred <= 1; preferred++) {
		for (size_t c = end_chunk; c-- > first_chunk;) {
			if (block_is_pool(c) && chunk_used(c) < POOL_CHUNK_PAGES &&
			    chunks[c].for_region == preferred && claim_in_chunk(c, dram))
				return true;
		}
	}
	return false;
}

bool pool_take_shadow(struct granule *dram)
{
	bool ok;

	hal_lock_acquire(&pool_lock, RANK_LEAF);
	ok = claim_preferred(dram) || claim_any(dram);
	if (ok)
		regions[block_of(dram)].shadowed++;
	hal_lock_release(&pool_lock);
	return ok;
}

void pool_return_shadow(struct granule *dram)
{
	struct pool_region *r = &regions[block_of(dram)];
	struct granule_locked page =
		granule_lock_child(granule_at(dram->peer), GS_SHADOW);

	hal_lock_acquire(&pool_lock, RANK_LEAF);
	granule_set_state(page, GS_UNDELEGATED);
	pool_page_freed(page.g);
	if (--r->shadowed == 0 && r->chunk != 0) {
		chunks[r->chunk - 1].for_region = 0;
		r->chunk = 0;
	}
	hal_lock_release(&pool_lock);
	granule_unlock(page);
}

uint64_t pool_free_pages(const struct granule_range *range)
{
	size_t first = range->first / POOL_CHUNK_PAGES;
	size_t count = range->size / BLOCK_SIZE;
	uint64_t free = 0;

	for (size_t c = first; c < first + count; c++)
		free += POOL_CHUNK_PAGES - chunk_used(c);
	return free;
}
