/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Attestation tokens. A signature here follows from key and message (RFC 6979),
 * so a token with the same challenge is the same to the last bit, however it was
 * made; a test makes one in its own way and compares. Whole tokens are printed:
 * token.py takes them apart and verifies them, by other people's software.
 */
#include "host/refuse.h"

#define BUFFER		PUPPET_SCRATCH
#define CHALLENGE	8		/* words */
#define TOKEN_WORDS	512

struct token {
	uint64_t size;
	uint64_t words[TOKEN_WORDS];
};

static struct token first, second;

static uint64_t init(struct rec *c, uint64_t seed)
{
	obey(c, OP_SMC, RSI_ATTESTATION_TOKEN_INIT, seed, seed + 1, seed + 2, seed + 3,
	     seed + 4, seed + 5, seed + 6, seed + 7, 9, 10, 11, 12, 13, 14, 15, 16, 17);
	return report(c, 1);
}

static uint64_t proceed(struct rec *c, uint64_t addr, uint64_t offset, uint64_t size)
{
	obey(c, OP_SMC, RSI_ATTESTATION_TOKEN_CONTINUE, addr, offset, size, 4, 5, 6, 7,
	     8, 9, 10, 11, 12, 13, 14, 15, 16, 17);
	return report(c, 1);
}

static uint64_t written(const struct rec *c)
{
	return report(c, 2);
}

static void load_words(struct rec *c, struct token *t)
{
	uint64_t i;

	ASSERT(t->size <= PAGE);
	memset(t->words, 0, sizeof(t->words));
	for (i = 0; i < (t->size + 7) / 8; i++)
		t->words[i] = realm_load(c, BUFFER + 8 * i);
	if (t->size % 8)
		t->words[i - 1] &= ~0UL >> (64 - 8 * (t->size % 8));
}

/* As a guest does it that is never interrupted. */
static void make_token(struct rec *c, uint64_t seed, struct token *t)
{
	ASSERT_EQ(init(c, seed), RSI_SUCCESS);
	t->size = written(c);
	ASSERT_EQ(proceed(c, BUFFER, 0, PAGE), RSI_SUCCESS);
	EXPECT_EQ(written(c), t->size);
	load_words(c, t);
}

static void expect_same(const struct token *a, const struct token *b)
{
	EXPECT_EQ(a->size, b->size);
	EXPECT_EQ(memcmp(a->words, b->words, sizeof(a->words)), 0);
}

static void print_bytes(const void *data, uint64_t size)
{
	const uint8_t *p = data;
	uint64_t i;

	for (i = 0; i < size; i++)
		print("%x%x", p[i] >> 4, p[i] & 15);
}

/* For token.py: what it must find in the token, then the token. */
static void print_token(struct rec *c, uint64_t seed, const struct token *t)
{
	const struct rmi_realm_params *p = c->realm->params;
	uint64_t hl = p->hash_algo == RMI_HASH_SHA512 ? 64 : 32;
	uint64_t challenge[CHALLENGE], i;

	for (i = 0; i < CHALLENGE; i++)
		challenge[i] = seed + i;
	console_lock();
	print("TOKEN ");
	print_bytes(challenge, sizeof(challenge));
	print(" ");
	print_bytes(p->rpv, sizeof(p->rpv));
	for (i = 0; i < 5; i++) {
		obey(c, OP_SMC, RSI_MEASUREMENT_READ, i);
		print(" ");
		print_bytes(&c->run->exit.gprs[2], hl);
	}
	print(" ");
	print_bytes(t->words, t->size);
	print("\n");
	console_unlock();
}

static struct rec *attester(uint8_t alg)
{
	struct realm *r = realm_blank(GEOMETRY_DEFAULT);
	struct rec *c;
	unsigned int i;

	r->params->hash_algo = alg;
	for (i = 0; i < RMI_RPV_SIZE; i++)
		r->params->rpv[i] = (uint8_t)(i * 5 + alg);
	ASSERT_OK(RMI_REALM_CREATE, r->rd, (uint64_t)r->params);
	puppet_load(r);
	c = rec_new(r, true);
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	return c;
}

/*
 * All claims and both signatures, by token.py; and a challenge of its own for each.
 * @test RSI_ATTESTATION_TOKEN_INIT.success
 * @test RSI_ATTESTATION_TOKEN_CONTINUE.success
 * @test ATTESTATION.{challenge,realm_claims,envelope}
 */
static void whole(uint8_t alg)
{
	struct rec *c = attester(alg);

	make_token(c, 0x0123456789abcdef, &first);
	EXPECT(first.size < PAGE);
	print_token(c, 0x0123456789abcdef, &first);
	make_token(c, 0x0123456789abcdef, &second);
	expect_same(&first, &second);
	/* what is in it is from now, not from the first time */
	obey(c, OP_SMC, RSI_MEASUREMENT_EXTEND, 1, 64, 1, 2, 3, 4, 5, 6, 7, 8);
	obey(c, OP_SMC, RSI_MEASUREMENT_EXTEND, 4, 8, 42);
	make_token(c, 0x1111111111111111, &second);
	print_token(c, 0x1111111111111111, &second);
	EXPECT_EQ(first.size, second.size);
	EXPECT(memcmp(first.words, second.words, sizeof(first.words)) != 0);
}

TEST(token, whole_sha256, BOTH)
{
	whole(RMI_HASH_SHA256);
}

TEST(token, whole_sha512, ONCE)
{
	whole(RMI_HASH_SHA512);
}

/* What INIT sampled, though it has changed before the token is signed. */
TEST(token, measurements_are_of_init, ONCE)
{
	struct rec *c = puppet();

	make_token(c, 5, &first);
	ASSERT_EQ(init(c, 5), RSI_SUCCESS);
	second.size = written(c);
	obey(c, OP_SMC, RSI_MEASUREMENT_EXTEND, 2, 8, 42);
	EXPECT_EQ(proceed(c, BUFFER, 0, PAGE), RSI_SUCCESS);
	load_words(c, &second);
	expect_same(&first, &second);
}

/*
 * @test RSI_ATTESTATION_TOKEN_CONTINUE.{addr_align,addr_bound,offset_bound}
 * @test RSI_ATTESTATION_TOKEN_CONTINUE.{size_overflow,size_bound}
 */
TEST(token, refused, ONCE)
{
	struct rec *c = puppet();
	uint64_t half = realm_top(c->realm);
	const struct {
		uint64_t addr, offset, size;
	} bad[] = {
		{ BUFFER + 1, 0, 8 }, { BUFFER + 8, 0, 8 }, { BUFFER + 0x800, 0, 8 },
		{ half, 0, 8 }, { half | BUFFER, 0, 8 }, { 1UL << 48, 0, 8 },
		{ 1UL << 63, 0, 8 }, { ~0xfffUL, 0, 8 },
		{ BUFFER, PAGE, 0 }, { BUFFER, PAGE + 8, 8 }, { BUFFER, 1UL << 63, 8 },
		{ BUFFER, ~0UL, 1 }, { BUFFER, 8, ~0UL }, { BUFFER, 8, -8UL },
		{ BUFFER, 0, PAGE + 1 }, { BUFFER, 1, PAGE }, { BUFFER, PAGE - 1, 2 },
		{ BUFFER, 0, 1UL << 32 }, { BUFFER, 1UL << 32, 8 },
	};
	unsigned int i, when;

	make_token(c, 3, &first);
	/* with nothing going on, with a token to be signed, and in the middle */
	for (when = 0; when < 3; when++) {
		if (when == 1)
			ASSERT_EQ(init(c, 3), RSI_SUCCESS);
		if (when == 2)
			ASSERT_EQ(proceed(c, BUFFER, 0, 8), RSI_INCOMPLETE);
		for (i = 0; i < ARRAY_SIZE(bad); i++) {
			test_label("bad argument");
			EXPECT_EQ(proceed(c, bad[i].addr, bad[i].offset, bad[i].size),
				  RSI_ERROR_INPUT);
			EXPECT_EQ(written(c), 0);
		}
	}
	test_label(NULL);
	/* and none of it has done any harm */
	EXPECT_EQ(proceed(c, BUFFER, 8, PAGE - 8), RSI_SUCCESS);
	second.size = written(c) + 8;
	load_words(c, &second);
	expect_same(&first, &second);
}

/* @test RSI_ATTESTATION_TOKEN_CONTINUE.state */
TEST(token, no_generation, BOTH)
{
	struct rec *c = puppet();

	EXPECT_EQ(proceed(c, BUFFER, 0, PAGE), RSI_ERROR_STATE);
	EXPECT_EQ(proceed(c, BUFFER, 0, 0), RSI_ERROR_STATE);
	make_token(c, 1, &first);
	EXPECT_EQ(proceed(c, BUFFER, 0, PAGE), RSI_ERROR_STATE);
	EXPECT_EQ(written(c), 0);
}

/* @test RSI_ATTESTATION_TOKEN_CONTINUE.size_zero */
TEST(token, nothing_wanted, ONCE)
{
	struct rec *c = puppet();
	unsigned int i;

	make_token(c, 1, &first);
	ASSERT_EQ(init(c, 1), RSI_SUCCESS);
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(proceed(c, BUFFER, PAGE - 1, 0), RSI_INCOMPLETE);
		EXPECT_EQ(written(c), 0);
	}
	EXPECT_EQ(proceed(c, BUFFER, 0, first.size - 1), RSI_INCOMPLETE);
	EXPECT_EQ(written(c), first.size - 1);
	EXPECT_EQ(proceed(c, BUFFER, 0, 0), RSI_INCOMPLETE);
	EXPECT_EQ(proceed(c, BUFFER, first.size - 1, 1), RSI_SUCCESS);
	EXPECT_EQ(written(c), 1);
	second.size = first.size;
	load_words(c, &second);
	expect_same(&first, &second);
}

/*
 * In pieces of every size up to 70, each at the offset where the last one ended:
 * so every offset of the token is one where a piece begins, or ends. What is around
 * a piece stays.
 */
TEST(token, in_pieces, BOTH)
{
	struct rec *c = puppet();
	uint64_t size, at, n;

	make_token(c, 7, &first);
	for (size = 1; size <= 70; size += test_scale(100) >= 100 ? 3 : 23) {
		obey(c, OP_FILL, BUFFER, PAGE, 5);
		ASSERT_EQ(init(c, 7), RSI_SUCCESS);
		second.size = written(c);
		for (at = 0; at < first.size; at += n) {
			n = first.size - at < size ? first.size - at : size;
			ASSERT_EQ(proceed(c, BUFFER, at, size),
				  at + n == first.size ? RSI_SUCCESS : RSI_INCOMPLETE);
			ASSERT_EQ(written(c), n);
		}
		load_words(c, &second);
		expect_same(&first, &second);
	}
}

/* A page that is filled exactly has the realm come again with the next. */
TEST(token, full_page, ONCE)
{
	struct rec *c = puppet();
	uint64_t offset = PAGE - 100;

	make_token(c, 9, &first);
	ASSERT_EQ(init(c, 9), RSI_SUCCESS);
	EXPECT_EQ(proceed(c, BUFFER + PAGE, offset, 100), RSI_INCOMPLETE);
	EXPECT_EQ(written(c), 100);
	EXPECT_EQ(realm_load(c, BUFFER + PAGE + offset + 4) & 0xffffffff,
		  first.words[0] >> 32);
	EXPECT_EQ(proceed(c, BUFFER, 100, PAGE - 100), RSI_SUCCESS);
	EXPECT_EQ(written(c), first.size - 100);
}

/* INIT ends what is going on, in each of its states. */
TEST(token, restart, BOTH)
{
	struct rec *c = puppet();

	make_token(c, 11, &first);
	ASSERT_EQ(init(c, 12), RSI_SUCCESS);
	ASSERT_EQ(init(c, 11), RSI_SUCCESS);
	ASSERT_EQ(proceed(c, BUFFER, 0, 100), RSI_INCOMPLETE);
	ASSERT_EQ(init(c, 12), RSI_SUCCESS);
	ASSERT_EQ(proceed(c, BUFFER, 0, 100), RSI_INCOMPLETE);
	make_token(c, 11, &second);
	expect_same(&first, &second);
}

/* RIPAS RAM, without pages yet. */
static void want_ram(struct rec *c, uint64_t base, uint64_t pages)
{
	uint64_t top = base + pages * PAGE;

	EXPECT_EQ(order(c, OP_SMC, RSI_IPA_STATE_SET, base, top, RMI_RIPAS_RAM, 0),
		  RMI_EXIT_RIPAS_CHANGE);
	ASSERT_OK(RMI_RTT_SET_RIPAS, c->realm->rd, c->pa, base, top);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
}

/*
 * The page is asked for like any other; EMPTY is the realm's mistake.
 * @test RSI_ATTESTATION_TOKEN_CONTINUE.{empty,unmapped}
 */
TEST(token, missing_buffers, BOTH)
{
	struct rec *c = puppet();
	struct realm *r = c->realm;
	struct rmi_rec_exit want = exit_of(RMI_EXIT_SYNC);
	uint64_t at = PUPPET_HOLE;

	make_token(c, 13, &first);
	ASSERT_EQ(init(c, 13), RSI_SUCCESS);
	EXPECT_EQ(proceed(c, at, 0, PAGE), RSI_ERROR_INPUT);
	want_ram(c, at, 1);
	want.esr = (uint64_t)EC_DABT_LOWER << 26 | (FSC_TRANSLATION + 3);
	want.hpfar = HPFAR(at);
	EXPECT_EQ(order(c, OP_SMC, RSI_ATTESTATION_TOKEN_CONTINUE, at, 0, PAGE),
		  RMI_EXIT_SYNC);
	expect_exit(c, &want);
	EXPECT_EQ(rec_run(c), RMI_EXIT_SYNC);
	expect_exit(c, &want);
	realm_data_unknown(r, at);
	EXPECT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	EXPECT_EQ(report(c, 1), RSI_SUCCESS);
	EXPECT_EQ(written(c), first.size);
	EXPECT_EQ(realm_load(c, at + 8), first.words[1]);
}

/* CONTINUE with an interrupt of the host on its way; how often it was left for it. */
static unsigned int storm(struct rec *c, uint64_t us, struct token *t)
{
	unsigned int left = 0, calls = 0;

	ASSERT_EQ(init(c, 17), RSI_SUCCESS);
	t->size = written(c);
	for (;;) {
		timer_arm_us(us);
		if (order(c, OP_SMC, RSI_ATTESTATION_TOKEN_CONTINUE, BUFFER, 0, PAGE) ==
		    RMI_EXIT_IRQ) {
			struct rmi_rec_exit want = exit_of(RMI_EXIT_IRQ);

			EXPECT_EQ(gic_take(), INTID_HOST_TIMER);
			timer_stop();
			expect_exit(c, &want);
			ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
		}
		timer_stop();
		(void)gic_take();
		expect_ordered(c);
		if (report(c, 1) != RSI_INCOMPLETE)
			break;
		/* Linux adds it to its offset without a look at X0 */
		EXPECT_EQ(written(c), 0);
		left++;
		ASSERT(++calls < 100);
	}
	EXPECT_EQ(report(c, 1), RSI_SUCCESS);
	EXPECT_EQ(written(c), t->size);
	load_words(c, t);
	return left;
}

/*
 * From interrupts that come before the realm gets to its call to such that come
 * when the token is there: some are in between, on any machine.
 * @test RSI_ATTESTATION_TOKEN_CONTINUE.interrupted
 */
TEST(token, interrupt_storm, BOTH)
{
	struct rec *c = puppet();
	unsigned int left = 0;
	uint64_t us;

	make_token(c, 17, &first);
	for (us = 50; us < 100000; us += us / 2) {
		left += storm(c, us, &second);
		expect_same(&first, &second);
	}
	EXPECT(left >= 2);
}

#define ATTESTERS	4

struct attesting {
	struct rec *c;
	uint64_t buffer;
	unsigned int rounds, bad;
};

/* On its own CPU; checks are made by CPU 0, after. */
static void attest(void *arg)
{
	struct attesting *a = arg;
	unsigned int i;

	for (i = 0; i < a->rounds; i++) {
		obey(a->c, OP_SMC, RSI_ATTESTATION_TOKEN_INIT, 19, 20, 21, 22, 23, 24, 25,
		     26);
		if (report(a->c, 1) != RSI_SUCCESS || written(a->c) != first.size)
			a->bad++;
		obey(a->c, OP_SMC, RSI_ATTESTATION_TOKEN_CONTINUE, a->buffer, 0, PAGE);
		if (report(a->c, 1) != RSI_SUCCESS || written(a->c) != first.size)
			a->bad++;
	}
}

static void four_recs(unsigned int rounds)
{
	struct rec *c = puppet_in(GEOMETRY_DEFAULT, ATTESTERS);
	struct realm *r = c->realm;
	struct attesting a[ATTESTERS];
	unsigned int i, k;

	make_token(c, 19, &first);
	want_ram(c, PUPPET_HOLE, ATTESTERS);
	for (i = 0; i < ATTESTERS; i++) {
		a[i] = (struct attesting){ &r->rec[i], PUPPET_HOLE + i * PAGE, rounds, 0 };
		realm_data_unknown(r, a[i].buffer);
		if (i)
			realm_cpu_on(c, i);
	}
	cpus_run(ATTESTERS, attest, a, sizeof(a[0]));
	for (i = 0; i < ATTESTERS; i++) {
		EXPECT_EQ(a[i].bad, 0);
		for (k = 0; k < first.size / 8; k++)
			if (!EXPECT_EQ(realm_load(c, a[i].buffer + 8 * k), first.words[k]))
				break;
	}
}

TEST(token, four_recs, BOTH)
{
	four_recs(2);
}

TEST(token, four_recs_at_once, RACE | BOTH)
{
	four_recs(test_scale(40));
}

/* What one REC has begun another cannot go on with. */
TEST(token, is_of_the_rec, ONCE)
{
	struct rec *c = puppet_in(GEOMETRY_DEFAULT, 2);
	struct rec *other = &c->realm->rec[1];

	realm_cpu_on(c, 1);
	make_token(c, 23, &first);
	ASSERT_EQ(init(c, 23), RSI_SUCCESS);
	EXPECT_EQ(proceed(other, BUFFER, 0, PAGE), RSI_ERROR_STATE);
	ASSERT_EQ(init(other, 24), RSI_SUCCESS);
	EXPECT_EQ(proceed(other, BUFFER, 0, 8), RSI_INCOMPLETE);
	second.size = first.size;
	EXPECT_EQ(proceed(c, BUFFER, 0, PAGE), RSI_SUCCESS);
	load_words(c, &second);
	expect_same(&first, &second);
}

/* In the middle of a signature: REC and realm can go as always. */
TEST(token, destroyed_while_signing, BOTH)
{
	struct rec *c = puppet();

	ASSERT_EQ(init(c, 29), RSI_SUCCESS);
	timer_arm_us(20);
	(void)order(c, OP_SMC, RSI_ATTESTATION_TOKEN_CONTINUE, BUFFER, 0, PAGE);
	timer_stop();
	(void)gic_take();
	ASSERT_OK(RMI_REC_DESTROY, c->pa);
}
