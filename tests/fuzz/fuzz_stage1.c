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

static void *guest_page(const struct vcpu_guest_mem *m, ipa_t at)
{
	uint64_t i = (at.v - GUEST) / PAGE_SIZE;

	(void)m;
	guest.pages_asked++;
	EXPECT(is_aligned(at.v, PAGE_SIZE));
	return i < PAGES && (guest.present & BIT(i)) != 0 ? guest.page[i] : NULL;
}

static bool guest_is_shared(const struct vcpu_guest_mem *m, ipa_t at)
{
	(void)m;
	guest.shares_asked++;
	EXPECT(is_aligned(at.v, PAGE_SIZE));
	if (guest.interference != NULL) {
		uint8_t page = in_u8(guest.interference), word = in_u8(guest.interference);

		guest.page[page % PAGES][2 * word] ^= in_u64(guest.interference);
	}
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
}

/* Judging */

static uint64_t old[PAGES][WORDS];

static uint64_t as_read(uint64_t d)
{
	return guest.big_endian ? __builtin_bswap64(d) : d;
}

/*
 * Only NS bits may change, and NSTable be cleared, of valid descriptors; both of
 * one word where a table is its own child.
 */
static unsigned int count_changes(void)
{
	unsigned int n = 0;

	for (unsigned int p = 0; p < PAGES; p++)
		for (unsigned int i = 0; i < WORDS; i++) {
			uint64_t is = as_read(guest.page[p][i]), was = as_read(old[p][i]);

			if (is == was)
				continue;
			EXPECT((was & VALID) != 0 && (guest.present & BIT(p)) != 0);
			EXPECT(((is ^ was) & ~(NS_BIT | NSTABLE)) == 0);
			EXPECT((is & ~was & NSTABLE) == 0);
			n += ((is ^ was) & NS_BIT) != 0;
			n += ((is ^ was) & NSTABLE) != 0;
		}
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
	EXPECT_EQ(changed, count_changes());
	/* what is right stays so, and what cannot be made right too */
	EXPECT_EQ(heal(&regs, va, fault, &changed), first);
	EXPECT_EQ(changed, 0);
	return 0;
}
