/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Anything as a token, or as the claims in one. What is accepted is verified, shown and appraised as
 * cca-token does it; only the platform's key is not known here.
 */
#include "claims.h"
#include "reference.h"
#include "verify.h"

#include <cbor.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_OF_TOKENS	0x80	/* one begins with 0xd9 */
#define MAX_PART	4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char reference_text[] =
	"{\"platform\":{\"lifecycle\":[\"secured\",12289],\"configuration\":\"00\","
	"\"verification-service\":\"x\",\"software-components\":["
	"{\"type\":\"TMM\",\"version\":[\"1\",\"2\"]},"
	"{\"type\":\"BL2\",\"optional\":true},{\"version\":\"1\"}]},"
	"\"realm\":{\"hash-algorithm\":\"sha-256\","
	"\"extensible-measurements\":[null,\"00\",null,[\"00\",\"01\"]]}}";

static struct references references;

static void examine(const struct token *t)
{
	static const uint8_t challenge[32];
	struct report r = { NULL, 0 };
	json_t *claims = claims_json(t);
	json_t *json;

	verify_token(t, NULL, &r);
	verify_challenge(t, (struct bytes){ challenge, sizeof(challenge) }, &r);
	references_appraise(&references, claims, &r);
	json = report_json(&r);
	/* All that is shown is valid: jansson refuses text that is no UTF-8. */
	if (!json || report_code(&r) == EXIT_OK || r.num < 8)
		abort();
	json_decref(json);
	json_decref(claims);
	report_free(&r);
}

/* ----------------------------------------------------------- only the claims */

static size_t put_bytes(uint8_t *at, size_t room, struct bytes b)
{
	size_t n = cbor_encode_bytestring_start(b.len, at, room);

	memcpy(at + n, b.at, b.len);
	return n + b.len;
}

static size_t put_sign1(uint8_t *at, size_t room, struct bytes payload)
{
	static const uint8_t start[] = { 0xd2, 0x84, 0x43, 0xa1, 0x01, 0x38,
					 0x22, 0xa0 };
	static const uint8_t signature[ES384_SIGNATURE];
	size_t n = sizeof(start);

	memcpy(at, start, n);
	n += put_bytes(at + n, room - n, payload);
	return n + put_bytes(at + n, room - n,
			     (struct bytes){ signature, sizeof(signature) });
}

/*
 * A length that tells the claims of the platform from those of the realm, which
 * are then put into a token: no fuzzer keeps all lengths around them right.
 */
static size_t wrap(struct bytes in, uint8_t *out, size_t room)
{
	static const uint8_t head[] = { 0xd9, 0x01, 0x8f, 0xa2, 0x19, 0xac,
					0xca };
	static const uint8_t between[] = { 0x19, 0xac, 0xd1 };
	uint8_t part[MAX_PART + 256];
	size_t first = (size_t)(in.at[0] << 8 | in.at[1]) % (in.len - 1);
	size_t n = sizeof(head), len;

	in.at += 2;
	in.len -= 2;
	memcpy(out, head, n);
	len = put_sign1(part, sizeof(part), (struct bytes){ in.at, first });
	n += put_bytes(out + n, room - n, (struct bytes){ part, len });
	memcpy(out + n, between, sizeof(between));
	n += sizeof(between);
	len = put_sign1(part, sizeof(part),
			(struct bytes){ in.at + first, in.len - first });
	return n + put_bytes(out + n, room - n, (struct bytes){ part, len });
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t wrapped[2 * MAX_PART + 512];
	struct problem p = { "" };
	struct token t;

	if (references.num == 0)
		references.files[references.num++] =
			json_loads(reference_text, 0, NULL);
	if (size > 2 && size <= MAX_PART && data[0] < FIRST_OF_TOKENS) {
		size = wrap((struct bytes){ data, size }, wrapped,
			    sizeof(wrapped));
		data = wrapped;
	}
	if (token_parse((struct bytes){ data, size }, &t, &p))
		examine(&t);
	else if (p.text[0] == '\0')
		abort();
	return 0;
}
