/* SPDX-License-Identifier: BSD-3-Clause */
/* What entry.S calls on the way up, with translation on. */
#ifndef TMM_ARCH_SEL2_BOOT_H
#define TMM_ARCH_SEL2_BOOT_H

#include <stdbool.h>
#include <stdint.h>

struct tmm_manifest;

/* First CPU: the checked copy of the manifest, NULL to refuse. */
const struct tmm_manifest *boot_cold(unsigned int cpu, uint64_t manifest_pa);
/* Any other: false to refuse. */
bool boot_warm_cpu(unsigned int cpu);

#endif
