/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys for realms, from the root that BL2 has derived (docs/attestation.md). */
#include "arch/aarch64/attest.h"
#include "arch/aarch64/sign_heap.h"
#include "hal/attest.h"
#include <mbedtls/hkdf.h>
#include <mbedtls/platform_util.h>

#define HEAP_SIZE	1536	/* contexts of two HMACs */

void hal_sealing_key(const void *info, size_t size, uint8_t key[HAL_SEALING_KEY_SIZE])
{
	_Alignas(16) unsigned char memory[HEAP_SIZE] = { 0 };
	const struct attest_secrets *s = attest_secrets();
	struct sign_heap heap;
	int rc;

	attest_constant_time(true);
	sign_heap_init(&heap, memory, sizeof(memory));
	sign_heap_use(&heap);
	rc = mbedtls_hkdf(mbedtls_md_info_from_type(MBEDTLS_MD_SHA384), NULL, 0,
			  s->sealing_root, sizeof(s->sealing_root), info, size, key,
			  HAL_SEALING_KEY_SIZE);
	sign_heap_use(NULL);
	attest_constant_time(false);
	mbedtls_platform_zeroize(memory, sizeof(memory));
	CHECK(rc == 0);	/* the heap suffices for any info */
}
