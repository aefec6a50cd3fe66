/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every measured call prints a line "COUNT <row> <instructions>", in the order
 * in which the plugin sees them. Bench's ../run puts the two together.
 */
#ifndef BENCH_H
#define BENCH_H

#include "host/realm.h"

#define ROUNDS		5	/* after one that warms up */

/* Makes the call of a row, which has to succeed; prints its line. */
#define measure(row, fid, ...) \
	measure_call(row, (const uint64_t[6]){ fid, __VA_ARGS__ })
uint64_t measure_call(const char *row, const uint64_t args[6]);
/* A line for something the realm has measured. */
void measured(const char *row, uint64_t ticks);

/* calls.c: commands on granules, realms and tables */
void bench_calls(void);
/* runs.c: entries into a realm, and what it asks for by itself */
void bench_runs(void);

#endif
