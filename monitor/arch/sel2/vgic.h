/* SPDX-License-Identifier: BSD-3-Clause */
/* Virtual GIC interface and the redistributor of this CPU. */
#ifndef TMM_ARCH_SEL2_VGIC_H
#define TMM_ARCH_SEL2_VGIC_H

#include "arch/sel2/context.h"

/* Finds this CPU's redistributor and opens the system registers. */
void vgic_cpu_init(uint64_t gicr_base, uint64_t gicr_stride, uint32_t frames);

void vgic_load(const struct vcpu_arch *a, const struct vcpu_gic *gic);
void vgic_put(struct vcpu_arch *a, struct vcpu_gic *gic);

/*
 * Disables the PPIs in `want` (bits of GICR_ISENABLER0) and enables again
 * those disabled before that are no longer wanted. Done when this returns.
 */
void gicr_mask_ppis(uint32_t want);

#endif
