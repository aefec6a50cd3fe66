/* SPDX-License-Identifier: BSD-3-Clause */
#include "model.h"

#include <string.h>

#define EMPTY		RMI_RIPAS_EMPTY
#define RAM		RMI_RIPAS_RAM
#define DESTROYED	RMI_RIPAS_DESTROYED
#define PA_BITS		44

static uint64_t span(int level)
{
	return UINT64_C(1) << (12 + 9 * (3 - level));
}

static bool aligned(uint64_t v, uint64_t to)
{
	return v % to == 0;
}

/* Answers */

static void fail(struct m_answer *a, bool condition, uint64_t status)
{
	if (condition)
		a->status[a->num_status++] = status;
}

static bool ok(const struct m_answer *a)
{
	return a->num_status == 0;
}

/* Granules */

void model_init(struct model *m)
{
	memset(m, 0, sizeof(*m));
}

void model_add_page(struct model *m, uint64_t pa, bool is_dram)
{
	EXPECT(m->num_pages < MODEL_PAGES);
	m->page[m->num_pages++] = (struct m_page){ pa, is_dram, M_UNDELEGATED };
}

static struct m_page *page_of(const struct model *m, uint64_t pa)
{
	for (unsigned int i = 0; i < m->num_pages; i++)
		if (m->page[i].pa == pa)
			return (struct m_page *)&m->page[i];
	return NULL;
}

enum m_state model_state(const struct model *m, uint64_t pa)
{
	const struct m_page *p = page_of(m, pa);

	return p ? p->state : M_NOWHERE;
}

static void set_state(const struct model *m, uint64_t pa, enum m_state to)
{
	page_of(m, pa)->state = to;
}

/* NSPTR: normal memory that is not delegated */
static bool is_ns(const struct model *m, uint64_t pa)
{
	const struct m_page *p = page_of(m, pa);

	return p && p->is_dram && p->state == M_UNDELEGATED;
}

struct m_realm *model_realm(struct model *m, uint64_t rd)
{
	for (unsigned int i = 0; i < MODEL_REALMS; i++)
		if (m->realm[i].rd && m->realm[i].rd == rd)
			return &m->realm[i];
	return NULL;
}

static struct m_rec *rec_of(struct model *m, uint64_t pa)
{
	for (unsigned int i = 0; i < MODEL_RECS; i++)
		if (m->rec[i].pa && m->rec[i].pa == pa)
			return &m->rec[i];
	return NULL;
}

/* Tables */

static uint64_t half(const struct m_realm *r)
{
	return UINT64_C(1) << (r->width - 1);
}

static bool is_protected(const struct m_realm *r, uint64_t ipa)
{
	return ipa < half(r);
}

static bool has_ipa(const struct m_realm *r, uint64_t ipa)
{
	return ipa >> r->width == 0;
}

static struct m_table *new_table(struct model *m, uint64_t pa, int level, uint64_t base)
{
	for (unsigned int i = 0; i < MODEL_TABLES; i++) {
		struct m_table *t = &m->table[i];

		if (t->pa)
			continue;
		*t = (struct m_table){ .pa = pa, .level = level, .base = base };
		return t;
	}
	FAIL("the model has too few tables");
}

static struct m_table *walk(struct m_realm *r, uint64_t ipa, int to)
{
	struct m_table *t = r->roots[ipa / (512 * span(r->start))];

	while (t->level < to) {
		struct m_entry *e = &t->entry[ipa / span(t->level) % 512];

		if (e->hipas != M_TABLE)
			break;
		t = e->child;
	}
	return t;
}

static struct m_entry *entry_in(struct m_table *t, uint64_t ipa)
{
	return &t->entry[ipa / span(t->level) % 512];
}

struct m_entry *model_walk(struct m_realm *r, uint64_t ipa, int to, int *level)
{
	struct m_table *t = walk(r, ipa, to);

	*level = t->level;
	return entry_in(t, ipa);
}

/* rmm-abi.md 6.5 */
static uint64_t skip_non_live(const struct m_table *t, uint64_t ipa)
{
	unsigned int i = (unsigned int)(ipa / span(t->level) % 512);

	if (t->entry[i].hipas != M_UNASSIGNED)
		return ipa;
	while (i < 512 && t->entry[i].hipas == M_UNASSIGNED)
		i++;
	return t->base + i * span(t->level);
}

/* An entry that keeps its table alive: all but unprotected mappings. */
static bool keeps_alive(const struct m_realm *r, const struct m_table *t)
{
	for (unsigned int i = 0; i < 512; i++) {
		const struct m_entry *e = &t->entry[i];

		if (e->hipas == M_TABLE || (e->hipas == M_ASSIGNED && is_protected(r, t->base)))
			return true;
	}
	return false;
}

/* Roots that hold both halves at once are split by entry, not by table. */
static bool is_live(const struct m_realm *r)
{
	for (unsigned int i = 0; i < r->num_roots; i++) {
		const struct m_table *t = r->roots[i];

		for (unsigned int k = 0; k < 512; k++) {
			const struct m_entry *e = &t->entry[k];
			uint64_t at = t->base + k * span(t->level);

			if (e->hipas == M_TABLE ||
			    (e->hipas == M_ASSIGNED && is_protected(r, at)))
				return true;
		}
	}
	return r->num_recs != 0;
}

/* GRANULE_DELEGATE, GRANULE_UNDELEGATE */

static void move(struct model *m, uint64_t pa, enum m_state from, enum m_state to,
		 struct m_answer *a)
{
	fail(a, model_state(m, pa) != from, RMI_ERROR_INPUT);
	if (ok(a))
		set_state(m, pa, to);
}

/* Realms */

static unsigned int roots_of(const struct rmi_realm_params *p)
{
	int64_t n;

	if (p->rtt_level_start < 0 || p->rtt_level_start > 2)
		return 0;
	n = p->s2sz - (12 + 9 * (3 - p->rtt_level_start));
	if (n < 1 || n > (p->rtt_level_start == 0 ? 9 : 13))
		return 0;
	return n <= 9 ? 1 : 1U << (n - 9);
}

static bool vmid_used(const struct model *m, uint16_t vmid)
{
	for (unsigned int i = 0; i < MODEL_REALMS; i++)
		if (m->realm[i].rd && m->realm[i].vmid == vmid)
			return true;
	return false;
}

static bool params_bad(const struct model *m, const struct rmi_realm_params *p, uint64_t rd)
{
	unsigned int n = roots_of(p);
	bool bad = p->hash_algo > 1 || (p->flags & RMI_REALM_LPA2) || p->s2sz < 32 ||
		   p->s2sz > PA_BITS || n == 0 || p->rtt_num_start != n ||
		   p->vmid > 255 || vmid_used(m, p->vmid);

	if (bad || !aligned(p->rtt_base, n * PAGE_SIZE))
		return true;
	for (unsigned int i = 0; i < n; i++) {
		uint64_t root = p->rtt_base + i * PAGE_SIZE;

		if (root == rd || model_state(m, root) != M_DELEGATED)
			return true;
	}
	return false;
}

static struct m_realm *free_realm(struct model *m)
{
	for (unsigned int i = 0; i < MODEL_REALMS; i++)
		if (!m->realm[i].rd)
			return &m->realm[i];
	FAIL("the model has too few realms");
}

static void realm_create(struct model *m, const struct call *c, struct m_answer *a)
{
	const struct rmi_realm_params *p;
	struct m_realm *r;

	fail(a, !is_ns(m, c->x[2]), RMI_ERROR_INPUT);
	fail(a, model_state(m, c->x[1]) != M_DELEGATED, RMI_ERROR_INPUT);
	if (!ok(a))
		return;
	p = host_ns(pa(c->x[2]));
	fail(a, params_bad(m, p, c->x[1]), RMI_ERROR_INPUT);
	if (!ok(a))
		return;
	r = free_realm(m);
	*r = (struct m_realm){ .rd = c->x[1], .width = p->s2sz,
			       .start = (int)p->rtt_level_start, .root = p->rtt_base,
			       .num_roots = p->rtt_num_start, .vmid = p->vmid };
	set_state(m, r->rd, M_RD);
	for (unsigned int i = 0; i < r->num_roots; i++) {
		uint64_t root = r->root + i * PAGE_SIZE;

		set_state(m, root, M_RTT);
		r->roots[i] = new_table(m, root, r->start, i * 512 * span(r->start));
	}
}

static void realm_destroy(struct model *m, const struct call *c, struct m_answer *a)
{
	struct m_realm *r = model_realm(m, c->x[1]);

	fail(a, !r, RMI_ERROR_INPUT);
	fail(a, r && is_live(r), RMI_ERROR_REALM);
	if (!ok(a))
		return;
	for (unsigned int i = 0; i < r->num_roots; i++) {
		set_state(m, r->roots[i]->pa, M_DELEGATED);
		r->roots[i]->pa = 0;
	}
	set_state(m, r->rd, M_DELEGATED);
	r->rd = 0;
}

static void realm_activate(struct model *m, const struct call *c, struct m_answer *a)
{
	struct m_realm *r = model_realm(m, c->x[1]);

	fail(a, !r, RMI_ERROR_INPUT);
	fail(a, r && r->state != M_NEW, RMI_ERROR_REALM);
	if (ok(a))
		r->state = M_ACTIVE;
}

static void aux_count(struct model *m, const struct call *c, struct m_answer *a)
{
	fail(a, !model_realm(m, c->x[1]), RMI_ERROR_INPUT);
	a->x[1] = MODEL_AUX;
}

/* RECs */

static bool aux_bad(const struct model *m, const struct rmi_rec_params *p, uint64_t rec)
{
	if (p->num_aux != MODEL_AUX)
		return true;
	for (unsigned int i = 0; i < MODEL_AUX; i++) {
		if (p->aux[i] == rec || model_state(m, p->aux[i]) != M_DELEGATED)
			return true;
		for (unsigned int k = 0; k < i; k++)
			if (p->aux[i] == p->aux[k])
				return true;
	}
	return false;
}

uint64_t model_mpidr(uint64_t index)
{
	return (index & 0xf) | index >> 4 << 8;
}

static struct m_rec *free_rec(struct model *m)
{
	for (unsigned int i = 0; i < MODEL_RECS; i++)
		if (!m->rec[i].pa)
			return &m->rec[i];
	FAIL("the model has too few RECs");
}

static void rec_create(struct model *m, const struct call *c, struct m_answer *a)
{
	struct m_realm *r = model_realm(m, c->x[1]);
	const struct rmi_rec_params *p;
	struct m_rec *rec;

	fail(a, !r, RMI_ERROR_INPUT);
	fail(a, model_state(m, c->x[2]) != M_DELEGATED, RMI_ERROR_INPUT);
	fail(a, !is_ns(m, c->x[3]), RMI_ERROR_INPUT);
	fail(a, r && r->state != M_NEW, RMI_ERROR_REALM);
	if (!is_ns(m, c->x[3]))
		return;
	p = host_ns(pa(c->x[3]));
	fail(a, aux_bad(m, p, c->x[2]), RMI_ERROR_INPUT);
	fail(a, r && p->mpidr != model_mpidr(r->next_rec), RMI_ERROR_INPUT);
	if (!ok(a))
		return;
	rec = free_rec(m);
	*rec = (struct m_rec){ .pa = c->x[2], .realm = r, .index = r->next_rec++,
			       .runnable = p->flags & 1 };
	memcpy(rec->aux, p->aux, sizeof(rec->aux));
	r->num_recs++;
	set_state(m, rec->pa, M_REC);
	for (unsigned int i = 0; i < MODEL_AUX; i++)
		set_state(m, rec->aux[i], M_REC_AUX);
}

static void rec_destroy(struct model *m, const struct call *c, struct m_answer *a)
{
	struct m_rec *rec = rec_of(m, c->x[1]);

	fail(a, !rec, RMI_ERROR_INPUT);
	if (!ok(a))
		return;
	rec->realm->num_recs--;
	set_state(m, rec->pa, M_DELEGATED);
	for (unsigned int i = 0; i < MODEL_AUX; i++)
		set_state(m, rec->aux[i], M_DELEGATED);
	rec->pa = 0;
}

/* DATA */

static void data_create(struct model *m, const struct call *c, bool is_known,
			struct m_answer *a)
{
	struct m_realm *r = model_realm(m, c->x[1]);
	uint64_t at = c->x[3];
	struct m_entry *e;
	int level;

	fail(a, !r, RMI_ERROR_INPUT);
	fail(a, model_state(m, c->x[2]) != M_DELEGATED, RMI_ERROR_INPUT);
	fail(a, is_known && !is_ns(m, c->x[4]), RMI_ERROR_INPUT);
	fail(a, is_known && c->x[5] > 1, RMI_ERROR_INPUT);
	fail(a, is_known && r && r->state != M_NEW, RMI_ERROR_REALM);
	fail(a, !aligned(at, PAGE_SIZE), RMI_ERROR_INPUT);
	fail(a, r && !is_protected(r, at), RMI_ERROR_INPUT);
	if (!r || !is_protected(r, at))
		return;
	e = model_walk(r, at, 3, &level);
	fail(a, level < 3 || e->hipas != M_UNASSIGNED, RTT_ERROR(level));
	if (!ok(a))
		return;
	e->hipas = M_ASSIGNED;
	e->desc = c->x[2];
	if (is_known)
		e->ripas = RAM;
	set_state(m, c->x[2], M_DATA);
}

static void data_destroy(struct model *m, const struct call *c, struct m_answer *a)
{
	struct m_realm *r = model_realm(m, c->x[1]);
	uint64_t at = c->x[2];
	struct m_table *t;
	struct m_entry *e;

	fail(a, !r, RMI_ERROR_INPUT);
	fail(a, !aligned(at, PAGE_SIZE), RMI_ERROR_INPUT);
	fail(a, r && !is_protected(r, at), RMI_ERROR_INPUT);
	if (!r || !is_protected(r, at))
		return;
	t = walk(r, at, 3);
	e = entry_in(t, at);
	a->top_reg = 2;
	fail(a, t->level < 3 || e->hipas != M_ASSIGNED, RTT_ERROR(t->level));
	if (ok(a)) {
		a->x[1] = e->desc;
		set_state(m, e->desc, M_DELEGATED);
		*e = (struct m_entry){ .ripas = e->ripas == RAM ? DESTROYED : e->ripas };
	}
	a->top = a->x[2] = skip_non_live(t, at);
}

/* Tables and unprotected mappings */

/* Bad level or IPA for an entry at `level` of [lowest, 3]. */
static bool args_bad(const struct m_realm *r, uint64_t at, int64_t level, int lowest)
{
	return level < lowest || level > 3 || !aligned(at, span((int)level)) ||
	       !has_ipa(r, at);
}

/* The same for calls that name a table by the level below its entry. */
static bool table_args_bad(const struct m_realm *r, uint64_t at, int64_t level)
{
	return level <= r->start || level > 3 || args_bad(r, at, level - 1, r->start);
}

static void unfold(struct m_table *t, const struct m_entry *from)
{
	for (uint64_t i = 0; i < 512; i++) {
		t->entry[i] = *from;
		if (from->hipas == M_ASSIGNED)
			t->entry[i].desc += i * span(t->level);
	}
}

static void rtt_create(struct model *m, const struct call *c, struct m_answer *a)
{
	struct m_realm *r = model_realm(m, c->x[1]);
	int64_t level = (int64_t)c->x[4];
	struct m_entry *e;
	struct m_table *t;
	int at;

	fail(a, !r, RMI_ERROR_INPUT);
	fail(a, model_state(m, c->x[2]) != M_DELEGATED, RMI_ERROR_INPUT);
	fail(a, r && table_args_bad(r, c->x[3], level), RMI_ERROR_INPUT);
	if (!r || table_args_bad(r, c->x[3], level))
		return;
	e = model_walk(r, c->x[3], (int)level - 1, &at);
	fail(a, at < level - 1 || e->hipas == M_TABLE, RTT_ERROR(at));
	if (!ok(a))
		return;
	t = new_table(m, c->x[2], (int)level, c->x[3]);
	unfold(t, e);
	*e = (struct m_entry){ .hipas = M_TABLE, .desc = t->pa, .child = t };
	set_state(m, t->pa, M_RTT);
}

static void drop_table(struct model *m, struct m_table *t, struct m_answer *a)
{
	a->x[1] = t->pa;
	set_state(m, t->pa, M_DELEGATED);
	t->pa = 0;
}

static void rtt_destroy(struct model *m, const struct call *c, struct m_answer *a)
{
	struct m_realm *r = model_realm(m, c->x[1]);
	int64_t level = (int64_t)c->x[3];
	uint64_t at = c->x[2];
	struct m_table *t;
	struct m_entry *e;

	fail(a, !r, RMI_ERROR_INPUT);
	fail(a, r && table_args_bad(r, at, level), RMI_ERROR_INPUT);
	if (!ok(a))
		return;
	t = walk(r, at, (int)level - 1);
	e = entry_in(t, at);
	a->top_reg = 2;
	fail(a, t->level < level - 1 || e->hipas != M_TABLE, RTT_ERROR(t->level));
	if (ok(a) && keeps_alive(r, e->child)) {
		fail(a, true, RTT_ERROR(level));
		a->top = at;
		return;
	}
	if (ok(a)) {
		drop_table(m, e->child, a);
		*e = (struct m_entry){ .ripas = is_protected(r, at) ? DESTROYED : EMPTY };
	}
	a->top = a->x[2] = skip_non_live(t, at);
}

/* rmm-abi.md 6.7 */
static bool is_homogeneous(const struct m_table *t)
{
	const struct m_entry *first = &t->entry[0];
	bool assigned = first->hipas == M_ASSIGNED;

	if (first->hipas == M_TABLE ||
	    (assigned && (t->level < 2 ||
			  !aligned(first->desc & BITS(47, 12), span(t->level - 1)))))
		return false;
	for (uint64_t i = 1; i < 512; i++) {
		const struct m_entry *e = &t->entry[i];
		uint64_t step = assigned ? i * span(t->level) : 0;

		if (e->hipas != first->hipas || e->ripas != first->ripas ||
		    e->desc != first->desc + step)
			return false;
	}
	return true;
}

static void rtt_fold(struct model *m, const struct call *c, struct m_answer *a)
{
	struct m_realm *r = model_realm(m, c->x[1]);
	int64_t level = (int64_t)c->x[3];
	struct m_table *child;
	struct m_entry *e;
	int at;

	fail(a, !r, RMI_ERROR_INPUT);
	fail(a, r && table_args_bad(r, c->x[2], level), RMI_ERROR_INPUT);
	if (!ok(a))
		return;
	e = model_walk(r, c->x[2], (int)level - 1, &at);
	fail(a, at < level - 1 || e->hipas != M_TABLE, RTT_ERROR(at));
	if (!ok(a))
		return;
	child = e->child;
	fail(a, !is_homogeneous(child), RTT_ERROR(level));
	if (!ok(a))
		return;
	*e = child->entry[0];
	drop_table(m, child, a);
}

static bool unprotected_args_bad(const struct m_realm *r, uint64_t at, int64_t level)
{
	return args_bad(r, at, level, r->start > 1 ? r->start : 1) || is_protected(r, at);
}

static void map_unprotected(struct model *m, const struct call *c, struct m_answer *a)
{
	struct m_realm *r = model_realm(m, c->x[1]);
	int64_t level = (int64_t)c->x[3];
	uint64_t desc = c->x[4];
	struct m_entry *e;
	bool bad;
	int at;

	fail(a, !r, RMI_ERROR_INPUT);
	fail(a, desc & ~(BITS(47, 12) | BITS(4, 2) | BITS(7, 6)), RMI_ERROR_INPUT);
	fail(a, field(desc, 4, 2) == 4, RMI_ERROR_INPUT);
	bad = !r || unprotected_args_bad(r, c->x[2], level);
	fail(a, bad, RMI_ERROR_INPUT);
	if (bad)
		return;
	fail(a, !aligned(desc & BITS(47, 12), span((int)level)), RMI_ERROR_INPUT);
	e = model_walk(r, c->x[2], (int)level, &at);
	fail(a, at < level || e->hipas != M_UNASSIGNED, RTT_ERROR(at));
	if (ok(a))
		*e = (struct m_entry){ .hipas = M_ASSIGNED, .desc = desc };
}

static void unmap_unprotected(struct model *m, const struct call *c, struct m_answer *a)
{
	struct m_realm *r = model_realm(m, c->x[1]);
	int64_t level = (int64_t)c->x[3];
	struct m_table *t;
	struct m_entry *e;

	fail(a, !r, RMI_ERROR_INPUT);
	fail(a, r && unprotected_args_bad(r, c->x[2], level), RMI_ERROR_INPUT);
	if (!ok(a))
		return;
	t = walk(r, c->x[2], (int)level);
	e = entry_in(t, c->x[2]);
	a->top_reg = 1;
	fail(a, t->level < level || e->hipas != M_ASSIGNED, RTT_ERROR(t->level));
	if (ok(a))
		*e = (struct m_entry){ .hipas = M_UNASSIGNED };
	a->top = a->x[1] = skip_non_live(t, c->x[2]);
}

static void read_entry(struct model *m, const struct call *c, struct m_answer *a)
{
	struct m_realm *r = model_realm(m, c->x[1]);
	const struct m_entry *e;
	int at;

	fail(a, !r, RMI_ERROR_INPUT);
	fail(a, r && args_bad(r, c->x[2], (int64_t)c->x[3], r->start), RMI_ERROR_INPUT);
	if (!ok(a))
		return;
	e = model_walk(r, c->x[2], (int)c->x[3], &at);
	a->x[1] = (uint64_t)at;
	a->x[2] = e->hipas;
	a->x[3] = e->desc;
	a->x[4] = e->hipas == M_TABLE ? 0 : e->ripas;
}

/* RIPAS */

/* Changes entries of one table from base on; the first IPA not changed. */
static uint64_t change(struct m_table *t, uint64_t base, uint64_t top, uint64_t ripas,
		       bool (*may)(const struct m_entry *e, const void *arg),
		       const void *arg)
{
	uint64_t step = span(t->level);

	for (uint64_t i = base / step % 512; i < 512; i++, base += step) {
		struct m_entry *e = &t->entry[i];

		if (base + step > top || e->hipas == M_TABLE || !may(e, arg))
			break;
		e->ripas = ripas;
	}
	return base;
}

static bool may_init(const struct m_entry *e, const void *arg)
{
	(void)arg;
	return e->hipas == M_UNASSIGNED && e->ripas != DESTROYED;
}

static bool may_set(const struct m_entry *e, const void *arg)
{
	const struct m_rec *rec = arg;

	return e->ripas != DESTROYED || rec->ripas_destroyed;
}

static void init_ripas(struct model *m, const struct call *c, struct m_answer *a)
{
	struct m_realm *r = model_realm(m, c->x[1]);
	uint64_t base = c->x[2], top = c->x[3];
	struct m_table *t;

	fail(a, !r, RMI_ERROR_INPUT);
	fail(a, top <= base || !aligned(top, PAGE_SIZE), RMI_ERROR_INPUT);
	fail(a, r && !is_protected(r, top - 1), RMI_ERROR_INPUT);
	fail(a, r && r->state != M_NEW, RMI_ERROR_REALM);
	if (!ok(a))
		return;
	t = walk(r, base, 3);
	fail(a, !aligned(base, span(t->level)), RTT_ERROR(t->level));
	if (!ok(a))
		return;
	a->x[1] = change(t, base, top, RAM, may_init, NULL);
	fail(a, a->x[1] == base, RTT_ERROR(t->level));
}

static void set_ripas(struct model *m, const struct call *c, struct m_answer *a)
{
	struct m_realm *r = model_realm(m, c->x[1]);
	struct m_rec *rec = rec_of(m, c->x[2]);
	uint64_t base = c->x[3], top = c->x[4];
	struct m_table *t;

	fail(a, !r || !rec, RMI_ERROR_INPUT);
	if (!ok(a))
		return;
	fail(a, rec->realm != r, RMI_ERROR_REC);
	if (!ok(a))
		return;
	fail(a, top <= base || base != rec->ripas_base || top > rec->ripas_top ||
		!aligned(top, PAGE_SIZE), RMI_ERROR_INPUT);
	if (!ok(a))
		return;
	t = walk(r, base, 3);
	fail(a, !aligned(base, span(t->level)), RTT_ERROR(t->level));
	if (!ok(a))
		return;
	a->x[1] = rec->ripas_base = change(t, base, top, rec->ripas_value, may_set, rec);
	fail(a, a->x[1] == base, RTT_ERROR(t->level));
}

/* PSCI_COMPLETE */

#define CPU_ON		UINT64_C(0xC4000003)
#define AFFINITY_INFO	UINT64_C(0xC4000004)

static void psci_complete(struct model *m, const struct call *c, struct m_answer *a)
{
	struct m_rec *rec = rec_of(m, c->x[1]), *target = rec_of(m, c->x[2]);
	bool denied = (int64_t)c->x[3] == -3;

	fail(a, !rec || !target || rec == target, RMI_ERROR_INPUT);
	if (!ok(a))
		return;
	fail(a, !rec->psci || rec->realm != target->realm || rec->target != target->index,
	     RMI_ERROR_INPUT);
	fail(a, c->x[3] != 0 && !denied, RMI_ERROR_INPUT);
	fail(a, denied && (rec->psci != CPU_ON || target->runnable), RMI_ERROR_INPUT);
	if (!ok(a))
		return;
	if (rec->psci == CPU_ON && !denied)
		target->runnable = true;
	rec->psci = 0;
}

/* REC_ENTER */

static void leave(struct m_answer *a, uint64_t reason)
{
	a->ran = true;
	a->reason = reason;
}

static void answered(struct m_answer *a, uint64_t x0, uint64_t x1, uint64_t x2)
{
	leave(a, RMI_EXIT_IRQ);
	a->has_regs = true;
	a->regs[0] = x0;
	a->regs[1] = x1;
	a->regs[2] = x2;
}

static bool range_bad(const struct m_realm *r, uint64_t base, uint64_t top)
{
	return !aligned(base, PAGE_SIZE) || !aligned(top, PAGE_SIZE) || top <= base ||
	       !is_protected(r, top - 1);
}

static void ipa_state_set(struct m_rec *rec, const uint64_t *x, struct m_answer *a)
{
	if (range_bad(rec->realm, x[1], x[2]) || x[3] > RAM) {
		answered(a, RSI_ERROR_INPUT, 0, 0);
		return;
	}
	leave(a, RMI_EXIT_RIPAS_CHANGE);
	a->ripas_base = rec->ripas_base = x[1];
	a->ripas_top = rec->ripas_top = x[2];
	a->ripas_value = rec->ripas_value = x[3];
	rec->ripas_destroyed = x[4] & 1;
}

/* Within the table that the walk for base reaches; callers loop. */
static void ipa_state_get(struct m_rec *rec, const uint64_t *x, struct m_answer *a)
{
	const struct m_entry *e;
	struct m_table *t;
	uint64_t i, until;

	if (range_bad(rec->realm, x[1], x[2])) {
		answered(a, RSI_ERROR_INPUT, 0, 0);
		return;
	}
	t = walk(rec->realm, x[1], 3);
	e = entry_in(t, x[1]);
	i = x[1] / span(t->level) % 512;
	do {
		i++;
		until = t->base + i * span(t->level);
	} while (until < x[2] && i < 512 && t->entry[i].hipas != M_TABLE &&
		 t->entry[i].ripas == e->ripas);
	answered(a, RSI_SUCCESS, until < x[2] ? until : x[2], e->ripas);
}

static void psci(struct m_rec *rec, const uint64_t *x, struct m_answer *a)
{
	bool is_on = x[0] == CPU_ON;

	if (is_on && !is_protected(rec->realm, x[2])) {
		answered(a, (uint64_t)-9, 0, 0);
	} else if (x[1] >= rec->realm->next_rec || (!is_on && x[2] != 0)) {
		answered(a, (uint64_t)-2, 0, 0);
	} else if (x[1] == rec->index) {
		answered(a, is_on ? (uint64_t)-4 : 0, 0, 0);
	} else {
		leave(a, RMI_EXIT_PSCI);
		a->gpr0 = rec->psci = x[0];
		a->gpr1 = rec->target = x[1];
	}
}

static void smc(struct m_rec *rec, const uint64_t *x, struct m_answer *a)
{
	switch (x[0]) {
	case RSI_IPA_STATE_SET:
		ipa_state_set(rec, x, a);
		return;
	case RSI_IPA_STATE_GET:
		ipa_state_get(rec, x, a);
		return;
	case CPU_ON:
	case AFFINITY_INFO:
		psci(rec, x, a);
		return;
	case UINT64_C(0x84000002):
		rec->runnable = false;
		break;
	case UINT64_C(0x84000008):
		rec->realm->state = M_OFF;
		break;
	default:
		answered(a, ~UINT64_C(0), 0, 0);
		return;
	}
	leave(a, RMI_EXIT_PSCI);
	a->gpr0 = x[0];
}

#define WRITE_32	UINT64_C(0x93850047)	/* what the driver's realm does: str w5 */

/* rmm-abi.md 8.5 for a data abort with a syndrome; the page may have come by now. */
static void fault(struct m_rec *rec, uint64_t at, struct m_answer *a)
{
	struct m_realm *r = rec->realm;
	const struct m_entry *e;
	int level;

	leave(a, RMI_EXIT_IRQ);
	if (!has_ipa(r, at))
		return;
	e = model_walk(r, at, 3, &level);
	if (is_protected(r, at) ? e->ripas == EMPTY || (e->ripas == RAM && e->hipas == M_ASSIGNED)
				: e->hipas == M_ASSIGNED)
		return;
	leave(a, RMI_EXIT_SYNC);
	a->hpfar = at >> 12 << 4;
	a->esr = (WRITE_32 & 0xfc000000) | (0x4 + (uint64_t)level);
	if (is_protected(r, at))
		return;
	a->esr |= WRITE_32 & 0x1c08040;	/* ISV, SAS, SF, WnR */
	a->gpr0 = 5;
	rec->mmio = true;
}

static void enter(struct model *m, const struct call *c, const struct m_script *s,
		  uint64_t flags, struct m_answer *a)
{
	struct m_rec *rec = rec_of(m, c->x[1]);
	bool wants_mmio = (flags & 3) == RMI_ENTER_EMUL_MMIO;

	fail(a, !is_ns(m, c->x[2]), RMI_ERROR_INPUT);
	fail(a, !rec, RMI_ERROR_INPUT);
	if (!ok(a))
		return;
	fail(a, rec->realm->state == M_NEW, RMI_RETURN(RMI_ERROR_REALM, 0));
	fail(a, rec->realm->state == M_OFF, RMI_RETURN(RMI_ERROR_REALM, 1));
	fail(a, !rec->runnable || rec->psci, RMI_ERROR_REC);
	fail(a, wants_mmio && !rec->mmio, RMI_ERROR_REC);
	if (!ok(a))
		return;
	rec->mmio = false;
	rec->ripas_base = rec->ripas_top = rec->ripas_value = 0;
	switch (s->act) {
	case ACT_SMC:
		smc(rec, s->x, a);
		break;
	case ACT_ABORT:
		fault(rec, s->ipa, a);
		break;
	case ACT_NOTHING:
		leave(a, RMI_EXIT_IRQ);
		break;
	}
}

void model_call(struct model *m, const struct call *c, const struct m_script *s,
		uint64_t flags, struct m_answer *a)
{
	memset(a, 0, sizeof(*a));
	switch (c->x[0]) {
	case RMI_GRANULE_DELEGATE:
		return move(m, c->x[1], M_UNDELEGATED, M_DELEGATED, a);
	case RMI_GRANULE_UNDELEGATE:
		return move(m, c->x[1], M_DELEGATED, M_UNDELEGATED, a);
	case RMI_REALM_CREATE:
		return realm_create(m, c, a);
	case RMI_REALM_DESTROY:
		return realm_destroy(m, c, a);
	case RMI_REALM_ACTIVATE:
		return realm_activate(m, c, a);
	case RMI_REC_AUX_COUNT:
		return aux_count(m, c, a);
	case RMI_REC_CREATE:
		return rec_create(m, c, a);
	case RMI_REC_DESTROY:
		return rec_destroy(m, c, a);
	case RMI_REC_ENTER:
		return enter(m, c, s, flags, a);
	case RMI_DATA_CREATE:
		return data_create(m, c, true, a);
	case RMI_DATA_CREATE_UNKNOWN:
		return data_create(m, c, false, a);
	case RMI_DATA_DESTROY:
		return data_destroy(m, c, a);
	case RMI_RTT_CREATE:
		return rtt_create(m, c, a);
	case RMI_RTT_DESTROY:
		return rtt_destroy(m, c, a);
	case RMI_RTT_FOLD:
		return rtt_fold(m, c, a);
	case RMI_RTT_MAP_UNPROTECTED:
		return map_unprotected(m, c, a);
	case RMI_RTT_UNMAP_UNPROTECTED:
		return unmap_unprotected(m, c, a);
	case RMI_RTT_READ_ENTRY:
		return read_entry(m, c, a);
	case RMI_RTT_INIT_RIPAS:
		return init_ripas(m, c, a);
	case RMI_RTT_SET_RIPAS:
		return set_ripas(m, c, a);
	case RMI_PSCI_COMPLETE:
		return psci_complete(m, c, a);
	default:
		fail(a, true, ~UINT64_C(0));
	}
}
