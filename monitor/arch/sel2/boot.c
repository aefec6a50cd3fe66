/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Boot of the backend: the manifest is copied, checked whole and turned into
 * mappings before anything else looks at it.
 */
#include "arch/sel2/boot.h"
#include "abi/boot.h"
#include "arch/aarch64/attest.h"
#include "arch/aarch64/features.h"
#include "arch/aarch64/manifest.h"
#include "arch/aarch64/sysreg.h"
#include "arch/sel2/cpu.h"
#include "arch/sel2/layout.h"
#include "arch/sel2/mmu.h"
#include "arch/sel2/plat.h"
#include "arch/sel2/simd.h"
#include "arch/sel2/vgic.h"
#include "hal/boot.h"
#include "hal/console.h"
#include "hal/memory.h"
#include "lib/bits.h"
#include "lib/check.h"
#include "lib/string.h"
#include <stddef.h>

_Static_assert(MAX_CPUS == TMM_MAX_CPUS, "layout.h and abi/boot.h");
_Static_assert(EL3_REQ_COMPLETE == TMM_EL3_REQ_COMPLETE, "layout.h and abi/boot.h");
_Static_assert(EL3_BOOT_COMPLETE == TMM_EL3_BOOT_COMPLETE, "layout.h and abi/boot.h");
_Static_assert(EL3_PANIC == TMM_EL3_PANIC, "layout.h and abi/boot.h");

extern char __text_start[];

static struct tmm_manifest manifest;
static bool pool_frozen;	/* hal_boot_secure() has been called */

/* The monitor fills one block, at least in its tables (tmm.lds). */
static uint64_t image_base(void)
{
	return align_down((uint64_t)__text_start, BLOCK_SIZE);
}

static bool manifest_copy(uint64_t pa)
{
	_Static_assert(sizeof(manifest) <= PAGE_SIZE, "one page");

	if (!is_aligned(pa, PAGE_SIZE) || pa >= BIT(features.hal.pa_bits) ||
	    !mmu_map(FIXMAP_VA, pa, PAGE_SIZE, MMU_RODATA))
		return false;
	memcpy(&manifest, (const void *)FIXMAP_VA, sizeof(manifest));
	mmu_unmap_page(FIXMAP_VA);
	return true;
}

/* The page is wiped: from here on the monitor alone has what was in it. */
static bool attest_take(const struct tmm_manifest *m)
{
	void *page = (void *)FIXMAP_VA;
	bool ok;

	if (m->attest_base == 0)
		return true;
	if (!mmu_map(FIXMAP_VA, m->attest_base, PAGE_SIZE, MMU_DATA))
		return false;
	ok = attest_install(page);
	memset(page, 0, PAGE_SIZE);
	mmu_unmap_page(FIXMAP_VA);
	return ok;
}

static bool map_ranges(const struct tmm_range *r, uint32_t count,
		       enum mmu_type type)
{
	for (uint32_t i = 0; i < count; i++)
		if (!mmu_map(r[i].base, r[i].base, r[i].size, type))
			return false;
	return true;
}

static bool map_manifest(void)
{
	const struct tmm_manifest *m = &manifest;

	return map_ranges(m->secure, m->secure_count, MMU_DATA) &&
	       map_ranges(m->dram, m->dram_count, MMU_NS_DATA) &&
	       mmu_map(m->gicr_base, m->gicr_base,
		       m->gicr_stride * m->cpu_count, MMU_DEVICE) &&
	       (m->console_base == 0 ||
		mmu_map(m->console_base, m->console_base, PAGE_SIZE, MMU_DEVICE));
}

static void simd_areas_init(void)
{
	spa_t base = hal_boot_take(manifest.cpu_count * sizeof(struct simd_host));

	CHECK(base.v != 0);
	for (uint32_t i = 0; i < manifest.cpu_count; i++)
		cpus[i].simd = (struct simd_host *)base.v + i;
}

const struct tmm_manifest *boot_cold(unsigned int cpu, uint64_t manifest_pa)
{
	cpu_init(cpu);
	if (!features_init() || !manifest_copy(manifest_pa) ||
	    !manifest_check(&manifest, features.hal.pa_bits, image_base()) ||
	    cpu >= manifest.cpu_count || !map_manifest() || !attest_take(&manifest))
		return NULL;
	mmu_seal();
	plat_console_init(manifest.console_base);
	simd_areas_init();
	vgic_cpu_init(manifest.gicr_base, manifest.gicr_stride,
		      manifest.cpu_count);
	return &manifest;
}

bool boot_warm_cpu(unsigned int cpu)
{
	if (cpu >= manifest.cpu_count)
		return false;
	cpu_init(cpu);
	if (!features_check())
		return false;
	vgic_cpu_init(manifest.gicr_base, manifest.gicr_stride,
		      manifest.cpu_count);
	return true;
}

spa_t hal_boot_take(uint64_t size)
{
	uint64_t want = align_up(size, BLOCK_SIZE);

	CHECK(!pool_frozen);
	for (uint32_t i = 0; i < manifest.secure_count; i++) {
		struct tmm_range *r = &manifest.secure[i];
		uint64_t base = r->base;

		if (want < size || r->size < want)
			continue;
		r->base += want;
		r->size -= want;
		memset((void *)base, 0, want);
		return spa(base);
	}
	return spa(0);
}

static struct hal_range range_of(const struct tmm_range *r)
{
	return (struct hal_range){ r->base, r->size, r->node };
}

unsigned int hal_boot_secure_count(void)
{
	return manifest.secure_count;
}

struct hal_range hal_boot_secure(unsigned int i)
{
	CHECK(i < manifest.secure_count);
	pool_frozen = true;
	return range_of(&manifest.secure[i]);
}

unsigned int hal_boot_dram_count(void)
{
	return manifest.dram_count;
}

struct hal_range hal_boot_dram(unsigned int i)
{
	CHECK(i < manifest.dram_count);
	return range_of(&manifest.dram[i]);
}
