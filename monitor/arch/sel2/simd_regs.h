/* SPDX-License-Identifier: BSD-3-Clause */
/* Vector registers to memory and back; simd.S. CPTR_EL2 allows it. */
#ifndef TMM_ARCH_SEL2_SIMD_REGS_H
#define TMM_ARCH_SEL2_SIMD_REGS_H

void simd_save_v(void *v);
void simd_load_v(const void *v);

/* At the current vector length. z0: Z0..Z15, z16: Z16..Z31. */
void simd_save_z(void *z0, void *z16);
void simd_load_z(const void *z0, const void *z16);
/* Predicates and FFR */
void simd_save_p(void *p);
void simd_load_p(const void *p);

#endif
