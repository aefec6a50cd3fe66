/* SPDX-License-Identifier: BSD-3-Clause */
#include "guest.h"

#include <string.h>

#define MAX_TABLES	5	/* on one walk */

struct guest guest;

static struct guest *guest_of(const struct vcpu_guest_mem *m)
{
	return (struct guest *)(uintptr_t)m;
}

static void *guest_page(const struct vcpu_guest_mem *m, ipa_t at)
{
	struct guest *x = guest_of(m);

	x->pages_asked++;
	EXPECT(is_aligned(at.v, PAGE_SIZE));
	if (x->interfere_walk)
		x->interfere_walk(x);
	if (at.v - GUEST >= GUEST_PAGES * PAGE_SIZE || at.v == x->hole)
		return NULL;
	return &x->is.word[(at.v - GUEST) / 8];
}

static bool guest_is_shared(const struct vcpu_guest_mem *m, ipa_t at)
{
	struct guest *x = guest_of(m);

	x->shares_asked++;
	EXPECT(is_aligned(at.v, x->shared_align));
	if (x->interfere)
		x->interfere(x);
	return at.v >= x->shared && at.v < x->shared_end;
}

uint64_t guest_stored(uint64_t d)
{
	return guest.big_endian ? __builtin_bswap64(d) : d;
}

void guest_begin(void)
{
	memset(&guest, 0, sizeof(guest));
	guest.m = (struct vcpu_guest_mem){ guest_page, guest_is_shared, WIDTH };
	guest.shared_align = PAGE_SIZE;
	memset(&guest.is.before, 0x2f, sizeof(guest.is.before));
	memset(&guest.is.after, 0x2f, sizeof(guest.is.after));
	guest.want = guest.is;
}

void guest_put(uint64_t at, uint64_t d)
{
	guest.is.word[(at - GUEST) / 8] = guest.want.word[(at - GUEST) / 8] = guest_stored(d);
}

void guest_flip(uint64_t at, uint64_t bits)
{
	guest.want.word[(at - GUEST) / 8] ^= guest_stored(bits);
}

void guest_heal(const struct stage1_regs *regs, uint64_t va, uint64_t fault,
		 enum heal_result want)
{
	static struct memory old;
	const uint64_t *a = guest.is.before, *b = old.before;
	unsigned int changed = ~0U, differ = 0;

	old = guest.is;
	EXPECT_EQ(stage1_heal(regs, va, ipa(fault), &guest.m, &changed), want);
	for (size_t i = 0; i < sizeof(guest.is) / 8; i++)
		differ += a[i] != b[i];
	if (memcmp(&guest.is, &guest.want, sizeof(guest.is)) != 0)
		FAIL("%u words changed, not the ones that should", differ);
	if (!guest.interfere && !guest.interfere_walk)
		EXPECT_EQ(changed, differ);
	EXPECT(guest.pages_asked <= MAX_TABLES);
	EXPECT(guest.shares_asked <= 512);
}

/* Geometry */

const struct regime regimes[NUM_REGIMES] = {
	{ 12, 48, 0, 1 }, { 12, 40, 0, 1 }, { 12, 39, 1, 1 }, { 12, 31, 1, 1 },
	{ 12, 30, 2, 2 }, { 12, 22, 2, 2 }, { 12, 21, 3, 3 }, { 12, 16, 3, 3 },
	{ 14, 48, 0, 2 }, { 14, 47, 1, 2 }, { 14, 37, 1, 2 }, { 14, 36, 2, 2 },
	{ 14, 26, 2, 2 }, { 14, 25, 3, 3 }, { 14, 16, 3, 3 },
	{ 16, 52, 1, 2 }, { 16, 48, 1, 2 }, { 16, 43, 1, 2 }, { 16, 42, 2, 2 },
	{ 16, 30, 2, 2 }, { 16, 29, 3, 3 }, { 16, 17, 3, 3 },
};

const struct regime *const linux_regime = &regimes[2];

/* VA bits below an entry of that level; Arm ARM D8.2, tables per granule */
static unsigned int shift_of(const struct regime *r, int level)
{
	static const uint8_t shifts[3][4] = {
		{ 39, 30, 21, 12 }, { 47, 36, 25, 14 }, { 0, 42, 29, 16 },
	};

	return shifts[(r->granule - 12) / 2][level];
}

static unsigned int index_of(const struct regime *r, int level, uint64_t va)
{
	unsigned int top = level == r->start ? r->bits : shift_of(r, level - 1);

	return (unsigned int)field(va, top - 1, shift_of(r, level));
}

static struct stage1_regs regs_of(const struct regime *r, bool upper, uint64_t root)
{
	static const uint8_t tg0[] = { 0, 2, 1 }, tg1[] = { 2, 1, 3 };
	uint64_t tsz = 64 - r->bits, g_index = (r->granule - 12) / 2;
	/* the other half must not matter */
	struct stage1_regs regs = {
		.sctlr = SCTLR_M | (guest.big_endian ? SCTLR_EE : 0),
		.tcr = 63 | 63 << 16 | TCR_EPD0 | TCR_EPD1,
		.ttbr0 = ~UINT64_C(0), .ttbr1 = ~UINT64_C(0),
	};

	if (upper) {
		regs.tcr = 63 | TCR_EPD0 | tsz << 16 | (uint64_t)tg1[g_index] << 30;
		regs.ttbr1 = root;
	} else {
		regs.tcr = 63 << 16 | TCR_EPD1 | tsz | (uint64_t)tg0[g_index] << 14;
		regs.ttbr0 = root;
	}
	return regs;
}

static uint64_t canonical(const struct regime *r, bool upper, uint64_t va)
{
	va &= BITS(r->bits - 1, 0);
	return upper ? va | ~BITS(r->bits - 1, 0) : va;
}

/* Tables down to `leaf`, one after the other; the leaf is put by the caller. */
void path_make(struct path *p, const struct regime *r, bool upper, int leaf)
{
	uint64_t table = GUEST;

	*p = (struct path){ .r = r, .root = GUEST, .leaf = leaf };
	p->va = canonical(r, upper, UINT64_C(0x123456789abcdef));
	p->regs = regs_of(r, upper, p->root);
	for (int l = r->start; l <= leaf; l++) {
		p->desc[l] = table + index_of(r, l, p->va) * 8;
		table += BIT(r->granule);
		if (l < leaf)
			guest_put(p->desc[l], table | TABLE);
	}
}

uint64_t path_leaf_type(const struct path *p)
{
	return p->leaf == 3 ? PAGE : BLOCK;
}

/* Entry i of the page that holds the leaf. */
uint64_t path_row(const struct path *p, unsigned int i)
{
	return align_down(p->desc[p->leaf], PAGE_SIZE) + i * 8;
}

void path_heal(const struct path *p, enum heal_result want)
{
	guest_heal(&p->regs, p->va, HALF, want);
}
