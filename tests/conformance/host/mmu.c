/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One identity map for all CPUs. Secure RAM is mapped as device memory: we
 * touch it only to see it refuse, and device memory is never speculated into.
 */
#include "host/machine.h"

#define DESC_TABLE	3UL
#define DESC_BLOCK	1UL
#define DESC_AF		(1UL << 10)
#define DESC_INNER	(3UL << 8)
#define DESC_XN		(1UL << 54)
#define NORMAL		(DESC_BLOCK | DESC_AF | DESC_INNER)
#define DEVICE		(DESC_BLOCK | DESC_AF | DESC_XN | (1UL << 2))

#define TABLE		__attribute__((aligned(4096)))

/* 0..2 GiB: secure RAM, devices; 1 TiB: normal memory */
static uint64_t low_l1[512] TABLE = { 0 | DEVICE, GIB | DEVICE };
static uint64_t dram_l1[512] TABLE = {
	DRAM_BASE | NORMAL, (DRAM_BASE + GIB) | NORMAL,
};

extern uint64_t host_l0[512];
uint64_t host_l0[512] TABLE = {
	[0] = (uint64_t)low_l1 + DESC_TABLE,
	[DRAM_BASE >> 39] = (uint64_t)dram_l1 + DESC_TABLE,
};
