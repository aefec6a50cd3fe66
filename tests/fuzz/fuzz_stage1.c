/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The walk and repair of a realm's stage 1 tables (arch/aarch64/stage1.c), on
 * registers and memory from the input. Pages are allocated one by one, so a
 * sanitizer sees a write beside them; what may differ in them is checked here.
 */
#include "common.h"

#include "arch/aarch64/stage1.h"
#include <stdlib.h>
#include <string.h>

#define WIDTH		36
#define HALF		BIT(WIDTH - 1)
#define PAGES		8
#define GUEST		UINT64_C(0x40000000)	/* IPA of the first page */
#define WORDS		512

#define VALID		BIT(0)
#define NS_BIT		BIT(5)
#define NSTABLE		BIT(63)
#define MAX_LEVELS	5

struct guest {
	struct vcpu_guest_mem m;	/* first: callbacks get a pointer to it */
	uint64_t *page[PAGES];
	uint8_t present;		/* bit per page */
	uint8_t shared;			/* bit per 4 GiB of the unprotected half */
	bool big_endian;
	struct input *interference;	/* not NULL: others write at the same time */
	unsigned int pages_asked, shares_asked;
};

static struct guest guest;

/* Another CPU of the realm writes somewhere, paths included. */
static void interfere(void)
{
	uint8_t page, word;

	if (guest.interference == NULL)
		return;
	page = in_u8(guest.interference);
	word = in_u8(guest.interference);
	guest.page[page % PAGES][2 * word] ^= in_u64(guest.interference);
}

static void *guest_page(const struct vcpu_guest_mem *m, ipa_t at)
{
	uint64_t i = (at.v - GUEST) / PAGE_SIZE;

	(void)m;
	guest.pages_asked++;
	interfere();
	EXPECT(is_aligned(at.v, PAGE_SIZE));
	return i < PAGES && (guest.present & BIT(i)) != 0 ? guest.page[i] : NULL;
}

static bool guest_is_shared(const struct vcpu_guest_mem *m, ipa_t at)
{
	(void)m;
	guest.shares_asked++;
	EXPECT(is_aligned(at.v, PAGE_SIZE));
	interfere();
	return at.v >= HALF && (guest.shared & BIT((at.v - HALF) >> 32 & 7)) != 0;
}

/* The guest from the input */

static void guest_init(struct input *in)
{
	for (unsigned int i = 0; i < PAGES; i++) {
		if (guest.page[i] == NULL)
			guest.page[i] = aligned_alloc(PAGE_SIZE, PAGE_SIZE);
		memset(guest.page[i], 0, PAGE_SIZE);
	}
	guest.m = (struct vcpu_guest_mem){ guest_page, guest_is_shared, WIDTH };
	guest.present = (uint8_t)~in_u8(in);
	guest.shared = in_u8(in);
	guest.interference = NULL;
}

static uint64_t descriptor(struct input *in)
{
	static const uint64_t attrs[] = {
		3, 1, 3 | NS_BIT, 1 | NS_BIT, 3 | NSTABLE, BIT(52) | 3,
		BIT(52) | 1 | NS_BIT, 0,
	};
	uint8_t b = in_u8(in);
	uint64_t d;

	if (b == ESCAPE)
		return in_u64(in);
	d = PICK(in, attrs);
	if (b < PAGES)
		return GUEST + b * PAGE_SIZE | d;
	return ((uint64_t)(b & 0x7f) << 30) % BIT(WIDTH + 1) | d | (b & BIT(7)) << 3;
}

/* One descriptor, or a page full of them, each a page or block further. */
static void store(struct input *in)
{
	uint8_t where = in_u8(in);
	uint64_t *page = guest.page[where % PAGES];
	uint64_t d = descriptor(in), step = (where & BIT(3)) != 0 ? PAGE_SIZE : 0;
	unsigned int at = (in_u8(in) * 2U + (where >> 7)) % WORDS;
	unsigned int n = (where & BIT(4)) != 0 ? WORDS : 1;

	for (unsigned int i = 0; i < n; i++, d += step)
		page[(at + i) % WORDS] = guest.big_endian ? __builtin_bswap64(d) : d;
}

static void registers(struct input *in, struct stage1_regs *regs)
{
	uint8_t b = in_u8(in), tsz;

	guest.big_endian = (b & BIT(0)) != 0;
	regs->sctlr = ((b & 0x70) != 0x70 ? BIT(0) : 0) | (b & BIT(0)) << 25;
	tsz = in_u8(in);
	regs->tcr = (tsz & 0x3f) | (uint64_t)(tsz & 0x3f) << 16;
	regs->tcr |= (uint64_t)(b >> 1 & 3) << 14 | (uint64_t)(b >> 1 & 3) << 30;
	if ((b & BIT(7)) != 0)
		regs->tcr ^= in_u64(in);
	regs->ttbr0 = GUEST + in_u8(in) * UINT64_C(128);
	regs->ttbr1 = regs->ttbr0 ^ (b & BIT(3)) * HALF;
	/* index 0 a device, the others by the guest's choice */
	regs->mair = (b & BIT(4)) != 0 ? UINT64_C(0xff44f0400c0400) : 0;
}

/* Judging: a walk of our own says which words may change at all. */

static uint64_t old[PAGES][WORDS];

static uint64_t as_read(uint64_t d)
{
	return guest.big_endian ? __builtin_bswap64(d) : d;
}

/* What a walk reads, from the root on, until there is no table or none to read. */
struct trail {
	unsigned int tables;		/* descriptors of tables */
	uint64_t desc[MAX_LEVELS];	/* IPA of each descriptor */
	uint64_t table, size;		/* the last table */
	bool ends_in_leaf;		/* which is desc[tables] */
};

/* Bits of a VA, and log2 of the granule; 0 bits: nothing to walk. */
static unsigned int regime(const struct stage1_regs *regs, bool upper, unsigned int *granule)
{
	static const unsigned int granules[2][4] = { { 12, 16, 14, 0 }, { 0, 14, 12, 16 } };
	uint64_t half = upper ? regs->tcr >> 16 : regs->tcr;
	uint64_t tsz = half & 0x3f;

	*granule = granules[upper][half >> 14 & 3];
	if (*granule == 0 || (half & BIT(7)) != 0 || tsz < 12 || tsz > 48)
		return 0;
	return 64 - tsz > *granule ? (unsigned int)(64 - tsz) : 0;
}

static bool read_old(uint64_t at, uint64_t *d)
{
	uint64_t i = (at - GUEST) / PAGE_SIZE;

	if (i >= PAGES || (guest.present & BIT(i)) == 0)
		return false;
	*d = as_read(old[i][at % PAGE_SIZE / 8]);
	return true;
}

static void follow(const struct stage1_regs *regs, uint64_t va, struct trail *t)
{
	bool upper = (va & BIT(55)) != 0;
	unsigned int granule, bits = regime(regs, upper, &granule), shift = granule;
	uint64_t d;

	*t = (struct trail){ .tables = 0 };
	if (bits == 0)
		return;
	while (shift + granule - 3 < bits)
		shift += granule - 3;
	t->size = BIT(bits - shift) * 8;
	t->table = (upper ? regs->ttbr1 : regs->ttbr0) & BITS(47, 1) & ~(t->size - 1);
	va &= BITS(bits - 1, 0);
	for (;; shift -= granule - 3) {
		uint64_t at = t->table + (va >> shift) % (t->size / 8) * 8;

		if (!read_old(at, &d))
			return;
		t->desc[t->tables] = at;
		if (shift == granule || (d & 3) != 3) {
			t->ends_in_leaf = true;
			return;
		}
		t->tables++;
		t->size = BIT(granule);
		t->table = d & BITS(47, 0) & ~(t->size - 1);
	}
}

static bool is_table_on(const struct trail *t, uint64_t at)
{
	for (unsigned int i = 0; i < t->tables; i++)
		if (t->desc[i] == at)
			return true;
	return false;
}

/* In the last table, and in the same page as the descriptor that was reached. */
static bool is_leaf_on(const struct trail *t, uint64_t at)
{
	return t->ends_in_leaf && at - t->table < t->size &&
	       (at ^ t->desc[t->tables]) < PAGE_SIZE;
}

static unsigned int count_change(const struct trail *t, uint64_t at, uint64_t was, uint64_t is)
{
	bool ns = ((is ^ was) & NS_BIT) != 0, nstable = ((is ^ was) & NSTABLE) != 0;

	EXPECT((was & VALID) != 0);
	EXPECT(((is ^ was) & ~(NS_BIT | NSTABLE)) == 0);
	EXPECT(!ns || is_leaf_on(t, at));
	EXPECT(!nstable || ((is & NSTABLE) == 0 && (is & HALF) == 0 && is_table_on(t, at)));
	return ns + nstable;
}

/*
 * NS bits of leaves that share a table with the one reached, and NSTable of the
 * tables on the way; both of one word where a table is its own child.
 */
static unsigned int count_changes(const struct trail *t)
{
	unsigned int n = 0;

	for (unsigned int p = 0; p < PAGES; p++)
		for (unsigned int i = 0; i < WORDS; i++)
			if (guest.page[p][i] != old[p][i])
				n += count_change(t, GUEST + p * PAGE_SIZE + i * 8,
						  as_read(old[p][i]),
						  as_read(guest.page[p][i]));
	return n;
}

static enum heal_result heal(const struct stage1_regs *regs, uint64_t va, uint64_t fault,
			     unsigned int *changed)
{
	enum heal_result r;

	for (unsigned int p = 0; p < PAGES; p++)
		memcpy(old[p], guest.page[p], PAGE_SIZE);
	guest.pages_asked = guest.shares_asked = 0;
	r = stage1_heal(regs, va, ipa(fault), &guest.m, changed);
	EXPECT(guest.pages_asked <= MAX_LEVELS);
	EXPECT(guest.shares_asked <= WORDS);
	EXPECT(*changed <= WORDS + MAX_LEVELS);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, data + size };
	struct stage1_regs regs;
	struct trail trail;
	unsigned int changed;
	uint64_t va, fault;
	enum heal_result first;

	registers(&in, &regs);
	guest_init(&in);
	va = in_u64(&in);
	fault = in_u64(&in);
	for (unsigned int n = in_choice(&in, 32); n > 0; n--)
		store(&in);

	if (in_choice(&in, 8) == 7) {
		guest.interference = &in;
		heal(&regs, va, fault, &changed);
		return 0;
	}
	first = heal(&regs, va, fault, &changed);
	follow(&regs, va, &trail);
	EXPECT_EQ(changed, count_changes(&trail));
	/* what is right stays so, and what cannot be made right too */
	EXPECT_EQ(heal(&regs, va, fault, &changed), first);
	EXPECT_EQ(changed, 0);
	return 0;
}
