/* SPDX-License-Identifier: BSD-3-Clause */
#include "arch/sel2/timers.h"
#include "arch/aarch64/sysreg.h"
#include "arch/sel2/cpu.h"
#include "arch/sel2/vgic.h"

/* PPIs of the EL1 timers as GICR_ISENABLER0 bits (Arm BSA, PPI assignment) */
#define PPI_CNTV	(UINT32_C(1) << 27)
#define PPI_CNTP	(UINT32_C(1) << 30)

static bool is_asserted(uint64_t ctl)
{
	return (ctl & (CNT_CTL_ENABLE | CNT_CTL_IMASK | CNT_CTL_ISTATUS)) ==
	       (CNT_CTL_ENABLE | CNT_CTL_ISTATUS);
}

void timers_swap(struct vcpu_timers *out, const struct vcpu_timers *in,
		 uint64_t cntvoff)
{
	out->cntp_ctl = read_sysreg(cntp_ctl_el0);
	out->cntp_cval = read_sysreg(cntp_cval_el0);
	out->cntv_ctl = read_sysreg(cntv_ctl_el0);
	out->cntv_cval = read_sysreg(cntv_cval_el0);
	write_sysreg(cntvoff_el2, cntvoff);
	write_sysreg(cntp_cval_el0, in->cntp_cval);
	write_sysreg(cntp_ctl_el0, in->cntp_ctl);
	write_sysreg(cntv_cval_el0, in->cntv_cval);
	write_sysreg(cntv_ctl_el0, in->cntv_ctl);
}

void timers_report(struct vcpu_arch *a)
{
	a->cntp_reported = is_asserted(a->timers.cntp_ctl);
	a->cntv_reported = is_asserted(a->timers.cntv_ctl);
}

/* @rule TIMER.exit_rule */
bool timers_changed(struct vcpu_arch *a)
{
	bool cntp = is_asserted(read_sysreg(cntp_ctl_el0));
	bool cntv = is_asserted(read_sysreg(cntv_ctl_el0));

	if (!cntp && !cntv && !a->cntp_reported && !a->cntv_reported)
		return false;	/* so nothing is masked either */
	gicr_mask_ppis((cntp && a->cntp_reported ? PPI_CNTP : 0) |
		       (cntv && a->cntv_reported ? PPI_CNTV : 0));
	return cntp != a->cntp_reported || cntv != a->cntv_reported;
}

void timers_unmask(void)
{
	if (this_cpu()->host.gicr_masked != 0)
		gicr_mask_ppis(0);
}
