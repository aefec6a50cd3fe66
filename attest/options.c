/* SPDX-License-Identifier: BSD-3-Clause */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_LONG	256	/* what getopt_long() says for row 0 */
#define MAX_ROWS	32

enum { OPTION_HELP = FIRST_LONG + MAX_ROWS, OPTION_VERSION };

_Noreturn void usage_error(const struct program *prog, const char *text)
{
	fprintf(stderr, "%s: %s\nTry '%s --help'.\n", prog->name, text,
		prog->name);
	exit(EXIT_USAGE);
}

_Noreturn void give_up(const struct program *prog, int code,
		       const struct problem *p)
{
	fprintf(stderr, "%s: %s\n", prog->name, p->text);
	exit(code);
}

static void show_row(const struct option_row *row)
{
	char left[64];
	int n = row->letter ? snprintf(left, sizeof(left), "-%c, ", row->letter) :
			      snprintf(left, sizeof(left), "    ");

	snprintf(left + n, sizeof(left) - (size_t)n, "--%s%s%s", row->name,
		 row->argument ? "=" : "", row->argument ? row->argument : "");
	printf("  %-34s  %s\n", left, row->help);
}

static void show_help(const struct program *prog)
{
	static const struct option_row common[] = {
		{ 'h', "help", NULL, "show this and exit" },
		{ 'V', "version", NULL, "show the version and exit" },
	};

	printf("Usage: %s [OPTION]... %s\n%s\n\n", prog->name, prog->synopsis,
	       prog->purpose);
	for (size_t i = 0; i < prog->num_rows; i++)
		show_row(&prog->rows[i]);
	for (size_t i = 0; i < ARRAY_SIZE(common); i++)
		show_row(&common[i]);
	printf("\nThe manual, %s(1), has the exit codes.\n", prog->name);
}

struct getopt_tables {
	struct option longs[MAX_ROWS + 3];
	char shorts[2 * MAX_ROWS + 4];
};

static void fill_tables(const struct program *prog, struct getopt_tables *t)
{
	char *s = t->shorts;
	size_t i;

	memset(t, 0, sizeof(*t));
	*s++ = 'h';
	*s++ = 'V';
	for (i = 0; i < prog->num_rows; i++) {
		const struct option_row *row = &prog->rows[i];

		t->longs[i] = (struct option){
			.name = row->name,
			.has_arg = row->argument ? required_argument : no_argument,
			.val = FIRST_LONG + (int)i,
		};
		if (row->letter) {
			*s++ = row->letter;
			if (row->argument)
				*s++ = ':';
		}
	}
	t->longs[i++] = (struct option){ .name = "help", .val = OPTION_HELP };
	t->longs[i] = (struct option){ .name = "version", .val = OPTION_VERSION };
}

static size_t row_of(const struct program *prog, int c)
{
	if (c >= FIRST_LONG)
		return (size_t)(c - FIRST_LONG);
	for (size_t i = 0; i < prog->num_rows; i++)
		if (prog->rows[i].letter == c)
			return i;
	return prog->num_rows;
}

static void handle(const struct program *prog, int c)
{
	struct problem p;

	switch (c) {
	case 'h':
	case OPTION_HELP:
		show_help(prog);
		exit(EXIT_OK);
	case 'V':
	case OPTION_VERSION:
		printf("%s (virtCCA) 1.0\n", prog->name);
		exit(EXIT_OK);
	case '?':
		/* getopt_long() has said what is wrong. */
		fprintf(stderr, "Try '%s --help'.\n", prog->name);
		exit(EXIT_USAGE);
	default:
		if (!prog->set(prog->context, row_of(prog, c), optarg, &p))
			usage_error(prog, p.text);
	}
}

int options_parse(const struct program *prog, int argc, char **argv)
{
	static struct getopt_tables t;
	int c;

	fill_tables(prog, &t);
	while ((c = getopt_long(argc, argv, t.shorts, t.longs, NULL)) != -1)
		handle(prog, c);
	return optind;
}
