/* SPDX-License-Identifier: BSD-3-Clause */
/* What EL3 hands over at boot (abi/boot.h), before anything is done with it. */
#ifndef TMM_ARCH_AARCH64_MANIFEST_H
#define TMM_ARCH_AARCH64_MANIFEST_H

#include "abi/boot.h"
#include <stdbool.h>

/*
 * Checks every field of the monitor's own copy: versions, counts, alignment,
 * all addresses below 2^pa_bits, and no two of the ranges, the devices, the page
 * for attestation and the block of the image at `image` in the same place. Then sorts the ranges.
 */
bool manifest_check(struct tmm_manifest *m, unsigned int pa_bits, uint64_t image);

#endif
