/* SPDX-License-Identifier: BSD-3-Clause */
/* Assembly files only. */
#ifndef TMM_ARCH_AARCH64_ASM_H
#define TMM_ARCH_AARCH64_ASM_H

	/* A function in a section of its own; a landing pad for BTI. */
	.macro func name
	.section .text.\name, "ax"
	.global	\name
	.type	\name, %function
	.balign	16
\name:
	bti	c
	.endm

	.macro endfunc name
	.size	\name, . - \name
	.endm

	.macro	adr_of reg, sym
	adrp	\reg, \sym
	add	\reg, \reg, :lo12:\sym
	.endm

	/*
	 * An abort in [start, end) continues at fixup instead of ending the
	 * monitor. x16 and x17 are clobbered on the way.
	 */
	.macro extable start, end, fixup
	.pushsection .extable, "a"
	.balign	8
	.quad	\start, \end, \fixup
	.popsection
	.endm

	.macro no_exec_stack
	.section .note.GNU-stack, "", %progbits
	.endm

#endif
