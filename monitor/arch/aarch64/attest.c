/* SPDX-License-Identifier: BSD-3-Clause */
#include "arch/aarch64/attest.h"
#include "hal/attest.h"
#include "lib/addr.h"
#include "lib/string.h"

_Static_assert(HAL_TOKEN_MAX == TMM_ATTEST_TOKEN_MAX, "hal/attest.h and abi/boot.h");
_Static_assert(sizeof(struct attest_secrets) <= PAGE_SIZE, "one page");

/* The linker script gives it a page, the backend takes the right to write away. */
static struct attest_secrets secrets
	__attribute__((section(".noinit.secret"), aligned(4096)));

static struct hal_attest handed;
static bool is_installed;

static bool header_ok(const struct tmm_attest *a)
{
	return a->magic == TMM_ATTEST_MAGIC && a->version == TMM_ATTEST_VERSION &&
	       a->size == sizeof(*a) && a->reserved == 0 &&
	       a->token_size >= 1 && a->token_size <= TMM_ATTEST_TOKEN_MAX;
}

static uint64_t load_be64(const uint8_t *p)
{
	uint64_t v = 0;

	for (unsigned int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

bool attest_install(const struct tmm_attest *from)
{
	struct attest_secrets *s = &secrets;

	is_installed = false;
	memset(s, 0, sizeof(*s));
	if (!header_ok(from))
		return false;
	for (unsigned int i = 0; i < P384_LIMBS; i++)
		s->rak[i] = load_be64(&from->rak_private[8 * (P384_LIMBS - 1 - i)]);
	memcpy(s->sealing_root, from->sealing_root, sizeof(s->sealing_root));
	memcpy(s->key, from->rak_public, sizeof(s->key));
	s->token_size = from->token_size;
	memcpy(s->token, from->token, from->token_size);
	if (!sign_key_matches(s->rak, s->key)) {
		memset(s, 0, sizeof(*s));
		return false;
	}
	handed = (struct hal_attest){ s->token, s->token_size, s->key };
	is_installed = true;
	return true;
}

const struct hal_attest *hal_attest(void)
{
	return is_installed ? &handed : NULL;
}

const struct attest_secrets *attest_secrets(void)
{
	return &secrets;
}
