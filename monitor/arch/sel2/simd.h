/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SIMD, floating point and SVE state. The registers hold the host's until a
 * loaded realm uses them for the first time; then they change hands, and again
 * on put. Host state is saved at the CPU's greatest vector length whatever the
 * host had selected, so restoring it leaves no bit of a realm behind.
 */
#ifndef TMM_ARCH_SEL2_SIMD_H
#define TMM_ARCH_SEL2_SIMD_H

#include "arch/sel2/context.h"

/* First use by the loaded vcpu: its state is in the registers afterwards. */
void simd_load(struct vcpu_arch *a);

/* Back to the host's state and closed, if simd_load() was called since load. */
void simd_put(struct vcpu_arch *a);

/*
 * Brackets code of the monitor that uses vector registers: what they hold is
 * kept, whoever owns it. Not nested.
 */
void simd_borrow(void);
void simd_return(void);

#endif
