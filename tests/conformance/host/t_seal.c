/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys that the monitor makes for realms: docs/abi.md 4. */
#include "abi/vendor.h"
#include "host/refuse.h"

#define WORDS	(TMM_REALM_KEY_SIZE / 8)

struct key {
	uint64_t w[WORDS];
};

static struct key key_for(struct rec *c, uint64_t context)
{
	struct key k;
	unsigned int i;

	obey(c, OP_SMC, TMM_REALM_KEY, context, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	     15, 16, 17);
	EXPECT_EQ(report(c, 1), RSI_SUCCESS);
	for (i = 0; i < WORDS; i++)
		k.w[i] = report(c, 2 + i);
	for (i = WORDS + 1; i < 18; i++)
		EXPECT_EQ(report(c, 1 + i), i);
	EXPECT_EQ(report_exceptions(c), 0);
	return k;
}

static bool same(struct key a, struct key b)
{
	return memcmp(&a, &b, sizeof(a)) == 0;
}

/* A realm that differs from the usual one in what the host says of it. */
static struct rec *other(uint8_t alg, uint8_t rpv, unsigned int more_pages)
{
	struct realm *r = realm_blank(GEOMETRY_DEFAULT);
	struct rec *c;

	r->params->hash_algo = alg;
	r->params->rpv[0] = rpv;
	ASSERT_OK(RMI_REALM_CREATE, r->rd, (uint64_t)r->params);
	puppet_load(r);
	if (more_pages)
		realm_data(r, PUPPET_HOLE, ns_page(), RMI_DATA_MEASURE);
	c = rec_new(r, true);
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	return c;
}

TEST(seal, features, ONCE)
{
	struct rec *c = puppet();

	obey(c, OP_SMC, TMM_REALM_VERSION, 1, 2, 3, 4);
	EXPECT_EQ(report(c, 1), RSI_SUCCESS);
	EXPECT_EQ(report(c, 2), TMM_REALM_VERSION_1_0);
	EXPECT_EQ(report(c, 3), TMM_REALM_FEATURE_KEY);
	EXPECT_EQ(report(c, 4), 0);
	EXPECT_EQ(report(c, 5), 4);
}

/* They are no calls of the host, nor the host's calls a realm's. */
TEST(seal, not_for_the_host, ONCE)
{
	struct rec *c = puppet();

	EXPECT_EQ(RMI(TMM_REALM_VERSION).x[0], SMCCC_NOT_SUPPORTED);
	EXPECT_EQ(RMI(TMM_REALM_KEY, 1, 2, 3, 4).x[0], SMCCC_NOT_SUPPORTED);
	EXPECT_EQ(realm_smc(c, TMM_REALM_KEY + 1, 1, 2, 3, 4), SMCCC_NOT_SUPPORTED);
	EXPECT_EQ(realm_smc(c, TMM_VERSION, 1, 2, 3, 4), SMCCC_NOT_SUPPORTED);
}

/* The same image gets the same key, whatever became of it since. */
TEST(seal, same_image_same_key, BOTH)
{
	struct rec *c = other(RMI_HASH_SHA256, 0, 0);
	struct key k = key_for(c, 1);

	EXPECT(same(key_for(c, 1), k));
	obey(c, OP_SMC, RSI_MEASUREMENT_EXTEND, 1, 8, 42);
	EXPECT(same(key_for(c, 1), k));
	EXPECT(same(key_for(other(RMI_HASH_SHA256, 0, 0), 1), k));
	/* the RPV is the host's word, and no part of the image */
	EXPECT(same(key_for(other(RMI_HASH_SHA256, 9, 0), 1), k));
}

TEST(seal, everything_else_another, BOTH)
{
	struct rec *c = other(RMI_HASH_SHA256, 0, 0);
	struct key k = key_for(c, 1);

	EXPECT(!same(key_for(c, 2), k));
	EXPECT(!same(key_for(c, 1UL << 63 | 1), k));
	EXPECT(!same(key_for(other(RMI_HASH_SHA512, 0, 0), 1), k));
	EXPECT(!same(key_for(other(RMI_HASH_SHA256, 0, 1), 1), k));
}
