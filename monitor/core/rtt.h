/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Realm Translation Tables: walks and every change of an entry.
 *
 * Locks: the caller holds the lock of the realm's RD for all of this, and until
 * it is done with a walk it made. Table and data granules reached by a walk are
 * locked here, one at a time, as children.
 *
 * States of an entry (rtte.h) and who changes them:
 *   UNASSIGNED -> ASSIGNED          rtt_assign
 *   ASSIGNED -> UNASSIGNED          rtt_unassign
 *   UNASSIGNED_NS -> ASSIGNED_NS    rtt_map_unprotected
 *   ASSIGNED_NS -> UNASSIGNED_NS    rtt_unmap_unprotected
 *   any but TABLE -> TABLE          rtt_create_table
 *   TABLE -> UNASSIGNED(_NS)        rtt_destroy_table, rtt_fold_table
 *   TABLE -> ASSIGNED(_NS)          rtt_fold_table
 *   RIPAS of the first two          rtt_set_ripas
 *
 * Invariants
 *   I5  refs of a table granule = its entries that are TABLE or protected ASSIGNED
 *   I6  a page is in at most one entry of one realm, and that granule is DATA
 *   I7  every table below a root is in exactly one TABLE entry
 */
#ifndef TMM_CORE_RTT_H
#define TMM_CORE_RTT_H

#include "core/realm.h"

/* Where a walk stopped: one entry of one table. */
struct rtt_walk {
	struct granule *root;	/* the root table that covers ipa */
	spa_t table;		/* the entry's table below it; 0 if there is none */
	rtte_t *entry;
	ipa_t ipa;		/* as walked */
	int level;
	unsigned int index;	/* of the entry in its table, 0..511 */
};

static inline uint64_t rtt_entry_base(const struct rtt_walk *w)
{
	return align_down(w->ipa.v, rtt_level_span(w->level));
}

static inline bool rtt_walk_is_table(const struct rtt_walk *w)
{
	return rtte_is_table(*w->entry, w->level);
}

/* Stops at to_level, or above it at the first entry that is no TABLE. */
void rtt_walk(const struct realm *r, ipa_t a, int to_level, struct rtt_walk *w);

/* The table that counts the entry in its refs. */
struct granule *rtt_walk_table(const struct rtt_walk *w);

/*
 * The specification's "top" (rmm-abi.md 6.5): the walked IPA if the entry is
 * live, else the base of the next live entry of the same table, or the end of
 * what that table covers.
 */
uint64_t rtt_skip_non_live(const struct realm *r, const struct rtt_walk *w);

/* The entry is protected and UNASSIGNED; data is DELEGATED with its content in place. */
void rtt_assign(const struct rtt_walk *w, struct granule_locked data,
		enum ripas ripas);
/* The entry is a protected ASSIGNED page. Returns its granule, wiped and DELEGATED. */
struct granule *rtt_unassign(const struct realm *r, const struct rtt_walk *w);

/* The entry is UNASSIGNED_NS; host_bits has nothing but RTTE_NS_HOST_BITS. */
void rtt_map_unprotected(const struct rtt_walk *w, uint64_t host_bits);
/* The entry is ASSIGNED_NS. */
void rtt_unmap_unprotected(const struct realm *r, const struct rtt_walk *w);

/* The entry is no TABLE; table is DELEGATED. Afterwards it replicates the entry. */
void rtt_create_table(const struct realm *r, const struct rtt_walk *w,
		      struct granule_locked table);
/* The child table of a TABLE entry. */
struct granule *rtt_child(const struct rtt_walk *w);
/*
 * The entry is TABLE and its child is not live. Returns the child's granule,
 * DELEGATED. The entry becomes UNASSIGNED + DESTROYED, or UNASSIGNED_NS.
 */
struct granule *rtt_destroy_table(const struct realm *r, const struct rtt_walk *w);
/*
 * The entry is TABLE. Returns the child's granule, DELEGATED, with the entry
 * standing for all it held; NULL if the child is not homogeneous.
 */
struct granule *rtt_fold_table(const struct realm *r, const struct rtt_walk *w);

/*
 * The entry is protected and no TABLE. Changes its RIPAS and, for an ASSIGNED
 * entry, makes the page visible or not accordingly. True: the page was visible
 * and no longer is, so rtt_hide must follow before the RD is unlocked.
 */
MUST_USE bool rtt_set_ripas(const struct rtt_walk *w, enum ripas ripas);
/* No CPU uses protected mappings of [base, top) that are no longer in the RTT. */
void rtt_hide(const struct realm *r, uint64_t base, uint64_t top);

/* Moves to the next entry of the table; false at its end. */
MUST_USE bool rtt_walk_next(const struct realm *r, struct rtt_walk *w);

/* How a page is seen by a realm and its host (rmm-abi.md 6.2). */
struct rtt_page {
	bool is_protected;
	bool is_assigned;
	enum ripas ripas;	/* protected only */
	int level;		/* where the walk stopped */
	void *va;		/* protected, ASSIGNED, RAM: the page; else NULL */
};

/* a is in the realm's IPA space. */
void rtt_look_up(const struct realm *r, ipa_t a, struct rtt_page *p);

#endif
