/* SPDX-License-Identifier: BSD-3-Clause */
#include "arch/aarch64/asm.h"

	.arch_extension fp
	.arch_extension simd
	.arch_extension sve

	.macro	v_regs op
	\op	q0, q1, [x0]
	\op	q2, q3, [x0, #32]
	\op	q4, q5, [x0, #64]
	\op	q6, q7, [x0, #96]
	\op	q8, q9, [x0, #128]
	\op	q10, q11, [x0, #160]
	\op	q12, q13, [x0, #192]
	\op	q14, q15, [x0, #224]
	\op	q16, q17, [x0, #256]
	\op	q18, q19, [x0, #288]
	\op	q20, q21, [x0, #320]
	\op	q22, q23, [x0, #352]
	\op	q24, q25, [x0, #384]
	\op	q26, q27, [x0, #416]
	\op	q28, q29, [x0, #448]
	\op	q30, q31, [x0, #480]
	.endm

	.macro	z_regs op
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	\op	z\n, [x0, #\n, mul vl]
	.endr
	.irp	n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\op	z\n, [x1, #\n - 16, mul vl]
	.endr
	.endm

	.macro	p_regs op
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	\op	p\n, [x0, #\n, mul vl]
	.endr
	.endm

func simd_save_v
	v_regs	stp
	ret
endfunc simd_save_v

func simd_load_v
	v_regs	ldp
	ret
endfunc simd_load_v

func simd_save_z
	z_regs	str
	ret
endfunc simd_save_z

func simd_load_z
	z_regs	ldr
	ret
endfunc simd_load_z

func simd_save_p
	p_regs	str
	rdffr	p0.b
	str	p0, [x0, #16, mul vl]
	ldr	p0, [x0]
	ret
endfunc simd_save_p

func simd_load_p
	ldr	p0, [x0, #16, mul vl]
	wrffr	p0.b
	p_regs	ldr
	ret
endfunc simd_load_p

no_exec_stack
