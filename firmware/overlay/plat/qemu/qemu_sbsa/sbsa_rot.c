/*
 * Copyright (c) 2026, virtCCA contributors. All rights reserved.
 *
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * Where sbsa-ref keeps what the root of trust needs. The device's secret is in
 * the last block of the secure flash, which BL31 and the monitor do not map.
 * The emulator has no lock for it: see docs/attestation.md of virtCCA.
 */

#include <drivers/measured_boot/tmmd/tmmd_rot.h>
#include <platform_def.h>

const struct tmmd_device *plat_tmmd_device(void)
{
	const struct tmmd_device *device =
		(const struct tmmd_device *)PLAT_TMMD_DEVICE_BASE;

	return ((device->magic == TMMD_DEVICE_MAGIC) &&
		(device->version == TMMD_DEVICE_VERSION)) ? device : NULL;
}

struct tmmd_from_bl1 *plat_tmmd_from_bl1(void)
{
	return (struct tmmd_from_bl1 *)PLAT_TMMD_BL1_BASE;
}

struct tmm_manifest *plat_tmmd_manifest_page(void)
{
	return (struct tmm_manifest *)PLAT_TMMD_MANIFEST_BASE;
}

struct tmm_attest *plat_tmmd_attest_page(void)
{
	return (struct tmm_attest *)PLAT_TMMD_ATTEST_BASE;
}
