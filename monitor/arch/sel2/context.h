/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Register state that changes hands between host and realm. One list each, so
 * that structure, save and restore cannot disagree.
 */
#ifndef TMM_ARCH_SEL2_CONTEXT_H
#define TMM_ARCH_SEL2_CONTEXT_H

#include "arch/aarch64/regs.h"
#include "hal/vcpu.h"
#include <stdbool.h>
#include <stdint.h>

/*
 * All that software at EL1 or EL0 can change without a trap and that is
 * neither switched lazily nor has a place of its own below. DISR_EL1 of a realm is
 * VDISR_EL2, because HCR_EL2.AMO is set.
 */
#define EL1_REGS(X)							\
	X(sp_el0) X(sp_el1) X(elr_el1) X(spsr_el1)			\
	X(sctlr_el1) X(cpacr_el1) X(csselr_el1)				\
	X(ttbr0_el1) X(ttbr1_el1) X(tcr_el1)				\
	X(mair_el1) X(amair_el1) X(vbar_el1)				\
	X(contextidr_el1) X(tpidr_el1) X(tpidr_el0) X(tpidrro_el0)	\
	X(esr_el1) X(far_el1) X(afsr0_el1) X(afsr1_el1) X(par_el1)	\
	X(cntkctl_el1)							\
	X(apiakeylo_el1) X(apiakeyhi_el1)				\
	X(apibkeylo_el1) X(apibkeyhi_el1)				\
	X(apdakeylo_el1) X(apdakeyhi_el1)				\
	X(apdbkeylo_el1) X(apdbkeyhi_el1)				\
	X(apgakeylo_el1) X(apgakeyhi_el1)				\
	X(vdisr_el2) X(vsesr_el2) X(vmpidr_el2)

/*
 * Of the host alone: realms run with constants in these, and what their traps
 * leave in the last three is not for the host to see. What the host's DISR_EL1 has
 * must not pass for an SError of the realm's.
 */
#define HOST_REGS(X)							\
	X(vttbr_el2) X(vtcr_el2) X(vpidr_el2) X(hstr_el2) X(cntvoff_el2)	\
	X(mdscr_el1) X(disr_el1) X(esr_el2) X(far_el2) X(hpfar_el2)

#define CONTEXT_FIELD(r) uint64_t r;

struct el1_regs {
	EL1_REGS(CONTEXT_FIELD)
	uint64_t scxtnum_el0;		/* where the CPU has them */
	uint64_t scxtnum_el1;
};

struct host_regs {
	HOST_REGS(CONTEXT_FIELD)
};

/* Breakpoints and watchpoints, as many as the CPU has (debug.h). */
#define DEBUG_MAX	16

struct debug_regs {
	uint64_t bvr[DEBUG_MAX], bcr[DEBUG_MAX];
	uint64_t wvr[DEBUG_MAX], wcr[DEBUG_MAX];
};

/* SIMD state without SVE */
struct simd_v {
	uint64_t v[64];			/* V0..V31 */
};

struct simd_ctl {
	uint64_t fpcr, fpsr;
	uint64_t zcr_el1;
};

/* The host's SIMD state, SVE of any length. Page-aligned, one per CPU. */
struct simd_host {
	unsigned char z[2][4096];	/* Z0..15, Z16..31; without SVE: V0..31 in z[0] */
	unsigned char p[4096 - 64];	/* P0..15, FFR */
	struct simd_ctl ctl;
	uint64_t zcr_el2;
};

struct host_context {
	struct el1_regs el1;
	struct host_regs regs;
	struct vcpu_timers timers;
	uint32_t gicr_masked;		/* PPIs disabled by gicr_mask_ppis() */
	bool os_locked;			/* OSLSR_EL1.OSLK */
	struct debug_regs debug;
};

/* struct vcpu.backend */
struct vcpu_arch {
	struct el1_regs el1;
	struct vcpu_timers timers;
	bool cntp_reported;		/* output level as the last exit said */
	bool cntv_reported;
	bool simd_live;			/* while loaded: the CPU holds its SIMD state */
	bool debug_live;		/* while loaded: likewise breakpoints */
	bool sve;
	uint8_t sve_vl;
	uint8_t num_bps, num_wps;	/* minus one */
	uint64_t hcr;			/* HCR_EL2 while it runs; VSE is its pending SError */
	uint64_t mdscr;
	struct {
		uint64_t vmcr;
		uint64_t ap0r[4], ap1r[4];
	} gic;
	void *aux[VCPU_NUM_AUX];
	struct simd_ctl simd;
	struct simd_v v;		/* unless it has SVE: then in aux */
	struct debug_regs debug;
};

_Static_assert(sizeof(struct vcpu_arch) <= VCPU_BACKEND_SIZE,
	       "vcpu_arch does not fit");

static inline struct vcpu_arch *vcpu_arch(struct vcpu *v)
{
	return (struct vcpu_arch *)(void *)v->backend;
}

#endif
