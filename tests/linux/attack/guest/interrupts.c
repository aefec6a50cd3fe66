// SPDX-License-Identifier: GPL-2.0-only
/* Interrupts and timers: SGIs to everywhere that nobody handles, timers that fire at once. */
#include <linux/irqflags.h>
#include <asm/arch_timer.h>
#include <asm/sysreg.h>

#include "storm.h"

#define SGI1R	sys_reg(3, 0, 12, 11, 5)
#define ASGI1R	sys_reg(3, 0, 12, 11, 6)
#define SGI0R	sys_reg(3, 0, 12, 11, 7)

static void send_sgi(struct storm *s)
{
	/* 8 to 15 are not Linux's */
	u64 value = (storm_random(s) & ~(0xfUL << 24)) | (8 + storm_pick(s, 8)) << 24;

	if (storm_pick(s, 2))
		value &= 0xf00000f;
	switch (storm_pick(s, 4)) {
	case 0:
		write_sysreg_s(value, ASGI1R);
		break;
	case 1:
		write_sysreg_s(value, SGI0R);
		break;
	default:
		write_sysreg_s(value, SGI1R);
	}
}

/* The one that Linux does not use, and for a moment the one that it does. */
static void timers(struct storm *s)
{
	u64 cval = read_sysreg(cntv_cval_el0), ctl = read_sysreg(cntv_ctl_el0);

	write_sysreg(storm_random(s), cntp_cval_el0);
	write_sysreg(storm_pick(s, 4), cntp_ctl_el0);
	write_sysreg(storm_pick(s, 2) ? 0 : storm_random(s), cntv_cval_el0);
	write_sysreg(storm_pick(s, 4), cntv_ctl_el0);
	isb();
	if (storm_pick(s, 4) == 0) {
		/* all may be asleep, so something has to wake us */
		write_sysreg(read_sysreg(cntvct_el0) + storm_pick(s, 4096), cntv_cval_el0);
		write_sysreg(1, cntv_ctl_el0);
		isb();
		asm volatile("wfi");
	}
	write_sysreg(2, cntp_ctl_el0);
	write_sysreg(cval, cntv_cval_el0);
	write_sysreg(ctl, cntv_ctl_el0);
	isb();
}

void storm_interrupts(struct storm *s)
{
	struct storm_trial t;
	unsigned int i;
	u64 pmr;

	for (i = 0; i < 32; i++) {
		storm_trial_begin(&t);
		send_sgi(s);
		timers(s);
		pmr = read_sysreg_s(SYS_ICC_PMR_EL1);
		write_sysreg_s(storm_random(s) & 0xff, SYS_ICC_PMR_EL1);
		write_sysreg_s(storm_random(s) & 7, SYS_ICC_BPR1_EL1);
		write_sysreg_s(pmr, SYS_ICC_PMR_EL1);
		write_sysreg_s(0, SYS_ICC_BPR1_EL1);
		storm_trial_end(&t);
	}
}
