/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The fake MMU. It reads stage 2 tables as the Arm ARM defines them (D8.3, 4 KiB
 * granule, FEAT_S2FWB, Secure EL1&0), with definitions of its own so that it
 * does not repeat a mistake of core/rtte.h, and it remembers what it read: each
 * leaf and each table pointer is a line of the TLB until it is invalidated.
 *
 * Lines are sorted (VMID, half, IPA, level), the order in which a walk finds
 * them, so that one merge tells what is new and what is stale (M4, M5).
 */
#include "arch/host/private.h"
#include "hal/memory.h"
#include "lib/bits.h"
#include <stdatomic.h>
#include <stdlib.h>

#define MAX_LINES	65536
#define MAX_LIVE	64

#define D_VALID		BIT(0)
#define D_TYPE		BIT(1)
#define D_AF		BIT(10)
#define D_OUT		BITS(47, 12)
#define D_LEAF_ATTRS	(BITS(11, 2) | BITS(63, 48))
/* MemAttr 0b110 (Write-Back by FWB), S2AP read-write, inner shareable, AF */
#define D_PROTECTED	((UINT64_C(6) << 2) | (UINT64_C(3) << 6) | \
			 (UINT64_C(3) << 8) | D_AF)
#define D_XN_MASK	BITS(54, 53)
#define D_XN_ALL	BIT(54)
/* what an unprotected leaf may have beside MemAttr, S2AP and SH */
#define D_UNPROT_FIXED	(D_AF | D_XN_ALL)

struct line {
	uint16_t vmid;
	bool is_prot;
	bool is_table;
	int level;
	uint64_t base;
	uint64_t desc;
};

struct tlb {
	struct line line[MAX_LINES];
	unsigned int count;
};

struct walk {
	const struct hal_stage2 *s2;
	bool is_prot;
	struct tlb *to;
};

static struct tlb tlb_now, tlb_next;
static struct tlb *now = &tlb_now, *next = &tlb_next;
static _Atomic unsigned int published, invalidated, all_invalidated;
static unsigned int published_at_settle;

void host_boot_stage2(void)
{
	now->count = 0;
	atomic_store(&published, 0);
	atomic_store(&invalidated, 0);
	atomic_store(&all_invalidated, 0);
	published_at_settle = 0;
}

struct host_stage2_count host_stage2_count(void)
{
	return (struct host_stage2_count){
		.publish = atomic_load(&published),
		.invalidate = atomic_load(&invalidated),
		.invalidate_all = atomic_load(&all_invalidated),
	};
}

static unsigned long long ull(uint64_t v)
{
	return v;
}

static unsigned int shift_of(int level)
{
	return (unsigned int)(12 + 9 * (3 - level));
}

static uint64_t span_of(int level)
{
	return UINT64_C(1) << shift_of(level);
}

/* Entries of the root: no concatenation, so at most one full table. */
static unsigned int root_entries(const struct hal_stage2_tree *t)
{
	int bits = t->ipa_width - (int)shift_of(t->start_level);

	if (t->start_level < 0 || t->start_level > 3 || bits < 1 || bits > 9)
		host_violation("M4: no tree starts at level %d with %u bits of IPA",
			       t->start_level, t->ipa_width);
	if (!is_aligned(t->root.v, UINT64_C(8) << bits))
		host_violation("M4: root %#llx is not aligned", ull(t->root.v));
	return 1U << bits;
}

static const _Atomic uint64_t *table_at(uint64_t pa)
{
	unsigned char *page = host_secure_page(pa);

	if (!page)
		host_violation("M4: table at %#llx is not in secure memory", ull(pa));
	return (const _Atomic uint64_t *)(page + pa % PAGE_SIZE);
}

static uint64_t entry(uint64_t table, unsigned int i)
{
	return atomic_load_explicit(&table_at(table)[i], memory_order_relaxed);
}

static bool is_table(uint64_t d, int level)
{
	return level < 3 && (d & D_TYPE);
}

/* Descriptor checks */

static void check_protected_leaf(uint64_t d, int level, uint64_t at)
{
	uint64_t out = d & D_OUT;

	if ((d & D_LEAF_ATTRS) != D_PROTECTED)
		host_violation("M4: protected leaf %#llx at %#llx", ull(d), ull(at));
	for (uint64_t o = 0; o < span_of(level); o += PAGE_SIZE)
		if (!host_is_pool(out + o))
			host_violation("M4: protected IPA %#llx shows %#llx, no pool page",
				       ull(at + o), ull(out + o));
}

static void check_unprotected_leaf(uint64_t d, uint64_t at)
{
	uint64_t memattr = field(d, 4, 2);
	uint64_t sh = memattr == 5 ? 2 : 3;	/* NC: outer, else inner */

	if ((d & (D_AF | D_XN_MASK)) != D_UNPROT_FIXED || (d & BIT(5)) ||
	    (d & (BIT(11) | BITS(63, 55) | BITS(52, 48))) ||
	    memattr == 4 || field(d, 9, 8) != sh)
		host_violation("M4: unprotected leaf %#llx at %#llx", ull(d), ull(at));
}

static void check_leaf(const struct walk *w, uint64_t d, int level, uint64_t at)
{
	uint64_t half = UINT64_C(1) << (w->s2->unprot.ipa_width - 1);

	if (level == 0 || (level == 3) != ((d & D_TYPE) != 0))
		host_violation("M4: reserved descriptor %#llx at level %d", ull(d), level);
	if (!is_aligned(d & D_OUT, span_of(level)))
		host_violation("M4: block %#llx at level %d is not aligned", ull(d), level);
	if ((at < half) != w->is_prot)
		host_violation("I4: IPA %#llx is mapped in the tree of the other half",
			       ull(at));
	if (w->is_prot)
		check_protected_leaf(d, level, at);
	else
		check_unprotected_leaf(d, at);
}

/* Filling the TLB */

static void add(const struct walk *w, uint64_t d, int level, uint64_t at, bool table)
{
	if (w->to->count == MAX_LINES)
		host_violation("test: too many translations for the fake TLB");
	w->to->line[w->to->count++] = (struct line){
		.vmid = w->s2->vmid, .is_prot = w->is_prot, .is_table = table,
		.level = level, .base = at, .desc = d,
	};
}

static void walk_table(const struct walk *w, uint64_t table, unsigned int entries,
		       int level, uint64_t base)
{
	for (unsigned int i = 0; i < entries; i++) {
		uint64_t d = entry(table, i);
		uint64_t at = base + i * span_of(level);

		if (!(d & D_VALID))
			continue;
		add(w, d, level, at, is_table(d, level));
		if (!is_table(d, level)) {
			check_leaf(w, d, level, at);
			continue;
		}
		if (d & ~(D_OUT | D_VALID | D_TYPE))
			host_violation("M4: table descriptor %#llx", ull(d));
		walk_table(w, d & D_OUT, 512, level + 1, at);
	}
}

static void walk_tree(const struct hal_stage2 *s2, bool is_prot, struct tlb *to)
{
	const struct hal_stage2_tree *t = is_prot ? &s2->prot : &s2->unprot;
	const struct walk w = { .s2 = s2, .is_prot = is_prot, .to = to };

	walk_table(&w, t->root.v, root_entries(t), t->start_level, 0);
}

struct host_leaf host_stage2_walk(const struct hal_stage2_tree *t, uint64_t at)
{
	struct host_leaf r = { .level = t->start_level };
	uint64_t table = t->root.v;
	unsigned int mask = root_entries(t) - 1;

	if (at >> t->ipa_width)
		return r;
	for (;; r.level++, mask = 511) {
		r.desc = entry(table, (unsigned int)(at >> shift_of(r.level)) & mask);
		if (!(r.desc & D_VALID))
			return r;
		if (!is_table(r.desc, r.level))
			break;
		table = r.desc & D_OUT;
	}
	r.valid = true;
	r.out = (r.desc & D_OUT) + (at & (span_of(r.level) - 1));
	return r;
}

/* Comparing what was cached with what is true */

/* Sort key order: VMID, protected first, IPA, level. */
static int compare(const struct line *a, const struct line *b)
{
	if (a->vmid != b->vmid)
		return a->vmid < b->vmid ? -1 : 1;
	if (a->is_prot != b->is_prot)
		return a->is_prot ? -1 : 1;
	if (a->base != b->base)
		return a->base < b->base ? -1 : 1;
	return a->level - b->level;
}

static void stale(const struct line *l)
{
	host_violation("M4: VMID %u may still hold %s %#llx for %s IPA %#llx at level %d",
		       l->vmid, l->is_table ? "table" : "leaf", ull(l->desc),
		       l->is_prot ? "protected" : "unprotected", ull(l->base), l->level);
}

static void check_new(const struct line *l)
{
	uint64_t out = l->desc & D_OUT;

	if (atomic_load(&published) == published_at_settle)
		host_violation("M5: entry for IPA %#llx was never published", ull(l->base));
	if (l->is_table || !l->is_prot)
		return;
	for (uint64_t o = 0; o < span_of(l->level); o += PAGE_SIZE) {
		const void *page = host_secure_page(out + o);

		if (!host_page_is_synced(page))
			host_violation("M5: page %#llx for IPA %#llx is not synced",
				       ull(out + o), ull(l->base + o));
		host_page_seen(page);
	}
}

static int by_vmid(const void *a, const void *b)
{
	const struct hal_stage2 *const *x = a, *const *y = b;

	return (int)(*x)->vmid - (int)(*y)->vmid;
}

static void walk_all(const struct hal_stage2 *live, unsigned int count)
{
	const struct hal_stage2 *sorted[MAX_LIVE];

	if (count > MAX_LIVE)
		host_violation("test: more than %d live realms", MAX_LIVE);
	for (unsigned int i = 0; i < count; i++)
		sorted[i] = &live[i];
	if (count)
		qsort(sorted, count, sizeof(*sorted), by_vmid);
	next->count = 0;
	for (unsigned int i = 0; i < count; i++) {
		if (i && sorted[i]->vmid == sorted[i - 1]->vmid)
			host_violation("M4: VMID %u has two owners", sorted[i]->vmid);
		walk_tree(sorted[i], true, next);
		walk_tree(sorted[i], false, next);
	}
}

void host_tlb_settle(const struct hal_stage2 *live, unsigned int count)
{
	unsigned int o = 0;
	struct tlb *old = now;

	walk_all(live, count);
	for (unsigned int n = 0; n < next->count; n++) {
		const struct line *l = &next->line[n];

		if (o < old->count && compare(&old->line[o], l) < 0)
			stale(&old->line[o]);
		if (o == old->count || compare(&old->line[o], l) > 0) {
			check_new(l);
			continue;
		}
		if (old->line[o].desc != l->desc)
			stale(&old->line[o]);
		o++;
	}
	if (o < old->count)
		stale(&old->line[o]);
	now = next;
	next = old;
	published_at_settle = atomic_load(&published);
}

void host_tlb_check_unused(const void *page)
{
	uint64_t pa = host_pool_pa(page);

	for (unsigned int i = 0; i < now->count; i++) {
		const struct line *l = &now->line[i];
		uint64_t size = l->is_table ? PAGE_SIZE : span_of(l->level);

		if ((l->is_table || l->is_prot) && pa - (l->desc & D_OUT) < size)
			stale(l);
	}
}

/* hal/stage2.h */

void hal_stage2_publish(void)
{
	atomic_fetch_add(&published, 1);
}

static void forget(bool (*gone)(const struct line *l, const void *arg), const void *arg)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < now->count; i++) {
		if (gone(&now->line[i], arg))
			continue;
		if (kept != i)
			now->line[kept] = now->line[i];
		kept++;
	}
	if (kept != now->count)
		now->count = kept;
}

struct inval {
	const struct hal_stage2 *s2;
	uint64_t base, size;
	bool is_prot;
};

static bool is_in_range(const struct line *l, const void *arg)
{
	const struct inval *v = arg;
	const struct hal_stage2_tree *t;
	struct host_leaf is;

	if (l->is_table || l->vmid != v->s2->vmid || l->is_prot != v->is_prot ||
	    l->base >= v->base + v->size || l->base + span_of(l->level) <= v->base)
		return false;
	t = v->is_prot ? &v->s2->prot : &v->s2->unprot;
	is = host_stage2_walk(t, l->base);
	if (is.valid && is.level == l->level)
		host_violation("M4: IPA %#llx invalidated while its entry is valid",
			       ull(l->base));
	return true;
}

void hal_stage2_invalidate(const struct hal_stage2 *s2, ipa_t base, uint64_t size,
			   bool is_protected)
{
	const struct inval v = { .s2 = s2, .base = base.v, .size = size,
				 .is_prot = is_protected };

	if (!is_aligned(base.v, PAGE_SIZE) || size == 0 || !is_aligned(size, PAGE_SIZE))
		host_violation("M4: invalidate of %#llx bytes at %#llx", ull(size),
			       ull(base.v));
	if ((base.v >> (s2->unprot.ipa_width - 1) == 0) != is_protected)
		host_violation("M4: invalidate of %#llx in the wrong half", ull(base.v));
	atomic_fetch_add(&published, 1);
	atomic_fetch_add(&invalidated, 1);
	forget(is_in_range, &v);
}

static bool has_vmid(const struct line *l, const void *arg)
{
	const struct hal_stage2 *s2 = arg;

	return l->vmid == s2->vmid;
}

void hal_stage2_invalidate_all(const struct hal_stage2 *s2)
{
	atomic_fetch_add(&published, 1);
	atomic_fetch_add(&all_invalidated, 1);
	forget(has_vmid, s2);
}
