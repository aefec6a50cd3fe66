/* SPDX-License-Identifier: BSD-3-Clause */
#include "host/realm.h"

uint64_t features(void)
{
	static uint64_t value;

	if (!value)
		value = RMI(RMI_FEATURES, 0).x[1];
	return value;
}

unsigned int feature(unsigned int shift, unsigned int bits)
{
	return (unsigned int)(features() >> shift) & ((1U << bits) - 1);
}

static uint16_t next_vmid(void)
{
	static uint16_t vmid;

	vmid = vmid < 0xfff0 ? (uint16_t)(vmid + 1) : 1;
	return vmid;
}

struct realm *realm_blank(struct geometry g)
{
	struct realm *r = ns_page();

	r->g = g;
	r->rd = granule_new();
	r->rtt = granule_new_run(g.roots, g.roots * PAGE);
	r->params = ns_page();
	r->params->s2sz = g.width;
	r->params->num_bps = 1;
	r->params->num_wps = 1;
	r->params->hash_algo = RMI_HASH_SHA256;
	r->params->vmid = next_vmid();
	r->params->rtt_base = r->rtt;
	r->params->rtt_level_start = g.start;
	r->params->rtt_num_start = g.roots;
	return r;
}

struct realm *realm_new(struct geometry g)
{
	struct realm *r = realm_blank(g);

	ASSERT_OK(RMI_REALM_CREATE, r->rd, (uint64_t)r->params);
	return r;
}

uint64_t realm_top(const struct realm *r)
{
	return 1UL << (r->g.width - 1);
}

void realm_tables(struct realm *r, uint64_t ipa, int64_t level)
{
	struct entry e = rtt_read(r, ipa & ~(level_span(level) - 1), level);
	int64_t l;

	for (l = (int64_t)e.level + 1; l <= level; l++)
		ASSERT_OK(RMI_RTT_CREATE, r->rd, granule_new(),
			  ipa & ~(level_span(l - 1) - 1), (uint64_t)l);
}

void realm_ram(struct realm *r, uint64_t base, uint64_t top)
{
	while (base < top) {
		struct answer a;

		realm_tables(r, base, 3);
		a = RMI(RMI_RTT_INIT_RIPAS, r->rd, base, top);
		ASSERT_EQ(a.x[0], RMI_SUCCESS);
		base = a.x[1];
	}
}

uint64_t realm_data(struct realm *r, uint64_t ipa, const void *src, uint64_t flags)
{
	uint64_t pa = granule_new();

	realm_tables(r, ipa, 3);
	ASSERT_OK(RMI_DATA_CREATE, r->rd, pa, ipa, (uint64_t)src, flags);
	return pa;
}

uint64_t realm_data_unknown(struct realm *r, uint64_t ipa)
{
	uint64_t pa = granule_new();

	realm_tables(r, ipa, 3);
	ASSERT_OK(RMI_DATA_CREATE_UNKNOWN, r->rd, pa, ipa);
	return pa;
}

/* MemAttr 0b110, normal write-back; S2AP read and write */
uint64_t rtt_desc(uint64_t pa)
{
	return pa | (6UL << 2) | (3UL << 6);
}

void realm_share(struct realm *r, uint64_t ipa, const void *page)
{
	realm_tables(r, ipa, 3);
	ASSERT_OK(RMI_RTT_MAP_UNPROTECTED, r->rd, ipa, 3,
		  rtt_desc((uint64_t)page));
}

struct entry rtt_read(const struct realm *r, uint64_t ipa, int64_t level)
{
	struct answer a = RMI(RMI_RTT_READ_ENTRY, r->rd, ipa, (uint64_t)level);

	ASSERT_EQ(a.x[0], RMI_SUCCESS);
	return (struct entry){ a.x[1], a.x[2], a.x[3], a.x[4] };
}

void expect_entry(const struct realm *r, uint64_t ipa, int64_t level,
		  uint64_t state, uint64_t ripas)
{
	struct entry e = rtt_read(r, ipa, level);

	EXPECT_EQ(e.level, level);
	EXPECT_EQ(e.state, state);
	EXPECT_EQ(e.ripas, ripas);
}

/* RmiRecMpidr of a REC index: four bits in Aff0, eight above. */
uint64_t mpidr_of(unsigned int index)
{
	return (index & 0xf) | (uint64_t)(index >> 4) << 8;
}

struct rec *rec_blank(struct realm *r, bool runnable)
{
	struct rec *c = &r->rec[r->recs];
	uint64_t i;

	ASSERT(r->recs < RECS_MAX);
	c->realm = r;
	c->pa = granule_new();
	c->params = ns_page();
	c->run = ns_page();
	c->params->flags = runnable ? RMI_REC_RUNNABLE : 0;
	c->params->mpidr = mpidr_of(r->recs);
	c->params->pc = PUPPET_BASE;
	c->params->gprs[0] = r->recs;
	c->params->num_aux = RMI(RMI_REC_AUX_COUNT, r->rd).x[1];
	for (i = 0; i < c->params->num_aux && i < RMI_REC_MAX_AUX; i++)
		c->params->aux[i] = granule_new();
	return c;
}

struct rec *rec_new(struct realm *r, bool runnable)
{
	struct rec *c = rec_blank(r, runnable);

	ASSERT_OK(RMI_REC_CREATE, r->rd, c->pa, (uint64_t)c->params);
	r->recs++;
	return c;
}

static void load_zeros(struct realm *r, uint64_t ipa, unsigned int pages)
{
	const void *zero = ns_page();

	for (; pages--; ipa += PAGE)
		realm_data(r, ipa, zero, 0);
}

void puppet_load(struct realm *r)
{
	uint64_t size = (uint64_t)(payload_end - payload_start), at;
	unsigned int i;

	for (at = 0; at < size; at += PAGE)
		realm_data(r, PUPPET_BASE + at, payload_start + at, 0);
	for (i = 0; i < PUPPET_MAX_RECS; i++)
		load_zeros(r, PUPPET_AREA + i * PUPPET_AREA_SIZE,
			   PUPPET_AREA_PAGES);
	load_zeros(r, PUPPET_TABLES, PUPPET_NUM_TABLES + PUPPET_NUM_SCRATCH);
}

struct realm *puppet_realm(struct geometry g, unsigned int recs)
{
	struct realm *r = realm_new(g);
	unsigned int i;

	puppet_load(r);
	for (i = 0; i < recs; i++)
		rec_new(r, i == 0);
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	return r;
}

struct rec *puppet_in(struct geometry g, unsigned int recs)
{
	struct rec *c = &puppet_realm(g, recs)->rec[0];

	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	return c;
}

struct rec *puppet(void)
{
	return puppet_in(GEOMETRY_DEFAULT, 1);
}
