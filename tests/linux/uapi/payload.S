/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the realms of these tests run: one page, no stack, MMU off but for two. X0 says what
 * to do (payload.h), X1 to X5 with what. It ends by PSCI SYSTEM_OFF.
 */

#include "payload.h"

#define PSCI_CPU_OFF		0x84000002
#define PSCI_CPU_ON		0xc4000003
#define PSCI_SYSTEM_OFF		0x84000008
#define PSCI_SYSTEM_RESET	0x84000009
#define RSI_IPA_STATE_SET	0xc4000197
#define RSI_HOST_CALL		0xc4000199

	.section .rodata
	.globl	payload, payload_end
	.balign	4096
payload:
	adr	x9, table
	ldrsw	x10, [x9, x0, lsl #2]
	add	x9, x9, x10
	br	x9

table:
	.word	off - table
	.word	spin - table
	.word	touch - table
	.word	write - table
	.word	ripas - table
	.word	host_call - table
	.word	reset - table
	.word	cpu_on - table
	.word	idle - table
	.word	touch_forever - table
	.word	write_twice - table
	.word	write_aborted - table
	.word	store_forever - table

/* TOUCH: read [X1, X2), a word per page */
touch:	ldr	w9, [x1]
	add	x1, x1, #0x1000
	cmp	x1, x2
	b.lo	touch
	b	off

touch_forever:
	mov	x3, x1
1:	ldr	w9, [x3]
	add	x3, x3, #0x1000
	cmp	x3, x2
	b.lo	1b
	b	touch_forever

/* WRITE: X2 to the word at X1 */
write:	str	w2, [x1]
	b	off

/*
 * WRITE_TWICE: X2 to the word at X1, to MMIO at X3, and to the first again; these are in
 * the shared half, that a realm reaches as its translation says
 */
write_twice:
	bl	translate
	str	w2, [x1]
	str	w2, [x3]
	b	write

/* The translation is on: leaves, below */
translate:
	adr	x9, leaves
	msr	ttbr0_el1, x9
	mov	x9, #0xff			/* normal; device */
	msr	mair_el1, x9
	movz	x9, #0x3520			/* 32 bits of VA, write-back */
	movk	x9, #0x0080, lsl #16		/* EPD1 */
	movk	x9, #0x0002, lsl #32		/* 40 bits of PA */
	msr	tcr_el1, x9
	isb
	tlbi	vmalle1
	dsb	nsh
	mrs	x9, sctlr_el1
	mov	x10, #0x1005			/* M, C, I */
	orr	x9, x9, x10
	msr	sctlr_el1, x9
	isb
	ret

/* WRITE_ABORTED: X2 to the word at X1; if that is aborted, the syndrome to MMIO at X3 */
write_aborted:
	adr	x9, vectors
	msr	vbar_el1, x9
	adr	x8, 1f
	isb
	str	w2, [x1]
	b	off
1:	mrs	x9, esr_el1
	str	w9, [x3]
	b	off

/*
 * STORE_FOREVER: read a word of each page of [X1, X2), and store X4 there; what is aborted
 * is passed over. In the shared half, as WRITE_TWICE
 */
store_forever:
	bl	translate
	adr	x9, vectors
	msr	vbar_el1, x9
	adr	x8, 3f
	isb
1:	mov	x3, x1
2:	ldr	w9, [x3]
	str	w4, [x3]
	add	x3, x3, #0x1000
	cmp	x3, x2
	b.lo	2b
	b	1b
3:	mrs	x9, elr_el1
	add	x9, x9, #4
	msr	elr_el1, x9
	eret

/*
 * RIPAS: make X3 of [X1, X2) with flags X4; the answer goes to MMIO at X5, and then the
 * address up to which it holds
 */
ripas:	movz	x0, #(RSI_IPA_STATE_SET >> 16), lsl #16
	movk	x0, #(RSI_IPA_STATE_SET & 0xffff)
	smc	#0
	str	w2, [x5]
	str	x1, [x5]
	b	off

/* HOST_CALL: the structure is in the payload's own page */
host_call:
	adr	x1, call
	movz	x0, #(RSI_HOST_CALL >> 16), lsl #16
	movk	x0, #(RSI_HOST_CALL & 0xffff)
	smc	#0
	b	off

/* CPU_ON: the second vCPU does X1; the answer goes to MMIO at X5 */
cpu_on:	mov	x3, x1
	adr	x2, payload
	mov	x1, #1
	movz	x0, #(PSCI_CPU_ON >> 16), lsl #16
	movk	x0, #(PSCI_CPU_ON & 0xffff)
	smc	#0
	str	w0, [x5]
	b	spin

idle:	wfi
	b	idle

spin:	b	spin

reset:	movz	w0, #(PSCI_SYSTEM_RESET >> 16), lsl #16
	movk	w0, #(PSCI_SYSTEM_RESET & 0xffff)
	smc	#0

off:	movz	w0, #(PSCI_SYSTEM_OFF >> 16), lsl #16
	movk	w0, #(PSCI_SYSTEM_OFF & 0xffff)
	smc	#0
	b	.

	.balign	256
call:	.quad	0
	.quad	0x86000000		/* a hypercall of the vendor's range */
	.fill	30, 8, 0

/*
 * 1 GiB each: MMIO in the shared half, nothing, RAM, the last of the shared half.
 * Of 40 bits, as uapi.c has it
 */
	.balign	64
leaves:	.quad	0x0020008000000405, 0, 0x0000000080000701, 0x002000ffc0000701

/* Of an exception of EL1's own, X8 says where it goes on */
	.balign	2048
vectors:
	.fill	0x200 / 4, 4, 0
	br	x8

	.balign	4096
payload_end:

	.section .note.GNU-stack, "", %progbits
