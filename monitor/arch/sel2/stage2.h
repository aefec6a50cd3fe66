/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TMM_ARCH_SEL2_STAGE2_H
#define TMM_ARCH_SEL2_STAGE2_H

#include "hal/stage2.h"

/* Both roots and their geometry into the registers of this CPU. */
void stage2_load(const struct hal_stage2 *s2);

#endif
