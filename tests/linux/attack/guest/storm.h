/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef STORM_H
#define STORM_H

#include <linux/types.h>

#define STORM_CPUS	8
#define STORM_PAGES	16
#define STORM_WRITES	32

/* A thread on a CPU */
struct storm {
	u64 random;
	unsigned int cpu;
	u64 rounds;
	void *pages;			/* STORM_PAGES in a row, nobody else's */
};

extern u64 storm_refusals[STORM_CPUS];
extern bool storm_is_realm, storm_wild;
extern unsigned int storm_ipa_bits;

u64 storm_random(struct storm *s);
unsigned int storm_pick(struct storm *s, unsigned int n);

/* Between these, what is refused is passed over, and nothing interrupts. */
struct storm_trial {
	unsigned long flags, vbar;
};
void storm_trial_begin(struct storm_trial *t);
void storm_trial_end(struct storm_trial *t);

u64 storm_load(const void *at);
void storm_store(void *at, u64 value);
u64 storm_hvc(u64 x0, u64 x1, u64 x2, u64 x3);
void storm_read_all(void);
void storm_write(u64 value, u64 which);

void storm_calls(struct storm *s);
void storm_tables(struct storm *s);
void storm_registers(struct storm *s);
void storm_interrupts(struct storm *s);

#endif
