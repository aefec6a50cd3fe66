/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is true of the monitor's memory between calls, whatever was called:
 * the invariants of core/granule.h, core/rtt.h and core/realm.h, and that the
 * MMU caches nothing that is not so (arch/host).
 *
 *   I1  the page behind a DELEGATED granule is all zero
 *   I2  SHADOW and its DRAM granule are peers; only such a pair has peers
 *   I5  refs: entries of a table, RECs of an RD, none of any other granule
 *   I6  a DATA granule is in exactly one entry of one realm
 *   I7  a table is a root of one realm, or in exactly one TABLE entry
 *   L1  each REC belongs to a live realm, each REC_AUX to one REC
 *   L2  no granule is locked
 *   L3  the pool counts its free pages right
 *   L4  in a realm's root, the half that belongs to the other tree is zero
 */
#ifndef TESTS_HARNESS_LAWS_H
#define TESTS_HARNESS_LAWS_H

void laws_reset(void);
void laws_check(void);
/* All but the TLB's. */
void laws_check_memory(void);

#endif
