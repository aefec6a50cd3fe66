/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is measured, by the number that is in X9 at the mark that begins. Also
 * read by assembly and by ./run, which has the titles.
 */
#ifndef BENCH_LINUX_OPS_H
#define BENCH_LINUX_OPS_H

#define OP_OTHER	0	/* no result */

/* Known before: nothing, and a loop of KNOWN_INSTRUCTIONS */
#define OP_NOTHING	1
#define OP_KNOWN	2
#define KNOWN_INSTRUCTIONS 2001

/* bare.c, the guest without a system */
#define OP_HYPERCALL	3	/* answered by KVM */
#define OP_PSCI_VERSION	4	/* by KVM, or by the monitor */
#define OP_ID_REGISTER	5	/* a trapped one, likewise */
#define OP_MMIO_KVM	6	/* the interrupt controller's distributor */
#define OP_MMIO_VMM	7	/* the serial port */
#define OP_TIMER_BUSY	8	/* while the guest computes */
#define OP_TIMER_IDLE	9	/* wakes it */
#define OP_SGI_SELF	10
#define OP_SGI_OTHER	11	/* wakes another vCPU, which answers in the same way */
#define OP_FAULT_4K	12
#define OP_FAULT_2M	13

/* load.c, Linux as guest */
#define OP_BOOT		20	/* from the start of the VMM to init */
#define OP_CPU		21
#define OP_FORK		22
#define OP_DISK_READ	23
#define OP_DISK_WRITE	24
#define OP_TCP_SEND	25
#define OP_TCP_RECEIVE	26
#define OP_KNOWN_LOAD	27	/* a loop of KNOWN_LOAD instructions */
#define KNOWN_LOAD	20000001

/* What follows is a VM's, in the order of ./drive: this and its number there. */
#define OP_VM		100

#endif
