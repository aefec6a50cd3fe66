/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions that may be refused: with vectors of our own, which pass over what
 * makes a synchronous exception and count it. All interrupts are masked by then.
 */
#include <linux/linkage.h>
#include <asm/assembler.h>

	.macro	skip_entry
	.balign	128
	stp	x0, x1, [sp, #-32]!
	str	x2, [sp, #16]
	mrs	x0, elr_el1
	add	x0, x0, #4
	msr	elr_el1, x0
	adrp	x0, storm_refusals
	add	x0, x0, :lo12:storm_refusals
	/* a word for each CPU, by the low byte of its number */
	mrs	x1, mpidr_el1
	and	x1, x1, #7
	ldr	x2, [x0, x1, lsl #3]
	add	x2, x2, #1
	str	x2, [x0, x1, lsl #3]
	ldr	x2, [sp, #16]
	ldp	x0, x1, [sp], #32
	eret
	.endm

	.macro	hang_entry
	.balign	128
	b	.
	.endm

	.text
	.balign	2048
SYM_CODE_START(storm_vectors)
	.rept	4
	hang_entry
	.endr
	skip_entry
	.rept	11
	hang_entry
	.endr
SYM_CODE_END(storm_vectors)

SYM_FUNC_START(storm_load)		/* u64 (const void *) */
	mov	x1, x0
	mov	x0, #0
	ldr	x0, [x1]
	ret
SYM_FUNC_END(storm_load)

SYM_FUNC_START(storm_store)		/* void (void *, u64) */
	str	x1, [x0]
	ret
SYM_FUNC_END(storm_store)

SYM_FUNC_START(storm_hvc)		/* u64 (x0..x3) */
	hvc	#0
	ret
SYM_FUNC_END(storm_hvc)

/*
 * Reads every system register that has a name, and every one that has none: op0 2
 * and 3. But not ICC_IAR0_EL1 and ICC_IAR1_EL1, which take an interrupt.
 */
SYM_FUNC_START(storm_read_all)
	.set	i, 0
	.rept	32768
	.if	i != 0x4640 && i != 0x4660
	.inst	0xd5300000 | (i << 5)
	.endif
	.set	i, i + 1
	.endr
	ret
SYM_FUNC_END(storm_read_all)

/* Writes X0 to some that a guest may want to write, one for each index X1. */
	.macro	write reg
	msr	\reg, x0
	ret
	.endm

SYM_FUNC_START(storm_write)
	adr	x2, 1f
	add	x2, x2, x1, lsl #3
	br	x2
1:	write	MDSCR_EL1
	write	S2_0_C0_C0_4		// DBGBVR0_EL1
	write	S2_0_C0_C0_5		// DBGBCR0_EL1
	write	S2_0_C0_C0_6		// DBGWVR0_EL1
	write	S2_0_C0_C0_7		// DBGWCR0_EL1
	write	S2_0_C0_C15_4		// DBGBVR15_EL1
	write	S2_0_C0_C15_5		// DBGBCR15_EL1
	write	S2_0_C0_C15_7		// DBGWCR15_EL1
	write	S2_0_C1_C0_4		// OSLAR_EL1
	write	S2_0_C1_C3_4		// OSDLR_EL1
	write	S3_3_C9_C12_0		// PMCR_EL0
	write	S3_3_C9_C12_1		// PMCNTENSET_EL0
	write	S3_3_C9_C13_0		// PMCCNTR_EL0
	write	S3_3_C14_C15_7		// PMCCFILTR_EL0
	write	S3_0_C9_C14_1		// PMINTENSET_EL1
	write	S3_0_C9_C9_0		// PMSCR_EL1
	write	S3_0_C9_C11_0		// TRBLIMITR_EL1
	write	S3_4_C1_C1_0		// HCR_EL2
	write	S3_6_C1_C1_0		// SCR_EL3
	write	S3_4_C2_C1_0		// VTTBR_EL2
	write	S3_4_C12_C11_0		// ICH_HCR_EL2
	write	S3_4_C12_C12_0		// ICH_LR0_EL2
	write	S3_0_C15_C0_0		// implementation defined
	write	S3_7_C15_C7_7
	write	S3_0_C11_C0_0
	write	S3_3_C15_C2_0
	write	S3_0_C12_C11_1		// ICC_DIR_EL1
	write	S3_0_C12_C12_1		// ICC_EOIR1_EL1
	write	S3_0_C12_C8_1		// ICC_EOIR0_EL1
	write	S3_3_C14_C0_0		// CNTFRQ_EL0
	write	S3_0_C7_C8_0		// AT S1E1R is op 1: a hint that is none
	write	S3_5_C14_C3_1		// CNTV_CTL_EL02
SYM_FUNC_END(storm_write)
