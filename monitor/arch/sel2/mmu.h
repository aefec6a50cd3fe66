/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The monitor's own translation: one table for all CPUs, made at cold boot and
 * not changed afterwards. Secure memory and devices with NS = 0, normal DRAM
 * with NS = 1, nothing both writable and executable (ADR 0003).
 */
#ifndef TMM_ARCH_SEL2_MMU_H
#define TMM_ARCH_SEL2_MMU_H

#include "lib/check.h"
#include <stdbool.h>
#include <stdint.h>

enum mmu_type {
	MMU_TEXT,		/* read and execute */
	MMU_RODATA,
	MMU_DATA,
	MMU_NS_DATA,		/* Normal Write-Back, Non-secure address space */
	MMU_DEVICE,
};

/* Called by entry.S with translation off: maps the image and its stacks. */
void mmu_boot_map(void);

/*
 * Maps [va, va + size) to pa, with the largest blocks that fit. The range is
 * unmapped before. False: out of table memory, part of it may be mapped.
 */
MUST_USE bool mmu_map(uint64_t va, uint64_t pa, uint64_t size,
		      enum mmu_type type);

/* Unmaps one page that mmu_map() mapped as a page. */
void mmu_unmap_page(uint64_t va);

/* Makes tables and keys read-only for the monitor too; nothing above works after. */
void mmu_seal(void);

#endif
