/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The walk of a realm's own stage 1 tables and the correction of NS bits in
 * them (arch/aarch64/stage1.c; design 4.3, threat T6).
 */
#include "guest.h"

static void one_regime(const struct regime *r, int leaf, bool upper, bool unprotected,
		       bool big_endian)
{
	struct path p;

	guest_begin();
	guest.big_endian = big_endian;
	path_make(&p, r, upper, leaf);
	guest_put(p.desc[leaf], (unprotected ? HALF : NS_BIT) | AF | path_leaf_type(&p));
	guest_flip(p.desc[leaf], NS_BIT);
	path_heal(&p, HEAL_DONE);
	/* again: it is right now */
	guest.pages_asked = 0;
	path_heal(&p, HEAL_DONE);
}

/* Every start level, leaf level, half of the VA space, half of the IPA space, endianness. */
static void every_regime(const void *arg)
{
	(void)arg;
	for (size_t i = 0; i < COUNT_OF(regimes); i++)
		for (int leaf = regimes[i].first_block; leaf <= 3; leaf++)
			for (unsigned int k = 0; k < 8; k++)
				one_regime(&regimes[i], leaf, k & 1, k & 2, k & 4);
}

/* Registers with which there is no walk */

struct bad_regs {
	uint64_t set, clear;	/* of a TCR for 39 bits with 4 KiB granules */
	bool upper;
};

static const struct bad_regs no_walk[] = {
	{ 0, BITS(5, 0), false },			/* T0SZ 0 */
	{ 11, BITS(5, 0), false },
	{ 49, BITS(5, 0), false },
	{ 63, BITS(5, 0), false },
	{ 48 | BIT(14), BITS(5, 0), false },		/* 64 KiB, VA of one page */
	{ UINT64_C(3) << 14, 0, false },		/* TG0 reserved */
	{ TCR_EPD0, 0, false },
	{ 0, BITS(21, 16), true },			/* T1SZ 0 */
	{ UINT64_C(49) << 16, BITS(21, 16), true },
	{ 0, BITS(31, 30), true },			/* TG1 reserved */
	{ TCR_EPD1, 0, true },
};

static void registers_without_a_walk(const void *arg)
{
	(void)arg;
	for (size_t i = 0; i < COUNT_OF(no_walk); i++) {
		const struct bad_regs *b = &no_walk[i];
		struct path p;

		guest_begin();
		path_make(&p, linux_regime, b->upper, 3);
		guest_put(p.desc[3], HALF | AF | PAGE);
		p.regs.tcr = (p.regs.tcr & ~b->clear) | b->set;
		path_heal(&p, HEAL_REFUSED);
		EXPECT_EQ(guest.pages_asked, 0);
	}
}

static void mmu_off(const void *arg)
{
	struct path p;

	(void)arg;
	guest_begin();
	path_make(&p, linux_regime, false, 3);
	guest_put(p.desc[3], HALF | AF | PAGE);
	p.regs.sctlr &= ~SCTLR_M;
	guest_heal(&p.regs, HALF, HALF, HEAL_REFUSED);
	guest_heal(&p.regs, HALF + 0x1000, TOP - PAGE_SIZE, HEAL_REFUSED);
	guest_heal(&p.regs, 0x1000, 0x1000, HEAL_DONE);
	guest_heal(&p.regs, HALF - 1, HALF - PAGE_SIZE, HEAL_DONE);
}

/*
 * What is not part of an address in registers and VAs: ASID and CnP of a TTBR,
 * tags (TBI), and HPD, which switches off permissions of tables but not NSTable.
 */
static void ignored_register_bits(const void *arg)
{
	static const uint64_t tags[] = { 0, 0xa5, 0xff };

	(void)arg;
	for (unsigned int k = 0; k < 2 * COUNT_OF(tags); k++) {
		bool upper = k & 1;
		struct path p;

		guest_begin();
		path_make(&p, linux_regime, upper, 3);
		guest_put(p.desc[3], HALF | AF | PAGE);
		guest_flip(p.desc[3], NS_BIT);
		p.regs.ttbr0 |= UINT64_C(0xffff) << 48 | 1;
		p.regs.ttbr1 |= UINT64_C(0xffff) << 48 | 1;
		p.regs.tcr |= UINT64_C(3) << 37 | UINT64_C(3) << 41;	/* TBI, HPD */
		p.va = (p.va & ~BITS(63, 56)) | tags[k / 2] << 56;
		path_heal(&p, HEAL_DONE);
	}
}

/* Leaves that stay as they are */

struct left_alone {
	const char *why;
	uint64_t desc;
};

static const struct left_alone left_alone[] = {
	{ "unprotected and NS", HALF | AF | PAGE | NS_BIT },
	{ "protected and not NS", AF | PAGE },
	{ "invalid, unprotected", HALF | AF | BIT(1) },
	{ "invalid, protected, NS", AF | NS_BIT | BIT(1) },
	{ "reserved: no page at level 3", HALF | AF | VALID },
	{ "beyond the IPA space", TOP | HALF | AF | PAGE },
	{ "far beyond it", BIT(47) | AF | PAGE | NS_BIT },
};

static void leaves_left_alone(const void *arg)
{
	(void)arg;
	for (size_t i = 0; i < COUNT_OF(left_alone); i++) {
		struct path p;

		guest_begin();
		path_make(&p, linux_regime, false, 3);
		guest_put(p.desc[3], left_alone[i].desc);
		path_heal(&p, HEAL_DONE);
	}
}

/* Bits of a block's address below its size are ignored by hardware, and so here. */
static void low_bits_of_a_block(const void *arg)
{
	struct path p;

	(void)arg;
	guest_begin();
	path_make(&p, linux_regime, false, 2);
	for (unsigned int i = 0; i < 512; i++) {
		guest_put(path_row(&p, i), (HALF + i * BLOCK_SIZE) | BITS(20, 16) | AF | BLOCK);
		guest_flip(path_row(&p, i), NS_BIT);
	}
	guest.shared_end = TOP;
	guest.shared_align = BLOCK_SIZE;
	path_heal(&p, HEAL_DONE);
}

/* Likewise of the address of a table larger than 4 KiB. */
static void low_bits_of_a_table(const void *arg)
{
	static const struct regime *const large[] = { &regimes[9], &regimes[16] };

	(void)arg;
	for (size_t i = 0; i < COUNT_OF(large); i++) {
		const struct regime *r = large[i];
		struct path p;

		guest_begin();
		path_make(&p, r, false, 3);
		guest_put(p.desc[2], (GUEST + (uint64_t)(3 - r->start) * BIT(r->granule)) |
			       BITS(r->granule - 1, 12) | TABLE);
		guest_put(p.desc[3], HALF | AF | PAGE);
		guest_flip(p.desc[3], NS_BIT);
		path_heal(&p, HEAL_DONE);
	}
}

/* Tables */

/* Where a table may not be: descriptor at level 1 of the linux_regime regime. */
static const struct left_alone bad_tables[] = {
	{ "unprotected", HALF | TABLE },
	{ "unprotected, NSTable", HALF | TABLE | NSTABLE },
	{ "no page behind it", (GUEST + GUEST_PAGES * PAGE_SIZE) | TABLE },
	{ "beyond the IPA space", TOP | TABLE },
	{ "just before the realm's memory", (GUEST - PAGE_SIZE) | TABLE },
};

static void tables_out_of_reach(const void *arg)
{
	(void)arg;
	for (size_t i = 0; i < COUNT_OF(bad_tables); i++) {
		struct path p;

		guest_begin();
		path_make(&p, linux_regime, false, 3);
		guest_put(p.desc[1], bad_tables[i].desc);
		guest_put(p.desc[3], HALF | AF | PAGE);
		path_heal(&p, HEAL_REFUSED);
	}
}

static void roots_out_of_reach(const void *arg)
{
	static const uint64_t roots[] = {
		HALF, HALF + GUEST, GUEST - PAGE_SIZE, TOP + GUEST,
		GUEST + GUEST_PAGES * PAGE_SIZE, BIT(47),
	};

	(void)arg;
	for (size_t i = 0; i < COUNT_OF(roots); i++) {
		struct path p;

		guest_begin();
		path_make(&p, linux_regime, false, 3);
		guest_put(p.desc[3], HALF | AF | PAGE);
		p.regs.ttbr0 = roots[i];
		path_heal(&p, HEAL_REFUSED);
	}
}

static void table_page_gone(const void *arg)
{
	struct path p;

	(void)arg;
	guest_begin();
	path_make(&p, linux_regime, false, 3);
	guest_put(p.desc[3], HALF | AF | PAGE);
	guest.hole = align_down(p.desc[2], PAGE_SIZE);
	path_heal(&p, HEAL_REFUSED);
}

/* Protected tables are read as Secure: NSTable on the way to them must be clear. */
static void nstable_is_cleared(const void *arg)
{
	(void)arg;
	for (unsigned int levels = 1; levels < 4; levels++) {
		struct path p;

		guest_begin();
		path_make(&p, linux_regime, false, 3);
		for (int l = 1; l <= 2; l++)
			if ((levels & BIT(l - 1)) != 0) {
				guest_put(p.desc[l], (GUEST + (uint64_t)l * PAGE_SIZE) |
						     TABLE | NSTABLE);
				guest_flip(p.desc[l], NSTABLE);
			}
		guest_put(p.desc[3], AF | PAGE);
		path_heal(&p, HEAL_DONE);
	}
}

/* What an invalid descriptor says is nobody's business. */
static void no_table(const void *arg)
{
	(void)arg;
	for (int level = 1; level <= 2; level++) {
		struct path p;

		guest_begin();
		path_make(&p, linux_regime, false, 3);
		guest_put(p.desc[level], (GUEST + (uint64_t)level * PAGE_SIZE) | BIT(1));
		guest_put(p.desc[3], HALF | AF | PAGE);
		path_heal(&p, HEAL_DONE);
	}
}

/* A table that is its own child ends where levels end. */
static void table_of_itself(const void *arg)
{
	struct path p;

	(void)arg;
	guest_begin();
	path_make(&p, linux_regime, false, 1);
	for (unsigned int i = 0; i < 512; i++)
		guest_put(p.root + i * 8, p.root | TABLE);
	path_heal(&p, HEAL_DONE);
}

/* Fault-around */

/* One trap mends what the host has shared and everything protected. */
static void around_the_fault(const void *arg)
{
	struct path p;
	unsigned int fault;

	(void)arg;
	guest_begin();
	path_make(&p, linux_regime, false, 3);
	fault = (unsigned int)(p.desc[3] % PAGE_SIZE / 8);
	for (unsigned int i = 0; i < 512; i++) {
		guest_put(path_row(&p, i), (HALF + i * PAGE_SIZE) | AF | PAGE);
		if (i < 100 || i == fault)
			guest_flip(path_row(&p, i), NS_BIT);
	}
	guest.shared = HALF;
	guest.shared_end = HALF + 100 * PAGE_SIZE;
	path_heal(&p, HEAL_DONE);
	/* the one that faulted is shared: that is why it is being healed */
	EXPECT_EQ(guest.shares_asked, 511);
}

/* What is memory to the realm is mended before the host has shared it; a device is not. */
static void memory_around_the_fault(const void *arg)
{
	/* Device-nGnRnE, -nGnRE, -nGRE, -GRE; Normal: uncached, write-through, -back, tagged */
	static const uint64_t mair = UINT64_C(0xf0ffbb440c080400);
	struct path p;
	unsigned int fault;

	(void)arg;
	guest_begin();
	path_make(&p, linux_regime, false, 3);
	p.regs.mair = mair;
	fault = (unsigned int)(p.desc[3] % PAGE_SIZE / 8);
	for (unsigned int i = 0; i < 512; i++) {
		guest_put(path_row(&p, i),
			  (HALF + i * PAGE_SIZE) | AF | PAGE | (uint64_t)(i % 8) << 2);
		if (i % 8 >= 4 || i == fault)
			guest_flip(path_row(&p, i), NS_BIT);
	}
	path_heal(&p, HEAL_DONE);
	EXPECT_EQ(guest.shares_asked, 256 - (fault % 8 < 4));
}

static void protected_around_the_fault(const void *arg)
{
	struct path p;

	(void)arg;
	guest_begin();
	path_make(&p, linux_regime, false, 3);
	for (unsigned int i = 0; i < 512; i++) {
		guest_put(path_row(&p, i), (i * PAGE_SIZE) | AF | PAGE | NS_BIT);
		guest_flip(path_row(&p, i), NS_BIT);
	}
	path_heal(&p, HEAL_DONE);
	EXPECT_EQ(guest.shares_asked, 0);
}

/* Tables of 16 and 64 KiB: only the page that holds the leaf. */
static void only_the_page_of_the_leaf(const void *arg)
{
	const struct regime *r = &regimes[16];	/* 64 KiB */
	struct path p;

	(void)arg;
	guest_begin();
	path_make(&p, r, false, 3);
	guest.shared_end = TOP;
	for (unsigned int i = 0; i < BIT(r->granule) / 8; i++) {
		uint64_t at = align_down(p.desc[3], BIT(r->granule)) + i * 8;

		guest_put(at, HALF | AF | PAGE);
		if (align_down(at, PAGE_SIZE) == align_down(p.desc[3], PAGE_SIZE))
			guest_flip(at, NS_BIT);
	}
	path_heal(&p, HEAL_DONE);
}

/*
 * Behind and before a small root the realm keeps other data, which may look like
 * descriptors: here it does, word by word.
 */
static void small_root(const void *arg)
{
	static const struct {
		const struct regime *r;
		unsigned int entries;
	} small[] = {
		{ &regimes[7], 16 },	/* 4 KiB, 16 bits */
		{ &regimes[3], 2 },	/* 31 bits */
		{ &regimes[14], 4 },	/* 16 KiB, 16 bits */
		{ &regimes[21], 2 },	/* 64 KiB, 17 bits */
	};

	(void)arg;
	for (size_t k = 0; k < COUNT_OF(small); k++) {
		const struct regime *r = small[k].r;
		uint64_t root = GUEST + 3 * small[k].entries * 8 + 2048;
		uint64_t type = r->start == 3 ? PAGE : BLOCK;
		struct path p;

		root = align_down(root, small[k].entries * 8);
		guest_begin();
		path_make(&p, r, false, r->start);
		for (unsigned int i = 0; i < 1024; i++)
			guest_put(GUEST + i * 8, HALF | AF | type);
		for (unsigned int i = 0; i < small[k].entries; i++)
			guest_flip(root + i * 8, NS_BIT);
		p.regs.ttbr0 = root;
		guest.shared_end = TOP;
		path_heal(&p, HEAL_DONE);
	}
}

/* Contiguous groups */

struct group {
	const struct regime *r;
	int level;
	unsigned int entries;
};

/* Arm ARM D8.7.1 */
static const struct group groups[] = {
	{ &regimes[2], 1, 16 }, { &regimes[2], 2, 16 }, { &regimes[2], 3, 16 },
	{ &regimes[9], 2, 32 }, { &regimes[9], 3, 128 },
	{ &regimes[16], 2, 32 }, { &regimes[16], 3, 32 },
};

/*
 * Entries of a group must agree. So the whole group that faulted flips, shared
 * or not, and another one goes by its first entry.
 */
static void one_group(const struct group *c)
{
	struct path p;
	unsigned int fault, first, other;

	guest_begin();
	path_make(&p, c->r, false, c->level);
	fault = (unsigned int)(p.desc[c->level] % PAGE_SIZE / 8);
	first = fault - fault % c->entries;
	other = first == 0 ? c->entries : 0;
	for (unsigned int i = 0; i < 512; i++)
		guest_put(path_row(&p, i), HALF | AF | CONTIG | path_leaf_type(&p));
	/* the first entry of one more group speaks for all of it */
	guest_put(path_row(&p, other), (HALF + HALF / 2) | AF | CONTIG | path_leaf_type(&p));
	guest.shared = HALF + HALF / 2;
	guest.shared_end = TOP;
	for (unsigned int i = 0; i < c->entries; i++) {
		guest_flip(path_row(&p, first + i), NS_BIT);
		guest_flip(path_row(&p, other + i), NS_BIT);
	}
	path_heal(&p, HEAL_DONE);
}

static void contiguous_groups(const void *arg)
{
	(void)arg;
	for (size_t i = 0; i < COUNT_OF(groups); i++)
		one_group(&groups[i]);
}

/* A group that somebody has healed in part is completed. */
static void group_half_done(const void *arg)
{
	struct path p;
	unsigned int fault, first;

	(void)arg;
	guest_begin();
	path_make(&p, linux_regime, false, 3);
	fault = (unsigned int)(p.desc[3] % PAGE_SIZE / 8);
	first = fault & ~15U;
	for (unsigned int i = 0; i < 16; i++) {
		uint64_t ns = i % 2 ? NS_BIT : 0;

		guest_put(path_row(&p, first + i), HALF | AF | CONTIG | PAGE | ns);
		if (!ns)
			guest_flip(path_row(&p, first + i), NS_BIT);
	}
	path_heal(&p, HEAL_DONE);
}

/* Others write the tables at the same time */

static uint64_t victim;		/* IPA of the descriptor that changes under our hands */
static uint64_t victim_xor;

static void interfere_once(struct guest *x)
{
	x->is.word[(victim - GUEST) / 8] ^= guest_stored(victim_xor);
	victim_xor = 0;
}

struct interference {
	const char *what;
	uint64_t changes;
	bool healed;
};

static const struct interference interferences[] = {
	{ "access flag", AF, true },
	{ "dirty state", DBM | BIT(7), true },
	{ "already healed", NS_BIT, false },
	{ "unmapped", VALID, false },
	{ "mapped elsewhere", BIT(20), false },
	{ "protected now", HALF, false },
};

/* Nothing of theirs is lost, and a mapping that is another one now is let be. */
static void concurrent_change(const void *arg)
{
	(void)arg;
	for (unsigned int k = 0; k < 2 * COUNT_OF(interferences); k++) {
		const struct interference *i = &interferences[k / 2];
		struct path p;

		guest_begin();
		guest.big_endian = k & 1;
		path_make(&p, linux_regime, false, 3);
		guest_put(p.desc[3], HALF | AF | PAGE);
		guest_flip(p.desc[3], NS_BIT);
		victim = path_row(&p, p.desc[3] % PAGE_SIZE / 8 == 7 ? 8 : 7);
		guest_put(victim, HALF | BIT(21) | PAGE);
		guest.shared_end = TOP;
		guest.interfere = interfere_once;
		victim_xor = i->changes;
		guest_flip(victim, i->changes | (i->healed ? NS_BIT : 0));
		path_heal(&p, HEAL_DONE);
		EXPECT_EQ(guest.shares_asked, 1);
	}
}

/* A descriptor that changes each time it is looked at does not keep us for ever. */
static void interfere_always(struct guest *x)
{
	x->is.word[(victim - GUEST) / 8] ^= guest_stored(DBM);
}

static void restless_descriptor(const void *arg)
{
	struct path p;

	(void)arg;
	guest_begin();
	path_make(&p, linux_regime, false, 3);
	guest_put(p.desc[3], HALF | AF | PAGE);
	guest_flip(p.desc[3], NS_BIT);
	victim = path_row(&p, p.desc[3] % PAGE_SIZE / 8 == 7 ? 8 : 7);
	guest_put(victim, HALF | PAGE);
	guest.shared_end = TOP;
	guest.interfere = interfere_always;
	guest_flip(victim, DBM | NS_BIT);
	path_heal(&p, HEAL_DONE);
}

/* The leaf is right, so it was a cached copy that faulted: neighbours are left alone. */
static void right_already(const void *arg)
{
	(void)arg;
	for (unsigned int k = 0; k < 2; k++) {
		struct path p;

		guest_begin();
		path_make(&p, linux_regime, false, 3);
		for (unsigned int i = 0; i < 512; i++)
			guest_put(path_row(&p, i), HALF | AF | PAGE);
		guest_put(p.desc[3], HALF | AF | PAGE | NS_BIT);
		guest.shared_end = TOP;
		/* but where a table on the way was wrong they may be the reason */
		if (k == 1) {
			guest_put(p.desc[1], (GUEST + PAGE_SIZE) | TABLE | NSTABLE);
			guest_flip(p.desc[1], NSTABLE);
			for (unsigned int i = 0; i < 512; i++)
				if (path_row(&p, i) != p.desc[3])
					guest_flip(path_row(&p, i), NS_BIT);
		}
		path_heal(&p, HEAL_DONE);
		EXPECT_EQ(guest.shares_asked, k == 1 ? 511 : 0);
	}
}

/*
 * Of a contiguous group hardware may take any entry: the rest of it is mended, but
 * no other group, and with a root smaller than a group no data beside it.
 */
static void right_in_a_group(const void *arg)
{
	static const struct regime *const r[] = { &regimes[2], &regimes[3] };

	(void)arg;
	for (size_t k = 0; k < COUNT_OF(r); k++) {
		unsigned int entries = r[k]->start == 1 && r[k]->bits == 31 ? 2 : 16;
		int level = entries == 2 ? 1 : 3;
		unsigned int fault, first;
		struct path p;

		guest_begin();
		path_make(&p, r[k], false, level);
		if (entries == 2) {
			p.regs.ttbr0 = GUEST + 5 * 16;
			p.desc[1] += 5 * 16;
		}
		for (unsigned int i = 0; i < 512; i++)
			guest_put(path_row(&p, i), HALF | AF | CONTIG | path_leaf_type(&p));
		guest_put(p.desc[level], HALF | AF | CONTIG | path_leaf_type(&p) | NS_BIT);
		guest.shared_end = TOP;
		fault = (unsigned int)(p.desc[level] % PAGE_SIZE / 8);
		first = fault - fault % entries;
		for (unsigned int i = first; i < first + entries; i++)
			if (i != fault)
				guest_flip(path_row(&p, i), NS_BIT);
		path_heal(&p, HEAL_DONE);
	}
}

/* Another CPU takes a table of the path away, and uses its page for something else */

static unsigned int interfere_at;	/* the question before which it happens */

static void break_path(struct guest *x)
{
	if (x->pages_asked + x->shares_asked == interfere_at)
		x->is.word[(victim - GUEST) / 8] ^= guest_stored(victim_xor);
}

struct path_change {
	const char *what;
	uint64_t changes;
	bool breaks;
};

static const struct path_change path_changes[] = {
	{ "unlinked", VALID, true },
	{ "replaced by a block", BIT(1), true },
	{ "replaced by another table", BIT(20), true },
	{ "replaced by a table beside it", PAGE_SIZE, true },
	{ "privileged execute-never", BIT(59), false },
	{ "software bits", BIT(57) | BIT(2), false },
	{ "NSTable", NSTABLE, false },
};

/* Before question `at` of `level`; `done` flips of the leaves are before that. */
static void one_broken_path(const struct path_change *c, int level, unsigned int at,
			    unsigned int done, bool big_endian)
{
	struct path p;

	guest_begin();
	guest.big_endian = big_endian;
	path_make(&p, linux_regime, false, 3);
	for (unsigned int i = 0; i < 512; i++) {
		guest_put(path_row(&p, i), (HALF + i * PAGE_SIZE) | AF | PAGE);
		if (i < done || !c->breaks)
			guest_flip(path_row(&p, i), NS_BIT);
	}
	guest.shared_end = TOP;
	guest.interfere = guest.interfere_walk = break_path;
	interfere_at = at;
	victim = p.desc[level];
	victim_xor = c->changes;
	guest_flip(victim, victim_xor);
	path_heal(&p, HEAL_DONE);
}

static void broken_path(const void *arg)
{
	(void)arg;
	for (size_t i = 0; i < COUNT_OF(path_changes); i++)
		for (int level = 1; level <= 2; level++) {
			/* three pages of tables, then a question for each leaf */
			one_broken_path(&path_changes[i], level, 3, 0, false);
			one_broken_path(&path_changes[i], level, 4, 0, true);
			one_broken_path(&path_changes[i], level, 4 + 100, 100, i & 1);
		}
}

/* NSTable of what is no table any more stays as it is, too. */
static void broken_path_nstable(const void *arg)
{
	struct path p;

	(void)arg;
	guest_begin();
	path_make(&p, linux_regime, false, 3);
	guest_put(p.desc[2], (GUEST + 2 * PAGE_SIZE) | TABLE | NSTABLE);
	guest_put(p.desc[3], HALF | AF | PAGE);
	guest.interfere_walk = break_path;
	interfere_at = 2;
	victim = p.desc[1];
	victim_xor = VALID;
	guest_flip(victim, victim_xor);
	path_heal(&p, HEAL_DONE);
}

/* What only seemed to lead out of the realm's memory is no reason for an abort. */
static void broken_path_out_of_reach(const void *arg)
{
	static const uint64_t changes[] = { 0, BIT(59), VALID, HALF };

	(void)arg;
	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		struct path p;

		guest_begin();
		path_make(&p, linux_regime, false, 3);
		guest_put(p.desc[2], HALF | TABLE);
		guest.interfere_walk = break_path;
		interfere_at = 3;
		victim = p.desc[2];
		victim_xor = changes[i];
		guest_flip(victim, victim_xor);
		path_heal(&p, i < 2 ? HEAL_REFUSED : HEAL_DONE);
	}
}

static const struct unit_test tests[] = {
	{ "stage1: every regime", every_regime, NULL },
	{ "stage1: registers without a walk", registers_without_a_walk, NULL },
	{ "stage1: MMU off", mmu_off, NULL },
	{ "stage1: ignored register bits", ignored_register_bits, NULL },
	{ "stage1: leaves left alone", leaves_left_alone, NULL },
	{ "stage1: low bits of a block", low_bits_of_a_block, NULL },
	{ "stage1: low bits of a table", low_bits_of_a_table, NULL },
	{ "stage1: tables out of reach", tables_out_of_reach, NULL },
	{ "stage1: roots out of reach", roots_out_of_reach, NULL },
	{ "stage1: table page gone", table_page_gone, NULL },
	{ "stage1: NSTable is cleared", nstable_is_cleared, NULL },
	{ "stage1: no table", no_table, NULL },
	{ "stage1: table of itself", table_of_itself, NULL },
	{ "stage1: around the fault", around_the_fault, NULL },
	{ "stage1: memory around the fault", memory_around_the_fault, NULL },
	{ "stage1: protected around the fault", protected_around_the_fault, NULL },
	{ "stage1: only the page of the leaf", only_the_page_of_the_leaf, NULL },
	{ "stage1: small root", small_root, NULL },
	{ "stage1: contiguous groups", contiguous_groups, NULL },
	{ "stage1: group half done", group_half_done, NULL },
	{ "stage1: concurrent change", concurrent_change, NULL },
	{ "stage1: restless descriptor", restless_descriptor, NULL },
	{ "stage1: right already", right_already, NULL },
	{ "stage1: right in a group", right_in_a_group, NULL },
	{ "stage1: broken path", broken_path, NULL },
	{ "stage1: broken path, NSTable", broken_path_nstable, NULL },
	{ "stage1: broken path, out of reach", broken_path_out_of_reach, NULL },
};

void suite_stage1(void)
{
	UNIT_TESTS(tests);
}
