/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The memory of a realm as arch/aarch64/stage1.c gets to see it, and stage 1
 * tables in it. A test writes by guest_put(), says by guest_flip() what must
 * change, and guest_heal() compares all of the memory with that: one word too
 * many fails the test.
 *
 * Geometry is written down here from the Arm ARM (D8.2), not computed as the
 * code does it.
 */
#ifndef TESTS_UNIT_GUEST_H
#define TESTS_UNIT_GUEST_H

#include "unit.h"

#include "arch/aarch64/stage1.h"
#include <stdalign.h>

#define WIDTH		36
#define HALF		BIT(WIDTH - 1)
#define TOP		BIT(WIDTH)
#define GUEST		UINT64_C(0x40000000)	/* IPA of the realm's memory */
#define GUEST_PAGES	96

#define VALID		BIT(0)
#define TABLE		(BIT(1) | VALID)
#define PAGE		(BIT(1) | VALID)
#define BLOCK		VALID
#define NS_BIT		BIT(5)
#define AF		BIT(10)
#define DBM		BIT(51)
#define CONTIG		BIT(52)
#define NSTABLE		BIT(63)

#define SCTLR_M		BIT(0)
#define SCTLR_EE	BIT(25)
#define TCR_EPD0	BIT(7)
#define TCR_EPD1	BIT(23)

/* The realm's pages, between words that nobody may touch. */
struct memory {
	uint64_t before[512];
	uint64_t word[GUEST_PAGES * 512];
	uint64_t after[512];
};

struct guest {
	struct vcpu_guest_mem m;	/* first: callbacks get a pointer to it */
	alignas(PAGE_SIZE) struct memory is;
	struct memory want;
	bool big_endian;
	uint64_t shared, shared_end;	/* IPAs that the host has mapped */
	uint64_t shared_align;		/* what is asked must be a multiple of this */
	uint64_t hole;			/* page that is not there */
	unsigned int pages_asked, shares_asked;
	/* called by is_shared: another CPU of the realm at the worst moment */
	void (*interfere)(struct guest *g);
	void (*interfere_walk)(struct guest *g);	/* likewise, called by page */
};

extern struct guest guest;

void guest_begin(void);
/* A descriptor in the guest's endianness. */
uint64_t guest_stored(uint64_t d);
void guest_put(uint64_t at, uint64_t d);
void guest_flip(uint64_t at, uint64_t bits);
/* Heals and compares; also counts, unless somebody interferes. */
void guest_heal(const struct stage1_regs *regs, uint64_t va, uint64_t fault,
		enum heal_result want);

/* One way to set up a translation regime. */
struct regime {
	unsigned int granule;	/* log2 */
	unsigned int bits;	/* of a VA */
	int start;		/* level at which it begins */
	int first_block;	/* lowest level that can hold a block */
};

/* All granules and start levels, each with its smallest and largest VA. */
#define NUM_REGIMES	22
extern const struct regime regimes[NUM_REGIMES];
extern const struct regime *const linux_regime;	/* 4 KiB, 39 bits */

/* Where a walk of the guest finds its descriptors. */
struct path {
	const struct regime *r;
	uint64_t va;
	uint64_t root;
	uint64_t desc[4];	/* IPA of the descriptor, by level */
	int leaf;		/* level */
	struct stage1_regs regs;
};

/* Tables down to `leaf`, one after the other; the leaf is put by the caller. */
void path_make(struct path *p, const struct regime *r, bool upper, int leaf);
uint64_t path_leaf_type(const struct path *p);
/* IPA of entry i of the page that holds the leaf. */
uint64_t path_row(const struct path *p, unsigned int i);
void path_heal(const struct path *p, enum heal_result want);

#endif
