/* SPDX-License-Identifier: BSD-3-Clause */
/* The realm payload, page aligned so that its pages serve as DATA_CREATE's source. */
	.data
	.balign	0x1000
	.global	payload_start, payload_end
payload_start:
	.incbin	"puppet.bin"
	.balign	0x1000
payload_end:

/*
 * A page of realm code of another kind: tells all general registers as it
 * found them, in a host call whose structure is the second half of the page.
 */
	.global	teller_page
teller_page:
	msr	tpidr_el1, x30
	adr	x30, 1f + 8
	.irp	n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28
	str	x\n, [x30, #(8 * \n)]
	.endr
	.irp	n, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29
	str	x\n, [x30, #(8 * \n)]
	.endr
	mrs	x0, tpidr_el1
	str	x0, [x30, #(8 * 30)]
	sub	x1, x30, #8
	movz	x0, #0xc400, lsl #16	/* RSI_HOST_CALL */
	movk	x0, #0x0199
	smc	#0
0:	b	0b
	.balign	0x800
1:	.quad	0
	.balign	0x1000
