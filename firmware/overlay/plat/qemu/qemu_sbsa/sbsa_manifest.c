/*
 * Copyright (c) 2026, virtCCA contributors. All rights reserved.
 *
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * What the virtCCA monitor is told about sbsa-ref. BL2 reads it from QEMU's
 * device tree, as BL31 does for itself, because BL2 measures it.
 */

#include <libfdt.h>

#include <common/debug.h>
#include <common/fdt_wrappers.h>
#include <drivers/arm/gicv3.h>
#include <drivers/measured_boot/tmmd/tmmd_rot.h>
#include <lib/mmio.h>
#include <lib/utils_def.h>
#include <platform_def.h>

#define RANGE_ALIGN	ULL(0x200000)

static const void *const fdt = (const void *)ARM_PRELOADED_DTB_BASE;

/* A property of n numbers, two cells each. */
static bool read_numbers(int node, const char *name, unsigned int n,
			 uint64_t *out)
{
	uint32_t cells[8];

	if ((2U * n > ARRAY_SIZE(cells)) ||
	    (fdt_read_uint32_array(fdt, node, name, 2U * n, cells) != 0)) {
		return false;
	}
	for (unsigned int i = 0U; i < n; i++) {
		out[i] = ((uint64_t)cells[2U * i] << 32) | cells[2U * i + 1U];
	}
	return true;
}

/* Cuts the range down to whole units of RANGE_ALIGN, possibly to nothing. */
static struct tmm_range make_range(uint64_t base, uint64_t end, uint32_t node)
{
	struct tmm_range range = { .node = node };

	base = round_up(base, RANGE_ALIGN);
	end = round_down(end, RANGE_ALIGN);
	if (base < end) {
		range.base = base;
		range.size = end - base;
	}
	return range;
}

/* Inserts by address. QEMU lists its memory nodes from the top down. */
static bool add_dram(struct tmm_manifest *manifest, struct tmm_range range)
{
	uint32_t i = manifest->dram_count;

	if (range.size == 0U) {
		return true;
	}
	if (i == TMM_MAX_RANGES) {
		ERROR("TMMD: more than %u memory nodes\n", TMM_MAX_RANGES);
		return false;
	}
	for (; (i > 0U) && (manifest->dram[i - 1U].base > range.base); i--) {
		manifest->dram[i] = manifest->dram[i - 1U];
	}
	manifest->dram[i] = range;
	manifest->dram_count++;
	return true;
}

/* memory@... { device_type = "memory"; reg = <base, size>; numa-node-id; } */
static bool fill_dram(struct tmm_manifest *manifest)
{
	int node = -1;

	for (;;) {
		uint64_t reg[2];
		uint32_t numa;

		node = fdt_node_offset_by_prop_value(fdt, node, "device_type",
						     "memory", sizeof("memory"));
		if (node < 0) {
			break;
		}
		if (!read_numbers(node, "reg", 2U, reg)) {
			ERROR("TMMD: memory without an address\n");
			return false;
		}
		numa = fdt_read_uint32_default(fdt, node, "numa-node-id", 0U);
		if (!add_dram(manifest,
			      make_range(reg[0], reg[0] + reg[1], numa))) {
			return false;
		}
	}
	return manifest->dram_count != 0U;
}

/* cpus { cpu@0 {}; cpu@1 {}; ... topology {}; } */
static uint32_t count_cpus(void)
{
	int cpus = fdt_path_offset(fdt, "/cpus");
	uint32_t count = 0U;
	int node;

	if (cpus < 0) {
		return 0U;
	}
	fdt_for_each_subnode(node, fdt, cpus) {
		if (fdt_getprop(fdt, node, "reg", NULL) != NULL) {
			count++;
		}
	}
	return count;
}

/* intc { reg = <distributor, redistributors>; }, which old machines lack. */
static uint64_t find_gicr(void)
{
	int node = fdt_path_offset(fdt, "/intc");
	uint64_t reg[4];

	return ((node >= 0) && read_numbers(node, "reg", 4U, reg)) ? reg[2] :
								     GICR_BASE;
}

bool plat_tmmd_fill_manifest(struct tmm_manifest *manifest)
{
	if ((fdt_check_header(fdt) != 0) ||
	    (fdt_totalsize(fdt) > PLAT_QEMU_DT_MAX_SIZE) ||
	    !fill_dram(manifest)) {
		ERROR("TMMD: no memory in the device tree\n");
		return false;
	}

	/* All secure memory is on the board, near no CPU in particular. */
	manifest->secure[0] = make_range(BL32_LIMIT, PLAT_TMMD_BL1_BASE, 0U);
	manifest->secure_count = 1U;
	manifest->cpu_count = count_cpus();
	manifest->gicr_base = find_gicr();
	manifest->gicr_stride =
		gicv3_redist_size(mmio_read_64(manifest->gicr_base + GICR_TYPER));
	/* The secure UART, which is EL3's crash console too. */
	manifest->console_base = PLAT_QEMU_CRASH_UART_BASE;
	return true;
}

const void *plat_tmmd_hw_config(size_t *size)
{
	*size = fdt_totalsize(fdt);
	return fdt;
}
