/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TMM_HAL_STAT_H
#define TMM_HAL_STAT_H

#include <stdint.h>

/* Counters for people who measure; per CPU, no lock, never a secret. */
enum hal_stat {
	HAL_STAT_HEAL_TRAPS,
	HAL_STAT_HEAL_DESCRIPTORS,
	HAL_STAT_REC_ENTRIES,
	HAL_STAT_RSI_CALLS,
	HAL_STAT_COUNT
};

void hal_stat_add(enum hal_stat which, uint64_t n);
/* Sum over all CPUs. */
uint64_t hal_stat_read(enum hal_stat which);

#endif
