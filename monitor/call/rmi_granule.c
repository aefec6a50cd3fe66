/* SPDX-License-Identifier: BSD-3-Clause */
#include "call/rmi.h"

/* Locks the one granule in state `from` and moves it; anything wrong is INPUT. */
static struct smc_ret move_granule(uint64_t addr, enum granule_state from,
				   bool (*move)(struct granule_locked))
{
	struct granule_req g = { .pa = pa(addr), .want = from };
	bool ok;

	if (!granules_lock(&g, 1))
		return ret(RMI_ERROR_INPUT);
	ok = move(g.got);
	granules_unlock(&g, 1);
	return ret(ok ? RMI_SUCCESS : RMI_ERROR_INPUT);
}

/*
 * @rule GRANULE_DELEGATE.{gran_align,gran_bound,gran_state}
 * @rule GRANULE_DELEGATE.gran_gpt: only the pool and normal DRAM are delegable,
 * and of these nothing is in another physical address space.
 */
struct smc_ret rmi_granule_delegate(const struct smc_args *in)
{
	return move_granule(in->x[1], GS_UNDELEGATED, granule_delegate);
}

/* @rule GRANULE_UNDELEGATE.{gran_align,gran_bound,gran_state} */
struct smc_ret rmi_granule_undelegate(const struct smc_args *in)
{
	return move_granule(in->x[1], GS_DELEGATED, granule_undelegate);
}
