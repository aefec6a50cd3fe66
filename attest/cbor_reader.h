/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A strict reader of CBOR. libcbor decodes the items; what it would let pass and
 * a signed statement must not have is refused here: lengths and numbers that
 * are not in their shortest form, indefinite lengths, two equal keys in a map,
 * text that is no UTF-8 or controls a terminal, depth and number without bounds.
 *
 * Nothing is copied: what is read points into what it is read from.
 */
#ifndef ATTEST_CBOR_READER_H
#define ATTEST_CBOR_READER_H

#include "base.h"

#define MAX_DEPTH	8	/* arrays, maps and tags within each other */
#define MAX_ENTRIES	64	/* of an array or a map */

enum kind {
	KIND_UINT,
	KIND_NEGATIVE,
	KIND_BYTES,
	KIND_TEXT,
	KIND_ARRAY,
	KIND_MAP,
	KIND_TAG,
	KIND_OTHER,	/* true, false, null, undefined, floating point */
};

struct item {
	enum kind kind;
	/* the number, -1 minus it, how many entries, or the tag */
	uint64_t value;
	struct bytes string;
};

/* What is left to read */
struct reader {
	struct bytes rest;
};

const char *kind_name(enum kind kind);

bool read_item(struct reader *r, struct item *item, struct problem *p) MUST_USE;
/* An item that has to be of that kind */
bool read_kind(struct reader *r, enum kind kind, struct item *item,
	       struct problem *p) MUST_USE;
/* Any item with all that is in it */
bool read_over(struct reader *r, struct problem *p) MUST_USE;
/* Nothing may be left. */
bool read_end(const struct reader *r, struct problem *p) MUST_USE;

/*
 * A map: its entries are given to `entry` with the value still to be read. A key
 * is a number or a text. An entry that it does not know it skips by read_over().
 */
typedef bool read_entry(void *context, const struct item *key,
			struct reader *value, struct problem *p);
bool read_map(struct reader *r, read_entry *entry, void *context,
	      struct problem *p) MUST_USE;

/* Is the key this number? Negative ones are meant as they are written. */
bool key_is(const struct item *key, int64_t number);

#endif
