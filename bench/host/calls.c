/* SPDX-License-Identifier: BSD-3-Clause */
/* Each row once to warm up, then ROUNDS times, each time on another page. */
#include "bench.h"

#define TOP_INDEX	511	/* last entry of a table */
#define RAM_BASE	0x80000000UL
#define TABLES_BASE	0xC0000000UL

static void version(void)
{
	unsigned int i;

	for (i = 0; i <= ROUNDS; i++)
		measure("version", RMI_VERSION, RMI_ABI_1_0);
}

static void granules(void)
{
	unsigned int i;

	for (i = 0; i <= ROUNDS; i++) {
		uint64_t pa = granule_take();

		measure("granule_delegate", RMI_GRANULE_DELEGATE, pa);
		measure("granule_undelegate", RMI_GRANULE_UNDELEGATE, pa);
	}
}

static void realm_create(void)
{
	unsigned int i;

	for (i = 0; i <= ROUNDS; i++) {
		struct realm *r = realm_blank(GEOMETRY_DEFAULT);

		measure("realm_create", RMI_REALM_CREATE, r->rd,
			(uint64_t)r->params);
		ASSERT_EQ(RMI_STATUS_OF(RMI_REALM_DESTROY, r->rd), RMI_SUCCESS);
	}
}

static void rec_create(struct realm *r)
{
	unsigned int i;

	for (i = 0; i <= ROUNDS; i++) {
		struct rec *c = rec_blank(r, true);

		measure("rec_create", RMI_REC_CREATE, r->rd, c->pa,
			(uint64_t)c->params);
		r->recs++;
	}
}

/* Below an entry that is as the realm began, and one that is RAM already. */
static void rtt_create(struct realm *r)
{
	unsigned int i;

	realm_tables(r, TABLES_BASE, 2);
	for (i = 0; i <= ROUNDS; i++)
		measure("rtt_create", RMI_RTT_CREATE, r->rd, granule_new(),
			TABLES_BASE + i * BLOCK, 3);
	for (; i <= 2 * ROUNDS + 1; i++) {
		uint64_t ipa = TABLES_BASE + i * BLOCK;

		ASSERT_EQ(RMI_STATUS_OF(RMI_RTT_INIT_RIPAS, r->rd, ipa,
					ipa + BLOCK), RMI_SUCCESS);
		measure("rtt_create.ram", RMI_RTT_CREATE, r->rd, granule_new(),
			ipa, 3);
	}
}

/* A page of code, not of zeros: hashing does not care, a shortcut might. */
static void data_create(struct realm *r)
{
	unsigned int i;

	realm_tables(r, RAM_BASE, 3);
	for (i = 0; i <= ROUNDS; i++)
		measure("data_create", RMI_DATA_CREATE, r->rd, granule_new(),
			RAM_BASE + i * PAGE, (uint64_t)payload_start,
			RMI_DATA_MEASURE);
}

static void data_unknown(struct realm *r, uint64_t base)
{
	unsigned int i;

	realm_ram(r, base, base + BLOCK);
	for (i = 0; i <= ROUNDS; i++)
		measure("data_create_unknown", RMI_DATA_CREATE_UNKNOWN, r->rd,
			granule_new(), base + i * PAGE);
	for (i = 0; i <= ROUNDS; i++)
		measure("rtt_read_entry", RMI_RTT_READ_ENTRY, r->rd,
			base + i * PAGE, 3);
	realm_data_unknown(r, base + i * PAGE);
	for (i = 0; i <= ROUNDS; i++)	/* the next page is there */
		measure("data_destroy.live", RMI_DATA_DESTROY, r->rd,
			base + i * PAGE);
	ASSERT_EQ(RMI_STATUS_OF(RMI_DATA_DESTROY, r->rd, base + i * PAGE),
		  RMI_SUCCESS);
}

/* The page is alone in its table, which has 500 entries behind it. */
static void data_destroy_scan(struct realm *r, uint64_t base)
{
	unsigned int i;

	for (i = 0; i <= ROUNDS; i++, base += BLOCK) {
		uint64_t ipa = base + (TOP_INDEX - 500) * PAGE;

		realm_ram(r, base, base + BLOCK);
		realm_data_unknown(r, ipa);
		measure("data_destroy.scan", RMI_DATA_DESTROY, r->rd, ipa);
	}
}

void bench_calls(void)
{
	struct realm *r;

	version();
	granules();
	realm_create();
	r = realm_new(GEOMETRY_DEFAULT);
	rtt_create(r);
	data_create(r);
	rec_create(r);
	data_unknown(r, RAM_BASE + BLOCK);
	data_destroy_scan(r, RAM_BASE + 2 * BLOCK);
	ledger_clear();
}
