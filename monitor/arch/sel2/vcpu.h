/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TMM_ARCH_SEL2_VCPU_H
#define TMM_ARCH_SEL2_VCPU_H

/*
 * For a panic: whatever this CPU has loaded is dropped, the host's registers
 * are put back.
 */
void vcpu_abandon(void);

#endif
