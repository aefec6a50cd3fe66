/* SPDX-License-Identifier: BSD-3-Clause */
#include "reference.h"

#include "token.h"

#include <stdlib.h>
#include <string.h>

#define MAX_FILE	(1024 * 1024)

/* ------------------------------------------------------------------ schema */

enum value_form {
	VALUE_TEXT,
	VALUE_HEX,
	VALUE_LIFECYCLE,	/* a number, or the name of a state */
	VALUE_LIST,		/* four times VALUE_HEX or null */
	VALUE_COMPONENTS,
	VALUE_FLAG,
};

#define MAX_SIZES	3

struct value_row {
	const char *name;
	enum value_form form;
	size_t sizes[MAX_SIZES];	/* in bytes; none: any */
};

#define HASH_SIZES	{ 32, 48, 64 }
#define COMMENT		{ "comment", VALUE_TEXT, { 0 } }

static const struct value_row platform_rows[] = {
	{ "profile", VALUE_TEXT, { 0 } },
	{ "implementation-id", VALUE_HEX, { 32 } },
	{ "instance-id", VALUE_HEX, { 33 } },
	{ "lifecycle", VALUE_LIFECYCLE, { 0 } },
	{ "configuration", VALUE_HEX, { 0 } },
	{ "hash-algorithm", VALUE_TEXT, { 0 } },
	{ "verification-service", VALUE_TEXT, { 0 } },
	{ "software-components", VALUE_COMPONENTS, { 0 } },
	COMMENT,
};

static const struct value_row component_rows[] = {
	{ "type", VALUE_TEXT, { 0 } },
	{ "version", VALUE_TEXT, { 0 } },
	{ "measurement", VALUE_HEX, HASH_SIZES },
	{ "signer-id", VALUE_HEX, HASH_SIZES },
	{ "hash-algorithm", VALUE_TEXT, { 0 } },
	{ "optional", VALUE_FLAG, { 0 } },
	COMMENT,
};

static const struct value_row realm_rows[] = {
	{ "profile", VALUE_TEXT, { 0 } },
	{ "personalization-value", VALUE_HEX, { 64 } },
	{ "hash-algorithm", VALUE_TEXT, { 0 } },
	{ "initial-measurement", VALUE_HEX, { 32, 64 } },
	{ "extensible-measurements", VALUE_LIST, { 32, 64 } },
	{ "public-key-hash-algorithm", VALUE_TEXT, { 0 } },
	COMMENT,
};

struct schema {
	const struct value_row *rows;
	size_t num;
};

static const struct schema platform_schema = { platform_rows,
					       ARRAY_SIZE(platform_rows) };
static const struct schema component_schema = { component_rows,
						ARRAY_SIZE(component_rows) };
static const struct schema realm_schema = { realm_rows, ARRAY_SIZE(realm_rows) };

static const struct value_row *find_row(const struct schema *schema,
					const char *name)
{
	for (size_t i = 0; i < schema->num; i++)
		if (strcmp(schema->rows[i].name, name) == 0)
			return &schema->rows[i];
	return NULL;
}

static bool size_is_right(const struct value_row *row, size_t size)
{
	for (size_t i = 0; i < MAX_SIZES; i++)
		if (size == row->sizes[i] && size > 0)
			return true;
	return row->sizes[0] == 0;
}

static bool check_hex(const struct value_row *row, const char *text,
		      struct problem *p)
{
	size_t len = strlen(text);
	uint8_t *scratch = xmalloc(len);
	bool ok = hex_parse(text, scratch, len, &len);

	free(scratch);
	if (!ok)
		return fail(p, "it is not hexadecimal");
	return size_is_right(row, len) ||
	       fail(p, "it has %zu bytes, which the claim never has", len);
}

static bool check_state(const char *text, struct problem *p)
{
	for (uint64_t state = 0; lifecycle_name(state << 12); state++)
		if (strcmp(text, lifecycle_name(state << 12)) == 0)
			return true;
	return fail(p, "there is no state \"%s\"", text);
}

static bool check_single(const struct value_row *row, const json_t *value,
			 struct problem *p)
{
	if (row->form == VALUE_LIFECYCLE && json_is_integer(value))
		return lifecycle_name((uint64_t)json_integer_value(value)) ||
		       fail(p, "it is the number of no state");
	if (!json_is_string(value))
		return fail(p, "it is not a text");
	if (row->form == VALUE_LIFECYCLE)
		return check_state(json_string_value(value), p);
	return row->form == VALUE_TEXT ||
	       check_hex(row, json_string_value(value), p);
}

/* One value, or a list of those that are as good */
static bool check_value(const struct value_row *row, const json_t *value,
			struct problem *p)
{
	if (!json_is_array(value))
		return check_single(row, value, p);
	if (json_array_size(value) == 0)
		return fail(p, "an empty list allows nothing");
	for (size_t i = 0; i < json_array_size(value); i++)
		if (!check_single(row, json_array_get(value, i), p))
			return false;
	return true;
}

static bool check_list(const struct value_row *row, const json_t *list,
		       struct problem *p)
{
	if (json_array_size(list) != NUM_REMS)
		return fail(p, "it is not a list of %d", NUM_REMS);
	for (size_t i = 0; i < NUM_REMS; i++) {
		const json_t *value = json_array_get(list, i);

		if (!json_is_null(value) && !check_value(row, value, p))
			return fail_in(p, "%zu", i);
	}
	return true;
}

static bool check_object(const struct schema *schema, json_t *object,
			 struct problem *p);

static bool check_components(const json_t *list, struct problem *p)
{
	if (json_array_size(list) == 0)
		return fail(p, "it is not a list of components");
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!check_object(&component_schema, json_array_get(list, i), p))
			return fail_in(p, "%zu", i);
	return true;
}

static bool check_row(const struct value_row *row, const json_t *value,
		      struct problem *p)
{
	switch (row->form) {
	case VALUE_COMPONENTS:
		return check_components(value, p);
	case VALUE_LIST:
		return check_list(row, value, p);
	case VALUE_FLAG:
		return json_is_boolean(value) || fail(p, "it is not true or false");
	case VALUE_TEXT:
	case VALUE_HEX:
	case VALUE_LIFECYCLE:
	default:
		return check_value(row, value, p);
	}
}

static bool check_object(const struct schema *schema, json_t *object,
			 struct problem *p)
{
	const struct value_row *row;
	const char *name;
	json_t *value;

	if (!json_is_object(object))
		return fail(p, "it is not an object");
	json_object_foreach(object, name, value) {
		row = find_row(schema, name);
		if (!row)
			return fail(p, "there is no reference value \"%s\"", name);
		if (!check_row(row, value, p))
			return fail_in(p, "%s", name);
	}
	return true;
}

static const struct schema *schema_of(const char *part)
{
	return strcmp(part, "platform") == 0 ? &platform_schema :
	       strcmp(part, "realm") == 0 ? &realm_schema : NULL;
}

static bool check_file(json_t *file, struct problem *p)
{
	const char *name;
	json_t *value;

	if (!json_is_object(file))
		return fail(p, "it is not an object");
	json_object_foreach(file, name, value) {
		if (strcmp(name, "comment") == 0)
			continue;
		if (!schema_of(name))
			return fail(p, "\"%s\" is neither platform nor realm", name);
		if (!check_object(schema_of(name), value, p))
			return fail_in(p, "%s", name);
	}
	return json_object_get(file, "platform") ||
	       json_object_get(file, "realm") ||
	       fail(p, "there are no reference values in it");
}

/* -------------------------------------------------------------------- files */

bool references_load(struct references *refs, const char *path,
		     struct problem *p)
{
	struct buffer text;
	json_error_t error;
	json_t *file;

	if (refs->num == MAX_REFERENCES)
		return fail(p, "more than %d files of reference values",
			    MAX_REFERENCES);
	if (!file_read(path, MAX_FILE, &text, p))
		return false;
	file = json_loadb((const char *)text.at, text.len,
			  JSON_REJECT_DUPLICATES, &error);
	buffer_free(&text);
	if (!file)
		return fail(p, "%s:%d: %s", path, error.line, error.text);
	if (!check_file(file, p)) {
		json_decref(file);
		return fail_in(p, "%s", path);
	}
	refs->files[refs->num++] = file;
	return true;
}

void references_free(struct references *refs)
{
	while (refs->num > 0)
		json_decref(refs->files[--refs->num]);
}

bool references_have(const struct references *refs, const char *part,
		     const char *name)
{
	for (size_t i = 0; i < refs->num; i++)
		if (json_object_get(json_object_get(refs->files[i], part), name))
			return true;
	return false;
}

/* ----------------------------------------------------------------- appraise */

static bool single_matches(const struct value_row *row, const json_t *want,
			   const json_t *got)
{
	uint64_t lifecycle;

	if (!got)
		return false;
	if (row->form == VALUE_LIFECYCLE && json_is_string(want)) {
		lifecycle = (uint64_t)json_integer_value(got);
		return strcmp(json_string_value(want),
			      lifecycle_name(lifecycle)) == 0;
	}
	if (row->form == VALUE_HEX || row->form == VALUE_LIST)
		return strcasecmp(json_string_value(want),
				  json_string_value(got)) == 0;
	return json_equal(want, got);
}

static bool matches(const struct value_row *row, const json_t *want,
		    const json_t *got)
{
	if (!json_is_array(want))
		return single_matches(row, want, got);
	for (size_t i = 0; i < json_array_size(want); i++)
		if (single_matches(row, json_array_get(want, i), got))
			return true;
	return false;
}

/* Texts without quotes; lists as JSON has them */
static char *shown(const json_t *value)
{
	char *json, *copy;

	if (!value)
		return xasprintf("missing");
	if (json_is_string(value))
		return xasprintf("%s", json_string_value(value));
	json = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	copy = xasprintf("%s", json ? json : "?");
	free(json);
	return copy;
}

/* Takes over `name`. */
static void compare(const struct value_row *row, const json_t *want,
		    const json_t *got, char *name, struct report *r)
{
	bool ok = matches(row, want, got);
	char *why = NULL;

	if (!ok) {
		char *is = shown(got), *should_be = shown(want);

		why = xasprintf("it is %s, not %s%s", is,
				json_is_array(want) ? "one of " : "", should_be);
		free(is);
		free(should_be);
	}
	report_add(r, EXIT_MISMATCH, ok ? PASSED : FAILED, why, "%s", name);
	free(name);
}

static void appraise_list(const struct value_row *row, const json_t *want,
			  const json_t *got, const char *part, struct report *r)
{
	for (size_t i = 0; i < NUM_REMS; i++)
		if (!json_is_null(json_array_get(want, i)))
			compare(row, json_array_get(want, i),
				json_array_get(got, i),
				xasprintf("%s %s %zu", part, row->name, i), r);
}

/* --------------------------------------------------------------- components */

static bool is_compared(const struct value_row *row)
{
	return row->form != VALUE_FLAG && strcmp(row->name, "comment") != 0;
}

static bool component_matches(json_t *want, const json_t *got)
{
	const struct value_row *row;
	const char *name;
	json_t *value;

	json_object_foreach(want, name, value) {
		row = find_row(&component_schema, name);
		if (is_compared(row) &&
		    !matches(row, value, json_object_get(got, name)))
			return false;
	}
	return true;
}

static bool type_matches(json_t *want, const json_t *got)
{
	const struct value_row *row = find_row(&component_schema, "type");
	const json_t *type = json_object_get(want, "type");

	return !type || matches(row, type, json_object_get(got, "type"));
}

/*
 * The component that is meant: one with all values right, else one of that type
 * so that it can be said what is wrong with it. The size of the list: none.
 */
static size_t find_component(json_t *want, const json_t *components,
			     const bool *taken)
{
	size_t n = json_array_size(components);

	for (size_t i = 0; i < n; i++)
		if (!taken[i] &&
		    component_matches(want, json_array_get(components, i)))
			return i;
	for (size_t i = 0; i < n; i++)
		if (!taken[i] && type_matches(want, json_array_get(components, i)))
			return i;
	return n;
}

static char *component_name(const json_t *component, size_t index)
{
	const json_t *type = json_object_get(component, "type");

	return json_is_string(type) ?
		       xasprintf("%s", json_string_value(type)) :
		       xasprintf("%zu", index);
}

static void compare_component(json_t *want, const json_t *got,
			      const char *component, struct report *r)
{
	const struct value_row *row;
	const char *name;
	json_t *value;

	json_object_foreach(want, name, value) {
		row = find_row(&component_schema, name);
		if (is_compared(row))
			compare(row, value, json_object_get(got, name),
				xasprintf("component %s %s", component, name), r);
	}
}

static void appraise_component(json_t *want, size_t index, const json_t *got,
			       bool *taken, struct report *r)
{
	size_t found = find_component(want, got, taken);
	char *name = component_name(want, index);

	if (found < json_array_size(got)) {
		taken[found] = true;
		compare_component(want, json_array_get(got, found), name, r);
	} else if (!json_is_true(json_object_get(want, "optional"))) {
		report_add(r, EXIT_MISMATCH, FAILED,
			   xasprintf("the platform has no such component"),
			   "component %s", name);
	}
	free(name);
}

/* Each of the token's is expected, and each that is expected is there. */
static void appraise_components(const json_t *want, const json_t *got,
				struct report *r)
{
	bool taken[MAX_COMPONENTS] = { false };

	for (size_t i = 0; i < json_array_size(want); i++)
		appraise_component(json_array_get(want, i), i, got, taken, r);
	for (size_t i = 0; i < json_array_size(got); i++) {
		char *name = component_name(json_array_get(got, i), i);

		if (!taken[i])
			report_add(r, EXIT_MISMATCH, FAILED,
				   xasprintf("no reference value is for it"),
				   "component %s", name);
		free(name);
	}
}

static void appraise_part(const char *part, json_t *want, const json_t *got,
			  struct report *r)
{
	const struct value_row *row;
	const char *name;
	json_t *value;

	json_object_foreach(want, name, value) {
		const json_t *claim = json_object_get(got, name);

		row = find_row(schema_of(part), name);
		if (row->form == VALUE_COMPONENTS)
			appraise_components(value, claim, r);
		else if (row->form == VALUE_LIST)
			appraise_list(row, value, claim, part, r);
		else if (is_compared(row))
			compare(row, value, claim,
				xasprintf("%s %s", part, name), r);
	}
}

void references_appraise(const struct references *refs, json_t *claims,
			 struct report *r)
{
	static const char *const parts[] = { "platform", "realm" };

	for (size_t i = 0; i < refs->num; i++)
		for (size_t k = 0; k < ARRAY_SIZE(parts); k++)
			appraise_part(parts[k],
				      json_object_get(refs->files[i], parts[k]),
				      json_object_get(claims, parts[k]), r);
}
