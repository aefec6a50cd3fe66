/* SPDX-License-Identifier: BSD-3-Clause */
#include "claims.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void put_hex(json_t *to, const char *name, struct bytes b)
{
	char *hex = hex_of(b);

	json_object_set_new(to, name, json_string(hex));
	free(hex);
}

/* The reader of CBOR has seen to it that it is printable UTF-8. */
static void put_text(json_t *to, const char *name, struct bytes b)
{
	if (b.at)
		json_object_set_new(to, name,
				    json_stringn((const char *)b.at, b.len));
}

static json_t *component_json(const struct component *c)
{
	json_t *to = json_object();

	put_text(to, "type", c->type);
	put_text(to, "version", c->version);
	put_hex(to, "measurement", c->measurement);
	put_hex(to, "signer-id", c->signer_id);
	put_text(to, "hash-algorithm", c->hash_algorithm);
	return to;
}

static json_t *components_json(const struct platform_claims *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->num_components; i++)
		json_array_append_new(list, component_json(&c->components[i]));
	return list;
}

static json_t *platform_json(const struct platform_claims *c)
{
	json_t *to = json_object();

	put_text(to, "profile", c->profile);
	put_hex(to, "challenge", c->challenge);
	put_hex(to, "implementation-id", c->implementation_id);
	put_hex(to, "instance-id", c->instance_id);
	json_object_set_new(to, "lifecycle", json_integer((json_int_t)c->lifecycle));
	json_object_set_new(to, "lifecycle-state",
			    json_string(lifecycle_name(c->lifecycle)));
	put_hex(to, "configuration", c->config);
	put_text(to, "hash-algorithm", c->hash_algorithm);
	put_text(to, "verification-service", c->verification_service);
	json_object_set_new(to, "software-components", components_json(c));
	if (c->num_unknown)
		json_object_set_new(to, "unknown-claims",
				    json_integer((json_int_t)c->num_unknown));
	return to;
}

static json_t *rems_json(const struct realm_claims *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < NUM_REMS; i++) {
		char *hex = hex_of(c->rem[i]);

		json_array_append_new(list, json_string(hex));
		free(hex);
	}
	return list;
}

static json_t *realm_json(const struct realm_claims *c)
{
	json_t *to = json_object();

	put_text(to, "profile", c->profile);
	put_hex(to, "challenge", c->challenge);
	put_hex(to, "personalization-value", c->personalization_value);
	put_text(to, "hash-algorithm", c->hash_algorithm);
	put_hex(to, "initial-measurement", c->rim);
	json_object_set_new(to, "extensible-measurements", rems_json(c));
	put_hex(to, "public-key", c->public_key);
	put_text(to, "public-key-hash-algorithm", c->public_key_hash_algorithm);
	if (c->num_unknown)
		json_object_set_new(to, "unknown-claims",
				    json_integer((json_int_t)c->num_unknown));
	return to;
}

json_t *claims_json(const struct token *t)
{
	json_t *to = json_object();

	json_object_set_new(to, "platform", platform_json(&t->platform));
	json_object_set_new(to, "realm", realm_json(&t->realm));
	return to;
}

/* ------------------------------------------------------------------- print */

static void print_value(const char *name, json_t *value, int indent,
			FILE *out);

static void print_object(json_t *object, int indent, FILE *out)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
		print_value(name, value, indent, out);
}

static void print_array(const char *name, json_t *array, int indent,
			FILE *out)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		char *numbered = xasprintf("%s %zu", name, i);

		print_value(numbered, json_array_get(array, i), indent, out);
		free(numbered);
	}
}

static void print_value(const char *name, json_t *value, int indent,
			FILE *out)
{
	if (json_is_array(value)) {
		print_array(name, value, indent, out);
		return;
	}
	if (json_is_object(value)) {
		fprintf(out, "%*s%s:\n", indent, "", name);
		print_object(value, indent + 2, out);
		return;
	}
	fprintf(out, "%*s%-*s ", indent, "", 30 - indent, name);
	if (json_is_string(value))
		fprintf(out, "%s\n", json_string_value(value));
	else
		fprintf(out, "0x%" PRIx64 "\n",
			(uint64_t)json_integer_value(value));
}

void claims_print(json_t *claims, FILE *out)
{
	print_object(claims, 0, out);
}
