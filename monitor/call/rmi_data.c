/* SPDX-License-Identifier: BSD-3-Clause */
#include "call/rmi.h"

#include "call/measure.h"
#include "call/with_realm.h"
#include "core/rtt.h"
#include "hal/memory.h"

/* Both DATA_CREATE calls: the entry that the page shall fill, or the error. */
static uint64_t find_unassigned(const struct realm *r, ipa_t a, struct rtt_walk *w)
{
	rtt_walk(r, a, RTT_PAGE_LEVEL, w);
	/* @rule DATA_CREATE.rtt_walk, DATA_CREATE_UNKNOWN.rtt_walk */
	if (w->level != RTT_PAGE_LEVEL)
		return error_rtt(w->level);
	/* @rule DATA_CREATE.rtte_state, DATA_CREATE_UNKNOWN.rtte_state */
	if (rtte_is_assigned(*w->entry))
		return error_rtt(w->level);
	return RMI_SUCCESS;
}

/* @rule DATA_CREATE.{ipa_align,ipa_bound}, DATA_CREATE_UNKNOWN.{ipa_align,ipa_bound} */
/* @rule DATA_DESTROY.{ipa_align,ipa_bound} */
static bool is_protected_page(const struct realm *r, ipa_t a)
{
	return is_aligned(a.v, PAGE_SIZE) && realm_is_protected(r, a);
}

static uint64_t data_create(struct realm *r, const struct smc_args *in,
			    struct granule_locked data)
{
	ipa_t a = ipa(in->x[3]);
	void *page = granule_page(data.g);
	struct rtt_walk w;
	uint64_t status;

	/* @rule DATA_CREATE.realm_state, MEASUREMENT.rim_frozen */
	if (realm_state(r) != REALM_NEW)
		return RMI_ERROR_REALM;
	/* @rule DATA_CREATE.order_ipa_bound_walk */
	if (!is_protected_page(r, a))
		return RMI_ERROR_INPUT;
	status = find_unassigned(r, a, &w);
	if (status != RMI_SUCCESS)
		return status;
	/* @rule PTR.gpf */
	if (!hal_ns_read(pa(in->x[4]), page, PAGE_SIZE)) {
		hal_page_zero(page);	/* I1 */
		return RMI_ERROR_INPUT;
	}

	measure_data(r, a, in->x[5], page);
	/* @rule DATA_CREATE.success, RIPAS.data_create */
	rtt_assign(&w, data, RIPAS_RAM);
	return RMI_SUCCESS;
}

struct smc_ret rmi_data_create(const struct smc_args *in)
{
	/* @rule DATA_CREATE.{rd_align,rd_bound,rd_state} */
	/* @rule DATA_CREATE.{data_align,data_bound,data_state,data_bound2} */
	struct granule_req g[] = {
		{ .pa = pa(in->x[1]), .want = GS_RD },
		{ .pa = pa(in->x[2]), .want = GS_DELEGATED },
	};
	uint64_t status;

	/* @rule DATA_CREATE.flags */
	if ((in->x[5] & ~RMI_DATA_MEASURE) != 0)
		return ret(RMI_ERROR_INPUT);
	/* @rule DATA_CREATE.{src_align,src_bound,src_pas} */
	if (!granule_is_ns(pa(in->x[4])) || !granules_lock(g, COUNT_OF(g)))
		return ret(RMI_ERROR_INPUT);
	/* @rule DATA_CREATE.{order_rd_realm_state,order_rd_walk} */
	status = data_create(realm_of(g[0].got), in, g[1].got);
	granules_unlock(g, COUNT_OF(g));
	return ret(status);
}

static uint64_t data_create_unknown(const struct realm *r, ipa_t a,
				    struct granule_locked data)
{
	struct rtt_walk w;
	uint64_t status;

	/* @rule DATA_CREATE_UNKNOWN.order_ipa_bound_walk */
	if (!is_protected_page(r, a))
		return RMI_ERROR_INPUT;
	status = find_unassigned(r, a, &w);
	/* @rule DATA_CREATE_UNKNOWN.success, RIPAS.data_create_unknown */
	/* @rule MEASUREMENT.rim_unmeasured */
	if (status == RMI_SUCCESS)
		rtt_assign(&w, data, rtte_ripas(*w.entry));
	return status;
}

struct smc_ret rmi_data_create_unknown(const struct smc_args *in)
{
	/* @rule DATA_CREATE_UNKNOWN.{rd_align,rd_bound,rd_state} */
	/* @rule DATA_CREATE_UNKNOWN.{data_align,data_bound,data_state,data_bound2} */
	struct granule_req g[] = {
		{ .pa = pa(in->x[1]), .want = GS_RD },
		{ .pa = pa(in->x[2]), .want = GS_DELEGATED },
	};
	uint64_t status;

	if (!granules_lock(g, COUNT_OF(g)))
		return ret(RMI_ERROR_INPUT);
	/* @rule DATA_CREATE_UNKNOWN.order_rd_walk */
	status = data_create_unknown(realm_of(g[0].got), ipa(in->x[3]), g[1].got);
	granules_unlock(g, COUNT_OF(g));
	return ret(status);
}

static struct smc_ret data_destroy(struct realm *r, const struct smc_args *in)
{
	ipa_t a = ipa(in->x[2]);
	struct rtt_walk w;
	struct granule *data;

	/* @rule DATA_DESTROY.order_ipa_bound_walk */
	if (!is_protected_page(r, a))
		return ret(RMI_ERROR_INPUT);
	rtt_walk(r, a, RTT_PAGE_LEVEL, &w);
	/* @rule DATA_DESTROY.{rtt_walk,rtte_state} */
	if (w.level != RTT_PAGE_LEVEL || !rtte_is_assigned(*w.entry))
		return ret2(error_rtt(w.level), 0, rtt_skip_non_live(r, &w));

	/* @rule DATA_DESTROY.success */
	data = rtt_unassign(r, &w);
	return ret2(RMI_SUCCESS, granule_pa(data).v, rtt_skip_non_live(r, &w));
}

/* @rule DATA_DESTROY.{rd_align,rd_bound,rd_state,order_rd_walk} */
struct smc_ret rmi_data_destroy(const struct smc_args *in)
{
	return with_realm(in, data_destroy);
}
