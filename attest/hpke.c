/* SPDX-License-Identifier: BSD-3-Clause */
#include "hpke.h"

#include <err.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <string.h>

#define HASH_SIZE	32	/* SHA-256 */
#define AEAD_KEY	16	/* AES-128-GCM */
#define AEAD_NONCE	12
#define AEAD_TAG	16
#define MODE_AUTH	2

/* "KEM" 0x0020, and "HPKE" 0x0020 0x0001 0x0001: RFC 9180, 4.1 and 5.1 */
static const struct bytes kem_suite = { (const uint8_t *)"KEM\0\x20", 5 };
static const struct bytes hpke_suite = {
	(const uint8_t *)"HPKE\0\x20\0\x01\0\x01", 10
};

/* What the two ends agree upon */
struct context {
	uint8_t key[AEAD_KEY];
	uint8_t nonce[AEAD_NONCE];
};

/* Nothing that a peer sends leads here. */
static void must(bool ok)
{
	if (!ok)
		errx(EXIT_TROUBLE, "the cryptographic library has failed");
}

static struct bytes text(const char *s)
{
	return (struct bytes){ (const uint8_t *)s, strlen(s) };
}

/* -------------------------------------------------------------------- HKDF */

/* One of its two steps; `in` is the salt of the first, the info of the second. */
static void hkdf(int mode, struct bytes key, const char *in_name,
		 struct bytes in, uint8_t *out, size_t len)
{
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_octet_string(
			OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)key.at, key.len),
		OSSL_PARAM_construct_octet_string(
			in_name, (void *)(uintptr_t)in.at, in.len),
		OSSL_PARAM_construct_end(),
	};
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;

	must(ctx && EVP_KDF_derive(ctx, out, len, params) == 1);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
}

/* Small parts one after the other */
struct joined {
	uint8_t at[512];
	size_t len;
};

static void join(struct joined *j, struct bytes b)
{
	must(b.len <= sizeof(j->at) - j->len);
	if (b.len > 0)
		memcpy(j->at + j->len, b.at, b.len);
	j->len += b.len;
}

static struct joined labeled(struct bytes suite, const char *label,
			     struct bytes rest)
{
	struct joined j = { .len = 0 };

	join(&j, text("HPKE-v1"));
	join(&j, suite);
	join(&j, text(label));
	join(&j, rest);
	return j;
}

static void labeled_extract(struct bytes suite, struct bytes salt,
			    const char *label, struct bytes ikm,
			    uint8_t out[HASH_SIZE])
{
	struct joined j = labeled(suite, label, ikm);

	hkdf(EVP_KDF_HKDF_MODE_EXTRACT_ONLY, (struct bytes){ j.at, j.len },
	     OSSL_KDF_PARAM_SALT, salt, out, HASH_SIZE);
	OPENSSL_cleanse(&j, sizeof(j));
}

static void labeled_expand(struct bytes suite, const uint8_t prk[HASH_SIZE],
			   const char *label, struct bytes info, uint8_t *out,
			   size_t len)
{
	const uint8_t size[2] = { 0, (uint8_t)len };
	struct joined inner = labeled(suite, label, info);
	struct joined j = { .len = 0 };

	join(&j, (struct bytes){ size, sizeof(size) });
	join(&j, (struct bytes){ inner.at, inner.len });
	hkdf(EVP_KDF_HKDF_MODE_EXPAND_ONLY, (struct bytes){ prk, HASH_SIZE },
	     OSSL_KDF_PARAM_INFO, (struct bytes){ j.at, j.len }, out, len);
}

/* ------------------------------------------------------------------ X25519 */

void hpke_key_complete(struct hpke_key *k)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL,
						     k->secret, HPKE_KEY);
	size_t len = HPKE_KEY;

	must(key && EVP_PKEY_get_raw_public_key(key, k->public, &len) == 1);
	EVP_PKEY_free(key);
}

void hpke_key_new(struct hpke_key *k)
{
	must(RAND_priv_bytes(k->secret, HPKE_KEY) == 1);
	hpke_key_complete(k);
}

void hpke_key_forget(struct hpke_key *k)
{
	OPENSSL_cleanse(k, sizeof(*k));
}

/* False for a point of small order, with which the result would be 0. */
static bool dh(const struct hpke_key *own, const uint8_t other[HPKE_KEY],
	       uint8_t out[HPKE_KEY])
{
	EVP_PKEY *secret = EVP_PKEY_new_raw_private_key(
		EVP_PKEY_X25519, NULL, own->secret, HPKE_KEY);
	EVP_PKEY *public = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL,
						       other, HPKE_KEY);
	EVP_PKEY_CTX *ctx = secret ? EVP_PKEY_CTX_new(secret, NULL) : NULL;
	size_t len = HPKE_KEY;
	bool ok;

	must(public && ctx && EVP_PKEY_derive_init(ctx) == 1);
	ok = EVP_PKEY_derive_set_peer(ctx, public) == 1 &&
	     EVP_PKEY_derive(ctx, out, &len) == 1;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(secret);
	EVP_PKEY_free(public);
	ERR_clear_error();
	return ok;
}

/* ------------------------------------------------------------ key schedule */

/* The public keys that a shared secret belongs to, RFC 9180, 4.1 */
static void derive_shared(const uint8_t dhs[2 * HPKE_KEY],
			  const uint8_t ephemeral[HPKE_KEY],
			  const uint8_t recipient[HPKE_KEY],
			  const uint8_t sender[HPKE_KEY],
			  uint8_t shared[HASH_SIZE])
{
	uint8_t prk[HASH_SIZE];
	struct joined keys = { .len = 0 };

	join(&keys, (struct bytes){ ephemeral, HPKE_KEY });
	join(&keys, (struct bytes){ recipient, HPKE_KEY });
	join(&keys, (struct bytes){ sender, HPKE_KEY });
	labeled_extract(kem_suite, text(""), "eae_prk",
			(struct bytes){ dhs, 2 * HPKE_KEY }, prk);
	labeled_expand(kem_suite, prk, "shared_secret",
		       (struct bytes){ keys.at, keys.len }, shared, HASH_SIZE);
	OPENSSL_cleanse(prk, sizeof(prk));
}

/* RFC 9180, 5.1; there is no pre-shared key. */
static void schedule(const uint8_t shared[HASH_SIZE], struct bytes info,
		     struct context *c)
{
	uint8_t of_keys[1 + 2 * HASH_SIZE] = { MODE_AUTH };
	struct bytes context = { of_keys, sizeof(of_keys) };
	uint8_t secret[HASH_SIZE];

	labeled_extract(hpke_suite, text(""), "psk_id_hash", text(""),
			of_keys + 1);
	labeled_extract(hpke_suite, text(""), "info_hash", info,
			of_keys + 1 + HASH_SIZE);
	labeled_extract(hpke_suite, (struct bytes){ shared, HASH_SIZE },
			"secret", text(""), secret);
	labeled_expand(hpke_suite, secret, "key", context, c->key, AEAD_KEY);
	labeled_expand(hpke_suite, secret, "base_nonce", context, c->nonce,
		       AEAD_NONCE);
	OPENSSL_cleanse(secret, sizeof(secret));
}

static void set_up(uint8_t dhs[2 * HPKE_KEY], const uint8_t *ephemeral,
		   const uint8_t *recipient, const uint8_t *sender,
		   struct bytes info, struct context *c)
{
	uint8_t shared[HASH_SIZE];

	derive_shared(dhs, ephemeral, recipient, sender, shared);
	schedule(shared, info, c);
	OPENSSL_cleanse(shared, sizeof(shared));
	OPENSSL_cleanse(dhs, 2 * HPKE_KEY);
}

/* ------------------------------------------------------------- AES-128-GCM */

static void encrypt(const struct context *c, struct bytes aad,
		    struct bytes plain, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n;

	must(ctx &&
	     EVP_EncryptInit_ex2(ctx, EVP_aes_128_gcm(), c->key, c->nonce,
				 NULL) == 1 &&
	     EVP_EncryptUpdate(ctx, NULL, &n, aad.at, (int)aad.len) == 1 &&
	     EVP_EncryptUpdate(ctx, out, &n, plain.at, (int)plain.len) == 1 &&
	     EVP_EncryptFinal_ex(ctx, out + n, &n) == 1 &&
	     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, AEAD_TAG,
				 out + plain.len) == 1);
	EVP_CIPHER_CTX_free(ctx);
}

/* `sealed` has a tag at its end. */
static bool decrypt(const struct context *c, struct bytes aad,
		    struct bytes sealed, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n, len = (int)(sealed.len - AEAD_TAG);
	void *tag = (void *)(uintptr_t)(sealed.at + len);
	bool ok;

	must(ctx && EVP_DecryptInit_ex2(ctx, EVP_aes_128_gcm(), c->key,
					c->nonce, NULL) == 1);
	ok = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, AEAD_TAG, tag) == 1 &&
	     EVP_DecryptUpdate(ctx, NULL, &n, aad.at, (int)aad.len) == 1 &&
	     EVP_DecryptUpdate(ctx, out, &n, sealed.at, len) == 1 &&
	     EVP_DecryptFinal_ex(ctx, out + n, &n) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

/* ---------------------------------------------------------------- messages */

bool hpke_seal_with(const struct hpke_key *ephemeral,
		    const struct hpke_key *sender,
		    const uint8_t recipient[HPKE_KEY], struct bytes info,
		    struct bytes aad, struct bytes plain,
		    struct buffer *sealed)
{
	uint8_t dhs[2 * HPKE_KEY];
	struct context c;

	if (!dh(ephemeral, recipient, dhs) ||
	    !dh(sender, recipient, dhs + HPKE_KEY))
		return false;
	set_up(dhs, ephemeral->public, recipient, sender->public, info, &c);
	sealed->len = plain.len + HPKE_OVERHEAD;
	sealed->at = xmalloc(sealed->len);
	memcpy(sealed->at, ephemeral->public, HPKE_KEY);
	encrypt(&c, aad, plain, sealed->at + HPKE_KEY);
	OPENSSL_cleanse(&c, sizeof(c));
	return true;
}

bool hpke_seal(const struct hpke_key *sender, const uint8_t recipient[HPKE_KEY],
	       struct bytes info, struct bytes aad, struct bytes plain,
	       struct buffer *sealed)
{
	struct hpke_key ephemeral;
	bool ok;

	hpke_key_new(&ephemeral);
	ok = hpke_seal_with(&ephemeral, sender, recipient, info, aad, plain,
			    sealed);
	hpke_key_forget(&ephemeral);
	return ok;
}

bool hpke_open(const struct hpke_key *recipient, const uint8_t sender[HPKE_KEY],
	       struct bytes info, struct bytes aad, struct bytes sealed,
	       struct buffer *plain)
{
	uint8_t dhs[2 * HPKE_KEY];
	struct context c;
	bool ok;

	if (sealed.len < HPKE_OVERHEAD || !dh(recipient, sealed.at, dhs) ||
	    !dh(recipient, sender, dhs + HPKE_KEY))
		return false;
	set_up(dhs, sealed.at, recipient->public, sender, info, &c);
	plain->len = sealed.len - HPKE_OVERHEAD;
	plain->at = xmalloc(plain->len);
	ok = decrypt(&c, aad, (struct bytes){ sealed.at + HPKE_KEY,
					      sealed.len - HPKE_KEY }, plain->at);
	if (!ok)
		buffer_free(plain);
	OPENSSL_cleanse(&c, sizeof(c));
	return ok;
}
