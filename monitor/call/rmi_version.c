/* SPDX-License-Identifier: BSD-3-Clause */
#include "call/rmi.h"

#include "call/features.h"
#include "core/realm.h"
#include "hal/cpu.h"

struct smc_ret rmi_version(const struct smc_args *in)
{
	/* @rule VERSION.{success,unsupported} */
	uint64_t status = in->x[1] == RMI_ABI_1_0 ? RMI_SUCCESS : RMI_ERROR_INPUT;

	return ret2(status, RMI_ABI_1_0, RMI_ABI_1_0);
}

/* @rule FEATURES.register0 */
uint64_t feature_register0(void)
{
	const struct hal_features *f = hal_features();
	uint64_t v = (uint64_t)f->pa_bits << RMI_F0_S2SZ_SHIFT |
		     (uint64_t)f->num_bps << RMI_F0_NUM_BPS_SHIFT |
		     (uint64_t)f->num_wps << RMI_F0_NUM_WPS_SHIFT |
		     RMI_F0_SHA_256 | RMI_F0_SHA_512 |
		     (uint64_t)f->gic_num_lrs << RMI_F0_GIC_NUM_LRS_SHIFT |
		     (uint64_t)REALM_MAX_RECS_ORDER << RMI_F0_MAX_RECS_ORDER_SHIFT;

	if (f->sve)
		v |= RMI_F0_SVE_EN | (uint64_t)f->sve_vl << RMI_F0_SVE_VL_SHIFT;
	if (f->pmu)
		v |= RMI_F0_PMU_EN |
		     (uint64_t)f->pmu_num_ctrs << RMI_F0_PMU_NUM_CTRS_SHIFT;
	return v;
}

struct smc_ret rmi_features(const struct smc_args *in)
{
	/* @rule FEATURES.success */
	return ret1(RMI_SUCCESS, in->x[1] == 0 ? feature_register0() : 0);
}
