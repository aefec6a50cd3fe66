/* SPDX-License-Identifier: BSD-3-Clause */
/* EL1 timers of host and realm (ADR 0004). */
#ifndef TMM_ARCH_SEL2_TIMERS_H
#define TMM_ARCH_SEL2_TIMERS_H

#include "arch/sel2/context.h"

/*
 * The CPU's timers to *out, then those of *in to the CPU. ISTATUS of either is
 * under its own CNTVOFF_EL2; the one given belongs to *in.
 */
void timers_swap(struct vcpu_timers *out, const struct vcpu_timers *in,
		 uint64_t cntvoff);

/* Remembers the levels of the timers just saved as those the host will see. */
void timers_report(struct vcpu_arch *a);

/*
 * Before each entry: masks at the redistributor what the host already knows
 * to be asserted. True when a level differs from what it was told.
 */
bool timers_changed(struct vcpu_arch *a);

/* After the host's timers are back. */
void timers_unmask(void);

#endif
