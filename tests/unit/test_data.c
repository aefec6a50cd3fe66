/* SPDX-License-Identifier: BSD-3-Clause */
/* DATA_CREATE, DATA_CREATE_UNKNOWN, DATA_DESTROY (rmm-abi.md 7.5 to 7.7, 6.2, 6.5). */
#include "scene.h"

#include "core/realm.h"
#include <string.h>

#define MiB2		BLOCK_SIZE
#define HERE		(MiB2 + 5 * PAGE_SIZE)	/* the page the calls are about */

static uint64_t half(const struct scene *s)
{
	return realm_unprotected(&s->r);
}

/* Refusals of the two that create */

static void setup_create(struct scene *s)
{
	realm_tables(&s->r, HERE, 3);
	s->page = ns_page();
	s->call = CALL(RMI_DATA_CREATE, s->r.rd, delegated(), HERE, s->page,
		       RMI_DATA_MEASURE);
}

static void setup_unknown(struct scene *s)
{
	realm_tables(&s->r, HERE, 3);
	s->call = CALL(RMI_DATA_CREATE_UNKNOWN, s->r.rd, delegated(), HERE);
}

static void ipa_unaligned(struct scene *s)
{
	s->call.x[3] += 0x800;
}

static void ipa_unprotected(struct scene *s)
{
	s->call.x[3] = half(s);
}

static void ipa_outside(struct scene *s)
{
	s->call.x[3] = half(s) * 2;
}

static void ipa_huge(struct scene *s)
{
	s->call.x[3] = ~UINT64_C(0xfff);
}

/* Unprotected, and no table there either: the bound wins. */
static void ipa_unprotected_unmapped(struct scene *s)
{
	s->call.x[3] = half(s) + half(s) / 2;
}

static void no_level_3(struct scene *s)
{
	s->call.x[3] = HERE + MiB2;
}

static void page_taken(struct scene *s)
{
	MUST(RMI_DATA_CREATE_UNKNOWN, s->r.rd, delegated(), HERE);
}

static void rd_is_data(struct scene *s)
{
	s->call.x[1] = zoo_page(s, GS_DATA);
}

static void flag_2(struct scene *s)
{
	s->call.x[5] = 2;
}

static void flag_63(struct scene *s)
{
	s->call.x[5] = BIT(63) | 1;
}

static void data_is_rd(struct scene *s)
{
	s->call.x[2] = s->call.x[1];
}

/*
 * @test DATA_CREATE.{src_align,src_bound,src_pas}
 * @test DATA_CREATE.{data_align,data_bound,data_state,data_bound2}
 * @test DATA_CREATE.{rd_align,rd_bound,rd_state}
 */
static const struct pointer create_pointers[] = {
	{ "DATA_CREATE.src_align", "DATA_CREATE.src_bound", "DATA_CREATE.src_pas", arg4, NS },
	{ "DATA_CREATE.data_align", "DATA_CREATE.data_bound", "DATA_CREATE.data_state",
	  arg2, GS_DELEGATED },
	{ "DATA_CREATE.rd_align", "DATA_CREATE.rd_bound", "DATA_CREATE.rd_state", arg1, GS_RD },
};

/*
 * @test DATA_CREATE.{ipa_align,ipa_bound,realm_state,rtt_walk,rtte_state,flags}
 * @test DATA_CREATE.{order_rd_realm_state,order_rd_walk,order_ipa_bound_walk}
 */
static const struct refusal create_refusals[] = {
	{ "DATA_CREATE.ipa_align", IN_CALL, ipa_unaligned, RMI_ERROR_INPUT, NULL },
	{ "DATA_CREATE.ipa_bound", IN_CALL, ipa_unprotected, RMI_ERROR_INPUT, NULL },
	{ "DATA_CREATE.ipa_bound outside", IN_CALL, ipa_outside, RMI_ERROR_INPUT, NULL },
	{ "DATA_CREATE.ipa_bound huge", IN_CALL, ipa_huge, RMI_ERROR_INPUT, NULL },
	{ "DATA_CREATE.realm_state", IN_WORLD, realm_is_active, RMI_ERROR_REALM, NULL },
	{ "DATA_CREATE.rtt_walk", IN_CALL, no_level_3, RTT_ERROR(2), NULL },
	{ "DATA_CREATE.rtte_state", IN_WORLD, page_taken, RTT_ERROR(3), NULL },
	{ "DATA_CREATE.flags 2", IN_CALL, flag_2, RMI_ERROR_INPUT, NULL },
	{ "DATA_CREATE.flags 63", IN_CALL, flag_63, RMI_ERROR_INPUT, NULL },
	{ "DATA_CREATE data is rd", IN_CALL, data_is_rd, RMI_ERROR_INPUT, NULL },
	{ "DATA_CREATE rd_state < realm_state", IN_CALL, rd_is_data, RMI_ERROR_INPUT,
	  realm_is_active },
	{ "DATA_CREATE rd_state < rtte_state", IN_CALL, rd_is_data, RMI_ERROR_INPUT, page_taken },
	{ "DATA_CREATE rd_state < rtt_walk", IN_CALL, rd_is_data, RMI_ERROR_INPUT, no_level_3 },
	{ "DATA_CREATE ipa_bound < rtt_walk", IN_CALL, ipa_unprotected_unmapped,
	  RMI_ERROR_INPUT, NULL },
};

/*
 * @test DATA_CREATE_UNKNOWN.{data_align,data_bound,data_state,data_bound2}
 * @test DATA_CREATE_UNKNOWN.{rd_align,rd_bound,rd_state}
 */
static const struct pointer unknown_pointers[] = {
	{ "DATA_CREATE_UNKNOWN.data_align", "DATA_CREATE_UNKNOWN.data_bound",
	  "DATA_CREATE_UNKNOWN.data_state", arg2, GS_DELEGATED },
	{ "DATA_CREATE_UNKNOWN.rd_align", "DATA_CREATE_UNKNOWN.rd_bound",
	  "DATA_CREATE_UNKNOWN.rd_state", arg1, GS_RD },
};

/*
 * @test DATA_CREATE_UNKNOWN.{ipa_align,ipa_bound,rtt_walk,rtte_state}
 * @test DATA_CREATE_UNKNOWN.{order_rd_walk,order_ipa_bound_walk}
 */
static const struct refusal unknown_refusals[] = {
	{ "DATA_CREATE_UNKNOWN.ipa_align", IN_CALL, ipa_unaligned, RMI_ERROR_INPUT, NULL },
	{ "DATA_CREATE_UNKNOWN.ipa_bound", IN_CALL, ipa_unprotected, RMI_ERROR_INPUT, NULL },
	{ "DATA_CREATE_UNKNOWN.ipa_bound outside", IN_CALL, ipa_outside, RMI_ERROR_INPUT, NULL },
	{ "DATA_CREATE_UNKNOWN.ipa_bound huge", IN_CALL, ipa_huge, RMI_ERROR_INPUT, NULL },
	{ "DATA_CREATE_UNKNOWN.rtt_walk", IN_CALL, no_level_3, RTT_ERROR(2), NULL },
	{ "DATA_CREATE_UNKNOWN.rtte_state", IN_WORLD, page_taken, RTT_ERROR(3), NULL },
	{ "DATA_CREATE_UNKNOWN rd_state < rtte_state", IN_CALL, rd_is_data,
	  RMI_ERROR_INPUT, page_taken },
	{ "DATA_CREATE_UNKNOWN rd_state < rtt_walk", IN_CALL, rd_is_data,
	  RMI_ERROR_INPUT, no_level_3 },
	{ "DATA_CREATE_UNKNOWN ipa_bound < rtt_walk", IN_CALL, ipa_unprotected_unmapped,
	  RMI_ERROR_INPUT, NULL },
};

/* DATA_DESTROY; x2 of a refusal is top, 0 when no walk took place */

static void setup_destroy(struct scene *s)
{
	realm_unknown(&s->r, HERE);
	s->call = CALL(RMI_DATA_DESTROY, s->r.rd, HERE);
}

static void d_ipa_unaligned(struct scene *s)
{
	s->call.x[2] += 8;
}

static void d_ipa_unprotected(struct scene *s)
{
	s->call.x[2] = half(s);
}

static void d_ipa_outside(struct scene *s)
{
	s->call.x[2] = half(s) * 2;
}

static void d_ipa_unprotected_unmapped(struct scene *s)
{
	s->call.x[2] = half(s) + half(s) / 2;
}

static void d_no_table(struct scene *s)
{
	s->call.x[2] = 3 * MiB2 + PAGE_SIZE;
}

static void d_empty_page(struct scene *s)
{
	s->call.x[2] = HERE + PAGE_SIZE;
}

static void d_rd_is_rec(struct scene *s)
{
	s->call.x[1] = zoo_page(s, GS_REC);
}

/* End of the level 1 table or of the IPA space's root table that covers 0. */
static uint64_t end_of_level_2_table(void)
{
	return UINT64_C(1) << 30;
}

static void destroy_top(const struct scene *s, const struct call *out)
{
	uint64_t status = out->x[0], top = 0;

	if (RMI_STATUS(status) == RMI_ERROR_RTT)
		top = s->call.x[2] == HERE + PAGE_SIZE ? 2 * MiB2 : end_of_level_2_table();
	EXPECT_EQ(out->x[1], 0);
	EXPECT_EQ(out->x[2], top);
}

/* @test DATA_DESTROY.{rd_align,rd_bound,rd_state} */
static const struct pointer destroy_pointers[] = {
	{ "DATA_DESTROY.rd_align", "DATA_DESTROY.rd_bound", "DATA_DESTROY.rd_state", arg1,
	  GS_RD },
};

/*
 * @test DATA_DESTROY.{ipa_align,ipa_bound,rtt_walk,rtte_state}
 * @test DATA_DESTROY.{order_rd_walk,order_ipa_bound_walk}
 */
static const struct refusal destroy_refusals[] = {
	{ "DATA_DESTROY.ipa_align", IN_CALL, d_ipa_unaligned, RMI_ERROR_INPUT, NULL },
	{ "DATA_DESTROY.ipa_bound", IN_CALL, d_ipa_unprotected, RMI_ERROR_INPUT, NULL },
	{ "DATA_DESTROY.ipa_bound outside", IN_CALL, d_ipa_outside, RMI_ERROR_INPUT, NULL },
	{ "DATA_DESTROY.rtt_walk", IN_CALL, d_no_table, RTT_ERROR(2), NULL },
	{ "DATA_DESTROY.rtte_state", IN_CALL, d_empty_page, RTT_ERROR(3), NULL },
	{ "DATA_DESTROY rd_state < rtt_walk", IN_CALL, d_rd_is_rec, RMI_ERROR_INPUT, d_no_table },
	{ "DATA_DESTROY rd_state < rtte_state", IN_CALL, d_rd_is_rec, RMI_ERROR_INPUT,
	  d_empty_page },
	{ "DATA_DESTROY ipa_bound < rtt_walk", IN_CALL, d_ipa_unprotected_unmapped,
	  RMI_ERROR_INPUT, NULL },
};

static const struct command commands[] = {
	{ setup_create, create_pointers, COUNT_OF(create_pointers),
	  create_refusals, COUNT_OF(create_refusals), NULL },
	{ setup_unknown, unknown_pointers, COUNT_OF(unknown_pointers),
	  unknown_refusals, COUNT_OF(unknown_refusals), NULL },
	{ setup_destroy, destroy_pointers, COUNT_OF(destroy_pointers),
	  destroy_refusals, COUNT_OF(destroy_refusals), destroy_top },
};

/* Effects */

static struct host_leaf leaf_at(const struct realm_under_test *r, uint64_t ipa)
{
	const struct realm *m = content_of(r->rd);

	return host_stage2_walk(&m->s2.prot, ipa);
}

static void expect_entry(const struct realm_under_test *r, uint64_t ipa, uint64_t state,
			 uint64_t ripas, uint64_t desc)
{
	struct entry e = entry_of(r, ipa, 3);

	EXPECT_EQ(e.level, 3);
	EXPECT_EQ(e.state, state);
	EXPECT_EQ(e.ripas, ripas);
	EXPECT_EQ(e.desc, desc);
}

/* @test DATA_CREATE.success, RTT.protected_leaf: the fake MMU judges the leaf */
static void create_copies(const void *arg)
{
	struct realm_under_test r;
	uint64_t src = ns_page(), data = delegated();
	unsigned char *from = host_ns(pa(src)), copy[PAGE_SIZE];

	(void)arg;
	for (unsigned int i = 0; i < PAGE_SIZE; i++)
		copy[i] = from[i] = (unsigned char)(i * 7 + i / 256);
	make_realm(&r, 5);
	realm_tables(&r, HERE, 3);
	host_ns_mutate(true);	/* a second look at the source would differ */
	MUST(RMI_DATA_CREATE, r.rd, data, HERE, src, 0);
	EXPECT_EQ(state_of(data), GS_DATA);
	expect_entry(&r, HERE, RMI_RTTE_ASSIGNED, RMI_RIPAS_RAM, data);
	EXPECT(memcmp(content_of(data), copy, PAGE_SIZE) == 0);
	EXPECT(leaf_at(&r, HERE).valid);
	EXPECT(host_secure_page(leaf_at(&r, HERE).out) == content_of(data));
}

/* RIPAS of a page, made in the three ways there are. */
static void make_ripas(struct realm_under_test *r, uint64_t ripas)
{
	realm_tables(r, HERE, 3);
	if (ripas == RMI_RIPAS_RAM)
		realm_ram(r, HERE, HERE + PAGE_SIZE);
	if (ripas == RMI_RIPAS_DESTROYED) {
		realm_data(r, HERE);
		MUST(RMI_DATA_DESTROY, r->rd, HERE);
	}
	EXPECT_EQ(entry_of(r, HERE, 3).ripas, ripas);
}

/* RIPAS before, after UNKNOWN, after DESTROY: rmm-abi.md 6.2 */
static const uint64_t unknown_then_destroy[][3] = {
	{ RMI_RIPAS_EMPTY, RMI_RIPAS_EMPTY, RMI_RIPAS_EMPTY },
	{ RMI_RIPAS_RAM, RMI_RIPAS_RAM, RMI_RIPAS_DESTROYED },
	{ RMI_RIPAS_DESTROYED, RMI_RIPAS_DESTROYED, RMI_RIPAS_DESTROYED },
};

/*
 * @test DATA_CREATE_UNKNOWN.success, DATA_DESTROY.success, PTR.wipe, RTT.tlb
 * @test RIPAS.{data_create_unknown,data_destroy,set_visible}
 */
static void unknown_ripas(const void *arg)
{
	const uint64_t *ripas = arg;
	struct realm_under_test r;
	uint64_t data = delegated();
	struct call out;

	make_realm(&r, 5);
	make_ripas(&r, ripas[0]);
	memset(content_of(data), 0, PAGE_SIZE);
	MUST(RMI_DATA_CREATE_UNKNOWN, r.rd, data, HERE);
	EXPECT_EQ(state_of(data), GS_DATA);
	expect_entry(&r, HERE, RMI_RTTE_ASSIGNED, ripas[1], data);
	/* the realm sees it only where it is RAM */
	EXPECT_EQ(leaf_at(&r, HERE).valid, ripas[1] == RMI_RIPAS_RAM);

	memset(content_of(data), 0x11, PAGE_SIZE);	/* the realm writes */
	out = MUST(RMI_DATA_DESTROY, r.rd, HERE);
	EXPECT_EQ(out.x[1], data);
	EXPECT_EQ(out.x[2], 2 * MiB2);
	EXPECT_EQ(state_of(data), GS_DELEGATED);
	expect_entry(&r, HERE, RMI_RTTE_UNASSIGNED, ripas[2], 0);
	EXPECT(!leaf_at(&r, HERE).valid);
}

/* DATA_CREATE takes a page of any RIPAS and makes it RAM. @test RIPAS.data_create */
static void create_any_ripas(const void *arg)
{
	const uint64_t *ripas = arg;
	struct realm_under_test r;
	uint64_t data;

	make_realm(&r, 5);
	make_ripas(&r, *ripas);
	data = realm_data(&r, HERE);
	expect_entry(&r, HERE, RMI_RTTE_ASSIGNED, RMI_RIPAS_RAM, data);
}

/* The bus fails while the source is copied: the granule is as before. @test PTR.gpf */
static void create_copy_fails(const void *arg)
{
	struct realm_under_test r;
	uint64_t data = delegated(), src = ns_page();

	(void)arg;
	memset(host_ns(pa(src)), 0x77, PAGE_SIZE);
	make_realm(&r, 5);
	realm_tables(&r, HERE, 3);
	host_ns_fail_at(1);
	EXPECT_EQ(RMI(RMI_DATA_CREATE, r.rd, data, HERE, src, 1).x[0], RMI_ERROR_INPUT);
	EXPECT_EQ(state_of(data), GS_DELEGATED);
	expect_entry(&r, HERE, RMI_RTTE_UNASSIGNED, RMI_RIPAS_EMPTY, 0);
	MUST(RMI_GRANULE_UNDELEGATE, data);
}

/* top skips to the next live entry of the same table, block or page. @test RTT.top */
static void destroy_top_stops_at_live(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	make_realm(&r, 5);
	realm_unknown(&r, HERE);
	realm_unknown(&r, HERE + 3 * PAGE_SIZE);
	EXPECT_EQ(MUST(RMI_DATA_DESTROY, r.rd, HERE).x[2], HERE + 3 * PAGE_SIZE);
	EXPECT_EQ(RMI(RMI_DATA_DESTROY, r.rd, HERE).x[2], HERE + 3 * PAGE_SIZE);
	/* a table is live to a scan of its parent */
	EXPECT_EQ(RMI(RMI_DATA_DESTROY, r.rd, 0).x[2], MiB2);
}

/* A block must be unfolded first: top stays, progress is impossible. */
static void destroy_in_block(const void *arg)
{
	struct realm_under_test r;
	uint64_t run = delegated_run(512, BLOCK_SIZE);
	struct call out;

	(void)arg;
	make_realm(&r, 5);
	realm_tables(&r, MiB2, 3);
	world_check_laws(false);
	for (unsigned int i = 0; i < 512; i++)
		MUST(RMI_DATA_CREATE_UNKNOWN, r.rd, run + i * PAGE_SIZE, MiB2 + i * PAGE_SIZE);
	world_check_laws(true);
	MUST(RMI_RTT_FOLD, r.rd, MiB2, 3);
	out = RMI(RMI_DATA_DESTROY, r.rd, HERE);
	EXPECT_EQ(out.x[0], RTT_ERROR(2));
	EXPECT_EQ(out.x[2], HERE);
	EXPECT_EQ(RMI(RMI_DATA_CREATE_UNKNOWN, r.rd, delegated(), HERE).x[0], RTT_ERROR(2));
}

/* In any state of the realm: DATA_DESTROY and DATA_CREATE_UNKNOWN have no realm_state. */
static void after_system_off(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	make_realm(&r, 5);
	realm_unknown(&r, HERE);
	rec_make(&r, true);
	realm_start(&r);
	step_smc(0x84000008, 0, 0, 0, 0);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	MUST(RMI_DATA_DESTROY, r.rd, HERE);
	realm_unknown(&r, HERE);
}

static const uint64_t each_ripas[] = { RMI_RIPAS_EMPTY, RMI_RIPAS_RAM, RMI_RIPAS_DESTROYED };

static const struct unit_test effects[] = {
	{ "data: create copies once", create_copies, NULL },
	{ "data: unknown on EMPTY", unknown_ripas, unknown_then_destroy[0] },
	{ "data: unknown on RAM", unknown_ripas, unknown_then_destroy[1] },
	{ "data: unknown on DESTROYED", unknown_ripas, unknown_then_destroy[2] },
	{ "data: create on EMPTY", create_any_ripas, &each_ripas[0] },
	{ "data: create on RAM", create_any_ripas, &each_ripas[1] },
	{ "data: create on DESTROYED", create_any_ripas, &each_ripas[2] },
	{ "data: copy fails", create_copy_fails, NULL },
	{ "data: top stops at live entries", destroy_top_stops_at_live, NULL },
	{ "data: destroy in a block", destroy_in_block, NULL },
	{ "data: after SYSTEM_OFF", after_system_off, NULL },
};

void suite_data(void)
{
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		scene_add(&commands[i]);
	UNIT_TESTS(effects);
}
