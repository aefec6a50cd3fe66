/* SPDX-License-Identifier: BSD-3-Clause */
#include "hal/lock.h"

#include "arch/sel2/panic.h"

/*
 * A byte and SWPAB: one instruction when the lock is free. The waiter sleeps
 * in WFE; LDAXRB sets its monitor, so the store that releases the lock wakes
 * it (Arm ARM B2.12.2.1.1, clear global monitor event). Who is there when it is
 * released may take it: where that matters, the waiters have turns.
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

/*
 * Until the lock looks free, or a CPU has panicked, whose locks are held for ever. The
 * panic is looked for between the load that sets the monitor and WFE: an SEV of later
 * is an event that WFE finds.
 */
static void lock_wait(struct hal_lock *l)
{
	uint32_t held, panicked = 0;

	asm volatile("1:	ldaxrb %w[held], %[byte]\n"
		     "	cbz %w[held], 2f\n"
		     "	ldrb %w[panicked], %[flag]\n"
		     "	cbnz %w[panicked], 2f\n"
		     "	wfe\n"
		     "	b 1b\n"
		     "2:"
		     : [held] "=&r"(held), [panicked] "+&r"(panicked)
		     : [byte] "Q"(l->held), [flag] "m"(panic_happened)
		     : "memory");
	if (panicked)
		panic_follow();
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

/*
 * Until it is our turn, as above. A ticket is a halfword: there are fewer CPUs than
 * it has values.
 */
void hal_turn_wait(struct hal_turn *t)
{
	uint32_t mine, now, panicked = 0;

	asm volatile("	ldaddah %w[one], %w[mine], %[next]\n"
		     "1:	ldaxrh %w[now], %[serving]\n"
		     "	cmp %w[now], %w[mine]\n"
		     "	b.eq 2f\n"
		     "	ldrb %w[panicked], %[flag]\n"
		     "	cbnz %w[panicked], 2f\n"
		     "	wfe\n"
		     "	b 1b\n"
		     "2:"
		     : [mine] "=&r"(mine), [now] "=&r"(now),
		       [panicked] "+&r"(panicked), [next] "+Q"(t->next)
		     : [serving] "Q"(t->serving), [one] "r"(1), [flag] "m"(panic_happened)
		     : "cc", "memory");
	if (panicked)
		panic_follow();
}

void hal_turn_pass(struct hal_turn *t)
{
	asm volatile("stlrh %w[then], %[serving]"
		     : [serving] "=Q"(t->serving)
		     : [then] "r"(t->serving + 1U)
		     : "memory");
}
