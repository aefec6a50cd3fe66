/* SPDX-License-Identifier: BSD-3-Clause */
/* Virtual layout of the monitor. Constants for C, assembly and linker script. */
#ifndef TMM_ARCH_SEL2_LAYOUT_H
#define TMM_ARCH_SEL2_LAYOUT_H

/*
 * A stack per CPU, each with an unmapped page below it. Core copies parameter
 * pages of 4 KiB onto its stack, and never more than two of them.
 */
#define STACK_GUARD	0x1000
#define STACK_SIZE	0x4000
#define STACK_STRIDE	(STACK_GUARD + STACK_SIZE)

/* abi/boot.h for assembly; arch/sel2/boot.c asserts that they agree. */
#define MAX_CPUS		64
#define EL3_REQ_COMPLETE	0xC400018F
#define EL3_BOOT_COMPLETE	0xC40001CF
#define EL3_PANIC		0xC40001CE

/* Everything is mapped at its physical address; this page is for what EL3 hands over. */
#define FIXMAP_VA	0xfffffffff000

#endif
