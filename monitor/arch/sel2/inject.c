/* SPDX-License-Identifier: BSD-3-Clause */
/* Exceptions that the monitor makes a realm take at EL1. */
#include "arch/sel2/inject.h"
#include "arch/aarch64/features.h"
#include "arch/aarch64/regs.h"
#include "arch/aarch64/sysreg.h"
#include "arch/sel2/context.h"

#define VECTOR_EL1H	0x200
#define VECTOR_EL0_A64	0x400
#define VECTOR_EL0_A32	0x600

/* SPSR of AArch32 has DIT at bit 21, where AArch64 has SS. */
#define SPSR32_DIT	BIT(21)

static bool from_el0(uint64_t pstate)
{
	return (pstate & PSTATE_NRW) || (pstate & PSTATE_M_MASK) == PSTATE_M_EL0T;
}

static uint64_t vector_of(uint64_t pstate)
{
	if (pstate & PSTATE_NRW)
		return VECTOR_EL0_A32;
	switch (pstate & PSTATE_M_MASK) {
	case PSTATE_M_EL0T:
		return VECTOR_EL0_A64;
	case PSTATE_M_EL1H:
		return VECTOR_EL1H;
	default:
		return 0;
	}
}

/*
 * PSTATE after taking an exception to EL1 from `old` (Arm ARM J1.1,
 * AArch64.TakeException): flags are kept, DAIF set, UAO, SS, IL and BTYPE
 * clear; PAN, SSBS and ALLINT by SCTLR_EL1.SPAN, DSSBS and SPINTMASK; TCO set
 * where the CPU has it.
 */
static uint64_t pstate_at_el1(uint64_t old, uint64_t sctlr)
{
	uint64_t dit = (old & PSTATE_NRW) ? (old & SPSR32_DIT) << 3 :
					    old & PSTATE_DIT;
	uint64_t new = (old & (BITS(31, 28) | PSTATE_PAN)) | dit |
		       PSTATE_DAIF | PSTATE_M_EL1H;

	if (!(sctlr & SCTLR_SPAN))
		new |= PSTATE_PAN;
	if (features.ssbs && (sctlr & SCTLR_DSSBS))
		new |= PSTATE_SSBS;
	if (features.tco)
		new |= PSTATE_TCO;
	if (features.nmi && !(sctlr & SCTLR_SPINTMASK))
		new |= PSTATE_ALLINT;
	return new;
}

static void take_exception(struct vcpu *v, uint64_t esr)
{
	uint64_t old = v->regs.pstate;

	write_sysreg(esr_el1, esr);
	write_sysreg(elr_el1, v->regs.pc);
	write_sysreg(spsr_el1, old);
	v->regs.pc = (read_sysreg(vbar_el1) & BITS(63, 11)) + vector_of(old);
	v->regs.pstate = pstate_at_el1(old, read_sysreg(sctlr_el1));
}

void inject_undefined(struct vcpu *v)
{
	take_exception(v, (uint64_t)EC_UNKNOWN << ESR_EC_SHIFT | ESR_IL);
}

/*
 * The abort as EL1 would have reported it: EC by where it came from, IL, WnR and
 * FnV (then cause->far is 0) as they were, nothing of the syndrome that is only
 * valid at EL2.
 */
static void inject_abort(struct vcpu *v, const struct vcpu_exit *cause,
			 uint64_t iss)
{
	bool is_fetch = ESR_EC(cause->esr) == EC_IABT_LOWER;
	bool is_el0 = from_el0(v->regs.pstate);
	uint64_t ec = is_fetch ? (is_el0 ? EC_IABT_LOWER : EC_IABT_SAME) :
				 (is_el0 ? EC_DABT_LOWER : EC_DABT_SAME);

	iss |= cause->esr & (ESR_IL | ISS_FNV | (is_fetch ? 0 : ISS_WNR));
	write_sysreg(far_el1, cause->far);
	take_exception(v, ec << ESR_EC_SHIFT | iss);
}

void hal_vcpu_inject_sea(struct vcpu *v, const struct vcpu_exit *cause)
{
	inject_abort(v, cause, ISS_EA | FSC_EXTERNAL);
}

/*
 * The level of the leaf that produced the address, 0 with the MMU off (Arm ARM
 * D8.15.1, R_BFHQH). With it on we say 3, the level of almost every leaf; software does
 * not act on it.
 */
void hal_vcpu_inject_address_size(struct vcpu *v, const struct vcpu_exit *cause)
{
	uint64_t level = (read_sysreg(sctlr_el1) & SCTLR_M) ? 3 : 0;

	inject_abort(v, cause, FSC_ADDRESS_SIZE | level);
}

/*
 * Pended as a virtual SError (HCR_EL2.VSE): the realm takes it when PSTATE.A
 * lets it, with the syndrome in VSESR_EL2. The pending bit leaves and comes
 * back with the vcpu.
 */
void hal_vcpu_inject_serror(struct vcpu *v, const struct vcpu_exit *cause)
{
	struct vcpu_arch *a = vcpu_arch(v);

	a->hcr |= HCR_VSE;
	write_sysreg(hcr_el2, a->hcr);
	write_sysreg(vsesr_el2, ESR_ISS(cause->esr));
}
