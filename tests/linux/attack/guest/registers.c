// SPDX-License-Identifier: GPL-2.0-only
/* Registers: all are read, and some that nobody needs are written. */
#include <linux/kernel.h>
#include <asm/sysreg.h>

#include "storm.h"

void storm_registers(struct storm *s)
{
	struct storm_trial t;
	unsigned int i;
	u64 mdscr, cntfrq;

	storm_trial_begin(&t);
	mdscr = read_sysreg(mdscr_el1);
	cntfrq = read_sysreg(cntfrq_el0);
	if (s->rounds % 16 == 0)
		storm_read_all();
	for (i = 0; i < 64; i++) {
		u64 which = storm_pick(s, STORM_WRITES);

		/* breakpoints that are enabled would be ours to handle */
		storm_write(which ? storm_random(s) & ~1UL : mdscr, which);
	}
	storm_write(mdscr, 0);
	for (i = 1; i < 17; i++)
		storm_write(0, i);
	storm_trial_end(&t);
	WARN_ON_ONCE(read_sysreg(cntfrq_el0) != cntfrq);
}
