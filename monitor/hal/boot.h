/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory at boot: what the checked manifest says, less what the monitor keeps
 * for itself. Used by main_cold() on one CPU, before any other CPU is in the
 * monitor and before the first call of the host. Everything named here is
 * already mapped: hal_pool_va() works for every secure address below.
 *
 * Order: the backend takes its own tables, main_cold() takes what core needs
 * (granule table), then reads the ranges and gives them to core. Taking after
 * the first hal_boot_secure() is a bug and panics, so that a range that has
 * been handed out never shrinks.
 */
#ifndef TMM_HAL_BOOT_H
#define TMM_HAL_BOOT_H

#include "lib/addr.h"

struct hal_range {
	uint64_t base;		/* physical, multiple of 2 MiB */
	uint64_t size;		/* multiple of 2 MiB, may be 0 */
	uint32_t node;
};

/*
 * Takes size bytes, rounded up to 2 MiB, off the start of the first secure
 * range that has room. The memory is zeroed and stays the monitor's for ever.
 * Address 0: no range has room.
 */
spa_t hal_boot_take(uint64_t size);

/* Secure ranges, what is left of each: the pool. Sorted, no overlap. */
unsigned int hal_boot_secure_count(void);
struct hal_range hal_boot_secure(unsigned int i);

/* Normal DRAM. Sorted, no overlap among themselves or with secure ranges. */
unsigned int hal_boot_dram_count(void);
struct hal_range hal_boot_dram(unsigned int i);

#endif
