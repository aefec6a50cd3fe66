/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What was checked of a token, and what came out: for a person, for a program
 * (JSON), and as an exit code.
 */
#ifndef ATTEST_REPORT_H
#define ATTEST_REPORT_H

#include "base.h"

#include <jansson.h>
#include <stdio.h>

enum outcome { PASSED, FAILED, UNCHECKED };

struct check {
	char *name;
	enum outcome outcome;
	int code;	/* exit code if it failed */
	char *detail;	/* NULL if there is no more to say */
};

struct report {
	struct check *checks;
	size_t num;
};

/* Takes over `detail`, which is from xasprintf() or NULL. */
void report_add(struct report *r, int code, enum outcome outcome, char *detail,
		const char *name, ...) __attribute__((format(printf, 5, 6)));
/* Of all that failed, what matters most: a signature before a mismatch */
int report_code(const struct report *r);
/* "passed", "incomplete", "signature" or "mismatch" */
const char *report_verdict(const struct report *r);
/* The first one that failed, or NULL */
const struct check *report_failure(const struct report *r);
json_t *report_json(const struct report *r);
void report_print(const struct report *r, FILE *out);
void report_free(struct report *r);

#endif
