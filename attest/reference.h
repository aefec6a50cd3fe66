/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reference values: what the claims of a token have to be. A JSON file, whose
 * format docs/attestation-tools.md describes.
 *
 * What such a file does not mention is not checked, so a mistake in it must not
 * pass: a name that does not exist is refused, and a value that no claim could
 * have.
 */
#ifndef ATTEST_REFERENCE_H
#define ATTEST_REFERENCE_H

#include "report.h"

#define MAX_REFERENCES	16

/* Several files can be given; a token has to agree with all of them. */
struct references {
	json_t *files[MAX_REFERENCES];
	size_t num;
};

bool references_load(struct references *refs, const char *path,
		     struct problem *p) MUST_USE;
void references_free(struct references *refs);
/* Does any file say something of, for example, "realm", "initial-measurement"? */
bool references_have(const struct references *refs, const char *part,
		     const char *name);
/* claims: from claims_json() */
void references_appraise(const struct references *refs, json_t *claims,
			 struct report *r);

#endif
