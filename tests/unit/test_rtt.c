/* SPDX-License-Identifier: BSD-3-Clause */
/* RTT_CREATE, DESTROY, FOLD, MAP/UNMAP_UNPROTECTED, READ_ENTRY (rmm-abi.md 7.15 to 7.22). */
#include "scene.h"

#include "core/rtte.h"

#define MiB2	BLOCK_SIZE
#define GiB	(UINT64_C(1) << 30)
#define L2	(4 * MiB2)	/* an entry of level 2; entry of level 1: 0 */

static uint64_t half(const struct scene *s)
{
	return realm_unprotected(&s->r);
}

/* Rows for a call with rd, ..., ipa in xI, level in xI+1. */
#define BAD_IPA_LEVEL(I)						\
	static void ipa##I##_outside(struct scene *s)			\
	{								\
		s->call.x[I] = half(s) * 2;				\
	}								\
	static void ipa##I##_huge(struct scene *s)			\
	{								\
		s->call.x[I] = ~UINT64_C(0) << 39;			\
	}								\
	static void ipa##I##_unaligned(struct scene *s)			\
	{								\
		s->call.x[I] += PAGE_SIZE / 2;				\
	}								\
	static void level##I##_start(struct scene *s)			\
	{								\
		s->call.x[I + 1] = (uint64_t)s->r.start;		\
		s->call.x[I] = align_down(s->call.x[I], UINT64_C(1) << 48); \
	}								\
	static void level##I##_above(struct scene *s)			\
	{								\
		s->call.x[I + 1] = (uint64_t)(s->r.start - 1);		\
	}								\
	static void level##I##_4(struct scene *s)			\
	{								\
		s->call.x[I + 1] = 4;					\
	}								\
	static void level##I##_minus_1(struct scene *s)			\
	{								\
		s->call.x[I + 1] = ~UINT64_C(0);			\
	}								\
	static void level##I##_truncates(struct scene *s)		\
	{								\
		s->call.x[I + 1] |= UINT64_C(1) << 32;			\
	}

BAD_IPA_LEVEL(2)
BAD_IPA_LEVEL(3)

#define IPA_LEVEL_ROWS(CMD, I)						\
	{ CMD ".ipa_bound", IN_CALL, ipa##I##_outside, RMI_ERROR_INPUT, NULL }, \
	{ CMD ".ipa_bound huge", IN_CALL, ipa##I##_huge, RMI_ERROR_INPUT, NULL }, \
	{ CMD ".ipa_align half a page", IN_CALL, ipa##I##_unaligned,	\
	  RMI_ERROR_INPUT, NULL },					\
	{ CMD ".level_bound above", IN_CALL, level##I##_above, RMI_ERROR_INPUT, NULL }, \
	{ CMD ".level_bound 4", IN_CALL, level##I##_4, RMI_ERROR_INPUT, NULL }, \
	{ CMD ".level_bound -1", IN_CALL, level##I##_minus_1, RMI_ERROR_INPUT, NULL }, \
	{ CMD ".level_bound 2^32", IN_CALL, level##I##_truncates, RMI_ERROR_INPUT, NULL }

static void rd_is_rtt(struct scene *s)
{
	s->call.x[1] = zoo_page(s, GS_RTT);
}

/* RTT_CREATE */

static void setup_create(struct scene *s)
{
	realm_tables(&s->r, L2, 2);
	s->call = CALL(RMI_RTT_CREATE, s->r.rd, delegated(), L2, 3);
}

static void create_not_2m(struct scene *s)
{
	s->call.x[3] += PAGE_SIZE;
}

static void create_too_deep(struct scene *s)
{
	s->call.x[3] = 3 * GiB;
}

static void create_too_deep_ns(struct scene *s)
{
	s->call.x[3] = half(s) + 3 * GiB;
}

static void create_again(struct scene *s)
{
	realm_tables(&s->r, L2, 3);
}

static void create_unprotected_outside(struct scene *s)
{
	s->call.x[3] = half(s) * 2 + GiB;
}

/* @test RTT_CREATE.{rd_align,rd_bound,rd_state,rtt_align,rtt_bound,rtt_state,rtt_bound2} */
static const struct pointer create_pointers[] = {
	{ "RTT_CREATE.rd_align", "RTT_CREATE.rd_bound", "RTT_CREATE.rd_state", arg1, GS_RD },
	{ "RTT_CREATE.rtt_align", "RTT_CREATE.rtt_bound", "RTT_CREATE.rtt_state",
	  arg2, GS_DELEGATED },
};

/*
 * @test RTT_CREATE.{level_bound,ipa_align,ipa_bound,rtt_walk,rtte_state}
 * @test RTT_CREATE.{order_rd_walk,order_level_ipa_walk}
 */
static const struct refusal create_refusals[] = {
	IPA_LEVEL_ROWS("RTT_CREATE", 3),
	{ "RTT_CREATE.level_bound start", IN_CALL, level3_start, RMI_ERROR_INPUT, NULL },
	{ "RTT_CREATE.ipa_align page", IN_CALL, create_not_2m, RMI_ERROR_INPUT, NULL },
	{ "RTT_CREATE.rtt_walk", IN_CALL, create_too_deep, RTT_ERROR(1), NULL },
	{ "RTT_CREATE.rtte_state", IN_WORLD, create_again, RTT_ERROR(2), NULL },
	{ "RTT_CREATE rd_state < rtt_walk", IN_CALL, rd_is_rtt, RMI_ERROR_INPUT,
	  create_too_deep },
	{ "RTT_CREATE rd_state < rtte_state", IN_CALL, rd_is_rtt, RMI_ERROR_INPUT, create_again },
	{ "RTT_CREATE ipa_bound < rtt_walk", IN_CALL, create_unprotected_outside,
	  RMI_ERROR_INPUT, NULL },
	{ "RTT_CREATE level_bound < rtt_walk", IN_CALL, level3_4, RMI_ERROR_INPUT,
	  create_too_deep },
	{ "RTT_CREATE level_bound < rtte_state", IN_CALL, level3_4, RMI_ERROR_INPUT,
	  create_again },
};

/* In the unprotected half the walk stops at the same level. */
static const struct refusal create_ns_refusals[] = {
	{ "RTT_CREATE.rtt_walk unprotected", IN_WORLD, create_too_deep_ns, RTT_ERROR(1), NULL },
};

static void setup_create_ns(struct scene *s)
{
	setup_create(s);
	s->call.x[3] = half(s) + L2;
	realm_tables(&s->r, half(s), 2);
}

/* RTT_DESTROY */

static void setup_destroy(struct scene *s)
{
	realm_tables(&s->r, L2, 3);
	s->call = CALL(RMI_RTT_DESTROY, s->r.rd, L2, 3);
}

static void second_not_2m(struct scene *s)
{
	s->call.x[2] += PAGE_SIZE;
}

static void second_too_deep(struct scene *s)
{
	s->call.x[2] = 3 * GiB;
}

static void second_no_table(struct scene *s)
{
	s->call.x[2] = L2 + MiB2;
}

static void second_outside(struct scene *s)
{
	s->call.x[2] = half(s) * 2 + GiB;
}

static void table_has_page(struct scene *s)
{
	realm_unknown(&s->r, L2 + 511 * PAGE_SIZE);
}

/* top: where the call was refused after a walk, the next live entry */
static void destroy_top(const struct scene *s, const struct call *out)
{
	/* live: the IPA itself; else the end of the table of that level */
	const uint64_t tops[] = { [1] = 512 * GiB, [2] = GiB, [3] = s->call.x[2] };
	bool walked = RMI_STATUS(out->x[0]) == RMI_ERROR_RTT;

	EXPECT_EQ(out->x[1], 0);
	EXPECT_EQ(out->x[2], walked ? tops[RMI_INDEX(out->x[0])] : 0);
}

/* @test RTT_DESTROY.{rd_align,rd_bound,rd_state} */
static const struct pointer destroy_pointers[] = {
	{ "RTT_DESTROY.rd_align", "RTT_DESTROY.rd_bound", "RTT_DESTROY.rd_state", arg1, GS_RD },
};

/*
 * @test RTT_DESTROY.{level_bound,ipa_align,ipa_bound,rtt_walk,rtte_state,rtt_live}
 * @test RTT_DESTROY.{order_rd_walk,order_level_ipa_walk}
 */
static const struct refusal destroy_refusals[] = {
	IPA_LEVEL_ROWS("RTT_DESTROY", 2),
	{ "RTT_DESTROY.level_bound start", IN_CALL, level2_start, RMI_ERROR_INPUT, NULL },
	{ "RTT_DESTROY.ipa_align page", IN_CALL, second_not_2m, RMI_ERROR_INPUT, NULL },
	{ "RTT_DESTROY.rtt_walk", IN_CALL, second_too_deep, RTT_ERROR(1), NULL },
	{ "RTT_DESTROY.rtte_state", IN_CALL, second_no_table, RTT_ERROR(2), NULL },
	{ "RTT_DESTROY.rtt_live", IN_WORLD, table_has_page, RTT_ERROR(3), NULL },
	{ "RTT_DESTROY rd_state < rtt_walk", IN_CALL, rd_is_rtt, RMI_ERROR_INPUT,
	  second_too_deep },
	{ "RTT_DESTROY rd_state < rtte_state", IN_CALL, rd_is_rtt, RMI_ERROR_INPUT,
	  second_no_table },
	{ "RTT_DESTROY rd_state < rtt_live", IN_CALL, rd_is_rtt, RMI_ERROR_INPUT,
	  table_has_page },
	{ "RTT_DESTROY ipa_bound < rtt_walk", IN_CALL, second_outside, RMI_ERROR_INPUT, NULL },
	{ "RTT_DESTROY level_bound < rtt_walk", IN_CALL, level2_4, RMI_ERROR_INPUT,
	  second_too_deep },
};

/* RTT_FOLD */

static void setup_fold(struct scene *s)
{
	realm_tables(&s->r, L2, 3);
	s->call = CALL(RMI_RTT_FOLD, s->r.rd, L2, 3);
}

static void table_has_one_ram(struct scene *s)
{
	realm_ram(&s->r, L2 + 7 * PAGE_SIZE, L2 + 8 * PAGE_SIZE);
}

/* @test RTT_FOLD.{rd_align,rd_bound,rd_state} */
static const struct pointer fold_pointers[] = {
	{ "RTT_FOLD.rd_align", "RTT_FOLD.rd_bound", "RTT_FOLD.rd_state", arg1, GS_RD },
};

/*
 * @test RTT_FOLD.{level_bound,ipa_align,ipa_bound,rtt_walk,rtte_state,rtt_homo}
 * @test RTT_FOLD.{order_rd_walk,order_level_ipa_walk}
 */
static const struct refusal fold_refusals[] = {
	IPA_LEVEL_ROWS("RTT_FOLD", 2),
	{ "RTT_FOLD.level_bound start", IN_CALL, level2_start, RMI_ERROR_INPUT, NULL },
	{ "RTT_FOLD.ipa_align page", IN_CALL, second_not_2m, RMI_ERROR_INPUT, NULL },
	{ "RTT_FOLD.rtt_walk", IN_CALL, second_too_deep, RTT_ERROR(1), NULL },
	{ "RTT_FOLD.rtte_state", IN_CALL, second_no_table, RTT_ERROR(2), NULL },
	{ "RTT_FOLD.rtt_homo page", IN_WORLD, table_has_page, RTT_ERROR(3), NULL },
	{ "RTT_FOLD.rtt_homo RIPAS", IN_WORLD, table_has_one_ram, RTT_ERROR(3), NULL },
	{ "RTT_FOLD rd_state < rtt_walk", IN_CALL, rd_is_rtt, RMI_ERROR_INPUT, second_too_deep },
	{ "RTT_FOLD rd_state < rtte_state", IN_CALL, rd_is_rtt, RMI_ERROR_INPUT,
	  second_no_table },
	{ "RTT_FOLD rd_state < rtt_homo", IN_CALL, rd_is_rtt, RMI_ERROR_INPUT, table_has_page },
	{ "RTT_FOLD ipa_bound < rtt_walk", IN_CALL, second_outside, RMI_ERROR_INPUT, NULL },
	{ "RTT_FOLD level_bound < rtt_walk", IN_CALL, level2_4, RMI_ERROR_INPUT,
	  second_too_deep },
};

/* RTT_MAP_UNPROTECTED: a 2 MiB block, so that alignments differ from a page's */

static uint64_t *desc(struct scene *s)
{
	return &s->call.x[4];
}

static void setup_map(struct scene *s)
{
	realm_tables(&s->r, half(s) + L2, 2);
	s->call = CALL(RMI_RTT_MAP_UNPROTECTED, s->r.rd, half(s) + L2, 2,
		       dram_run(512, MiB2) | DESC_WB_RW);
}

static void map_protected(struct scene *s)
{
	s->call.x[2] = L2;
}

static void map_level_0(struct scene *s)
{
	s->call.x[2] = 0;
	s->call.x[3] = 0;
}

static void map_pa_unaligned(struct scene *s)
{
	*desc(s) += PAGE_SIZE;
}

static void map_pa_48(struct scene *s)
{
	*desc(s) |= BIT(48);
}

static void map_memattr_4(struct scene *s)
{
	*desc(s) = (*desc(s) & ~UINT64_C(0x1c)) | 0x10;
}

static void map_too_deep(struct scene *s)
{
	s->call.x[2] += 3 * GiB;
}

static void map_again(struct scene *s)
{
	world_must("map", s->call);
}

static void map_table_there(struct scene *s)
{
	realm_tables(&s->r, half(s) + L2, 3);
}

/* @test RTT_MAP_UNPROTECTED.{rd_align,rd_bound,rd_state} */
static const struct pointer map_pointers[] = {
	{ "RTT_MAP_UNPROTECTED.rd_align", "RTT_MAP_UNPROTECTED.rd_bound",
	  "RTT_MAP_UNPROTECTED.rd_state", arg1, GS_RD },
};

/*
 * @test RTT_MAP_UNPROTECTED.{attr_valid,level_bound,addr_align,addr_bound}
 * @test RTT_MAP_UNPROTECTED.{ipa_align,ipa_bound,rtt_walk,rtte_state}
 * @test RTT_MAP_UNPROTECTED.{order_rd_walk,order_level_ipa_walk}
 */
static const struct refusal map_refusals[] = {
	IPA_LEVEL_ROWS("RTT_MAP_UNPROTECTED", 2),
	{ "RTT_MAP_UNPROTECTED.level_bound 0", IN_CALL, map_level_0, RMI_ERROR_INPUT, NULL },
	{ "RTT_MAP_UNPROTECTED.ipa_align page", IN_CALL, second_not_2m, RMI_ERROR_INPUT, NULL },
	{ "RTT_MAP_UNPROTECTED.ipa_bound protected", IN_CALL, map_protected,
	  RMI_ERROR_INPUT, NULL },
	{ "RTT_MAP_UNPROTECTED.addr_align", IN_CALL, map_pa_unaligned, RMI_ERROR_INPUT, NULL },
	{ "RTT_MAP_UNPROTECTED.addr_bound", IN_CALL, map_pa_48, RMI_ERROR_INPUT, NULL },
	{ "RTT_MAP_UNPROTECTED.attr_valid MemAttr", IN_CALL, map_memattr_4,
	  RMI_ERROR_INPUT, NULL },
	{ "RTT_MAP_UNPROTECTED.rtt_walk", IN_CALL, map_too_deep, RTT_ERROR(1), NULL },
	{ "RTT_MAP_UNPROTECTED.rtte_state mapped", IN_WORLD, map_again, RTT_ERROR(2), NULL },
	{ "RTT_MAP_UNPROTECTED.rtte_state table", IN_WORLD, map_table_there, RTT_ERROR(2), NULL },
	{ "RTT_MAP_UNPROTECTED rd_state < rtt_walk", IN_CALL, rd_is_rtt, RMI_ERROR_INPUT,
	  map_too_deep },
	{ "RTT_MAP_UNPROTECTED rd_state < rtte_state", IN_CALL, rd_is_rtt, RMI_ERROR_INPUT,
	  map_again },
	{ "RTT_MAP_UNPROTECTED level_bound < rtt_walk", IN_CALL, level2_4, RMI_ERROR_INPUT,
	  map_too_deep },
	{ "RTT_MAP_UNPROTECTED ipa_bound < rtt_walk", IN_CALL, second_outside,
	  RMI_ERROR_INPUT, NULL },
};

/* Each bit that is not the host's, alone. @test RTT_MAP_UNPROTECTED.attr_valid */
static void map_reserved_bits(const void *arg)
{
	const uint64_t reserved = ~(BITS(47, 12) | BITS(4, 2) | BITS(7, 6));
	struct scene s = { .page = 0 };

	(void)arg;
	make_realm(&s.r, 1);
	setup_map(&s);
	for (unsigned int bit = 0; bit < 64; bit++) {
		if (!(reserved & BIT(bit)))
			continue;
		*desc(&s) ^= BIT(bit);
		EXPECT_EQ(world_call(s.call).x[0], RMI_ERROR_INPUT);
		*desc(&s) ^= BIT(bit);
	}
	world_must("no reserved bit", s.call);
}

/* RTT_UNMAP_UNPROTECTED */

static void setup_unmap(struct scene *s)
{
	setup_map(s);
	world_must("map", s->call);
	s->call = CALL(RMI_RTT_UNMAP_UNPROTECTED, s->r.rd, half(s) + L2, 2);
}

static void unmap_other_entry(struct scene *s)
{
	s->call.x[2] += MiB2;
}

static void unmap_too_high(struct scene *s)
{
	s->call.x[2] = half(s);
	s->call.x[3] = 1;
}

static void unmap_inside_block(struct scene *s)
{
	s->call.x[2] += 5 * PAGE_SIZE;
	s->call.x[3] = 3;
}

/* x1 is top */
static void unmap_top(const struct scene *s, const struct call *out)
{
	uint64_t top = 0, base = half(s);

	if (RMI_STATUS(out->x[0]) == RMI_ERROR_RTT) {
		if (s->call.x[3] == 3 || s->call.x[3] == 1)
			top = s->call.x[2];	/* live: a block around it, a table */
		else if (RMI_INDEX(out->x[0]) == 1)
			top = align_down(base, 512 * GiB) + 512 * GiB;
		else
			top = base + GiB;
	}
	EXPECT_EQ(out->x[1], top);
}

/* @test RTT_UNMAP_UNPROTECTED.{rd_align,rd_bound,rd_state} */
static const struct pointer unmap_pointers[] = {
	{ "RTT_UNMAP_UNPROTECTED.rd_align", "RTT_UNMAP_UNPROTECTED.rd_bound",
	  "RTT_UNMAP_UNPROTECTED.rd_state", arg1, GS_RD },
};

/*
 * @test RTT_UNMAP_UNPROTECTED.{level_bound,ipa_align,ipa_bound,rtt_walk,rtte_state}
 * @test RTT_UNMAP_UNPROTECTED.{order_rd_walk,order_level_ipa_walk}
 */
static const struct refusal unmap_refusals[] = {
	IPA_LEVEL_ROWS("RTT_UNMAP_UNPROTECTED", 2),
	{ "RTT_UNMAP_UNPROTECTED.level_bound 0", IN_CALL, map_level_0, RMI_ERROR_INPUT, NULL },
	{ "RTT_UNMAP_UNPROTECTED.ipa_align page", IN_CALL, second_not_2m, RMI_ERROR_INPUT, NULL },
	{ "RTT_UNMAP_UNPROTECTED.ipa_bound protected", IN_CALL, map_protected,
	  RMI_ERROR_INPUT, NULL },
	{ "RTT_UNMAP_UNPROTECTED.rtt_walk", IN_CALL, map_too_deep, RTT_ERROR(1), NULL },
	{ "RTT_UNMAP_UNPROTECTED.rtt_walk block", IN_CALL, unmap_inside_block,
	  RTT_ERROR(2), NULL },
	{ "RTT_UNMAP_UNPROTECTED.rtte_state", IN_CALL, unmap_other_entry, RTT_ERROR(2), NULL },
	{ "RTT_UNMAP_UNPROTECTED.rtte_state table", IN_CALL, unmap_too_high, RTT_ERROR(1), NULL },
	{ "RTT_UNMAP_UNPROTECTED rd_state < rtt_walk", IN_CALL, rd_is_rtt, RMI_ERROR_INPUT,
	  map_too_deep },
	{ "RTT_UNMAP_UNPROTECTED rd_state < rtte_state", IN_CALL, rd_is_rtt, RMI_ERROR_INPUT,
	  unmap_other_entry },
	{ "RTT_UNMAP_UNPROTECTED ipa_bound < rtt_walk", IN_CALL, second_outside,
	  RMI_ERROR_INPUT, NULL },
	{ "RTT_UNMAP_UNPROTECTED level_bound < rtt_walk", IN_CALL, level2_4, RMI_ERROR_INPUT,
	  map_too_deep },
};

/* RTT_READ_ENTRY: on failure all four outputs are zero */

static void setup_read(struct scene *s)
{
	realm_tables(&s->r, L2, 3);
	s->call = CALL(RMI_RTT_READ_ENTRY, s->r.rd, L2, 2);
}

static void read_nothing(const struct scene *s, const struct call *out)
{
	(void)s;
	for (unsigned int i = 1; i <= 4; i++)
		EXPECT_EQ(out->x[i], 0);
}

/* @test RTT_READ_ENTRY.{rd_align,rd_bound,rd_state} */
static const struct pointer read_pointers[] = {
	{ "RTT_READ_ENTRY.rd_align", "RTT_READ_ENTRY.rd_bound", "RTT_READ_ENTRY.rd_state",
	  arg1, GS_RD },
};

/* @test RTT_READ_ENTRY.{level_bound,ipa_align,ipa_bound} */
static const struct refusal read_refusals[] = {
	IPA_LEVEL_ROWS("RTT_READ_ENTRY", 2),
	{ "RTT_READ_ENTRY.ipa_align page", IN_CALL, second_not_2m, RMI_ERROR_INPUT, NULL },
};

#define COMMAND(name, top)						\
	{ setup_##name, name##_pointers, COUNT_OF(name##_pointers),	\
	  name##_refusals, COUNT_OF(name##_refusals), top }

static const struct command commands[] = {
	COMMAND(create, NULL),
	{ setup_create_ns, NULL, 0, create_ns_refusals, COUNT_OF(create_ns_refusals), NULL },
	COMMAND(destroy, destroy_top),
	COMMAND(fold, NULL),
	COMMAND(map, NULL),
	COMMAND(unmap, unmap_top),
	COMMAND(read, read_nothing),
};

/* Fold and unfold: rmm-abi.md 6.6, 6.7 */

/* What one level 2 or level 1 entry is before it is unfolded. */
struct shape {
	const char *name;
	bool is_protected;
	int level;		/* of the entry */
	uint64_t state, ripas;
	uint64_t attrs;		/* unprotected and ASSIGNED */
};

static const struct shape shapes[] = {
	{ "UNASSIGNED EMPTY", true, 2, RMI_RTTE_UNASSIGNED, RMI_RIPAS_EMPTY, 0 },
	{ "UNASSIGNED RAM", true, 2, RMI_RTTE_UNASSIGNED, RMI_RIPAS_RAM, 0 },
	{ "UNASSIGNED DESTROYED", true, 2, RMI_RTTE_UNASSIGNED, RMI_RIPAS_DESTROYED, 0 },
	{ "UNASSIGNED RAM level 1", true, 1, RMI_RTTE_UNASSIGNED, RMI_RIPAS_RAM, 0 },
	{ "ASSIGNED EMPTY", true, 2, RMI_RTTE_ASSIGNED, RMI_RIPAS_EMPTY, 0 },
	{ "ASSIGNED RAM", true, 2, RMI_RTTE_ASSIGNED, RMI_RIPAS_RAM, 0 },
	{ "ASSIGNED DESTROYED", true, 2, RMI_RTTE_ASSIGNED, RMI_RIPAS_DESTROYED, 0 },
	{ "UNASSIGNED_NS", false, 2, RMI_RTTE_UNASSIGNED, 0, 0 },
	{ "UNASSIGNED_NS level 1", false, 1, RMI_RTTE_UNASSIGNED, 0, 0 },
	{ "ASSIGNED_NS", false, 2, RMI_RTTE_ASSIGNED, 0, DESC_WB_RW },
	{ "ASSIGNED_NS device", false, 2, RMI_RTTE_ASSIGNED, 0, 0x44 },
	{ "ASSIGNED_NS non-cacheable", false, 2, RMI_RTTE_ASSIGNED, 0, 0x14 },
	{ "ASSIGNED_NS no access", false, 2, RMI_RTTE_ASSIGNED, 0, 0x18 },
	{ "ASSIGNED_NS level 1", false, 1, RMI_RTTE_ASSIGNED, 0, DESC_WB_RW },
};

struct patch {
	struct realm_under_test r;
	const struct shape *shape;
	uint64_t ipa;		/* of the entry */
	uint64_t pa;		/* of what it maps */
};

static uint64_t span(int level)
{
	return rtt_level_span(level);
}

static void assign_all(struct patch *p)
{
	p->pa = delegated_run(512, MiB2);
	for (unsigned int i = 0; i < 512; i++)
		MUST(RMI_DATA_CREATE_UNKNOWN, p->r.rd, p->pa + i * PAGE_SIZE,
		     p->ipa + i * PAGE_SIZE);
}

/* The entry is UNASSIGNED, EMPTY. */
static void make_protected(struct patch *p)
{
	const struct shape *s = p->shape;

	if (s->ripas == RMI_RIPAS_RAM)
		realm_ram(&p->r, p->ipa, p->ipa + span(s->level));
	if (s->ripas == RMI_RIPAS_DESTROYED) {
		realm_tables(&p->r, p->ipa, s->level + 1);
		MUST(RMI_RTT_DESTROY, p->r.rd, p->ipa, (uint64_t)s->level + 1);
	}
	if (s->state == RMI_RTTE_ASSIGNED) {
		realm_tables(&p->r, p->ipa, 3);
		assign_all(p);
		MUST(RMI_RTT_FOLD, p->r.rd, p->ipa, 3);
	}
}

static void make_patch(struct patch *p, const struct shape *s)
{
	p->shape = s;
	p->pa = 0;
	make_realm(&p->r, 5);
	p->ipa = (s->is_protected ? 0 : realm_unprotected(&p->r)) + 3 * span(s->level);
	realm_tables(&p->r, p->ipa, s->level);
	if (s->is_protected) {
		make_protected(p);
	} else if (s->state == RMI_RTTE_ASSIGNED) {
		p->pa = 16 * span(s->level);	/* any address will do */
		MUST(RMI_RTT_MAP_UNPROTECTED, p->r.rd, p->ipa, (uint64_t)s->level,
		     p->pa | s->attrs);
	}
}

static uint64_t desc_of(const struct patch *p, uint64_t offset)
{
	if (p->shape->state == RMI_RTTE_UNASSIGNED)
		return 0;
	return (p->pa + offset) | p->shape->attrs;
}

static void expect_shape(const struct patch *p, uint64_t offset, int level)
{
	struct entry e = entry_of(&p->r, p->ipa + offset, level);

	EXPECT_EQ(e.level, (uint64_t)level);
	EXPECT_EQ(e.state, p->shape->state);
	EXPECT_EQ(e.ripas, p->shape->ripas);
	EXPECT_EQ(e.desc, desc_of(p, offset));
}

/* @test RTT_CREATE.success, RTT_FOLD.success, RIPAS.{unfold,fold}, RTT.states */
static void unfold_and_fold(const void *arg)
{
	const struct shape *s = arg;
	struct patch p;
	uint64_t table = delegated(), child = span(s->level + 1);

	world_check_laws(false);
	make_patch(&p, s);
	world_check_laws(true);
	expect_shape(&p, 0, s->level);

	MUST(RMI_RTT_CREATE, p.r.rd, table, p.ipa, (uint64_t)s->level + 1);
	EXPECT_EQ(state_of(table), GS_RTT);
	EXPECT_EQ(entry_of(&p.r, p.ipa, s->level).desc, table);
	world_check_laws(false);
	for (uint64_t i = 0; i < 512; i++)
		expect_shape(&p, i * child, s->level + 1);
	world_check_laws(true);

	EXPECT_EQ(MUST(RMI_RTT_FOLD, p.r.rd, p.ipa, (uint64_t)s->level + 1).x[1], table);
	EXPECT_EQ(state_of(table), GS_DELEGATED);
	expect_shape(&p, 0, s->level);
	/* deeper than the walk goes: the entry that covers it, as it is */
	EXPECT_EQ(entry_of(&p.r, p.ipa + PAGE_SIZE, 3).level, (uint64_t)s->level);
	EXPECT_EQ(entry_of(&p.r, p.ipa + PAGE_SIZE, 3).desc, desc_of(&p, 0));
}

/* FOLD of a table that is not homogeneous: one entry of a good one is spoilt. */

static void spoil_ripas(struct patch *p, uint64_t at)
{
	MUST(RMI_DATA_DESTROY, p->r.rd, at);
	realm_unknown(&p->r, at);
}

static void spoil_unassign(struct patch *p, uint64_t at)
{
	MUST(RMI_DATA_DESTROY, p->r.rd, at);
}

static void spoil_address(struct patch *p, uint64_t at)
{
	uint64_t page = MUST(RMI_DATA_DESTROY, p->r.rd, at).x[1];

	(void)page;
	MUST(RMI_DATA_CREATE_UNKNOWN, p->r.rd, delegated(), at);
}

static void spoil_ns(struct patch *p, uint64_t at, uint64_t desc)
{
	MUST(RMI_RTT_UNMAP_UNPROTECTED, p->r.rd, at, 3);
	if (desc)
		MUST(RMI_RTT_MAP_UNPROTECTED, p->r.rd, at, 3, desc);
}

static uint64_t ns_desc(const struct patch *p, uint64_t at)
{
	return (p->pa + at - p->ipa) | p->shape->attrs;
}

static void spoil_memattr(struct patch *p, uint64_t at)
{
	spoil_ns(p, at, ns_desc(p, at) ^ 0x0c);		/* 0b110 -> 0b101 */
}

static void spoil_s2ap(struct patch *p, uint64_t at)
{
	spoil_ns(p, at, ns_desc(p, at) ^ 0x40);
}

static void spoil_ns_address(struct patch *p, uint64_t at)
{
	spoil_ns(p, at, ns_desc(p, at) + 4 * MiB2);
}

static void spoil_unmap(struct patch *p, uint64_t at)
{
	spoil_ns(p, at, 0);
}

struct spoilt {
	const char *name;
	unsigned int shape;
	void (*spoil)(struct patch *p, uint64_t at);
};

enum { EMPTY_BLOCK = 4, RAM_BLOCK = 5, NS_BLOCK = 9 };	/* in shapes[] */

static const struct spoilt spoilt[] = {
	{ "RTT_FOLD.rtt_homo RIPAS of a page", RAM_BLOCK, spoil_ripas },
	{ "RTT_FOLD.rtt_homo a hole", RAM_BLOCK, spoil_unassign },
	{ "RTT_FOLD.rtt_homo a hole, EMPTY", EMPTY_BLOCK, spoil_unassign },
	{ "RTT_FOLD.rtt_homo address, EMPTY", EMPTY_BLOCK, spoil_address },
	{ "RTT_FOLD.rtt_homo MemAttr", NS_BLOCK, spoil_memattr },
	{ "RTT_FOLD.rtt_homo S2AP", NS_BLOCK, spoil_s2ap },
	{ "RTT_FOLD.rtt_homo address, NS", NS_BLOCK, spoil_ns_address },
	{ "RTT_FOLD.rtt_homo a hole, NS", NS_BLOCK, spoil_unmap },
};

static void fold_spoilt(const void *arg)
{
	static const unsigned int which[] = { 0, 1, 300, 511 };
	const struct spoilt *s = arg;
	struct patch p;

	for (size_t i = 0; i < COUNT_OF(which); i++) {
		world_boot(&host_machine_default, setting->backing);
		world_check_laws(false);
		make_patch(&p, &shapes[s->shape]);
		MUST(RMI_RTT_CREATE, p.r.rd, delegated(), p.ipa, 3);
		world_check_laws(true);
		s->spoil(&p, p.ipa + which[i] * PAGE_SIZE);
		EXPECT_EQ(RMI(RMI_RTT_FOLD, p.r.rd, p.ipa, 3).x[0], RTT_ERROR(3));
	}
}

/* Contiguous, but not on a 2 MiB boundary. */
static void fold_misaligned(const void *arg)
{
	struct realm_under_test r;
	uint64_t run;

	(void)arg;
	world_check_laws(false);
	run = delegated_run(513, MiB2) + PAGE_SIZE;
	make_realm(&r, 5);
	realm_tables(&r, 0, 3);
	for (unsigned int i = 0; i < 512; i++)
		MUST(RMI_DATA_CREATE_UNKNOWN, r.rd, run + i * PAGE_SIZE, i * PAGE_SIZE);
	world_check_laws(true);
	EXPECT_EQ(RMI(RMI_RTT_FOLD, r.rd, 0, 3).x[0], RTT_ERROR(3));
}

static void fold_ns_misaligned(const void *arg)
{
	struct realm_under_test r;
	uint64_t base;

	(void)arg;
	world_check_laws(false);
	make_realm(&r, 5);
	base = realm_unprotected(&r);
	realm_tables(&r, base, 3);
	for (uint64_t i = 0; i < 512; i++)
		MUST(RMI_RTT_MAP_UNPROTECTED, r.rd, base + i * PAGE_SIZE, 3,
		     ((i + 1) * PAGE_SIZE) | DESC_WB_RW);
	world_check_laws(true);
	EXPECT_EQ(RMI(RMI_RTT_FOLD, r.rd, base, 3).x[0], RTT_ERROR(3));
}

static void fold_with_child_table(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	make_realm(&r, 5);
	if (r.start > 1)
		return;
	realm_tables(&r, 5 * MiB2, 3);
	EXPECT_EQ(RMI(RMI_RTT_FOLD, r.rd, 0, 2).x[0], RTT_ERROR(2));
	/* the same with nothing but tables */
	world_check_laws(false);
	for (uint64_t i = 0; i < 512; i++)
		realm_tables(&r, i * MiB2, 3);
	world_check_laws(true);
	EXPECT_EQ(RMI(RMI_RTT_FOLD, r.rd, 0, 2).x[0], RTT_ERROR(2));
}

/* 1 GiB of unprotected blocks folds, 512 GiB of them never. */
static void fold_level_1_and_0(const void *arg)
{
	struct realm_under_test r;
	uint64_t base;

	(void)arg;
	world_check_laws(false);
	make_realm(&r, 5);
	base = realm_unprotected(&r);
	realm_tables(&r, base, 2);
	for (uint64_t i = 0; i < 512; i++)
		MUST(RMI_RTT_MAP_UNPROTECTED, r.rd, base + i * MiB2, 2,
		     (GiB + i * MiB2) | DESC_WB_RW);
	world_check_laws(true);
	MUST(RMI_RTT_FOLD, r.rd, base, 2);
	EXPECT_EQ(entry_of(&r, base, 1).desc, GiB | DESC_WB_RW);
	if (r.start == 1)
		return;
	world_check_laws(false);
	for (uint64_t i = 1; i < 512; i++)
		MUST(RMI_RTT_MAP_UNPROTECTED, r.rd, base + i * GiB, 1,
		     ((i + 1) * GiB) | DESC_WB_RW);
	MUST(RMI_RTT_UNMAP_UNPROTECTED, r.rd, base, 1);
	MUST(RMI_RTT_MAP_UNPROTECTED, r.rd, base, 1, (uint64_t)GiB | DESC_WB_RW);
	world_check_laws(true);
	EXPECT_EQ(RMI(RMI_RTT_FOLD, r.rd, base, 1).x[0], RTT_ERROR(1));
}

/* RTT_DESTROY */

/* @test RTT_DESTROY.success, RIPAS.rtt_destroy */
static void destroy_makes_destroyed(const void *arg)
{
	const uint64_t *ripas = arg;
	struct realm_under_test r;
	uint64_t table;
	struct call out;

	make_realm(&r, 5);
	realm_tables(&r, L2, 3);
	table = entry_of(&r, L2, 2).desc;
	if (*ripas == RMI_RIPAS_RAM)
		realm_ram(&r, L2, L2 + MiB2);
	out = MUST(RMI_RTT_DESTROY, r.rd, L2, 3);
	EXPECT_EQ(out.x[1], table);
	EXPECT_EQ(out.x[2], GiB);
	EXPECT_EQ(state_of(table), GS_DELEGATED);
	EXPECT_EQ(entry_of(&r, L2, 2).state, RMI_RTTE_UNASSIGNED);
	EXPECT_EQ(entry_of(&r, L2, 2).ripas, RMI_RIPAS_DESTROYED);
}

/* Mapped unprotected pages do not keep a table; its parent forgets them. @test RTT.ns_not_live */
static void destroy_unprotected(const void *arg)
{
	struct realm_under_test r;
	uint64_t at;
	struct call out;

	(void)arg;
	make_realm(&r, 5);
	at = realm_unprotected(&r) + L2;
	realm_share(&r, at);
	realm_share(&r, at + 511 * PAGE_SIZE);
	realm_tables(&r, at + 9 * MiB2, 3);
	out = MUST(RMI_RTT_DESTROY, r.rd, at, 3);
	EXPECT_EQ(out.x[2], at + 9 * MiB2);
	EXPECT_EQ(entry_of(&r, at, 2).state, RMI_RTTE_UNASSIGNED);
	EXPECT_EQ(entry_of(&r, at, 2).ripas, 0);
	/* table by table to the root, then the realm goes */
	MUST(RMI_RTT_DESTROY, r.rd, at + 9 * MiB2, 3);
	for (int level = 2; level > r.start; level--)
		MUST(RMI_RTT_DESTROY, r.rd, align_down(at, span(level - 1)),
		     (uint64_t)level);
	MUST(RMI_REALM_DESTROY, r.rd);
}

/* A live child is reported with the level of the child, at the IPA itself. */
static void destroy_live_is_no_progress(const void *arg)
{
	struct realm_under_test r;
	struct call out;

	(void)arg;
	make_realm(&r, 5);
	realm_data(&r, L2);
	out = RMI(RMI_RTT_DESTROY, r.rd, 0, 2);
	EXPECT_EQ(out.x[0], RTT_ERROR(2));
	EXPECT_EQ(out.x[2], 0);
	/* nothing live before L2: the host may jump there */
	out = RMI(RMI_RTT_DESTROY, r.rd, 0, 3);
	EXPECT_EQ(out.x[0], RTT_ERROR(2));
	EXPECT_EQ(out.x[2], L2);
}

/* Inside a block there is no table: no progress. */
static void destroy_in_block(const void *arg)
{
	struct patch p;
	struct call out;

	(void)arg;
	world_check_laws(false);
	make_patch(&p, &shapes[RAM_BLOCK]);
	world_check_laws(true);
	out = RMI(RMI_RTT_DESTROY, p.r.rd, p.ipa, 3);
	EXPECT_EQ(out.x[0], RTT_ERROR(2));
	EXPECT_EQ(out.x[2], p.ipa);
}

/* MAP, UNMAP */

/*
 * Every memory type; the fake MMU judges the leaves.
 * @test RTT_MAP_UNPROTECTED.{success,shareability}, RTT_UNMAP_UNPROTECTED.success
 */
static void map_and_unmap(const void *arg)
{
	struct realm_under_test r;
	uint64_t at;
	struct call out;

	(void)arg;
	make_realm(&r, 5);
	at = realm_unprotected(&r) + L2;
	realm_tables(&r, at, 3);
	for (unsigned int attr = 0; attr < 8; attr++) {
		uint64_t d = (attr + 1) * PAGE_SIZE | (uint64_t)attr << 2 |
			     (uint64_t)(attr & 3) << 6;

		if (attr == 4)
			continue;
		MUST(RMI_RTT_MAP_UNPROTECTED, r.rd, at + attr * PAGE_SIZE, 3, d);
		EXPECT_EQ(entry_of(&r, at + attr * PAGE_SIZE, 3).desc, d);
		EXPECT_EQ(entry_of(&r, at + attr * PAGE_SIZE, 3).state, RMI_RTTE_ASSIGNED);
		EXPECT_EQ(entry_of(&r, at + attr * PAGE_SIZE, 3).ripas, 0);
	}
	out = MUST(RMI_RTT_UNMAP_UNPROTECTED, r.rd, at, 3);
	EXPECT_EQ(out.x[1], at + PAGE_SIZE);
	EXPECT_EQ(entry_of(&r, at, 3).desc, 0);
	out = RMI(RMI_RTT_UNMAP_UNPROTECTED, r.rd, at, 3);
	EXPECT_EQ(out.x[0], RTT_ERROR(3));
	EXPECT_EQ(out.x[1], at + PAGE_SIZE);
	out = MUST(RMI_RTT_UNMAP_UNPROTECTED, r.rd, at + 7 * PAGE_SIZE, 3);
	EXPECT_EQ(out.x[1], at + MiB2);
}

/* All these work in every state of the realm. @test RTT_CREATE.any_state */
static void after_system_off(const void *arg)
{
	struct realm_under_test r;
	uint64_t at;

	(void)arg;
	make_realm(&r, 5);
	rec_make(&r, true);
	realm_start(&r);
	step_smc(0x84000009, 0, 0, 0, 0);	/* PSCI_SYSTEM_RESET */
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	at = realm_unprotected(&r);
	realm_share(&r, at);
	MUST(RMI_RTT_UNMAP_UNPROTECTED, r.rd, at, 3);
	MUST(RMI_RTT_FOLD, r.rd, at, 3);
	realm_tables(&r, L2, 3);
	MUST(RMI_RTT_DESTROY, r.rd, L2, 3);
}

/*
 * The deepest chain of tables: READ_ENTRY reports the level it was asked for.
 * @test RTT_READ_ENTRY.{short_walk,success}
 */
static void read_each_level(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	make_realm(&r, 5);
	for (int level = r.start; level < 3; level++) {
		uint64_t table = delegated();

		EXPECT_EQ(entry_of(&r, 0, 3).level, (uint64_t)level);
		MUST(RMI_RTT_CREATE, r.rd, table, 0, (uint64_t)level + 1);
		EXPECT_EQ(entry_of(&r, 0, level).level, (uint64_t)level);
		EXPECT_EQ(entry_of(&r, 0, level).state, RMI_RTTE_TABLE);
		EXPECT_EQ(entry_of(&r, 0, level).desc, table);
		EXPECT_EQ(entry_of(&r, 0, level).ripas, 0);
	}
	EXPECT_EQ(entry_of(&r, 0, 3).level, 3);
}

/* Both ends of both halves, to the last page. */
static void corners_of_the_space(const void *arg)
{
	struct realm_under_test r;
	uint64_t h, data;

	(void)arg;
	make_realm(&r, 5);
	h = realm_unprotected(&r);
	realm_ram(&r, 0, span(r.start));
	data = realm_data(&r, h - PAGE_SIZE);
	EXPECT_EQ(entry_of(&r, h - PAGE_SIZE, 3).desc, data);
	realm_share(&r, h);
	realm_share(&r, 2 * h - PAGE_SIZE);
	realm_data(&r, 0);
	EXPECT_EQ(entry_of(&r, 2 * h - PAGE_SIZE, 3).state, RMI_RTTE_ASSIGNED);
	EXPECT_EQ(MUST(RMI_DATA_DESTROY, r.rd, h - PAGE_SIZE).x[1], data);
}

static const uint64_t empty = RMI_RIPAS_EMPTY, ram = RMI_RIPAS_RAM;

static const struct unit_test effects[] = {
	{ "RTT_MAP_UNPROTECTED.attr_valid bits", map_reserved_bits, NULL },
	{ "RTT_FOLD.rtt_homo misaligned", fold_misaligned, NULL },
	{ "RTT_FOLD.rtt_homo misaligned NS", fold_ns_misaligned, NULL },
	{ "RTT_FOLD.rtt_homo child table", fold_with_child_table, NULL },
	{ "rtt: fold level 1 and 0", fold_level_1_and_0, NULL },
	{ "rtt: destroy EMPTY", destroy_makes_destroyed, &empty },
	{ "rtt: destroy RAM", destroy_makes_destroyed, &ram },
	{ "rtt: destroy unprotected", destroy_unprotected, NULL },
	{ "rtt: destroy, live", destroy_live_is_no_progress, NULL },
	{ "rtt: destroy in a block", destroy_in_block, NULL },
	{ "rtt: map and unmap", map_and_unmap, NULL },
	{ "rtt: after SYSTEM_OFF", after_system_off, NULL },
	{ "rtt: read each level", read_each_level, NULL },
	{ "rtt: corners of the space", corners_of_the_space, NULL },
};

void suite_rtt(void)
{
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		scene_add(&commands[i]);
	for (size_t i = 0; i < COUNT_OF(shapes); i++)
		unit_add(shapes[i].name, unfold_and_fold, &shapes[i]);
	for (size_t i = 0; i < COUNT_OF(spoilt); i++)
		unit_add(spoilt[i].name, fold_spoilt, &spoilt[i]);
	UNIT_TESTS(effects);
}
