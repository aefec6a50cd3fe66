/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The claims of a token as JSON, for people and programs, and for comparing them
 * with reference values, which have the same names.
 */
#ifndef ATTEST_CLAIMS_H
#define ATTEST_CLAIMS_H

#include "report.h"
#include "token.h"

/* {"platform": {...}, "realm": {...}}, to be freed with json_decref() */
json_t *claims_json(const struct token *t);
/* The same, indented, for a person */
void claims_print(json_t *claims, FILE *out);

#endif
