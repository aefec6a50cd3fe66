/* SPDX-License-Identifier: BSD-3-Clause */
/* QEMU sbsa-ref: where EL3 loads the monitor. Constants only. */
#ifndef TMM_PLAT_SBSA_REF_MEMORY_H
#define TMM_PLAT_SBSA_REF_MEMORY_H

#define TMM_BASE	0x20002000
#define TMM_LIMIT	0x20200000

#endif
