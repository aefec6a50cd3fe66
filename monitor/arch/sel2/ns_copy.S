/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Everything between ns_start and ns_end may take a synchronous external abort:
 * vectors.S then continues at ns_fail (x16 to x18 are clobbered, the stack is
 * not used). An abort that the CPU reports later, as SError, is none of ours: the
 * host named the page, and takes it.
 */
#include "arch/aarch64/asm.h"

/* bool ns_copy(void *dst, const void *src, size_t size) */
func ns_copy
ns_start:
	subs	x2, x2, #64
	b.lo	2f
1:	ldp	x5, x6, [x1, #16]
	ldp	x7, x8, [x1, #32]
	ldp	x9, x10, [x1, #48]
	ldp	x3, x4, [x1], #64
	stp	x5, x6, [x0, #16]
	stp	x7, x8, [x0, #32]
	stp	x9, x10, [x0, #48]
	stp	x3, x4, [x0], #64
	subs	x2, x2, #64
	b.hs	1b
2:	/* x2 = bytes left - 64: its low six bits are the bytes left */
	ands	x2, x2, #63
	b.eq	ns_done
	tbz	x2, #5, 3f
	ldp	x5, x6, [x1, #16]
	ldp	x3, x4, [x1], #32
	stp	x5, x6, [x0, #16]
	stp	x3, x4, [x0], #32
3:	tbz	x2, #4, 4f
	ldp	x3, x4, [x1], #16
	stp	x3, x4, [x0], #16
4:	tbz	x2, #3, 5f
	ldr	x3, [x1], #8
	str	x3, [x0], #8
5:	ands	x2, x2, #7
	b.eq	ns_done
6:	ldrb	w3, [x1], #1
	strb	w3, [x0], #1
	subs	x2, x2, #1
	b.ne	6b
ns_done:
	mov	w0, #1
	ret
endfunc ns_copy

/* In the section of ns_copy, so that one range covers all three. */
	.global	ns_zero_zva
	.type	ns_zero_zva, %function
ns_zero_zva:
	bti	c
	tbz	x1, #6, 1f
	dc	zva, x0
	add	x0, x0, #64
	subs	x1, x1, #64
	b.eq	ns_done
1:	dc	zva, x0
	add	x0, x0, #64
	dc	zva, x0
	add	x0, x0, #64
	subs	x1, x1, #128
	b.ne	1b
	b	ns_done
	.size	ns_zero_zva, . - ns_zero_zva

	.global	ns_zero
	.type	ns_zero, %function
ns_zero:
	bti	c
1:	stp	xzr, xzr, [x0, #16]
	stp	xzr, xzr, [x0, #32]
	stp	xzr, xzr, [x0, #48]
	stp	xzr, xzr, [x0], #64
	subs	x1, x1, #64
	b.ne	1b
	b	ns_done
	.size	ns_zero, . - ns_zero
ns_end:

ns_fail:
	mov	w0, wzr
	ret
	extable	ns_start, ns_end, ns_fail

no_exec_stack
