/* SPDX-License-Identifier: BSD-3-Clause */
#include "call/claims.h"

#include "core/measurement.h"
#include "lib/cose.h"

static_assert(COSE_POINT_SIZE == HAL_KEY_SIZE, "cose.h and hal/attest.h");
static_assert(COSE_SIGNATURE_SIZE == HAL_SIGNATURE_SIZE, "cose.h and hal/attest.h");

#define TAG_CCA_TOKEN		399
#define PLATFORM_TOKEN		44234
#define REALM_TOKEN		44241

enum realm_claim {
	CLAIM_CHALLENGE = 10,
	CLAIM_PROFILE = 265,
	CLAIM_RPV = 44235,
	CLAIM_HASH = 44236,
	CLAIM_KEY = 44237,
	CLAIM_RIM = 44238,
	CLAIM_REMS = 44239,
	CLAIM_KEY_HASH = 44240,
};
#define NUM_CLAIMS		8

#define PROFILE			"tag:arm.com,2023:realm#1.0.0"

#define HASH_NAME_SIZE		7
static const char hash_names[][HASH_NAME_SIZE + 1] = {
	[HASH_SHA256] = "sha-256",
	[HASH_SHA512] = "sha-512",
};

static int put_bytes(CborEncoder *m, enum realm_claim claim, const void *p, size_t size)
{
	return (int)cbor_encode_uint(m, claim) | (int)cbor_encode_byte_string(m, p, size);
}

static int put_text(CborEncoder *m, enum realm_claim claim, const char *text, size_t size)
{
	return (int)cbor_encode_uint(m, claim) | (int)cbor_encode_text_string(m, text, size);
}

static int put_rems(CborEncoder *m, const struct realm *r)
{
	CborEncoder a;
	int err;

	err = cbor_encode_uint(m, CLAIM_REMS);
	err |= cbor_encoder_create_array(m, &a, REALM_MEASUREMENTS - 1);
	for (unsigned int i = MEASUREMENT_RIM + 1; i < REALM_MEASUREMENTS; i++)
		err |= cbor_encode_byte_string(&a, r->measurement[i], hash_size(r->cfg.alg));
	return err | (int)cbor_encoder_close_container(m, &a);
}

size_t claims_of_realm(uint8_t out[CLAIMS_MAX], const struct realm *r,
		       const uint8_t challenge[CLAIMS_CHALLENGE],
		       const struct hal_attest *a)
{
	uint8_t key[COSE_KEY_SIZE];
	CborEncoder e, m;
	size_t size;
	int err;

	CHECK(cose_key(key, sizeof(key), a->key) == sizeof(key));
	cbor_encoder_init(&e, out, CLAIMS_MAX, 0);
	/* @rule ATTESTATION.realm_claims */
	err = cbor_encoder_create_map(&e, &m, NUM_CLAIMS);
	err |= put_bytes(&m, CLAIM_CHALLENGE, challenge, CLAIMS_CHALLENGE);
	err |= put_text(&m, CLAIM_PROFILE, COSE_TEXT(PROFILE));
	err |= put_bytes(&m, CLAIM_RPV, r->cfg.rpv, sizeof(r->cfg.rpv));
	err |= put_text(&m, CLAIM_HASH, hash_names[r->cfg.alg], HASH_NAME_SIZE);
	err |= put_bytes(&m, CLAIM_KEY, key, sizeof(key));
	err |= put_bytes(&m, CLAIM_RIM, r->measurement[MEASUREMENT_RIM],
			 hash_size(r->cfg.alg));
	err |= put_rems(&m, r);
	/* the hash of the key that the platform token's challenge is */
	err |= put_text(&m, CLAIM_KEY_HASH, COSE_TEXT("sha-256"));
	err |= cbor_encoder_close_container(&e, &m);
	size = cose_written(&e, (CborError)err, out);
	CHECK(size != 0);	/* nothing in it has a variable size */
	return size;
}

size_t claims_token(uint8_t *out, size_t room, const uint8_t *claims, size_t size,
		    const struct hal_attest *a)
{
	uint8_t realm_token[CLAIMS_MAX + 128];
	size_t realm_size = cose_sign1(realm_token, sizeof(realm_token), claims, size, NULL);
	CborEncoder e, m;
	int err;

	CHECK(realm_size != 0);
	cbor_encoder_init(&e, out, room, 0);
	/* @rule ATTESTATION.envelope */
	err = cbor_encode_tag(&e, TAG_CCA_TOKEN);
	err |= cbor_encoder_create_map(&e, &m, 2);
	err |= cbor_encode_uint(&m, PLATFORM_TOKEN);
	err |= cbor_encode_byte_string(&m, a->token, a->token_size);
	err |= cbor_encode_uint(&m, REALM_TOKEN);
	err |= cbor_encode_byte_string(&m, realm_token, realm_size);
	err |= cbor_encoder_close_container(&e, &m);
	return cose_written(&e, (CborError)err, out);
}
