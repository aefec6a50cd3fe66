/* SPDX-License-Identifier: BSD-3-Clause */
#include "host/stage1.h"

static struct realm *realm_for(const struct puppet_options *o)
{
	struct realm *r = realm_blank(o->g);

	if (o->sve) {
		r->params->flags |= RMI_REALM_SVE;
		r->params->sve_vl = (uint8_t)feature(RMI_F0_SVE_VL_SHIFT, 4);
	}
	ASSERT_OK(RMI_REALM_CREATE, r->rd, (uint64_t)r->params);
	return r;
}

struct rec *puppet_of(struct puppet_options o)
{
	struct realm *r = realm_for(&o);
	uint64_t i;

	puppet_load(r);
	if (o.pages)
		realm_ram(r, o.ram, o.ram + o.pages * PAGE);
	for (i = 0; i < o.pages; i++)
		realm_data_unknown(r, o.ram + i * PAGE);
	for (i = 0; i < o.recs; i++)
		rec_new(r, i == 0);
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	ASSERT_EQ(rec_run(&r->rec[0]), RMI_EXIT_HOST_CALL);
	expect_ordered(&r->rec[0]);
	return &r->rec[0];
}

struct rec *puppet_with_ram(unsigned int recs, uint64_t pages)
{
	return puppet_of((struct puppet_options){
		.g = GEOMETRY_DEFAULT, .recs = recs, .ram = MORE_RAM(0),
		.pages = pages });
}

void realm_fill_table(struct rec *c, uint64_t table, uint64_t first, uint64_t n,
		      uint64_t desc, uint64_t step)
{
	obey(c, OP_TABLE, table, first, n, desc, step);
}

uint64_t realm_window_block(struct rec *c, unsigned int i, uint64_t desc)
{
	realm_fill_table(c, PUPPET_TABLE(PT_WIN_L2), i, 1, 0, 0);
	obey(c, OP_TLBI);
	realm_fill_table(c, PUPPET_TABLE(PT_WIN_L2), i, 1, desc, 0);
	return PUPPET_WINDOW_BLOCK(i);
}

void realm_mmu_on_with(struct rec *c, uint64_t extra)
{
	obey(c, OP_MMU, 1, extra);
	EXPECT_EQ(report_exceptions(c), 0);
}

void realm_share_block(struct realm *r, uint64_t ipa, const void *block)
{
	realm_tables(r, ipa, 2);
	ASSERT_OK(RMI_RTT_MAP_UNPROTECTED, r->rd, ipa, 2,
		  rtt_desc((uint64_t)block));
}
