/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Self-hosted debug of realms. MDCR_EL2.TDA is always set: debug registers of
 * a realm live in memory and are changed by emulation, which keeps its number
 * of breakpoints honest and costs nothing on entry and exit. They are put into
 * the CPU only while MDSCR_EL1.MDE of the realm is set.
 */
#ifndef TMM_ARCH_SEL2_DEBUG_H
#define TMM_ARCH_SEL2_DEBUG_H

#include "arch/sel2/context.h"

/* On load and put of the vcpu. */
void debug_load(struct vcpu_arch *a);
void debug_put(struct vcpu_arch *a);

/*
 * A trapped access to a debug register (op0 = 2) that the realm has. `reg` is
 * the ISS encoding. False: no such register.
 */
bool debug_read(struct vcpu_arch *a, uint32_t reg, uint64_t *value);
bool debug_write(struct vcpu_arch *a, uint32_t reg, uint64_t value);

#endif
