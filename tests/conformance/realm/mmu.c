/* SPDX-License-Identifier: BSD-3-Clause */
/* Stage 1 of the payload, see the tables in puppet.h. */
#include "puppet.h"
#include "orders.h"

#define MAIR_VALUE	0x00ff44UL	/* 0 normal NC, 1 normal WB, 2 device */
#define PTE_PAGE	0x703UL		/* AF, inner shareable, AttrIdx 0, page */
#define PTE_WB		(1UL << 2)
#define PTE_TABLE	3UL
#define SCTLR_M		1UL
#define SCTLR_C		(1UL << 2)
#define SCTLR_I		(1UL << 12)

static uint64_t *table(unsigned int n)
{
	return (uint64_t *)(uintptr_t)PUPPET_TABLE(n);
}

/* Identity map of the first 2 MiB of RAM, and the empty windows. */
static void build_tables(uint64_t extra)
{
	unsigned long i;

	if (table(PT_L1)[PUPPET_BASE >> 30])
		return;
	for (i = 0; i < 512; i++)
		table(PT_L3)[i] = (PUPPET_BASE + i * 0x1000) | PTE_PAGE |
				  PTE_WB | extra;
	table(PT_L2)[0] = PUPPET_TABLE(PT_L3) | PTE_TABLE;
	table(PT_WIN_L2)[0] = PUPPET_TABLE(PT_WIN_L3) | PTE_TABLE;
	table(PT_L1)[PUPPET_WINDOW >> 30] = PUPPET_TABLE(PT_WIN_L2) | PTE_TABLE;
	table(PT_L1)[PUPPET_BASE >> 30] = PUPPET_TABLE(PT_L2) | PTE_TABLE;
	__asm__ volatile("dsb ish" : : : "memory");
}

void tlbi(void)
{
	__asm__ volatile("dsb ishst\n\ttlbi vmalle1is\n\tdsb ish\n\tisb"
			 : : : "memory");
}

void order_mmu(const uint64_t *g)
{
	unsigned long sctlr = read_reg("sctlr_el1");

	if (g[1]) {
		build_tables(g[2]);
		write_reg("mair_el1", MAIR_VALUE);
		write_reg("tcr_el1", g[3] ? g[3] : PUPPET_TCR);
		write_reg("ttbr0_el1", g[4] ? g[4] : PUPPET_TABLE(PT_L1));
		tlbi();
		sctlr |= SCTLR_M | SCTLR_C | SCTLR_I;
	} else {
		sctlr &= ~SCTLR_M;
	}
	write_reg("sctlr_el1", sctlr);
}

void order_table(const uint64_t *g)
{
	volatile uint64_t *t = (volatile uint64_t *)(uintptr_t)g[1];
	unsigned long i;

	for (i = 0; i < g[3]; i++)
		t[g[2] + i] = g[4] + i * g[5];
	__asm__ volatile("dsb ishst\n\tisb" : : : "memory");
}

/* As software and hardware change descriptors that are in use: atomically. */
void order_toggle(const uint64_t *g)
{
	uint64_t *t = (uint64_t *)(uintptr_t)g[1] + g[2];
	unsigned long i, pass;

	for (pass = 0; pass < g[4]; pass++) {
		for (i = 0; i < g[3]; i++) {
			__atomic_fetch_and(&t[i], ~g[5], __ATOMIC_RELAXED);
			__atomic_fetch_xor(&t[i], g[6], __ATOMIC_RELAXED);
		}
	}
}
