/* SPDX-License-Identifier: BSD-3-Clause */
/* Entry, exception vectors and the accesses that C cannot write. */
#include "puppet.h"

	.section .text.start, "ax"
	.global	_start
/* x0 = REC index, from RmiRecParams or as the context id of PSCI CPU_ON. */
_start:
	mov	x1, #PUPPET_AREA_SIZE
	ldr	x2, =PUPPET_AREA
	madd	x0, x0, x1, x2
	add	sp, x0, #(PUPPET_AREA_PAGES * 0x1000)
	adr	x1, vectors
	msr	vbar_el1, x1
	mov	x1, #(3 << 20 | 3 << 16)	/* CPACR_EL1.FPEN, ZEN */
	msr	cpacr_el1, x1
	isb
	b	puppet_main

/* Vectors: all general registers on the stack, so that C can change them. */
	.macro	entry handler
	.balign	0x80
	sub	sp, sp, #272
	stp	x0, x1, [sp]
	adr	x0, \handler
	b	exception
	.endm

	.balign	0x800
vectors:
	.rept	4
	entry	on_other
	.endr
	entry	on_sync
	entry	on_irq
	entry	on_irq
	entry	on_other
	entry	on_sync_el0
	entry	on_irq
	entry	on_irq
	entry	on_other
	.rept	4
	entry	on_other
	.endr

exception:
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x29, x30, [sp, #232]
	mov	x1, x0
	mov	x0, sp
	blr	x1
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x19, [sp, #144]
	ldp	x29, x30, [sp, #232]
	ldp	x0, x1, [sp]
	add	sp, sp, #272
	eret

	.text
/* unsigned long smc18(unsigned long x[18]): x0..x17 in and out, ret = bad */
	.global	smc18
smc18:
	stp	x29, x30, [sp, #-112]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	str	x0, [sp, #96]
	mov	x30, x0
	.irp	n, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
	mov	x\n, #(0x5a00 + \n)
	.endr
	ldp	x2, x3, [x30, #16]
	ldp	x4, x5, [x30, #32]
	ldp	x6, x7, [x30, #48]
	ldp	x8, x9, [x30, #64]
	ldp	x10, x11, [x30, #80]
	ldp	x12, x13, [x30, #96]
	ldp	x14, x15, [x30, #112]
	ldp	x16, x17, [x30, #128]
	ldp	x0, x1, [x30]
	smc	#0
	stp	x0, x1, [sp, #-16]!
	ldr	x0, [sp, #112]
	sub	x1, x30, x0		/* x30 held the address of x[] */
	stp	x2, x3, [x0, #16]
	stp	x4, x5, [x0, #32]
	stp	x6, x7, [x0, #48]
	stp	x8, x9, [x0, #64]
	stp	x10, x11, [x0, #80]
	stp	x12, x13, [x0, #96]
	stp	x14, x15, [x0, #112]
	stp	x16, x17, [x0, #128]
	ldp	x2, x3, [sp], #16
	stp	x2, x3, [x0]
	cmp	x1, #0
	cset	x0, ne
	.irp	n, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
	mov	x1, #(0x5a00 + \n)
	cmp	x\n, x1
	cinc	x0, x0, ne
	.endr
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #112
	ret

/* unsigned long hvc_here(void): address of the HVC; an UNDEF skips just that */
	.global	hvc_here
hvc_here:
	adr	x0, 1f
	mov	x1, #0
1:	hvc	#0
	mov	x1, #1
	cmp	x1, #1
	csel	x0, x0, xzr, eq		/* 0: more than the HVC was skipped */
	ret

/* unsigned long access_*(address, value): one instruction that may fault */
	.macro	acc name, insn:vararg
	.global	access_\name
access_\name:
	mov	x2, x0
	mov	x0, x1
	\insn
	ret
	.endm
	acc	ldrb_w,   ldrb w0, [x2]
	acc	ldrh_w,   ldrh w0, [x2]
	acc	ldr_w,    ldr w0, [x2]
	acc	ldr_x,    ldr x0, [x2]
	acc	ldrsb_w,  ldrsb w0, [x2]
	acc	ldrsb_x,  ldrsb x0, [x2]
	acc	ldrsh_w,  ldrsh w0, [x2]
	acc	ldrsh_x,  ldrsh x0, [x2]
	acc	ldrsw_x,  ldrsw x0, [x2]
	acc	ldr_xzr,  ldr xzr, [x2]
	acc	ldr_post, ldr x0, [x2], #8
	acc	ldxr,     ldxr x0, [x2]
	acc	strb,     strb w0, [x2]
	acc	strh,     strh w0, [x2]
	acc	str_w,    str w0, [x2]
	acc	str_x,    str x0, [x2]
	acc	str_xzr,  str xzr, [x2]
	acc	str_post, str x0, [x2], #8

/* unsigned long call_at(address): an abort of the fetch returns here */
	.global	call_at
call_at:
	stp	x29, x30, [sp, #-16]!
	blr	x0
	ldp	x29, x30, [sp], #16
	ret

/*
 * unsigned long el0_load(address): the load is made at EL0; its SVC comes back
 * to el0_end by way of on_sync(), as does what the load itself causes.
 */
	.global	el0_load, el0_load_at, el0_end
el0_load:
	stp	x29, x30, [sp, #-16]!
	mov	x1, #0x3c0		/* EL0t, DAIF masked */
	msr	spsr_el1, x1
	adr	x1, el0_load_at
	msr	elr_el1, x1
	eret
el0_load_at:
	ldr	x0, [x0]
	svc	#0
el0_end:
	ldp	x29, x30, [sp], #16
	ret

/*
 * unsigned long gprs_run(enum gprs, argument): every register that the case
 * does not use holds a pattern across it; returns how many changed.
 */
	.macro	gprs_fill from
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
	.if	\n >= \from
	mov	x\n, #(0x6b00 + \n)
	movk	x\n, #(0xc000 + \n), lsl #48
	.endif
	.endr
	.endm

	/* Counts in the word at sp; x0 and x1 go first, then serve as scratch. */
	.macro	gprs_check from
	stp	x0, x1, [sp, #-16]!
	str	xzr, [sp, #16]
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
	.if	\n >= \from
	mov	x1, #(0x6b00 + \n)
	movk	x1, #(0xc000 + \n), lsl #48
	.if	\n < 2
	ldr	x0, [sp, #(8 * \n)]
	cmp	x0, x1
	.else
	cmp	x\n, x1
	.endif
	ldr	x0, [sp, #16]
	cinc	x0, x0, ne
	str	x0, [sp, #16]
	.endif
	.endr
	add	sp, sp, #16
	.endm

	.global	gprs_run
gprs_run:
	stp	x29, x30, [sp, #-112]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	sub	sp, sp, #16
	cmp	x0, #1
	b.eq	1f
	b.hi	2f
	gprs_fill 0
	wfi
	gprs_check 0
	b	3f
1:	mov	x0, x1			/* spin as many rounds */
	gprs_fill 1
0:	subs	x0, x0, #1
	b.ne	0b
	gprs_check 1
	b	3f
2:	mov	x0, x1			/* load from there */
	gprs_fill 2
	ldr	x1, [x0]
	gprs_check 2
3:	ldr	x0, [sp], #16
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #112
	ret
