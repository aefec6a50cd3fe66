/* SPDX-License-Identifier: BSD-3-Clause */
/* What a CCA attestation token says of a realm, in CBOR (rmm-abi.md 12). */
#ifndef TMM_CALL_CLAIMS_H
#define TMM_CALL_CLAIMS_H

#include "core/realm.h"
#include "hal/attest.h"

#define CLAIMS_CHALLENGE	64
#define CLAIMS_MAX		768	/* bytes of all claims of a realm */

/* The realm is locked. Returns the size of what is now in out. */
size_t claims_of_realm(uint8_t out[CLAIMS_MAX], const struct realm *r,
		       const uint8_t challenge[CLAIMS_CHALLENGE],
		       const struct hal_attest *a);

/*
 * The whole token: that of the platform and that of the realm, which is signed
 * later: its signature is in the last bytes. 0: it does not fit.
 */
size_t claims_token(uint8_t *out, size_t room, const uint8_t *claims, size_t size,
		    const struct hal_attest *a);

#endif
