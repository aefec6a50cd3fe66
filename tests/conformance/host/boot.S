/* SPDX-License-Identifier: BSD-3-Clause */
/* Entry of each CPU at NS-EL2, exception vectors, probes, SMC and jumps. */
#include "host/layout.h"

	.section .text.start, "ax"
	.global	_start, secondary_start
_start:
	msr	daifset, #0xf
	adrp	x0, bss_start
	add	x0, x0, :lo12:bss_start
	adrp	x1, bss_end
	add	x1, x1, :lo12:bss_end
0:	stp	xzr, xzr, [x0], #16
	cmp	x0, x1
	b.lo	0b
	mov	x0, #0
secondary_start:		/* PSCI CPU_ON: x0 = context id = our CPU number */
	msr	daifset, #0xf
	mov	x19, x0
	adrp	x1, stacks
	add	x1, x1, :lo12:stacks
	mov	x2, #STACK_SIZE
	madd	x1, x0, x2, x1
	add	sp, x1, x2
	adr	x1, vectors
	msr	vbar_el2, x1
	msr	tpidr_el2, x0
	bl	cpu_setup
	adrp	x0, host_l0
	add	x0, x0, :lo12:host_l0
	msr	ttbr0_el2, x0
	ldr	x0, =HOST_TCR
	msr	tcr_el2, x0
	mov	x0, #HOST_MAIR
	msr	mair_el2, x0
	tlbi	alle2
	dsb	sy
	isb
	ldr	x0, =HOST_SCTLR
	msr	sctlr_el2, x0
	isb
	mov	x0, x19
	bl	cpu_main
0:	wfi
	b	0b

/*
 * Exceptions from EL2 itself: only the probes below may cause a synchronous
 * one; everything is C's to judge. Interrupts are polled, never taken.
 */
	.macro	entry kind
	.balign	0x80
	sub	sp, sp, #192
	stp	x0, x1, [sp]
	mov	x0, #\kind
	b	exception
	.endm

	.text
	.balign	0x800
vectors:
	.rept	4
	entry	3
	.endr
	entry	0
	entry	1
	entry	1
	entry	2
	.rept	8
	entry	3
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
	stp	x29, x30, [sp, #160]
	bl	exception_taken
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x19, [sp, #144]
	ldp	x29, x30, [sp, #160]
	ldp	x0, x1, [sp]
	add	sp, sp, #192
	eret

/*
 * bool probe_load(addr, uint64_t *value), probe_store(addr, value): false where
 * the access was refused. exception_taken() moves ELR from *_at to *_no.
 */
	.global	probe_load, probe_load_at, probe_store, probe_store_at, probe_no
probe_load:
probe_load_at:
	ldr	x2, [x0]
	dsb	sy
	str	x2, [x1]
	mov	w0, #1
	ret
probe_store:
probe_store_at:
	str	x1, [x0]
	dsb	sy
	mov	w0, #1
	ret
probe_no:
	mov	w0, #0
	ret

/* void smc_asm(struct smc_frame *): x0..x17 in and out, x18..x30 checked */
	.global	smc_asm
smc_asm:
	stp	x29, x30, [sp, #-112]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	stp	x0, x18, [sp, #96]
	mov	x30, x0
	ldp	x18, x19, [x30, #144]
	ldp	x20, x21, [x30, #160]
	ldp	x22, x23, [x30, #176]
	ldp	x24, x25, [x30, #192]
	ldp	x26, x27, [x30, #208]
	ldp	x28, x29, [x30, #224]
	ldp	x0, x1, [x30]
	ldp	x2, x3, [x30, #16]
	ldp	x4, x5, [x30, #32]
	ldp	x6, x7, [x30, #48]
	ldp	x8, x9, [x30, #64]
	ldp	x10, x11, [x30, #80]
	ldp	x12, x13, [x30, #96]
	ldp	x14, x15, [x30, #112]
	ldp	x16, x17, [x30, #128]
	ldr	x30, [x30, #240]
	smc	#0
	stp	x0, x30, [sp, #-16]!
	ldr	x30, [sp, #112]
	str	x1, [x30, #8]
	stp	x2, x3, [x30, #16]
	stp	x4, x5, [x30, #32]
	stp	x6, x7, [x30, #48]
	stp	x8, x9, [x30, #64]
	stp	x10, x11, [x30, #80]
	stp	x12, x13, [x30, #96]
	stp	x14, x15, [x30, #112]
	stp	x16, x17, [x30, #128]
	stp	x18, x19, [x30, #144]
	stp	x20, x21, [x30, #160]
	stp	x22, x23, [x30, #176]
	stp	x24, x25, [x30, #192]
	stp	x26, x27, [x30, #208]
	stp	x28, x29, [x30, #224]
	ldp	x0, x1, [sp], #16
	str	x0, [x30]
	str	x1, [x30, #240]
	ldp	x0, x18, [sp, #96]
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #112
	ret

/* int jump_set(uint64_t buf[13]), void jump_to(uint64_t buf[13]) */
	.global	jump_set, jump_to
jump_set:
	stp	x19, x20, [x0]
	stp	x21, x22, [x0, #16]
	stp	x23, x24, [x0, #32]
	stp	x25, x26, [x0, #48]
	stp	x27, x28, [x0, #64]
	stp	x29, x30, [x0, #80]
	mov	x1, sp
	str	x1, [x0, #96]
	mov	w0, #0
	ret
jump_to:
	ldp	x19, x20, [x0]
	ldp	x21, x22, [x0, #16]
	ldp	x23, x24, [x0, #32]
	ldp	x25, x26, [x0, #48]
	ldp	x27, x28, [x0, #64]
	ldp	x29, x30, [x0, #80]
	ldr	x1, [x0, #96]
	mov	sp, x1
	mov	w0, #1
	ret

	.bss
	.balign	16
stacks:
	.space	STACK_SIZE * MAX_CPUS
