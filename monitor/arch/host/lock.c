/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Spinlocks with a checker: every CPU remembers what it holds, in order, and
 * each acquire is judged before it spins. A wrong order is found by one thread
 * on its first run; a deadlock needs two at the wrong moment.
 */
#include "arch/host/private.h"
#include "hal/lock.h"
#include <sched.h>
#include <stdatomic.h>

#define MAX_HELD	64
#define SPIN_LIMIT	20000000U

struct held {
	const struct hal_lock *lock;
	enum lock_rank rank;
};

static _Thread_local struct held held[MAX_HELD];
static _Thread_local unsigned int count;

static _Atomic bool jitter;
static _Thread_local uint32_t noise;

void host_locks_jitter(bool on)
{
	atomic_store(&jitter, on);
}

/* What is done without a lock that should be held is done late, now and then. */
static void dawdle(void)
{
	if (!atomic_load_explicit(&jitter, memory_order_relaxed))
		return;
	noise = noise * 1664525 + 1013904223 + hal_cpu_id();
	if (noise >> 29 == 0)
		sched_yield();
}

static _Atomic uint8_t *word(struct hal_lock *l)
{
	return (_Atomic uint8_t *)&l->held;
}

static const char *rank_name(enum lock_rank r)
{
	static const char *const names[] = {
		[RANK_EXTERNAL] = "external",
		[RANK_CHILD] = "child",
		[RANK_LEAF] = "leaf",
	};

	return names[r];
}

/* What is wrong with taking l at this rank after h; NULL: nothing. */
static const char *conflict(const struct held *h, const struct hal_lock *l,
			    enum lock_rank rank)
{
	if (h->lock == l)
		return "is already held";
	if (h->rank == RANK_LEAF)
		return "is taken after a leaf";
	if (h->rank > rank)
		return "comes before one that is held";
	if (h->rank == RANK_CHILD && rank == RANK_CHILD)
		return "is a second child";
	if (h->rank == rank && h->lock > l)
		return "has a lower address than one that is held";
	return NULL;
}

static void check_order(const struct hal_lock *l, enum lock_rank rank)
{
	if (rank < RANK_EXTERNAL || rank > RANK_LEAF)
		host_violation("M3: lock %p: no such rank %d", (const void *)l, (int)rank);
	for (unsigned int i = 0; i < count; i++) {
		const char *why = conflict(&held[i], l, rank);

		if (why)
			host_violation("M3: lock %p (%s) %s; held: %p (%s)",
				       (const void *)l, rank_name(rank), why,
				       (const void *)held[i].lock,
				       rank_name(held[i].rank));
	}
}

static bool take(struct hal_lock *l, enum lock_rank rank)
{
	if (atomic_exchange_explicit(word(l), 1, memory_order_acquire))
		return false;
	if (count == MAX_HELD)
		host_violation("M3: more than %d locks held", MAX_HELD);
	held[count++] = (struct held){ .lock = l, .rank = rank };
	return true;
}

void hal_lock_acquire(struct hal_lock *l, enum lock_rank rank)
{
	check_order(l, rank);
	for (unsigned int i = 0; !take(l, rank); i++) {
		if (i == SPIN_LIMIT)
			host_violation("M3: lock %p is never released",
				       (const void *)l);
		sched_yield();
	}
}

/*
 * Never waits, so no order applies; but whatever is taken next must still be
 * in order, and taking one's own lock is a mistake here too.
 */
bool hal_lock_try(struct hal_lock *l)
{
	for (unsigned int i = 0; i < count; i++)
		if (held[i].lock == l)
			host_violation("M3: lock %p tried by its holder", (void *)l);
	return take(l, RANK_LEAF);
}

/* Any order of release is fine. */
void hal_lock_release(struct hal_lock *l)
{
	unsigned int i = 0;

	while (i < count && held[i].lock != l)
		i++;
	if (i == count)
		host_violation("M3: lock %p released but not held", (void *)l);
	for (count--; i < count; i++)
		held[i] = held[i + 1];
	atomic_store_explicit(word(l), 0, memory_order_release);
	dawdle();
}

static _Atomic uint16_t *ticket(uint16_t *field)
{
	return (_Atomic uint16_t *)field;
}

static _Atomic unsigned int num_turns;
static _Thread_local struct hal_turn *my_turn;

void hal_turn_wait(struct hal_turn *t)
{
	uint16_t mine = atomic_fetch_add(ticket(&t->next), 1);

	my_turn = t;
	atomic_fetch_add(&num_turns, 1);
	if (count)
		host_violation("M3: turn %p wanted with locks held", (void *)t);
	for (unsigned int i = 0; atomic_load(ticket(&t->serving)) != mine; i++) {
		if (i == SPIN_LIMIT)
			host_violation("M3: turn %p never comes", (void *)t);
		sched_yield();
	}
}

void hal_turn_pass(struct hal_turn *t)
{
	if (my_turn != t)
		host_violation("M3: turn %p passed on but not had", (void *)t);
	my_turn = NULL;
	atomic_fetch_sub(&num_turns, 1);
	atomic_fetch_add(ticket(&t->serving), 1);
}

unsigned int host_turns(void)
{
	return atomic_load(&num_turns);
}

void host_locks_check_none(const char *when)
{
	if (count)
		host_violation("M3: lock %p (%s) held %s",
			       (const void *)held[0].lock,
			       rank_name(held[0].rank), when);
	if (my_turn)
		host_violation("M3: turn %p not passed on %s", (void *)my_turn, when);
}

bool host_locks_any(void)
{
	return count != 0;
}

/* After a caught panic: the machine is rebooted before anything else. */
void host_locks_drop(void)
{
	count = 0;
	if (my_turn)
		hal_turn_pass(my_turn);
}
