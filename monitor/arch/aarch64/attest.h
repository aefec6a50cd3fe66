/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The monitor's copy of what the root of trust handed over (abi/boot.h). It has
 * a page of its own in the image, outside of the pool, so that no granule leads
 * to it; after boot the page is read-only even for the monitor.
 */
#ifndef TMM_ARCH_AARCH64_ATTEST_H
#define TMM_ARCH_AARCH64_ATTEST_H

#include "abi/boot.h"
#include "lib/check.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define P384_LIMBS	6

struct attest_secrets {
	uint64_t rak[P384_LIMBS];	/* private, least significant limb first */
	uint8_t sealing_root[32];
	uint8_t key[96];		/* public */
	size_t token_size;
	uint8_t token[TMM_ATTEST_TOKEN_MAX];
};

/*
 * Once, at boot on one CPU: checks *from, and takes it. False: something in it
 * is not as it must be, or the two halves of the key are not of one key; then
 * nothing is kept.
 */
MUST_USE bool attest_install(const struct tmm_attest *from);

/* For sign.c alone. */
const struct attest_secrets *attest_secrets(void);

/*
 * Provided by the backend: whether the time that instructions take on this CPU must
 * not depend on their data (FEAT_DIT). Off when nothing secret is computed.
 */
void attest_constant_time(bool on);

/* True if the point is private times the base point (arch/aarch64/sign.c). */
MUST_USE bool sign_key_matches(const uint64_t rak[P384_LIMBS],
			       const uint8_t point[96]);

#endif
