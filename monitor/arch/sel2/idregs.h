/* SPDX-License-Identifier: BSD-3-Clause */
/* ID registers as a realm sees them (rmm-abi.md 13.2). */
#ifndef TMM_ARCH_SEL2_IDREGS_H
#define TMM_ARCH_SEL2_IDREGS_H

#include "arch/sel2/context.h"

/* op0 = 3, op1 = 0, CRn = 0: the register with this CRm and op2. */
uint64_t idreg_read(const struct vcpu_arch *a, unsigned int crm, unsigned int op2);

#endif
