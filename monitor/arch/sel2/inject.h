/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TMM_ARCH_SEL2_INJECT_H
#define TMM_ARCH_SEL2_INJECT_H

#include "hal/vcpu.h"

/* Undefined Instruction exception at the current pc; the vcpu is loaded. */
void inject_undefined(struct vcpu *v);

#endif
