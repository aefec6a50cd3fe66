/* SPDX-License-Identifier: BSD-3-Clause */
#include "arch/sel2/mmu.h"
#include "abi/boot.h"
#include "arch/aarch64/sysreg.h"
#include "arch/sel2/layout.h"
#include "lib/addr.h"
#include "lib/bits.h"
#include <stddef.h>

/*
 * Root, one level 1 table per 512 GiB touched, two level 2 tables per range
 * that does not start and end on 1 GiB, one level 3 table each for the image
 * and the manifest, and a few for devices. A manifest that needs more is
 * refused at boot.
 */
#define MMU_TABLES	48
#define ENTRIES		512

#define DESC_VALID	BIT(0)
#define DESC_TABLE	BIT(1)		/* levels 0 to 2 */
#define DESC_PAGE	BIT(1)		/* level 3 */
#define DESC_NS		BIT(5)
#define DESC_AP1	BIT(6)		/* RES1 in a regime of one privilege */
#define DESC_RO		BIT(7)
#define DESC_SH_INNER	(BIT(8) | BIT(9))
#define DESC_AF		BIT(10)
#define DESC_GP		BIT(50)		/* BTI, RES0 without FEAT_BTI */
#define DESC_XN		BIT(54)
#define DESC_ADDR	BITS(47, 12)

/* Indices into MAIR_EL2 as entry.S sets it */
#define DESC_NORMAL	((UINT64_C(0) << 2) | DESC_SH_INNER)
#define DESC_DEVICE	(UINT64_C(1) << 2)
#define DESC_LEAF	(DESC_VALID | DESC_AF | DESC_AP1)

static const uint64_t type_bits[] = {
	[MMU_TEXT] = DESC_LEAF | DESC_NORMAL | DESC_RO | DESC_GP,
	[MMU_RODATA] = DESC_LEAF | DESC_NORMAL | DESC_RO | DESC_XN,
	[MMU_DATA] = DESC_LEAF | DESC_NORMAL | DESC_XN,
	[MMU_NS_DATA] = DESC_LEAF | DESC_NORMAL | DESC_XN | DESC_NS,
	[MMU_DEVICE] = DESC_LEAF | DESC_DEVICE | DESC_XN,
};

/* entry.S loads the address of the first one, the root, into TTBR0_EL2. */
uint64_t mmu_tables[MMU_TABLES][ENTRIES] __attribute__((aligned(4096)));
static unsigned int tables_used = 1;

extern char __text_start[], __text_end[], __rodata_end[], __bss_end[];
extern char __stacks[], __secret_start[], __secret_end[];

static unsigned int level_shift(int level)
{
	return PAGE_SHIFT + 9 * (3 - (unsigned int)level);
}

static size_t level_index(uint64_t va, int level)
{
	return (va >> level_shift(level)) % ENTRIES;
}

static uint64_t *table_next(uint64_t *entry)
{
	if (*entry == 0) {
		if (tables_used == MMU_TABLES)
			return NULL;
		*entry = (uint64_t)mmu_tables[tables_used++] | DESC_VALID |
			 DESC_TABLE;
	}
	return (uint64_t *)(*entry & DESC_ADDR);
}

static uint64_t *entry_at(uint64_t va, int level)
{
	uint64_t *table = mmu_tables[0];

	for (int l = 0; l < level; l++) {
		table = table_next(&table[level_index(va, l)]);
		if (table == NULL)
			return NULL;
	}
	return &table[level_index(va, level)];
}

/* Lowest level (largest span) that both addresses and the size allow. */
static int level_for(uint64_t va, uint64_t pa, uint64_t size)
{
	int level = 1;

	while (level < 3 && (!is_aligned(va | pa, BIT(level_shift(level))) ||
			     size < BIT(level_shift(level))))
		level++;
	return level;
}

bool mmu_map(uint64_t va, uint64_t pa, uint64_t size, enum mmu_type type)
{
	while (size != 0) {
		int level = level_for(va, pa, size);
		uint64_t span = BIT(level_shift(level));
		uint64_t *entry = entry_at(va, level);

		if (entry == NULL)
			return false;
		*entry = pa | type_bits[type] | (level == 3 ? DESC_PAGE : 0);
		va += span;
		pa += span;
		size -= span;
	}
	/* From invalid to valid: no TLB entry to remove (Arm ARM D8.17, I_WZCBG). */
	dsb(ishst);
	isb();
	return true;
}

void mmu_unmap_page(uint64_t va)
{
	*entry_at(va, 3) = 0;
	dsb(ishst);
	tlbi_va(vae2is, va >> PAGE_SHIFT);
	dsb(ish);
	isb();
}

/*
 * The page that holds the descriptors of the tables goes last: the writes to
 * it must be over before it can be found read-only.
 */
void mmu_seal(void)
{
	uint64_t *self = entry_at((uint64_t)mmu_tables, 3);
	uint64_t last = align_down((uint64_t)self, PAGE_SIZE);

	for (size_t i = 0; i < MMU_TABLES; i++)
		if ((uint64_t)mmu_tables[i] != last)
			*entry_at((uint64_t)mmu_tables[i], 3) |= DESC_RO;
	for (uint64_t va = (uint64_t)__secret_start; va < (uint64_t)__secret_end;
	     va += PAGE_SIZE)
		*entry_at(va, 3) |= DESC_RO;
	*entry_at(last, 3) |= DESC_RO;
	dsb(ishst);
	tlbi(alle2is);
	dsb(ish);
	isb();
}

static void map_image(const char *start, const char *end, enum mmu_type type)
{
	uint64_t base = (uint64_t)start;

	(void)!mmu_map(base, base, (uint64_t)(end - start), type);
}

/*
 * Data accesses are Device-nGnRnE here: this file is built with strict
 * alignment. The tables cannot run out on the image, which takes four.
 */
void mmu_boot_map(void)
{
	map_image(__text_start, __text_end, MMU_TEXT);
	map_image(__text_end, __rodata_end, MMU_RODATA);
	map_image(__rodata_end, __bss_end, MMU_DATA);
	map_image(__secret_start, __secret_end, MMU_DATA);
	for (unsigned int cpu = 0; cpu < TMM_MAX_CPUS; cpu++) {
		const char *guard = __stacks + cpu * STACK_STRIDE;

		map_image(guard + STACK_GUARD, guard + STACK_STRIDE, MMU_DATA);
	}
}
