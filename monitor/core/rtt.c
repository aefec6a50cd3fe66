/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/rtt.h"

#include "hal/memory.h"

/* A realm is the first thing in its RD granule. */
static struct rd_page *rd_page_of(const struct realm *r)
{
	static_assert(offsetof(struct rd_page, realm) == 0, "see above");
	return (struct rd_page *)(uintptr_t)r;
}

/* The root entry that covers a. See realm.h for where roots live. */
static void walk_root(const struct realm *r, ipa_t a, struct rtt_walk *w)
{
	uint64_t n = a.v >> rtt_level_shift(r->cfg.start_level);

	w->ipa = a;
	w->level = r->cfg.start_level;
	w->index = (unsigned int)(n % RTT_ENTRIES);
	w->root = r->root[n / RTT_ENTRIES];
	w->table = spa(0);
	if (r->cfg.num_roots == 1 && realm_is_protected(r, a))
		w->entry = &rd_page_of(r)->roots[n];
	else
		w->entry = (rtte_t *)granule_page(w->root) + w->index;
}

static void walk_down(struct rtt_walk *w)
{
	w->table = spa(rtte_addr(*w->entry));
	w->level++;
	w->index = (unsigned int)((w->ipa.v >> rtt_level_shift(w->level)) % RTT_ENTRIES);
	w->entry = (rtte_t *)hal_pool_va(w->table) + w->index;
}

void rtt_walk(const struct realm *r, ipa_t a, int to_level, struct rtt_walk *w)
{
	CHECK(realm_has_ipa(r, a));
	walk_root(r, a, w);
	while (w->level < to_level && rtt_walk_is_table(w))
		walk_down(w);
}

/* Not done by the walk: it costs more than a level, and most walks only look. */
struct granule *rtt_walk_table(const struct rtt_walk *w)
{
	return w->table.v == 0 ? w->root : granule_of_spa(w->table);
}

bool rtt_walk_next(const struct realm *r, struct rtt_walk *w)
{
	uint64_t next = rtt_entry_base(w) + rtt_level_span(w->level);

	if (w->index + 1 == RTT_ENTRIES || !realm_has_ipa(r, ipa(next)))
		return false;
	if (w->level == r->cfg.start_level) {
		walk_root(r, ipa(next), w);
		return true;
	}
	w->ipa = ipa(next);
	w->index++;
	w->entry++;
	return true;
}

/* Being live is having one of some bits, so eight entries can be asked at once. */
static bool any_is_live(const rtte_t e[8])
{
	return rtte_is_live(e[0] | e[1] | e[2] | e[3] | e[4] | e[5] | e[6] | e[7]);
}

/* From i on; RTT_ENTRIES if there is none. */
static unsigned int next_live(const rtte_t *table, unsigned int i)
{
	for (; i % 8 != 0; i++) {
		if (rtte_is_live(table[i]))
			return i;
	}
	while (i < RTT_ENTRIES && !any_is_live(&table[i]))
		i += 8;
	while (i < RTT_ENTRIES && !rtte_is_live(table[i]))
		i++;
	return i;
}

/* Entries of a root are not all in one place, and the IPA space may end among them. */
static uint64_t skip_in_root(const struct realm *r, const struct rtt_walk *from,
			     uint64_t table_base)
{
	struct rtt_walk w = *from;

	while (rtt_walk_next(r, &w)) {
		if (rtte_is_live(*w.entry))
			return w.ipa.v;
	}
	return table_base + RTT_ENTRIES * rtt_level_span(from->level);
}

/* @rule RTT.top */
uint64_t rtt_skip_non_live(const struct realm *r, const struct rtt_walk *from)
{
	uint64_t span = rtt_level_span(from->level);
	uint64_t table_base = rtt_entry_base(from) - from->index * span;

	if (rtte_is_live(*from->entry))
		return from->ipa.v;
	if (from->level == r->cfg.start_level)
		return skip_in_root(r, from, table_base);
	return table_base + next_live(from->entry - from->index, from->index) * span;
}

void rtt_assign(const struct rtt_walk *w, struct granule_locked data,
		enum ripas ripas)
{
	granule_set_state(data, GS_DATA);
	/* nothing of the page's last owner is left in an instruction cache */
	hal_page_sync(granule_page(data.g));
	granule_get(rtt_walk_table(w));
	rtte_write(w->entry, rtte_assigned(granule_spa(data.g), ripas, w->level));
	hal_stage2_publish();
}

/* @rule RIPAS.data_destroy: the realm must notice that RAM is lost, not read zeros. */
static enum ripas ripas_after_unassign(enum ripas ripas)
{
	return ripas == RIPAS_RAM ? RIPAS_DESTROYED : ripas;
}

struct granule *rtt_unassign(const struct realm *r, const struct rtt_walk *w)
{
	rtte_t old = *w->entry;
	struct granule_locked data =
		granule_lock_child(granule_of_spa(spa(rtte_addr(old))), GS_DATA);

	rtte_write(w->entry, rtte_unassigned(ripas_after_unassign(rtte_ripas(old))));
	/* @rule RTT.tlb */
	if (rtte_is_valid(old))
		hal_stage2_invalidate(&r->s2, ipa(rtt_entry_base(w)),
				      rtt_level_span(w->level), true);
	granule_put(rtt_walk_table(w));
	granule_release(data);
	granule_unlock(data);
	return data.g;
}

void rtt_map_unprotected(const struct rtt_walk *w, uint64_t host_bits)
{
	/* no reference to the table: @rule RTT.ns_not_live */
	rtte_write(w->entry, rtte_assigned_ns(host_bits, w->level));
	hal_stage2_publish();
}

void rtt_unmap_unprotected(const struct realm *r, const struct rtt_walk *w)
{
	rtte_write(w->entry, 0);
	hal_stage2_invalidate(&r->s2, ipa(rtt_entry_base(w)),
			      rtt_level_span(w->level), false);
}

bool rtt_set_ripas(const struct rtt_walk *w, enum ripas ripas)
{
	rtte_t old = *w->entry;
	rtte_t new = rtte_unassigned(ripas);

	if (rtte_is_assigned(old))
		new = rtte_assigned(spa(rtte_addr(old)), ripas, w->level);
	rtte_write(w->entry, new);
	if (rtte_is_valid(new))
		hal_stage2_publish();
	return rtte_is_valid(old) && !rtte_is_valid(new);
}

void rtt_hide(const struct realm *r, uint64_t base, uint64_t top)
{
	hal_stage2_invalidate(&r->s2, ipa(base), top - base, true);
}

void rtt_look_up(const struct realm *r, ipa_t a, struct rtt_page *p)
{
	struct rtt_walk w;
	rtte_t e;

	rtt_walk(r, a, RTT_PAGE_LEVEL, &w);
	e = *w.entry;
	p->is_protected = realm_is_protected(r, a);
	p->level = w.level;
	p->is_assigned = rtte_is_assigned(e);
	p->ripas = p->is_protected ? rtte_ripas(e) : RIPAS_EMPTY;
	p->va = NULL;
	if (p->is_protected && rtte_is_valid(e)) {
		uint64_t offset = a.v & (rtt_level_span(w.level) - 1);

		p->va = hal_pool_va(spa(rtte_addr(e) + align_down(offset, PAGE_SIZE)));
	}
}
