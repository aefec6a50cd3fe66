/* SPDX-License-Identifier: BSD-3-Clause */
/* Which virtual GIC values a host may load (rmm-abi.md 9.1). */
#ifndef TMM_CORE_VGIC_H
#define TMM_CORE_VGIC_H

#include "hal/vcpu.h"

/* ICH_HCR_EL2 bits that the host sets at entry and reads at exit. */
#define VGIC_HCR_ENTRY	UINT64_C(0x000040FE)
#define VGIC_HCR_EXIT	UINT64_C(0xF80040FE)

/* List registers that the machine has; higher ones are ignored. */
unsigned int vgic_num_lrs(void);
/* hcr and the first vgic_num_lrs() list registers are architecturally valid. */
MUST_USE bool vgic_is_valid(const struct vcpu_gic *gic);

#endif
