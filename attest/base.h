/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What all the tools share: bytes, files, hexadecimal, and the way in which a
 * function says what is wrong.
 */
#ifndef ATTEST_BASE_H
#define ATTEST_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

#define MUST_USE	__attribute__((warn_unused_result))
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* Exit codes of all tools. The man pages list them; keep these together. */
enum {
	EXIT_OK = 0,
	EXIT_TROUBLE = 1,	/* a file, memory, the network */
	EXIT_USAGE = 2,
	EXIT_MALFORMED = 3,	/* not a token */
	EXIT_SIGNATURE = 4,	/* not signed by whom it should be */
	EXIT_MISMATCH = 5,	/* a good token of something else */
};

/* Some of somebody else's memory */
struct bytes {
	const uint8_t *at;
	size_t len;
};

/* Memory of our own; give it back with buffer_free() */
struct buffer {
	uint8_t *at;
	size_t len;
};

/* Why something failed, for the user */
struct problem {
	char text[320];
};

/* Always false, so that a function can `return fail(...)` */
bool fail(struct problem *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Say where a problem is that has been reported already: "where: text" */
bool fail_in(struct problem *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

struct bytes bytes_of(const struct buffer *b);
bool bytes_equal(struct bytes a, struct bytes b);

/* Out of memory ends the program: nothing here could go on without. */
void *xmalloc(size_t size);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* path "-" is standard input. More than `max` bytes are refused. */
bool file_read(const char *path, size_t max, struct buffer *out,
	       struct problem *p) MUST_USE;
/*
 * Only the owner may read what is written: a file of that name is replaced. A link is
 * not followed; path "-" is standard output.
 */
bool file_write(const char *path, struct bytes content, struct problem *p) MUST_USE;
void buffer_free(struct buffer *b);

/* The caller frees it. */
char *hex_of(struct bytes b);
/* Both cases, no spaces. False if it is something else or longer than `max`. */
bool hex_parse(const char *text, uint8_t *out, size_t max, size_t *len) MUST_USE;
/* A whole number in decimal, or in hexadecimal with 0x */
bool number_parse(const char *text, uint64_t max, uint64_t *out) MUST_USE;

#endif
