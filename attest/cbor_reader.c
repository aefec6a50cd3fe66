/* SPDX-License-Identifier: BSD-3-Clause */
#include "cbor_reader.h"

#include <cbor.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The first byte of an item has its type in the upper bits, RFC 8949, 3. */
#define TYPE_MASK	0xe0
#define TYPE_TAG	0xc0
#define MAX_HEAD	9

/* What the callbacks leave for read_item() */
struct decoded {
	struct item item;
	bool indefinite;
};

const char *kind_name(enum kind kind)
{
	static const char *const names[] = {
		[KIND_UINT] = "an unsigned integer",
		[KIND_NEGATIVE] = "a negative integer",
		[KIND_BYTES] = "a byte string",
		[KIND_TEXT] = "a text",
		[KIND_ARRAY] = "an array",
		[KIND_MAP] = "a map",
		[KIND_TAG] = "a tag",
		[KIND_OTHER] = "a simple value",
	};

	return names[kind];
}

/* --------------------------------------------------- callbacks for libcbor */

static void got(void *context, enum kind kind, uint64_t value)
{
	struct decoded *d = context;

	d->item = (struct item){ .kind = kind, .value = value };
}

static void got_string(void *context, enum kind kind, cbor_data at, size_t len)
{
	got(context, kind, len);
	((struct decoded *)context)->item.string = (struct bytes){ at, len };
}

static void got_indefinite(void *context)
{
	((struct decoded *)context)->indefinite = true;
}

#define NUMBER(name, type, kind)			\
	static void name(void *context, type value)	\
	{						\
		got(context, kind, value);		\
	}

NUMBER(got_uint8, uint8_t, KIND_UINT)
NUMBER(got_uint16, uint16_t, KIND_UINT)
NUMBER(got_uint32, uint32_t, KIND_UINT)
NUMBER(got_uint64, uint64_t, KIND_UINT)
NUMBER(got_negint8, uint8_t, KIND_NEGATIVE)
NUMBER(got_negint16, uint16_t, KIND_NEGATIVE)
NUMBER(got_negint32, uint32_t, KIND_NEGATIVE)
NUMBER(got_negint64, uint64_t, KIND_NEGATIVE)
NUMBER(got_array, size_t, KIND_ARRAY)
NUMBER(got_map, size_t, KIND_MAP)
NUMBER(got_bool, bool, KIND_OTHER)

static void got_bytes(void *context, cbor_data at, size_t len)
{
	got_string(context, KIND_BYTES, at, len);
}

static void got_text(void *context, cbor_data at, size_t len)
{
	got_string(context, KIND_TEXT, at, len);
}

static void got_nothing(void *context)
{
	got(context, KIND_OTHER, 0);
}

static void got_float(void *context, float value)
{
	(void)value;
	got_nothing(context);
}

static void got_double(void *context, double value)
{
	(void)value;
	got_nothing(context);
}

static const struct cbor_callbacks callbacks = {
	.uint8 = got_uint8,
	.uint16 = got_uint16,
	.uint32 = got_uint32,
	.uint64 = got_uint64,
	.negint8 = got_negint8,
	.negint16 = got_negint16,
	.negint32 = got_negint32,
	.negint64 = got_negint64,
	.byte_string_start = got_indefinite,
	.byte_string = got_bytes,
	.string = got_text,
	.string_start = got_indefinite,
	.indef_array_start = got_indefinite,
	.array_start = got_array,
	.indef_map_start = got_indefinite,
	.map_start = got_map,
	.float2 = got_float,
	.float4 = got_float,
	.float8 = got_double,
	.undefined = got_nothing,
	.null = got_nothing,
	.boolean = got_bool,
	.indef_break = got_indefinite,
};

/* ------------------------------------------------------------------- items */

/* How many bytes the head of an item needs at least, RFC 8949, 4.1 */
static size_t shortest_head(const struct item *item)
{
	if (item->kind == KIND_OTHER)
		return 0;
	if (item->value < 24)
		return 1;
	if (item->value <= UINT8_MAX)
		return 2;
	if (item->value <= UINT16_MAX)
		return 3;
	return item->value <= UINT32_MAX ? 5 : 9;
}

/* Length of the UTF-8 sequence at `at`; 0 if it is none, or a control code */
static size_t utf8_length(const uint8_t *at, size_t left)
{
	static const uint32_t least[] = { 0, 0x20, 0x80, 0x800, 0x10000 };
	size_t n = at[0] < 0x80 ? 1 : at[0] < 0xc0 ? 0 : at[0] < 0xe0 ? 2 :
		   at[0] < 0xf0 ? 3 : at[0] < 0xf8 ? 4 : 0;
	uint32_t code = n <= 1 ? at[0] : at[0] & (0x7fU >> n);

	if (n == 0 || n > left)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (at[i] & 0x3fU);
	}
	if (code < least[n] || (code >= 0x7f && code < 0xa0) ||
	    (code >= 0xd800 && code < 0xe000) || code > 0x10ffff)
		return 0;
	return n;
}

static bool is_text(struct bytes b)
{
	while (b.len > 0) {
		size_t n = utf8_length(b.at, b.len);

		if (n == 0)
			return false;
		b.at += n;
		b.len -= n;
	}
	return true;
}

static bool check_item(const struct decoded *d, size_t size, struct problem *p)
{
	const struct item *item = &d->item;
	size_t head = size - item->string.len;

	if (d->indefinite)
		return fail(p, "a length is not given in advance");
	if (item->kind != KIND_OTHER && head != shortest_head(item))
		return fail(p, "%s is not in its shortest form",
			    kind_name(item->kind));
	if ((item->kind == KIND_ARRAY || item->kind == KIND_MAP) &&
	    item->value > MAX_ENTRIES)
		return fail(p, "%s has %" PRIu64 " entries, more than %d",
			    kind_name(item->kind), item->value, MAX_ENTRIES);
	if (item->kind == KIND_TEXT && !is_text(item->string))
		return fail(p, "a text is not printable UTF-8");
	return true;
}

/*
 * Debian 12's libcbor does not know the tags from 6 to 20, and 18 is COSE_Sign1.
 * The head of a tag is that of a number, but for the three bits of its type.
 */
static struct cbor_decoder_result decode_tag(struct bytes b, struct decoded *d)
{
	uint8_t head[MAX_HEAD];
	size_t len = b.len < sizeof(head) ? b.len : sizeof(head);
	struct cbor_decoder_result result;

	memcpy(head, b.at, len);
	head[0] &= (uint8_t)~TYPE_MASK;
	result = cbor_stream_decode(head, len, &callbacks, d);
	d->item.kind = KIND_TAG;
	return result;
}

static struct cbor_decoder_result decode(struct bytes b, struct decoded *d)
{
	return (b.at[0] & TYPE_MASK) == TYPE_TAG ?
		       decode_tag(b, d) :
		       cbor_stream_decode(b.at, b.len, &callbacks, d);
}

bool read_item(struct reader *r, struct item *item, struct problem *p)
{
	struct decoded d = { 0 };
	struct cbor_decoder_result result;

	/* libcbor must not be asked to look at nothing. */
	if (r->rest.len == 0)
		return fail(p, "it ends too early");
	result = decode(r->rest, &d);
	switch (result.status) {
	case CBOR_DECODER_FINISHED:
		break;
	case CBOR_DECODER_NEDATA:
		return fail(p, "it ends too early");
	case CBOR_DECODER_ERROR:
	default:
		return fail(p, "0x%02x starts no CBOR item", r->rest.at[0]);
	}
	if (!check_item(&d, result.read, p))
		return false;

	*item = d.item;
	r->rest.at += result.read;
	r->rest.len -= result.read;
	return true;
}

bool read_kind(struct reader *r, enum kind kind, struct item *item,
	       struct problem *p)
{
	if (!read_item(r, item, p))
		return false;
	if (item->kind != kind)
		return fail(p, "%s where %s should be", kind_name(item->kind),
			    kind_name(kind));
	return true;
}

bool read_end(const struct reader *r, struct problem *p)
{
	return r->rest.len == 0 ||
	       fail(p, "%zu bytes too many at the end", r->rest.len);
}

/* -------------------------------------------------------------------- maps */

static bool read_key(struct reader *r, struct item *key, struct problem *p)
{
	if (!read_item(r, key, p))
		return false;
	switch (key->kind) {
	case KIND_UINT:
	case KIND_NEGATIVE:
	case KIND_TEXT:
		return true;
	case KIND_BYTES:
	case KIND_ARRAY:
	case KIND_MAP:
	case KIND_TAG:
	case KIND_OTHER:
	default:
		return fail(p, "%s as the key of a map", kind_name(key->kind));
	}
}

static bool same_key(const struct item *a, const struct item *b)
{
	return a->kind == b->kind && a->value == b->value &&
	       bytes_equal(a->string, b->string);
}

static bool is_new(const struct item *keys, size_t n, struct problem *p)
{
	for (size_t i = 0; i < n; i++)
		if (same_key(&keys[i], &keys[n]))
			return fail(p, "a key is in a map twice");
	return true;
}

static bool read_entries(struct reader *r, size_t count, read_entry *entry,
			 void *context, struct problem *p)
{
	struct item keys[MAX_ENTRIES];

	for (size_t i = 0; i < count; i++)
		if (!read_key(r, &keys[i], p) || !is_new(keys, i, p) ||
		    !entry(context, &keys[i], r, p))
			return false;
	return true;
}

bool read_map(struct reader *r, read_entry *entry, void *context,
	      struct problem *p)
{
	struct item map;

	return read_kind(r, KIND_MAP, &map, p) &&
	       read_entries(r, map.value, entry, context, p);
}

bool key_is(const struct item *key, int64_t number)
{
	if (number < 0)
		return key->kind == KIND_NEGATIVE &&
		       key->value == (uint64_t)(-1 - number);
	return key->kind == KIND_UINT && key->value == (uint64_t)number;
}

/* -------------------------------------------------------------------- skip */

static bool skip(struct reader *r, unsigned int depth, struct problem *p);

static bool skip_entry(void *context, const struct item *key,
		       struct reader *value, struct problem *p)
{
	(void)key;
	return skip(value, *(const unsigned int *)context, p);
}

static bool skip_array(struct reader *r, uint64_t count, unsigned int depth,
		       struct problem *p)
{
	for (uint64_t i = 0; i < count; i++)
		if (!skip(r, depth, p))
			return false;
	return true;
}

/* Recursive, and so bounded: by `depth` levels more. */
static bool skip(struct reader *r, unsigned int depth, struct problem *p)
{
	struct item item;

	if (!read_item(r, &item, p))
		return false;
	if (item.kind != KIND_ARRAY && item.kind != KIND_MAP &&
	    item.kind != KIND_TAG)
		return true;
	if (depth-- == 0)
		return fail(p, "items are nested more than %d deep", MAX_DEPTH);
	if (item.kind == KIND_MAP)
		return read_entries(r, item.value, skip_entry, &depth, p);
	return skip_array(r, item.kind == KIND_TAG ? 1 : item.value, depth, p);
}

bool read_over(struct reader *r, struct problem *p)
{
	return skip(r, MAX_DEPTH, p);
}
