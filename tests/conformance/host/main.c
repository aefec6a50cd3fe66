/* SPDX-License-Identifier: BSD-3-Clause */
#include "host/test.h"

void host_main(void)
{
	print("\nvirtCCA conformance suite\n");
	if (smc_plain(RMI_VERSION, RMI_ABI_1_0, 0, 0) == SMCCC_NOT_SUPPORTED) {
		print("FATAL no monitor: RMI_VERSION is not supported\n");
		return;
	}
	if (!cpus_start()) {
		print("FATAL a CPU does not start\n");
		return;
	}
	granule_setup();
	tests_run();
}
