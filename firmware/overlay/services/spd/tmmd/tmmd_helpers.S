/*
 * Copyright (c) 2026, virtCCA contributors. All rights reserved.
 *
 * SPDX-License-Identifier: BSD-3-Clause
 */

#include <arch.h>
#include <asm_macros.S>
#include <context.h>
#include <el3_common_macros.S>
#include <lib/smccc.h>

#include "tmmd_private.h"

	.global	tmmd_el2_load
	.global	tmmd_el2_save
	.global	tmmd_smc_entry
	.global	tmmd_sync_enter
	.global	tmmd_sync_exit

#if DYNAMIC_WORKAROUND_CVE_2018_3639
#error "tmmd leaves EL3 without el3_exit, which switches this workaround"
#endif

	/* ---------------------------------------------------------------------
	 * Save and load struct tmmd_el2 at \base. Clobber x10 to x23.
	 * ---------------------------------------------------------------------
	 */
	.macro	el2_save base:req
	mrs	x10, sp_el2
	mrs	x11, vbar_el2
	mrs	x12, sctlr_el2
	mrs	x13, tcr_el2
	mrs	x14, ttbr0_el2
	mrs	x15, mair_el2
	mrs	x16, hcr_el2
	mrs	x17, cptr_el2
	mrs	x18, mdcr_el2
	mrs	x19, cnthctl_el2
	mrs	x20, tpidr_el2
	mrs	x21, elr_el2
	mrs	x22, spsr_el2
	stp	x10, x11, [\base, #0x00]
	stp	x12, x13, [\base, #0x10]
	stp	x14, x15, [\base, #0x20]
	stp	x16, x17, [\base, #0x30]
	stp	x18, x19, [\base, #0x40]
	stp	x20, x21, [\base, #0x50]
	str	x22, [\base, #0x60]
	.endm

	.macro	el2_load base:req
	ldp	x10, x11, [\base, #0x00]
	ldp	x12, x13, [\base, #0x10]
	ldp	x14, x15, [\base, #0x20]
	ldp	x16, x17, [\base, #0x30]
	ldp	x18, x19, [\base, #0x40]
	ldp	x20, x21, [\base, #0x50]
	ldr	x22, [\base, #0x60]
	msr	sp_el2, x10
	msr	vbar_el2, x11
	msr	sctlr_el2, x12
	msr	tcr_el2, x13
	msr	ttbr0_el2, x14
	msr	mair_el2, x15
	msr	hcr_el2, x16
	msr	cptr_el2, x17
	msr	mdcr_el2, x18
	msr	cnthctl_el2, x19
	msr	tpidr_el2, x20
	msr	elr_el2, x21
	msr	spsr_el2, x22
	.endm

	/* ---------------------------------------------------------------------
	 * Load the EL3 registers that differ between the worlds, for the ERET
	 * into the context at SP. tmmd_cpu_on() has made sure that ZCR_EL3 does
	 * not differ. Clobbers x10 to x13.
	 * ---------------------------------------------------------------------
	 */
	.macro	el3_load per_world:req
	adr_l	x10, (per_world_context + \per_world)
	ldr	x11, [x10, #CTX_CPTR_EL3]
	ldr	x12, [sp, #(CTX_EL3STATE_OFFSET + CTX_SCR_EL3)]
	ldr	x13, [sp, #(CTX_EL3STATE_OFFSET + CTX_MDCR_EL3)]
	msr	cptr_el3, x11
	msr	scr_el3, x12
	msr	mdcr_el3, x13
#if ENABLE_FEAT_MPAM
	mrs	x11, id_aa64pfr0_el1
	mrs	x12, id_aa64pfr1_el1
	ubfx	x11, x11, #ID_AA64PFR0_MPAM_SHIFT, #4
	ubfx	x12, x12, #ID_AA64PFR1_MPAM_FRAC_SHIFT, #4
	orr	x11, x11, x12
	cbz	x11, 99f
	ldr	x11, [x10, #CTX_MPAM3_EL3]
	msr	S3_6_C10_C5_0, x11			/* MPAM3_EL3 */
99:
#endif
	.endm

	/* ---------------------------------------------------------------------
	 * Every SMC from AArch64 arrives here, straight from the vector: x30 is
	 * saved in the context at SP, x0 to x29 are the caller's.
	 *
	 * Calls between the host and the monitor are switched on the spot,
	 * without the C runtime: no SP_EL0, no service lookup, no generic EL2
	 * context. What is no such call, or comes from the wrong place or at
	 * the wrong time, goes on to the ordinary handler with nothing changed
	 * but x30, and ends there as SMC_UNK.
	 * ---------------------------------------------------------------------
	 */
func tmmd_smc_entry
	/* The function id is in W0; the SVE hint is not part of it. */
	mov_imm	x30, TMMD_RMI_FIRST
	sub	w30, w0, w30
	bic	w30, w30, #(FUNCID_SVE_HINT_MASK << FUNCID_SVE_HINT_SHIFT)
	cmp	w30, #(TMMD_REQ_COMPLETE - TMMD_RMI_FIRST)
	b.lo	host_call
	b.eq	tmm_return

	mov_imm	x30, TMMD_VENDOR_FIRST
	sub	w30, w0, w30
	bic	w30, w30, #(FUNCID_SVE_HINT_MASK << FUNCID_SVE_HINT_SHIFT)
	cmp	w30, #(TMMD_VENDOR_LAST - TMMD_VENDOR_FIRST)
	b.ls	host_call
	b	sync_handler64

host_call:
	mrs	x30, scr_el3
	tbz	x30, #0, not_now		/* SCR_EL3.NS */
	adrp	x30, tmmd_enabled
	ldr	w30, [x30, :lo12:tmmd_enabled]
	cbz	w30, not_now
	mrs	x30, tpidr_el3
	ldr	x30, [x30, #TMMD_CPU_DATA_SECURE]
	cbz	x30, not_now
	ldur	x30, [x30, #(TMMD_CPU_STATE - TMMD_CPU_CTX)]
	cmp	x30, #TMMD_CPU_READY
	b.ne	not_now

	/* From here on the call is taken. x0 to x7 stay for the monitor. */
	stp	x0, x1, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X0)]
	stp	x2, x3, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X2)]
	stp	x4, x5, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X4)]
	stp	x6, x7, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X6)]
	stp	x8, x9, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X8)]
	stp	x10, x11, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X10)]
	stp	x12, x13, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X12)]
	stp	x14, x15, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X14)]
	stp	x16, x17, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X16)]
	stp	x18, x19, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X18)]
	stp	x20, x21, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X20)]
	stp	x22, x23, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X22)]
	stp	x24, x25, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X24)]
	stp	x26, x27, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X26)]
	stp	x28, x29, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X28)]
	restore_ptw_el1_sys_regs
	str	xzr, [sp, #(CTX_EL3STATE_OFFSET + CTX_NESTED_EA_FLAG)]

	mrs	x10, spsr_el3
	mrs	x11, elr_el3
	stp	x10, x11, [sp, #(CTX_EL3STATE_OFFSET + CTX_SPSR_EL3)]

	/*
	 * The cycle counter must not run in the Secure state. MDCR_EL3.SCCD
	 * does that from PMUv3p5 on; PMCR_EL0.DP, as in prepare_el3_entry,
	 * does it on older cores too.
	 */
	mrs	x10, pmcr_el0
	orr	x11, x10, #PMCR_EL0_DP_BIT
	str	x10, [sp, #(CTX_EL3STATE_OFFSET + CTX_PMCR_EL0)]
	msr	pmcr_el0, x11

#if ENABLE_SPE_FOR_NS
	/* Samples that the host's profiling has taken are written by its tables. */
	hint	#17				/* psb csync */
	dsb	nsh
#endif

	mrs	x9, tpidr_el3
	ldr	x9, [x9, #TMMD_CPU_DATA_SECURE]
	mov	sp, x9
	sub	x9, x9, #TMMD_CPU_CTX

	add	x8, x9, #TMMD_CPU_HOST
	el2_save x8
	el2_load x9
	el3_load TMMD_PER_WORLD_SECURE
	ldp	x10, x11, [x9, #TMMD_CPU_ENTRY]
	msr	spsr_el3, x10
	msr	elr_el3, x11

	mov	x10, #TMMD_CPU_IN_CALL
	str	x10, [x9, #TMMD_CPU_STATE]
	bic	w0, w0, #(FUNCID_SVE_HINT_MASK << FUNCID_SVE_HINT_SHIFT)
	exception_return

tmm_return:
	/* Only S-EL2, and only as the answer to a call. */
	mrs	x30, scr_el3
	tbnz	x30, #0, not_now		/* SCR_EL3.NS */
	mrs	x30, spsr_el3
	tbz	x30, #3, not_now		/* M[3:2] = EL2, or below */
	ldur	x30, [sp, #(TMMD_CPU_STATE - TMMD_CPU_CTX)]
	cmp	x30, #TMMD_CPU_IN_CALL
	b.ne	not_now

	restore_ptw_el1_sys_regs
	str	xzr, [sp, #(CTX_EL3STATE_OFFSET + CTX_NESTED_EA_FLAG)]

	/* The results, from here on untouched. */
	mov	x0, x1
	mov	x1, x2
	mov	x2, x3
	mov	x3, x4
	mov	x4, x5

	mov	x9, sp
	sub	x9, x9, #TMMD_CPU_CTX
	mov	x10, #TMMD_CPU_READY
	str	x10, [x9, #TMMD_CPU_STATE]
	add	x8, x9, #TMMD_CPU_HOST
	el2_load x8

	mrs	x9, tpidr_el3
	ldr	x9, [x9, #TMMD_CPU_DATA_NS]
	mov	sp, x9
	el3_load TMMD_PER_WORLD_NS
	ldp	x10, x11, [sp, #(CTX_EL3STATE_OFFSET + CTX_SPSR_EL3)]
	ldr	x12, [sp, #(CTX_EL3STATE_OFFSET + CTX_PMCR_EL0)]
	msr	spsr_el3, x10
	msr	elr_el3, x11
	msr	pmcr_el0, x12

	ldr	x5, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X5)]
	ldp	x6, x7, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X6)]
	ldp	x8, x9, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X8)]
	ldp	x10, x11, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X10)]
	ldp	x12, x13, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X12)]
	ldp	x14, x15, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X14)]
	ldp	x16, x17, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X16)]
	ldp	x18, x19, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X18)]
	ldp	x20, x21, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X20)]
	ldp	x22, x23, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X22)]
	ldp	x24, x25, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X24)]
	ldp	x26, x27, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X26)]
	ldp	x28, x29, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_X28)]
	ldr	x30, [sp, #(CTX_GPREGS_OFFSET + CTX_GPREG_LR)]
	exception_return

not_now:
	b	sync_handler64
endfunc tmmd_smc_entry

	/* ---------------------------------------------------------------------
	 * void tmmd_el2_save(struct tmmd_el2 *regs);
	 * void tmmd_el2_load(const struct tmmd_el2 *regs);
	 *
	 * The same as above, for booting and stopping the monitor. x18 is free
	 * in EL3, x19 to x22 belong to the caller.
	 * ---------------------------------------------------------------------
	 */
func tmmd_el2_save
	stp	x19, x20, [sp, #-0x20]!
	stp	x21, x22, [sp, #0x10]
	el2_save x0
	ldp	x21, x22, [sp, #0x10]
	ldp	x19, x20, [sp], #0x20
	ret
endfunc tmmd_el2_save

func tmmd_el2_load
	stp	x19, x20, [sp, #-0x20]!
	stp	x21, x22, [sp, #0x10]
	el2_load x0
	isb
	ldp	x21, x22, [sp, #0x10]
	ldp	x19, x20, [sp], #0x20
	ret
endfunc tmmd_el2_load

	/* ---------------------------------------------------------------------
	 * int64_t tmmd_sync_enter(uint64_t *c_rt_ctx);
	 *
	 * Enters the context at SP_EL3 and returns when the world below calls
	 * and the handler ends in tmmd_sync_exit(). The place to return to is
	 * left on the stack, its address in *c_rt_ctx.
	 * ---------------------------------------------------------------------
	 */
func tmmd_sync_enter
	stp	x19, x20, [sp, #-TMMD_C_RT_FRAME_SIZE]!
	stp	x21, x22, [sp, #0x10]
	stp	x23, x24, [sp, #0x20]
	stp	x25, x26, [sp, #0x30]
	stp	x27, x28, [sp, #0x40]
	stp	x29, x30, [sp, #0x50]
	mov	x1, sp
	str	x1, [x0]
	b	el3_exit
endfunc tmmd_sync_enter

	/* ---------------------------------------------------------------------
	 * void __dead2 tmmd_sync_exit(uint64_t c_rt_ctx, int64_t rc);
	 *
	 * Makes the tmmd_sync_enter() that left c_rt_ctx return rc.
	 * ---------------------------------------------------------------------
	 */
func tmmd_sync_exit
	mov	sp, x0
	mov	x0, x1
	ldp	x21, x22, [sp, #0x10]
	ldp	x23, x24, [sp, #0x20]
	ldp	x25, x26, [sp, #0x30]
	ldp	x27, x28, [sp, #0x40]
	ldp	x29, x30, [sp, #0x50]
	ldp	x19, x20, [sp], #TMMD_C_RT_FRAME_SIZE
	ret
endfunc tmmd_sync_exit
