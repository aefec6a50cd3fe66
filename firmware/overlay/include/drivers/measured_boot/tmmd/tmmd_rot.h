/*
 * Copyright (c) 2026, virtCCA contributors. All rights reserved.
 *
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * Root of trust by software: BL1 measures BL2, BL2 measures everything else that
 * realms depend on, signs the platform token and hands it to the monitor with
 * the realm attestation key. A platform with a root of trust in hardware lets
 * that fill struct tmm_attest (abi/boot.h) and does without these files.
 */

#ifndef TMMD_ROT_H
#define TMMD_ROT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/boot.h>

#define TMMD_DEVICE_MAGIC	UINT64_C(0x3045434956454444)	/* "DDEVICE0" */
#define TMMD_DEVICE_VERSION	U(1)
#define TMMD_SECRET_SIZE	32
#define TMMD_HASH_SIZE		32	/* SHA-256 */

/*
 * What a device is provisioned with (firmware/provision), little-endian. Where it
 * lies, nobody but BL1 and BL2 may be able to read it.
 */
struct tmmd_device {
	uint64_t magic;
	uint32_t version;
	uint32_t lifecycle;		/* claim 2395 of a release build */
	uint8_t secret[TMMD_SECRET_SIZE];
	uint8_t implementation_id[32];
	uint8_t instance_id[33];
	uint8_t reserved[7];		/* 0 */
};

#define TMMD_LIFECYCLE_DEBUG	0x4000U		/* non-PE-RoT debug */

/* The state that is claimed, and that keys depend on. */
static inline uint32_t tmmd_lifecycle(const struct tmmd_device *device)
{
	return (DEBUG != 0) ? TMMD_LIFECYCLE_DEBUG : device->lifecycle;
}

/* What BL1 leaves for BL2. */
#define TMMD_BL1_MAGIC		UINT64_C(0x31524d4f52464c42)

struct tmmd_from_bl1 {
	uint64_t magic;
	uint8_t bl2_hash[TMMD_HASH_SIZE];
};

enum tmmd_component {
	TMMD_BL2,
	TMMD_BL31,
	TMMD_TMM,
	TMMD_HW_CONFIG,		/* the device tree that BL31 reads */
	TMMD_MANIFEST,		/* what the monitor is told of the machine */
	TMMD_COMPONENTS
};

struct tmmd_measurements {
	uint8_t hash[TMMD_COMPONENTS][TMMD_HASH_SIZE];
};

/* All that is secret, in one piece that is wiped as one. */
struct tmmd_keys {
	uint8_t iak_private[48];
	uint8_t rak_private[48];
	uint8_t rak_public[96];
	uint8_t sealing_root[32];
};

/*
 * tmmd_rot_keys.c. Memory for both is tmmd_crypto_begin()'s, and zero again
 * after tmmd_crypto_end(). Numbers are big-endian. False: it cannot be done.
 */
void tmmd_crypto_begin(void);
void tmmd_crypto_end(void);
bool tmmd_hash(const void *data, size_t size, uint8_t hash[TMMD_HASH_SIZE]);
bool tmmd_derive_keys(struct tmmd_keys *keys, const struct tmmd_device *device,
		      const struct tmmd_measurements *measured);
/* ES384 */
bool tmmd_sign(const uint8_t private_key[48], const void *message, size_t size,
	       uint8_t signature[96]);

/* tmmd_rot_token.c: the signed token; its size, 0 if it cannot be made. */
size_t tmmd_platform_token(uint8_t *out, size_t room,
			   const struct tmmd_device *device,
			   const struct tmmd_measurements *measured,
			   const struct tmmd_keys *keys);

/* Provided by the platform. */

/* NULL if the device has not been provisioned. */
const struct tmmd_device *plat_tmmd_device(void);
/* In secure memory, mapped in both BL1 and BL2. */
struct tmmd_from_bl1 *plat_tmmd_from_bl1(void);
/* In secure memory, a page each, mapped in BL2. */
struct tmm_manifest *plat_tmmd_manifest_page(void);
struct tmm_attest *plat_tmmd_attest_page(void);
/* BL2: all of the manifest but magic, version, size and attest_*. */
bool plat_tmmd_fill_manifest(struct tmm_manifest *manifest);
/* BL2: what BL31 is configured by, as it is when BL2 ends; may have size 0. */
const void *plat_tmmd_hw_config(size_t *size);

#endif /* TMMD_ROT_H */
