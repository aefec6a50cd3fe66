/*
 * Copyright (c) 2026, virtCCA contributors. All rights reserved.
 *
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * The CCA platform token: what this machine is and runs, signed.
 */

#include <lib/utils_def.h>

#include <drivers/measured_boot/tmmd/tmmd_rot.h>
#include <lib/cose.h>

#define CLAIM_CHALLENGE		U(10)
#define CLAIM_INSTANCE_ID	U(256)
#define CLAIM_PROFILE		U(265)
#define CLAIM_LIFECYCLE		U(2395)
#define CLAIM_IMPLEMENTATION_ID	U(2396)
#define CLAIM_COMPONENTS	U(2399)
#define CLAIM_CONFIG		U(2401)
#define CLAIM_HASH		U(2402)
#define NUM_CLAIMS		8

#define COMPONENT_TYPE		U(1)
#define COMPONENT_MEASUREMENT	U(2)
#define COMPONENT_SIGNER	U(5)
#define COMPONENT_HASH		U(6)

#define PROFILE			"tag:arm.com,2023:cca_platform#1.0.0"

#define PAYLOAD_MAX		1536
#define MESSAGE_MAX		(PAYLOAD_MAX + 32)

/* Claim 2401: version of this format; flags: 1 = the root of trust is software. */
static const uint8_t config[] = { 1, 0, 0, 0, 1, 0, 0, 0 };

/* Nobody signs images here, and so nobody vouches for them. */
static const uint8_t no_signer[TMMD_HASH_SIZE];

static const char *const names[TMMD_COMPONENTS] = {
	[TMMD_BL2] = "BL2",
	[TMMD_BL31] = "BL31",
	[TMMD_TMM] = "TMM",
	[TMMD_HW_CONFIG] = "HW_CONFIG",
	[TMMD_MANIFEST] = "TMM_MANIFEST",
};

static int put_bytes(CborEncoder *m, unsigned int label, const void *p,
		     size_t size)
{
	return (int)cbor_encode_uint(m, label) |
	       (int)cbor_encode_byte_string(m, p, size);
}

static int put_text(CborEncoder *m, unsigned int label, const char *text)
{
	return (int)cbor_encode_uint(m, label) |
	       (int)cbor_encode_text_stringz(m, text);
}

static int put_component(CborEncoder *a, const char *name,
			 const uint8_t hash[TMMD_HASH_SIZE])
{
	CborEncoder m;
	int err;

	err = cbor_encoder_create_map(a, &m, 4);
	err |= put_text(&m, COMPONENT_TYPE, name);
	err |= put_bytes(&m, COMPONENT_MEASUREMENT, hash, TMMD_HASH_SIZE);
	err |= put_bytes(&m, COMPONENT_SIGNER, no_signer, sizeof(no_signer));
	err |= put_text(&m, COMPONENT_HASH, "sha-256");
	return err | (int)cbor_encoder_close_container(a, &m);
}

static int put_components(CborEncoder *m,
			  const struct tmmd_measurements *measured)
{
	CborEncoder a;
	int err;

	err = cbor_encode_uint(m, CLAIM_COMPONENTS);
	err |= cbor_encoder_create_array(m, &a, TMMD_COMPONENTS);
	for (unsigned int i = 0U; i < TMMD_COMPONENTS; i++) {
		err |= put_component(&a, names[i], measured->hash[i]);
	}
	return err | (int)cbor_encoder_close_container(m, &a);
}

static size_t put_claims(uint8_t out[PAYLOAD_MAX],
			 const struct tmmd_device *device,
			 const struct tmmd_measurements *measured,
			 const uint8_t challenge[TMMD_HASH_SIZE])
{
	CborEncoder e, m;
	int err;

	cbor_encoder_init(&e, out, PAYLOAD_MAX, 0);
	err = cbor_encoder_create_map(&e, &m, NUM_CLAIMS);
	err |= put_text(&m, CLAIM_PROFILE, PROFILE);
	err |= put_bytes(&m, CLAIM_CHALLENGE, challenge, TMMD_HASH_SIZE);
	err |= put_bytes(&m, CLAIM_IMPLEMENTATION_ID, device->implementation_id,
			 sizeof(device->implementation_id));
	err |= put_bytes(&m, CLAIM_INSTANCE_ID, device->instance_id,
			 sizeof(device->instance_id));
	err |= put_bytes(&m, CLAIM_CONFIG, config, sizeof(config));
	err |= cbor_encode_uint(&m, CLAIM_LIFECYCLE);
	err |= cbor_encode_uint(&m, tmmd_lifecycle(device));
	err |= put_components(&m, measured);
	err |= put_text(&m, CLAIM_HASH, "sha-256");
	err |= cbor_encoder_close_container(&e, &m);
	return cose_written(&e, (CborError)err, out);
}

/* Which realm attestation key this platform speaks for (rmm-abi.md 12.4). */
static bool hash_of_key(const struct tmmd_keys *keys, uint8_t hash[TMMD_HASH_SIZE])
{
	uint8_t key[COSE_KEY_SIZE];

	return (cose_key(key, sizeof(key), keys->rak_public) == sizeof(key)) &&
	       tmmd_hash(key, sizeof(key), hash);
}

size_t tmmd_platform_token(uint8_t *out, size_t room,
			   const struct tmmd_device *device,
			   const struct tmmd_measurements *measured,
			   const struct tmmd_keys *keys)
{
	/* Too large for the stack; nothing in them is secret. */
	static uint8_t payload[PAYLOAD_MAX], message[MESSAGE_MAX];
	uint8_t challenge[TMMD_HASH_SIZE], signature[COSE_SIGNATURE_SIZE];
	size_t size, message_size;

	if (!hash_of_key(keys, challenge)) {
		return 0U;
	}
	size = put_claims(payload, device, measured, challenge);
	message_size = cose_signed_bytes(message, sizeof(message), payload, size);
	if ((size == 0U) || (message_size == 0U) ||
	    !tmmd_sign(keys->iak_private, message, message_size, signature)) {
		return 0U;
	}
	return cose_sign1(out, room, payload, size, signature);
}
