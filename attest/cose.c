/* SPDX-License-Identifier: BSD-3-Clause */
#include "cose.h"

#include "cbor_reader.h"

#include <cbor.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

/* Registered by IANA for COSE */
#define TAG_SIGN1	18
#define HEADER_ALG	1
#define HEADER_CRIT	2
#define ALG_ES384	(-35)
#define KEY_TYPE	1
#define KEY_TYPE_EC2	2
#define KEY_CURVE	(-1)
#define KEY_CURVE_P384	2
#define KEY_X		(-2)
#define KEY_Y		(-3)

/* ----------------------------------------------------------------- headers */

static bool protected_entry(void *context, const struct item *key,
			    struct reader *value, struct problem *p)
{
	bool *has_alg = context;
	struct item alg;

	if (key_is(key, HEADER_CRIT))
		return fail(p, "a critical header that is not understood");
	if (!key_is(key, HEADER_ALG))
		return read_over(value, p);
	if (!read_item(value, &alg, p))
		return false;
	if (!key_is(&alg, ALG_ES384))
		return fail(p, "the algorithm is not ES384 (-35)");
	*has_alg = true;
	return true;
}

/* Not signed, so nothing in it may change what the signature means. */
static bool unprotected_entry(void *context, const struct item *key,
			      struct reader *value, struct problem *p)
{
	(void)context;
	if (key_is(key, HEADER_ALG) || key_is(key, HEADER_CRIT))
		return fail(p, "the algorithm is not protected");
	return read_over(value, p);
}

static bool check_protected(struct bytes header, struct problem *p)
{
	struct reader r = { header };
	bool has_alg = false;

	if (!read_map(&r, protected_entry, &has_alg, p) || !read_end(&r, p))
		return fail_in(p, "protected header");
	return has_alg || fail(p, "no algorithm in the protected header");
}

/* ------------------------------------------------------------------- Sign1 */

static bool read_string(struct reader *r, struct bytes *out, const char *what,
			struct problem *p)
{
	struct item item;

	if (!read_kind(r, KIND_BYTES, &item, p))
		return fail_in(p, "%s", what);
	*out = item.string;
	return true;
}

static bool read_start(struct reader *r, struct problem *p)
{
	struct item item;

	if (!read_kind(r, KIND_TAG, &item, p))
		return false;
	if (item.value != TAG_SIGN1)
		return fail(p, "not a COSE_Sign1 (tag 18)");
	if (!read_kind(r, KIND_ARRAY, &item, p))
		return false;
	return item.value == 4 || fail(p, "a COSE_Sign1 has 4 parts");
}

bool sign1_parse(struct bytes b, struct sign1 *s, struct problem *p)
{
	struct reader r = { b };

	if (!read_start(&r, p) ||
	    !read_string(&r, &s->protected, "protected header", p) ||
	    !check_protected(s->protected, p))
		return false;
	if (!read_map(&r, unprotected_entry, NULL, p))
		return fail_in(p, "unprotected header");
	if (!read_string(&r, &s->payload, "payload", p) ||
	    !read_string(&r, &s->signature, "signature", p))
		return false;
	if (s->signature.len != ES384_SIGNATURE)
		return fail(p, "a signature of %zu bytes, not %d",
			    s->signature.len, ES384_SIGNATURE);
	return read_end(&r, p);
}

/* ["Signature1", protected, external data: none, payload]: RFC 9052, 4.4 */
static struct buffer to_be_signed(const struct sign1 *s)
{
	static const char context[] = "Signature1";
	size_t room = 64 + s->protected.len + s->payload.len;
	struct buffer b = { xmalloc(room), 0 };

	b.len += cbor_encode_array_start(4, b.at, room);
	b.len += cbor_encode_string_start(strlen(context), b.at + b.len,
					  room - b.len);
	memcpy(b.at + b.len, context, strlen(context));
	b.len += strlen(context);
	b.len += cbor_encode_bytestring_start(s->protected.len, b.at + b.len,
					      room - b.len);
	memcpy(b.at + b.len, s->protected.at, s->protected.len);
	b.len += s->protected.len;
	b.len += cbor_encode_bytestring_start(0, b.at + b.len, room - b.len);
	b.len += cbor_encode_bytestring_start(s->payload.len, b.at + b.len,
					      room - b.len);
	if (s->payload.len)
		memcpy(b.at + b.len, s->payload.at, s->payload.len);
	b.len += s->payload.len;
	return b;
}

/* COSE has r and s side by side, OpenSSL wants them in DER. */
static int der_signature(struct bytes raw, uint8_t **der)
{
	int half = ES384_SIGNATURE / 2;
	BIGNUM *r = BN_bin2bn(raw.at, half, NULL);
	BIGNUM *s = BN_bin2bn(raw.at + half, half, NULL);
	ECDSA_SIG *sig = ECDSA_SIG_new();
	int len = -1;

	*der = NULL;
	if (r && s && sig && ECDSA_SIG_set0(sig, r, s)) {
		len = i2d_ECDSA_SIG(sig, der);
	} else {
		BN_free(r);
		BN_free(s);
	}
	ECDSA_SIG_free(sig);
	return len;
}

static bool verify(EVP_PKEY *key, struct bytes message, const uint8_t *der,
		   int len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && len > 0 &&
		  EVP_DigestVerifyInit(ctx, NULL, EVP_sha384(), NULL, key) == 1 &&
		  EVP_DigestVerify(ctx, der, (size_t)len, message.at,
				   message.len) == 1;

	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

bool sign1_verify(const struct sign1 *s, EVP_PKEY *key)
{
	struct buffer message = to_be_signed(s);
	uint8_t *der;
	int len = der_signature(s->signature, &der);
	bool ok = verify(key, bytes_of(&message), der, len);

	OPENSSL_free(der);
	buffer_free(&message);
	return ok;
}

/* -------------------------------------------------------------------- keys */

enum { HAS_TYPE = 1, HAS_CURVE = 2, HAS_X = 4, HAS_Y = 8, HAS_ALL = 15 };

struct key_parts {
	unsigned int has;
	uint8_t *point;
};

static bool read_number(struct reader *r, int64_t want, const char *what,
			struct problem *p)
{
	struct item item;

	if (!read_item(r, &item, p))
		return false;
	return key_is(&item, want) || fail(p, "%s", what);
}

static bool read_coordinate(struct reader *r, uint8_t *out, struct problem *p)
{
	struct item item;

	if (!read_kind(r, KIND_BYTES, &item, p))
		return false;
	if (item.string.len != P384_COORDINATE)
		return fail(p, "a coordinate of %zu bytes, not %d",
			    item.string.len, P384_COORDINATE);
	memcpy(out, item.string.at, P384_COORDINATE);
	return true;
}

static bool key_entry(void *context, const struct item *key,
		      struct reader *value, struct problem *p)
{
	struct key_parts *k = context;

	if (key_is(key, KEY_TYPE)) {
		k->has |= HAS_TYPE;
		return read_number(value, KEY_TYPE_EC2,
				   "not a key on an elliptic curve (EC2)", p);
	}
	if (key_is(key, KEY_CURVE)) {
		k->has |= HAS_CURVE;
		return read_number(value, KEY_CURVE_P384, "not a key on P-384", p);
	}
	if (key_is(key, KEY_X)) {
		k->has |= HAS_X;
		return read_coordinate(value, k->point + 1, p);
	}
	if (key_is(key, KEY_Y)) {
		k->has |= HAS_Y;
		return read_coordinate(value, k->point + 1 + P384_COORDINATE, p);
	}
	return read_over(value, p);
}

bool cose_key_parse(struct bytes b, uint8_t point[P384_POINT],
		    struct problem *p)
{
	struct key_parts k = { 0, point };
	struct reader r = { b };

	point[0] = POINT_CONVERSION_UNCOMPRESSED;
	if (!read_map(&r, key_entry, &k, p) || !read_end(&r, p))
		return fail_in(p, "COSE_Key");
	return k.has == HAS_ALL ||
	       fail(p, "COSE_Key: type, curve, x or y is missing");
}

/* OpenSSL refuses a point that is not on the curve. */
EVP_PKEY *p384_key(const uint8_t point[P384_POINT])
{
	uint8_t copy[P384_POINT];
	char group[] = "P-384";
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group,
				       sizeof(group) - 1),
		OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy,
					sizeof(copy)),
		OSSL_PARAM_END,
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;

	memcpy(copy, point, sizeof(copy));
	if (!ctx || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return key;
}

bool key_is_p384(const EVP_PKEY *key)
{
	char group[32] = "";

	return EVP_PKEY_is_a(key, "EC") &&
	       EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME,
					      group, sizeof(group), NULL) == 1 &&
	       strcmp(group, "secp384r1") == 0;
}
