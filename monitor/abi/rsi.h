/* SPDX-License-Identifier: BSD-3-Clause */
/* Realm Services Interface, RMM specification (DEN0137) 1.0-rel0, B5. */
#ifndef TMM_ABI_RSI_H
#define TMM_ABI_RSI_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define RSI_VERSION			0xC4000190U
#define RSI_FEATURES			0xC4000191U
#define RSI_MEASUREMENT_READ		0xC4000192U
#define RSI_MEASUREMENT_EXTEND		0xC4000193U
#define RSI_ATTESTATION_TOKEN_INIT	0xC4000194U
#define RSI_ATTESTATION_TOKEN_CONTINUE	0xC4000195U
#define RSI_REALM_CONFIG		0xC4000196U
#define RSI_IPA_STATE_SET		0xC4000197U
#define RSI_IPA_STATE_GET		0xC4000198U
#define RSI_HOST_CALL			0xC4000199U

#define RSI_ABI_1_0			0x00010000UL

#define RSI_SUCCESS			0UL
#define RSI_ERROR_INPUT			1UL
#define RSI_ERROR_STATE			2UL
#define RSI_INCOMPLETE			3UL
#define RSI_ERROR_UNKNOWN		4UL

#define RSI_ACCEPT			0UL
#define RSI_REJECT			1UL

#define RSI_CHANGE_DESTROYED		(1UL << 0)

#define RSI_RPV_SIZE			64

struct rsi_realm_config {
	uint64_t ipa_width;		/* 0x000 */
	uint8_t hash_algo;		/* 0x008 */
	uint8_t pad0[0x1F7];
	uint8_t rpv[RSI_RPV_SIZE];	/* 0x200 */
	uint8_t pad1[0xDC0];
};
static_assert(offsetof(struct rsi_realm_config, rpv) == 0x200, "B5.4.5");
static_assert(sizeof(struct rsi_realm_config) == 0x1000, "B5.4.5");

#define RSI_HOST_CALL_GPRS		31

struct rsi_host_call {
	uint16_t imm;			/* 0x00 */
	uint8_t pad0[6];
	uint64_t gprs[RSI_HOST_CALL_GPRS]; /* 0x08 */
};
static_assert(sizeof(struct rsi_host_call) == 0x100, "B5.4.3");

#endif
