/* SPDX-License-Identifier: BSD-3-Clause */
#include "host/granule.h"
#include "host/test.h"

/* Memory is handed out upwards and all of it comes back after each test. */
struct arena {
	uint64_t base, pages, next;
};

static struct arena ns = { DRAM_BASE + 0x30000000, 0x8000, 0 };
static struct arena shadow = { DRAM_BASE + 0x40000000, 0x40000, 0 };
static struct arena pool;
static enum source source;

static struct arena *current(void)
{
	return source == SOURCE_POOL ? &pool : &shadow;
}

void granule_setup(void)
{
	struct answer a = RMI(TMM_POOL_INFO, 0);

	pool.base = a.x[1];
	pool.pages = a.x[2] / PAGE;
}

void granule_use(enum source s)
{
	source = s;
}

enum source granule_source(void)
{
	return source;
}

static uint64_t arena_take(struct arena *a, uint64_t n, uint64_t align)
{
	uint64_t pa = (a->base + a->next * PAGE + align - 1) & ~(align - 1);

	a->next = (pa - a->base) / PAGE + n;
	ASSERT(a->next <= a->pages);
	return pa;
}

uint64_t granule_take_run(uint64_t n, uint64_t align)
{
	return arena_take(current(), n, align);
}

uint64_t granule_take(void)
{
	return granule_take_run(1, PAGE);
}

static bool delegate_run(uint64_t pa, uint64_t n)
{
	uint64_t i;

	for (i = 0; i < n; i++)
		if (RMI_STATUS_OF(RMI_GRANULE_DELEGATE, pa + i * PAGE))
			break;
	if (i == n)
		return true;
	while (i--)
		RMI(RMI_GRANULE_UNDELEGATE, pa + i * PAGE);
	return false;
}

/* Pages that the monitor took out of the pool for shadow are refused: go on. */
uint64_t granule_new_run(uint64_t n, uint64_t align)
{
	unsigned int attempt;

	for (attempt = 0; attempt < 16; attempt++) {
		uint64_t pa = granule_take_run(n, align);

		if (delegate_run(pa, n))
			return pa;
	}
	ASSERT(!"a granule can be delegated");
	return 0;
}

uint64_t granule_new(void)
{
	return granule_new_run(1, PAGE);
}

void *ns_pages(uint64_t n, uint64_t align)
{
	void *p = (void *)arena_take(&ns, n, align);

	return memset(p, 0, n * PAGE);
}

void *ns_page(void)
{
	return ns_pages(1, PAGE);
}

uint64_t pool_base(void)
{
	return pool.base;
}

uint64_t pool_size(void)
{
	return pool.pages * PAGE;
}

uint64_t pool_free(void)
{
	struct answer v = RMI(TMM_VERSION);
	uint64_t sum = 0, i;

	for (i = 0; !v.x[0] && i < v.x[3]; i++)
		sum += RMI(TMM_POOL_INFO, i).x[4];
	return sum;
}

/*
 * The ledger: realms and RECs that were created since it was last cleared,
 * whether or not they still exist. Delegated granules need no list: all that
 * the arenas gave out are tried.
 */
#define LEDGER_REALMS	64
#define LEDGER_RECS	1100

static struct {
	unsigned int lock;
	unsigned int realms, recs;
	struct {
		uint64_t rd;
		struct geometry g;
	} realm[LEDGER_REALMS];
	uint64_t rec[LEDGER_RECS];
} ledger;

static void note_realm(uint64_t rd, uint64_t params)
{
	const struct rmi_realm_params *p = (const void *)params;
	unsigned int i;

	for (i = 0; i < ledger.realms && ledger.realm[i].rd != rd; i++)
		;
	if (i == LEDGER_REALMS)
		return;
	ledger.realm[i].rd = rd;
	ledger.realm[i].g = (struct geometry){
		p->s2sz, (int8_t)p->rtt_level_start, (uint8_t)p->rtt_num_start };
	if (i == ledger.realms)
		ledger.realms++;
}

static void note_rec(uint64_t rec)
{
	unsigned int i;

	for (i = 0; i < ledger.recs && ledger.rec[i] != rec; i++)
		;
	if (i == LEDGER_RECS)
		return;
	ledger.rec[i] = rec;
	if (i == ledger.recs)
		ledger.recs++;
}

void ledger_note(const struct call *c, const struct answer *a)
{
	if (a->x[0] != RMI_SUCCESS ||
	    (c->fid != RMI_REALM_CREATE && c->fid != RMI_REC_CREATE))
		return;
	while (__atomic_exchange_n(&ledger.lock, 1, __ATOMIC_ACQUIRE))
		cpu_relax();
	if (c->fid == RMI_REALM_CREATE)
		note_realm(c->x[0], c->x[1]);
	else
		note_rec(c->x[1]);
	__atomic_store_n(&ledger.lock, 0, __ATOMIC_RELEASE);
}

static void undelegate_all(struct arena *a)
{
	uint64_t i;

	for (i = 0; i < a->next && i < a->pages; i++)
		RMI(RMI_GRANULE_UNDELEGATE, a->base + i * PAGE);
	a->next = 0;
}

/* Most of these fail, and are meant to: the test has cleaned up itself. */
void ledger_clear(void)
{
	while (ledger.recs)
		RMI(RMI_REC_DESTROY, ledger.rec[--ledger.recs]);
	while (ledger.realms) {
		ledger.realms--;
		realm_teardown(ledger.realm[ledger.realms].rd,
			       ledger.realm[ledger.realms].g);
	}
	undelegate_all(&pool);
	undelegate_all(&shadow);
	ns.next = 0;
}

/*
 * Teardown, as a host does it: no list of what is mapped, only the `top`
 * outputs, which say where the next live entry is.
 */
uint64_t level_span(int64_t level)
{
	return 1UL << (12 + 9 * (3 - level));
}

static uint64_t unfold_block(uint64_t rd, uint64_t ipa)
{
	struct answer e;
	int64_t level;

	for (level = 1; level < 3; level++) {
		uint64_t base = ipa & ~(level_span(level) - 1);

		e = RMI(RMI_RTT_READ_ENTRY, rd, base, (uint64_t)level);
		if (!e.x[0] && e.x[1] == (uint64_t)level &&
		    e.x[2] == RMI_RTTE_ASSIGNED)
			return RMI_STATUS_OF(RMI_RTT_CREATE, rd, granule_new(),
					     base, (uint64_t)level + 1);
	}
	return RMI_ERROR_INPUT;
}

/* The call walked the tree, so that its `top` counts. */
static bool has_top(const struct answer *a)
{
	return a->x[0] == RMI_SUCCESS || RMI_STATUS(a->x[0]) == RMI_ERROR_RTT;
}

static void strip_data(uint64_t rd, uint64_t end)
{
	uint64_t ipa = 0;

	while (ipa < end) {
		struct answer a = RMI(RMI_DATA_DESTROY, rd, ipa);

		if (!has_top(&a))
			return;
		if (a.x[2] == ipa && unfold_block(rd, ipa))
			return;
		ipa = a.x[2];
	}
}

static void strip_tables(uint64_t rd, struct geometry g, int64_t level)
{
	uint64_t ipa = 0, end = 1UL << g.width;

	while (ipa < end) {
		struct answer a = RMI(RMI_RTT_DESTROY, rd, ipa, (uint64_t)level);

		if (!has_top(&a))
			return;
		ipa = a.x[2] > ipa ? a.x[2] : ipa + level_span(level - 1);
	}
}

void realm_strip(uint64_t rd, struct geometry g)
{
	int64_t level;

	strip_data(rd, 1UL << (g.width - 1));
	for (level = 3; level > g.start; level--)
		strip_tables(rd, g, level);
}

void realm_teardown(uint64_t rd, struct geometry g)
{
	if (!RMI_STATUS_OF(RMI_REALM_DESTROY, rd))
		return;
	realm_strip(rd, g);
	RMI(RMI_REALM_DESTROY, rd);
}
