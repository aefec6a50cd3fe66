/* SPDX-License-Identifier: BSD-3-Clause */
/* The programs of payload.S. */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#define OP_OFF		0
#define OP_SPIN		1
#define OP_TOUCH	2
#define OP_WRITE	3
#define OP_RIPAS	4
#define OP_HOST_CALL	5
#define OP_RESET	6
#define OP_CPU_ON	7
#define OP_IDLE		8
#define OP_TOUCH_FOREVER 9
#define OP_WRITE_TWICE	10
#define OP_WRITE_ABORTED 11
#define OP_STORE_FOREVER 12

/* Where programs with a translation see the end of the shared half, and MMIO */
#define VA_LAST_BLOCK	0xffe00000
#define VA_LAST_PAGE	0xfffff000
#define VA_END		0x100000000
#define VA_MMIO		0x09000000

#ifndef __ASSEMBLER__
extern const char payload[], payload_end[];
#endif

#endif
