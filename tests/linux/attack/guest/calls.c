// SPDX-License-Identifier: GPL-2.0-only
/* Calls: every function number that there is a range for, with odd arguments. */
#include <linux/arm-smccc.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "storm.h"

#define RSI_REALM_CONFIG	0xc4000196
#define RSI_TOKEN_CONTINUE	0xc4000195
#define RSI_IPA_STATE_SET	0xc4000197
#define RSI_IPA_STATE_GET	0xc4000198
#define RSI_HOST_CALL		0xc4000199

/* Numbers that end the guest or a CPU of it */
static bool is_deadly(u32 fid)
{
	switch (fid & ~0x40000000) {
	case 0x84000001 ... 0x84000003:		/* CPU_SUSPEND, CPU_OFF, CPU_ON */
	case 0x84000008 ... 0x84000009:		/* SYSTEM_OFF, SYSTEM_RESET */
	case 0x8400000b ... 0x84000015:		/* freeze, suspend, reset 2, off 2 */
		return true;
	}
	return false;
}

static u64 own_address(struct storm *s)
{
	return virt_to_phys(s->pages) + storm_pick(s, STORM_PAGES) * PAGE_SIZE;
}

/* Addresses that are not RAM, or our own: a call may write there. */
static u64 address(struct storm *s)
{
	switch (storm_pick(s, 8)) {
	case 0:
		return own_address(s) | 1UL << storm_pick(s, 52);
	case 1:
		return own_address(s) + storm_pick(s, PAGE_SIZE);
	case 2:
		return 0x09000000 + storm_pick(s, 64) * PAGE_SIZE;	/* devices */
	case 3:
		return ~0UL << storm_pick(s, 64);
	case 4:
		return storm_random(s) | 1UL << 50;
	default:
		return own_address(s);
	}
}

static u64 number(struct storm *s)
{
	static const u64 odd[] = {
		0, 1, 2, 3, 4, 0xfff, 0x1000, 0x10000, -1, -2, 1UL << 63, 0x80000000,
	};

	return storm_pick(s, 2) ? odd[storm_pick(s, ARRAY_SIZE(odd))] : storm_random(s);
}

static u32 function(struct storm *s)
{
	static const u32 owners[] = {
		0x80000000, 0x81000000, 0x82000000, 0x83000000, 0x84000000, 0x85000000,
		0x86000000, 0x87000000, 0xb0000000, 0xb2000000, 0xbf00ff00, 0x00000000,
	};
	u32 fid;

	switch (storm_pick(s, 4)) {
	case 0:
		return 0xc4000150 + storm_pick(s, 0x90);	/* RMI, RSI, EL3's own */
	case 1:
		fid = owners[storm_pick(s, ARRAY_SIZE(owners))];
		return (fid | storm_pick(s, 2) << 30) + storm_pick(s, 0x200);
	case 2:
		return 0xc2000150 + storm_pick(s, 0x20);	/* the monitor's own */
	default:
		return storm_random(s);
	}
}

static void one_call(struct storm *s)
{
	struct arm_smccc_1_2_regs regs;
	unsigned long *x = &regs.a0;
	unsigned int i;

	for (i = 1; i < 18; i++)
		x[i] = number(s);
	x[0] = function(s);
	if (!storm_wild && is_deadly(x[0]))
		return;
	switch ((u32)x[0]) {
	case RSI_REALM_CONFIG:
	case RSI_TOKEN_CONTINUE:
		x[1] = address(s);
		break;
	case RSI_HOST_CALL:
		x[1] = address(s);
		/* a hypercall that KVM does not know, in pages of ours */
		memset(s->pages, 0, STORM_PAGES * PAGE_SIZE);
		for (i = 0; i < STORM_PAGES; i++)
			((u64 *)s->pages)[i * 512 + 1] = 0x86000100 + storm_pick(s, 256);
		break;
	case RSI_IPA_STATE_SET:
	case RSI_IPA_STATE_GET:
		x[1] = address(s);
		x[2] = x[1] + storm_pick(s, 4) * PAGE_SIZE;
		if (!storm_wild)	/* no page behind our own */
			x[2] = min_t(u64, x[2], virt_to_phys(s->pages) + STORM_PAGES * PAGE_SIZE);
		/* to EMPTY in change_ripas() only, where nobody touches them meanwhile */
		x[3] = storm_wild ? storm_pick(s, 4) : 1 + storm_pick(s, 3);
		x[4] = storm_pick(s, 4);
		break;
	}
	if (storm_wild && !storm_pick(s, 16))
		x[1] = storm_random(s) & 0xffff000;
	arm_smccc_1_2_smc(&regs, &regs);
}

/* Our own pages become something else, and RAM again in the end. */
static void change_ripas(struct storm *s)
{
	u64 base = virt_to_phys(s->pages), end = base + STORM_PAGES * PAGE_SIZE;
	struct arm_smccc_1_2_regs regs;
	unsigned int tries;

	if (!storm_is_realm)
		return;
	for (tries = 0; tries < 4; tries++) {
		regs = (struct arm_smccc_1_2_regs){
			.a0 = RSI_IPA_STATE_SET, .a1 = own_address(s), .a2 = end,
			.a3 = storm_pick(s, 2), .a4 = 1,
		};
		arm_smccc_1_2_smc(&regs, &regs);
	}
	while (base < end) {
		regs = (struct arm_smccc_1_2_regs){
			.a0 = RSI_IPA_STATE_SET, .a1 = base, .a2 = end, .a3 = 1, .a4 = 1,
		};
		arm_smccc_1_2_smc(&regs, &regs);
		if (regs.a0 || regs.a1 <= base)
			break;
		base = regs.a1;
	}
	memset(s->pages, s->cpu, STORM_PAGES * PAGE_SIZE);
}

void storm_calls(struct storm *s)
{
	struct storm_trial t;
	unsigned int i;

	for (i = 0; i < 256; i++)
		one_call(s);
	change_ripas(s);

	storm_trial_begin(&t);
	for (i = 0; i < 16 && storm_is_realm; i++)
		storm_hvc(function(s), number(s), number(s), number(s));
	storm_trial_end(&t);
}
