/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RSI and PSCI: what a realm asks for by SMC. One row for each function, as for
 * RMI. A handler owns the running REC; it takes the RD's lock itself where it
 * needs the realm. It sets the result registers and moves past the SMC, except
 * when the host must first mend a buffer (rmm-abi.md 8.6).
 */
#ifndef TMM_CALL_RSI_H
#define TMM_CALL_RSI_H

#include "abi/psci.h"
#include "abi/rsi.h"
#include "core/rec.h"

enum rsi_next {
	RSI_RESUME,	/* run the realm again */
	RSI_EXIT,	/* *exit is filled in */
};

/*	number			handler */
#define RSI_CALLS(X)						\
	X(RSI_VERSION,			rsi_version)		\
	X(RSI_FEATURES,			rsi_features)		\
	X(RSI_MEASUREMENT_READ,		rsi_measurement_read)	\
	X(RSI_MEASUREMENT_EXTEND,	rsi_measurement_extend)	\
	X(RSI_ATTESTATION_TOKEN_INIT,	rsi_attestation_token_init) \
	X(RSI_ATTESTATION_TOKEN_CONTINUE, rsi_attestation_token_continue) \
	X(RSI_REALM_CONFIG,		rsi_realm_config)	\
	X(RSI_IPA_STATE_SET,		rsi_ipa_state_set)	\
	X(RSI_IPA_STATE_GET,		rsi_ipa_state_get)	\
	X(RSI_HOST_CALL,		rsi_host_call)

#define RSI_PROTOTYPE(number, handler)	\
	enum rsi_next handler(struct rec *rec, struct rec_exit *exit);
RSI_CALLS(RSI_PROTOTYPE)
#undef RSI_PROTOTYPE

/* Answers the SMC at which the REC stands. */
enum rsi_next smc_from_realm(struct rec *rec, struct rec_exit *exit);

/* call/psci.c: false if fid is no PSCI function number */
MUST_USE bool psci_call(struct rec *rec, struct rec_exit *exit, uint32_t fid,
			enum rsi_next *next);

/* call/vendor_realm.c: false if fid is none of the vendor functions of a realm */
MUST_USE bool vendor_call_of_realm(struct rec *rec, uint32_t fid, enum rsi_next *next);

/* Completes RSI_IPA_STATE_SET and RSI_HOST_CALL on the next entry. */
void rsi_complete_ipa_state_set(struct rec *rec, bool is_rejected);
/* RSI_EXIT: the buffer is gone; the call stays pending. */
enum rsi_next rsi_complete_host_call(struct rec *rec, struct rec_exit *exit,
				     const uint64_t gprs[REC_NUM_GPRS]);

/* @rule REC_PC.smc */
static inline void smc_advance(struct rec *rec)
{
	vcpu_skip(&rec->vcpu);
}

/* X0..X3 of the realm; X4 and up stay (rmm-abi.md 1.5). Moves past the SMC. */
static inline enum rsi_next rsi_return2(struct rec *rec, uint64_t status,
					uint64_t x1, uint64_t x2)
{
	uint64_t *x = rec->vcpu.regs.x;

	x[0] = status;
	x[1] = x1;
	x[2] = x2;
	x[3] = 0;
	smc_advance(rec);
	return RSI_RESUME;
}

static inline enum rsi_next rsi_return(struct rec *rec, uint64_t status)
{
	return rsi_return2(rec, status, 0, 0);
}

#endif
