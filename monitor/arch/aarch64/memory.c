/* SPDX-License-Identifier: BSD-3-Clause */
#include "arch/aarch64/features.h"
#include "arch/aarch64/sysreg.h"
#include "hal/memory.h"
#include "lib/bits.h"
#include "lib/string.h"

/* CTR_EL0 */
#define CTR_IDC		BIT(28)	/* no clean to the point of unification needed */
#define CTR_DIC		BIT(29)	/* no instruction cache invalidation needed */
#define CTR_DMINLINE(c)	(4U << field(c, 19, 16))

static void dc_zva(const char *p)
{
	asm volatile("dc zva, %0" : : "r"(p) : "memory");
}

void hal_page_zero(void *page)
{
	unsigned int step = features.zva_size;

	if (step == 64) {
		char *p = page;

		for (const char *end = p + PAGE_SIZE; p != end; p += 512) {
			dc_zva(p);
			dc_zva(p + 64);
			dc_zva(p + 128);
			dc_zva(p + 192);
			dc_zva(p + 256);
			dc_zva(p + 320);
			dc_zva(p + 384);
			dc_zva(p + 448);
		}
	} else if (step != 0 && step <= PAGE_SIZE) {
		for (unsigned int i = 0; i < PAGE_SIZE; i += step)
			dc_zva((char *)page + i);
	} else {
		memset(page, 0, PAGE_SIZE);
	}
	dsb(ish);
}

/*
 * Arm ARM B2.7.4: data written by stores is made visible to instruction fetch
 * by DC CVAU, DSB, IC, DSB, less what CTR_EL0 says is not needed. The realm
 * fetches through another VA: hence IC IALLUIS and not IC IVAU.
 */
void hal_page_sync(void *page)
{
	uint64_t ctr = read_sysreg(ctr_el0);
	char *p = page;

	if (!(ctr & CTR_IDC))
		for (uint64_t i = 0; i < PAGE_SIZE; i += CTR_DMINLINE(ctr))
			asm volatile("dc cvau, %0" : : "r"(p + i) : "memory");
	dsb(ish);
	if (!(ctr & CTR_DIC)) {
		asm volatile("ic ialluis" : : : "memory");
		dsb(ish);
	}
	isb();
}
