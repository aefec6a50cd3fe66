/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry from EL3 (abi/boot.h): cold with the manifest, warm without; and the
 * loop that answers the calls of the Normal world.
 */
#include "arch/aarch64/asm.h"
#include "arch/aarch64/regs.h"
#include "arch/sel2/layout.h"

#define MAIR_VALUE	0x04ff		/* 0: Normal WB RW-allocate, 1: Device-nGnRE */
/* T0SZ 16, walks inner shareable WB cacheable, 4 KiB, RES1 23 and 31 */
#define TCR_VALUE	0x80803510
#define TCR_PS_SHIFT	16
#define PARANGE_48	5

	.section .text.entry, "ax"
	.global	tmm_start
	.type	tmm_start, %function
tmm_start:
	msr	daifset, #0xf
	msr	spsel, #1
	mov	x19, x0
	mov	x20, x1
	adr_of	x0, vectors
	msr	vbar_el2, x0
	isb
	cmp	x19, #MAX_CPUS
	b.hs	boot_refuse

	/* SP_EL2: top of this CPU's stack. Used with the MMU off only on cold boot. */
	adr_of	x0, __stacks
	mov	x1, #STACK_STRIDE
	add	x2, x19, #1
	madd	x0, x1, x2, x0
	mov	sp, x0
	cbz	x20, 1f

	/*
	 * Whoever used this memory before may have left lines in a cache. Drop
	 * them, or they are written back over what is now written past the
	 * caches; and again after, or they hide it. What EL3 loaded is in
	 * memory, or we would not be running.
	 */
	bl	boot_invalidate
	adr_of	x0, __bss_start
	adr_of	x1, __bss_end
	bl	boot_zero
	bl	mmu_boot_map
	bl	boot_invalidate
1:	bl	mmu_enable
	cbz	x20, boot_warm

	bl	boot_canary
	mov	x0, x19
	mov	x1, x20
	bl	boot_cold		/* checked manifest, or NULL */
	cbz	x0, boot_refuse
	bl	main_cold
	b	boot_done

boot_warm:
	mov	x0, x19
	bl	boot_warm_cpu
	cbz	w0, boot_refuse
	bl	main_warm
	b	boot_done

boot_refuse:
	mov	x0, #-1
boot_done:
	mov	x1, x0
	ldr	w0, =EL3_BOOT_COMPLETE
	smc	#0

	/*
	 * From here on EL3 enters at the next instruction, with the stack
	 * pointer of that call, and x0..x7 of the caller.
	 */
call_entry:
	stp	x0, x1, [sp, #-64]!
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	mov	x0, sp
	bl	main_smc
	ldp	x3, x4, [sp, #16]
	ldr	x5, [sp, #32]
	ldp	x1, x2, [sp], #64
	ldr	w0, =EL3_REQ_COMPLETE
	smc	#0
	b	call_entry
	.size	tmm_start, . - tmm_start
	.ltorg

/* x0, x1: start and end, 16-byte aligned */
boot_zero:
	stp	xzr, xzr, [x0], #16
	cmp	x0, x1
	b.lo	boot_zero
	ret

/* All that is writable, to the point of coherency */
boot_invalidate:
	adr_of	x0, __rodata_end
	adr_of	x1, __image_end
	dsb	sy
	mrs	x2, ctr_el0
	ubfx	x2, x2, #16, #4		/* DminLine: log2 of words */
	mov	x3, #4
	lsl	x3, x3, x2
1:	dc	ivac, x0
	add	x0, x0, x3
	cmp	x0, x1
	b.lo	1b
	dsb	sy
	ret

mmu_enable:
	mov	x0, #MAIR_VALUE
	msr	mair_el2, x0
	mrs	x0, id_aa64mmfr0_el1
	and	x0, x0, #0xf		/* PARange; 52 bits are not used */
	mov	x1, #PARANGE_48
	cmp	x0, x1
	csel	x0, x0, x1, lo
	ldr	x1, =TCR_VALUE
	orr	x0, x1, x0, lsl #TCR_PS_SHIFT
	msr	tcr_el2, x0
	adr_of	x0, mmu_tables
	msr	ttbr0_el2, x0
	tlbi	alle2
	ic	iallu
	dsb	nsh
	isb
	ldr	x0, =(SCTLR_EL2_RES1 | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_I | SCTLR_WXN)
	mov	x1, #1
	orr	x0, x0, x1, lsl #SCTLR_EL2_BT_SHIFT
	msr	sctlr_el2, x0
	isb
	ret

/*
 * A stack canary per boot. From the counter where there is no RNDR: it stops
 * a blind overwrite, not somebody who can read memory. Its low byte is 0, so
 * that a string cannot carry it.
 */
boot_canary:
	mrs	x0, cntpct_el0
	mov	x1, #0x9e37
	movk	x1, #0x79b9, lsl #16
	movk	x1, #0x7f4a, lsl #32
	movk	x1, #0x7c15, lsl #48
	mul	x0, x0, x1
	mrs	x1, id_aa64isar0_el1
	ubfx	x1, x1, #60, #4
	cbz	x1, 1f
	mrs	x1, s3_3_c2_c4_0	/* RNDR; 0 when it has nothing to give */
	eor	x0, x0, x1
1:	lsl	x0, x0, #8
	adr_of	x1, __stack_chk_guard
	str	x0, [x1]
	ret
	.ltorg

	.section .stacks, "aw", %nobits
	.balign	0x1000
	.skip	MAX_CPUS * STACK_STRIDE

no_exec_stack
