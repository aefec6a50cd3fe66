/* SPDX-License-Identifier: BSD-3-Clause */
/* Running a vcpu: what traps is handled here, or told to core. */
#include "arch/aarch64/regs.h"
#include "arch/aarch64/sysreg.h"
#include "arch/sel2/cpu.h"
#include "arch/sel2/guest.h"
#include "arch/sel2/inject.h"
#include "arch/sel2/simd.h"
#include "arch/sel2/timers.h"
#include "arch/sel2/traps.h"
#include "hal/vcpu.h"

/* WFIT and WFET: TI is 2 or 3, the register with the timeout is in ISS.Rn. */
static uint64_t wfx_timeout(const struct vcpu *v, uint64_t esr)
{
	unsigned int rn = ISS_WFX_RN(esr);

	if ((esr & ISS_WFX_TI) < 2 || !(esr & ISS_WFX_RV) || rn == 31)
		return 0;
	return v->regs.x[rn];
}

/* Aborts that are about an address: of stage 2, or by the bus. */
static bool is_external(uint64_t esr)
{
	return (esr & FSC_TYPE) == FSC_EXTERNAL ||
	       (esr & FSC_TYPE) == FSC_EXTERNAL_WALK ||
	       (esr & ISS_FSC) == FSC_EXTERNAL_WALK_M1;
}

static bool is_stage2(uint64_t esr)
{
	return (esr & ISS_FSC) < FSC_EXTERNAL ||
	       (esr & ISS_FSC) == FSC_ADDRESS_SIZE_M1 ||
	       (esr & ISS_FSC) == FSC_TRANSLATION_M1;
}

/*
 * HPFAR_EL2 holds the IPA, but not for a permission fault on the access itself
 * (Arm ARM D24.2.76): then stage 1 is done again. Its answer may be that there
 * is no mapping any more; running again lets the realm see that.
 */
static bool fault_ipa(uint64_t esr, uint64_t far, uint64_t *ipa_out)
{
	uint64_t saved, par;

	if ((esr & FSC_TYPE) != FSC_PERMISSION || (esr & ISS_S1PTW)) {
		*ipa_out = (read_sysreg(hpfar_el2) & HPFAR_FIPA) << 8;
		return true;
	}
	saved = read_sysreg(par_el1);
	par = guest_translate(far);
	write_sysreg(par_el1, saved);
	*ipa_out = par & PAR_PA;
	return !(par & PAR_F);
}

/*
 * AArch32 is not offered, but the CPU may have it at EL0. Its instructions have other
 * sizes and conditions, which whoever carries one out would have to know of.
 */
static bool is_aarch32(const struct vcpu *v)
{
	return (v->regs.pstate & PSTATE_NRW) != 0;
}

/*
 * Several entries of this CPU's TLB match, as when a realm changes the size of a
 * mapping, which it may where the CPU has FEAT_BBM (Arm ARM D8.15.1.6, R_QWTKL). Only
 * the whole VMID is sure to remove them (D8.17.3, I_JCCRT); then the access is made
 * again. Other CPUs notice by themselves.
 */
static void forget_conflict(void)
{
	tlbi(vmalls12e1);
	dsb(nsh);
}

/*
 * True: core must see it. What is neither an external abort nor a stage 2
 * fault, such as an atomic that the memory type does not support, is the
 * realm's own doing and comes back to it as an external abort.
 */
static bool exit_abort(struct vcpu *v, uint64_t esr, struct vcpu_exit *exit)
{
	uint64_t ipa_value = 0;

	exit->kind = VCPU_EXIT_ABORT;
	exit->far = (esr & ISS_FNV) ? 0 : read_sysreg(far_el2);
	if (is_aarch32(v))
		exit->esr &= ~ISS_ISV;
	if (is_stage2(esr)) {
		if (!fault_ipa(esr, exit->far, &ipa_value))
			return false;
	} else if ((esr & ISS_FSC) == FSC_TLB_CONFLICT) {
		forget_conflict();
		return false;
	} else if (!is_external(esr)) {
		hal_vcpu_inject_sea(v, exit);
		return false;
	}
	exit->ipa = ipa(ipa_value);
	return true;
}

static bool exit_wfx(struct vcpu *v, uint64_t esr, struct vcpu_exit *exit)
{
	if (is_aarch32(v)) {
		inject_undefined(v);
		return false;
	}
	exit->kind = VCPU_EXIT_WFX;
	exit->value = wfx_timeout(v, esr);
	return true;
}

/* HVC is taken after the instruction; Undefined is reported at it. */
static bool undefined_hvc(struct vcpu *v)
{
	v->regs.pc -= 4;
	inject_undefined(v);
	return false;
}

static bool use_simd(struct vcpu *v, bool is_sve)
{
	if (is_sve && !vcpu_arch(v)->sve)
		inject_undefined(v);
	else
		simd_load(vcpu_arch(v));
	return false;
}

/* True: core must see it. */
static bool exit_sync(struct vcpu *v, struct vcpu_exit *exit)
{
	uint64_t esr = read_sysreg(esr_el2);

	exit->esr = esr;
	switch (ESR_EC(esr)) {
	case EC_SMC64:
		exit->kind = VCPU_EXIT_SMC;
		return true;
	case EC_DABT_LOWER:
	case EC_IABT_LOWER:
		return exit_abort(v, esr, exit);
	case EC_SYSREG:
		return sysreg_trap(v, esr, exit);
	case EC_FP:
	case EC_SVE:
		return use_simd(v, ESR_EC(esr) == EC_SVE);
	case EC_WFX:
		return exit_wfx(v, esr, exit);
	case EC_HVC64:
		return undefined_hvc(v);
	default:
		inject_undefined(v);
		return false;
	}
}

static bool exit_event(struct vcpu *v, unsigned int event,
		       struct vcpu_exit *exit)
{
	switch (event) {
	case GUEST_SYNC:
		return exit_sync(v, exit);
	case GUEST_SERROR:
		exit->kind = VCPU_EXIT_SERROR;
		exit->esr = read_sysreg(esr_el2);
		return true;
	default:
		exit->kind = VCPU_EXIT_IRQ;
		return true;
	}
}

/*
 * An SError that the realm has caused must not reach the host with the next
 * ERET: ESB takes it here (FEAT_RAS, which Armv8.2 has made mandatory). It
 * replaces the exit, which comes again, because no exit has moved the pc.
 */
static void take_serror(struct vcpu_exit *exit)
{
	uint64_t disr;

	asm volatile("esb" : : : "memory");
	disr = read_sysreg(disr_el1);
	if (disr & DISR_A) {
		write_sysreg(disr_el1, 0);
		exit->kind = VCPU_EXIT_SERROR;
		exit->esr = (uint64_t)EC_SERROR << ESR_EC_SHIFT | ESR_IL |
			    (disr & DISR_ISS);
	}
}

/*
 * Interrupts and timers are looked at before every entry: an interrupt of the
 * host that waits would only cost an entry, a timer output that has changed
 * the host must hear about (rmm-abi.md 9.2).
 */
void hal_vcpu_run(struct vcpu *v, struct vcpu_exit *exit)
{
	/* an SError that waits before the realm has run is the host's own */
	uint64_t reasons = ISR_A | ISR_I | ISR_F;

	do {
		if (timers_changed(vcpu_arch(v)) || (read_sysreg(isr_el1) & reasons)) {
			exit->kind = VCPU_EXIT_IRQ;
			break;
		}
		reasons = ISR_I | ISR_F;
	} while (!exit_event(v, guest_enter(&v->regs), exit));
	if (!(reasons & ISR_A))
		take_serror(exit);
}
