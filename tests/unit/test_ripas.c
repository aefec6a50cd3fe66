/* SPDX-License-Identifier: BSD-3-Clause */
/* RTT_INIT_RIPAS, RTT_SET_RIPAS (rmm-abi.md 6.2, 6.10, 7.18, 7.21). */
#include "scene.h"

#include "core/realm.h"

#define MiB2	BLOCK_SIZE
#define GiB	(UINT64_C(1) << 30)
#define L2	(4 * MiB2)	/* a 2 MiB region that has a level 3 table */
#define BLOCK	(5 * MiB2)	/* one that has not */
#define DONE	(8 * PAGE_SIZE)

static uint64_t half(const struct scene *s)
{
	return realm_unprotected(&s->r);
}

/* RTT_INIT_RIPAS: rd, base, top */

static void setup_init(struct scene *s)
{
	realm_tables(&s->r, L2, 3);
	s->call = CALL(RMI_RTT_INIT_RIPAS, s->r.rd, L2, L2 + DONE);
}

static void init_empty_range(struct scene *s)
{
	s->call.x[3] = s->call.x[2];
}

static void init_negative(struct scene *s)
{
	s->call.x[3] = s->call.x[2] - PAGE_SIZE;
}

static void init_into_unprotected(struct scene *s)
{
	s->call.x[3] = half(s) + PAGE_SIZE;
}

static void init_unprotected(struct scene *s)
{
	s->call.x[2] = half(s);
	s->call.x[3] = half(s) + DONE;
}

static void init_whole_register(struct scene *s)
{
	s->call.x[3] = ~UINT64_C(0xfff);
}

static void init_top_unaligned(struct scene *s)
{
	s->call.x[3] += 0x800;
}

static void init_base_in_block(struct scene *s)
{
	s->call.x[2] = BLOCK + PAGE_SIZE;
	s->call.x[3] = BLOCK + MiB2;
}

static void init_base_unaligned(struct scene *s)
{
	s->call.x[2] += 0x800;
}

static void init_part_of_block(struct scene *s)
{
	s->call.x[2] = BLOCK;
	s->call.x[3] = BLOCK + MiB2 - PAGE_SIZE;
}

/* no_progress, and top unaligned too */
static void init_part_unaligned(struct scene *s)
{
	s->call.x[2] = BLOCK;
	s->call.x[3] = BLOCK + 0x800;
}

static void first_is_assigned(struct scene *s)
{
	realm_unknown(&s->r, L2);
}

static void first_is_destroyed(struct scene *s)
{
	realm_data(&s->r, L2);
	MUST(RMI_DATA_DESTROY, s->r.rd, L2);
}

static void rd_is_data(struct scene *s)
{
	s->call.x[1] = zoo_page(s, GS_DATA);
}

/* @test RTT_INIT_RIPAS.{rd_align,rd_bound,rd_state} */
static const struct pointer init_pointers[] = {
	{ "RTT_INIT_RIPAS.rd_align", "RTT_INIT_RIPAS.rd_bound", "RTT_INIT_RIPAS.rd_state",
	  arg1, GS_RD },
};

/*
 * @test RTT_INIT_RIPAS.{size_valid,top_bound,top_gran_align,realm_state}
 * @test RTT_INIT_RIPAS.{base_align,rtte_state,no_progress}
 * @test RTT_INIT_RIPAS.{order_rd_realm_state,order_rd_walk}
 * @test RTT_INIT_RIPAS.order_top_gran_align_no_progress
 */
static const struct refusal init_refusals[] = {
	{ "RTT_INIT_RIPAS.size_valid", IN_CALL, init_empty_range, RMI_ERROR_INPUT, NULL },
	{ "RTT_INIT_RIPAS.size_valid < 0", IN_CALL, init_negative, RMI_ERROR_INPUT, NULL },
	{ "RTT_INIT_RIPAS.top_bound", IN_CALL, init_into_unprotected, RMI_ERROR_INPUT, NULL },
	{ "RTT_INIT_RIPAS.top_bound base", IN_CALL, init_unprotected, RMI_ERROR_INPUT, NULL },
	{ "RTT_INIT_RIPAS.top_bound 2^64", IN_CALL, init_whole_register, RMI_ERROR_INPUT, NULL },
	{ "RTT_INIT_RIPAS.top_gran_align", IN_CALL, init_top_unaligned, RMI_ERROR_INPUT, NULL },
	{ "RTT_INIT_RIPAS.realm_state", IN_WORLD, realm_is_active, RMI_ERROR_REALM, NULL },
	{ "RTT_INIT_RIPAS.base_align", IN_CALL, init_base_in_block, RTT_ERROR(2), NULL },
	{ "RTT_INIT_RIPAS.base_align page", IN_CALL, init_base_unaligned, RTT_ERROR(3), NULL },
	{ "RTT_INIT_RIPAS.rtte_state", IN_WORLD, first_is_assigned, RTT_ERROR(3), NULL },
	{ "RTT_INIT_RIPAS.rtte_state lost", IN_WORLD, first_is_destroyed, RTT_ERROR(3), NULL },
	{ "RTT_INIT_RIPAS.no_progress", IN_CALL, init_part_of_block, RTT_ERROR(2), NULL },
	{ "RTT_INIT_RIPAS rd_state < realm_state", IN_CALL, rd_is_data, RMI_ERROR_INPUT,
	  realm_is_active },
	{ "RTT_INIT_RIPAS rd_state < base_align", IN_CALL, rd_is_data, RMI_ERROR_INPUT,
	  init_base_in_block },
	{ "RTT_INIT_RIPAS rd_state < rtte_state", IN_CALL, rd_is_data, RMI_ERROR_INPUT,
	  first_is_assigned },
	{ "RTT_INIT_RIPAS rd_state < no_progress", IN_CALL, rd_is_data, RMI_ERROR_INPUT,
	  init_part_of_block },
	{ "RTT_INIT_RIPAS top_gran_align < no_progress", IN_CALL, init_part_unaligned,
	  RMI_ERROR_INPUT, NULL },
};

/* RTT_SET_RIPAS: rd, rec, base, top, after the realm has asked for it */

static void ask(struct realm_under_test *r, uint64_t base, uint64_t top, uint64_t ripas,
		uint64_t flags)
{
	struct rmi_rec_exit *e = rec_exit_of();

	step_smc(RSI_IPA_STATE_SET, base, top, ripas, flags);
	EXPECT_EQ(rec_enter(r->rec[0]), RMI_SUCCESS);
	EXPECT_EQ(e->exit_reason, RMI_EXIT_RIPAS_CHANGE);
	EXPECT_EQ(e->ripas_base, base);
	EXPECT_EQ(e->ripas_top, top);
	EXPECT_EQ(e->ripas_value, ripas);
}

static void asked(struct scene *s, uint64_t base, uint64_t top)
{
	realm_tables(&s->r, L2, 3);
	rec_make(&s->r, true);
	realm_start(&s->r);
	ask(&s->r, base, top, RMI_RIPAS_RAM, 0);
	s->call = CALL(RMI_RTT_SET_RIPAS, s->r.rd, s->r.rec[0], base, top);
}

static void setup_set(struct scene *s)
{
	asked(s, L2, L2 + DONE);
}

static void setup_set_in_block(struct scene *s)
{
	asked(s, BLOCK + PAGE_SIZE, BLOCK + MiB2);
}

static void setup_set_part(struct scene *s)
{
	asked(s, BLOCK, BLOCK + PAGE_SIZE);
}

static void setup_set_lost(struct scene *s)
{
	first_is_destroyed(s);
	asked(s, L2, L2 + DONE);
}

static void setup_set_nothing_asked(struct scene *s)
{
	rec_make(&s->r, true);
	s->call = CALL(RMI_RTT_SET_RIPAS, s->r.rd, s->r.rec[0], 0, PAGE_SIZE);
}

/* the scene is refused as it is */
static void nothing(struct scene *s)
{
	(void)s;
}

static void set_other_realm(struct scene *s)
{
	s->call.x[2] = s->zoo.rec[0];
}

/* rec_owner wins over what the other REC's (absent) request allows */
static void set_other_realm_zero(struct scene *s)
{
	s->call = CALL(RMI_RTT_SET_RIPAS, s->r.rd, s->zoo.rec[0], 0, PAGE_SIZE);
}

static void set_empty_range(struct scene *s)
{
	s->call.x[4] = s->call.x[3];
}

static void set_negative(struct scene *s)
{
	s->call.x[4] = s->call.x[3] - PAGE_SIZE;
}

static void set_base_later(struct scene *s)
{
	s->call.x[3] += PAGE_SIZE;
}

static void set_base_earlier(struct scene *s)
{
	s->call.x[3] -= PAGE_SIZE;
}

static void set_base_in_block(struct scene *s)
{
	s->call.x[3] = BLOCK + PAGE_SIZE;
	s->call.x[4] = BLOCK + 2 * PAGE_SIZE;
}

static void set_top_later(struct scene *s)
{
	s->call.x[4] += PAGE_SIZE;
}

static void set_top_huge(struct scene *s)
{
	s->call.x[4] = ~UINT64_C(0xfff);
}

static void set_top_unaligned(struct scene *s)
{
	s->call.x[4] -= 0x800;
}

static void set_rec_is_rd(struct scene *s)
{
	s->call.x[2] = s->zoo.rd;
}

/*
 * @test RTT_SET_RIPAS.{rd_align,rd_bound,rd_state}
 * @test RTT_SET_RIPAS.{rec_align,rec_bound,rec_gran_state}
 */
static const struct pointer set_pointers[] = {
	{ "RTT_SET_RIPAS.rd_align", "RTT_SET_RIPAS.rd_bound", "RTT_SET_RIPAS.rd_state",
	  arg1, GS_RD },
	{ "RTT_SET_RIPAS.rec_align", "RTT_SET_RIPAS.rec_bound",
	  "RTT_SET_RIPAS.rec_gran_state", arg2, GS_REC },
};

/*
 * @test RTT_SET_RIPAS.{rec_owner,size_valid,base_bound,top_bound,top_gran_align}
 * @test RTT_SET_RIPAS.{order_base_bound_base_align,order_rec_rec_state}
 */
static const struct refusal set_refusals[] = {
	{ "RTT_SET_RIPAS.rec_owner", IN_CALL, set_other_realm, RMI_ERROR_REC, NULL },
	{ "RTT_SET_RIPAS.rec_owner < base_bound", IN_CALL, set_other_realm_zero,
	  RMI_ERROR_REC, NULL },
	{ "RTT_SET_RIPAS.size_valid", IN_CALL, set_empty_range, RMI_ERROR_INPUT, NULL },
	{ "RTT_SET_RIPAS.size_valid < 0", IN_CALL, set_negative, RMI_ERROR_INPUT, NULL },
	{ "RTT_SET_RIPAS.base_bound later", IN_CALL, set_base_later, RMI_ERROR_INPUT, NULL },
	{ "RTT_SET_RIPAS.base_bound earlier", IN_CALL, set_base_earlier, RMI_ERROR_INPUT, NULL },
	{ "RTT_SET_RIPAS.top_bound", IN_CALL, set_top_later, RMI_ERROR_INPUT, NULL },
	{ "RTT_SET_RIPAS.top_bound huge", IN_CALL, set_top_huge, RMI_ERROR_INPUT, NULL },
	{ "RTT_SET_RIPAS.top_gran_align", IN_CALL, set_top_unaligned, RMI_ERROR_INPUT, NULL },
	{ "RTT_SET_RIPAS base_bound < base_align", IN_CALL, set_base_in_block,
	  RMI_ERROR_INPUT, NULL },
	{ "RTT_SET_RIPAS rec_gran_state < rec_owner", IN_CALL, set_rec_is_rd,
	  RMI_ERROR_INPUT, NULL },
};

/*
 * @test RTT_SET_RIPAS.{base_align,no_progress,top_bound}
 * @test RTT_SET_RIPAS.{order_rd_walk,order_top_gran_align_no_progress}
 */
static const struct refusal set_in_block[] = {
	{ "RTT_SET_RIPAS.base_align", IN_WORLD, nothing, RTT_ERROR(2), NULL },
	{ "RTT_SET_RIPAS rd_state < base_align", IN_WORLD, rd_is_data, RMI_ERROR_INPUT, NULL },
};

static const struct refusal set_part[] = {
	{ "RTT_SET_RIPAS.no_progress", IN_WORLD, nothing, RTT_ERROR(2), NULL },
	{ "RTT_SET_RIPAS rd_state < no_progress", IN_WORLD, rd_is_data, RMI_ERROR_INPUT, NULL },
	{ "RTT_SET_RIPAS top_gran_align < no_progress", IN_WORLD, set_top_unaligned,
	  RMI_ERROR_INPUT, NULL },
};

static const struct refusal set_lost[] = {
	{ "RTT_SET_RIPAS.no_progress DESTROYED", IN_WORLD, nothing, RTT_ERROR(3), NULL },
};

static const struct refusal set_nothing_asked[] = {
	{ "RTT_SET_RIPAS.top_bound not asked", IN_WORLD, nothing, RMI_ERROR_INPUT, NULL },
};

static const struct command commands[] = {
	{ setup_init, init_pointers, COUNT_OF(init_pointers), init_refusals,
	  COUNT_OF(init_refusals), NULL },
	{ setup_set, set_pointers, COUNT_OF(set_pointers), set_refusals,
	  COUNT_OF(set_refusals), NULL },
	{ setup_set_in_block, NULL, 0, set_in_block, COUNT_OF(set_in_block), NULL },
	{ setup_set_part, NULL, 0, set_part, COUNT_OF(set_part), NULL },
	{ setup_set_lost, NULL, 0, set_lost, COUNT_OF(set_lost), NULL },
	{ setup_set_nothing_asked, NULL, 0, set_nothing_asked,
	  COUNT_OF(set_nothing_asked), NULL },
};

/* Effects of INIT */

static void expect_ripas(const struct realm_under_test *r, uint64_t ipa, uint64_t ripas)
{
	EXPECT_EQ(entry_of(r, ipa, 3).ripas, ripas);
}

/* @test RTT_INIT_RIPAS.success */
static void init_pages(const void *arg)
{
	struct realm_under_test r;
	struct call out;

	(void)arg;
	make_realm(&r, 5);
	realm_tables(&r, L2, 3);
	out = MUST(RMI_RTT_INIT_RIPAS, r.rd, L2 + PAGE_SIZE, L2 + DONE);
	EXPECT_EQ(out.x[1], L2 + DONE);
	expect_ripas(&r, L2, RMI_RIPAS_EMPTY);
	expect_ripas(&r, L2 + PAGE_SIZE, RMI_RIPAS_RAM);
	expect_ripas(&r, L2 + DONE - PAGE_SIZE, RMI_RIPAS_RAM);
	expect_ripas(&r, L2 + DONE, RMI_RIPAS_EMPTY);
	/* again, over what is RAM already */
	EXPECT_EQ(MUST(RMI_RTT_INIT_RIPAS, r.rd, L2, L2 + DONE).x[1], L2 + DONE);
	expect_ripas(&r, L2, RMI_RIPAS_RAM);
}

/* One table at a time; entries deeper or assigned stop it; never past top. */
static void init_stops(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	make_realm(&r, 5);
	realm_tables(&r, L2, 3);
	EXPECT_EQ(MUST(RMI_RTT_INIT_RIPAS, r.rd, L2 + 510 * PAGE_SIZE, L2 + 2 * MiB2).x[1],
		  L2 + MiB2);
	/* blocks before the table, then the table */
	EXPECT_EQ(MUST(RMI_RTT_INIT_RIPAS, r.rd, 0, GiB).x[1], L2);
	EXPECT_EQ(entry_of(&r, L2 - MiB2, 2).ripas, RMI_RIPAS_RAM);
	EXPECT_EQ(entry_of(&r, L2, 3).ripas, RMI_RIPAS_EMPTY);
	/* a block that straddles top is left */
	EXPECT_EQ(MUST(RMI_RTT_INIT_RIPAS, r.rd, BLOCK, BLOCK + 2 * MiB2 + PAGE_SIZE).x[1],
		  BLOCK + 2 * MiB2);
	EXPECT_EQ(entry_of(&r, BLOCK + 2 * MiB2, 2).ripas, RMI_RIPAS_EMPTY);
	/* an assigned page in the way, then a lost one */
	realm_unknown(&r, L2 + 4 * PAGE_SIZE);
	EXPECT_EQ(MUST(RMI_RTT_INIT_RIPAS, r.rd, L2, L2 + DONE).x[1], L2 + 4 * PAGE_SIZE);
	realm_data(&r, L2 + 2 * PAGE_SIZE);
	MUST(RMI_DATA_DESTROY, r.rd, L2 + 2 * PAGE_SIZE);
	EXPECT_EQ(MUST(RMI_RTT_INIT_RIPAS, r.rd, L2, L2 + DONE).x[1], L2 + 2 * PAGE_SIZE);
	expect_ripas(&r, L2 + 2 * PAGE_SIZE, RMI_RIPAS_DESTROYED);
}

static void init_to_the_end(const void *arg)
{
	struct realm_under_test r;
	uint64_t h;

	(void)arg;
	make_realm(&r, 5);
	h = realm_unprotected(&r);
	realm_tables(&r, h - PAGE_SIZE, 3);
	EXPECT_EQ(MUST(RMI_RTT_INIT_RIPAS, r.rd, h - PAGE_SIZE, h).x[1], h);
}

/* Effects of SET: what was, what is asked, what becomes of it */

struct change {
	const char *name;
	bool assigned;
	uint64_t was, asked, flags;
	uint64_t becomes;
};

static const struct change changes[] = {
	{ "ripas: UNASSIGNED EMPTY to RAM", false, 0, 1, 0, 1 },
	{ "ripas: UNASSIGNED EMPTY to EMPTY", false, 0, 0, 0, 0 },
	{ "ripas: UNASSIGNED RAM to EMPTY", false, 1, 0, 0, 0 },
	{ "ripas: UNASSIGNED RAM to RAM", false, 1, 1, 0, 1 },
	{ "ripas: UNASSIGNED DESTROYED to RAM", false, 2, 1, 1, 1 },
	{ "ripas: UNASSIGNED DESTROYED to EMPTY", false, 2, 0, 1, 0 },
	{ "ripas: UNASSIGNED DESTROYED kept", false, 2, 1, 0, 2 },
	{ "ripas: ASSIGNED EMPTY to RAM", true, 0, 1, 0, 1 },
	{ "ripas: ASSIGNED EMPTY to EMPTY", true, 0, 0, 0, 0 },
	{ "ripas: ASSIGNED RAM to EMPTY", true, 1, 0, 0, 0 },
	{ "ripas: ASSIGNED RAM to RAM", true, 1, 1, 0, 1 },
	{ "ripas: ASSIGNED DESTROYED to RAM", true, 2, 1, 1, 1 },
	{ "ripas: ASSIGNED DESTROYED to EMPTY", true, 2, 0, 1, 0 },
	{ "ripas: ASSIGNED DESTROYED kept", true, 2, 0, 0, 2 },
};

static void make_before(struct realm_under_test *r, const struct change *c)
{
	realm_tables(r, L2, 3);
	if (c->was == RMI_RIPAS_RAM)
		realm_ram(r, L2, L2 + PAGE_SIZE);
	if (c->was == RMI_RIPAS_DESTROYED) {
		realm_data(r, L2);
		MUST(RMI_DATA_DESTROY, r->rd, L2);
	}
	if (c->assigned)
		realm_unknown(r, L2);
}

static bool is_visible(const struct realm_under_test *r, uint64_t ipa)
{
	const struct realm *m = content_of(r->rd);

	return host_stage2_walk(&m->s2.prot, ipa).valid;
}

/* @test RTT_SET_RIPAS.{success,destroyed}, RIPAS.set_visible, RTT.tlb */
static void change(const void *arg)
{
	const struct change *c = arg;
	struct realm_under_test r;
	struct call out;
	uint64_t desc;

	make_realm(&r, 5);
	make_before(&r, c);
	desc = entry_of(&r, L2, 3).desc;
	rec_make(&r, true);
	realm_start(&r);
	ask(&r, L2, L2 + PAGE_SIZE, c->asked, c->flags);
	out = RMI(RMI_RTT_SET_RIPAS, r.rd, r.rec[0], L2, L2 + PAGE_SIZE);
	if (c->becomes == RMI_RIPAS_DESTROYED) {
		EXPECT_EQ(out.x[0], RTT_ERROR(3));
	} else {
		EXPECT_EQ(out.x[0], RMI_SUCCESS);
		EXPECT_EQ(out.x[1], L2 + PAGE_SIZE);
	}
	expect_ripas(&r, L2, c->becomes);
	EXPECT_EQ(entry_of(&r, L2, 3).desc, desc);
	EXPECT_EQ(entry_of(&r, L2, 3).state, c->assigned);
	EXPECT_EQ(is_visible(&r, L2), c->assigned && c->becomes == RMI_RIPAS_RAM);
}

/* Partial progress moves the base of the request; the rest can be refused. */
static void set_in_steps(const void *arg)
{
	struct realm_under_test r;
	struct vcpu_regs regs;

	(void)arg;
	make_realm(&r, 5);
	realm_tables(&r, L2, 3);
	rec_make(&r, true);
	realm_start(&r);
	ask(&r, L2, BLOCK + MiB2, RMI_RIPAS_RAM, 0);
	EXPECT_EQ(MUST(RMI_RTT_SET_RIPAS, r.rd, r.rec[0], L2, L2 + PAGE_SIZE).x[1],
		  L2 + PAGE_SIZE);
	/* the old base is not valid any more */
	EXPECT_EQ(RMI(RMI_RTT_SET_RIPAS, r.rd, r.rec[0], L2, L2 + DONE).x[0], RMI_ERROR_INPUT);
	EXPECT_EQ(MUST(RMI_RTT_SET_RIPAS, r.rd, r.rec[0], L2 + PAGE_SIZE, BLOCK + MiB2).x[1],
		  BLOCK);
	EXPECT_EQ(MUST(RMI_RTT_SET_RIPAS, r.rd, r.rec[0], BLOCK, BLOCK + MiB2).x[1],
		  BLOCK + MiB2);
	EXPECT_EQ(entry_of(&r, BLOCK, 2).ripas, RMI_RIPAS_RAM);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	regs = realm_regs();
	EXPECT_EQ(regs.x[0], RSI_SUCCESS);
	EXPECT_EQ(regs.x[1], BLOCK + MiB2);
	EXPECT_EQ(regs.x[2], RSI_ACCEPT);
	/* and the request is over */
	EXPECT_EQ(RMI(RMI_RTT_SET_RIPAS, r.rd, r.rec[0], BLOCK + MiB2, BLOCK + 2 * MiB2).x[0],
		  RMI_ERROR_INPUT);
}

/* A scan stops at a lost page that the realm does not want changed. */
static void set_stops_at_destroyed(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	make_realm(&r, 5);
	realm_data(&r, L2 + 3 * PAGE_SIZE);
	MUST(RMI_DATA_DESTROY, r.rd, L2 + 3 * PAGE_SIZE);
	rec_make(&r, true);
	realm_start(&r);
	ask(&r, L2, L2 + DONE, RMI_RIPAS_RAM, 0);
	EXPECT_EQ(MUST(RMI_RTT_SET_RIPAS, r.rd, r.rec[0], L2, L2 + DONE).x[1],
		  L2 + 3 * PAGE_SIZE);
	expect_ripas(&r, L2 + 3 * PAGE_SIZE, RMI_RIPAS_DESTROYED);
	expect_ripas(&r, L2 + 4 * PAGE_SIZE, RMI_RIPAS_EMPTY);
}

/* A whole assigned block changes at once, and is hidden. */
static void set_block(const void *arg)
{
	struct realm_under_test r;
	uint64_t run;

	(void)arg;
	world_check_laws(false);
	run = delegated_run(512, MiB2);
	make_realm(&r, 5);
	realm_tables(&r, L2, 3);
	realm_ram(&r, L2, L2 + MiB2);
	for (unsigned int i = 0; i < 512; i++)
		MUST(RMI_DATA_CREATE_UNKNOWN, r.rd, run + i * PAGE_SIZE, L2 + i * PAGE_SIZE);
	world_check_laws(true);
	MUST(RMI_RTT_FOLD, r.rd, L2, 3);
	rec_make(&r, true);
	realm_start(&r);
	ask(&r, L2, L2 + MiB2, RMI_RIPAS_EMPTY, 0);
	EXPECT_EQ(MUST(RMI_RTT_SET_RIPAS, r.rd, r.rec[0], L2, L2 + MiB2).x[1], L2 + MiB2);
	EXPECT_EQ(entry_of(&r, L2, 2).ripas, RMI_RIPAS_EMPTY);
	EXPECT_EQ(entry_of(&r, L2, 2).desc, run);
	EXPECT(!is_visible(&r, L2 + 17 * PAGE_SIZE));
}

static void while_running(struct vcpu *v, void *arg)
{
	const struct realm_under_test *r = arg;

	(void)v;
	host_cpu_set(1);
	EXPECT_EQ(RMI(RMI_RTT_SET_RIPAS, r->rd, r->rec[0], 0, PAGE_SIZE).x[0], RMI_ERROR_REC);
}

/* @test RTT_SET_RIPAS.rec_state */
static void set_running(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	make_realm(&r, 5);
	rec_make(&r, true);
	realm_start(&r);
	world_check_laws(false);
	step_code(while_running, &r);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(host_realm_steps_left(), 0);
	world_check_laws(true);
}

static const struct unit_test effects[] = {
	{ "ripas: init pages", init_pages, NULL },
	{ "ripas: init stops", init_stops, NULL },
	{ "ripas: init to the end", init_to_the_end, NULL },
	{ "ripas: set in steps", set_in_steps, NULL },
	{ "ripas: set stops at DESTROYED", set_stops_at_destroyed, NULL },
	{ "ripas: set a block", set_block, NULL },
	{ "RTT_SET_RIPAS.rec_state", set_running, NULL },
};

void suite_ripas(void)
{
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		scene_add(&commands[i]);
	for (size_t i = 0; i < COUNT_OF(changes); i++)
		unit_add(changes[i].name, change, &changes[i]);
	UNIT_TESTS(effects);
}
