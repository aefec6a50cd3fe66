/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest of one page or so that starts as Linux does: what a realm and an
 * ordinary VM run alike. The MMU is off; nothing here needs to be relocated.
 */
#include "../markers.h"
#include "ops.h"

#define STACK_SIZE	0x1000

	.section .head, "ax"
	.global	_start
_start:	b	start			/* the header of an arm64 Image */
	.word	0
	.quad	0			/* text_offset */
	.quad	image_size
	.quad	0xa			/* little-endian, 4 KiB pages, anywhere */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.word	0

start:	adr	x1, stacks + STACK_SIZE
	bl	cpu_setup
	bl	guest_main

	.global	second_start
second_start:
	adr	x1, stacks + 2 * STACK_SIZE
	bl	cpu_setup
	bl	second_main

cpu_setup:
	mov	sp, x1
	adr	x2, vectors
	msr	vbar_el1, x2
	mov	x2, #(3 << 20)		/* CPACR_EL1.FPEN: not that we use it */
	msr	cpacr_el1, x2
	isb
	ret

	/*
	 * long measure(number, function, a, b): a and b in X0 and X1 for the
	 * function, which is one of those below.
	 */
	.global	measure
measure:
	stp	x29, x30, [sp, #-16]!
	mov	x9, x0
	mov	x10, x1
	mov	x0, x2
	mov	x1, x3
	isb
	hint	#MARK_BEGIN
	blr	x10
	hint	#MARK_END
	ldp	x29, x30, [sp], #16
	ret

	.global	op_nothing, op_known, op_hvc, op_smc, op_id, op_read, op_write
	.global	op_sgi, op_timer_busy, op_timer_idle, op_sgi_wait
op_nothing:
	ret
op_known:				/* and the RET is the last one */
	mov	x2, #((KNOWN_INSTRUCTIONS - 1) / 2)
0:	subs	x2, x2, #1
	b.ne	0b
	ret
op_hvc:	hvc	#0
	ret
op_smc:	smc	#0
	ret
op_id:	mrs	x0, id_aa64pfr0_el1
	ret
op_read:
	ldr	w0, [x0]
	ret
op_write:
	str	w1, [x0]
	ret

	/* What waits does so for a change of the word that ISR counts in. */
op_sgi:					/* x0: ICC_SGI1R, x1: &ticks */
	ldr	w2, [x1]
	msr	icc_sgi1r_el1, x0
	isb
0:	ldr	w3, [x1]
	cmp	w3, w2
	b.eq	0b
	ret

op_timer_busy:				/* x0: in so many ticks */
	ldr	w2, [x1]
	msr	cntv_tval_el0, x0
	isb
0:	ldr	w3, [x1]
	cmp	w3, w2
	b.eq	0b
	ret

/* Asleep until the interrupt that a write of x0 to the register makes was counted. */
	.macro	wait_asleep register
	ldr	w2, [x1]
	msr	daifset, #2
	msr	\register, x0
	isb
0:	wfi
	msr	daifclr, #2
	isb
	msr	daifset, #2
	ldr	w3, [x1]
	cmp	w3, w2
	b.eq	0b
	msr	daifclr, #2
	ret
	.endm

op_timer_idle:
	wait_asleep cntv_tval_el0

op_sgi_wait:				/* as op_sgi, but asleep */
	wait_asleep icc_sgi1r_el1

	.balign	2048
vectors:
	.rept	5			/* from ourselves: only an IRQ is right */
	b	dead
	.balign	128
	.endr
	sub	sp, sp, #256
	stp	x0, x1, [sp]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x29, [sp, #144]
	mrs	x0, elr_el1
	mrs	x1, spsr_el1
	stp	x0, x1, [sp, #160]
	str	x30, [sp, #176]
	bl	take_irq
	ldr	x30, [sp, #176]
	ldp	x0, x1, [sp, #160]
	msr	elr_el1, x0
	msr	spsr_el1, x1
	ldp	x18, x29, [sp, #144]
	ldp	x16, x17, [sp, #128]
	ldp	x14, x15, [sp, #112]
	ldp	x12, x13, [sp, #96]
	ldp	x10, x11, [sp, #80]
	ldp	x8, x9, [sp, #64]
	ldp	x6, x7, [sp, #48]
	ldp	x4, x5, [sp, #32]
	ldp	x2, x3, [sp, #16]
	ldp	x0, x1, [sp]
	add	sp, sp, #256
	eret
	.balign	128
	.rept	10
	b	dead
	.balign	128
	.endr

	/* Where it shows: the runner reports the address, from the profile. */
dead:	mrs	x0, esr_el1
	mrs	x1, elr_el1
	mrs	x2, far_el1
	b	.

	.bss
	.balign	16
stacks:	.space	2 * STACK_SIZE
