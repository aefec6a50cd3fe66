/* SPDX-License-Identifier: BSD-3-Clause */
#include "rim.h"

#include <err.h>
#include <string.h>

/* A measurement descriptor, and where its parts are */
#define DESC_SIZE	0x100
#define DESC_LEN	0x08
#define DESC_RIM	0x10
#define DESC_FIRST	0x50
#define DESC_SECOND	0x58
#define DESC_CONTENT	0x60

enum { DESC_DATA = 0, DESC_REC = 1, DESC_RIPAS = 2 };

#define DATA_MEASURE	1
#define REC_RUNNABLE	1

static void put_u64(uint8_t *at, uint64_t value)
{
	for (unsigned int i = 0; i < 8; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

/* `out` has RIM_MAX_SIZE bytes. */
static void hash(const struct rim *r, const void *data, size_t len, uint8_t *out)
{
	memset(out, 0, RIM_MAX_SIZE);
	if (EVP_Digest(data, len, out, NULL, r->md, NULL) != 1)
		errx(EXIT_TROUBLE, "the cryptographic library cannot hash");
}

static void start(const struct rim *r, uint8_t desc[DESC_SIZE], uint8_t type)
{
	memset(desc, 0, DESC_SIZE);
	desc[0] = type;
	put_u64(desc + DESC_LEN, DESC_SIZE);
	memcpy(desc + DESC_RIM, r->value, RIM_MAX_SIZE);
}

static void extend(struct rim *r, const uint8_t desc[DESC_SIZE])
{
	hash(r, desc, DESC_SIZE, r->value);
}

void rim_realm_create(struct rim *r, const struct rim_params *params)
{
	uint8_t page[RIM_PAGE] = { 0 };

	r->md = params->hash == RIM_SHA512 ? EVP_sha512() : EVP_sha256();
	r->size = (size_t)EVP_MD_get_size(r->md);
	put_u64(page, params->flags);
	page[0x08] = params->s2sz;
	page[0x10] = params->sve_vl;
	page[0x18] = params->num_bps;
	page[0x20] = params->num_wps;
	page[0x28] = params->pmu_num_ctrs;
	page[0x30] = (uint8_t)params->hash;
	hash(r, page, sizeof(page), r->value);
}

void rim_data_create(struct rim *r, uint64_t ipa, const uint8_t *page)
{
	uint8_t desc[DESC_SIZE];

	start(r, desc, DESC_DATA);
	put_u64(desc + DESC_FIRST, ipa);
	if (page) {
		put_u64(desc + DESC_SECOND, DATA_MEASURE);
		hash(r, page, RIM_PAGE, desc + DESC_CONTENT);
	}
	extend(r, desc);
}

void rim_init_ripas(struct rim *r, uint64_t base, uint64_t top)
{
	uint8_t desc[DESC_SIZE];

	start(r, desc, DESC_RIPAS);
	put_u64(desc + DESC_FIRST, base);
	put_u64(desc + DESC_SECOND, top);
	extend(r, desc);
}

void rim_rec_create(struct rim *r, uint64_t pc,
		    const uint64_t gprs[RIM_REC_GPRS])
{
	uint8_t desc[DESC_SIZE];
	uint8_t page[RIM_PAGE] = { 0 };

	put_u64(page, REC_RUNNABLE);
	put_u64(page + 0x200, pc);
	for (size_t i = 0; i < RIM_REC_GPRS; i++)
		put_u64(page + 0x300 + 8 * i, gprs[i]);

	start(r, desc, DESC_REC);
	hash(r, page, sizeof(page), desc + DESC_FIRST);
	extend(r, desc);
}

struct bytes rim_value(const struct rim *r)
{
	return (struct bytes){ r->value, r->size };
}
