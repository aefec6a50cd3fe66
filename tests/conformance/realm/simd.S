/* SPDX-License-Identifier: BSD-3-Clause */
/* Vector registers from and to memory, see simd.h. Built for realm and host. */
	.text
	.arch_extension fp
	.arch_extension simd
	.arch_extension sve

	.macro	each_v insn
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	\insn	q\n, [x0, #(16 * \n)]
	.endr
	.endm

	.macro	each_z insn
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	\insn	z\n, [x0, #\n, mul vl]
	.endr
	addvl	x0, x0, #31
	addvl	x0, x0, #1
	.endm

	.macro	each_p insn
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	\insn	p\n, [x0, #\n, mul vl]
	.endr
	.endm

	.global	simd_load, simd_store, sve_load, sve_store, sve_bytes
simd_load:
	each_v	ldr
	ldr	x1, [x0, #512]
	ldr	x2, [x0, #520]
	msr	fpcr, x1
	msr	fpsr, x2
	ret

simd_store:
	each_v	str
	mrs	x1, fpcr
	mrs	x2, fpsr
	str	x1, [x0, #512]
	str	x2, [x0, #520]
	ret

/* FFR goes through p0: first when loading, last when storing. */
sve_load:
	each_z	ldr
	ldr	p0, [x0, #16, mul vl]
	wrffr	p0.b
	each_p	ldr
	ret

sve_store:
	each_z	str
	each_p	str
	rdffr	p0.b
	str	p0, [x0, #16, mul vl]
	ldr	p0, [x0]
	ret

sve_bytes:
	rdvl	x0, #1
	ret
