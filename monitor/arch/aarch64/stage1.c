/* SPDX-License-Identifier: BSD-3-Clause */
#include "arch/aarch64/stage1.h"

#include "lib/bits.h"
#include <stdatomic.h>

#define SCTLR_M			BIT(0)
#define SCTLR_EE		BIT(25)
#define TCR_EPD0		BIT(7)
#define TCR_EPD1		BIT(23)
#define VA_SELECT		BIT(55)	/* which TTBR */

#define DESC_VALID		BIT(0)
#define DESC_TABLE_OR_PAGE	BIT(1)
#define DESC_NS			BIT(5)	/* of a leaf */
#define DESC_CONTIGUOUS		BIT(52)
#define DESC_NSTABLE		BIT(63)	/* of a table */
#define DESC_ATTR_INDEX(d)	field(d, 4, 2)	/* of a leaf, into MAIR_EL1 */
#define DESC_ADDR_TOP		47	/* IPAs are never wider */
#define LAST_LEVEL		3
/* of a descriptor: as long as these stay it leads where it led, whatever its flags */
#define DESC_TARGET		(BITS(DESC_ADDR_TOP, 12) | DESC_TABLE_OR_PAGE | DESC_VALID)

#define TCR_DS			BIT(59)	/* FEAT_LPA2: 52-bit addresses with 4 and 16 KiB */
#define MIN_TSZ			16
#define MIN_TSZ_52		12
#define MAX_TSZ			48
#define TABLE_PAGE_ENTRIES	512	/* descriptors in 4 KiB */
#define MAX_TABLES		4	/* that lead to a leaf: levels -1 to 2 */
#define CAS_ATTEMPTS		4

typedef _Atomic uint64_t desc_t;

struct walk {
	const struct vcpu_guest_mem *m;
	unsigned int *changed;
	bool big_endian;
	uint64_t mair;
	uint64_t va;		/* only the bits that are translated */
	uint64_t table;		/* IPA of the current table */
	unsigned int entries;	/* of the current table */
	unsigned int granule;	/* log2 of its size */
	bool is_52bit;		/* 52-bit virtual addresses, TCR_EL1.DS */
	int level;
	struct {
		desc_t *desc;
		uint64_t d;	/* as it was read */
	} path[MAX_TABLES];	/* the descriptors that led to the current table */
	unsigned int depth;	/* of path */
};

/* Descriptors are stored in the endianness of SCTLR_EL1.EE. */
static uint64_t to_memory(const struct walk *w, uint64_t d)
{
	return w->big_endian ? __builtin_bswap64(d) : d;
}

/* Acquire: pairs with the DSB of a realm between its writes, see path_holds(). */
static uint64_t desc_read(const struct walk *w, desc_t *desc)
{
	return to_memory(w, atomic_load_explicit(desc, memory_order_acquire));
}

/*
 * Is the current table still one? A realm that takes a table away waits with TLBI
 * and DSB for the walks of hardware, not for this one, and may then use the page for
 * other data. It unlinks the table first: whoever reads a word of the new data and
 * looks at the path after that sees that it is broken.
 */
static bool path_holds(const struct walk *w)
{
	for (unsigned int i = 0; i < w->depth; i++)
		if (((desc_read(w, w->path[i].desc) ^ w->path[i].d) & DESC_TARGET) != 0)
			return false;
	return true;
}

/*
 * False: the path is broken, nothing more may be written.
 *
 * Compare and swap: the realm and the hardware's own update of access and
 * dirty flags write descriptors at the same time, and none of it may be lost.
 * Giving up after some attempts is harmless: the access faults again.
 *
 * What is left is the time from the check to the swap, a few instructions with
 * interrupts masked: in it the realm would have to unlink the table, to finish its
 * TLBI, and to store in the word the very value that was read here (ADR 0012).
 */
static bool desc_flip(struct walk *w, desc_t *desc, uint64_t old, uint64_t bit)
{
	for (int i = 0; i < CAS_ATTEMPTS; i++) {
		uint64_t expected = to_memory(w, old);

		if (!path_holds(w))
			return false;
		if (atomic_compare_exchange_strong_explicit(
			    desc, &expected, to_memory(w, old ^ bit),
			    memory_order_acquire, memory_order_acquire)) {
			(*w->changed)++;
			break;
		}
		/* only flags may have moved; anything else is another mapping */
		if (((to_memory(w, expected) ^ old) & (bit | DESC_TARGET)) != 0)
			break;
		old = to_memory(w, expected);
	}
	return true;
}

static bool is_unprotected(const struct walk *w, uint64_t a)
{
	return (a & BIT(w->m->ipa_width - 1)) != 0;
}

static unsigned int level_shift(const struct walk *w)
{
	return w->granule + (unsigned int)(LAST_LEVEL - w->level) * (w->granule - 3);
}

/* log2 of the translation granule; 0 for the reserved encodings */
static unsigned int granule_of_tcr(uint64_t tcr, bool upper)
{
	static const uint8_t tg0[] = { 12, 16, 14, 0 };
	static const uint8_t tg1[] = { 0, 14, 12, 16 };

	return upper ? tg1[field(tcr, 31, 30)] : tg0[field(tcr, 15, 14)];
}

/* Sets up the walk at the root; false if the registers make none possible. */
static bool walk_start(struct walk *w, const struct stage1_regs *regs, uint64_t va)
{
	bool upper = (va & VA_SELECT) != 0;
	uint64_t tsz = upper ? field(regs->tcr, 21, 16) : field(regs->tcr, 5, 0);
	unsigned int stride, size, root_bits;

	w->granule = granule_of_tcr(regs->tcr, upper);
	w->is_52bit = w->granule == 16 || (regs->tcr & TCR_DS) != 0;
	if (w->granule == 0 || tsz < (w->is_52bit ? MIN_TSZ_52 : MIN_TSZ) ||
	    tsz > MAX_TSZ)
		return false;
	if ((regs->tcr & (upper ? TCR_EPD1 : TCR_EPD0)) != 0)
		return false;

	stride = w->granule - 3;
	size = 64 - (unsigned int)tsz;
	if (size <= w->granule)
		return false;
	w->big_endian = (regs->sctlr & SCTLR_EE) != 0;
	w->va = va & BITS(size - 1, 0);
	w->level = LAST_LEVEL + 1 - (int)((size - w->granule + stride - 1) / stride);
	root_bits = size - level_shift(w);
	w->entries = 1U << root_bits;
	w->table = (upper ? regs->ttbr1 : regs->ttbr0) & BITS(DESC_ADDR_TOP, root_bits + 3);
	return true;
}

/* The descriptor of the current level; NULL if its table is not ours to write. */
static desc_t *walk_desc(const struct walk *w)
{
	uint64_t index = (w->va >> level_shift(w)) & (BIT(w->granule - 3) - 1);
	uint64_t at = w->table + index * sizeof(uint64_t);
	unsigned char *page = w->m->page(w->m, ipa(align_down(at, PAGE_SIZE)));

	return page == NULL ? NULL : (desc_t *)(void *)(page + at % PAGE_SIZE);
}

static bool is_table(const struct walk *w, uint64_t d)
{
	return w->level < LAST_LEVEL && (d & DESC_TABLE_OR_PAGE) != 0;
}

/* Above it the bits of a block are invalid, and the realm's to use. */
static int first_block_level(const struct walk *w)
{
	int level = w->granule == 12 ? 1 : 2;

	return w->granule != 16 && w->is_52bit ? level - 1 : level;
}

static bool is_leaf(const struct walk *w, uint64_t d)
{
	return (d & DESC_VALID) != 0 && w->level >= first_block_level(w) &&
	       ((d & DESC_TABLE_OR_PAGE) != 0) == (w->level == LAST_LEVEL);
}

/*
 * Tables are read through the half that NSTable says, unless an earlier one
 * had it set; so for a table in protected memory it must be clear. False: the
 * path is broken.
 */
static bool walk_down(struct walk *w, desc_t *desc, uint64_t d)
{
	w->table = d & BITS(DESC_ADDR_TOP, w->granule);
	if ((d & DESC_NSTABLE) != 0 && !is_unprotected(w, w->table) &&
	    !desc_flip(w, desc, d, DESC_NSTABLE))
		return false;
	w->path[w->depth].desc = desc;
	w->path[w->depth].d = d;
	w->depth++;
	w->entries = 1U << (w->granule - 3);
	w->level++;
	return true;
}

static uint64_t leaf_output(const struct walk *w, uint64_t d)
{
	return d & BITS(DESC_ADDR_TOP, level_shift(w));
}

/* Entries that the contiguous hint of this level joins (Arm ARM D8.7). */
static unsigned int contiguous_entries(const struct walk *w)
{
	if (w->granule == 12)
		return 16;
	if (w->granule == 14)
		return w->level == LAST_LEVEL ? 128 : 32;
	return 32;
}

/* The leaf that speaks for this one: the first of its contiguous group. */
static unsigned int group_of(const struct walk *w, uint64_t d, unsigned int i)
{
	if ((d & DESC_CONTIGUOUS) == 0)
		return i;
	return i & ~(contiguous_entries(w) - 1);
}

/* The part of a table that lies in one page of the realm. */
struct table_page {
	desc_t *desc;
	unsigned int fault_group;	/* of the leaf that faulted */
};

/* An attribute byte of MAIR_EL1 is some kind of Device if its upper half is zero. */
static bool is_normal_memory(const struct walk *w, uint64_t d)
{
	return (w->mair >> 8 * DESC_ATTR_INDEX(d) & 0xf0) != 0;
}

/*
 * May a leaf be mended that nobody has touched? Not if it is a device, whose
 * accesses the host emulates. What the realm maps as Normal memory the host will
 * have to map anyway, and what it has mapped is no device, whatever the realm says.
 */
static bool is_shared_memory(const struct walk *w, uint64_t d)
{
	return is_normal_memory(w, d) || w->m->is_shared(w->m, ipa(leaf_output(w, d)));
}

/* A leaf that does not agree with the half it points to. */
static bool is_wrong(const struct walk *w, uint64_t d)
{
	uint64_t out = leaf_output(w, d);

	return is_leaf(w, d) && out >> w->m->ipa_width == 0 &&
	       is_unprotected(w, out) != ((d & DESC_NS) != 0);
}

/*
 * Makes one leaf agree with its half. Leaves other than the faulting group are
 * mended on the way: a buffer of many pages should cost one trap, not one for
 * each. False: the path is broken.
 */
static bool mend_leaf(struct walk *w, const struct table_page *p, unsigned int i)
{
	uint64_t d = desc_read(w, &p->desc[i]);
	unsigned int group;

	if (!is_wrong(w, d))
		return true;
	group = group_of(w, d, i);
	if ((d & DESC_NS) == 0 && group != p->fault_group &&
	    !is_shared_memory(w, desc_read(w, &p->desc[group])))
		return true;
	return desc_flip(w, &p->desc[i], d, DESC_NS);
}

/*
 * Only what belongs to the table: behind a small root the realm keeps other data.
 * Where the leaf, d, and the path were right nothing says that the neighbours are
 * in use; only its group is looked at, whose entries hardware takes one for another.
 */
static void mend_around(struct walk *w, desc_t *leaf, uint64_t d)
{
	uintptr_t page = align_down((uintptr_t)leaf, PAGE_SIZE);
	struct table_page p = { .desc = (desc_t *)page };
	unsigned int fault = (unsigned int)(leaf - p.desc);
	unsigned int i = (unsigned int)(w->table % PAGE_SIZE / sizeof(desc_t));
	uint64_t end = min_u64(TABLE_PAGE_ENTRIES, (uint64_t)i + w->entries);

	p.fault_group = group_of(w, d, fault);
	if (*w->changed == 0 && !is_wrong(w, d)) {
		if ((d & DESC_CONTIGUOUS) == 0)
			return;
		i = p.fault_group > i ? p.fault_group : i;
		end = min_u64(end, (uint64_t)p.fault_group + contiguous_entries(w));
	}
	while (i < end && mend_leaf(w, &p, i))
		i++;
}

enum heal_result stage1_heal(const struct stage1_regs *regs, uint64_t va,
			     ipa_t fault, const struct vcpu_guest_mem *m,
			     unsigned int *changed)
{
	struct walk w = { .m = m, .changed = changed, .mair = regs->mair };
	desc_t *desc;
	uint64_t d;

	*changed = 0;
	if ((regs->sctlr & SCTLR_M) == 0)
		return is_unprotected(&w, fault.v) ? HEAL_REFUSED : HEAL_DONE;
	if (!walk_start(&w, regs, va))
		return HEAL_REFUSED;
	for (;;) {
		desc = walk_desc(&w);
		/* a path that has changed may have led to no table at all */
		if (desc == NULL)
			return path_holds(&w) ? HEAL_REFUSED : HEAL_DONE;
		d = desc_read(&w, desc);
		if ((d & DESC_VALID) == 0)
			return HEAL_DONE;
		if (!is_table(&w, d))
			break;
		if (!walk_down(&w, desc, d))
			return HEAL_DONE;
	}
	mend_around(&w, desc, d);
	return HEAL_DONE;
}
