/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * memcpy, memmove, memset, memcmp with general registers. Normal memory only,
 * so unaligned accesses are fine. Sizes seen here are small structs and pages.
 */
#include "arch/aarch64/asm.h"

/* void *memcpy(void *restrict dst, const void *restrict src, size_t n) */
func memcpy
	mov	x3, x0
	subs	x2, x2, #64
	b.lo	2f
1:	ldp	x6, x7, [x1, #16]
	ldp	x8, x9, [x1, #32]
	ldp	x10, x11, [x1, #48]
	ldp	x4, x5, [x1], #64
	stp	x6, x7, [x3, #16]
	stp	x8, x9, [x3, #32]
	stp	x10, x11, [x3, #48]
	stp	x4, x5, [x3], #64
	subs	x2, x2, #64
	b.hs	1b
2:	/* x2 = bytes left - 64: its low six bits are the bytes left */
	tbz	x2, #5, 3f
	ldp	x4, x5, [x1], #16
	ldp	x6, x7, [x1], #16
	stp	x4, x5, [x3], #16
	stp	x6, x7, [x3], #16
3:	tbz	x2, #4, 4f
	ldp	x4, x5, [x1], #16
	stp	x4, x5, [x3], #16
4:	tbz	x2, #3, 5f
	ldr	x4, [x1], #8
	str	x4, [x3], #8
5:	tbz	x2, #2, 6f
	ldr	w4, [x1], #4
	str	w4, [x3], #4
6:	tbz	x2, #1, 7f
	ldrh	w4, [x1], #2
	strh	w4, [x3], #2
7:	tbz	x2, #0, 8f
	ldrb	w4, [x1]
	strb	w4, [x3]
8:	ret
endfunc memcpy

/* void *memmove(void *dst, const void *src, size_t n) */
func memmove
	sub	x3, x0, x1
	cmp	x3, x2
	b.hs	memcpy			/* dst is not inside [src, src + n) */
	cbz	x2, 2f
1:	sub	x2, x2, #1
	ldrb	w4, [x1, x2]
	strb	w4, [x0, x2]
	cbnz	x2, 1b
2:	ret
endfunc memmove

/* void *memset(void *dst, int c, size_t n) */
func memset
	mov	x3, x0
	and	x1, x1, #0xff
	mov	x4, #0x0101010101010101
	mul	x1, x1, x4
	subs	x2, x2, #64
	b.lo	2f
1:	stp	x1, x1, [x3, #16]
	stp	x1, x1, [x3, #32]
	stp	x1, x1, [x3, #48]
	stp	x1, x1, [x3], #64
	subs	x2, x2, #64
	b.hs	1b
2:	tbz	x2, #5, 9f
	stp	x1, x1, [x3, #16]
	stp	x1, x1, [x3], #32
9:	tbz	x2, #4, 3f
	stp	x1, x1, [x3], #16
3:	tbz	x2, #3, 4f
	str	x1, [x3], #8
4:	tbz	x2, #2, 5f
	str	w1, [x3], #4
5:	tbz	x2, #1, 6f
	strh	w1, [x3], #2
6:	tbz	x2, #0, 7f
	strb	w1, [x3]
7:	ret
endfunc memset

/* int memcmp(const void *a, const void *b, size_t n) */
func memcmp
1:	cbz	x2, 2f
	ldrb	w3, [x0], #1
	ldrb	w4, [x1], #1
	sub	x2, x2, #1
	subs	w5, w3, w4
	b.eq	1b
	mov	w0, w5
	ret
2:	mov	w0, wzr
	ret
endfunc memcmp

no_exec_stack
