/* SPDX-License-Identifier: BSD-3-Clause */
/* The shapes of a translation tree that rmm-abi.md 6.1 allows, and others. */
#include "host/refuse.h"

/*
 * Every start level with one and with many roots: the first and last page of
 * each half can be reached, and only with the shape that the formula gives.
 */
static void try_geometry(struct geometry g)
{
	struct realm *r = realm_blank(g);
	struct call c = { RMI_REALM_CREATE, { r->rd, (uint64_t)r->params } };
	uint64_t half = realm_top(r), ipas[] = { 0, half - PAGE, half, 2 * half - PAGE };
	unsigned int i;

	r->params->rtt_num_start = g.roots + 1U;
	EXPECT_EQ(call(c).x[0], E_INPUT);
	r->params->rtt_num_start = g.roots;
	r->params->rtt_level_start = g.start + 1;
	EXPECT_EQ(call(c).x[0], E_INPUT);
	r->params->rtt_level_start = g.start;
	ASSERT_EQ(call(c).x[0], RMI_SUCCESS);
	for (i = 0; i < ARRAY_SIZE(ipas); i++) {
		realm_tables(r, ipas[i], 3);
		expect_entry(r, ipas[i], 3, RMI_RTTE_UNASSIGNED, RMI_RIPAS_EMPTY);
	}
	EXPECT_EQ(RMI_STATUS_OF(RMI_RTT_READ_ENTRY, r->rd, 2 * half, 3), E_INPUT);
	realm_teardown(r->rd, g);
	EXPECT_OK(RMI_GRANULE_UNDELEGATE, r->rd);
}

static const struct geometry geometries[] = {
	{ 32, 2, 4 }, { 33, 2, 8 }, { 34, 2, 16 }, { 32, 1, 1 }, { 33, 1, 1 },
	{ 34, 1, 1 }, { 36, 1, 1 }, { 39, 1, 1 }, { 40, 1, 2 }, { 41, 1, 4 },
	{ 42, 1, 8 }, { 43, 1, 16 }, { 40, 0, 1 }, { 44, 0, 1 }, { 47, 0, 1 },
	{ 48, 0, 1 },
};

/* @test RTT.{geometry,protected} */
TEST(geometry, all, BOTH)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(geometries); i++) {
		static char label[] = "[ww,s,nn]";

		label[1] = (char)('0' + geometries[i].width / 10);
		label[2] = (char)('0' + geometries[i].width % 10);
		label[4] = (char)('0' + geometries[i].start);
		label[6] = (char)('0' + geometries[i].roots / 10);
		label[7] = (char)('0' + geometries[i].roots % 10);
		test_label(label);
		try_geometry(geometries[i]);
	}
}

/*
 * Shapes that the formula excludes, each with the roots it would need.
 * @test RTT.geometry
 * @test REALM_CREATE.rtt_num_level
 */
TEST(geometry, refused, ONCE)
{
	static const struct geometry bad[] = {
		{ 30, 2, 1 }, { 31, 2, 2 }, { 35, 2, 32 }, { 44, 1, 32 },
		{ 39, 0, 1 }, { 38, 0, 1 }, { 32, 0, 1 }, { 30, 1, 1 },
		{ 49, 0, 2 }, { 32, 3, 2 }, { 34, 3, 16 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct realm *r = realm_blank(bad[i]);

		EXPECT_EQ(RMI_STATUS_OF(RMI_REALM_CREATE, r->rd,
					(uint64_t)r->params), E_INPUT);
	}
}

/* A payload runs, and shares a page at the top bit, whatever the geometry. */
TEST(geometry, runs, ONCE)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(geometries); i++) {
		struct rec *c = puppet_in(geometries[i], 1);
		uint64_t *page = ns_page(), half = realm_top(c->realm), va;

		page[0] = 0x1234;
		realm_share(c->realm, half + PUPPET_HOLE, page);
		realm_mmu_on(c);
		va = realm_window(c, 0, half | PUPPET_HOLE | DESC_NORMAL);
		EXPECT_EQ(realm_load(c, va), 0x1234);
		realm_store(c, va, 0x4321);
		EXPECT_EQ(page[0], 0x4321);
		EXPECT_EQ(report_exceptions(c), 0);
	}
}
