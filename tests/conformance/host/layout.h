/* SPDX-License-Identifier: BSD-3-Clause */
/* The machine (QEMU sbsa-ref) and how we lay ourselves out; for C and assembly. */
#ifndef HOST_LAYOUT_H
#define HOST_LAYOUT_H

#define MAX_CPUS	4
#define STACK_SIZE	0x8000

#define DRAM_BASE	0x10000000000
#define DRAM_SIZE	0x80000000	/* -m 2G */
#define IMAGE_BASE	0x10020000000

#define SECURE_RAM_BASE	0x20000000
#define SECURE_RAM_SIZE	0x20000000
#define MONITOR_BASE	0x20002000	/* BL32_BASE: never given to anyone */
#define EL3_BASE	0x3fcd1000	/* BL2 and BL31 end up here */

#define UART_BASE	0x60000000
#define GICD_BASE	0x40060000
#define GICR_BASE	0x40080000
#define GICR_STRIDE	0x20000

/* EL2, E2H = 0: 48-bit VA and PA, write-back inner shareable walks */
#define HOST_TCR	(1 << 31 | 1 << 23 | 5 << 16 | 3 << 12 | 1 << 10 | \
			 1 << 8 | 16)
#define HOST_MAIR	0x00ff		/* 0 normal write-back, 1 device nGnRnE */
#define HOST_SCTLR	0x30c5183d	/* RES1, I, SA, C, M */

#endif
