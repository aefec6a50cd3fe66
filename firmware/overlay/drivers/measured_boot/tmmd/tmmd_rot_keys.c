/*
 * Copyright (c) 2026, virtCCA contributors. All rights reserved.
 *
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * Keys from the device's secret, and signatures. What is derived is in
 * docs/attestation.md of virtCCA; firmware/provision derives the same.
 */

#include <string.h>

#include <arch_features.h>
#include <arch_helpers.h>
#include <common/debug.h>
#include <drivers/measured_boot/tmmd/tmmd_rot.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/hkdf.h>
#include <mbedtls/hmac_drbg.h>
#include <mbedtls/memory_buffer_alloc.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha512.h>

#define LABEL_MAX	24
#define SCALAR_SIZE	48

/* Numbers of a signature and of a point multiplication: about 6 KiB at once. */
static unsigned char heap[16384] __aligned(8);

/* The time that instructions take must not depend on keys (FEAT_DIT). */
static void constant_time(bool on)
{
	if (is_feat_dit_supported()) {
		write_dit(on ? DIT_BIT : 0U);
	}
}

void tmmd_crypto_begin(void)
{
	constant_time(true);
	mbedtls_memory_buffer_alloc_init(heap, sizeof(heap));
}

void tmmd_crypto_end(void)
{
	mbedtls_memory_buffer_alloc_free();
	mbedtls_platform_zeroize(heap, sizeof(heap));
	constant_time(false);
}

/* HKDF-SHA-384 with info = label, padded with zeros, context, counter. */
static bool derive(const struct tmmd_device *device, const char *label,
		   const uint8_t context[TMMD_HASH_SIZE], uint8_t counter,
		   uint8_t *out, size_t size)
{
	const mbedtls_md_info_t *md = mbedtls_md_info_from_type(MBEDTLS_MD_SHA384);
	uint8_t info[LABEL_MAX + TMMD_HASH_SIZE + 1] = { 0 };

	(void)strlcpy((char *)info, label, LABEL_MAX);
	(void)memcpy(&info[LABEL_MAX], context, TMMD_HASH_SIZE);
	info[LABEL_MAX + TMMD_HASH_SIZE] = counter;
	return mbedtls_hkdf(md, NULL, 0U, device->secret, TMMD_SECRET_SIZE,
			    info, sizeof(info), out, size) == 0;
}

/* The first candidate in 1..n-1, which is the first but once in 2^190. */
static bool derive_scalar(const struct tmmd_device *device, const char *label,
			  const uint8_t context[TMMD_HASH_SIZE],
			  uint8_t scalar[SCALAR_SIZE])
{
	mbedtls_ecp_group group;
	mbedtls_mpi d;
	bool ok = false;

	mbedtls_ecp_group_init(&group);
	mbedtls_mpi_init(&d);
	if (mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP384R1) == 0) {
		for (uint8_t i = 0U; !ok && (i < 4U); i++) {
			ok = derive(device, label, context, i, scalar,
				    SCALAR_SIZE) &&
			     (mbedtls_mpi_read_binary(&d, scalar,
						      SCALAR_SIZE) == 0) &&
			     (mbedtls_ecp_check_privkey(&group, &d) == 0);
		}
	}
	mbedtls_mpi_free(&d);
	mbedtls_ecp_group_free(&group);
	return ok;
}

/* What blinds a computation with a key; it never shows in a result. */
static bool blinding(mbedtls_hmac_drbg_context *drbg,
		     const uint8_t private_key[SCALAR_SIZE])
{
	const mbedtls_md_info_t *md = mbedtls_md_info_from_type(MBEDTLS_MD_SHA384);
	uint8_t seed[LABEL_MAX + SCALAR_SIZE] = "virtCCA blinding v1";
	bool ok;

	(void)memcpy(&seed[LABEL_MAX], private_key, SCALAR_SIZE);
	mbedtls_hmac_drbg_init(drbg);
	ok = mbedtls_hmac_drbg_seed_buf(drbg, md, seed, sizeof(seed)) == 0;
	mbedtls_platform_zeroize(seed, sizeof(seed));
	return ok;
}

static bool write_point(const mbedtls_ecp_group *group,
			const mbedtls_ecp_point *q, uint8_t xy[2 * SCALAR_SIZE])
{
	uint8_t sec1[1 + 2 * SCALAR_SIZE];
	size_t size;

	if (mbedtls_ecp_point_write_binary(group, q, MBEDTLS_ECP_PF_UNCOMPRESSED,
					   &size, sec1, sizeof(sec1)) != 0) {
		return false;
	}
	(void)memcpy(xy, &sec1[1], 2U * SCALAR_SIZE);
	return size == sizeof(sec1);
}

static bool public_of(const uint8_t private_key[SCALAR_SIZE],
		      uint8_t xy[2 * SCALAR_SIZE])
{
	mbedtls_hmac_drbg_context drbg;
	mbedtls_ecp_group group;
	mbedtls_ecp_point q;
	mbedtls_mpi d;
	bool ok;

	mbedtls_ecp_group_init(&group);
	mbedtls_ecp_point_init(&q);
	mbedtls_mpi_init(&d);
	ok = blinding(&drbg, private_key) &&
	     (mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP384R1) == 0) &&
	     (mbedtls_mpi_read_binary(&d, private_key, SCALAR_SIZE) == 0) &&
	     (mbedtls_ecp_mul(&group, &q, &d, &group.G,
			      mbedtls_hmac_drbg_random, &drbg) == 0) &&
	     write_point(&group, &q, xy);
	mbedtls_mpi_free(&d);
	mbedtls_ecp_point_free(&q);
	mbedtls_ecp_group_free(&group);
	mbedtls_hmac_drbg_free(&drbg);
	return ok;
}

/*
 * What a key depends on: the first @count measurements, and the lifecycle. Who may debug
 * a device in one state shall not find the keys of another there.
 */
static bool context_of(const struct tmmd_measurements *measured,
		       unsigned int count, uint32_t lifecycle,
		       uint8_t context[TMMD_HASH_SIZE])
{
	uint8_t data[sizeof(measured->hash) + sizeof(lifecycle)];
	size_t size = (size_t)count * TMMD_HASH_SIZE;

	(void)memcpy(data, measured->hash, size);
	(void)memcpy(&data[size], &lifecycle, sizeof(lifecycle));
	return tmmd_hash(data, size + sizeof(lifecycle), context);
}

bool tmmd_derive_keys(struct tmmd_keys *keys, const struct tmmd_device *device,
		      const struct tmmd_measurements *measured)
{
	static const uint8_t none[TMMD_HASH_SIZE];
	uint8_t all[TMMD_HASH_SIZE], firmware[TMMD_HASH_SIZE];

	/* A firmware's secrets stay its own when a board gets more memory. */
	return context_of(measured, TMMD_COMPONENTS, tmmd_lifecycle(device),
			  all) &&
	       context_of(measured, TMMD_TMM + 1U, tmmd_lifecycle(device),
			  firmware) &&
	       derive_scalar(device, "virtCCA IAK v1", none,
			     keys->iak_private) &&
	       derive_scalar(device, "virtCCA RAK v1", all,
			     keys->rak_private) &&
	       public_of(keys->rak_private, keys->rak_public) &&
	       derive(device, "virtCCA sealing v1", firmware, 0U,
		      keys->sealing_root, sizeof(keys->sealing_root));
}

static bool sign_hash(mbedtls_ecp_group *group, mbedtls_hmac_drbg_context *drbg,
		      const uint8_t private_key[SCALAR_SIZE],
		      const uint8_t hash[48], uint8_t signature[96])
{
	mbedtls_mpi d, r, s;
	bool ok;

	mbedtls_mpi_init(&d);
	mbedtls_mpi_init(&r);
	mbedtls_mpi_init(&s);
	ok = (mbedtls_mpi_read_binary(&d, private_key, SCALAR_SIZE) == 0) &&
	     (mbedtls_ecdsa_sign_det_ext(group, &r, &s, &d, hash, 48U,
					 MBEDTLS_MD_SHA384,
					 mbedtls_hmac_drbg_random,
					 drbg) == 0) &&
	     (mbedtls_mpi_write_binary(&r, signature, SCALAR_SIZE) == 0) &&
	     (mbedtls_mpi_write_binary(&s, &signature[SCALAR_SIZE],
				       SCALAR_SIZE) == 0);
	mbedtls_mpi_free(&s);
	mbedtls_mpi_free(&r);
	mbedtls_mpi_free(&d);
	return ok;
}

bool tmmd_sign(const uint8_t private_key[SCALAR_SIZE], const void *message,
	       size_t size, uint8_t signature[96])
{
	mbedtls_hmac_drbg_context drbg;
	mbedtls_ecp_group group;
	uint8_t hash[48];
	bool ok;

	mbedtls_ecp_group_init(&group);
	ok = blinding(&drbg, private_key) &&
	     (mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP384R1) == 0) &&
	     (mbedtls_sha512(message, size, hash, 1) == 0) &&
	     sign_hash(&group, &drbg, private_key, hash, signature);
	mbedtls_ecp_group_free(&group);
	mbedtls_hmac_drbg_free(&drbg);
	return ok;
}
