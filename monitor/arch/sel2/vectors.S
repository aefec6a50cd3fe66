/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exceptions taken to S-EL2, and the way into a realm and back.
 *
 * From S-EL2 itself only aborts inside the few routines of the exception table
 * are survived. Nothing here touches the stack for them: it may be what broke.
 */
#include "arch/aarch64/asm.h"
#include "arch/sel2/guest.h"
#include "arch/sel2/layout.h"

	.arch_extension sb		/* features_init() wants it */

	.macro	vector target
	.balign	128
	b	\target
	.endm

	.macro	vector_lower kind, exit
	.balign	128
	stp	x0, x1, [sp, #-16]!
	mov	x1, #\kind
	b	\exit
	.endm

	.macro	vector_table name, exit
	.balign	2048
	.global	\name
\name:
	.rept	4			/* current EL with SP_EL0: never used */
	vector	el2_broken
	.endr
	vector	el2_sync		/* current EL with SP_EL2 */
	vector	el2_broken		/* IRQ, FIQ, SError: masked for good */
	vector	el2_broken
	vector	el2_broken
	.rept	2			/* lower EL, AArch64 then AArch32 */
	vector_lower GUEST_SYNC, \exit
	vector_lower GUEST_IRQ, \exit
	vector_lower GUEST_FIQ, \exit
	vector_lower GUEST_SERROR, \exit
	.endr
	.endm

	.section .text.vectors, "ax"
	vector_table vectors, guest_exit
	vector_table vectors_bhb_clear, guest_exit_clear
	vector_table vectors_bhb_branches, guest_exit_branches
	.balign	128

el2_sync:
	mrs	x16, esr_el2
	lsr	x16, x16, #26
	cmp	x16, #0x25		/* data abort, same EL */
	b.ne	el2_broken
	mrs	x16, elr_el2
	adr_of	x17, __extable_start
1:	adr_of	x18, __extable_end
	cmp	x17, x18
	b.hs	el2_broken
	ldr	x18, [x17], #24
	cmp	x16, x18
	b.lo	1b
	ldur	x18, [x17, #-16]
	cmp	x16, x18
	b.hs	1b
	ldur	x16, [x17, #-8]
	msr	elr_el2, x16
	eret
	sb

el2_broken:
	mrs	x0, tpidr_el2
	cbz	x0, panic_stop		/* too early to say anything */
	ldr	x0, [x0]		/* struct cpu.stack_top */
	mov	sp, x0
	mrs	x0, esr_el2
	mrs	x1, elr_el2
	mrs	x2, far_el2
	b	panic_exception

/* unsigned int guest_enter(struct vcpu_regs *regs) */
func guest_enter
	stp	x29, x30, [sp, #-112]!
	stp	x27, x28, [sp, #16]
	stp	x25, x26, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x21, x22, [sp, #64]
	stp	x19, x20, [sp, #80]
	str	x0, [sp, #96]
	ldr	x30, [x0, #240]
	ldp	x1, x2, [x0, #248]	/* pc, pstate */
	msr	elr_el2, x1
	msr	spsr_el2, x2
	ldp	x28, x29, [x0, #224]
	ldp	x26, x27, [x0, #208]
	ldp	x24, x25, [x0, #192]
	ldp	x22, x23, [x0, #176]
	ldp	x20, x21, [x0, #160]
	ldp	x18, x19, [x0, #144]
	ldp	x16, x17, [x0, #128]
	ldp	x14, x15, [x0, #112]
	ldp	x12, x13, [x0, #96]
	ldp	x10, x11, [x0, #80]
	ldp	x8, x9, [x0, #64]
	ldp	x6, x7, [x0, #48]
	ldp	x4, x5, [x0, #32]
	ldp	x2, x3, [x0, #16]
	ldp	x0, x1, [x0]
	eret
	sb				/* nothing is speculated past the ERET */
endfunc guest_enter

/*
 * Branch history made by the realm must not steer indirect branches of the
 * monitor (Spectre-BHB, ADR 0007): nothing but direct ones comes before it is
 * gone. x1 = event; x0, x1 of the realm on top of guest_enter's frame.
 */
guest_exit_clear:
	hint	#22			/* CLRBHB */
	isb
	b	guest_exit

	/*
	 * As many taken branches as the loop that Arm gives for Neoverse N2 and
	 * its like, two in each of 32 rounds; the first was the vector's.
	 */
guest_exit_branches:
	.rept	63
	b	. + 4
	.endr
	sb
guest_exit:
	ldr	x0, [sp, #16 + 96]
	stp	x2, x3, [x0, #16]
	stp	x4, x5, [x0, #32]
	ldp	x2, x3, [sp], #16
	stp	x2, x3, [x0]
	mrs	x4, elr_el2
	mrs	x5, spsr_el2
	stp	x6, x7, [x0, #48]
	stp	x8, x9, [x0, #64]
	stp	x10, x11, [x0, #80]
	stp	x12, x13, [x0, #96]
	stp	x14, x15, [x0, #112]
	stp	x16, x17, [x0, #128]
	stp	x18, x19, [x0, #144]
	stp	x20, x21, [x0, #160]
	stp	x22, x23, [x0, #176]
	stp	x24, x25, [x0, #192]
	stp	x26, x27, [x0, #208]
	stp	x28, x29, [x0, #224]
	stp	x30, x4, [x0, #240]
	str	x5, [x0, #256]
	mov	x0, x1
	ldp	x19, x20, [sp, #80]
	ldp	x21, x22, [sp, #64]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #32]
	ldp	x27, x28, [sp, #16]
	ldp	x29, x30, [sp], #112
	ret

/* uint64_t guest_translate(uint64_t va): PAR_EL1 of AT S1E1R, or F set */
func guest_translate
at_start:
	at	s1e1r, x0
	isb
at_end:
	mrs	x0, par_el1
	ret
at_fail:
	mov	x0, #1
	ret
	/*
	 * The realm's tables may lie in memory that the bus refuses: the walk
	 * then ends in an external abort taken here (Arm ARM D8.15.2, R_QBSVM).
	 */
	extable	at_start, at_end, at_fail
endfunc guest_translate

/* EL3 returns to the host with everything but general and EL2 registers as is. */
func panic_stop
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	mov	x\n, xzr
	.endr
	ldr	w0, =EL3_PANIC
	smc	#0
1:	wfi
	b	1b
	.ltorg
endfunc panic_stop

no_exec_stack
