/* SPDX-License-Identifier: BSD-3-Clause */
#include "call/measure.h"

#include "core/measurement.h"
#include "lib/string.h"

void measure_realm(struct realm *r, const struct rmi_realm_params *p)
{
	struct rmi_realm_params m = {
		.flags = p->flags,
		.s2sz = p->s2sz,
		.sve_vl = p->sve_vl,
		.num_bps = p->num_bps,
		.num_wps = p->num_wps,
		.pmu_num_ctrs = p->pmu_num_ctrs,
		.hash_algo = p->hash_algo,
	};

	/* @rule MEASUREMENT.rim_initial */
	measurement_set(r, MEASUREMENT_RIM, &m, sizeof(m));
}

static void extend_rim(struct realm *r, struct rmi_measure_desc *d, uint8_t type)
{
	d->type = type;
	d->len = sizeof(*d);
	memcpy(d->rim, r->measurement[MEASUREMENT_RIM], sizeof(d->rim));
	measurement_set(r, MEASUREMENT_RIM, d, sizeof(*d));
}

void measure_data(struct realm *r, ipa_t page, uint64_t flags, const void *content)
{
	struct rmi_measure_desc d = { .pad1 = { 0 } };

	d.data.ipa = page.v;
	d.data.flags = flags;
	if ((flags & RMI_DATA_MEASURE) != 0)
		hal_hash(r->cfg.alg, content, PAGE_SIZE, d.data.content);
	/* @rule MEASUREMENT.rim_data */
	extend_rim(r, &d, RMI_MEASURE_DATA);
}

void measure_rec(struct realm *r, const struct rmi_rec_params *p)
{
	struct rmi_measure_desc d = { .pad1 = { 0 } };
	struct rmi_rec_params m = { .flags = p->flags, .pc = p->pc };

	memcpy(m.gprs, p->gprs, sizeof(m.gprs));
	hal_hash(r->cfg.alg, &m, sizeof(m), d.rec.content);
	/* @rule MEASUREMENT.rim_rec */
	extend_rim(r, &d, RMI_MEASURE_REC);
}

void measure_ripas(struct realm *r, uint64_t base, uint64_t top)
{
	struct rmi_measure_desc d = { .pad1 = { 0 } };

	d.ripas.base = base;
	d.ripas.top = top;
	/* @rule MEASUREMENT.rim_ripas */
	extend_rim(r, &d, RMI_MEASURE_RIPAS);
}
