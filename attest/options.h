/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Command lines, the same way in all tools: a table of options, from which both
 * the parsing and --help are made.
 */
#ifndef ATTEST_OPTIONS_H
#define ATTEST_OPTIONS_H

#include "base.h"

struct option_row {
	char letter;		/* 0: there is only the long form */
	const char *name;
	const char *argument;	/* what --help calls it; NULL: there is none */
	const char *help;
};

struct program {
	const char *name;
	const char *synopsis;	/* what follows the options */
	const char *purpose;
	const struct option_row *rows;
	size_t num_rows;
	/* How the program keeps an option; text is NULL if it has no argument. */
	bool (*set)(void *context, size_t row, const char *text,
		    struct problem *p);
	void *context;
};

/*
 * Returns the index of the first argument that is no option. --help and
 * --version are answered here, and a mistake too: then the program ends.
 */
int options_parse(const struct program *prog, int argc, char **argv);

/* "name: text", and how to get help, on stderr; ends the program */
_Noreturn void usage_error(const struct program *prog, const char *text);
/* "name: text" on stderr, ends the program with that code */
_Noreturn void give_up(const struct program *prog, int code,
		       const struct problem *p);

#endif
