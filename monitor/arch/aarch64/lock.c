/* SPDX-License-Identifier: BSD-3-Clause */
#include "hal/lock.h"

/*
 * A byte and SWPAB: one instruction when the lock is free. The waiter sleeps
 * in WFE; LDAXRB sets its monitor, so the store that releases the lock wakes
 * it (Arm ARM B2.12.2.1.1, clear global monitor event). Unfair on
 * purpose: every critical section is short and the waiters are few.
 */
static bool lock_take(struct hal_lock *l)
{
	uint32_t old;

	asm volatile("swpab %w[one], %w[old], %[held]"
		     : [old] "=&r"(old), [held] "+Q"(l->held)
		     : [one] "r"(1)
		     : "memory");
	return old == 0;
}

static void lock_wait(struct hal_lock *l)
{
	uint32_t held;

	asm volatile("	sevl\n"
		     "1:	wfe\n"
		     "	ldaxrb %w[held], %[byte]\n"
		     "	cbnz %w[held], 1b"
		     : [held] "=&r"(held)
		     : [byte] "Q"(l->held)
		     : "memory");
}

void hal_lock_acquire(struct hal_lock *l, enum lock_rank rank)
{
	(void)rank;
	while (!lock_take(l))
		lock_wait(l);
}

bool hal_lock_try(struct hal_lock *l)
{
	return lock_take(l);
}

void hal_lock_release(struct hal_lock *l)
{
	asm volatile("stlrb wzr, %0" : "=Q"(l->held) : : "memory");
}
