/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The CCA attestation token (Arm RMM specification 1.0, A7.2): two signed sets
 * of claims, that of the platform and that of the realm.
 *
 * token_parse() checks all that the format says, and no signature. What it
 * leaves points into what it was given.
 */
#ifndef ATTEST_TOKEN_H
#define ATTEST_TOKEN_H

#include "base.h"
#include "cose.h"

#define TOKEN_MAX_SIZE	(64 * 1024)
#define MAX_COMPONENTS	32
#define NUM_REMS	4
#define CHALLENGE_SIZE	64

/* A claim that may be left out has no bytes then: `at` is NULL. */
struct component {
	struct bytes type;
	struct bytes measurement;
	struct bytes version;
	struct bytes signer_id;
	struct bytes hash_algorithm;
};

struct platform_claims {
	struct bytes profile;
	struct bytes challenge;
	struct bytes implementation_id;
	struct bytes instance_id;
	struct bytes config;
	struct bytes verification_service;
	struct bytes hash_algorithm;
	uint64_t lifecycle;
	struct component components[MAX_COMPONENTS];
	size_t num_components;
	size_t num_unknown;
};

struct realm_claims {
	struct bytes profile;
	struct bytes challenge;
	struct bytes personalization_value;
	struct bytes hash_algorithm;
	struct bytes public_key;
	struct bytes public_key_hash_algorithm;
	struct bytes rim;
	struct bytes rem[NUM_REMS];
	size_t num_unknown;
};

struct token {
	struct sign1 platform_sign1;
	struct sign1 realm_sign1;
	struct platform_claims platform;
	struct realm_claims realm;
	/* the key in realm.public_key */
	uint8_t realm_key[P384_POINT];
};

bool token_parse(struct bytes b, struct token *t, struct problem *p) MUST_USE;

/* The hash with a name such as "sha-256", or NULL */
const EVP_MD *hash_named(struct bytes name);
/* What state of the platform's life a value of that claim means */
const char *lifecycle_name(uint64_t lifecycle);

#endif
