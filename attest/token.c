/* SPDX-License-Identifier: BSD-3-Clause */
#include "token.h"

#include "cbor_reader.h"

#include <inttypes.h>
#include <string.h>

#define TAG_CCA_TOKEN		399
#define LABEL_PLATFORM		44234
#define LABEL_REALM		44241

#define PLATFORM_PROFILE	"tag:arm.com,2023:cca_platform#1.0.0"
#define REALM_PROFILE		"tag:arm.com,2023:realm#1.0.0"

/* What the value of a claim has to be */
enum form {
	FORM_TEXT,
	FORM_HASH_NAME,		/* a text that hash_named() knows */
	FORM_ANY_BYTES,
	FORM_HASH,		/* 32, 48 or 64 bytes */
	FORM_32,
	FORM_64,
	FORM_UEID,		/* 33 bytes, the first one is 1 */
	FORM_LIFECYCLE,
	FORM_COMPONENTS,
	FORM_REMS,
};

struct claim {
	int64_t label;
	const char *name;
	enum form form;
	bool optional;
	size_t offset;	/* in the structure of the claims */
};

#define AT(type, member)	offsetof(struct type, member)

static const struct claim platform_claims[] = {
	{ 265, "profile", FORM_TEXT, false, AT(platform_claims, profile) },
	{ 10, "challenge", FORM_HASH, false, AT(platform_claims, challenge) },
	{ 2396, "implementation id", FORM_32, false,
	  AT(platform_claims, implementation_id) },
	{ 256, "instance id", FORM_UEID, false,
	  AT(platform_claims, instance_id) },
	{ 2401, "configuration", FORM_ANY_BYTES, false,
	  AT(platform_claims, config) },
	{ 2395, "lifecycle", FORM_LIFECYCLE, false,
	  AT(platform_claims, lifecycle) },
	{ 2399, "software components", FORM_COMPONENTS, false, 0 },
	{ 2400, "verification service", FORM_TEXT, true,
	  AT(platform_claims, verification_service) },
	{ 2402, "hash algorithm", FORM_HASH_NAME, false,
	  AT(platform_claims, hash_algorithm) },
};

static const struct claim realm_claims[] = {
	{ 265, "profile", FORM_TEXT, true, AT(realm_claims, profile) },
	{ 10, "challenge", FORM_64, false, AT(realm_claims, challenge) },
	{ 44235, "personalization value", FORM_64, false,
	  AT(realm_claims, personalization_value) },
	{ 44236, "hash algorithm", FORM_HASH_NAME, false,
	  AT(realm_claims, hash_algorithm) },
	{ 44237, "public key", FORM_ANY_BYTES, false,
	  AT(realm_claims, public_key) },
	{ 44238, "initial measurement", FORM_HASH, false, AT(realm_claims, rim) },
	{ 44239, "extensible measurements", FORM_REMS, false,
	  AT(realm_claims, rem) },
	{ 44240, "public key hash algorithm", FORM_HASH_NAME, false,
	  AT(realm_claims, public_key_hash_algorithm) },
};

static const struct claim component_claims[] = {
	{ 1, "type", FORM_TEXT, true, AT(component, type) },
	{ 2, "measurement", FORM_HASH, false, AT(component, measurement) },
	{ 4, "version", FORM_TEXT, true, AT(component, version) },
	{ 5, "signer id", FORM_HASH, false, AT(component, signer_id) },
	{ 6, "hash algorithm", FORM_HASH_NAME, true,
	  AT(component, hash_algorithm) },
};

/* One set of claims while it is read */
struct claim_set {
	const struct claim *claims;
	size_t num_claims;
	void *out;
	uint32_t seen;		/* a bit for each of the claims */
	size_t num_unknown;
};

static bool read_claims(struct reader *r, struct claim_set *set,
			struct problem *p);

/* ------------------------------------------------------------------ values */

const EVP_MD *hash_named(struct bytes name)
{
	static const struct {
		const char *name;
		const EVP_MD *(*md)(void);
	} hashes[] = {
		{ "sha-256", EVP_sha256 },
		{ "sha-384", EVP_sha384 },
		{ "sha-512", EVP_sha512 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(hashes); i++) {
		const char *n = hashes[i].name;

		if (bytes_equal(name, (struct bytes){ (const uint8_t *)n,
						      strlen(n) }))
			return hashes[i].md();
	}
	return NULL;
}

const char *lifecycle_name(uint64_t lifecycle)
{
	static const char *const names[] = {
		"unknown", "assembly-and-test", "rot-provisioning", "secured",
		"non-rot-debug", "recoverable-rot-debug", "decommissioned",
	};
	/* Each state has the 256 values from 0x?000 on. */
	uint64_t state = lifecycle >> 12;

	if ((lifecycle & 0xf00) != 0 || state >= ARRAY_SIZE(names))
		return NULL;
	return names[state];
}

static bool size_fits(enum form form, size_t len)
{
	switch (form) {
	case FORM_HASH:
		return len == 32 || len == 48 || len == 64;
	case FORM_32:
		return len == 32;
	case FORM_64:
		return len == 64;
	case FORM_UEID:
		return len == 33;
	case FORM_TEXT:
	case FORM_HASH_NAME:
	case FORM_ANY_BYTES:
	case FORM_LIFECYCLE:
	case FORM_COMPONENTS:
	case FORM_REMS:
	default:
		return true;
	}
}

static bool read_text(struct reader *r, enum form form, struct bytes *out,
		      struct problem *p)
{
	struct item item;

	if (!read_kind(r, KIND_TEXT, &item, p))
		return false;
	if (form == FORM_HASH_NAME && !hash_named(item.string))
		return fail(p, "no hash algorithm is called \"%.*s\"",
			    (int)(item.string.len < 32 ? item.string.len : 32),
			    (const char *)item.string.at);
	*out = item.string;
	return true;
}

static bool read_bytes(struct reader *r, enum form form, struct bytes *out,
		       struct problem *p)
{
	struct item item;

	if (!read_kind(r, KIND_BYTES, &item, p))
		return false;
	if (!size_fits(form, item.string.len))
		return fail(p, "a size of %zu bytes is wrong", item.string.len);
	if (form == FORM_UEID && item.string.at[0] != 1)
		return fail(p, "it does not begin with 01 (UEID of type RAND)");
	*out = item.string;
	return true;
}

static bool read_lifecycle(struct reader *r, uint64_t *out, struct problem *p)
{
	struct item item;

	if (!read_kind(r, KIND_UINT, &item, p))
		return false;
	if (!lifecycle_name(item.value))
		return fail(p, "0x%" PRIx64 " is no state", item.value);
	*out = item.value;
	return true;
}

static bool read_rems(struct reader *r, struct bytes *out, struct problem *p)
{
	struct item item;

	if (!read_kind(r, KIND_ARRAY, &item, p))
		return false;
	if (item.value != NUM_REMS)
		return fail(p, "there are %" PRIu64 ", not %d", item.value,
			    NUM_REMS);
	for (size_t i = 0; i < NUM_REMS; i++)
		if (!read_bytes(r, FORM_HASH, &out[i], p))
			return fail_in(p, "%zu", i);
	return true;
}

static bool read_components(struct reader *r, struct platform_claims *out,
			    struct problem *p)
{
	struct item item;

	if (!read_kind(r, KIND_ARRAY, &item, p))
		return false;
	if (item.value == 0 || item.value > MAX_COMPONENTS)
		return fail(p, "there are %" PRIu64 ", not 1 to %d", item.value,
			    MAX_COMPONENTS);
	for (size_t i = 0; i < item.value; i++) {
		struct claim_set set = { .claims = component_claims,
					 .num_claims = ARRAY_SIZE(component_claims),
					 .out = &out->components[i] };

		if (!read_claims(r, &set, p))
			return fail_in(p, "%zu", i);
		out->num_unknown += set.num_unknown;
	}
	out->num_components = item.value;
	return true;
}

/* ------------------------------------------------------------------ claims */

static bool read_value(struct reader *r, const struct claim *c, void *out,
		       struct problem *p)
{
	void *at = (char *)out + c->offset;

	switch (c->form) {
	case FORM_TEXT:
	case FORM_HASH_NAME:
		return read_text(r, c->form, at, p);
	case FORM_LIFECYCLE:
		return read_lifecycle(r, at, p);
	case FORM_COMPONENTS:
		return read_components(r, out, p);
	case FORM_REMS:
		return read_rems(r, at, p);
	case FORM_ANY_BYTES:
	case FORM_HASH:
	case FORM_32:
	case FORM_64:
	case FORM_UEID:
	default:
		return read_bytes(r, c->form, at, p);
	}
}

/* What no profile knows it must not mind, RFC 8392, 3. */
static bool claim_entry(void *context, const struct item *key,
			struct reader *value, struct problem *p)
{
	struct claim_set *set = context;

	for (size_t i = 0; i < set->num_claims; i++) {
		const struct claim *c = &set->claims[i];

		if (!key_is(key, c->label))
			continue;
		set->seen |= UINT32_C(1) << i;
		if (!read_value(value, c, set->out, p))
			return fail_in(p, "%s", c->name);
		return true;
	}
	set->num_unknown++;
	return read_over(value, p);
}

static bool read_claims(struct reader *r, struct claim_set *set,
			struct problem *p)
{
	if (!read_map(r, claim_entry, set, p))
		return false;
	for (size_t i = 0; i < set->num_claims; i++) {
		const struct claim *c = &set->claims[i];

		if (!c->optional && (set->seen & UINT32_C(1) << i) == 0)
			return fail(p, "%s: the claim (%" PRId64 ") is missing",
				    c->name, c->label);
	}
	return true;
}

static bool check_profile(struct bytes got, const char *want, struct problem *p)
{
	struct bytes b = { (const uint8_t *)want, strlen(want) };

	return bytes_equal(got, b) ||
	       fail(p, "profile: it is \"%.*s\", not \"%s\"",
		    (int)(got.len < 80 ? got.len : 80), (const char *)got.at,
		    want);
}

static bool parse_platform(struct bytes b, struct platform_claims *out,
			   struct problem *p)
{
	struct claim_set set = { .claims = platform_claims,
				 .num_claims = ARRAY_SIZE(platform_claims),
				 .out = out };
	struct reader r = { b };

	if (!read_claims(&r, &set, p) || !read_end(&r, p))
		return false;
	out->num_unknown += set.num_unknown;
	return check_profile(out->profile, PLATFORM_PROFILE, p);
}

/* A realm is measured with one of two hashes, and all with the same. */
static bool check_measurements(const struct realm_claims *c, struct problem *p)
{
	const EVP_MD *md = hash_named(c->hash_algorithm);
	size_t size = (size_t)EVP_MD_get_size(md);

	if (size == 48)
		return fail(p, "hash algorithm: sha-384 is none for realms");
	if (c->rim.len != size)
		return fail(p, "initial measurement: %zu bytes do not fit the hash algorithm",
			    c->rim.len);
	for (size_t i = 0; i < NUM_REMS; i++)
		if (c->rem[i].len != size)
			return fail(p, "extensible measurements: %zu: %zu bytes do not fit the hash algorithm",
				    i, c->rem[i].len);
	return true;
}

/* Before there were profiles, the key was the point itself. */
static bool parse_realm_key(const struct realm_claims *c,
			    uint8_t point[P384_POINT], struct problem *p)
{
	if (!c->profile.at && c->public_key.len == P384_POINT &&
	    c->public_key.at[0] == 4) {
		memcpy(point, c->public_key.at, P384_POINT);
		return true;
	}
	return cose_key_parse(c->public_key, point, p) ||
	       fail_in(p, "public key");
}

static bool parse_realm(struct bytes b, struct token *t, struct problem *p)
{
	struct realm_claims *out = &t->realm;
	struct claim_set set = { .claims = realm_claims,
				 .num_claims = ARRAY_SIZE(realm_claims),
				 .out = out };
	struct reader r = { b };

	if (!read_claims(&r, &set, p) || !read_end(&r, p))
		return false;
	out->num_unknown = set.num_unknown;
	return (!out->profile.at ||
		check_profile(out->profile, REALM_PROFILE, p)) &&
	       check_measurements(out, p) &&
	       parse_realm_key(out, t->realm_key, p);
}

/* ---------------------------------------------------------------- envelope */

struct envelope {
	struct bytes platform;
	struct bytes realm;
};

static bool envelope_entry(void *context, const struct item *key,
			   struct reader *value, struct problem *p)
{
	struct envelope *e = context;
	struct bytes *part = key_is(key, LABEL_PLATFORM) ? &e->platform :
			     key_is(key, LABEL_REALM) ? &e->realm : NULL;
	struct item item;

	if (!part)
		return fail(p, "neither platform (44234) nor realm (44241)");
	if (!read_kind(value, KIND_BYTES, &item, p))
		return false;
	*part = item.string;
	return true;
}

static bool open_envelope(struct bytes b, struct envelope *e, struct problem *p)
{
	struct reader r = { b };
	struct item tag;

	if (!read_kind(&r, KIND_TAG, &tag, p))
		return false;
	if (tag.value != TAG_CCA_TOKEN)
		return fail(p, "not a CCA token: tag %" PRIu64 ", not %d",
			    tag.value, TAG_CCA_TOKEN);
	if (!read_map(&r, envelope_entry, e, p) || !read_end(&r, p))
		return false;
	if (!e->platform.at)
		return fail(p, "there is no platform token (44234)");
	return e->realm.at || fail(p, "there is no realm token (44241)");
}

bool token_parse(struct bytes b, struct token *t, struct problem *p)
{
	struct envelope e = { 0 };

	memset(t, 0, sizeof(*t));
	if (!open_envelope(b, &e, p))
		return false;
	if (!sign1_parse(e.platform, &t->platform_sign1, p) ||
	    !parse_platform(t->platform_sign1.payload, &t->platform, p))
		return fail_in(p, "platform token");
	if (!sign1_parse(e.realm, &t->realm_sign1, p) ||
	    !parse_realm(t->realm_sign1.payload, t, p))
		return fail_in(p, "realm token");
	return true;
}
