/* SPDX-License-Identifier: BSD-3-Clause */
#include "call/rsi.h"

#include "core/measurement.h"
#include "lib/string.h"

enum rsi_next rsi_measurement_read(struct rec *rec, struct rec_exit *exit)
{
	uint64_t index = rec->vcpu.regs.x[1];
	struct granule_locked rd;

	(void)exit;
	/* @rule RSI_MEASUREMENT_READ.index_bound */
	if (index >= REALM_MEASUREMENTS)
		return rsi_return(rec, RSI_ERROR_INPUT);

	rd = granule_lock_rd(rec->rd);
	/* @rule RSI_MEASUREMENT_READ.success */
	memcpy(&rec->vcpu.regs.x[1], realm_of(rd)->measurement[index], HASH_MAX_SIZE);
	granule_unlock(rd);
	rec->vcpu.regs.x[0] = RSI_SUCCESS;
	smc_advance(rec);
	return RSI_RESUME;
}

enum rsi_next rsi_measurement_extend(struct rec *rec, struct rec_exit *exit)
{
	uint64_t index = rec->vcpu.regs.x[1];
	uint64_t size = rec->vcpu.regs.x[2];
	struct granule_locked rd;

	(void)exit;
	/* @rule RSI_MEASUREMENT_EXTEND.{index_bound,size_bound} */
	if (index <= MEASUREMENT_RIM || index >= REALM_MEASUREMENTS ||
	    size > HASH_MAX_SIZE)
		return rsi_return(rec, RSI_ERROR_INPUT);

	rd = granule_lock_rd(rec->rd);
	/* @rule RSI_MEASUREMENT_EXTEND.success */
	measurement_extend(realm_of(rd), (unsigned int)index, &rec->vcpu.regs.x[3],
			   size);
	granule_unlock(rd);
	return rsi_return(rec, RSI_SUCCESS);
}
