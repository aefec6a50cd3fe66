// SPDX-License-Identifier: GPL-2.0-only
/*
 * Translation tables: a page of ours is mapped by a descriptor that changes under the
 * eyes of the other CPUs, which use it all the time. And control registers of the
 * translation with odd values, for the moment of an access.
 */
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/set_memory.h>
#include <linux/vmalloc.h>
#include <asm/barrier.h>
#include <asm/sysreg.h>
#include <asm/tlbflush.h>

#include "storm.h"

#define TABLE	0x3
#define ADDRESS	GENMASK(47, 12)

/*
 * Shared by all CPUs; the first that comes makes it. What is reached by the unprotected
 * half has been given up before: the host may take a page away whose other half is
 * touched, and a kernel does not live through the loss of a page that it uses.
 */
static void *window;
static u64 *descriptor, window_good, given_up;
static DEFINE_MUTEX(lock);

/* The level 3 descriptor of a kernel address, by the tables that the CPU uses. */
static u64 *find_descriptor(void *at)
{
	u64 tcr = read_sysreg(tcr_el1);
	unsigned int bits = 64 - ((tcr >> 16) & 0x3f);
	u64 *table = phys_to_virt(read_sysreg(ttbr1_el1) & GENMASK(47, 12));
	u64 va = (u64)at & GENMASK(bits - 1, 0);
	int shift = 12 + (bits - 12 - 1) / 9 * 9;

	for (; shift > 12; shift -= 9) {
		u64 d = table[(va >> shift) & 511];

		if ((d & 3) != TABLE)
			return NULL;
		table = phys_to_virt(d & ADDRESS);
	}
	return &table[(va >> 12) & 511];
}

static void make_window(void)
{
	struct page *mine = alloc_page(GFP_KERNEL | __GFP_ZERO);
	struct page *other = alloc_page(GFP_KERNEL | __GFP_ZERO);

	if (!mine || !other)
		return;
	if (storm_is_realm && set_memory_decrypted((unsigned long)page_address(other), 1))
		return;
	given_up = page_to_phys(other);
	window = vmap(&mine, 1, VM_MAP, PAGE_KERNEL);
	if (window)
		descriptor = find_descriptor(window);
	if (descriptor)
		window_good = READ_ONCE(*descriptor);
}

static bool open_window(void)
{
	mutex_lock(&lock);
	if (!window)
		make_window();
	mutex_unlock(&lock);
	return descriptor;
}

static u64 odd_descriptor(struct storm *s)
{
	u64 d = window_good, top = 1UL << (storm_ipa_bits - 1);
	u64 other = (d & ~ADDRESS) | given_up;

	switch (storm_pick(s, 9)) {
	case 0:
		return 0;
	case 1:
		return (storm_pick(s, 2) ? d : other) ^ 1UL << 5;	/* NS */
	case 2:
		return other | top;				/* the unprotected half */
	case 3:
		return other | top | 1UL << 5;
	case 4:
		return (d & ~(7UL << 2)) | storm_pick(s, 8) << 2;	/* attributes */
	case 5:
		return (d & ~ADDRESS) | (storm_random(s) & ADDRESS);
	case 6:
		return other | 1UL << (32 + storm_pick(s, 16));
	case 7:
		return other;					/* memory that is none */
	default:
		return d;
	}
}

static void change(struct storm *s)
{
	WRITE_ONCE(*descriptor, odd_descriptor(s));
	dsb(ishst);
	if (storm_pick(s, 2)) {
		asm volatile("tlbi vmalle1is" : : : "memory");
		dsb(ish);
		isb();
	}
}

static void with_odd_registers(struct storm *s)
{
	u64 mair = read_sysreg(mair_el1), ttbr0 = read_sysreg(ttbr0_el1);
	u64 tcr = read_sysreg(tcr_el1);

	switch (storm_pick(s, 3)) {
	case 0:		/* of memory types that nothing of the kernel's uses */
		write_sysreg(mair ^ (storm_random(s) & GENMASK(63, 40)), mair_el1);
		break;
	case 1:		/* the lower half: tables anywhere */
		write_sysreg(storm_random(s) & GENMASK(40, 12), ttbr0_el1);
		break;
	default:	/* its size, granule and attributes */
		write_sysreg(tcr ^ (storm_random(s) & 0xff3f), tcr_el1);
	}
	isb();
	/* what has no descriptor for an address there, the walk finds out */
	if (storm_wild || storm_pick(s, 2))
		storm_load((void *)(storm_random(s) & GENMASK(40, 3)));
	write_sysreg(tcr, tcr_el1);
	write_sysreg(ttbr0, ttbr0_el1);
	write_sysreg(mair, mair_el1);
	isb();
	asm volatile("tlbi vmalle1" : : : "memory");
	dsb(nsh);
	isb();
}

void storm_tables(struct storm *s)
{
	struct storm_trial t;
	unsigned int i;

	if (!open_window())
		return;
	for (i = 0; i < 64; i++) {
		if (s->cpu % 2 == 0 || storm_pick(s, 8) == 0)
			change(s);
		storm_trial_begin(&t);
		storm_load(window + storm_pick(s, 512) * 8);
		storm_store(window + storm_pick(s, 512) * 8, storm_random(s));
		if (storm_pick(s, 16) == 0)
			with_odd_registers(s);
		storm_trial_end(&t);
	}
	WRITE_ONCE(*descriptor, window_good);
	flush_tlb_kernel_range((unsigned long)window, (unsigned long)window + PAGE_SIZE);
}
