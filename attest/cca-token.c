/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * cca-token: show a CCA token, verify it, and compare it with reference values.
 * See man/cca-token.1.
 */
#include "claims.h"
#include "options.h"
#include "reference.h"
#include "verify.h"

#include <stdio.h>
#include <string.h>

enum { ANCHOR, CHALLENGE, REFERENCE, JSON, MAKE_REFERENCE, QUIET };

static const struct option_row rows[] = {
	[ANCHOR] = { 'a', "anchor", "FILE", "public key of the platform (PEM); can be repeated" },
	[CHALLENGE] = { 'c', "challenge", "HEX", "what the realm was asked with, or @FILE" },
	[REFERENCE] = { 'r', "reference", "FILE", "reference values (JSON); can be repeated" },
	[JSON] = { 'j', "json", NULL, "write JSON" },
	[MAKE_REFERENCE] = { 'm', "make-reference", NULL, "write its claims as reference values, if all is well" },
	[QUIET] = { 'q', "quiet", NULL, "write nothing; the exit code tells all" },
};

struct settings {
	struct anchors anchors;
	struct references references;
	uint8_t challenge[CHALLENGE_SIZE];
	size_t challenge_len;
	bool json;
	bool make_reference;
	bool quiet;
};

static bool set_challenge(struct settings *s, const char *text,
			  struct problem *p)
{
	struct buffer file;

	if (text[0] != '@') {
		if (!hex_parse(text, s->challenge, sizeof(s->challenge),
			       &s->challenge_len) || s->challenge_len == 0)
			return fail(p, "--challenge: up to 64 bytes in hexadecimal");
		return true;
	}
	if (!file_read(text + 1, sizeof(s->challenge), &file, p))
		return fail_in(p, "--challenge");
	memcpy(s->challenge, file.at, file.len);
	s->challenge_len = file.len;
	buffer_free(&file);
	return s->challenge_len > 0 || fail(p, "--challenge: it is empty");
}

static bool set(void *context, size_t row, const char *text, struct problem *p)
{
	struct settings *s = context;

	switch (row) {
	case ANCHOR:
		return anchors_load(&s->anchors, text, p) ||
		       fail_in(p, "--anchor");
	case CHALLENGE:
		return set_challenge(s, text, p);
	case REFERENCE:
		return references_load(&s->references, text, p) ||
		       fail_in(p, "--reference");
	case JSON:
		s->json = true;
		return true;
	case MAKE_REFERENCE:
		s->make_reference = true;
		return true;
	default:
		s->quiet = true;
		return true;
	}
}

/* ------------------------------------------------------------------ results */

static void print_json(json_t *json)
{
	json_dumpf(json, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(json);
}

static int malformed(const struct settings *s, const struct problem *p)
{
	if (s->json && !s->quiet)
		print_json(json_pack("{s:s,s:s}", "verdict", "malformed",
				     "error", p->text));
	else if (!s->quiet)
		fprintf(stderr, "cca-token: not a valid token: %s\n", p->text);
	return EXIT_MALFORMED;
}

static void show_json(const struct report *r, json_t *claims)
{
	json_t *json = json_pack("{s:s,s:o}", "verdict", report_verdict(r),
				 "checks", report_json(r));

	json_object_update(json, claims);
	print_json(json);
}

static void show_text(const struct report *r, json_t *claims)
{
	claims_print(claims, stdout);
	puts("checks:");
	report_print(r, stdout);
	printf("verdict: %s\n", report_verdict(r));
}

/* Without what is another value each time, or says the same again */
static void show_reference(json_t *claims)
{
	static const char *const left_out[] = { "challenge", "public-key",
						"lifecycle-state",
						"unknown-claims" };

	for (size_t i = 0; i < ARRAY_SIZE(left_out); i++) {
		json_object_del(json_object_get(claims, "platform"), left_out[i]);
		json_object_del(json_object_get(claims, "realm"), left_out[i]);
	}
	print_json(json_incref(claims));
}

static void show(const struct settings *s, const struct report *r,
		 json_t *claims)
{
	if (s->quiet)
		return;
	if (s->make_reference && report_code(r) == EXIT_OK)
		show_reference(claims);
	else if (s->json)
		show_json(r, claims);
	else
		show_text(r, claims);
}

static int examine(const struct settings *s, struct bytes input)
{
	struct report r = { NULL, 0 };
	struct problem p;
	struct token t;
	json_t *claims;
	int code;

	if (!token_parse(input, &t, &p))
		return malformed(s, &p);
	claims = claims_json(&t);
	verify_token(&t, &s->anchors, &r);
	if (s->challenge_len > 0)
		verify_challenge(&t, (struct bytes){ s->challenge,
						     s->challenge_len }, &r);
	references_appraise(&s->references, claims, &r);
	show(s, &r, claims);
	code = report_code(&r);
	report_free(&r);
	json_decref(claims);
	return code;
}

int main(int argc, char **argv)
{
	struct settings s = { .challenge_len = 0 };
	const struct program prog = {
		.name = "cca-token",
		.synopsis = "TOKEN",
		.purpose = "Show and verify an attestation token of Arm CCA; TOKEN is a file, - standard input.",
		.rows = rows, .num_rows = ARRAY_SIZE(rows),
		.set = set, .context = &s,
	};
	int first = options_parse(&prog, argc, argv);
	struct buffer input;
	struct problem p;
	int code;

	if (first + 1 != argc)
		usage_error(&prog, "one token is expected");
	/* Else a forged token would pass if it says the right things. */
	if (s.anchors.num == 0 && (s.challenge_len > 0 || s.references.num > 0 ||
				   s.make_reference))
		usage_error(&prog, "--challenge, --reference and --make-reference mean nothing without --anchor");
	if (!file_read(argv[first], TOKEN_MAX_SIZE, &input, &p))
		give_up(&prog, EXIT_TROUBLE, &p);

	code = examine(&s, bytes_of(&input));
	buffer_free(&input);
	anchors_free(&s.anchors);
	references_free(&s.references);
	return fflush(stdout) == 0 ? code : EXIT_TROUBLE;
}
