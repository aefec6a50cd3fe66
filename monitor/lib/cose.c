/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/cose.h"

#define TAG_SIGN1	18

/* Parameters of a COSE_Key (RFC 9053 7) */
#define KEY_KTY		1
#define KEY_KTY_EC2	2
#define KEY_CRV		(-1)
#define KEY_CRV_P384	2
#define KEY_X		(-2)
#define KEY_Y		(-3)

/* { 1 (alg): -35 (ES384) }, encoded */
static const uint8_t protected_header[] = { 0xa1, 0x01, 0x38, 0x22 };

size_t cose_written(const CborEncoder *e, CborError err, const uint8_t *out)
{
	return err == CborNoError ? cbor_encoder_get_buffer_size(e, out) : 0;
}

/* tinycbor goes on counting after an error, so one look at the end will do. */
static CborError put_protected(CborEncoder *e)
{
	return cbor_encode_byte_string(e, protected_header, sizeof(protected_header));
}

size_t cose_signed_bytes(uint8_t *out, size_t room, const uint8_t *payload,
			 size_t size)
{
	CborEncoder e, a;
	int err;

	cbor_encoder_init(&e, out, room, 0);
	err = cbor_encoder_create_array(&e, &a, 4);
	err |= cbor_encode_text_string(&a, COSE_TEXT("Signature1"));
	err |= put_protected(&a);
	err |= cbor_encode_byte_string(&a, payload, 0);	/* external_aad: none */
	err |= cbor_encode_byte_string(&a, payload, size);
	err |= cbor_encoder_close_container(&e, &a);
	return cose_written(&e, (CborError)err, out);
}

size_t cose_sign1(uint8_t *out, size_t room, const uint8_t *payload, size_t size,
		  const uint8_t *signature)
{
	static const uint8_t later[COSE_SIGNATURE_SIZE];
	CborEncoder e, a, unprotected;
	int err;

	cbor_encoder_init(&e, out, room, 0);
	err = cbor_encode_tag(&e, TAG_SIGN1);
	err |= cbor_encoder_create_array(&e, &a, 4);
	err |= put_protected(&a);
	err |= cbor_encoder_create_map(&a, &unprotected, 0);
	err |= cbor_encoder_close_container(&a, &unprotected);
	err |= cbor_encode_byte_string(&a, payload, size);
	err |= cbor_encode_byte_string(&a, signature != NULL ? signature : later,
				       COSE_SIGNATURE_SIZE);
	err |= cbor_encoder_close_container(&e, &a);
	return cose_written(&e, (CborError)err, out);
}

size_t cose_key(uint8_t *out, size_t room, const uint8_t point[COSE_POINT_SIZE])
{
	CborEncoder e, m;
	int err;

	cbor_encoder_init(&e, out, room, 0);
	err = cbor_encoder_create_map(&e, &m, 4);
	err |= cbor_encode_int(&m, KEY_KTY);
	err |= cbor_encode_int(&m, KEY_KTY_EC2);
	err |= cbor_encode_int(&m, KEY_CRV);
	err |= cbor_encode_int(&m, KEY_CRV_P384);
	err |= cbor_encode_int(&m, KEY_X);
	err |= cbor_encode_byte_string(&m, point, COSE_POINT_SIZE / 2);
	err |= cbor_encode_int(&m, KEY_Y);
	err |= cbor_encode_byte_string(&m, point + COSE_POINT_SIZE / 2,
				       COSE_POINT_SIZE / 2);
	err |= cbor_encoder_close_container(&e, &m);
	return cose_written(&e, (CborError)err, out);
}
