/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One RTT entry, as the hardware reads it (stage 2, 4 KiB granule, FEAT_S2FWB;
 * Arm ARM D8.3) and as the RMM specification thinks of it (A5.5):
 *
 *   half         state              bits 1:0   rest
 *   protected    UNASSIGNED         00         RIPAS in 6:5
 *   protected    ASSIGNED, RAM      valid      page or block, Normal WB, RWX
 *   protected    ASSIGNED, other    00         ASSIGNED (bit 2), RIPAS, PA
 *   unprotected  UNASSIGNED_NS      00         -
 *   unprotected  ASSIGNED_NS        valid      what the host gave, XN
 *   either       TABLE              11         PA; levels 0 to 2
 *
 * @rule RTT.states
 *
 * So an entry of all zeros is UNASSIGNED with RIPAS EMPTY, or UNASSIGNED_NS:
 * a fresh table needs no initialisation. Which half an entry belongs to is
 * known from its IPA and not stored.
 */
#ifndef TMM_CORE_RTTE_H
#define TMM_CORE_RTTE_H

#include "lib/addr.h"
#include "lib/bits.h"
#include <stdbool.h>

#define RTT_ENTRIES	512
#define RTT_PAGE_LEVEL	3
#define RTT_MIN_BLOCK_LEVEL 1

typedef uint64_t rtte_t;

enum ripas { RIPAS_EMPTY, RIPAS_RAM, RIPAS_DESTROYED };

#define RTTE_VALID		BIT(0)
#define RTTE_TABLE_OR_PAGE	BIT(1)
#define RTTE_SW_ASSIGNED	BIT(2)	/* in invalid entries only */
#define RTTE_SW_RIPAS_SHIFT	5	/* in invalid entries only, 6:5 */
#define RTTE_ADDR		BITS(47, 12)
#define RTTE_MEMATTR		BITS(4, 2)
#define RTTE_MEMATTR_RESERVED	(UINT64_C(4) << 2)
#define RTTE_MEMATTR_WB		(UINT64_C(6) << 2)
#define RTTE_MEMATTR_NC		(UINT64_C(5) << 2)
#define RTTE_S2AP		BITS(7, 6)
#define RTTE_SH_OUTER		(UINT64_C(2) << 8)
#define RTTE_SH_INNER		(UINT64_C(3) << 8)
#define RTTE_AF			BIT(10)
#define RTTE_XN			BIT(54)	/* with 53 = 0: not at EL1, not at EL0 */

/* Bits of an unprotected leaf that are the host's to choose. */
#define RTTE_NS_HOST_BITS	(RTTE_ADDR | RTTE_MEMATTR | RTTE_S2AP)
/* @rule RTT.protected_leaf */
#define RTTE_PROT_ATTRS		(RTTE_MEMATTR_WB | RTTE_S2AP | RTTE_SH_INNER | RTTE_AF)

static inline uint64_t rtt_level_shift(int level)
{
	return PAGE_SHIFT + 9 * (uint64_t)(RTT_PAGE_LEVEL - level);
}

/* Bytes that one entry of this level covers. */
static inline uint64_t rtt_level_span(int level)
{
	return UINT64_C(1) << rtt_level_shift(level);
}

static inline bool rtte_is_valid(rtte_t e)
{
	return (e & RTTE_VALID) != 0;
}

static inline bool rtte_is_table(rtte_t e, int level)
{
	return level < RTT_PAGE_LEVEL &&
	       (e & (RTTE_VALID | RTTE_TABLE_OR_PAGE)) == (RTTE_VALID | RTTE_TABLE_OR_PAGE);
}

/* ASSIGNED or ASSIGNED_NS; the entry is no table. */
static inline bool rtte_is_assigned(rtte_t e)
{
	return rtte_is_valid(e) || (e & RTTE_SW_ASSIGNED) != 0;
}

/* The specification's "live": scans for the next one skip all others. */
static inline bool rtte_is_live(rtte_t e)
{
	return rtte_is_assigned(e);
}

/* Protected entries that are no table. */
static inline enum ripas rtte_ripas(rtte_t e)
{
	if (rtte_is_valid(e))
		return RIPAS_RAM;
	return (enum ripas)field(e, 6, 5);
}

static inline uint64_t rtte_addr(rtte_t e)
{
	return e & RTTE_ADDR;
}

static inline rtte_t rtte_leaf_type(int level)
{
	return level == RTT_PAGE_LEVEL ? RTTE_VALID | RTTE_TABLE_OR_PAGE : RTTE_VALID;
}

static inline rtte_t rtte_table(spa_t table)
{
	return table.v | RTTE_VALID | RTTE_TABLE_OR_PAGE;
}

static inline rtte_t rtte_unassigned(enum ripas ripas)
{
	return (rtte_t)ripas << RTTE_SW_RIPAS_SHIFT;
}

/* @rule RIPAS.set_visible */
static inline rtte_t rtte_assigned(spa_t page, enum ripas ripas, int level)
{
	if (ripas == RIPAS_RAM)
		return page.v | RTTE_PROT_ATTRS | rtte_leaf_type(level);
	return page.v | RTTE_SW_ASSIGNED | rtte_unassigned(ripas);
}

/*
 * The walkers of all CPUs read entries while they are written: one whole store
 * each. Order against other stores is the caller's, by hal/stage2.h.
 */
static inline void rtte_write(rtte_t *entry, rtte_t value)
{
	*(volatile rtte_t *)entry = value;
}

/*
 * @rule RTT_MAP_UNPROTECTED.shareability
 * Shareability is what the specification wants: inner for cacheable memory,
 * outer for non-cacheable; devices ignore it. Never executable: SCR_EL3.SIF is
 * 0 while a realm runs, and this bit is what stops it fetching host memory.
 */
static inline rtte_t rtte_assigned_ns(uint64_t host_bits, int level)
{
	bool is_nc = (host_bits & RTTE_MEMATTR) == RTTE_MEMATTR_NC;

	return host_bits | (is_nc ? RTTE_SH_OUTER : RTTE_SH_INNER) | RTTE_AF |
	       RTTE_XN | rtte_leaf_type(level);
}

#endif
