/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which pool pages are free, and which stand behind normal DRAM (shadow).
 *
 * The host may take any free page of the pool by name at any time. The monitor
 * takes pages too, for DRAM that the host delegates; a page it took is in state
 * SHADOW and out of the host's reach until it is returned. To keep blocks
 * possible in shadow mode, the DRAM pages of one 2 MiB region get, while that
 * lasts, the pages with the same offsets in one 2 MiB chunk of the pool.
 *
 * Locks: one, a leaf, for the table of regions. Page counts are atomic.
 */
#ifndef TMM_CORE_POOL_H
#define TMM_CORE_POOL_H

#include "core/granule.h"

#define POOL_CHUNK_PAGES	(BLOCK_SIZE / PAGE_SIZE)

struct pool_chunk {
	_Atomic uint16_t used;	/* pages that are not UNDELEGATED */
	uint16_t for_region;	/* guarded by the pool lock; 1: a region prefers it */
};

struct pool_region {
	uint32_t chunk;		/* guarded by the pool lock; index + 1, 0 = none */
	uint32_t shadowed;	/* guarded by the pool lock; pages delegated */
};

/*
 * Once, after granule_init. Both tables are zeroed memory; an entry for each
 * 2 MiB of all ranges, in the order of granule indices.
 */
void pool_init(struct pool_chunk *chunks, struct pool_region *regions);

/* Counts a pool page that the host delegated or undelegated. Its lock is held. */
void pool_page_used(const struct granule *g);
void pool_page_freed(const struct granule *g);

/*
 * Finds a free page for a DRAM granule, whose lock is held, and makes them
 * peers. False: the pool is empty.
 */
MUST_USE bool pool_take_shadow(struct granule *dram);
/* Undoes that. The shadow page must be all zero. */
void pool_return_shadow(struct granule *dram);

/* Free pages of a pool range: a snapshot, exact when nothing else is running. */
uint64_t pool_free_pages(const struct granule_range *range);

#endif
