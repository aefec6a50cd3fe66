/*
 * Copyright (c) 2026, virtCCA contributors. All rights reserved.
 *
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * BL1 is what nobody can change; it measures BL2, which measures the rest.
 */

#include <arch_helpers.h>
#include <common/bl_common.h>
#include <drivers/measured_boot/tmmd/tmmd_rot.h>
#include <plat/common/platform.h>

void bl1_plat_mboot_init(void)
{
}

void bl1_plat_mboot_finish(void)
{
}

int plat_mboot_measure_image(unsigned int image_id, image_info_t *image)
{
	struct tmmd_from_bl1 *out = plat_tmmd_from_bl1();

	if (image_id != BL2_IMAGE_ID) {
		return 0;
	}
	if (!tmmd_hash((const void *)image->image_base, image->image_size,
		       out->bl2_hash)) {
		return -1;
	}
	out->magic = TMMD_BL1_MAGIC;
	flush_dcache_range((uintptr_t)out, sizeof(*out));
	return 0;
}
