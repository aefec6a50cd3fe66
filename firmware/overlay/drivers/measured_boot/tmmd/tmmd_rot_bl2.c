/*
 * Copyright (c) 2026, virtCCA contributors. All rights reserved.
 *
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * BL2 is the last stage that can read the device's secret. When all images are
 * loaded it makes what the monitor needs of it, and wipes everything else.
 */

#include <assert.h>
#include <string.h>

#include <arch_helpers.h>
#include <common/bl_common.h>
#include <common/debug.h>
#include <drivers/measured_boot/tmmd/tmmd_rot.h>
#include <lib/utils.h>
#include <mbedtls/platform_util.h>
#include <plat/common/platform.h>

IMPORT_SYM(uintptr_t, __STACKS_START__, BL2_STACKS_START);

static struct tmmd_measurements measured;
static unsigned int images;	/* bit for each component that was loaded */

void bl2_plat_mboot_init(void)
{
}

int plat_mboot_measure_image(unsigned int image_id, image_info_t *image)
{
	enum tmmd_component c;

	switch (image_id) {
	case BL31_IMAGE_ID:
		c = TMMD_BL31;
		break;
	case BL32_IMAGE_ID:
		c = TMMD_TMM;
		break;
	default:
		/* The host's: no realm depends on it. */
		return 0;
	}
	images |= BIT_32(c);
	return tmmd_hash((const void *)image->image_base, image->image_size,
			 measured.hash[c]) ? 0 : -1;
}

static bool measure_bl2(void)
{
	const struct tmmd_from_bl1 *from = plat_tmmd_from_bl1();

	(void)memcpy(measured.hash[TMMD_BL2], from->bl2_hash, TMMD_HASH_SIZE);
	return from->magic == TMMD_BL1_MAGIC;
}

static bool measure_configuration(const struct tmm_manifest *manifest)
{
	size_t size;
	const void *config = plat_tmmd_hw_config(&size);

	return tmmd_hash(config, size, measured.hash[TMMD_HW_CONFIG]) &&
	       tmmd_hash(manifest, sizeof(*manifest),
			 measured.hash[TMMD_MANIFEST]);
}

static bool make_manifest(struct tmm_manifest *manifest, bool has_device)
{
	(void)memset(manifest, 0, PAGE_SIZE);
	manifest->magic = TMM_MANIFEST_MAGIC;
	manifest->version = TMM_MANIFEST_VERSION;
	manifest->size = sizeof(*manifest);
	if (has_device) {
		manifest->attest_base = (uintptr_t)plat_tmmd_attest_page();
		manifest->attest_size = sizeof(struct tmm_attest);
	}
	return plat_tmmd_fill_manifest(manifest);
}

static bool fill_attest(struct tmm_attest *out, const struct tmmd_keys *keys,
			const struct tmmd_device *device)
{
	size_t size = tmmd_platform_token(out->token, sizeof(out->token), device,
					  &measured, keys);

	out->magic = TMM_ATTEST_MAGIC;
	out->version = TMM_ATTEST_VERSION;
	out->size = sizeof(*out);
	out->token_size = (uint32_t)size;
	(void)memcpy(out->rak_private, keys->rak_private, sizeof(out->rak_private));
	(void)memcpy(out->rak_public, keys->rak_public, sizeof(out->rak_public));
	(void)memcpy(out->sealing_root, keys->sealing_root,
		     sizeof(out->sealing_root));
	return size != 0U;
}

/* Not inlined: its stack is below that of its caller, who wipes it. */
static bool __attribute__((noinline)) attest(struct tmm_attest *out,
					     const struct tmmd_device *device)
{
	struct tmmd_keys keys;
	bool ok;

	(void)memset(out, 0, PAGE_SIZE);
	tmmd_crypto_begin();
	ok = tmmd_derive_keys(&keys, device, &measured) &&
	     fill_attest(out, &keys, device);
	tmmd_crypto_end();
	mbedtls_platform_zeroize(&keys, sizeof(keys));
	return ok;
}

/* What the functions that were called here have left on the stack. */
static void __attribute__((noinline)) wipe_stack(void)
{
	uintptr_t base = BL2_STACKS_START;
	uintptr_t sp = (uintptr_t)__builtin_frame_address(0);

	/* By hand: a function that did it would have its own frame in the way. */
	for (volatile uint64_t *p = (uint64_t *)base; (uintptr_t)p < sp; p++) {
		*p = 0U;
	}
	flush_dcache_range(base, sp - base);
}

/*
 * Without a monitor, or on a machine that it cannot run on, there is nothing to
 * hand over, and a manifest that BL31 will not take.
 */
void bl2_plat_mboot_finish(void)
{
	const struct tmmd_device *device = plat_tmmd_device();
	struct tmm_manifest *manifest = plat_tmmd_manifest_page();
	struct tmm_attest *out = plat_tmmd_attest_page();

	if ((images != (BIT_32(TMMD_BL31) | BIT_32(TMMD_TMM))) ||
	    !make_manifest(manifest, device != NULL) || !measure_bl2() ||
	    !measure_configuration(manifest)) {
		ERROR("TMMD: no boot manifest\n");
		zero_normalmem(manifest, PAGE_SIZE);
	} else if (device == NULL) {
		NOTICE("TMMD: device is not provisioned, no attestation\n");
	} else if (!attest(out, device)) {
		ERROR("TMMD: cannot make the platform token\n");
		zero_normalmem(manifest, PAGE_SIZE);
		zero_normalmem(out, PAGE_SIZE);
	}
	wipe_stack();
	flush_dcache_range((uintptr_t)manifest, PAGE_SIZE);
	flush_dcache_range((uintptr_t)out, PAGE_SIZE);
}
