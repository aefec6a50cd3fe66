/* SPDX-License-Identifier: BSD-3-Clause */
/* RSI_ATTESTATION_TOKEN_INIT and _CONTINUE (rmm-abi.md 7.27, 12.5). */
#include "call/rsi_buffer.h"

#include "call/claims.h"
#include "core/token.h"
#include "lib/cose.h"

/* The claims once more, and a few bytes around them */
#define MESSAGE_MAX	(CLAIMS_MAX + 32)

static_assert(TOKEN_MAX >= HAL_TOKEN_MAX + CLAIMS_MAX + 256, "any token fits");

enum rsi_next rsi_attestation_token_init(struct rec *rec, struct rec_exit *exit)
{
	/* @rule ATTESTATION.challenge: x1..x8 as they lie in memory */
	const void *challenge = &rec->vcpu.regs.x[1];
	const struct hal_attest *a = hal_attest();
	uint8_t claims[CLAIMS_MAX], message[MESSAGE_MAX];
	size_t claims_size, message_size, size;
	struct granule_locked rd;

	(void)exit;
	if (a == NULL)
		return rsi_return(rec, RSI_ERROR_UNKNOWN);
	rd = granule_lock_rd(rec->rd);
	claims_size = claims_of_realm(claims, realm_of(rd), challenge, a);
	granule_unlock(rd);

	message_size = cose_signed_bytes(message, sizeof(message), claims, claims_size);
	size = claims_token(token_begin(rec), TOKEN_MAX, claims, claims_size, a);
	CHECK(message_size != 0 && size != 0);
	token_start(rec, size, message, message_size);
	return rsi_return2(rec, RSI_SUCCESS, size, 0);
}

/* @rule RSI_ATTESTATION_TOKEN_CONTINUE.{addr_align,addr_bound} */
/* @rule RSI_ATTESTATION_TOKEN_CONTINUE.{offset_bound,size_overflow,size_bound} */
static bool is_in_page(const struct rec *rec, uint64_t addr, uint64_t offset, uint64_t size)
{
	return is_aligned(addr, PAGE_SIZE) && realm_is_protected(rec->realm, ipa(addr)) &&
	       offset < PAGE_SIZE && size <= PAGE_SIZE - offset;
}

static enum rsi_next give(struct rec *rec, struct rec_exit *exit)
{
	const uint64_t *x = rec->vcpu.regs.x;
	struct rsi_buffer b;
	size_t n;

	/* @rule RSI_ATTESTATION_TOKEN_CONTINUE.size_zero */
	if (x[3] == 0)
		return rsi_return(rec, RSI_INCOMPLETE);
	b = rsi_buffer_get(rec, exit, x[1], PAGE_SIZE);
	if (b.va == NULL)
		return b.next;
	n = token_take(rec, b.va + x[2], x[3]);
	granule_unlock(b.rd);
	/* @rule RSI_ATTESTATION_TOKEN_CONTINUE.success */
	return rsi_return2(rec, rec->token.state == REC_TOKEN_NONE ? RSI_SUCCESS :
								     RSI_INCOMPLETE,
			   n, 0);
}

enum rsi_next rsi_attestation_token_continue(struct rec *rec, struct rec_exit *exit)
{
	const uint64_t *x = rec->vcpu.regs.x;

	if (!is_in_page(rec, x[1], x[2], x[3]))
		return rsi_return(rec, RSI_ERROR_INPUT);
	/* @rule RSI_ATTESTATION_TOKEN_CONTINUE.state */
	if (rec->token.state == REC_TOKEN_NONE)
		return rsi_return(rec, RSI_ERROR_STATE);

	switch (token_sign(rec)) {
	case TOKEN_IS_READY:
		return give(rec, exit);
	/* @rule RSI_ATTESTATION_TOKEN_CONTINUE.interrupted */
	case TOKEN_INTERRUPTED:
		exit->reason = REC_EXIT_IRQ;
		rsi_return(rec, RSI_INCOMPLETE);
		return RSI_EXIT;
	/* @rule RSI_ATTESTATION_TOKEN_CONTINUE.unknown */
	case TOKEN_HAS_FAILED:
		break;
	}
	return rsi_return(rec, RSI_ERROR_UNKNOWN);
}
