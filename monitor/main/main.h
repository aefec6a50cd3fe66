/* SPDX-License-Identifier: BSD-3-Clause */
/* What the backend's assembly calls; nobody else. */
#ifndef TMM_MAIN_MAIN_H
#define TMM_MAIN_MAIN_H

#include <stdint.h>

/*
 * Cold boot on the primary CPU, with the monitor's own translation on.
 * manifest: readable copy of what EL3 handed over, already checked by the
 * backend. Returns 0, or the negative status for TMM_EL3_BOOT_COMPLETE.
 */
struct tmm_manifest;
int64_t main_cold(const struct tmm_manifest *manifest);

/* PSCI CPU_ON of another CPU, likewise. */
int64_t main_warm(void);

/*
 * One call from the Normal world. x[0..7] in; x[0..4] out, where an x4 that is
 * no output keeps its value (rmm-abi.md 1.5).
 */
void main_smc(uint64_t x[8]);

#endif
