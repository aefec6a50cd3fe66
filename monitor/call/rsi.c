/* SPDX-License-Identifier: BSD-3-Clause */
#include "call/rsi.h"

#include "abi/smccc.h"
#include "hal/stat.h"
#include "lib/bits.h"

typedef enum rsi_next rsi_handler(struct rec *rec, struct rec_exit *exit);

/* Indexed by function number. */
static rsi_handler *const handlers[] = {
#define RSI_ROW(number, handler) [(number) - RSI_VERSION] = handler,
	RSI_CALLS(RSI_ROW)
#undef RSI_ROW
};

enum rsi_next smc_from_realm(struct rec *rec, struct rec_exit *exit)
{
	uint32_t fid = (uint32_t)rec->vcpu.regs.x[0] & ~SMCCC_SVE_HINT;
	uint32_t number = fid - RSI_VERSION;
	enum rsi_next next;

	hal_stat_add(HAL_STAT_RSI_CALLS, 1);
	if (number < COUNT_OF(handlers) && handlers[number] != NULL)
		return handlers[number](rec, exit);
	if (psci_call(rec, exit, fid, &next) || vendor_call_of_realm(rec, fid, &next))
		return next;

	/* @rule SMCCC.{version,realm_unknown} 1.3, as the hint is understood */
	return rsi_return(rec, fid == SMCCC_VERSION ? SMCCC_VERSION_1_3 :
						      SMCCC_NOT_SUPPORTED);
}

enum rsi_next rsi_version(struct rec *rec, struct rec_exit *exit)
{
	/* @rule RSI_VERSION.{success,unsupported} */
	bool is_known = rec->vcpu.regs.x[1] == RSI_ABI_1_0;

	(void)exit;
	return rsi_return2(rec, is_known ? RSI_SUCCESS : RSI_ERROR_INPUT, RSI_ABI_1_0,
			   RSI_ABI_1_0);
}

enum rsi_next rsi_features(struct rec *rec, struct rec_exit *exit)
{
	(void)exit;
	/* @rule RSI_FEATURES.success */
	return rsi_return(rec, RSI_SUCCESS);
}
