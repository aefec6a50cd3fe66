/*
 * Copyright (c) 2026, virtCCA contributors. All rights reserved.
 *
 * SPDX-License-Identifier: BSD-3-Clause
 */

#include <lib/psci/psci_lib.h>

#include "tmmd_private.h"

/*
 * The monitor keeps no state on a CPU outside a call, and a CPU that is in a
 * call cannot get to PSCI. So there is nothing to ask of the monitor before a
 * CPU goes down, and no reason for it to refuse.
 */
static int32_t tmmd_svc_off(u_register_t unused)
{
	tmmd_cpu_off();
	return 0;
}

static void tmmd_svc_on_finish(u_register_t unused)
{
	tmmd_cpu_on();
}

/*
 * Suspend needs no hooks. What the monitor has set on this CPU was recorded
 * when it booted and is loaded anew by every call, so a CPU that lost its
 * registers is as ready for the next call as one that did not. Everything else
 * the monitor loads itself when it needs it, by contract.
 */
static const spd_pm_ops_t tmmd_pm_ops = {
	.svc_off = tmmd_svc_off,
	.svc_on_finish = tmmd_svc_on_finish,
};

void tmmd_pm_init(void)
{
	psci_register_spd_pm_hook(&tmmd_pm_ops);
}
