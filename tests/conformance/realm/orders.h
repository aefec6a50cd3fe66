/* SPDX-License-Identifier: BSD-3-Clause */
/* Orders that have a file of their own, and what they need of the others. */
#ifndef ORDERS_H
#define ORDERS_H

#include <stdint.h>

#define read_reg(text) ({						\
	unsigned long v_;						\
	__asm__ volatile("mrs %0, " text : "=r"(v_) : : "memory");	\
	v_; })
#define write_reg(text, v) \
	__asm__ volatile("msr " text ", %0\n\tisb" : : "r"(v) : "memory")

/* unsigned long smc18(unsigned long x[18]): x0..x17 in and out, ret = bad */
unsigned long smc18(unsigned long x[18]);

/* mmu.c: g[0] is the order, as everywhere */
void tlbi(void);
void order_mmu(const uint64_t *g);
void order_table(const uint64_t *g);
void order_toggle(const uint64_t *g);

/* share.c */
void order_touch(uint64_t *g);
void order_share(uint64_t *g);
void order_convert(uint64_t *g);

/* simd.c: the buffer holds sve_state_bytes(SIMD_MAX_VL); returns what changed */
#define SIMD_MAX_VL	32
unsigned long order_simd(uint64_t *buffer, uint64_t *g);

#endif
