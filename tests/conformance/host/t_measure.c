/* SPDX-License-Identifier: BSD-3-Clause */
/* RIM and REM: what they depend on, and their values, known from rim.py. */
#include "host/refuse.h"
#include "rim.h"

static uint64_t out(const struct rec *c, unsigned int x)
{
	return report(c, 1 + x);
}

/* MEASUREMENT_READ: X1..X8, and every register above as it was. */
static uint64_t read_status(struct rec *c, uint64_t index)
{
	unsigned int i;

	obey(c, OP_SMC, RSI_MEASUREMENT_READ, index, 2, 3, 4, 5, 6, 7, 8, 9, 10,
	     11, 12, 13, 14, 15, 16, 17);
	for (i = 9; i < 18; i++)
		EXPECT_EQ(out(c, i), i);
	return out(c, 0);
}

/*
 * @test RSI_MEASUREMENT_READ.{index_bound,success}
 * @test MEASUREMENT.{slots,rem_initial}
 */
TEST(measure, read, ONCE)
{
	static const uint64_t bad[] = { 5, 6, 255, 1UL << 32, 1UL << 63, ~0UL };
	struct rec *c = puppet();
	unsigned int i, j;
	uint64_t any = 0;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(read_status(c, bad[i]),
			  RSI_ERROR_INPUT);
	for (i = 0; i < 5; i++) {
		EXPECT_EQ(read_status(c, i), RSI_SUCCESS);
		for (j = 1; j <= 8; j++)
			if (i)
				EXPECT_EQ(out(c, j), 0);	/* REM at start */
			else if (j > 4)
				EXPECT_EQ(out(c, j), 0);	/* SHA-256 */
			else
				any |= out(c, j);
	}
	EXPECT(any != 0);
}

static void read_measurement(struct rec *c, unsigned int index, uint64_t m[8])
{
	unsigned int i;

	EXPECT_EQ(read_status(c, index), RSI_SUCCESS);
	for (i = 0; i < 8; i++)
		m[i] = out(c, 1 + i);
}

static uint64_t extend(struct rec *c, uint64_t index, uint64_t size, uint64_t word)
{
	obey(c, OP_SMC, RSI_MEASUREMENT_EXTEND, index, size, word, word, word,
	     word, word, word, word, word);
	EXPECT_EQ(out(c, 1), 0);
	EXPECT_EQ(out(c, 2), 0);
	return out(c, 0);
}

/* @test RSI_MEASUREMENT_EXTEND.{index_bound,size_bound} */
TEST(measure, extend_refused, ONCE)
{
	struct rec *c = puppet();
	uint64_t m[8];
	unsigned int i, j;

	EXPECT_EQ(extend(c, 0, 32, 1), RSI_ERROR_INPUT);
	EXPECT_EQ(extend(c, 5, 32, 1), RSI_ERROR_INPUT);
	EXPECT_EQ(extend(c, 1UL << 32 | 1, 32, 1), RSI_ERROR_INPUT);
	EXPECT_EQ(extend(c, 1, 65, 1), RSI_ERROR_INPUT);
	EXPECT_EQ(extend(c, 1, ~0UL, 1), RSI_ERROR_INPUT);
	EXPECT_EQ(extend(c, 1, 1UL << 32, 1), RSI_ERROR_INPUT);
	for (i = 1; i < 5; i++) {
		read_measurement(c, i, m);
		for (j = 0; j < 8; j++)
			EXPECT_EQ(m[j], 0);
	}
}

/*
 * Only the register that is named; the same input twice is not the same value.
 * @test RSI_MEASUREMENT_EXTEND.success
 */
TEST(measure, extend, ONCE)
{
	struct rec *c = puppet();
	uint64_t once[8], twice[8], other[8], rim[8], rim_after[8];
	unsigned int i;

	read_measurement(c, 0, rim);
	EXPECT_EQ(extend(c, 2, 32, 0x1111), RSI_SUCCESS);
	read_measurement(c, 2, once);
	EXPECT_EQ(extend(c, 2, 32, 0x1111), RSI_SUCCESS);
	read_measurement(c, 2, twice);
	EXPECT(memcmp(once, twice, sizeof(once)) != 0);
	read_measurement(c, 1, other);
	for (i = 0; i < 8; i++)
		EXPECT_EQ(other[i], 0);
	/* registers with the same history are equal; size matters */
	EXPECT_EQ(extend(c, 3, 32, 0x1111), RSI_SUCCESS);
	read_measurement(c, 3, other);
	EXPECT_EQ(memcmp(other, once, sizeof(once)), 0);
	EXPECT_EQ(extend(c, 4, 31, 0x1111), RSI_SUCCESS);
	read_measurement(c, 4, other);
	EXPECT(memcmp(other, once, sizeof(once)) != 0);
	EXPECT_EQ(extend(c, 1, 64, 0x1111), RSI_SUCCESS);
	read_measurement(c, 0, rim_after);
	EXPECT_EQ(memcmp(rim, rim_after, sizeof(rim)), 0);
}

/* Builds the same realm, leaving out or changing what `how` says; its RIM. */
enum how { SAME, DATA_UNMEASURED, OTHER_DATA, OTHER_GPR, OTHER_RPV, NOT_RUNNABLE,
	   REFUSED_CALLS, RIPAS_TOO };

static void refuse_some(struct realm *r, const void *src)
{
	EXPECT_EQ(RMI_STATUS_OF(RMI_DATA_CREATE, r->rd, r->rd, PUPPET_SCRATCH,
				(uint64_t)src, 1), E_INPUT);
	EXPECT_EQ(RMI_STATUS_OF(RMI_DATA_CREATE, r->rd, granule_new(),
				PUPPET_BASE, (uint64_t)src, 1), E_RTT(3));
	EXPECT_EQ(RMI_STATUS_OF(RMI_RTT_INIT_RIPAS, r->rd, PUPPET_BASE,
				PUPPET_BASE + PAGE), E_RTT(3));
}

static void rim_of(enum how how, uint64_t rim[8])
{
	struct realm *r = realm_blank(GEOMETRY_DEFAULT);
	uint64_t *src = ns_page();
	struct rec *c;

	src[0] = how == OTHER_DATA;
	r->params->rpv[0] = how == OTHER_RPV;
	ASSERT_OK(RMI_REALM_CREATE, r->rd, (uint64_t)r->params);
	puppet_load(r);
	realm_data(r, PUPPET_HOLE, src, how != DATA_UNMEASURED);
	if (how == REFUSED_CALLS)
		refuse_some(r, src);
	if (how == RIPAS_TOO)
		realm_ram(r, PUPPET_HOLE + PAGE, PUPPET_HOLE + 2 * PAGE);
	c = rec_blank(r, true);
	c->params->gprs[7] = how == OTHER_GPR;
	ASSERT_OK(RMI_REC_CREATE, r->rd, c->pa, (uint64_t)c->params);
	r->recs++;
	if (how == NOT_RUNNABLE)
		rec_new(r, false);
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	read_measurement(c, 0, rim);
}

/*
 * What goes into the RIM and what does not.
 * @test MEASUREMENT.rim_unmeasured
 */
TEST(measure, rim_depends_on, BOTH)
{
	static const struct {
		enum how how;
		bool same;
		const char *label;
	} rows[] = {
		{ SAME, true, "nothing" },
		{ DATA_UNMEASURED, false, "measure flag" },
		{ OTHER_DATA, false, "content" },
		{ OTHER_GPR, false, "rec parameters" },
		{ OTHER_RPV, true, "rpv" },
		{ NOT_RUNNABLE, true, "second rec" },
		{ REFUSED_CALLS, true, "refused calls" },
		{ RIPAS_TOO, false, "ripas" },
	};
	uint64_t base[8], rim[8];
	unsigned int i;

	rim_of(SAME, base);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		rim_of(rows[i].how, rim);
		test_label(rows[i].label);
		EXPECT_EQ(!memcmp(base, rim, sizeof(rim)), rows[i].same);
		test_label(NULL);
	}
}

/* The calls that rim.py follows, in their order. */
static struct rec *measured_realm(uint8_t algorithm)
{
	struct realm *r = realm_blank(GEOMETRY_DEFAULT);
	uint64_t *src = ns_page();
	unsigned int i;
	struct rec *c;

	for (i = 0; i < 512; i++)
		src[i] = pattern(5, i);
	r->params->hash_algo = algorithm;
	ASSERT_OK(RMI_REALM_CREATE, r->rd, (uint64_t)r->params);
	puppet_load(r);
	ASSERT_OK(RMI_RTT_INIT_RIPAS, r->rd, PUPPET_NEXT_BLOCK,
		  PUPPET_NEXT_BLOCK + BLOCK);
	ASSERT_OK(RMI_RTT_INIT_RIPAS, r->rd, PUPPET_HOLE,
		  PUPPET_HOLE + 3 * PAGE);
	realm_data(r, PUPPET_HOLE + 8 * PAGE, src, RMI_DATA_MEASURE);
	c = rec_blank(r, true);
	c->params->gprs[3] = 0x1234;
	ASSERT_OK(RMI_REC_CREATE, r->rd, c->pa, (uint64_t)c->params);
	r->recs++;
	rec_new(r, false);
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	return c;
}

static void expect_measurement(struct rec *c, unsigned int index,
			       const uint64_t want[8])
{
	uint64_t m[8];
	unsigned int i;

	read_measurement(c, index, m);
	for (i = 0; i < 8; i++)
		EXPECT_EQ(m[i], want[i]);
}

static void known_values(uint8_t algorithm, const uint64_t *rim, const uint64_t *rem)
{
	static const uint64_t sizes[] = { 32, 64, 1, 0 };
	struct rec *c = measured_realm(algorithm);
	unsigned int i;

	expect_measurement(c, 0, rim);
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		EXPECT_EQ(extend(c, 3, sizes[i], 0x1111111111111111), RSI_SUCCESS);
	expect_measurement(c, 3, rem);
	/* frozen: nothing that a host can do now changes it */
	realm_tables(c->realm, 8 * GIB, 3);
	RMI(RMI_RTT_INIT_RIPAS, c->realm->rd, PUPPET_HOLE, PUPPET_HOLE + PAGE);
	realm_data_unknown(c->realm, PUPPET_HOLE);
	expect_measurement(c, 0, rim);
}

/*
 * @test MEASUREMENT.{rim_initial,rim_data,rim_rec,rim_ripas,rim_frozen}
 * @test MEASUREMENT.rem_extend
 */
TEST(measure, known_sha256, BOTH)
{
	known_values(RMI_HASH_SHA256, rim_sha256, rem_sha256);
}

TEST(measure, known_sha512, BOTH)
{
	known_values(RMI_HASH_SHA512, rim_sha512, rem_sha512);
}
