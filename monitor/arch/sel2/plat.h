/* SPDX-License-Identifier: BSD-3-Clause */
/* What a board must offer the S-EL2 backend; its memory comes by manifest. */
#ifndef TMM_ARCH_SEL2_PLAT_H
#define TMM_ARCH_SEL2_PLAT_H

#include <stdint.h>

/* base: console of the manifest, mapped as Device; 0 where there is none. */
void plat_console_init(uint64_t base);

#endif
