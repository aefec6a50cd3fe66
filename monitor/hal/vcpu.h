/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One virtual CPU: the register state of a REC and the machine's way to run
 * it. Core knows the general registers and the few things listed here; system
 * registers, SIMD and SVE, pointer authentication keys, timers and the virtual
 * GIC interface are the backend's.
 *
 * Handled inside the backend, never seen by core: ID register and PMU traps,
 * lazy SIMD, HVC and every trap that ends as an Undefined exception.
 *
 * Locks: a vcpu belongs to the CPU that runs its REC, or to the holder of the
 * REC granule's lock while it is READY. None of these functions takes a lock.
 */
#ifndef TMM_HAL_VCPU_H
#define TMM_HAL_VCPU_H

#include "hal/stage2.h"
#include "lib/addr.h"
#include "lib/check.h"
#include <stdalign.h>
#include <stddef.h>

#define VCPU_BACKEND_SIZE	2560
#define VCPU_NUM_AUX		3	/* pages for SVE state of any vector length */
#define VGIC_MAX_LRS		16

/* General registers as the realm sees them. */
struct vcpu_regs {
	uint64_t x[31];
	uint64_t pc;
	uint64_t pstate;	/* SPSR_EL2 format */
};

struct vcpu {
	struct vcpu_regs regs;
	alignas(16) unsigned char backend[VCPU_BACKEND_SIZE];
};

struct vcpu_config {
	uint64_t pc;
	uint64_t mpidr;			/* architectural layout, bit 31 set */
	bool sve;
	uint8_t sve_vl;			/* vector length / 128 bits - 1 */
	bool pmu;
	uint8_t pmu_num_ctrs;
	uint8_t num_bps;		/* minus one, as the host asked for */
	uint8_t num_wps;
	void *aux[VCPU_NUM_AUX];	/* zeroed pages, owned until the REC is destroyed */
};

/* Virtual GIC interface as exchanged with the host (rmm-abi.md 9.1). */
struct vcpu_gic {
	uint64_t hcr;
	uint64_t lr[VGIC_MAX_LRS];
	uint64_t misr;
	uint64_t vmcr;
};

struct vcpu_timers {
	uint64_t cntp_ctl, cntp_cval;
	uint64_t cntv_ctl, cntv_cval;
};

enum vcpu_exit_kind {
	VCPU_EXIT_IRQ,		/* an interrupt or SError of the host waits, or a timer changed */
	VCPU_EXIT_SMC,		/* pc is still at the SMC */
	VCPU_EXIT_ABORT,	/* stage 2 fault, or external abort at stage 2 or on a walk */
	VCPU_EXIT_WFX,		/* pc is still at the instruction */
	VCPU_EXIT_ICC_WRITE,	/* ICC_SGI0R/SGI1R/ASGI1R/DIR write; pc still at it */
	VCPU_EXIT_SERROR,
};

struct vcpu_exit {
	enum vcpu_exit_kind kind;
	uint64_t esr;		/* ESR_EL2 form */
	uint64_t far;		/* faulting VA; ABORT only; 0 where ESR.FnV says there is none */
	ipa_t ipa;		/* faulting IPA, page aligned; ABORT only */
	uint64_t value;		/* WFX: timeout of WFIT/WFET; ICC_WRITE: value written */
};

/* How guest memory looks to a stage 1 walk; functions that core provides. */
struct vcpu_guest_mem {
	/* the page behind a protected, mapped, RAM IPA; NULL where there is none */
	void *(*page)(const struct vcpu_guest_mem *m, ipa_t page);
	/* true where the host has mapped this unprotected IPA */
	bool (*is_shared)(const struct vcpu_guest_mem *m, ipa_t page);
	uint8_t ipa_width;	/* top bit of this width marks unprotected */
};

enum heal_result {
	HEAL_DONE,		/* descriptors changed, or already right: run again */
	HEAL_REFUSED,		/* cannot be made right: the access is the realm's fault */
};

#define VCPU_PSTATE_SS		(UINT64_C(1) << 21)
#define VCPU_PSTATE_BTYPE	(UINT64_C(3) << 10)

/*
 * Past an instruction that has been carried out for the realm: a single step
 * is over with it, and so is what a branch before it expected.
 */
static inline void vcpu_skip(struct vcpu *v)
{
	v->regs.pc += 4;
	v->regs.pstate &= ~(VCPU_PSTATE_SS | VCPU_PSTATE_BTYPE);
}

/* vcpu is zeroed memory; reset state of rmm-abi.md 8.2 with the given pc. */
void hal_vcpu_init(struct vcpu *v, const struct vcpu_config *cfg);

/*
 * Back to reset state for PSCI CPU_ON: system registers as after init (the
 * endianness bit SCTLR_EL1.EE as `caller` has it), X0 = context, others 0.
 */
void hal_vcpu_reset(struct vcpu *v, const struct vcpu *caller, uint64_t pc,
		    uint64_t context);

/*
 * Between load and put the CPU holds the realm's system registers instead of
 * the host's. trap_wfi, trap_wfe: as RecEnter.flags. gic is written to the
 * list registers by load, and read back by put together with the timers.
 */
void hal_vcpu_load(struct vcpu *v, const struct hal_stage2 *s2,
		   const struct vcpu_gic *gic, bool trap_wfi, bool trap_wfe);
void hal_vcpu_put(struct vcpu *v, struct vcpu_gic *gic,
		  struct vcpu_timers *timers, bool *pmu_overflow);

/*
 * Empties the TLBs of this CPU of what vcpus with the VMID of the loaded one have
 * left there. To each vcpu it is a CPU of its own, on which an ASID may mean other
 * tables than elsewhere (Arm ARM D8.16, TTBR0_EL1.CnP = 0).
 */
void hal_vcpu_flush_tlb(struct vcpu *v);

/*
 * Runs the loaded vcpu until something core must see. Returns at once with
 * VCPU_EXIT_IRQ when an interrupt or an SError is pending or a timer's output differs
 * from what the last put reported (rmm-abi.md 9.2).
 */
void hal_vcpu_run(struct vcpu *v, struct vcpu_exit *exit);

/* True when a physical interrupt waits for the host; long commands ask. */
bool hal_irq_pending(void);

/* Exceptions into EL1; the vcpu is loaded. rmm-abi.md 8.7 and 8.8. */
void hal_vcpu_inject_sea(struct vcpu *v, const struct vcpu_exit *cause);
void hal_vcpu_inject_address_size(struct vcpu *v, const struct vcpu_exit *cause);
void hal_vcpu_inject_serror(struct vcpu *v, const struct vcpu_exit *cause);

/*
 * Makes the stage 1 descriptor(s) behind a faulting access agree with the half
 * of the IPA space they point to: NS set for unprotected, clear for protected
 * (design 4.3). The vcpu is loaded and has just faulted; the owner's RD is
 * locked, so m's answers hold until return. Counts into the two heal statistics.
 *
 * "Already right" includes a mapping that another CPU has just healed or
 * removed, and a protected IPA with stage 1 off (its accesses are Secure, so
 * the fault was spurious). Refused: an unprotected IPA with stage 1 off, and a
 * walk that needs a table outside the realm's protected memory.
 */
enum heal_result hal_vcpu_heal(struct vcpu *v, const struct vcpu_exit *fault,
			       const struct vcpu_guest_mem *m);

#endif
