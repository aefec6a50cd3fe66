/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A spinlock in one byte. What it orders and in which order locks are taken is
 * in docs/locking.md; the host backend checks that order on every acquire, by
 * the rank that the caller states.
 */
#ifndef TMM_HAL_LOCK_H
#define TMM_HAL_LOCK_H

#include "lib/check.h"
#include <stdbool.h>
#include <stdint.h>

struct hal_lock {
	uint8_t held;	/* 0 or 1; only the backend touches it */
};

/*
 * Locks with a lower rank are taken first; among locks of one rank the order
 * is by rising address. RANK_CHILD is exempt from the address order: a thread
 * holds at most one child at a time.
 */
enum lock_rank {
	RANK_EXTERNAL = 1,	/* granules named by a caller */
	RANK_CHILD,		/* a granule that hangs off a locked owner */
	RANK_LEAF,		/* anything else; nothing is taken after it */
};

/* Acquire and release order everything the lock guards (C11 acquire/release). */
void hal_lock_acquire(struct hal_lock *l, enum lock_rank rank);
/* Never waits, so it may be called with any lock held, whatever the order. */
MUST_USE bool hal_lock_try(struct hal_lock *l);
void hal_lock_release(struct hal_lock *l);

/*
 * A turn decides who waits next for a lock of one byte, which by itself may serve
 * somebody who came later, again and again: first come, first served. It is taken
 * before any lock, and passed on as soon as the lock is had. All zero: nobody waits.
 */
struct hal_turn {
	_Alignas(64) uint16_t next;	/* only the backend touches them */
	uint16_t serving;
};

void hal_turn_wait(struct hal_turn *t);
void hal_turn_pass(struct hal_turn *t);

#endif
