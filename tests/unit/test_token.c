/* SPDX-License-Identifier: BSD-3-Clause */
/* Attestation tokens (rmm-abi.md 7.27, 12), and the key they are signed with. */
#include "unit.h"

#include "abi/boot.h"
#include "abi/vendor.h"
#include "arch/aarch64/attest.h"
#include "arch/aarch64/sign_heap.h"
#include "call/claims.h"
#include "core/token.h"
#include "lib/cose.h"
#include "token_vectors.h"
#include <stdalign.h>
#include <string.h>

#define PAGE(n)		(UINT64_C(0x40000) + (n) * PAGE_SIZE)
#define BUFFER		PAGE(0)
#define EMPTY_PAGE	PAGE(1)
#define RAM_PAGE	PAGE(2)		/* not there */
#define SIGN_AUX	4		/* aux page with the signature's state */

/* The signature: RFC 6979 A.2.6, ECDSA with SHA-384 */

struct known {
	const char *message;
	uint8_t signature[HAL_SIGNATURE_SIZE];
};

static const struct known known[] = {
	{ "sample", {
		0x94, 0xed, 0xbb, 0x92, 0xa5, 0xec, 0xb8, 0xaa, 0xd4, 0x73, 0x6e, 0x56,
		0xc6, 0x91, 0x91, 0x6b, 0x3f, 0x88, 0x14, 0x06, 0x66, 0xce, 0x9f, 0xa7,
		0x3d, 0x64, 0xc4, 0xea, 0x95, 0xad, 0x13, 0x3c, 0x81, 0xa6, 0x48, 0x15,
		0x2e, 0x44, 0xac, 0xf9, 0x6e, 0x36, 0xdd, 0x1e, 0x80, 0xfa, 0xbe, 0x46,
		0x99, 0xef, 0x4a, 0xeb, 0x15, 0xf1, 0x78, 0xce, 0xa1, 0xfe, 0x40, 0xdb,
		0x26, 0x03, 0x13, 0x8f, 0x13, 0x0e, 0x74, 0x0a, 0x19, 0x62, 0x45, 0x26,
		0x20, 0x3b, 0x63, 0x51, 0xd0, 0xa3, 0xa9, 0x4f, 0xa3, 0x29, 0xc1, 0x45,
		0x78, 0x6e, 0x67, 0x9e, 0x7b, 0x82, 0xc7, 0x1a, 0x38, 0x62, 0x8a, 0xc8 } },
	{ "test", {
		0x82, 0x03, 0xb6, 0x3d, 0x3c, 0x85, 0x3e, 0x8d, 0x77, 0x22, 0x7f, 0xb3,
		0x77, 0xbc, 0xf7, 0xb7, 0xb7, 0x72, 0xe9, 0x78, 0x92, 0xa8, 0x0f, 0x36,
		0xab, 0x77, 0x5d, 0x50, 0x9d, 0x7a, 0x5f, 0xeb, 0x05, 0x42, 0xa7, 0xf0,
		0x81, 0x29, 0x98, 0xda, 0x8f, 0x1d, 0xd3, 0xca, 0x3c, 0xf0, 0x23, 0xdb,
		0xdd, 0xd0, 0x76, 0x04, 0x48, 0xd4, 0x2d, 0x8a, 0x43, 0xaf, 0x45, 0xaf,
		0x83, 0x6f, 0xce, 0x4d, 0xe8, 0xbe, 0x06, 0xb4, 0x85, 0xe9, 0xb6, 0x1b,
		0x82, 0x7c, 0x2f, 0x13, 0x17, 0x39, 0x23, 0xe0, 0x6a, 0x73, 0x9f, 0x04,
		0x06, 0x49, 0xa6, 0x67, 0xbf, 0x3b, 0x82, 0x82, 0x46, 0xba, 0xa5, 0xa5 } },
};

static alignas(4096) uint8_t pages[2][PAGE_SIZE];

static bool is_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

static unsigned int sign_to_end(void *page, uint8_t *signature)
{
	enum hal_sign_result r;
	unsigned int slices = 0;

	do {
		r = hal_sign_step(page, signature);
		slices++;
	} while (r == HAL_SIGN_BUSY);
	EXPECT_EQ(r, HAL_SIGN_DONE);
	EXPECT(is_zero(page, PAGE_SIZE));
	return slices;
}

static void known_answer(const void *arg)
{
	const struct known *k = arg;
	uint8_t signature[HAL_SIGNATURE_SIZE];

	memset(pages, 0x5a, sizeof(pages));
	hal_sign_start(pages[0], k->message, strlen(k->message));
	EXPECT(sign_to_end(pages[0], signature) >= 5);
	EXPECT_EQ(memcmp(signature, k->signature, sizeof(signature)), 0);
}

/* Slice by slice, by turns: what one has begun the other does not disturb. */
static void two_at_once(const void *arg)
{
	uint8_t signature[2][HAL_SIGNATURE_SIZE];
	enum hal_sign_result r[2] = { HAL_SIGN_BUSY, HAL_SIGN_BUSY };

	(void)arg;
	for (unsigned int i = 0; i < 2; i++)
		hal_sign_start(pages[i], known[i].message, strlen(known[i].message));
	while (r[0] == HAL_SIGN_BUSY || r[1] == HAL_SIGN_BUSY)
		for (unsigned int i = 0; i < 2; i++)
			if (r[i] == HAL_SIGN_BUSY)
				r[i] = hal_sign_step(pages[i], signature[i]);
	for (unsigned int i = 0; i < 2; i++)
		EXPECT_EQ(memcmp(signature[i], known[i].signature, HAL_SIGNATURE_SIZE), 0);
}

/* Many messages: none needs more memory than the page has. */
static void memory_suffices(const void *arg)
{
	uint8_t signature[HAL_SIGNATURE_SIZE];

	(void)arg;
	for (uint32_t i = 0; i < 32; i++) {
		hal_sign_start(pages[0], &i, sizeof(i));
		(void)sign_to_end(pages[0], signature);
	}
}

static void heap(const void *arg)
{
	struct sign_heap h;
	void *p[64];
	size_t n = 0;

	(void)arg;
	EXPECT(sign_calloc(1, 1) == NULL);	/* no heap in use */
	sign_heap_init(&h, pages[0], 16 * SIGN_HEAP_UNIT);
	sign_heap_use(&h);
	EXPECT(sign_calloc(SIZE_MAX / 2, 3) == NULL);
	EXPECT(sign_calloc(1, SIZE_MAX) == NULL);
	EXPECT(sign_calloc(1, SIGN_HEAP_CLASSES * SIGN_HEAP_UNIT - 15) == NULL);
	while ((p[n] = sign_calloc(1, SIGN_HEAP_UNIT - 16)) != NULL) {
		EXPECT(is_zero(p[n], SIGN_HEAP_UNIT - 16));
		EXPECT_EQ((uintptr_t)p[n] % 16, 0);
		memset(p[n], 0xff, SIGN_HEAP_UNIT - 16);
		n++;
	}
	EXPECT_EQ(n, 16);
	sign_free(NULL);
	sign_free(p[3]);
	EXPECT(sign_calloc(1, SIGN_HEAP_UNIT) == NULL);
	EXPECT(sign_calloc(8, 4) == p[3]);
	EXPECT(is_zero(p[3], 32));
	/* once all is cut up, a larger block serves */
	sign_heap_init(&h, pages[0], 4 * SIGN_HEAP_UNIT);
	p[0] = sign_calloc(1, 4 * SIGN_HEAP_UNIT - 16);
	sign_free(p[0]);
	EXPECT(sign_calloc(1, 1) == p[0]);
	sign_heap_use(NULL);
}

/* What the root of trust hands over */

static void break_private(struct tmm_attest *a)
{
	a->rak_private[47] ^= 1;
}

static void break_public(struct tmm_attest *a)
{
	a->rak_public[95] ^= 1;
}

static void zero_private(struct tmm_attest *a)
{
	memset(a->rak_private, 0, sizeof(a->rak_private));
}

static void huge_private(struct tmm_attest *a)
{
	memset(a->rak_private, 0xff, sizeof(a->rak_private));
}

static void bad_magic(struct tmm_attest *a)
{
	a->magic++;
}

static void bad_version(struct tmm_attest *a)
{
	a->version++;
}

static void bad_size(struct tmm_attest *a)
{
	a->size--;
}

static void bad_reserved(struct tmm_attest *a)
{
	a->reserved = 1;
}

static void no_token(struct tmm_attest *a)
{
	a->token_size = 0;
}

static void huge_token(struct tmm_attest *a)
{
	a->token_size = TMM_ATTEST_TOKEN_MAX + 1;
}

static void (*const breaks[])(struct tmm_attest *a) = {
	break_private, break_public, zero_private, huge_private, bad_magic,
	bad_version, bad_size, bad_reserved, no_token, huge_token,
};

static void hand_over(const void *arg)
{
	struct tmm_attest a;

	(void)arg;
	for (size_t i = 0; i < COUNT_OF(breaks); i++) {
		a = host_attest_default;
		breaks[i](&a);
		EXPECT(!attest_install(&a));
		EXPECT(hal_attest() == NULL);
		EXPECT(is_zero((const uint8_t *)attest_secrets(),
			       sizeof(struct attest_secrets)));
	}
	a = host_attest_default;
	a.token_size = TMM_ATTEST_TOKEN_MAX;
	EXPECT(attest_install(&a));
	EXPECT_EQ(hal_attest()->token_size, TMM_ATTEST_TOKEN_MAX);
	EXPECT(attest_install(&host_attest_default));
	EXPECT_EQ(hal_attest()->token_size, 40);
	EXPECT_EQ(memcmp(hal_attest()->key, a.rak_public, HAL_KEY_SIZE), 0);
	EXPECT_EQ(memcmp(hal_attest()->token, a.token, 40), 0);
}

/* The token of a realm that is made up, as token_vectors.py makes it */

static void fill(uint8_t *p, size_t n, unsigned int seed)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(seed + 3 * i);
}

static size_t make_up(enum hash_alg alg, uint8_t token[TOKEN_MAX])
{
	static struct realm r;
	uint8_t challenge[CLAIMS_CHALLENGE], claims[CLAIMS_MAX], message[1024];
	size_t size, message_size, token_size;

	r.cfg.alg = alg;
	fill(challenge, sizeof(challenge), 1);
	fill(r.cfg.rpv, sizeof(r.cfg.rpv), 2);
	for (unsigned int i = 0; i < REALM_MEASUREMENTS; i++)
		fill(r.measurement[i], HASH_MAX_SIZE, 3 + i);
	size = claims_of_realm(claims, &r, challenge, hal_attest());
	message_size = cose_signed_bytes(message, sizeof(message), claims, size);
	token_size = claims_token(token, TOKEN_MAX, claims, size, hal_attest());
	EXPECT(is_zero(token + token_size - HAL_SIGNATURE_SIZE, HAL_SIGNATURE_SIZE));
	hal_sign_start(pages[0], message, message_size);
	(void)sign_to_end(pages[0], token + token_size - HAL_SIGNATURE_SIZE);
	return token_size;
}

/* @test ATTESTATION.{realm_claims,envelope} */
static void vectors(const void *arg)
{
	uint8_t token[TOKEN_MAX];

	(void)arg;
	EXPECT_EQ(make_up(HASH_SHA256, token), sizeof(token_sha256));
	EXPECT_EQ(memcmp(token, token_sha256, sizeof(token_sha256)), 0);
	EXPECT_EQ(make_up(HASH_SHA512, token), sizeof(token_sha512));
	EXPECT_EQ(memcmp(token, token_sha512, sizeof(token_sha512)), 0);
}

/* The largest there can be: all of it written, and not a byte more. */
static void largest(const void *arg)
{
	struct tmm_attest a = host_attest_default;
	uint8_t token[TOKEN_MAX];
	size_t size;

	(void)arg;
	a.token_size = TMM_ATTEST_TOKEN_MAX;
	EXPECT(attest_install(&a));
	size = make_up(HASH_SHA512, token);
	EXPECT(size > TMM_ATTEST_TOKEN_MAX && size < TOKEN_MAX);
	EXPECT(attest_install(&host_attest_default));
}

static void no_room(const void *arg)
{
	uint8_t out[256], point[COSE_POINT_SIZE] = { 0 }, payload[64] = { 0 };
	size_t n;

	(void)arg;
	EXPECT_EQ(cose_key(out, COSE_KEY_SIZE, point), COSE_KEY_SIZE);
	EXPECT_EQ(cose_key(out, COSE_KEY_SIZE - 1, point), 0);
	n = cose_sign1(out, sizeof(out), payload, sizeof(payload), NULL);
	EXPECT(n != 0);
	EXPECT_EQ(cose_sign1(out, n, payload, sizeof(payload), NULL), n);
	for (size_t i = 0; i < n; i++)
		EXPECT_EQ(cose_sign1(out, i, payload, sizeof(payload), NULL), 0);
	n = cose_signed_bytes(out, sizeof(out), payload, sizeof(payload));
	EXPECT(n != 0);
	for (size_t i = 0; i < n; i++)
		EXPECT_EQ(cose_signed_bytes(out, i, payload, sizeof(payload)), 0);
}

/* The calls */

struct token_world {
	struct realm_under_test r;
	uint64_t data;		/* behind BUFFER */
};

static void make_world(struct token_world *w)
{
	make_realm(&w->r, 5);
	w->data = realm_data(&w->r, BUFFER);
	realm_ram(&w->r, RAM_PAGE, RAM_PAGE + PAGE_SIZE);
	rec_make(&w->r, true);
	rec_make(&w->r, true);
	realm_start(&w->r);
}

static struct vcpu_regs call(const struct token_world *w, unsigned int rec,
			     const uint64_t x[static 31])
{
	step_smc_args(x, 30);
	EXPECT_EQ(rec_enter(w->r.rec[rec]), RMI_SUCCESS);
	EXPECT_EQ(rec_exit_of()->exit_reason, RMI_EXIT_IRQ);
	return realm_regs();
}

static uint64_t init(const struct token_world *w, unsigned int rec, uint64_t seed)
{
	uint64_t x[31] = { RSI_ATTESTATION_TOKEN_INIT };
	struct vcpu_regs regs;

	for (unsigned int i = 1; i < 31; i++)
		x[i] = seed + i;
	regs = call(w, rec, x);
	/* @test RSI_ATTESTATION_TOKEN_INIT.success */
	EXPECT_EQ(regs.x[0], RSI_SUCCESS);
	EXPECT_EQ(regs.x[2], 0);
	EXPECT_EQ(regs.x[3], 0);
	for (unsigned int i = 4; i < 30; i++)
		EXPECT_EQ(regs.x[i], seed + i);
	return regs.x[1];
}

struct answer {
	uint64_t status, written;
};

static struct answer proceed(const struct token_world *w, unsigned int rec,
			     uint64_t addr, uint64_t offset, uint64_t size)
{
	const uint64_t x[31] = { RSI_ATTESTATION_TOKEN_CONTINUE, addr, offset, size };
	struct vcpu_regs regs = call(w, rec, x);

	EXPECT_EQ(regs.x[2], 0);
	EXPECT_EQ(regs.x[3], 0);
	return (struct answer){ regs.x[0], regs.x[1] };
}

#define EXPECT_ANSWER(a, s, n)						\
	do {								\
		struct answer a_ = (a);					\
		EXPECT_EQ(a_.status, s);				\
		EXPECT_EQ(a_.written, n);				\
	} while (0)

static size_t whole(const struct token_world *w, uint64_t seed, uint8_t out[TOKEN_MAX])
{
	uint64_t size = init(w, 0, seed);

	EXPECT_ANSWER(proceed(w, 0, BUFFER, 0, PAGE_SIZE), RSI_SUCCESS, size);
	memcpy(out, content_of(w->data), size);
	return size;
}

static bool contains(const uint8_t *token, size_t size, const void *what, size_t n)
{
	for (size_t i = 0; i + n <= size; i++)
		if (memcmp(token + i, what, n) == 0)
			return true;
	return false;
}

/*
 * @test ATTESTATION.challenge
 * @test RSI_ATTESTATION_TOKEN_CONTINUE.{success,state,size_zero}
 */
static void in_pieces(const void *arg)
{
	uint8_t token[TOKEN_MAX], pieces[TOKEN_MAX];
	uint64_t challenge[8], size, at, n;
	struct token_world w;

	(void)arg;
	make_world(&w);
	EXPECT_ANSWER(proceed(&w, 0, BUFFER, 0, 8), RSI_ERROR_STATE, 0);
	size = whole(&w, 100, token);
	EXPECT_ANSWER(proceed(&w, 0, BUFFER, 0, 8), RSI_ERROR_STATE, 0);
	for (unsigned int i = 0; i < 8; i++)
		challenge[i] = 101 + i;
	EXPECT(contains(token, size, challenge, sizeof(challenge)));

	EXPECT_EQ(init(&w, 0, 100), size);
	for (at = 0; at < size; at += n) {
		n = min_u64(at % 13 + 1, size - at);
		/* nothing is written, so nobody looks for the page */
		EXPECT_ANSWER(proceed(&w, 0, EMPTY_PAGE, at, 0), RSI_INCOMPLETE, 0);
		EXPECT_ANSWER(proceed(&w, 0, BUFFER, at, n),
			      at + n == size ? RSI_SUCCESS : RSI_INCOMPLETE, n);
	}
	memcpy(pieces, content_of(w.data), size);
	EXPECT_EQ(memcmp(pieces, token, size), 0);
	EXPECT_ANSWER(proceed(&w, 0, BUFFER, 0, 0), RSI_ERROR_STATE, 0);
}

/* Two RECs by turns; and INIT in the middle of a token. */
static void per_rec(const void *arg)
{
	uint8_t one[TOKEN_MAX], two[TOKEN_MAX];
	struct token_world w;
	uint64_t size;

	(void)arg;
	make_world(&w);
	size = whole(&w, 7, one);
	EXPECT_EQ(init(&w, 0, 9), size);
	EXPECT_ANSWER(proceed(&w, 1, BUFFER, 0, 8), RSI_ERROR_STATE, 0);
	EXPECT_EQ(init(&w, 1, 7), size);
	EXPECT_ANSWER(proceed(&w, 0, BUFFER, 0, 100), RSI_INCOMPLETE, 100);
	EXPECT_ANSWER(proceed(&w, 1, BUFFER, 0, PAGE_SIZE), RSI_SUCCESS, size);
	memcpy(two, content_of(w.data), size);
	EXPECT_EQ(memcmp(one, two, size), 0);
	EXPECT_EQ(init(&w, 0, 7), size);
	EXPECT_ANSWER(proceed(&w, 0, BUFFER, 0, PAGE_SIZE), RSI_SUCCESS, size);
	memcpy(two, content_of(w.data), size);
	EXPECT_EQ(memcmp(one, two, size), 0);
}

/*
 * An interrupt waits at the end of each slice: the REC exits, and comes back with
 * nothing written and its progress kept.
 * @test RSI_ATTESTATION_TOKEN_CONTINUE.interrupted
 */
static void interrupted(const void *arg)
{
	const uint64_t x[31] = { RSI_ATTESTATION_TOKEN_CONTINUE, BUFFER, 0, PAGE_SIZE };
	uint8_t one[TOKEN_MAX], two[TOKEN_MAX];
	unsigned int exits = 0;
	struct token_world w;
	struct vcpu_regs regs;
	uint64_t size;

	(void)arg;
	make_world(&w);
	size = whole(&w, 7, one);
	EXPECT_EQ(init(&w, 0, 7), size);
	do {
		host_irq_after(1);
		step_smc_args(x, 30);
		EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
		EXPECT_EQ(rec_exit_of()->exit_reason, RMI_EXIT_IRQ);
		host_irq_after(0);
		EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
		regs = realm_regs();
		EXPECT_EQ(regs.x[1], regs.x[0] == RSI_SUCCESS ? size : 0);
		exits++;
	} while (regs.x[0] == RSI_INCOMPLETE);
	EXPECT_EQ(regs.x[0], RSI_SUCCESS);
	EXPECT(exits >= 5);
	memcpy(two, content_of(w.data), size);
	EXPECT_EQ(memcmp(one, two, size), 0);
}

/*
 * @test RSI_ATTESTATION_TOKEN_CONTINUE.{addr_align,addr_bound,offset_bound}
 * @test RSI_ATTESTATION_TOKEN_CONTINUE.{size_overflow,size_bound,empty}
 */
static void refused(const void *arg)
{
	uint8_t one[TOKEN_MAX], two[TOKEN_MAX];
	struct token_world w;
	uint64_t size;

	(void)arg;
	make_world(&w);
	{
		uint64_t half = realm_unprotected(&w.r);
		const uint64_t bad[][3] = {
			{ BUFFER + 8, 0, 8 }, { BUFFER + 0x800, 0, 8 }, { half, 0, 8 },
			{ half + BUFFER, 0, 8 }, { ~UINT64_C(0xfff), 0, 8 },
			{ BUFFER, PAGE_SIZE, 0 }, { BUFFER, ~UINT64_C(0), 1 },
			{ BUFFER, BIT(32), 8 }, { BUFFER, 8, ~UINT64_C(0) },
			{ BUFFER, 8, ~UINT64_C(7) }, { BUFFER, 0, PAGE_SIZE + 1 },
			{ BUFFER, PAGE_SIZE - 1, 2 }, { BUFFER, 0, BIT(32) },
			{ EMPTY_PAGE, 0, 8 },
		};

		size = whole(&w, 3, one);
		EXPECT_EQ(init(&w, 0, 3), size);
		for (size_t i = 0; i < COUNT_OF(bad); i++)
			EXPECT_ANSWER(proceed(&w, 0, bad[i][0], bad[i][1], bad[i][2]),
				      RSI_ERROR_INPUT, 0);
	}
	EXPECT_ANSWER(proceed(&w, 0, BUFFER, 0, PAGE_SIZE), RSI_SUCCESS, size);
	memcpy(two, content_of(w.data), size);
	EXPECT_EQ(memcmp(one, two, size), 0);
}

/* @test RSI_ATTESTATION_TOKEN_CONTINUE.unmapped */
static void unmapped(const void *arg)
{
	const uint64_t x[31] = { RSI_ATTESTATION_TOKEN_CONTINUE, RAM_PAGE, 0, PAGE_SIZE };
	struct token_world w;
	uint64_t size;

	(void)arg;
	make_world(&w);
	size = init(&w, 0, 1);
	step_smc_args(x, 30);
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(rec_exit_of()->exit_reason, RMI_EXIT_SYNC);
	EXPECT_EQ(rec_exit_of()->hpfar, RAM_PAGE >> 8);
	realm_unknown(&w.r, RAM_PAGE);
	EXPECT_ANSWER(proceed(&w, 0, RAM_PAGE, 0, PAGE_SIZE), RSI_SUCCESS, size);
}

/*
 * No memory for the signature, which can only be a bug: an error, no panic.
 * @test RSI_ATTESTATION_TOKEN_CONTINUE.unknown
 */
static void failed(const void *arg)
{
	struct token_world w;
	struct sign_heap *h;

	(void)arg;
	make_world(&w);
	(void)init(&w, 0, 1);
	h = content_of(w.r.aux[0][SIGN_AUX]);
	h->next = h->end;
	memset(h->free, 0, sizeof(h->free));
	EXPECT_ANSWER(proceed(&w, 0, BUFFER, 0, PAGE_SIZE), RSI_ERROR_UNKNOWN, 0);
	EXPECT_ANSWER(proceed(&w, 0, BUFFER, 0, PAGE_SIZE), RSI_ERROR_STATE, 0);
	EXPECT(is_zero((const uint8_t *)h, PAGE_SIZE));
}

/* A machine without a root of trust has no tokens, and says so. */
static void no_root_of_trust(const void *arg)
{
	const uint64_t x[31] = { RSI_ATTESTATION_TOKEN_INIT };
	const uint64_t key[31] = { TMM_REALM_KEY, 1, 2, 3, 4 };
	const uint64_t version[31] = { TMM_REALM_VERSION };
	struct tmm_attest a = host_attest_default;
	struct token_world w;

	(void)arg;
	make_world(&w);
	a.magic = 0;
	EXPECT(!attest_install(&a));
	EXPECT_EQ(call(&w, 0, x).x[0], RSI_ERROR_UNKNOWN);
	EXPECT_ANSWER(proceed(&w, 0, BUFFER, 0, PAGE_SIZE), RSI_ERROR_STATE, 0);
	EXPECT_EQ(call(&w, 0, key).x[0], RSI_ERROR_UNKNOWN);
	EXPECT_EQ(call(&w, 0, version).x[2], 0);
	EXPECT(attest_install(&host_attest_default));
}

/* Keys of realms: docs/abi.md 4 */

struct key_case {
	uint8_t alg;
	const uint8_t *want;
};

static const struct key_case key_cases[] = {
	{ RMI_HASH_SHA256, key_sha256 },
	{ RMI_HASH_SHA512, key_sha512 },
};

static void realm_key(const void *arg)
{
	const struct key_case *k = arg;
	uint64_t x[31] = { TMM_REALM_KEY };
	struct realm_under_test t;
	struct vcpu_regs regs;
	struct token_world w;
	struct realm *r;

	make_realm(&t, 5);
	MUST(RMI_REALM_DESTROY, t.rd);
	((struct rmi_realm_params *)host_ns(pa(t.params)))->hash_algo = k->alg;
	MUST(RMI_REALM_CREATE, t.rd, t.params);
	rec_make(&t, true);
	realm_start(&t);
	w.r = t;
	/* a RIM that the vectors know */
	r = content_of(t.rd);
	fill(r->measurement[0], k->alg == RMI_HASH_SHA256 ? 32 : 64, 3);
	if (k->alg == RMI_HASH_SHA256)
		memset(&r->measurement[0][32], 0, 32);
	fill((uint8_t *)&x[1], 32, 9);
	for (unsigned int i = 5; i < 31; i++)
		x[i] = i;
	regs = call(&w, 0, x);
	EXPECT_EQ(regs.x[0], RSI_SUCCESS);
	EXPECT_EQ(memcmp(&regs.x[1], k->want, 32), 0);
	for (unsigned int i = 5; i < 30; i++)
		EXPECT_EQ(regs.x[i], i);
	x[0] = TMM_REALM_VERSION;
	regs = call(&w, 0, x);
	EXPECT_EQ(regs.x[1], TMM_REALM_VERSION_1_0);
	EXPECT_EQ(regs.x[2], TMM_REALM_FEATURE_KEY);
}

static const struct unit_test tests[] = {
	{ "token: RFC 6979 sample", known_answer, &known[0] },
	{ "token: RFC 6979 test", known_answer, &known[1] },
	{ "token: two signatures by turns", two_at_once, NULL },
	{ "token: memory of a signature", memory_suffices, NULL },
	{ "token: heap", heap, NULL },
	{ "token: what is handed over", hand_over, NULL },
	{ "token: vectors", vectors, NULL },
	{ "token: largest", largest, NULL },
	{ "token: no room", no_room, NULL },
	{ "token: in pieces", in_pieces, NULL },
	{ "token: per REC", per_rec, NULL },
	{ "token: interrupted", interrupted, NULL },
	{ "token: refused", refused, NULL },
	{ "token: page not there", unmapped, NULL },
	{ "token: failed", failed, NULL },
	{ "token: no root of trust", no_root_of_trust, NULL },
	{ "token: key of a realm, SHA-256", realm_key, &key_cases[0] },
	{ "token: key of a realm, SHA-512", realm_key, &key_cases[1] },
};

void suite_token(void)
{
	for (size_t i = 0; i < COUNT_OF(tests); i++)
		unit_add(tests[i].name, tests[i].run, tests[i].arg);
}
