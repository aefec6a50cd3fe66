/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Realm Initial Measurement, as a monitor makes it (Arm RMM specification
 * 1.0, A7.1): a chain of hashes, a link for each call that builds the realm.
 */
#ifndef ATTEST_RIM_H
#define ATTEST_RIM_H

#include "base.h"

#include <openssl/evp.h>

#define RIM_MAX_SIZE	64
#define RIM_PAGE	4096
#define RIM_REC_GPRS	8

enum rim_hash { RIM_SHA256 = 0, RIM_SHA512 = 1 };

/* What is measured of RmiRealmParams. The numbers are encoded as there. */
struct rim_params {
	uint64_t flags;		/* bit 0: LPA2, 1: SVE, 2: PMU */
	uint8_t s2sz;
	uint8_t sve_vl;
	uint8_t num_bps;
	uint8_t num_wps;
	uint8_t pmu_num_ctrs;
	enum rim_hash hash;
};

struct rim {
	const EVP_MD *md;
	size_t size;		/* of the hash */
	uint8_t value[RIM_MAX_SIZE];	/* zeros follow the hash */
};

/* The calls, in the order in which the host makes them */
void rim_realm_create(struct rim *r, const struct rim_params *params);
/* A page with its content, or without it if that is NULL */
void rim_data_create(struct rim *r, uint64_t ipa, const uint8_t *page);
/* One entry of a table that becomes RAM: [base, top) */
void rim_init_ripas(struct rim *r, uint64_t base, uint64_t top);
/* A runnable one; others are not measured. */
void rim_rec_create(struct rim *r, uint64_t pc,
		    const uint64_t gprs[RIM_REC_GPRS]);

struct bytes rim_value(const struct rim *r);

#endif
