/* SPDX-License-Identifier: BSD-3-Clause */
#include "call/rsi.h"

#include "core/rtt.h"

/* @rule RSI_IPA_STATE_GET.{base_align,end_align,size_valid,rgn_bound} */
/* @rule RSI_IPA_STATE_SET.{base_align,top_align,size_valid,rgn_bound} */
static bool is_protected_pages(const struct realm *r, uint64_t base, uint64_t top)
{
	return is_aligned(base | top, PAGE_SIZE) && realm_has_protected_range(r, base, top);
}

enum rsi_next rsi_ipa_state_set(struct rec *rec, struct rec_exit *exit)
{
	const uint64_t *x = rec->vcpu.regs.x;
	uint64_t base = x[1], top = x[2], flags = x[4];
	uint8_t ripas = (uint8_t)x[3];	/* the rest should be zero, and is not judged */
	/* the geometry of a realm never changes: no lock for it */
	const struct realm *r = rec->realm;

	if (!is_protected_pages(r, base, top))
		return rsi_return(rec, RSI_ERROR_INPUT);
	/* @rule RSI_IPA_STATE_SET.ripas_valid */
	if (ripas != RIPAS_EMPTY && ripas != RIPAS_RAM)
		return rsi_return(rec, RSI_ERROR_INPUT);

	/* @rule RSI_IPA_STATE_SET.success */
	rec->ripas = (struct rec_ripas){
		.base = base,
		.top = top,
		.value = (enum ripas)ripas,
		.change_destroyed = (flags & RSI_CHANGE_DESTROYED) != 0,
	};
	rec->pending = REC_PENDING_RIPAS;
	exit->reason = REC_EXIT_RIPAS_CHANGE;
	smc_advance(rec);
	return RSI_EXIT;
}

void rsi_complete_ipa_state_set(struct rec *rec, bool is_rejected)
{
	const struct rec_ripas *req = &rec->ripas;
	uint64_t *x = rec->vcpu.regs.x;
	/* @rule RSI_IPA_STATE_SET.{accept,reject} */
	bool reject = is_rejected && req->value == RIPAS_RAM && req->base != req->top;

	x[0] = RSI_SUCCESS;
	x[1] = req->base;
	x[2] = reject ? RSI_REJECT : RSI_ACCEPT;
	x[3] = 0;
	/* @rule REC.ripas_request */
	rec->ripas = (struct rec_ripas){ 0 };
}

/* The end of the run of one RIPAS that starts at base, within one table. */
static uint64_t same_ripas_until(const struct realm *r, uint64_t base, uint64_t top,
				 enum ripas *ripas)
{
	struct rtt_walk w;

	rtt_walk(r, ipa(base), RTT_PAGE_LEVEL, &w);
	*ripas = rtte_ripas(*w.entry);
	while (rtt_entry_base(&w) + rtt_level_span(w.level) < top) {
		base = rtt_entry_base(&w) + rtt_level_span(w.level);
		if (!rtt_walk_next(r, &w) || rtt_walk_is_table(&w) ||
		    rtte_ripas(*w.entry) != *ripas)
			return base;
	}
	return top;
}

enum rsi_next rsi_ipa_state_get(struct rec *rec, struct rec_exit *exit)
{
	uint64_t base = rec->vcpu.regs.x[1];
	uint64_t top = rec->vcpu.regs.x[2];
	const struct realm *r = rec->realm;
	struct granule_locked rd;
	enum ripas ripas;

	(void)exit;
	if (!is_protected_pages(r, base, top))
		return rsi_return(rec, RSI_ERROR_INPUT);

	rd = granule_lock_rd(rec->rd);
	/* @rule RSI_IPA_STATE_GET.success */
	top = same_ripas_until(r, base, top, &ripas);
	granule_unlock(rd);
	return rsi_return2(rec, RSI_SUCCESS, top, (uint64_t)ripas);
}
