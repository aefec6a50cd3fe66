/*
 * Copyright (c) 2026, virtCCA contributors. All rights reserved.
 *
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * What sbsa-ref has for the virtCCA monitor at run time.
 */

#include <drivers/arm/pl011.h>
#include <drivers/console.h>
#include <platform_def.h>
#include <services/tmmd_svc.h>

static console_t secure_console;

struct tmm_manifest *plat_tmmd_manifest_page(void)
{
	return (struct tmm_manifest *)PLAT_TMMD_MANIFEST_BASE;
}

/* EL3 speaks on the monitor's console when both have crashed. */
void plat_tmmd_setup(void)
{
	(void)console_pl011_register(PLAT_QEMU_CRASH_UART_BASE,
				     PLAT_QEMU_CRASH_UART_CLK_IN_HZ,
				     PLAT_QEMU_CONSOLE_BAUDRATE,
				     &secure_console);
	console_set_scope(&secure_console, CONSOLE_FLAG_CRASH);
}
