/* SPDX-License-Identifier: BSD-3-Clause */
#include "arch/sel2/debug.h"
#include "arch/aarch64/features.h"
#include "arch/aarch64/sysreg.h"
#include "arch/sel2/cpu.h"
#include <stddef.h>

/* MDSCR_EL1 bits that a realm has: SS, TDCC, KDE, MDE */
#define MDSCR_REALM	(MDSCR_SS | MDSCR_TDCC | MDSCR_KDE | MDSCR_MDE)
#define OSLSR_OSLM	BIT(3)		/* OS lock implemented, open */
#define OSLSR_OSLK	BIT(1)		/* locked */

/* DBGBVR<n>, DBGBCR<n>, DBGWVR<n>, DBGWCR<n>: CRm = n, op2 = 4 .. 7 */
#define REG_CRM(r)	(((r) >> 1) & 0xf)
#define REG_OP2(r)	(((r) >> 17) & 0x7)
#define REG_BRP_MASK	ISS_SYS(3, 7, 15, 0, 4)
#define REG_BRP		ISS_SYS(2, 0, 0, 0, 4)

#define DBG_CASE(n, op)	case n: op(n); __attribute__((fallthrough));
#define DBG_CASES(op)							\
	DBG_CASE(15, op) DBG_CASE(14, op) DBG_CASE(13, op)		\
	DBG_CASE(12, op) DBG_CASE(11, op) DBG_CASE(10, op)		\
	DBG_CASE(9, op) DBG_CASE(8, op) DBG_CASE(7, op)			\
	DBG_CASE(6, op) DBG_CASE(5, op) DBG_CASE(4, op)			\
	DBG_CASE(3, op) DBG_CASE(2, op) DBG_CASE(1, op)			\
	DBG_CASE(0, op)							\
	default: break;

static void debug_save(struct debug_regs *d)
{
#define SAVE_B(n)	d->bvr[n] = read_sysreg(dbgbvr##n##_el1);	\
			d->bcr[n] = read_sysreg(dbgbcr##n##_el1)
#define SAVE_W(n)	d->wvr[n] = read_sysreg(dbgwvr##n##_el1);	\
			d->wcr[n] = read_sysreg(dbgwcr##n##_el1)
	switch (features.hal.num_bps) {
		DBG_CASES(SAVE_B)
	}
	switch (features.hal.num_wps) {
		DBG_CASES(SAVE_W)
	}
#undef SAVE_B
#undef SAVE_W
}

static void debug_restore(const struct debug_regs *d)
{
#define LOAD_B(n)	write_sysreg(dbgbvr##n##_el1, d->bvr[n]);	\
			write_sysreg(dbgbcr##n##_el1, d->bcr[n])
#define LOAD_W(n)	write_sysreg(dbgwvr##n##_el1, d->wvr[n]);	\
			write_sysreg(dbgwcr##n##_el1, d->wcr[n])
	switch (features.hal.num_bps) {
		DBG_CASES(LOAD_B)
	}
	switch (features.hal.num_wps) {
		DBG_CASES(LOAD_W)
	}
#undef LOAD_B
#undef LOAD_W
}

/*
 * What a realm does not have stays zero in its struct debug_regs and so is
 * disabled in the CPU.
 */
static void debug_activate(struct vcpu_arch *a)
{
	if (!a->debug_live && (a->mdscr & MDSCR_MDE)) {
		debug_save(&this_cpu()->host.debug);
		debug_restore(&a->debug);
		a->debug_live = true;
	}
}

/* Locked by the host, it would keep breakpoints from a realm that reads it as open. */
void debug_load(struct vcpu_arch *a)
{
	struct host_context *host = &this_cpu()->host;

	host->os_locked = (read_sysreg(oslsr_el1) & OSLSR_OSLK) != 0;
	if (host->os_locked)
		write_sysreg(oslar_el1, 0);
	a->debug_live = false;
	write_sysreg(mdscr_el1, a->mdscr);
	debug_activate(a);
}

void debug_put(struct vcpu_arch *a)
{
	const struct host_context *host = &this_cpu()->host;

	if (a->debug_live)
		debug_restore(&host->debug);
	a->debug_live = false;
	if (host->os_locked)
		write_sysreg(oslar_el1, 1);
}

/* The place of a breakpoint or watchpoint register; NULL beyond their number. */
static uint64_t *point_reg(struct vcpu_arch *a, uint32_t reg)
{
	unsigned int n = REG_CRM(reg);
	bool is_watch = REG_OP2(reg) >= 6;

	if (n > (is_watch ? a->num_wps : a->num_bps))
		return NULL;
	switch (REG_OP2(reg)) {
	case 4:
		return &a->debug.bvr[n];
	case 5:
		return &a->debug.bcr[n];
	case 6:
		return &a->debug.wvr[n];
	default:
		return &a->debug.wcr[n];
	}
}

static bool is_point(uint32_t reg)
{
	return (reg & REG_BRP_MASK) == REG_BRP;
}

/*
 * Registers that exist in every CPU but do nothing in a realm: the OS lock is
 * open and the debug communication channel has nobody at its other end.
 */
static bool is_inert(uint32_t reg)
{
	switch (reg) {
	case ISS_SYS(2, 0, 0, 0, 2):	/* OSDTRRX_EL1 */
	case ISS_SYS(2, 0, 0, 2, 0):	/* MDCCINT_EL1 */
	case ISS_SYS(2, 0, 0, 3, 2):	/* OSDTRTX_EL1 */
	case ISS_SYS(2, 0, 0, 6, 2):	/* OSECCR_EL1 */
	case ISS_SYS(2, 0, 1, 0, 0):	/* MDRAR_EL1 */
	case ISS_SYS(2, 0, 1, 0, 4):	/* OSLAR_EL1 */
	case ISS_SYS(2, 0, 1, 3, 4):	/* OSDLR_EL1 */
	case ISS_SYS(2, 0, 1, 4, 4):	/* DBGPRCR_EL1 */
	case ISS_SYS(2, 0, 7, 8, 6):	/* DBGCLAIMSET_EL1 */
	case ISS_SYS(2, 0, 7, 9, 6):	/* DBGCLAIMCLR_EL1 */
	case ISS_SYS(2, 0, 7, 14, 6):	/* DBGAUTHSTATUS_EL1 */
	case ISS_SYS(2, 3, 0, 1, 0):	/* MDCCSR_EL0 */
	case ISS_SYS(2, 3, 0, 4, 0):	/* DBGDTR_EL0 */
	case ISS_SYS(2, 3, 0, 5, 0):	/* DBGDTRRX_EL0, DBGDTRTX_EL0 */
		return true;
	default:
		return false;
	}
}

#define REG_MDSCR	ISS_SYS(2, 0, 0, 2, 2)
#define REG_OSLSR	ISS_SYS(2, 0, 1, 1, 4)

bool debug_read(struct vcpu_arch *a, uint32_t reg, uint64_t *value)
{
	uint64_t *point = is_point(reg) ? point_reg(a, reg) : NULL;

	if (point != NULL)
		*value = *point;
	else if (reg == REG_MDSCR)
		*value = a->mdscr;
	else if (reg == REG_OSLSR)
		*value = OSLSR_OSLM;
	else if (is_inert(reg))
		*value = 0;
	else
		return false;
	return true;
}

bool debug_write(struct vcpu_arch *a, uint32_t reg, uint64_t value)
{
	uint64_t *point = is_point(reg) ? point_reg(a, reg) : NULL;

	if (point != NULL) {
		*point = value;
		if (a->debug_live)
			debug_restore(&a->debug);
	} else if (reg == REG_MDSCR) {
		a->mdscr = value & MDSCR_REALM;
		write_sysreg(mdscr_el1, a->mdscr);
		debug_activate(a);
	} else {
		return is_inert(reg);
	}
	return true;
}
