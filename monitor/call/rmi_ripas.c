/* SPDX-License-Identifier: BSD-3-Clause */
/* RIPAS of ranges: chosen by the host before activation, by the realm after. */
#include "call/rmi.h"

#include "call/measure.h"
#include "call/with_realm.h"
#include "core/rec.h"
#include "core/rtt.h"

/* The part of a range that one table can change: from one entry on. */
struct ripas_scan {
	struct rtt_walk w;
	uint64_t done;		/* first byte not changed yet */
	uint64_t top;
};

static uint64_t scan_entry_top(const struct ripas_scan *s)
{
	return rtt_entry_base(&s->w) + rtt_level_span(s->w.level);
}

/* The entry lies whole in the rest of the range. */
static bool scan_fits(const struct ripas_scan *s)
{
	return scan_entry_top(s) <= s->top;
}

/* Counts the entry as done and steps to the next one; false after the last. */
static bool scan_next(struct ripas_scan *s, const struct realm *r)
{
	s->done = scan_entry_top(s);
	return s->done < s->top && rtt_walk_next(r, &s->w);
}

/* False if base is not the start of the entry it is in. */
static bool scan_start(struct ripas_scan *s, const struct realm *r, uint64_t base,
		       uint64_t top)
{
	rtt_walk(r, ipa(base), RTT_PAGE_LEVEL, &s->w);
	s->done = base;
	s->top = top;
	return rtt_entry_base(&s->w) == base;
}

static struct smc_ret scan_result(const struct ripas_scan *s, uint64_t base)
{
	if (s->done == base)
		return ret(error_rtt(s->w.level));
	return ret1(RMI_SUCCESS, s->done);
}

static bool may_init(const struct ripas_scan *s)
{
	rtte_t e = *s->w.entry;

	return !rtt_walk_is_table(&s->w) && !rtte_is_assigned(e) &&
	       rtte_ripas(e) != RIPAS_DESTROYED;
}

static struct smc_ret init_ripas(struct realm *r, const struct smc_args *in)
{
	uint64_t base = in->x[2], top = in->x[3];
	struct ripas_scan s;

	/* @rule RTT_INIT_RIPAS.{size_valid,top_bound} */
	if (!realm_has_protected_range(r, base, top))
		return ret(RMI_ERROR_INPUT);
	/* @rule RTT_INIT_RIPAS.{top_gran_align,order_top_gran_align_no_progress} */
	if (!is_aligned(top, PAGE_SIZE))
		return ret(RMI_ERROR_INPUT);
	/* @rule RTT_INIT_RIPAS.realm_state, MEASUREMENT.rim_frozen */
	if (realm_state(r) != REALM_NEW)
		return ret(RMI_ERROR_REALM);
	/* @rule RTT_INIT_RIPAS.base_align */
	if (!scan_start(&s, r, base, top))
		return ret(error_rtt(s.w.level));
	/* @rule RTT_INIT_RIPAS.{rtte_state,no_progress}: the loop stops at once */
	while (may_init(&s) && scan_fits(&s)) {
		CHECK(!rtt_set_ripas(&s.w, RIPAS_RAM));
		measure_ripas(r, rtt_entry_base(&s.w), scan_entry_top(&s));
		if (!scan_next(&s, r))
			break;
	}
	/* @rule RTT_INIT_RIPAS.success */
	return scan_result(&s, base);
}

/* @rule RTT_INIT_RIPAS.{rd_align,rd_bound,rd_state,order_rd_realm_state,order_rd_walk} */
struct smc_ret rmi_rtt_init_ripas(const struct smc_args *in)
{
	return with_realm(in, init_ripas);
}

/* @rule RTT_SET_RIPAS.destroyed */
static bool may_set(const struct ripas_scan *s, const struct rec_ripas *req)
{
	if (rtt_walk_is_table(&s->w))
		return false;
	return rtte_ripas(*s->w.entry) != RIPAS_DESTROYED || req->change_destroyed;
}

static struct smc_ret set_ripas(struct realm *r, struct rec_ripas *req, uint64_t base,
				uint64_t top)
{
	bool must_hide = false;
	struct ripas_scan s;

	/* @rule RTT_SET_RIPAS.{size_valid,base_bound,top_bound,order_base_bound_base_align} */
	if (top <= base || base != req->base || top > req->top)
		return ret(RMI_ERROR_INPUT);
	/* @rule RTT_SET_RIPAS.{top_gran_align,order_top_gran_align_no_progress} */
	if (!is_aligned(top, PAGE_SIZE))
		return ret(RMI_ERROR_INPUT);
	/* @rule RTT_SET_RIPAS.base_align */
	if (!scan_start(&s, r, base, top))
		return ret(error_rtt(s.w.level));
	/* @rule RTT_SET_RIPAS.no_progress */
	while (may_set(&s, req) && scan_fits(&s)) {
		must_hide |= rtt_set_ripas(&s.w, req->value);
		if (!scan_next(&s, r))
			break;
	}
	if (must_hide)
		rtt_hide(r, base, s.done);
	/* @rule RTT_SET_RIPAS.success */
	req->base = s.done;
	return scan_result(&s, base);
}

struct smc_ret rmi_rtt_set_ripas(const struct smc_args *in)
{
	/* @rule RTT_SET_RIPAS.{rd_align,rd_bound,rd_state} */
	/* @rule RTT_SET_RIPAS.{rec_align,rec_bound,rec_gran_state} */
	struct granule_req g[] = {
		{ .pa = pa(in->x[1]), .want = GS_RD },
		{ .pa = pa(in->x[2]), .want = GS_REC },
	};
	struct smc_ret out;
	struct rec *rec;

	if (!granules_lock(g, COUNT_OF(g)))
		return ret(RMI_ERROR_INPUT);
	/* @rule RTT_SET_RIPAS.{order_rd_walk,order_rec_rec_state} */
	rec = rec_of(g[1].got);
	/* @rule RTT_SET_RIPAS.{rec_state,rec_owner} */
	if (rec_is_running(g[1].got) || rec->rd != g[0].got.g)
		out = ret(RMI_ERROR_REC);
	else
		out = set_ripas(realm_of(g[0].got), &rec->ripas, in->x[3], in->x[4]);
	granules_unlock(g, COUNT_OF(g));
	return out;
}
