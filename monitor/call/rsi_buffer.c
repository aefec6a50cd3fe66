/* SPDX-License-Identifier: BSD-3-Clause */
/* RSI calls that read or write a structure in the realm's memory. */
#include "call/rsi_buffer.h"

#include "core/rtt.h"
#include "lib/string.h"

#define HOST_CALL_ALIGN	256

struct rsi_buffer rsi_buffer_get(struct rec *rec, struct rec_exit *exit,
				 uint64_t addr, uint64_t size)
{
	const struct realm *r = rec->realm;
	ipa_t page = ipa(align_down(addr, PAGE_SIZE));
	struct rsi_buffer b = { .va = NULL };
	struct rtt_page p;

	if (!is_aligned(addr, size) || !realm_is_protected(r, page)) {
		b.next = rsi_return(rec, RSI_ERROR_INPUT);
		return b;
	}
	b.rd = granule_lock_rd(rec->rd);
	rtt_look_up(r, page, &p);
	if (p.va != NULL) {
		b.va = (unsigned char *)p.va + addr % PAGE_SIZE;
		return b;
	}
	granule_unlock(b.rd);
	/* @rule RSI_REALM_CONFIG.empty, RSI_HOST_CALL.empty */
	/* @rule RSI_ATTESTATION_TOKEN_CONTINUE.empty */
	if (p.ripas == RIPAS_EMPTY) {
		b.next = rsi_return(rec, RSI_ERROR_INPUT);
		return b;
	}
	/* @rule RSI_REALM_CONFIG.unmapped, RSI_HOST_CALL.unmapped */
	/* @rule RSI_ATTESTATION_TOKEN_CONTINUE.unmapped */
	/* @rule RSI_BUFFER.no_emulation: nothing is pending */
	rec_exit_for_buffer(exit, page, p.level);
	b.next = RSI_EXIT;
	return b;
}

/* @rule RSI_REALM_CONFIG.{addr_align,addr_bound} */
enum rsi_next rsi_realm_config(struct rec *rec, struct rec_exit *exit)
{
	struct rsi_buffer b = rsi_buffer_get(rec, exit, rec->vcpu.regs.x[1],
					     sizeof(struct rsi_realm_config));
	const struct realm *r;
	struct rsi_realm_config *c;

	if (b.va == NULL)
		return b.next;
	r = realm_of(b.rd);
	c = (void *)b.va;
	/* @rule RSI_REALM_CONFIG.success */
	memset(c, 0, sizeof(*c));
	c->ipa_width = r->cfg.ipa_width;
	c->hash_algo = r->cfg.alg == HASH_SHA256 ? 0 : 1;
	memcpy(c->rpv, r->cfg.rpv, sizeof(c->rpv));
	granule_unlock(b.rd);
	return rsi_return(rec, RSI_SUCCESS);
}

/* @rule RSI_HOST_CALL.{addr_align,addr_bound} */
enum rsi_next rsi_host_call(struct rec *rec, struct rec_exit *exit)
{
	struct rsi_buffer b = rsi_buffer_get(rec, exit, rec->vcpu.regs.x[1],
					     HOST_CALL_ALIGN);
	const struct rsi_host_call *call;

	if (b.va == NULL)
		return b.next;
	call = (const void *)b.va;
	exit->imm = call->imm;
	memcpy(exit->gprs, call->gprs, sizeof(call->gprs));
	exit->num_gprs = REC_NUM_GPRS;
	granule_unlock(b.rd);

	/* @rule RSI_HOST_CALL.success, REC_EXIT.host_call */
	exit->reason = REC_EXIT_HOST_CALL;
	rec->pending = REC_PENDING_HOST_CALL;
	return RSI_EXIT;
}

/* @rule RSI_HOST_CALL.{complete,complete_unmapped} */
enum rsi_next rsi_complete_host_call(struct rec *rec, struct rec_exit *exit,
				     const uint64_t gprs[REC_NUM_GPRS])
{
	struct rsi_buffer b = rsi_buffer_get(rec, exit, rec->vcpu.regs.x[1],
					     HOST_CALL_ALIGN);

	if (b.va == NULL)
		return b.next;
	memcpy(b.va + offsetof(struct rsi_host_call, gprs), gprs,
	       sizeof(uint64_t) * REC_NUM_GPRS);
	granule_unlock(b.rd);
	rec->vcpu.regs.x[0] = RSI_SUCCESS;
	smc_advance(rec);
	return RSI_RESUME;
}
