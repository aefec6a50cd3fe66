/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions of our own for realms (abi/vendor.h, docs/abi.md 4). */
#include "call/rsi.h"

#include "abi/vendor.h"
#include "core/measurement.h"
#include "hal/attest.h"
#include "lib/string.h"

#define LABEL_SIZE	24

/* What a key depends on, besides the platform. */
struct key_info {
	char label[LABEL_SIZE];
	uint8_t hash_algo;
	uint8_t rim[HASH_MAX_SIZE];
	uint8_t context[TMM_REALM_CONTEXT_SIZE];
};
static_assert(sizeof(struct key_info) == LABEL_SIZE + 1 + 64 + 32, "no gaps: it is hashed");
static_assert(HAL_SEALING_KEY_SIZE == TMM_REALM_KEY_SIZE, "abi/vendor.h");

static enum rsi_next version(struct rec *rec)
{
	return rsi_return2(rec, RSI_SUCCESS, TMM_REALM_VERSION_1_0,
			   hal_attest() != NULL ? TMM_REALM_FEATURE_KEY : 0);
}

static enum rsi_next realm_key(struct rec *rec)
{
	struct key_info info = { .label = "virtCCA realm key v1" };
	uint64_t *x = rec->vcpu.regs.x;
	struct granule_locked rd;

	if (hal_attest() == NULL)
		return rsi_return(rec, RSI_ERROR_UNKNOWN);
	memcpy(info.context, &x[1], sizeof(info.context));
	rd = granule_lock_rd(rec->rd);
	info.hash_algo = realm_of(rd)->cfg.alg == HASH_SHA256 ? 0 : 1;
	memcpy(info.rim, realm_of(rd)->measurement[MEASUREMENT_RIM], sizeof(info.rim));
	granule_unlock(rd);
	rsi_return(rec, RSI_SUCCESS);
	hal_sealing_key(&info, sizeof(info), (uint8_t *)&x[1]);
	return RSI_RESUME;
}

bool vendor_call_of_realm(struct rec *rec, uint32_t fid, enum rsi_next *next)
{
	switch (fid) {
	case TMM_REALM_VERSION:
		*next = version(rec);
		return true;
	case TMM_REALM_KEY:
		*next = realm_key(rec);
		return true;
	default:
		return false;
	}
}
