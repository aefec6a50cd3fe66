/*
 * Copyright (c) 2026, virtCCA contributors. All rights reserved.
 *
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * What the virtCCA monitor is told about sbsa-ref.
 */

#include <common/debug.h>
#include <drivers/arm/gicv3.h>
#include <drivers/arm/pl011.h>
#include <drivers/console.h>
#include <lib/mmio.h>
#include <lib/utils_def.h>
#include <platform_def.h>
#include <services/tmmd_svc.h>

#include "sbsa_private.h"

#define RANGE_ALIGN	ULL(0x200000)

static console_t secure_console;

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

	if (i == TMM_MAX_RANGES) {
		return false;
	}
	for (; (i > 0U) && (manifest->dram[i - 1U].base > range.base); i--) {
		manifest->dram[i] = manifest->dram[i - 1U];
	}
	manifest->dram[i] = range;
	manifest->dram_count++;
	return true;
}

struct tmm_manifest *plat_tmmd_manifest_page(void)
{
	return (struct tmm_manifest *)PLAT_TMMD_MANIFEST_BASE;
}

bool plat_tmmd_fill_manifest(struct tmm_manifest *manifest)
{
	uintptr_t gicr_base = sbsa_get_gicr();
	uint64_t base, size;
	uint32_t node;

	for (uint32_t i = 0U; sbsa_get_memory(i, &base, &size, &node); i++) {
		struct tmm_range range = make_range(base, base + size, node);

		if ((range.size != 0U) && !add_dram(manifest, range)) {
			ERROR("TMMD: more than %u memory nodes\n",
			      TMM_MAX_RANGES);
			return false;
		}
	}
	if (manifest->dram_count == 0U) {
		ERROR("TMMD: no memory in the device tree\n");
		return false;
	}

	/* All secure memory is on the board, near no CPU in particular. */
	manifest->secure[0] = make_range(BL32_LIMIT, PLAT_TMMD_MANIFEST_BASE, 0U);
	manifest->secure_count = 1U;

	manifest->cpu_count = sbsa_get_cpu_count();
	manifest->gicr_base = gicr_base;
	manifest->gicr_stride =
		gicv3_redist_size(mmio_read_64(gicr_base + GICR_TYPER));

	/* The secure UART, which is EL3's crash console too. */
	manifest->console_base = PLAT_QEMU_CRASH_UART_BASE;
	(void)console_pl011_register(PLAT_QEMU_CRASH_UART_BASE,
				     PLAT_QEMU_CRASH_UART_CLK_IN_HZ,
				     PLAT_QEMU_CONSOLE_BAUDRATE,
				     &secure_console);
	console_set_scope(&secure_console, CONSOLE_FLAG_CRASH);
	return true;
}
