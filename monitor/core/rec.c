/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/rec.h"

#include "hal/cpu.h"
#include "hal/memory.h"
#include "lib/string.h"

#define MPIDR_RES1	BIT(31)

uint64_t rec_index_of_mpidr(uint64_t mpidr)
{
	return field(mpidr, 3, 0) | field(mpidr, 15, 8) << 4 |
	       field(mpidr, 23, 16) << 12 | field(mpidr, 39, 32) << 20;
}

static void init_vcpu(struct rec *rec, const struct realm *r,
		      const struct rec_config *cfg)
{
	struct vcpu_config v = {
		.pc = cfg->pc,
		.mpidr = cfg->mpidr | MPIDR_RES1,
		.sve = r->cfg.sve,
		.sve_vl = r->cfg.sve_vl,
		.pmu = r->cfg.pmu,
		.pmu_num_ctrs = r->cfg.pmu_num_ctrs,
		.num_bps = r->cfg.num_bps,
		.num_wps = r->cfg.num_wps,
	};

	for (unsigned int i = 0; i < VCPU_NUM_AUX; i++)
		v.aux[i] = granule_page(rec->aux[i]);
	/* @rule REC.reset */
	hal_vcpu_init(&rec->vcpu, &v);
	memcpy(rec->vcpu.regs.x, cfg->gprs, sizeof(cfg->gprs));
}

void rec_create(struct granule_locked rd, struct granule_locked g,
		const struct granule_req aux[REC_NUM_AUX],
		const struct rec_config *cfg)
{
	struct realm *r = realm_of(rd);
	struct rec *rec = rec_of(g);

	rec->rd = rd.g;
	rec->realm = r;
	rec->index = cfg->index;
	rec->mpidr = cfg->mpidr;
	atomic_store_explicit(&rec->runnable, cfg->runnable, memory_order_relaxed);
	for (unsigned int i = 0; i < REC_NUM_AUX; i++) {
		rec->aux[i] = aux[i].got.g;
		granule_set_state(aux[i].got, GS_REC_AUX);
	}
	init_vcpu(rec, r, cfg);
	granule_set_state(g, GS_REC);
	granule_get(rd.g);
	/* @rule REC_CREATE.index_never_reused */
	r->next_rec++;
}

void rec_destroy(struct granule_locked g)
{
	struct rec *rec = rec_of(g);
	struct granule *rd = rec->rd;

	for (unsigned int i = 0; i < REC_NUM_AUX; i++) {
		struct granule_locked aux = granule_lock_child(rec->aux[i], GS_REC_AUX);

		granule_release(aux);
		granule_unlock(aux);
	}
	granule_release(g);
	/* last: from here on the realm may be destroyed */
	granule_put(rd);
}

struct rec *rec_start(struct granule_locked g)
{
	CHECK(!rec_is_running(g));
	/* @rule REC.running */
	granule_get(g.g);
	return rec_of(g);
}

void rec_stop(struct granule *g)
{
	/* release: whoever sees READY sees all that this run wrote */
	granule_put(g);
}

bool rec_follows_another(struct rec *rec)
{
	uint16_t *last = &rec->realm->last_rec[hal_cpu_id()];
	uint16_t self = (uint16_t)(rec->index + 1);
	bool follows = *last != 0 && *last != self;

	*last = self;
	return follows;
}
