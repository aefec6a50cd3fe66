/* SPDX-License-Identifier: BSD-3-Clause */
/* What the CPUs can do, beyond what core needs to know (hal/cpu.h). */
#ifndef TMM_ARCH_AARCH64_FEATURES_H
#define TMM_ARCH_AARCH64_FEATURES_H

#include "hal/cpu.h"

struct arch_features {
	struct hal_features hal;
	bool sha256;		/* FEAT_SHA256 */
	bool sha512;		/* FEAT_SHA512 */
	bool tlb_range;		/* FEAT_TLBIRANGE */
	bool scxtnum;		/* FEAT_CSV2_2 or FEAT_CSV2_1p2 */
	bool ssbs, tco, nmi;	/* PSTATE.SSBS, TCO (FEAT_MTE), ALLINT exist */
	uint8_t num_apr;	/* ICH_AP0R<n>, ICH_AP1R<n>: 1, 2 or 4 of each */
	bool gic_dvim;		/* ICH_HCR_EL2.DVIM */
	uint8_t pa_range;	/* as in VTCR_EL2.PS */
	unsigned int zva_size;	/* bytes that DC ZVA clears, 0: not allowed */
};

extern struct arch_features features;

/* Cold boot: reads the ID registers. False: a feature we cannot do without is missing. */
bool features_init(void);
/* Warm boot: false when this CPU is not like the one that booted. */
bool features_check(void);

#endif
