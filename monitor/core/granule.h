/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Granules: one entry for each 4 KiB of the pool and of normal DRAM.
 *
 *   UNDELEGATED -> DELEGATED   granule_delegate
 *   DELEGATED -> UNDELEGATED   granule_undelegate
 *   DELEGATED -> RD            realm_create        RD -> DELEGATED      realm_destroy
 *   DELEGATED -> RTT           realm_create, rtt_create_table
 *   RTT -> DELEGATED           realm_destroy, rtt_destroy_table, rtt_fold_table
 *   DELEGATED -> REC, REC_AUX  rec_create          back to DELEGATED    rec_destroy
 *   DELEGATED -> DATA          rtt_assign          DATA -> DELEGATED    rtt_unassign
 *   UNDELEGATED -> SHADOW      pool_take_shadow    SHADOW -> UNDELEGATED pool_return_shadow
 *
 * The host names a granule by its PA. A pool granule is backed by itself. A
 * DRAM granule that is delegated is backed by a pool granule in state SHADOW,
 * its peer; the host never learns which (design 4.1).
 *
 * Invariants
 *   I1  the page behind a DELEGATED granule is all zero
 *   I2  a SHADOW granule has a peer in DRAM whose peer it is, and that is not
 *       UNDELEGATED
 *   I3  a pool granule that is UNDELEGATED or SHADOW is nobody else's: no other
 *       state can be reached from SHADOW but UNDELEGATED
 */
#ifndef TMM_CORE_GRANULE_H
#define TMM_CORE_GRANULE_H

#include "hal/lock.h"
#include "lib/addr.h"
#include "lib/check.h"
#include <assert.h>
#include <stdatomic.h>
#include <stddef.h>

enum granule_state {
	GS_UNDELEGATED,
	GS_DELEGATED,
	GS_RD,
	GS_REC,
	GS_REC_AUX,
	GS_DATA,
	GS_RTT,
	GS_SHADOW,
	GS_COUNT
};

struct granule {
	struct hal_lock lock;
	_Atomic uint8_t state;	/* written under lock; read without for NS checks */
	/*
	 * RD: its RECs. REC: 1 while it runs. RTT: its live entries (guarded
	 * by the lock of the realm's RD, not by this one).
	 */
	_Atomic uint16_t refs;
	uint32_t peer;		/* SHADOW and its DRAM granule: index of the other */
};

/* Proof that the caller holds the granule's lock. Made by the functions below. */
struct granule_locked {
	struct granule *g;
};

/* One granule that a caller names, and the state it has to be in. */
struct granule_req {
	paddr_t pa;
	enum granule_state want;
	struct granule_locked got;	/* valid after granules_lock() == true */
};

static_assert(sizeof(struct granule) == 8, "0.2 % of the memory described");

#define GRANULES_MAX	17	/* RD and 16 roots, or RD, REC and 15 aux */

/* Memory that the table describes; base and size multiples of 2 MiB. */
struct granule_range {
	uint64_t base;
	uint64_t size;
	uint32_t node;
	bool is_pool;
	uint32_t first;		/* index of its first granule; set by granule_init */
};

#define GRANULE_MAX_RANGES	16

/*
 * Once, on the boot CPU. table is zeroed memory with an entry for each page of
 * the ranges; ranges must not overlap.
 */
void granule_init(struct granule *table, const struct granule_range *ranges,
		  size_t count);

/* The i-th pool range, or NULL past the last. */
const struct granule_range *granule_pool_range(size_t i);
size_t granule_index(const struct granule *g);
struct granule *granule_at(size_t index);
/* True for a pool granule, false for one of normal DRAM. */
bool granule_is_pool(const struct granule *g);

/* NULL if pa is not 4 KiB aligned or not delegable. Takes no lock. */
struct granule *granule_find(paddr_t pa);
/* The address the host knows it by. */
paddr_t granule_pa(const struct granule *g);
/* The pool page behind it; the granule is in a state that has one. */
spa_t granule_spa(const struct granule *g);
/* The granule the host knows that pool page by; the page is in use. */
struct granule *granule_of_spa(spa_t page);
/* Where the monitor sees the content; the granule is in a state that has one. */
void *granule_page(const struct granule *g);

/* Aligned, normal DRAM, and not delegated now: may be read and written as NS. */
bool granule_is_ns(paddr_t pa);

/*
 * Locks the n granules named by a caller, in address order. False, with none
 * locked, if one is unaligned, not delegable, in another state than wanted, or
 * named twice. Rank: external. No other granule may be locked. An RD comes first in
 * the array, and is waited for by turns.
 */
MUST_USE bool granules_lock(struct granule_req *req, size_t n);
void granules_unlock(struct granule_req *req, size_t n);

/* One granule that its owner leads to; the owner is locked. Rank: child. */
MUST_USE struct granule_locked granule_lock_child(struct granule *g,
						  enum granule_state want);
/* The RD that a running REC belongs to; nothing else is locked. Rank: external, by turns. */
MUST_USE struct granule_locked granule_lock_rd(struct granule *g);
void granule_unlock(struct granule_locked l);

/* The only writer of granule states; an edge that is not listed above panics. */
void granule_set_state(struct granule_locked l, enum granule_state to);

static inline enum granule_state granule_state(const struct granule *g)
{
	return (enum granule_state)atomic_load_explicit(&g->state,
							memory_order_relaxed);
}

static inline unsigned int granule_refs(const struct granule *g)
{
	/* pairs with the release in granule_put: sees all that the user did */
	return atomic_load_explicit(&g->refs, memory_order_acquire);
}

static inline void granule_get(struct granule *g)
{
	atomic_fetch_add_explicit(&g->refs, 1, memory_order_relaxed);
}

static inline void granule_put(struct granule *g)
{
	atomic_fetch_sub_explicit(&g->refs, 1, memory_order_release);
}

/*
 * GRANULE_DELEGATE after its checks: takes a backing page for DRAM. False when
 * the pool has none; then nothing has changed.
 */
MUST_USE bool granule_delegate(struct granule_locked l);
/* False when the page could not be cleared; then it stays DELEGATED. */
MUST_USE bool granule_undelegate(struct granule_locked l);

/* Wipes the page and makes it DELEGATED again (I1). refs must be 0. */
void granule_release(struct granule_locked l);

#endif
