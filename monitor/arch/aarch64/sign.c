/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ES384 by Mbed TLS. All of its state is in the page of the signature: contexts
 * first, its heap behind them.
 */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS
#include "hal/attest.h"
#include "arch/aarch64/attest.h"
#include "arch/aarch64/sign_heap.h"
#include "lib/addr.h"
#include "lib/string.h"
#include <mbedtls/ecdsa.h>
#include <mbedtls/hmac_drbg.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha512.h>
#include <stdatomic.h>

#define HASH_SIZE	48
#define SCALAR_SIZE	48

/*
 * Of about 2,900 basic operations that a signature takes (mbedtls/ecp.h): some
 * eight slices.
 */
#define OPS_PER_SLICE	400

/* P-384: made at boot, only read after that. Mbed TLS would take it as const. */
static mbedtls_ecp_group group;
static _Atomic uint64_t blinded;	/* how often; relaxed, each gets another */

struct sign {
	struct sign_heap heap;
	mbedtls_ecdsa_restart_ctx restart;
	mbedtls_hmac_drbg_context drbg;		/* of RFC 6979 */
	mbedtls_mpi r, s;
	uint8_t hash[HASH_SIZE];
	int status;		/* of the start: 0, or why it cannot be made */
	unsigned char memory[] __attribute__((aligned(16)));
};

_Static_assert(sizeof(struct sign) <= 1024, "the page is for the heap");
_Static_assert(sizeof(mbedtls_mpi_uint) == 8, "attest.h keeps limbs of 64 bits");

/* The private key as a number, where it lies: Mbed TLS only reads it. */
static mbedtls_mpi number_of(const uint64_t limbs[P384_LIMBS])
{
	return (mbedtls_mpi){ .p = (uint64_t *)(uintptr_t)limbs, .s = 1,
			      .n = P384_LIMBS };
}

/*
 * The generator of RFC 6979: what it gives first is the nonce. The hash goes in
 * modulo the order (bits2octets), which is at most one subtraction away.
 */
static int seed(struct sign *s, const mbedtls_mpi *key)
{
	const mbedtls_md_info_t *md = mbedtls_md_info_from_type(MBEDTLS_MD_SHA384);
	uint8_t data[SCALAR_SIZE + HASH_SIZE];
	mbedtls_mpi h;
	int rc;

	mbedtls_mpi_init(&h);
	rc = mbedtls_mpi_read_binary(&h, s->hash, HASH_SIZE);
	if (rc == 0 && mbedtls_mpi_cmp_mpi(&h, &group.N) >= 0)
		rc = mbedtls_mpi_sub_mpi(&h, &h, &group.N);
	if (rc == 0)
		rc = mbedtls_mpi_write_binary(key, data, SCALAR_SIZE);
	if (rc == 0)
		rc = mbedtls_mpi_write_binary(&h, data + SCALAR_SIZE, HASH_SIZE);
	if (rc == 0)
		rc = mbedtls_hmac_drbg_seed_buf(&s->drbg, md, data, sizeof(data));
	mbedtls_platform_zeroize(data, sizeof(data));
	mbedtls_mpi_free(&h);
	return rc;
}

/*
 * What blinds the computation never shows in its result. It comes from the same
 * generator, after the nonce, and differs even between two signatures of one
 * message: nobody gets to watch the same computation twice.
 */
static int blind(void *drbg, unsigned char *out, size_t size)
{
	uint64_t n = atomic_fetch_add_explicit(&blinded, 1, memory_order_relaxed);

	return mbedtls_hmac_drbg_random_with_add(drbg, out, size, (const uint8_t *)&n,
						 sizeof(n));
}

/* s->hash is set. Mbed TLS allocates from the page from here to sign_leave(). */
static int sign_enter(struct sign *s, const uint64_t rak[P384_LIMBS], size_t room)
{
	const mbedtls_mpi key = number_of(rak);

	attest_constant_time(true);
	sign_heap_init(&s->heap, s->memory, room - sizeof(*s));
	sign_heap_use(&s->heap);
	mbedtls_ecdsa_restart_init(&s->restart);
	mbedtls_hmac_drbg_init(&s->drbg);
	mbedtls_mpi_init(&s->r);
	mbedtls_mpi_init(&s->s);
	return seed(s, &key);
}

static void sign_leave(void)
{
	sign_heap_use(NULL);
	attest_constant_time(false);
}

void hal_sign_start(void *page, const void *message, size_t size)
{
	struct sign *s = page;

	mbedtls_platform_zeroize(page, PAGE_SIZE);
	s->status = mbedtls_sha512(message, size, s->hash, 1);
	if (s->status == 0)
		s->status = sign_enter(s, attest_secrets()->rak, PAGE_SIZE);
	sign_leave();
}

static int one_slice(struct sign *s)
{
	const mbedtls_mpi key = number_of(attest_secrets()->rak);
	int rc;

	if (s->status != 0)
		return s->status;
	attest_constant_time(true);
	sign_heap_use(&s->heap);
	rc = mbedtls_ecdsa_sign_restartable(&group, &s->r, &s->s, &key, s->hash,
					    HASH_SIZE, mbedtls_hmac_drbg_random,
					    &s->drbg, blind, &s->drbg, &s->restart);
	sign_leave();
	return rc;
}

enum hal_sign_result hal_sign_step(void *page, uint8_t signature[HAL_SIGNATURE_SIZE])
{
	struct sign *s = page;
	int rc = one_slice(s);

	if (rc == MBEDTLS_ERR_ECP_IN_PROGRESS)
		return HAL_SIGN_BUSY;
	if (rc == 0)
		rc = mbedtls_mpi_write_binary(&s->r, signature, SCALAR_SIZE);
	if (rc == 0)
		rc = mbedtls_mpi_write_binary(&s->s, signature + SCALAR_SIZE, SCALAR_SIZE);
	mbedtls_platform_zeroize(page, PAGE_SIZE);
	return rc == 0 ? HAL_SIGN_DONE : HAL_SIGN_FAILED;
}

static bool is_point(struct sign *s, const uint64_t rak[P384_LIMBS],
		     const uint8_t point[HAL_KEY_SIZE])
{
	const mbedtls_mpi key = number_of(rak);
	uint8_t xy[HAL_KEY_SIZE];
	mbedtls_ecp_point q;
	bool ok;

	mbedtls_ecp_point_init(&q);
	/* refuses a scalar that is not in 1..n-1 */
	ok = mbedtls_ecp_mul(&group, &q, &key, &group.G, blind, &s->drbg) == 0 &&
	     mbedtls_mpi_write_binary(&q.X, xy, SCALAR_SIZE) == 0 &&
	     mbedtls_mpi_write_binary(&q.Y, xy + SCALAR_SIZE, SCALAR_SIZE) == 0 &&
	     memcmp(xy, point, sizeof(xy)) == 0;
	mbedtls_ecp_point_free(&q);
	return ok;
}

bool sign_key_matches(const uint64_t rak[P384_LIMBS], const uint8_t point[HAL_KEY_SIZE])
{
	_Alignas(16) uint8_t page[PAGE_SIZE] = { 0 };	/* boot: the stack is empty */
	struct sign *s = (void *)page;
	bool ok;

	mbedtls_ecp_set_max_ops(OPS_PER_SLICE);	/* for all that follows */
	mbedtls_ecp_group_init(&group);
	ok = mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP384R1) == 0 &&
	     sign_enter(s, rak, sizeof(page)) == 0 && is_point(s, rak, point);
	sign_leave();
	mbedtls_platform_zeroize(page, sizeof(page));
	return ok;
}
