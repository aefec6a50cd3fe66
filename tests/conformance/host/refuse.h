/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Refused calls. A test starts from a call that would succeed, breaks one
 * argument at a time, and in the end makes the call as it was: that it then
 * succeeds shows that every refusal was for the one reason, and that none of
 * them changed the state of any granule involved.
 */
#ifndef HOST_REFUSE_H
#define HOST_REFUSE_H

#include "host/realm.h"

#define E_INPUT		RMI_ERROR_INPUT
#define E_REALM(i)	RMI_RETURN(RMI_ERROR_REALM, i)
#define E_REC		RMI_ERROR_REC
#define E_RTT(level)	RMI_RETURN(RMI_ERROR_RTT, level)

enum granule_state {
	G_UNDELEGATED, G_DELEGATED, G_RD, G_REC, G_REC_AUX, G_RTT, G_DATA,
	G_STATES
};

/* One granule in each state, of a realm that no other part of a test uses. */
struct zoo {
	uint64_t pa[G_STATES];
	struct realm *realm;
};
const struct zoo *zoo_new(void);

/* `c` with argument `arg` (1 = x1) replaced: must return `want`. */
void refused(const char *label, struct call c, unsigned int arg, uint64_t value,
	     uint64_t want);
/* A call that walked: its status, and in register `reg` the next live entry. */
void refused_top(const char *label, struct call c, unsigned int reg,
		 uint64_t status, uint64_t top);
/* PTR(arg, good): unaligned, not memory to give, every other state. */
void refused_granule(struct call c, unsigned int arg, const struct zoo *z,
		     enum granule_state good);
/* NSPTR(arg): unaligned, not memory to give, not the host's any more. */
void refused_ns_page(struct call c, unsigned int arg, const struct zoo *z);
/* The pointers that are no granule at all, for loops of a test's own. */
extern const uint64_t not_granules[];
extern const unsigned int not_granules_count;

#endif
