/* SPDX-License-Identifier: BSD-3-Clause */
#include "call/rmi.h"

#include "call/measure.h"
#include "call/with_realm.h"
#include "core/realm.h"
#include "core/rec.h"
#include "core/vmid.h"
#include "hal/cpu.h"
#include "hal/memory.h"
#include "lib/string.h"

#define MIN_BPS		1	/* minus one; 0 is reserved */

/* @rule REALM_CREATE.{params_supp,ignored} */
static bool options_supported(const struct rmi_realm_params *p)
{
	const struct hal_features *f = hal_features();

	if ((p->flags & RMI_REALM_LPA2) != 0)
		return false;
	if ((p->flags & RMI_REALM_SVE) != 0 && (!f->sve || p->sve_vl > f->sve_vl))
		return false;
	if ((p->flags & RMI_REALM_PMU) != 0 &&
	    (!f->pmu || p->pmu_num_ctrs > f->pmu_num_ctrs))
		return false;
	return p->num_bps >= MIN_BPS && p->num_bps <= f->num_bps &&
	       p->num_wps >= MIN_BPS && p->num_wps <= f->num_wps;
}

/* Pure: no lock, no side effect. */
static bool config_from_abi(const struct rmi_realm_params *p, struct realm_config *c)
{
	unsigned int roots = realm_num_roots(p->s2sz, p->rtt_level_start);

	/* @rule REALM_CREATE.params_valid */
	if (p->hash_algo != RMI_HASH_SHA256 && p->hash_algo != RMI_HASH_SHA512)
		return false;
	if (!options_supported(p))
		return false;
	/* @rule REALM_CREATE.rtt_num_level */
	if (roots == 0 || p->rtt_num_start != roots)
		return false;
	/* @rule REALM_CREATE.rtt_align */
	if (!is_aligned(p->rtt_base, roots * PAGE_SIZE))
		return false;

	*c = (struct realm_config){
		.ipa_width = p->s2sz,
		.start_level = (int8_t)p->rtt_level_start,
		.num_roots = (uint8_t)roots,
		.vmid = p->vmid,
		.alg = p->hash_algo == RMI_HASH_SHA256 ? HASH_SHA256 : HASH_SHA512,
		.sve = (p->flags & RMI_REALM_SVE) != 0,
		.sve_vl = p->sve_vl,
		.pmu = (p->flags & RMI_REALM_PMU) != 0,
		.pmu_num_ctrs = p->pmu_num_ctrs,
		.num_bps = p->num_bps,
		.num_wps = p->num_wps,
		.root = pa(p->rtt_base),
	};
	memcpy(c->rpv, p->rpv, sizeof(c->rpv));
	return true;
}

/* The RD and its roots, as granules_lock wants them. */
static size_t request_granules(struct granule_req *g, paddr_t rd,
			       const struct realm_config *c)
{
	g[0] = (struct granule_req){ .pa = rd, .want = GS_DELEGATED };
	for (size_t i = 0; i < c->num_roots; i++) {
		g[i + 1].pa = pa(c->root.v + i * PAGE_SIZE);
		g[i + 1].want = GS_DELEGATED;
	}
	return c->num_roots + 1U;
}

struct smc_ret rmi_realm_create(const struct smc_args *in)
{
	struct granule_req g[GRANULES_MAX];
	struct rmi_realm_params p;
	struct realm_config cfg;
	size_t n;

	/* @rule REALM_CREATE.{params_align,params_bound,params_pas} */
	if (!granule_is_ns(pa(in->x[2])) || !hal_ns_read(pa(in->x[2]), &p, sizeof(p)))
		return ret(RMI_ERROR_INPUT);
	if (!config_from_abi(&p, &cfg))
		return ret(RMI_ERROR_INPUT);

	/* @rule REALM_CREATE.{alias,rd_align,rd_bound,rd_state,rtt_state} */
	n = request_granules(g, pa(in->x[1]), &cfg);
	if (!granules_lock(g, n))
		return ret(RMI_ERROR_INPUT);
	/* @rule REALM_CREATE.{vmid_valid,vmid_released}: the last thing that can fail */
	if (!vmid_take(cfg.vmid)) {
		granules_unlock(g, n);
		return ret(RMI_ERROR_INPUT);
	}

	/* @rule REALM_CREATE.success */
	realm_create(g[0].got, &g[1], &cfg);
	measure_realm(realm_of(g[0].got), &p);
	granules_unlock(g, n);
	return ret(RMI_SUCCESS);
}

/* @rule REALM_ACTIVATE.{realm_state,success} */
static struct smc_ret activate(struct realm *r, const struct smc_args *in)
{
	(void)in;
	return ret(realm_activate(r) ? RMI_SUCCESS : RMI_ERROR_REALM);
}

/* @rule REALM_ACTIVATE.{rd_align,rd_bound,rd_state,order_rd_realm_state} */
struct smc_ret rmi_realm_activate(const struct smc_args *in)
{
	return with_realm(in, activate);
}

struct smc_ret rmi_realm_destroy(const struct smc_args *in)
{
	struct granule_req rd = { .pa = pa(in->x[1]), .want = GS_RD };
	bool ok;

	/* @rule REALM_DESTROY.{rd_align,rd_bound,rd_state} */
	if (!granules_lock(&rd, 1))
		return ret(RMI_ERROR_INPUT);
	/* @rule REALM_DESTROY.{realm_live,order_rd_realm_live} */
	ok = realm_destroy(rd.got);
	granules_unlock(&rd, 1);
	return ret(ok ? RMI_SUCCESS : RMI_ERROR_REALM);
}

/* @rule REC_AUX_COUNT.success: the same for every realm */
static struct smc_ret aux_count(struct realm *r, const struct smc_args *in)
{
	(void)r;
	(void)in;
	return ret1(RMI_SUCCESS, REC_NUM_AUX);
}

/* @rule REC_AUX_COUNT.{rd_align,rd_bound,rd_state} */
struct smc_ret rmi_rec_aux_count(const struct smc_args *in)
{
	return with_realm(in, aux_count);
}
