/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random calls on the monitor and on the model of the specification: the same
 * status, the same outputs, the same state of every page and entry. Each seed
 * is a life of its own, from power on to nothing left.
 *
 *   model [SEEDS [FIRST [CALLS]]]
 */
#include "model.h"

#include "call/rmi.h"
#include "harness/laws.h"
#include "harness/realm.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGES_POOL	64
#define PAGES_DRAM	16
#define PAGES_NS	8	/* never delegated: parameters, sources, run page */

static const struct geometry shapes[] = {
	{ 32, 2, 4 }, { 33, 1, 1 }, { 40, 1, 2 }, { 44, 0, 1 },
};

static struct model model;
static uint64_t seed, random_state;
static unsigned int call_number;
static struct call last;
static unsigned int tried[0x200], succeeded[0x200];
static uint64_t run, run_of_roots;

noreturn void test_fail(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "seed %llu, call %u (%#llx %#llx %#llx %#llx %#llx %#llx), ",
		(unsigned long long)seed, call_number,
		(unsigned long long)last.x[0], (unsigned long long)last.x[1],
		(unsigned long long)last.x[2], (unsigned long long)last.x[3],
		(unsigned long long)last.x[4], (unsigned long long)last.x[5]);
	va_start(ap, fmt);
	test_say(file, line, fmt, ap);
	va_end(ap);
	abort();
}

static uint64_t rnd(uint64_t n)
{
	/* splitmix64 */
	uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (z ^ z >> 31) % n;
}

static bool one_in(uint64_t n)
{
	return rnd(n) == 0;
}

/* Arguments: mostly what the call wants, sometimes anything */

/* Pages that the host may give away; the others it needs itself. */
static unsigned int num_goods(void)
{
	return model.num_pages - PAGES_NS;
}

static uint64_t any_page(void)
{
	if (one_in(16))
		return world_holes[rnd(world_num_holes)];
	return model.page[rnd(num_goods())].pa + (one_in(32) ? 8 : 0);
}

static uint64_t page_in(enum m_state want)
{
	unsigned int from = (unsigned int)rnd(num_goods());

	if (one_in(16))
		return any_page();
	for (unsigned int i = 0; i < num_goods(); i++) {
		const struct m_page *p = &model.page[(from + i) % num_goods()];

		if (p->state == want)
			return p->pa;
	}
	return any_page();
}

static uint64_t a_rd(void)
{
	return page_in(M_RD);
}

static uint64_t a_rec(void)
{
	return page_in(M_REC);
}

static uint64_t ns(void)
{
	/* the last ones: see make_pages() */
	return one_in(16) ? any_page() : model.page[model.num_pages - 1 - rnd(PAGES_NS - 1)].pa;
}

static unsigned int width_of(uint64_t rd)
{
	struct m_realm *r = model_realm(&model, rd);

	return r ? r->width : 40;
}

/* Near the ends of either half, at the start of some entry or a few pages on. */
static uint64_t an_ipa(uint64_t rd, unsigned int half)
{
	unsigned int w = width_of(rd);
	uint64_t at = (uint64_t)half << (w - 1);

	if (one_in(32))
		return rnd(4) ? BIT(w) + rnd(2) * PAGE_SIZE : ~UINT64_C(0xfff);
	if (one_in(6))
		at += BIT(w - 1) - BLOCK_SIZE;
	at += rnd(2) * BLOCK_SIZE + (one_in(3) ? rnd(3) * PAGE_SIZE : 0);
	return at + (one_in(40) ? 8 : 0);
}

static uint64_t level(void)
{
	return one_in(24) ? rnd(8) - 2 : 1 + rnd(3);
}

/* Aligned so that the level fits, for calls about an entry at it. */
static uint64_t ipa_at(uint64_t rd, unsigned int half, uint64_t lvl)
{
	uint64_t at = an_ipa(rd, half);

	if (lvl > 3 || one_in(16))
		return at;
	return at & ~((UINT64_C(1) << (12 + 9 * (3 - lvl))) - 1);
}

/* Calls */

static unsigned int live_realms(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < MODEL_REALMS; i++)
		n += model.realm[i].rd != 0;
	return n;
}

static struct call delegate(void);

static struct call realm_create(void)
{
	const struct geometry *g = &shapes[rnd(COUNT_OF(shapes))];
	struct rmi_realm_params *p;
	uint64_t page = ns();

	if (live_realms() >= 2 && !one_in(16))
		return delegate();
	if (!host_is_dram(page) || page % PAGE_SIZE)
		return CALL(RMI_REALM_CREATE, page_in(M_DELEGATED), page);
	p = host_ns(pa(page));
	memset(p, 0, sizeof(*p));
	p->s2sz = (uint8_t)(one_in(24) ? rnd(60) : g->width);
	p->num_bps = p->num_wps = 1;
	p->vmid = (uint16_t)rnd(one_in(16) ? 300 : 6);
	p->hash_algo = (uint8_t)rnd(one_in(24) ? 4 : 2);
	p->rtt_base = g->roots > 1 ? run_of_roots : page_in(M_DELEGATED);
	p->rtt_level_start = g->start + (one_in(24) ? 1 : 0);
	p->rtt_num_start = g->roots + (one_in(24) ? 1 : 0);
	return CALL(RMI_REALM_CREATE, page_in(M_DELEGATED), page);
}

static struct call rec_create(void)
{
	struct rmi_rec_params *p;
	uint64_t page = ns(), rd = a_rd();
	struct m_realm *r = model_realm(&model, rd);

	if (!host_is_dram(page) || page % PAGE_SIZE)
		return CALL(RMI_REC_CREATE, rd, page_in(M_DELEGATED), page);
	p = host_ns(pa(page));
	memset(p, 0, sizeof(*p));
	p->flags = !one_in(3);
	p->mpidr = r && !one_in(8) ? model_mpidr(r->next_rec) : rnd(4);
	p->num_aux = one_in(24) ? rnd(7) : MODEL_AUX;
	for (unsigned int i = 0; i < MODEL_AUX; i++)
		p->aux[i] = page_in(M_DELEGATED);
	return CALL(RMI_REC_CREATE, rd, page_in(M_DELEGATED), page);
}

static struct call delegate(void)
{
	/* roots side by side, in step */
	if (one_in(4))
		return CALL(RMI_GRANULE_DELEGATE, run_of_roots + rnd(4) * PAGE_SIZE);
	return CALL(RMI_GRANULE_DELEGATE, page_in(M_UNDELEGATED));
}

static struct call undelegate(void)
{
	return CALL(RMI_GRANULE_UNDELEGATE, page_in(M_DELEGATED));
}

/* A realm that has nothing to run stays NEW, or it would stay empty. */
static struct call on_realm(void)
{
	uint64_t rd = a_rd();
	const struct m_realm *r = model_realm(&model, rd);

	if (r && (r->num_recs >= 2 ? one_in(2) : one_in(12)))
		return CALL(RMI_REALM_ACTIVATE, rd);
	return CALL(one_in(2) ? RMI_REALM_DESTROY : RMI_REC_AUX_COUNT, rd);
}

static struct call enter(void)
{
	return CALL(RMI_REC_ENTER, a_rec(), one_in(24) ? any_page() : run);
}

/* Without RECs a realm has not much left to do: they live long. */
static struct call rec_destroy(void)
{
	if (!one_in(6))
		return enter();
	return CALL(RMI_REC_DESTROY, a_rec());
}

static struct call on_table(void)
{
	static const uint64_t fids[] = { RMI_RTT_CREATE, RMI_RTT_CREATE, RMI_RTT_CREATE,
					 RMI_RTT_DESTROY, RMI_RTT_FOLD, RMI_RTT_FOLD };
	uint64_t fid = fids[rnd(COUNT_OF(fids))], rd = a_rd(), lvl = level();
	uint64_t at = ipa_at(rd, (unsigned int)rnd(2), lvl - 1);

	if (fid == RMI_RTT_CREATE)
		return CALL(fid, rd, page_in(M_DELEGATED), at, lvl);
	return CALL(fid, rd, at, lvl);
}

static struct call data_create(void)
{
	uint64_t rd = a_rd();

	if (one_in(2))
		return CALL(RMI_DATA_CREATE_UNKNOWN, rd, page_in(M_DELEGATED), an_ipa(rd, 0));
	return CALL(RMI_DATA_CREATE, rd, page_in(M_DELEGATED), an_ipa(rd, 0), ns(),
		    rnd(one_in(16) ? 4 : 2));
}

static struct call data_destroy(void)
{
	uint64_t rd = a_rd();

	return CALL(RMI_DATA_DESTROY, rd, an_ipa(rd, one_in(16)));
}

static struct call map(void)
{
	uint64_t rd = a_rd(), lvl = level();
	uint64_t desc = (rnd(4) << (lvl <= 3 ? 12 + 9 * (3 - lvl) : 12)) |
			rnd(8) << 2 | rnd(4) << 6;

	if (one_in(16))
		desc ^= BIT(rnd(64));
	return CALL(RMI_RTT_MAP_UNPROTECTED, rd, ipa_at(rd, !one_in(16), lvl), lvl, desc);
}

static struct call unmap(void)
{
	uint64_t rd = a_rd(), lvl = level();

	return CALL(RMI_RTT_UNMAP_UNPROTECTED, rd, ipa_at(rd, !one_in(16), lvl), lvl);
}

static struct call read_entry(void)
{
	uint64_t rd = a_rd(), lvl = level();

	return CALL(RMI_RTT_READ_ENTRY, rd, ipa_at(rd, (unsigned int)rnd(2), lvl), lvl);
}

static uint64_t some_size(void)
{
	static const uint64_t sizes[] = { PAGE_SIZE, 3 * PAGE_SIZE, BLOCK_SIZE,
					  BLOCK_SIZE + PAGE_SIZE, UINT64_C(1) << 30, 8, 0 };

	return sizes[rnd(COUNT_OF(sizes))];
}

static struct call init_ripas(void)
{
	uint64_t rd = a_rd(), base = an_ipa(rd, one_in(16));

	return CALL(RMI_RTT_INIT_RIPAS, rd, base, base + some_size());
}

/* Mostly for a REC that has asked, and mostly what it has asked for. */
static struct call set_ripas(void)
{
	for (unsigned int i = 0; i < MODEL_RECS; i++) {
		const struct m_rec *rec = &model.rec[i];
		uint64_t top = one_in(2) ? rec->ripas_top : rec->ripas_base + some_size();

		if (rec->pa && rec->ripas_top && !one_in(8))
			return CALL(RMI_RTT_SET_RIPAS, rec->realm->rd, rec->pa, rec->ripas_base,
				    top);
	}
	return CALL(RMI_RTT_SET_RIPAS, a_rd(), a_rec(), rnd(2) * PAGE_SIZE, some_size());
}

static struct call psci_complete(void)
{
	static const uint64_t statuses[] = { 0, 0, 0, (uint64_t)-3, (uint64_t)-1, 1 };
	uint64_t status = statuses[rnd(COUNT_OF(statuses))];

	for (unsigned int i = 0; i < MODEL_RECS; i++) {
		const struct m_rec *rec = &model.rec[i];

		for (unsigned int k = 0; rec->pa && rec->psci && k < MODEL_RECS; k++)
			if (model.rec[k].pa && model.rec[k].realm == rec->realm &&
			    model.rec[k].index == rec->target && !one_in(8))
				return CALL(RMI_PSCI_COMPLETE, rec->pa, model.rec[k].pa, status);
	}
	return CALL(RMI_PSCI_COMPLETE, a_rec(), a_rec(), status);
}

static struct call unknown(void)
{
	return CALL(0xC4000156 + rnd(2) * 10);
}

struct op {
	struct call (*make)(void);
	unsigned int weight;
};

static const struct op ops[] = {
	{ delegate, 14 }, { undelegate, 2 }, { realm_create, 3 }, { on_realm, 2 },
	{ rec_create, 4 }, { rec_destroy, 1 }, { on_table, 14 }, { data_create, 8 },
	{ data_destroy, 4 }, { map, 6 }, { unmap, 4 }, { read_entry, 8 }, { init_ripas, 4 },
	{ set_ripas, 6 }, { psci_complete, 4 }, { enter, 16 }, { unknown, 1 },
};

static struct call any_call(void)
{
	unsigned int sum = 0;
	uint64_t pick;

	for (size_t i = 0; i < COUNT_OF(ops); i++)
		sum += ops[i].weight;
	pick = rnd(sum);
	for (size_t i = 0;; i++) {
		if (pick < ops[i].weight)
			return ops[i].make();
		pick -= ops[i].weight;
	}
}

/* What the realm of a REC does when it is run */

static struct m_script any_script(void)
{
	static const uint64_t fids[] = {
		RSI_IPA_STATE_SET, RSI_IPA_STATE_SET, RSI_IPA_STATE_GET, 0xC4000003, 0xC4000003,
		0xC4000004, 0x84000002, 0x84000008, 0xC40001A0,
	};
	struct m_script s = { .act = (enum m_act)rnd(3) };
	uint64_t rd = a_rd(), base = an_ipa(rd, one_in(16));
	size_t which = rnd(COUNT_OF(fids));

	/* a realm that stops itself is of no use for long */
	if (fids[which] >> 8 == 0x840000 && !one_in(8))
		which = 0;
	s.ipa = align_down(an_ipa(rd, (unsigned int)rnd(2)), PAGE_SIZE);
	s.x[0] = fids[which];
	if (which >= 3 && which <= 5) {
		s.x[1] = rnd(3);
		s.x[2] = which == 5 ? one_in(8) : base;
	} else {
		s.x[1] = base;
		s.x[2] = base + some_size();
		s.x[3] = rnd(one_in(8) ? 4 : 2);
		s.x[4] = rnd(2);
	}
	return s;
}

static void play(const struct m_script *s)
{
	host_realm_forget();
	if (s->act == ACT_SMC) {
		step_smc(s->x[0], s->x[1], s->x[2], s->x[3], s->x[4]);
	} else if (s->act == ACT_ABORT) {
		struct host_step step = {
			.exit = { .kind = VCPU_EXIT_ABORT, .esr = 0x93850047,
				  .far = 0, .ipa = ipa(s->ipa) },
			.set = BIT(5),
		};

		step.x[5] = 5;
		host_realm_step(&step);
	}
}

/* Comparing */

static void compare_exit(const struct m_answer *a)
{
	const struct rmi_rec_run *page = host_ns(pa(last.x[2]));
	const struct rmi_rec_exit *e = &page->exit;

	EXPECT_EQ(e->exit_reason, a->reason);
	EXPECT_EQ(e->esr, a->esr);
	EXPECT_EQ(e->hpfar, a->hpfar);
	EXPECT_EQ(e->gprs[0], a->gpr0);
	EXPECT_EQ(e->gprs[1], a->gpr1);
	EXPECT_EQ(e->ripas_base, a->ripas_base);
	EXPECT_EQ(e->ripas_top, a->ripas_top);
	EXPECT_EQ(e->ripas_value, a->ripas_value);
	for (unsigned int i = 0; a->has_regs && i < 3; i++)
		EXPECT_EQ(realm_regs().x[i], a->regs[i]);
}

static void compare_refusal(const struct call *out, const struct m_answer *a)
{
	bool has_top = RMI_STATUS(out->x[0]) == RMI_ERROR_RTT && a->top_reg;

	for (unsigned int i = 1; i <= 3; i++)
		EXPECT_EQ(out->x[i], has_top && i == a->top_reg ? a->top : 0);
}

static void compare(const struct call *out, const struct m_answer *a)
{
	if (a->num_status == 0) {
		EXPECT_EQ(out->x[0], RMI_SUCCESS);
		for (unsigned int i = 1; i <= 3; i++)
			EXPECT_EQ(out->x[i], a->x[i]);
		if (last.x[0] == RMI_RTT_READ_ENTRY)
			EXPECT_EQ(out->x[4], a->x[4]);
		if (a->ran)
			compare_exit(a);
		return;
	}
	for (unsigned int i = 0; i < a->num_status; i++)
		if (out->x[0] == a->status[i]) {
			compare_refusal(out, a);
			return;
		}
	FAIL("status %#llx, the model says %#llx (of %u)", (unsigned long long)out->x[0],
	     (unsigned long long)a->status[0], a->num_status);
}

static void compare_states(void)
{
	static const enum granule_state same_as[] = {
		[M_UNDELEGATED] = GS_UNDELEGATED, [M_DELEGATED] = GS_DELEGATED,
		[M_RD] = GS_RD, [M_REC] = GS_REC, [M_REC_AUX] = GS_REC_AUX,
		[M_DATA] = GS_DATA, [M_RTT] = GS_RTT,
	};

	for (unsigned int i = 0; i < model.num_pages; i++)
		EXPECT_EQ(state_of(model.page[i].pa), same_as[model.page[i].state]);
}

/* All entries of one table against READ_ENTRY */
static void compare_table(const struct m_realm *r, const struct m_table *t)
{
	for (uint64_t i = 0; i < 512; i++) {
		const struct m_entry *e = &t->entry[i];
		uint64_t at = t->base + (i << (12 + 9 * (3 - t->level)));
		struct call out;

		if (at >> r->width)
			return;
		out = MUST(RMI_RTT_READ_ENTRY, r->rd, at, (uint64_t)t->level);
		EXPECT_EQ(out.x[1], (uint64_t)t->level);
		EXPECT_EQ(out.x[2], e->hipas);
		EXPECT_EQ(out.x[3], e->desc);
		EXPECT_EQ(out.x[4], e->hipas == M_TABLE ? 0 : e->ripas);
		if (e->hipas == M_TABLE)
			compare_table(r, e->child);
	}
}

static void compare_all(void)
{
	compare_states();
	world_check_laws(false);
	for (unsigned int i = 0; i < MODEL_REALMS; i++) {
		const struct m_realm *r = &model.realm[i];

		for (unsigned int k = 0; r->rd && k < r->num_roots; k++)
			compare_table(r, r->roots[k]);
	}
	laws_check();
}

/* One life */

static void make_pages(void)
{
	model_init(&model);
	run_of_roots = pool_run(4, 4 * PAGE_SIZE);
	for (uint64_t i = 0; i < 4; i++)
		model_add_page(&model, run_of_roots + i * PAGE_SIZE, false);
	for (unsigned int i = 0; i < PAGES_POOL; i++)
		model_add_page(&model, pool_page(), false);
	for (unsigned int i = 0; i < PAGES_DRAM; i++)
		model_add_page(&model, ns_page(), true);
	for (unsigned int i = 0; i < PAGES_NS; i++)
		model_add_page(&model, ns_page(), true);
	/* the first of these is the run page and is named by nothing else */
	run = model.page[model.num_pages - PAGES_NS].pa;
}

/* Flags of the host, where the call names a page to put them. */
static uint64_t prepare_run_page(void)
{
	struct rmi_rec_run *page;

	if (last.x[0] != RMI_REC_ENTER || !host_is_dram(last.x[2]) || last.x[2] % PAGE_SIZE)
		return 0;
	page = host_ns(pa(last.x[2]));
	memset(page, 0, sizeof(page->enter));
	memset(&page->exit, 0xee, sizeof(page->exit));
	page->enter.flags = one_in(4) ? rnd(2) : 0;
	return page->enter.flags;
}

static void one_call(void)
{
	struct m_script script;
	struct m_answer answer;
	struct call out;

	last = any_call();
	script = any_script();
	play(&script);
	model_call(&model, &last, &script, prepare_run_page(), &answer);
	out = world_call(last);
	tried[last.x[0] & 0x1ff]++;
	succeeded[last.x[0] & 0x1ff] += out.x[0] == RMI_SUCCESS;
	compare(&out, &answer);
}

static void one_life(unsigned int calls)
{
	random_state = seed;
	world_boot(&host_machine_default, FROM_POOL);
	make_pages();
	for (call_number = 0; call_number < calls; call_number++) {
		world_check_laws(call_number % 16 == 0);
		one_call();
		if (call_number % 256 == 0)
			compare_all();
	}
	compare_all();
}

/* A command that never succeeded was not compared. */
static unsigned int report(void)
{
	static const struct {
		uint32_t fid;
		const char *name;
	} rows[] = {
#define ROW(number, handler, inputs) { number, #number },
		RMI_CALLS(ROW)
#undef ROW
	};
	unsigned int missed = 0;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		unsigned int n = rows[i].fid & 0x1ff;

		printf("%-28s %7u of %7u\n", rows[i].name, succeeded[n], tried[n]);
		if (rows[i].fid != RMI_VERSION && rows[i].fid != RMI_FEATURES)
			missed += succeeded[n] == 0 || succeeded[n] == tried[n];
	}
	return missed;
}

int main(int argc, char **argv)
{
	unsigned int seeds = argc > 1 ? (unsigned int)atoi(argv[1]) : 20;
	uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	unsigned int calls = argc > 3 ? (unsigned int)atoi(argv[3]) : 3000;

	for (seed = first; seed < first + seeds; seed++)
		one_life(calls);
	return report() != 0;
}
