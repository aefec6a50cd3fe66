/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Shared memory the way a CCA guest makes it (design 4.3): it puts the top bit
 * of the IPA into its stage 1 descriptor and knows of nothing else. Bit 5 of
 * the descriptor, which decides between the two halves in Secure state, is the
 * monitor's to set and to clear (threat T6). Each test prints the traps that
 * this took.
 */
#include "host/stage1.h"

#define ROUNDS		1000
#define SHARED_SLOT	32		/* of the page window */

static uint64_t heal_traps(void)
{
	return RMI(TMM_STAT, TMM_STAT_HEAL_TRAPS).x[1];
}

static void print_traps(const char *what, uint64_t n, uint64_t before)
{
	print("     %lu %s: %lu heal traps\n", n, what, heal_traps() - before);
}

/* One page of RAM at MORE_RAM(0), and its descriptor in the page window. */
static struct share page_share(const struct rec *c)
{
	return (struct share){
		.ipa = MORE_RAM(0), .top = realm_top(c->realm),
		.window = PUPPET_WINDOW_PAGE(SHARED_SLOT),
		.slot = PUPPET_TABLE(PT_WIN_L3) + SHARED_SLOT * 8UL,
		.attr = DESC_NORMAL, .count = 1, .stride = PAGE,
		.rounds = test_scale(ROUNDS), .seed = 11,
	};
}

/* The block at MORE_RAM(0) by one descriptor of the block window. */
static struct share block_share(const struct rec *c)
{
	struct share s = page_share(c);

	s.window = PUPPET_WINDOW_BLOCK(1);
	s.slot = PUPPET_TABLE(PT_WIN_L2) + 8;
	s.attr = DESC_NORMAL_BLOCK;
	s.stride = BLOCK;
	return s;
}

/* Word 1 of each page of the host is constant for the realm to find. */
static void host_words(const struct share *s, uint64_t *host)
{
	uint64_t i;

	for (i = 0; i < s->count; i++)
		host[i * s->stride / 8 + 1] = pattern(s->seed, i);
}

static void share_pages(struct rec *c, const struct share *s, uint64_t *host)
{
	uint64_t i;

	host_words(s, host);
	for (i = 0; i < s->count; i++)
		realm_share(c->realm, s->top | (s->ipa + i * s->stride),
			    host + i * s->stride / 8);
}

#define SHARE_ORDER(op, s)						\
	op, (s)->ipa, (s)->top, (s)->window, (s)->slot, (s)->attr,	\
	(s)->keep, (s)->count, (s)->stride, (s)->rounds, (s)->seed

static void expect_shared(const struct rec *c, const struct share *s,
			  const uint64_t *host)
{
	uint64_t i;

	EXPECT_EQ(report(c, 1), 0);
	EXPECT_EQ(report(c, 2), s->rounds);
	EXPECT_EQ(report_exceptions(c), 0);
	for (i = 0; i < s->count; i++)
		EXPECT_EQ(host[i * s->stride / 8],
			  pattern(s->seed + s->rounds - 1, i));
}

static void share_rounds(struct rec *c, const struct share *s,
			 const uint64_t *host, const char *what)
{
	uint64_t before = heal_traps();

	obey(c, SHARE_ORDER(OP_SHARE, s));
	expect_shared(c, s, host);
	/* it was the monitor's doing, and a group costs no more than a page */
	EXPECT(heal_traps() - before >= s->rounds);
	EXPECT(heal_traps() - before <= 2 * s->rounds + 2);
	print_traps(what, s->rounds, before);
}

/* Host writes, realm reads; realm writes, host reads. */
TEST(heal, page_both_ways, BOTH)
{
	struct rec *c = puppet();
	uint64_t *page = ns_page(), half = realm_top(c->realm), va;

	realm_mmu_on(c);
	realm_share(c->realm, half | PUPPET_HOLE, page);
	va = realm_window(c, 0, half | PUPPET_HOLE | DESC_NORMAL);
	page[0] = 0x1111;
	EXPECT_EQ(realm_load(c, va), 0x1111);
	realm_store(c, va + 8, 0x2222);
	EXPECT_EQ(page[1], 0x2222);
	/* a read-modify-write sees and leaves the host's memory, too */
	obey(c, OP_ACCESS, ACC_LDXR, va + 8);
	EXPECT_EQ(report(c, 1), 0x2222);
	EXPECT_EQ(report_exceptions(c), 0);
}

TEST(heal, page, BOTH)
{
	struct rec *c = puppet_with_ram(1, 1);
	struct share s = page_share(c);
	uint64_t *host = ns_page();

	share_pages(c, &s, host);
	realm_mmu_on(c);
	share_rounds(c, &s, host, "rounds of a page");
}

/*
 * The way Linux does it: descriptors are changed in place, so that a bit 5
 * which the realm never set stays when the page becomes private again, and the
 * access that faults now goes to the Non-secure half of the IPA space.
 */
TEST(heal, page_in_place, BOTH)
{
	struct rec *c = puppet_with_ram(1, 1);
	struct share s = page_share(c);
	uint64_t *host = ns_page(), before = heal_traps();

	s.keep = DESC_NS;
	share_pages(c, &s, host);
	realm_mmu_on(c);
	share_rounds(c, &s, host, "rounds of a page, in place");
	EXPECT(heal_traps() - before >= 2 * s.rounds - 1);
}

static void contiguous(uint64_t keep, const char *what)
{
	struct rec *c = puppet_with_ram(1, 16);
	struct share s = page_share(c);
	uint64_t *host = ns_pages(16, 16 * PAGE);

	s.count = 16;
	s.attr |= DESC_CONTIGUOUS;
	s.keep = keep;
	share_pages(c, &s, host);
	realm_mmu_on(c);
	share_rounds(c, &s, host, what);
}

TEST(heal, contiguous, ONCE)
{
	contiguous(0, "rounds of 16 contiguous pages");
}

TEST(heal, contiguous_in_place, ONCE)
{
	contiguous(DESC_NS, "rounds of 16 contiguous pages, in place");
}

/* One block descriptor of the realm over pages of the host, then a block. */
TEST(heal, block_of_pages, BOTH)
{
	struct rec *c = puppet_with_ram(1, 1);
	struct share s = block_share(c);
	uint64_t *host = ns_page();

	share_pages(c, &s, host);
	realm_mmu_on(c);
	share_rounds(c, &s, host, "rounds of a block");
}

TEST(heal, block, ONCE)
{
	struct rec *c = puppet_with_ram(1, 1);
	struct share s = block_share(c);
	uint64_t *host = ns_pages(512, BLOCK);

	s.keep = DESC_NS;
	host_words(&s, host);
	realm_share_block(c->realm, s.top | s.ipa, host);
	realm_mmu_on(c);
	share_rounds(c, &s, host, "rounds of a block, in place");
}

/* 32 MiB as one contiguous group of 16 block descriptors. */
TEST(heal, contiguous_blocks, ONCE)
{
	const uint64_t ipa = PUPPET_BASE + 16 * BLOCK;
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	uint64_t *host = ns_pages(16 * 512, BLOCK), i;
	struct share s;
	struct rec *c;

	puppet_load(r);
	for (i = 0; i < 16; i++) {
		realm_ram(r, ipa + i * BLOCK, ipa + i * BLOCK + PAGE);
		realm_data_unknown(r, ipa + i * BLOCK);
		realm_share_block(r, realm_top(r) | (ipa + i * BLOCK),
				  host + i * BLOCK / 8);
	}
	c = rec_new(r, true);
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	s = block_share(c);
	s.ipa = ipa;
	s.count = 16;
	s.window = PUPPET_WINDOW_BLOCK(16);
	s.slot = PUPPET_TABLE(PT_WIN_L2) + 16 * 8;
	s.attr |= DESC_CONTIGUOUS;
	host_words(&s, host);
	realm_mmu_on(c);
	share_rounds(c, &s, host, "rounds of 16 contiguous blocks");
}

/*
 * Software for the Realm state may set bit 5 everywhere, where it is RES0; nG
 * comes with it in Arm's compliance suite. Code and stack included, so that
 * the first fetch with the MMU on goes to the wrong half.
 */
TEST(heal, ns_bit_everywhere, BOTH)
{
	struct rec *c = puppet_with_ram(1, 1);
	struct share s = page_share(c);
	uint64_t *host = ns_page(), before = heal_traps();

	s.attr |= DESC_NS | DESC_NG;
	share_pages(c, &s, host);
	realm_mmu_on_with(c, DESC_NS | DESC_NG);
	print_traps("first fetch with bit 5 set", 1, before);
	realm_store(c, PUPPET_SCRATCH, 0x99);
	EXPECT_EQ(realm_load(c, PUPPET_SCRATCH), 0x99);
	obey(c, SHARE_ORDER(OP_SHARE, &s));
	expect_shared(c, &s, host);
	print_traps("rounds with bit 5 always set", s.rounds, before);
}

/* The same by a 1 GiB block: no page descriptor to repair. */
TEST(heal, ns_bit_in_a_block, ONCE)
{
	struct rec *c = puppet_with_ram(1, 1);
	uint64_t root = MORE_RAM(0);

	realm_fill_table(c, root, 1, 1, PUPPET_BASE | DESC_NORMAL_BLOCK | DESC_NS,
			 0);
	obey(c, OP_MMU, 1, 0, PUPPET_TCR, root);
	EXPECT_EQ(report_exceptions(c), 0);
	realm_store(c, PUPPET_SCRATCH, 0x98);
	EXPECT_EQ(realm_load(c, PUPPET_SCRATCH), 0x98);
}

/* And in NSTable of every table descriptor on the way. */
TEST(heal, ns_bit_in_tables, ONCE)
{
	struct rec *c = puppet();
	uint64_t l1 = PUPPET_TABLE(PT_L1), l2 = PUPPET_TABLE(PT_L2);

	realm_mmu_on(c);
	obey(c, OP_MMU, 0);
	realm_fill_table(c, l1, 1, 1, l2 | DESC_TABLE | DESC_NSTABLE, 0);
	realm_fill_table(c, l2, 0, 1,
			 PUPPET_TABLE(PT_L3) | DESC_TABLE | DESC_NSTABLE, 0);
	realm_mmu_on(c);
	realm_store(c, PUPPET_SCRATCH, 0x97);
	EXPECT_EQ(realm_load(c, PUPPET_SCRATCH), 0x97);
}

static void run_to_report(void *arg)
{
	struct rec *c = *(struct rec **)arg;

	while (rec_run(c) == RMI_EXIT_IRQ)
		gic_take();
}

/* Two RECs convert neighbours in one table at the same time. */
TEST(heal, two_recs_at_once, BOTH)
{
	struct rec *c = puppet_with_ram(2, 2), *rec[2] = { c, NULL };
	uint64_t *host[2] = { ns_page(), ns_page() }, before, i;
	struct share s[2];

	realm_cpu_on(c, 1);
	rec[1] = c + 1;
	before = heal_traps();
	for (i = 0; i < 2; i++) {
		s[i] = page_share(c);
		s[i].ipa += i * PAGE;
		s[i].window += i * PAGE;
		s[i].slot += i * 8;
		s[i].seed += i;
		s[i].keep = DESC_NS;
		share_pages(c, &s[i], host[i]);
		realm_mmu_on(rec[i]);
		memcpy(rec[i]->run->enter.gprs,
		       (const uint64_t[]){ SHARE_ORDER(OP_SHARE, &s[i]) },
		       11 * sizeof(uint64_t));
	}
	cpus_run(2, run_to_report, rec, sizeof(rec[0]));
	for (i = 0; i < 2; i++) {
		expect_ordered(rec[i]);
		expect_shared(rec[i], &s[i], host[i]);
	}
	print_traps("rounds on two RECs each", s[0].rounds, before);
}

/* MMIO is a mapping like any other to the realm, and must keep its exits. */
TEST(heal, mmio_beside_shared_pages, BOTH)
{
	struct rec *c = puppet();
	uint64_t half = realm_top(c->realm), ipa = half | PUPPET_HOLE, va, mmio;
	uint64_t *page = ns_page();
	unsigned int i;

	realm_mmu_on(c);
	realm_share(c->realm, ipa, page);
	va = realm_window(c, 0, ipa | DESC_NORMAL);
	mmio = realm_window(c, 1, (ipa + PAGE) | DESC_NORMAL);
	for (i = 0; i < 3; i++) {
		page[0] = i;
		EXPECT_EQ(realm_load(c, va), i);
		EXPECT_EQ(order(c, OP_ACCESS, ACC_LDR_W, mmio + 0x18),
			  RMI_EXIT_SYNC);
		EXPECT_EQ(c->run->exit.hpfar, HPFAR(ipa + PAGE));
		EXPECT_EQ(c->run->exit.far, 0x18);
		EXPECT_EQ(ESR_EC(c->run->exit.esr), EC_DABT_LOWER);
		c->run->enter.flags = RMI_ENTER_EMUL_MMIO;
		c->run->enter.gprs[0] = 0xd0 + i;
		ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
		EXPECT_EQ(report(c, 1), 0xd0 + i);
		/* once more through a descriptor that the realm writes anew */
		va = realm_window(c, 0, ipa | DESC_NORMAL);
	}
}

/* What the host takes away exits again, and what it puts there is seen. */
TEST(heal, host_changes_the_page, BOTH)
{
	struct rec *c = puppet();
	uint64_t ipa = realm_top(c->realm) | PUPPET_HOLE, va, before;
	uint64_t *page[2] = { ns_page(), ns_page() };

	page[0][0] = 0xa;
	page[1][0] = 0xb;
	realm_mmu_on(c);
	realm_share(c->realm, ipa, page[0]);
	va = realm_window(c, 0, ipa | DESC_NORMAL);
	EXPECT_EQ(realm_load(c, va), 0xa);
	ASSERT_OK(RMI_RTT_UNMAP_UNPROTECTED, c->realm->rd, ipa, 3);
	before = heal_traps();
	EXPECT_EQ(order(c, OP_ACCESS, ACC_LDR_X, va), RMI_EXIT_SYNC);
	EXPECT_EQ(c->run->exit.hpfar, HPFAR(ipa));
	realm_share(c->realm, ipa, page[1]);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	EXPECT_EQ(report(c, 1), 0xb);
	/* the descriptor was right already */
	EXPECT_EQ(heal_traps(), before);
}

/* The other TTBR, and an alias of a page that is healed already. */
TEST(heal, upper_half_of_the_va_space, ONCE)
{
	/* T1SZ, inner and outer write-back, inner shareable, 4 KiB */
	const uint64_t upper = 25UL << 16 | 1UL << 24 | 1UL << 26 | 3UL << 28 |
			       2UL << 30, epd1 = 1UL << 23;
	struct rec *c = puppet();
	uint64_t ipa = realm_top(c->realm) | PUPPET_HOLE, va, *page = ns_page();

	page[0] = 0x77;
	realm_share(c->realm, ipa, page);
	realm_msr(c, REG_TTBR1_EL1, PUPPET_TABLE(PT_L1));
	obey(c, OP_MMU, 1, 0, (PUPPET_TCR | upper) & ~epd1);
	va = realm_window(c, 0, ipa | DESC_NORMAL) | ~0UL << 39;
	EXPECT_EQ(realm_load(c, va), 0x77);
	va = realm_window(c, 200, ipa | DESC_NORMAL);
	EXPECT_EQ(realm_load(c, va), 0x77);
	EXPECT_EQ(report_exceptions(c), 0);
}

/*
 * Conversion in full, as Linux does it. The realm asks for EMPTY: its host
 * takes the page and shares one. It asks for RAM: the host takes its own back
 * and gives a page. On each side the whole page is checked: what the other
 * wrote while it is shared, zeros when it comes back.
 */
struct conversion {
	struct rec *c;
	const struct share *s;
	uint64_t pa, *host, round;
};

static void page_words(uint64_t *w, uint64_t seed)
{
	unsigned int i;

	for (i = 0; i < PAGE / 8; i++)
		w[i] = pattern(seed, i);
}

static bool page_is(const uint64_t *w, uint64_t seed)
{
	unsigned int i;

	for (i = 0; i < PAGE / 8 && w[i] == pattern(seed, i); i++)
		;
	return EXPECT_EQ(i, PAGE / 8);
}

static void set_ripas(struct rec *c, uint64_t ipa)
{
	struct answer a = RMI(RMI_RTT_SET_RIPAS, c->realm->rd, c->pa, ipa,
			      ipa + PAGE);

	ASSERT_EQ(a.x[0], RMI_SUCCESS);
	ASSERT_EQ(a.x[1], ipa + PAGE);
}

static void host_shares(struct conversion *v)
{
	struct realm *r = v->c->realm;
	struct answer a;

	set_ripas(v->c, v->s->ipa);
	a = RMI(RMI_DATA_DESTROY, r->rd, v->s->ipa);
	ASSERT_EQ(a.x[0], RMI_SUCCESS);
	v->pa = a.x[1];
	page_words(v->host, v->s->seed + 4 * v->round);
	realm_share(r, v->s->top | v->s->ipa, v->host);
}

static bool host_takes_back(struct conversion *v)
{
	struct realm *r = v->c->realm;

	if (!page_is(v->host, v->s->seed + 4 * v->round + 1))
		return false;
	ASSERT_OK(RMI_RTT_UNMAP_UNPROTECTED, r->rd, v->s->top | v->s->ipa, 3);
	set_ripas(v->c, v->s->ipa);
	ASSERT_OK(RMI_DATA_CREATE_UNKNOWN, r->rd, v->pa, v->s->ipa);
	v->round++;
	return true;
}

static void convert(struct conversion *v)
{
	struct rec *c = v->c;
	uint64_t reason = order(c, SHARE_ORDER(OP_CONVERT, v->s));

	while (reason == RMI_EXIT_RIPAS_CHANGE) {
		ASSERT_EQ(c->run->exit.ripas_base, v->s->ipa);
		ASSERT_EQ(c->run->exit.ripas_top, v->s->ipa + PAGE);
		if (c->run->exit.ripas_value == RMI_RIPAS_EMPTY)
			host_shares(v);
		else if (!host_takes_back(v))
			return;
		reason = rec_run(c);
	}
	expect_ordered(c);
	EXPECT_EQ(report(c, 1), 0);
	EXPECT_EQ(report(c, 2), v->s->rounds);
	EXPECT_EQ(v->round, v->s->rounds);
	EXPECT_EQ(report_exceptions(c), 0);
}

TEST(heal, converted_back_and_forth, BOTH)
{
	struct rec *c = puppet_with_ram(1, 1);
	struct share s = page_share(c);
	struct conversion v = { .c = c, .s = &s, .host = ns_page() };
	uint64_t before = heal_traps();

	s.keep = DESC_NS;
	realm_mmu_on(c);
	convert(&v);
	print_traps("conversions", s.rounds, before);
}

/*
 * 64 MiB of shared 4 KiB pages, one after the other: what a swiotlb does. One
 * trap mends a whole table page, so it takes one for each 2 MiB.
 */
#define BIG_TABLES	32UL
#define BIG_PAGES	(BIG_TABLES * 512)
#define BIG_IPA		(PUPPET_BASE + 64 * BLOCK)

TEST(heal, many_pages_few_traps, ONCE)
{
	struct rec *c = puppet_with_ram(1, BIG_TABLES);
	uint64_t ipa = realm_top(c->realm) | BIG_IPA, i, before, bad = 0;
	uint64_t *host = ns_pages(BIG_PAGES, PAGE);

	for (i = 0; i < BIG_PAGES; i++) {
		realm_share(c->realm, ipa + i * PAGE, host + i * 512);
		host[i * 512] = pattern(21, i);
	}
	realm_fill_table(c, MORE_RAM(0), 0, BIG_PAGES, ipa | DESC_NORMAL, PAGE);
	realm_mmu_on(c);
	realm_fill_table(c, PUPPET_TABLE(PT_WIN_L2), 1, BIG_TABLES,
			 MORE_RAM(0) | DESC_TABLE, PAGE);
	before = heal_traps();
	obey(c, OP_TOUCH, PUPPET_WINDOW_BLOCK(1), BIG_PAGES, PAGE, 21);
	EXPECT_EQ(report(c, 1), 0);
	EXPECT_EQ(report_exceptions(c), 0);
	for (i = 0; i < BIG_PAGES; i++)
		bad += host[i * 512 + 1] != pattern(22, i);
	EXPECT_EQ(bad, 0);
	EXPECT(heal_traps() - before < 64);
	EXPECT(heal_traps() - before >= 1);
	print_traps("shared pages, 64 MiB", BIG_PAGES, before);
}

/*
 * Other translation granules. The payload itself lies in a block of the root,
 * the shared page in a table behind it; a page of the realm is many of the
 * host's, and each of them is used.
 */
struct granule_size {
	uint64_t tcr;		/* TG0, T0SZ and the rest of it */
	uint64_t size, block;	/* bytes of a page and of an entry of the root */
};

#define TCR_REST	(PUPPET_TCR & ~0xc03fUL)
static const struct granule_size granule_64k = {
	TCR_REST | 1UL << 14 | 25, 0x10000, 1UL << 29,
};
static const struct granule_size granule_16k = {
	TCR_REST | 2UL << 14 | 28, 0x4000, 1UL << 25,
};

static void other_granule(const struct granule_size *g)
{
	uint64_t pages = 2 * 16, n = g->size / PAGE, root = MORE_RAM(0), i;
	struct rec *c = puppet_with_ram(1, pages);
	uint64_t table = MORE_RAM(16), ipa = realm_top(c->realm) | BIG_IPA;
	uint64_t *host = ns_pages(n, PAGE), before = heal_traps();

	for (i = 0; i < n; i++) {
		realm_share(c->realm, ipa + i * PAGE, host + i * 512);
		host[i * 512] = pattern(31, i);
	}
	realm_fill_table(c, root, PUPPET_BASE / g->block, 1,
			 PUPPET_BASE | DESC_NORMAL_BLOCK, 0);
	realm_fill_table(c, root, PUPPET_WINDOW / g->block, 1,
			 table | DESC_TABLE, 0);
	realm_fill_table(c, table, 0, 1, ipa | DESC_NORMAL, 0);
	obey(c, OP_MMU, 1, 0, g->tcr, root);
	obey(c, OP_TOUCH, PUPPET_WINDOW, n, PAGE, 31);
	EXPECT_EQ(report(c, 1), 0);
	EXPECT_EQ(report_exceptions(c), 0);
	for (i = 0; i < n; i++)
		EXPECT_EQ(host[i * 512 + 1], pattern(32, i));
	EXPECT_EQ(heal_traps() - before, 1);
}

TEST(heal, granule_of_64k, ONCE)
{
	other_granule(&granule_64k);
}

TEST(heal, granule_of_16k, ONCE)
{
	other_granule(&granule_16k);
}

/*
 * The hardware writes descriptors as well: access flag, and the dirty state
 * as a read-only bit that DBM lets it clear. The heal of a neighbour neither
 * undoes nor invents any of it.
 */
#define TCR_HA		(1UL << 39)
#define TCR_HD		(1UL << 40)
#define FLAG_PAGES	64UL

TEST(heal, hardware_flags_survive, ONCE)
{
	const uint64_t clean = (DESC_NORMAL & ~DESC_AF) | DESC_READ_ONLY | DESC_DBM;
	struct rec *c = puppet();
	uint64_t ipa = realm_top(c->realm) | BIG_IPA, i;
	uint64_t *host = ns_pages(FLAG_PAGES, PAGE);

	for (i = 0; i < FLAG_PAGES; i++)
		realm_share(c->realm, ipa + i * PAGE, host + i * 512);
	obey(c, OP_MMU, 1, 0, PUPPET_TCR | TCR_HA | TCR_HD);
	realm_fill_table(c, PUPPET_TABLE(PT_WIN_L3), 0, FLAG_PAGES, ipa | clean,
			 PAGE);
	for (i = 0; i < FLAG_PAGES; i++) {
		if (i % 3 == 1)
			realm_load(c, PUPPET_WINDOW_PAGE(i));
		if (i % 3 == 2)
			realm_store(c, PUPPET_WINDOW_PAGE(i), i);
		EXPECT_EQ(report_exceptions(c), 0);
	}
	for (i = 0; i < FLAG_PAGES; i++) {
		uint64_t want = (ipa + i * PAGE) | clean | DESC_NS;

		if (i % 3)
			want |= DESC_AF;
		if (i % 3 == 2)
			want &= ~DESC_READ_ONLY;
		EXPECT_EQ(realm_load(c, PUPPET_TABLE(PT_WIN_L3) + i * 8), want);
		EXPECT_EQ(host[i * 512], i % 3 == 2 ? i : 0);
	}
}

/*
 * Tables of the realm that are not as they should be. The monitor follows none
 * of them out of the realm's protected memory, and changes nothing there.
 */
static uint64_t load_through(struct rec *c, uint64_t table_desc)
{
	uint64_t va = realm_window_block(c, 1, table_desc);

	obey(c, OP_ACCESS, ACC_LDR_X, va, 0x5AFE);
	return report(c, 1);
}

TEST(heal, tables_in_shared_memory, BOTH)
{
	struct rec *c = puppet();
	uint64_t ipa = realm_top(c->realm) | PUPPET_HOLE, *host = ns_page();
	uint64_t leaf = ipa | DESC_NORMAL;

	realm_share(c->realm, ipa, host);
	host[0] = leaf;
	realm_mmu_on(c);
	/* the CCA way: refused, an abort of the walk */
	EXPECT_EQ(load_through(c, ipa | DESC_TABLE), 0x5AFE);
	EXPECT_EQ(report_exceptions(c), 1);
	EXPECT_EQ(ESR_EC(report_esr(c)), EC_DABT_SAME);
	EXPECT_EQ(ESR_FSC(report_esr(c)), FSC_SEA);
	/* through the Non-secure half there is nothing to heal: host data only */
	EXPECT_EQ(load_through(c, ipa | DESC_TABLE | DESC_NSTABLE), leaf);
	EXPECT_EQ(host[0], leaf);
}

TEST(heal, hostile_tables, ONCE)
{
	static const struct {
		const char *label;
		uint64_t table, fsc_class;	/* FSC without its level */
	} rows[] = {
		{ "itself", PUPPET_TABLE(PT_WIN_L2), 0x08 },	/* no access flag */
		{ "EMPTY", PUPPET_HOLE, FSC_SEA },
		{ "beyond the IPA space", 1UL << 45, 0 },
		{ "the monitor", MONITOR_BASE, FSC_SEA },
		{ "normal memory", IMAGE_BASE, 0 },
	};
	struct rec *c = puppet();
	unsigned int i, ns;

	realm_mmu_on(c);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (ns = 0; ns < 2; ns++) {
			uint64_t nstable = ns ? DESC_NSTABLE : 0;

			test_label(rows[i].label);
			EXPECT_EQ(load_through(c, rows[i].table | DESC_TABLE |
					       nstable), 0x5AFE);
			EXPECT_EQ(report_exceptions(c), 1);
			EXPECT_EQ(report_esr(c) & 0x3c, rows[i].fsc_class);
			test_label(NULL);
		}
	}
	EXPECT_EQ(realm_load(c, PUPPET_TABLE(PT_WIN_L2)),
		  PUPPET_TABLE(PT_WIN_L3) | DESC_TABLE);
}

/*
 * A realm that can do nothing but fault, its vectors included, keeps the
 * monitor busy no longer than until the host's next interrupt.
 */
TEST(heal, realm_that_only_faults, ONCE)
{
	struct rec *c = puppet();
	uint64_t ipa = realm_top(c->realm) | PUPPET_HOLE;
	unsigned int i;

	realm_share(c->realm, ipa, ns_page());
	timer_arm_us(2000);
	EXPECT_EQ(order(c, OP_MMU, 1, 0, PUPPET_TCR, ipa), RMI_EXIT_IRQ);
	for (i = 0; i < 5; i++) {
		gic_take();
		timer_arm_us(2000);
		EXPECT_EQ(rec_run(c), RMI_EXIT_IRQ);
	}
	timer_stop();
	gic_take();
}
