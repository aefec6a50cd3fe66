/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Known answers: HPKE from RFC 9180, A.1.3, and the chain of the RIM as
 * tests/unit/measure_vectors.py has it for the monitor.
 */
#include "hpke.h"
#include "protocol.h"
#include "rim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAX_TEXT	128

static struct buffer from_hex(const char *hex)
{
	struct buffer b = { xmalloc(MAX_TEXT), 0 };

	assert_true(hex_parse(hex, b.at, MAX_TEXT, &b.len));
	return b;
}

static struct hpke_key key_of(const char *hex)
{
	struct hpke_key k;
	size_t len;

	assert_true(hex_parse(hex, k.secret, HPKE_KEY, &len));
	assert_int_equal(len, HPKE_KEY);
	hpke_key_complete(&k);
	return k;
}

/* The vector: sender, recipient, ephemeral key, and the message of number 0 */
struct vector {
	struct hpke_key s, r, e;
	struct buffer info, aad, plain, sealed;
};

static int set_up(void **state)
{
	struct vector *v = xmalloc(sizeof(*v));

	v->e = key_of("ff4442ef24fbc3c1ff86375b0be1e77e"
		      "88a0de1e79b30896d73411c5ff4c3518");
	v->r = key_of("fdea67cf831f1ca98d8e27b1f6abeb5b"
		      "7745e9d35348b80fa407ff6958f9137e");
	v->s = key_of("dc4a146313cce60a278a5323d321f051"
		      "c5707e9c45ba21a3479fecdf76fc69dd");
	v->info = from_hex("4f6465206f6e2061204772656369616e2055726e");
	v->aad = from_hex("436f756e742d30");
	v->plain = from_hex("4265617574792069732074727574682c20"
			    "747275746820626561757479");
	v->sealed = from_hex("23fb952571a14a25e3d678140cd0e5eb"
			     "47a0961bb18afcf85896e5453c312e76"
			     "5fd92cc9d46dbf8943e72a07e42f363e"
			     "d5f721212cd90bcfd072bfd9f44e06b8"
			     "0fd17824947496e21b680c141b");
	*state = v;
	return 0;
}

static int tear_down(void **state)
{
	struct vector *v = *state;

	buffer_free(&v->info);
	buffer_free(&v->aad);
	buffer_free(&v->plain);
	buffer_free(&v->sealed);
	free(v);
	return 0;
}

static void hpke_seals_as_rfc(void **state)
{
	struct vector *v = *state;
	struct buffer sealed;

	assert_true(hpke_seal_with(&v->e, &v->s, v->r.public,
				   bytes_of(&v->info), bytes_of(&v->aad),
				   bytes_of(&v->plain), &sealed));
	assert_true(bytes_equal(bytes_of(&sealed), bytes_of(&v->sealed)));
	buffer_free(&sealed);
}

static bool opens(const struct vector *v, struct bytes sealed)
{
	struct buffer plain;
	bool ok = hpke_open(&v->r, v->s.public, bytes_of(&v->info),
			    bytes_of(&v->aad), sealed, &plain);

	if (ok) {
		assert_true(bytes_equal(bytes_of(&plain), bytes_of(&v->plain)));
		buffer_free(&plain);
	}
	return ok;
}

static void hpke_opens_as_rfc(void **state)
{
	const struct vector *v = *state;

	assert_true(opens(v, bytes_of(&v->sealed)));
}

static void hpke_refuses_any_change(void **state)
{
	struct vector *v = *state;
	struct bytes sealed = bytes_of(&v->sealed);

	for (size_t i = 0; i < v->sealed.len; i++) {
		v->sealed.at[i] ^= 1;
		assert_false(opens(v, sealed));
		v->sealed.at[i] ^= 1;
	}
	for (sealed.len = 0; sealed.len < v->sealed.len; sealed.len++)
		assert_false(opens(v, sealed));
}

static void hpke_is_bound(void **state)
{
	struct vector *v = *state;
	struct vector other = *v;

	other.s = v->e;
	assert_false(opens(&other, bytes_of(&v->sealed)));
	other = *v;
	other.r = v->e;
	assert_false(opens(&other, bytes_of(&v->sealed)));
	v->info.at[0] ^= 1;
	assert_false(opens(v, bytes_of(&v->sealed)));
	v->info.at[0] ^= 1;
	v->aad.at[0] ^= 1;
	assert_false(opens(v, bytes_of(&v->sealed)));
}

static void hpke_refuses_small_order(void **state)
{
	const struct vector *v = *state;
	const uint8_t zero[HPKE_KEY] = { 0 };
	struct buffer sealed;

	assert_false(hpke_seal(&v->s, zero, bytes_of(&v->info),
			       bytes_of(&v->aad), bytes_of(&v->plain), &sealed));
}

static void hpke_empty_secret(void **state)
{
	const struct vector *v = *state;
	const struct bytes none = { NULL, 0 };
	struct buffer sealed, plain;

	assert_true(hpke_seal(&v->s, v->r.public, none, none, none, &sealed));
	assert_int_equal(sealed.len, HPKE_OVERHEAD);
	assert_true(hpke_open(&v->r, v->s.public, none, none, bytes_of(&sealed),
			      &plain));
	assert_int_equal(plain.len, 0);
	buffer_free(&sealed);
	buffer_free(&plain);
}

/* Whatever part of a session is another one, so is the challenge. */
static void challenge_covers_all(void **state)
{
	uint8_t first[PROTOCOL_CHALLENGE], next[PROTOCOL_CHALLENGE];
	struct session s = { { 0 }, { 0 }, { 0 } };
	uint8_t *at = (uint8_t *)&s;

	(void)state;
	session_challenge(&s, first);
	for (size_t i = 0; i < sizeof(s); i++) {
		at[i] ^= 1;
		session_challenge(&s, next);
		assert_memory_not_equal(first, next, sizeof(first));
		at[i] ^= 1;
	}
}

/* --------------------------------------------------------------------- RIM */

#include "../../tests/unit/measure_vectors.h"

enum { INITIAL, RIPAS, DATA_MEASURED, DATA_UNMEASURED, REC };

static void assert_rim(const struct rim *r, unsigned int step)
{
	bool is_512 = r->size == 64;

	assert_memory_equal(r->value, vectors[is_512][step], RIM_MAX_SIZE);
}

/* The events of tests/unit/test_measure.c, which the monitor goes through */
static void chain(enum rim_hash hash)
{
	const struct rim_params params = {
		.flags = 6, .s2sz = 36, .sve_vl = 2, .num_bps = 3, .num_wps = 2,
		.pmu_num_ctrs = 4, .hash = hash,
	};
	uint64_t gprs[RIM_REC_GPRS];
	uint8_t page[RIM_PAGE];
	struct rim r;

	for (size_t i = 0; i < sizeof(page); i++)
		page[i] = (uint8_t)(i * 7 + i / 256);
	for (size_t i = 0; i < RIM_REC_GPRS; i++)
		gprs[i] = 0x100 + i;
	rim_realm_create(&r, &params);
	assert_rim(&r, INITIAL);
	rim_init_ripas(&r, 0x400000, 0x600000);
	rim_init_ripas(&r, 0x200000, 0x201000);
	rim_init_ripas(&r, 0x201000, 0x202000);
	assert_rim(&r, RIPAS);
	rim_data_create(&r, 0x200000, page);
	assert_rim(&r, DATA_MEASURED);
	rim_data_create(&r, 0x201000, NULL);
	assert_rim(&r, DATA_UNMEASURED);
	rim_rec_create(&r, 0x80001000, gprs);
	assert_rim(&r, REC);
}

static void rim_sha256(void **state)
{
	(void)state;
	chain(RIM_SHA256);
}

static void rim_sha512(void **state)
{
	(void)state;
	chain(RIM_SHA512);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(hpke_seals_as_rfc, set_up, tear_down),
		cmocka_unit_test_setup_teardown(hpke_opens_as_rfc, set_up, tear_down),
		cmocka_unit_test_setup_teardown(hpke_refuses_any_change, set_up, tear_down),
		cmocka_unit_test_setup_teardown(hpke_is_bound, set_up, tear_down),
		cmocka_unit_test_setup_teardown(hpke_refuses_small_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(hpke_empty_secret, set_up, tear_down),
		cmocka_unit_test(challenge_covers_all),
		cmocka_unit_test(rim_sha256),
		cmocka_unit_test(rim_sha512),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
