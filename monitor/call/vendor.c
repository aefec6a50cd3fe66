/* SPDX-License-Identifier: BSD-3-Clause */
#include "call/rmi.h"

#include "abi/vendor.h"
#include "core/pool.h"
#include "hal/stat.h"

static uint64_t num_pools(void)
{
	size_t n = 0;

	while (granule_pool_range(n) != NULL)
		n++;
	return n;
}

static struct smc_ret version(void)
{
	return (struct smc_ret){ { RMI_SUCCESS, TMM_VERSION_1_0,
				   TMM_FEATURE_POOL | TMM_FEATURE_SHADOW,
				   num_pools() } };
}

static struct smc_ret pool_info(uint64_t index)
{
	const struct granule_range *r = NULL;

	if (index < GRANULE_MAX_RANGES)
		r = granule_pool_range(index);
	if (r == NULL)
		return ret(RMI_ERROR_INPUT);
	return (struct smc_ret){ { RMI_SUCCESS, r->base, r->size, r->node,
				   pool_free_pages(r) } };
}

static const enum hal_stat stats[TMM_STAT_COUNT] = {
	[TMM_STAT_HEAL_TRAPS] = HAL_STAT_HEAL_TRAPS,
	[TMM_STAT_HEAL_DESCRIPTORS] = HAL_STAT_HEAL_DESCRIPTORS,
	[TMM_STAT_REC_ENTRIES] = HAL_STAT_REC_ENTRIES,
	[TMM_STAT_RSI_CALLS] = HAL_STAT_RSI_CALLS,
};

static struct smc_ret stat(uint64_t which)
{
	if (which >= TMM_STAT_COUNT)
		return ret(RMI_ERROR_INPUT);
	return ret1(RMI_SUCCESS, hal_stat_read(stats[which]));
}

struct smc_ret vendor_call(const struct smc_args *in)
{
	switch (in->x[0]) {
	case TMM_VERSION:
		return version();
	case TMM_POOL_INFO:
		return pool_info(in->x[1]);
	case TMM_STAT:
		return stat(in->x[1]);
	default:
		return ret(SMCCC_NOT_SUPPORTED);
	}
}
