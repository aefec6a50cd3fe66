/* SPDX-License-Identifier: BSD-3-Clause */
#include "call/rmi.h"

#include "abi/psci.h"
#include "call/measure.h"
#include "core/rec.h"
#include "hal/memory.h"
#include "lib/string.h"

#define REC_GRANULES	(2 + REC_NUM_AUX)	/* RD, REC, aux */

/* RmiRecMpidr to the architectural layout: only Aff3 moves. */
static uint64_t mpidr_from_abi(uint64_t m)
{
	return (m & BITS(23, 0)) | field(m, 31, 24) << 32;
}

static void config_from_abi(const struct rmi_rec_params *p, struct rec_config *c)
{
	c->mpidr = mpidr_from_abi(p->mpidr);
	c->index = rec_index_of_mpidr(c->mpidr);
	c->pc = p->pc;
	c->runnable = (p->flags & RMI_REC_RUNNABLE) != 0;
	memcpy(c->gprs, p->gprs, sizeof(c->gprs));
}

static uint64_t rec_create_in(struct realm *r, struct granule_req g[REC_GRANULES],
			      const struct rmi_rec_params *p)
{
	struct rec_config cfg;

	/* @rule REC_CREATE.realm_state, MEASUREMENT.rim_frozen */
	if (realm_state(r) != REALM_NEW)
		return RMI_ERROR_REALM;
	/* @rule REC_CREATE.num_recs */
	if (granule_refs(r->rd) == REALM_MAX_RECS)
		return RMI_ERROR_REALM;
	/* @rule REC_CREATE.mpidr_index */
	config_from_abi(p, &cfg);
	if ((p->mpidr & ~RMI_MPIDR_VALID) != 0 || cfg.index != r->next_rec)
		return RMI_ERROR_INPUT;

	/* @rule REC_CREATE.success */
	rec_create(g[0].got, g[1].got, &g[2], &cfg);
	if (cfg.runnable)
		measure_rec(r, p);
	return RMI_SUCCESS;
}

struct smc_ret rmi_rec_create(const struct smc_args *in)
{
	struct granule_req g[REC_GRANULES] = {
		{ .pa = pa(in->x[1]), .want = GS_RD },
		{ .pa = pa(in->x[2]), .want = GS_DELEGATED },
	};
	struct rmi_rec_params p;
	uint64_t status;

	/* @rule REC_CREATE.{params_align,params_bound,params_pas} */
	if (!granule_is_ns(pa(in->x[3])) || !hal_ns_read(pa(in->x[3]), &p, sizeof(p)))
		return ret(RMI_ERROR_INPUT);
	/* @rule REC_CREATE.num_aux */
	if (p.num_aux != REC_NUM_AUX)
		return ret(RMI_ERROR_INPUT);
	for (size_t i = 0; i < REC_NUM_AUX; i++)
		g[2 + i] = (struct granule_req){ .pa = pa(p.aux[i]), .want = GS_DELEGATED };

	/* @rule REC_CREATE.{rd_align,rd_bound,rd_state,rec_align,rec_bound,rec_state} */
	/* @rule REC_CREATE.{aux_align,aux_alias,aux_state} */
	if (!granules_lock(g, REC_GRANULES))
		return ret(RMI_ERROR_INPUT);
	/* @rule REC_CREATE.order_rd_realm_state */
	status = rec_create_in(realm_of(g[0].got), g, &p);
	granules_unlock(g, REC_GRANULES);
	return ret(status);
}

struct smc_ret rmi_rec_destroy(const struct smc_args *in)
{
	struct granule_req rec = { .pa = pa(in->x[1]), .want = GS_REC };
	uint64_t status = RMI_SUCCESS;

	/* @rule REC_DESTROY.{rec_align,rec_bound,rec_gran_state} */
	if (!granules_lock(&rec, 1))
		return ret(RMI_ERROR_INPUT);
	/* @rule REC_DESTROY.{rec_state,order_rec_rec_state,success} */
	if (rec_is_running(rec.got))
		status = RMI_ERROR_REC;
	else
		rec_destroy(rec.got);
	granules_unlock(&rec, 1);
	return ret(status);
}

/* What a completed CPU_ON gives its caller; starts the target where it should. */
static int64_t complete_cpu_on(struct rec *caller, struct rec *target, bool is_on,
			       int64_t status)
{
	/* @rule PSCI_COMPLETE.{already_on,denied,cpu_on} */
	if (is_on)
		return PSCI_ALREADY_ON;
	if (status == PSCI_DENIED)
		return PSCI_DENIED;
	hal_vcpu_reset(&target->vcpu, &caller->vcpu, caller->vcpu.regs.x[2],
		       caller->vcpu.regs.x[3]);
	target->pending = REC_PENDING_NONE;
	atomic_store_explicit(&target->runnable, true, memory_order_relaxed);
	return PSCI_SUCCESS;
}

static uint64_t psci_complete(struct granule_req g[2], int64_t status)
{
	struct rec *caller = rec_of(g[0].got);
	struct rec *target = rec_of(g[1].got);
	uint64_t *x = caller->vcpu.regs.x;
	bool is_cpu_on, is_on;
	int64_t result;

	/* @rule PSCI_COMPLETE.pending */
	if (rec_is_running(g[0].got) || caller->pending != REC_PENDING_PSCI)
		return RMI_ERROR_INPUT;
	/* @rule PSCI_COMPLETE.{owner,target} */
	if (caller->rd != target->rd || target->mpidr != x[1])
		return RMI_ERROR_INPUT;
	/* @rule PSCI_COMPLETE.{status,affinity_info} */
	is_cpu_on = caller->psci_fid == PSCI_CPU_ON || caller->psci_fid == PSCI_CPU_ON_32;
	is_on = rec_is_running(g[1].got) ||
		atomic_load_explicit(&target->runnable, memory_order_relaxed);
	if (status != PSCI_SUCCESS && !(status == PSCI_DENIED && is_cpu_on && !is_on))
		return RMI_ERROR_INPUT;

	if (is_cpu_on)
		result = complete_cpu_on(caller, target, is_on, status);
	else
		result = (int64_t)(is_on ? PSCI_AFFINITY_ON : PSCI_AFFINITY_OFF);
	/* @rule PSCI_COMPLETE.success */
	x[0] = (uint64_t)result;
	x[1] = x[2] = x[3] = 0;
	caller->pending = REC_PENDING_NONE;
	return RMI_SUCCESS;
}

struct smc_ret rmi_psci_complete(const struct smc_args *in)
{
	/* @rule PSCI_COMPLETE.alias */
	/* @rule PSCI_COMPLETE.{calling_align,calling_bound,calling_state} */
	/* @rule PSCI_COMPLETE.{target_align,target_bound,target_state} */
	struct granule_req g[] = {
		{ .pa = pa(in->x[1]), .want = GS_REC },
		{ .pa = pa(in->x[2]), .want = GS_REC },
	};
	uint64_t status;

	if (!granules_lock(g, COUNT_OF(g)))
		return ret(RMI_ERROR_INPUT);
	status = psci_complete(g, (int64_t)in->x[3]);
	granules_unlock(g, COUNT_OF(g));
	return ret(status);
}
