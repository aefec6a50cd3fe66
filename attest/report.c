/* SPDX-License-Identifier: BSD-3-Clause */
#include "report.h"

#include <err.h>
#include <stdarg.h>
#include <stdlib.h>

static const char *outcome_name(enum outcome outcome)
{
	static const char *const names[] = {
		[PASSED] = "passed",
		[FAILED] = "failed",
		[UNCHECKED] = "unchecked",
	};

	return names[outcome];
}

void report_add(struct report *r, int code, enum outcome outcome, char *detail,
		const char *name, ...)
{
	struct check *checks =
		realloc(r->checks, (r->num + 1) * sizeof(*checks));
	va_list ap;
	char *full;

	va_start(ap, name);
	if (!checks || vasprintf(&full, name, ap) < 0)
		err(EXIT_TROUBLE, NULL);
	va_end(ap);
	r->checks = checks;
	checks[r->num++] = (struct check){ full, outcome, code, detail };
}

const struct check *report_failure(const struct report *r)
{
	int code = report_code(r);

	for (size_t i = 0; i < r->num; i++)
		if (r->checks[i].outcome == FAILED && r->checks[i].code == code)
			return &r->checks[i];
	return NULL;
}

int report_code(const struct report *r)
{
	int code = EXIT_OK;

	for (size_t i = 0; i < r->num; i++)
		if (r->checks[i].outcome == FAILED &&
		    (code == EXIT_OK || r->checks[i].code < code))
			code = r->checks[i].code;
	return code;
}

const char *report_verdict(const struct report *r)
{
	switch (report_code(r)) {
	case EXIT_SIGNATURE:
		return "signature";
	case EXIT_MISMATCH:
		return "mismatch";
	default:
		break;
	}
	for (size_t i = 0; i < r->num; i++)
		if (r->checks[i].outcome == UNCHECKED)
			return "incomplete";
	return "passed";
}

static json_t *check_json(const struct check *c)
{
	json_t *json = json_pack("{s:s,s:s}", "check", c->name, "outcome",
				 outcome_name(c->outcome));

	if (c->detail)
		json_object_set_new(json, "detail", json_string(c->detail));
	return json;
}

json_t *report_json(const struct report *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->num; i++)
		json_array_append_new(list, check_json(&r->checks[i]));
	return list;
}

void report_print(const struct report *r, FILE *out)
{
	for (size_t i = 0; i < r->num; i++) {
		const struct check *c = &r->checks[i];

		fprintf(out, "  %-9s  %s%s%s\n", outcome_name(c->outcome),
			c->name, c->detail ? ": " : "",
			c->detail ? c->detail : "");
	}
}

void report_free(struct report *r)
{
	for (size_t i = 0; i < r->num; i++) {
		free(r->checks[i].name);
		free(r->checks[i].detail);
	}
	free(r->checks);
	*r = (struct report){ NULL, 0 };
}
