/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tokens from Linux, in a guest: Documentation/ABI/testing/configfs-tsm-report
 * of the kernel.
 */
#ifndef ATTEST_TSM_H
#define ATTEST_TSM_H

#include "base.h"

#define TSM_DIRECTORY	"/sys/kernel/config/tsm/report"

bool tsm_report(const char *directory, struct bytes challenge,
		struct buffer *token, struct problem *p) MUST_USE;

#endif
