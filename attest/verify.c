/* SPDX-License-Identifier: BSD-3-Clause */
#include "verify.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PEM	(64 * 1024)

/* ----------------------------------------------------------------- anchors */

static bool add_anchor(struct anchors *a, EVP_PKEY *key, struct problem *p)
{
	if (a->num < MAX_ANCHORS && key_is_p384(key)) {
		a->keys[a->num++] = key;
		return true;
	}
	EVP_PKEY_free(key);
	return a->num == MAX_ANCHORS ?
		       fail(p, "more than %d keys", MAX_ANCHORS) :
		       fail(p, "a key that is not on P-384");
}

/* The next one in the file; NULL if there is none, or if it is not a key. */
static EVP_PKEY *next_key(BIO *pem, bool *at_end)
{
	char *name = NULL, *header = NULL;
	uint8_t *data = NULL;
	const uint8_t *at;
	EVP_PKEY *key = NULL;
	long len;

	*at_end = PEM_read_bio(pem, &name, &header, &data, &len) != 1;
	at = data;
	if (!*at_end && strcmp(name, PEM_STRING_PUBLIC) == 0)
		key = d2i_PUBKEY(NULL, &at, len);
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(data);
	return key;
}

static bool add_anchors(struct anchors *a, BIO *pem, struct problem *p)
{
	size_t before = a->num;
	EVP_PKEY *key;
	bool at_end;

	while ((key = next_key(pem, &at_end)))
		if (!add_anchor(a, key, p))
			return false;
	/* The end of the file is an error to OpenSSL like any other. */
	if (!at_end ||
	    ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		return fail(p, "something in it is not a public key");
	return a->num > before || fail(p, "no public key (PEM) in it");
}

bool anchors_load(struct anchors *a, const char *path, struct problem *p)
{
	struct buffer file;
	BIO *pem;
	bool ok;

	if (!file_read(path, MAX_PEM, &file, p))
		return false;
	ERR_clear_error();
	pem = BIO_new_mem_buf(file.at, (int)file.len);
	ok = pem ? add_anchors(a, pem, p) : fail(p, "out of memory");
	BIO_free(pem);
	ERR_clear_error();
	buffer_free(&file);
	return ok || fail_in(p, "%s", path);
}

void anchors_free(struct anchors *a)
{
	while (a->num > 0)
		EVP_PKEY_free(a->keys[--a->num]);
}

/* ------------------------------------------------------------------ checks */

static void verify_platform(const struct token *t, const struct anchors *a,
			    struct report *r)
{
	if (!a || a->num == 0) {
		report_add(r, EXIT_SIGNATURE, UNCHECKED,
			   xasprintf("no trust anchor is given"),
			   "platform signature");
		return;
	}
	for (size_t i = 0; i < a->num; i++) {
		if (sign1_verify(&t->platform_sign1, a->keys[i])) {
			report_add(r, EXIT_SIGNATURE, PASSED, NULL,
				   "platform signature");
			return;
		}
	}
	report_add(r, EXIT_SIGNATURE, FAILED,
		   xasprintf("it is not by the trust anchor"),
		   "platform signature");
}

static void verify_realm(const struct token *t, struct report *r)
{
	EVP_PKEY *key = p384_key(t->realm_key);
	char *why = NULL;

	if (!key)
		why = xasprintf("the realm's key is no point on P-384");
	else if (!sign1_verify(&t->realm_sign1, key))
		why = xasprintf("it is not by the realm's key");
	report_add(r, EXIT_SIGNATURE, why ? FAILED : PASSED, why,
		   "realm signature");
	EVP_PKEY_free(key);
}

/* The platform vouches for the key that the realm's part is signed with. */
static void verify_binding(const struct token *t, struct report *r)
{
	uint8_t hash[EVP_MAX_MD_SIZE];
	unsigned int len = 0;
	const EVP_MD *md = hash_named(t->realm.public_key_hash_algorithm);
	bool ok = EVP_Digest(t->realm.public_key.at, t->realm.public_key.len,
			     hash, &len, md, NULL) == 1 &&
		  bytes_equal(t->platform.challenge,
			      (struct bytes){ hash, len });

	report_add(r, EXIT_SIGNATURE, ok ? PASSED : FAILED,
		   ok ? NULL : xasprintf("the platform's challenge is not the hash of the realm's key"),
		   "binding of realm to platform");
}

void verify_token(const struct token *t, const struct anchors *a,
		  struct report *r)
{
	verify_platform(t, a, r);
	verify_realm(t, r);
	verify_binding(t, r);
}

void verify_challenge(const struct token *t, struct bytes challenge,
		      struct report *r)
{
	uint8_t want[CHALLENGE_SIZE] = { 0 };
	struct bytes full = { want, sizeof(want) };
	char *got_hex, *want_hex, *why = NULL;

	memcpy(want, challenge.at, challenge.len);
	if (!bytes_equal(t->realm.challenge, full)) {
		got_hex = hex_of(t->realm.challenge);
		want_hex = hex_of(full);
		why = xasprintf("the token is for another one: it is %s, not %s",
				got_hex, want_hex);
		free(got_hex);
		free(want_hex);
	}
	report_add(r, EXIT_MISMATCH, why ? FAILED : PASSED, why, "challenge");
}
