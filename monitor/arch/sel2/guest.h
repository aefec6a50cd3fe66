/* SPDX-License-Identifier: BSD-3-Clause */
/* Entry into a realm and exit from it, in vectors.S. */
#ifndef TMM_ARCH_SEL2_GUEST_H
#define TMM_ARCH_SEL2_GUEST_H

#define GUEST_SYNC	0
#define GUEST_IRQ	1
#define GUEST_FIQ	2
#define GUEST_SERROR	3

#ifndef __ASSEMBLER__
#include "hal/vcpu.h"

/* Runs the realm whose registers are loaded until it traps; a GUEST_* value. */
unsigned int guest_enter(struct vcpu_regs *regs);

/* Stage 1 of the loaded realm for a privileged read: PAR_EL1, PAR_F on failure. */
uint64_t guest_translate(uint64_t va);
#endif

#endif
