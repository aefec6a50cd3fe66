/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The smallest boot loader: what TF-A starts as BL33. The emulator has put the
 * host kernel and its device tree into memory already, so all that is left is
 * the kernel's boot protocol (Documentation/arch/arm64/booting.rst): X0 = device
 * tree, X1 to X3 = 0, MMU off. We are at NS EL2, as TF-A left it.
 */

#include "layout.h"

	.globl	_start
_start:
	ldr	x0, =HOST_DTB
	ldr	x4, =HOST_KERNEL
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	br	x4
	.ltorg
