/* SPDX-License-Identifier: BSD-3-Clause */
/* GRANULE_DELEGATE, GRANULE_UNDELEGATE, pool and shadow (rmm-abi.md 5, 7.3, 7.4). */
#include "abi/vendor.h"
#include "scene.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

static bool is_filled(const void *p, unsigned char byte)
{
	const unsigned char *c = p;

	for (size_t i = 0; i < PAGE_SIZE; i++)
		if (c[i] != byte)
			return false;
	return true;
}

/* Refusals */

static void setup_delegate(struct scene *s)
{
	s->call = CALL(RMI_GRANULE_DELEGATE, idle_page());
}

static void setup_undelegate(struct scene *s)
{
	s->call = CALL(RMI_GRANULE_UNDELEGATE, delegated());
}

/* @test GRANULE_DELEGATE.{gran_align,gran_bound,gran_state} */
static const struct pointer delegate_pointers[] = {
	{ "GRANULE_DELEGATE.gran_align", "GRANULE_DELEGATE.gran_bound",
	  "GRANULE_DELEGATE.gran_state", arg1, GS_UNDELEGATED },
};

/* Secure memory that is not of the pool. @test GRANULE_DELEGATE.gran_gpt */
static void secure_but_no_pool(struct scene *s)
{
	s->call.x[1] = host_machine_default.secure[0].base;
}

static const struct refusal delegate_refusals[] = {
	{ "GRANULE_DELEGATE.gran_gpt", IN_CALL, secure_but_no_pool, RMI_ERROR_INPUT, NULL },
};

/* @test GRANULE_UNDELEGATE.{gran_align,gran_bound,gran_state} */
static const struct pointer undelegate_pointers[] = {
	{ "GRANULE_UNDELEGATE.gran_align", "GRANULE_UNDELEGATE.gran_bound",
	  "GRANULE_UNDELEGATE.gran_state", arg1, GS_DELEGATED },
};

static const struct command commands[] = {
	{ .setup = setup_delegate,
	  .pointers = delegate_pointers, .num_pointers = COUNT_OF(delegate_pointers),
	  .refusals = delegate_refusals, .num_refusals = COUNT_OF(delegate_refusals) },
	{ .setup = setup_undelegate,
	  .pointers = undelegate_pointers,
	  .num_pointers = COUNT_OF(undelegate_pointers) },
};

/* Effects */

/* @test GRANULE_DELEGATE.success, GRANULE_UNDELEGATE.success */
static void round_trip(const void *arg)
{
	uint64_t pages[] = { pool_page(), ns_page() };

	(void)arg;
	memset(host_ns(pa(pages[1])), 0x5a, PAGE_SIZE);
	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		MUST(RMI_GRANULE_DELEGATE, pages[i]);
		EXPECT_EQ(state_of(pages[i]), GS_DELEGATED);
		EXPECT(is_filled(content_of(pages[i]), 0));
		MUST(RMI_GRANULE_UNDELEGATE, pages[i]);
		EXPECT_EQ(state_of(pages[i]), GS_UNDELEGATED);
	}
	/* wiped, though the realm's content was never there */
	EXPECT(is_filled(host_ns(pa(pages[1])), 0));
}

/* A DRAM page that cannot be wiped stays DELEGATED and can be tried again. */
static void undelegate_refused_by_bus(const void *arg)
{
	uint64_t page = ns_page();
	struct world_print before;

	(void)arg;
	MUST(RMI_GRANULE_DELEGATE, page);
	before = world_print();
	host_ns_fail_at(1);
	EXPECT_EQ(RMI(RMI_GRANULE_UNDELEGATE, page).x[0], RMI_ERROR_INPUT);
	EXPECT_EQ(world_print().secure, before.secure);
	EXPECT_EQ(state_of(page), GS_DELEGATED);
	MUST(RMI_GRANULE_UNDELEGATE, page);
}

static uint64_t free_pages(void)
{
	uint64_t pools = MUST(TMM_VERSION).x[3], sum = 0;

	for (uint64_t i = 0; i < pools; i++)
		sum += MUST(TMM_POOL_INFO, i).x[4];
	return sum;
}

/* A page behind DRAM is out of the host's reach, and the two never collide. */
static void shadow_and_pool_never_collide(const void *arg)
{
	uint64_t total = free_pages(), dram = ns_page(), shadow;
	struct granule *g = granule_find(pa(dram));

	(void)arg;
	MUST(RMI_GRANULE_DELEGATE, dram);
	EXPECT_EQ(free_pages(), total - 1);
	shadow = granule_spa(g).v;
	EXPECT_EQ(state_of(shadow), GS_SHADOW);
	EXPECT_EQ(RMI(RMI_GRANULE_DELEGATE, shadow).x[0], RMI_ERROR_INPUT);
	EXPECT_EQ(RMI(RMI_GRANULE_UNDELEGATE, shadow).x[0], RMI_ERROR_INPUT);
	MUST(RMI_GRANULE_UNDELEGATE, dram);
	EXPECT_EQ(free_pages(), total);
	MUST(RMI_GRANULE_DELEGATE, shadow);
	EXPECT(is_filled(content_of(shadow), 0));
}

/* Delegates DRAM until the pool is empty; the number of pages. */
static unsigned int fill_pool(uint64_t *first)
{
	uint64_t base = dram_run(1, PAGE_SIZE);
	unsigned int n = 0;

	*first = base;
	while (RMI(RMI_GRANULE_DELEGATE, base).x[0] == RMI_SUCCESS) {
		n++;
		base = dram_run(1, PAGE_SIZE);
	}
	EXPECT_EQ(state_of(base), GS_UNDELEGATED);
	return n;
}

/*
 * Empty pool: an error, nothing changed, and work goes on afterwards.
 * @test GRANULE_DELEGATE.no_backing
 */
static void empty_pool(const void *arg)
{
	uint64_t total = free_pages(), keep = total, used, first, page;
	uint64_t lowest = pool_page();
	struct world_print before;

	(void)arg;
	world_check_laws(false);
	MUST(RMI_GRANULE_DELEGATE, lowest);
	for (keep--; keep > 700; keep--)
		MUST(RMI_GRANULE_DELEGATE, pool_page());
	used = fill_pool(&first);
	world_check_laws(true);
	EXPECT_EQ(used, keep);
	EXPECT_EQ(free_pages(), 0);

	page = ns_page();
	before = world_print();
	EXPECT_EQ(RMI(RMI_GRANULE_DELEGATE, page).x[0], RMI_ERROR_INPUT);
	EXPECT_EQ(world_print().secure, before.secure);
	EXPECT_EQ(world_print().ns, before.ns);

	/* where the search begins, and where it ends */
	MUST(RMI_GRANULE_UNDELEGATE, first);
	MUST(RMI_GRANULE_DELEGATE, page);
	MUST(RMI_GRANULE_UNDELEGATE, lowest);
	MUST(RMI_GRANULE_DELEGATE, ns_page());
	EXPECT_EQ(free_pages(), 0);
}

/* Pages of one 2 MiB region of DRAM lie in one chunk, each at its own offset. */
static void shadow_keeps_regions_together(const void *arg)
{
	uint64_t base = dram_run(512, BLOCK_SIZE);
	uint64_t first;

	(void)arg;
	world_check_laws(false);
	for (unsigned int i = 0; i < 512; i++)
		MUST(RMI_GRANULE_DELEGATE, base + (511 - i) * PAGE_SIZE);
	world_check_laws(true);
	first = granule_spa(granule_find(pa(base))).v;
	EXPECT(is_aligned(first, BLOCK_SIZE));
	for (unsigned int i = 0; i < 512; i++)
		EXPECT_EQ(granule_spa(granule_find(pa(base + i * PAGE_SIZE))).v,
			  first + i * PAGE_SIZE);
}

#define WAITERS	4

static struct {
	uint64_t rd;
	_Atomic unsigned int served;
	unsigned int order[WAITERS];	/* when each got the lock */
} queue;

static void *wait_for_rd(void *arg)
{
	unsigned int self = (unsigned int)(uintptr_t)arg;
	struct granule_req rd = { .pa = pa(queue.rd), .want = GS_RD };

	host_cpu_set(self + 1);
	if (self % 2 == 0) {
		EXPECT(granules_lock(&rd, 1));
	} else {
		rd.got = granule_lock_rd(granule_find(pa(queue.rd)));
	}
	queue.order[self] = atomic_fetch_add(&queue.served, 1);
	granules_unlock(&rd, 1);
	return NULL;
}

/* A realm's vCPUs cannot keep a call of the host from their RD, nor each other. */
static void rd_is_had_in_turn(const void *arg)
{
	struct granule_req rd = { .want = GS_RD };
	pthread_t threads[WAITERS];
	struct realm_under_test r;

	(void)arg;
	make_realm(&r, 5);
	queue.rd = r.rd;
	queue.served = 0;
	rd.pa = pa(r.rd);
	EXPECT(granules_lock(&rd, 1));
	EXPECT_EQ(host_turns(), 0);
	for (uintptr_t i = 0; i < WAITERS; i++) {
		EXPECT(pthread_create(&threads[i], NULL, wait_for_rd, (void *)i) == 0);
		for (unsigned int n = 0; host_turns() != i + 1; n++) {
			EXPECT(n < 1000000);
			sched_yield();
		}
	}
	granules_unlock(&rd, 1);
	for (unsigned int i = 0; i < WAITERS; i++)
		pthread_join(threads[i], NULL);
	for (unsigned int i = 0; i < WAITERS; i++)
		EXPECT_EQ(queue.order[i], i);
}

static const struct unit_test effects[] = {
	{ "an RD is had in turn", rd_is_had_in_turn, NULL },
	{ "delegate and undelegate", round_trip, NULL },
	{ "undelegate refused by the bus", undelegate_refused_by_bus, NULL },
	{ "shadow and pool never collide", shadow_and_pool_never_collide, NULL },
	{ "empty pool", empty_pool, NULL },
	{ "shadow keeps regions together", shadow_keeps_regions_together, NULL },
};

void suite_granule(void)
{
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		scene_add(&commands[i]);
	UNIT_TESTS(effects);
}
