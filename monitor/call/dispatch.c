/* SPDX-License-Identifier: BSD-3-Clause */
#include "call/rmi.h"

#include "abi/vendor.h"
#include "lib/bits.h"

typedef struct smc_ret rmi_handler(const struct smc_args *in);

/* Indexed by function number; numbers without a row stay NULL. */
static rmi_handler *const handlers[] = {
#define RMI_ROW(number, handler, inputs) [(number) - RMI_VERSION] = handler,
	RMI_CALLS(RMI_ROW)
#undef RMI_ROW
};

/* @rule SMCCC.outputs: two calls return five registers, all others leave x4 alone. */
static bool has_x4(uint32_t fid)
{
	return fid == RMI_RTT_READ_ENTRY || fid == TMM_POOL_INFO;
}

static struct smc_ret call_handler(const struct smc_args *in, uint32_t fid)
{
	uint32_t number = fid - RMI_VERSION;

	if (number < COUNT_OF(handlers) && handlers[number] != NULL)
		return handlers[number](in);
	/* @rule SMCCC.unknown_rmi: also numbers that have no row */
	return vendor_call(in);
}

void smc_from_host(uint64_t x[SMC_NUM_ARGS])
{
	/* @rule SMCCC.{sve_hint,smc32} */
	uint32_t fid = (uint32_t)x[0] & ~SMCCC_SVE_HINT;
	struct smc_ret out;

	x[0] = fid;
	out = call_handler((const struct smc_args *)(const void *)x, fid);
	for (size_t i = 0; i < SMC_NUM_RETS - 1; i++)
		x[i] = out.x[i];
	if (has_x4(fid))
		x[4] = out.x[4];
}
