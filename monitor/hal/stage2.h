/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Second stage of translation. core/rtt.c writes tables in the format of
 * core/rtte.h; here is what it asks of the machine: "this mapping is visible",
 * "this one is gone everywhere". Both halves of the IPA space have a root of
 * their own, because Secure state walks two trees: VSTTBR_EL2 for Secure IPAs,
 * VTTBR_EL2 for Non-secure ones (design 4.2).
 */
#ifndef TMM_HAL_STAGE2_H
#define TMM_HAL_STAGE2_H

#include "lib/addr.h"

struct hal_stage2_tree {
	spa_t root;		/* first root table, aligned to its size */
	uint8_t ipa_width;	/* input bits of this tree */
	int8_t start_level;
};

struct hal_stage2 {
	struct hal_stage2_tree prot;	/* protected half: output Secure */
	struct hal_stage2_tree unprot;	/* unprotected half: output Non-secure */
	uint16_t vmid;			/* one for both trees */
};

/*
 * Orders earlier table writes before any later walk by any CPU. Enough on its
 * own when an entry goes from invalid to valid.
 */
void hal_stage2_publish(void);

/*
 * After an entry of [base, base + size) went from valid to invalid: publishes
 * that, and returns when no CPU holds or uses a translation made from it, with
 * stage 1 or without. `base` decides the half. Leaf entries only; size is a
 * multiple of 4 KiB.
 */
void hal_stage2_invalidate(const struct hal_stage2 *s2, ipa_t base,
			   uint64_t size, bool is_protected);

/* The same for everything of this VMID, table entries included. */
void hal_stage2_invalidate_all(const struct hal_stage2 *s2);

#endif
