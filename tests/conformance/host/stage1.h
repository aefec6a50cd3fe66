/* SPDX-License-Identifier: BSD-3-Clause */
/* The payload's translation tables and memory, as a test wants them. */
#ifndef HOST_STAGE1_H
#define HOST_STAGE1_H

#include "host/realm.h"

/* IPA of the n-th page that puppet_with_ram() gives beside the payload's own. */
#define MORE_RAM(n)	(PUPPET_NEXT_BLOCK + (n) * PAGE)

#define DESC_TABLE	3UL
#define DESC_NG		(1UL << 11)
#define DESC_AF		(1UL << 10)
#define DESC_READ_ONLY	(1UL << 7)
#define DESC_DBM	(1UL << 51)

/* The payload with `pages` of RAM at MORE_RAM(0). */
struct rec *puppet_with_ram(unsigned int recs, uint64_t pages);
/* The same with RAM wherever it is wanted, and SVE. */
struct puppet_options {
	struct geometry g;
	unsigned int recs;
	uint64_t ram, pages;
	bool sve;
};
struct rec *puppet_of(struct puppet_options o);

/* n descriptors from `desc` on, in steps, into the table at that IPA. */
void realm_fill_table(struct rec *c, uint64_t table, uint64_t first, uint64_t n,
		      uint64_t desc, uint64_t step);
/* Entry `i` of the block window, from 1 on; returns its VA. */
uint64_t realm_window_block(struct rec *c, unsigned int i, uint64_t desc);
/* MMU on with bits added to each leaf of the payload's own map. */
void realm_mmu_on_with(struct rec *c, uint64_t extra);

/* One block of the host's memory, at level 2. */
void realm_share_block(struct realm *r, uint64_t ipa, const void *block);
/* desc for RTT_MAP_UNPROTECTED with attributes of the caller's choice. */
#define RTT_DESC(pa, attr, s2ap) \
	((uint64_t)(pa) | (uint64_t)(attr) << 2 | (uint64_t)(s2ap) << 6)

#endif
