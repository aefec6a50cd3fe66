/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counting instructions. With -icount shift=0 each one takes 1 ns of the
 * machine's time and sbsa-ref's counter runs at 1 GHz, so a difference of
 * CNTPCT_EL0 is a number of instructions. The plugin counts the same between
 * the two marks of markers.h, and tells the worlds apart.
 */
#ifndef BENCH_COUNT_H
#define BENCH_COUNT_H

#include <stdint.h>

/*
 * x[0..5] into x0..x5, SMC, x0..x4 back into x[]. Returns the difference of the
 * counter, what reading it costs included: count_nothing().
 */
uint64_t count_smc(uint64_t x[6]);
uint64_t count_nothing(void);
/* n times two instructions, and one. */
uint64_t count_known(uint64_t n);

#endif
