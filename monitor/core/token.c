/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/token.h"

#include "hal/memory.h"
#include "lib/bits.h"
#include "lib/string.h"

static uint8_t *token_page(const struct rec *rec)
{
	return granule_page(rec->aux[VCPU_NUM_AUX]);
}

static void *sign_page(const struct rec *rec)
{
	return granule_page(rec->aux[VCPU_NUM_AUX + 1]);
}

uint8_t *token_begin(struct rec *rec)
{
	rec->token = (struct rec_token){ .state = REC_TOKEN_NONE };
	hal_page_zero(sign_page(rec));
	return token_page(rec);
}

void token_start(struct rec *rec, size_t size, const void *message,
		 size_t message_size)
{
	CHECK(size >= HAL_SIGNATURE_SIZE && size <= TOKEN_MAX);
	hal_sign_start(sign_page(rec), message, message_size);
	/* @rule RSI_ATTESTATION_TOKEN_INIT.success */
	rec->token = (struct rec_token){
		.state = REC_TOKEN_SIGNING,
		.size = (uint16_t)size,
	};
}

enum token_result token_sign(struct rec *rec)
{
	struct rec_token *t = &rec->token;
	enum hal_sign_result r = HAL_SIGN_DONE;

	while (t->state == REC_TOKEN_SIGNING) {
		r = hal_sign_step(sign_page(rec),
				  token_page(rec) + t->size - HAL_SIGNATURE_SIZE);
		if (r == HAL_SIGN_DONE)
			t->state = REC_TOKEN_READY;
		else if (r == HAL_SIGN_FAILED)
			t->state = REC_TOKEN_NONE;
		else if (hal_irq_pending())
			return TOKEN_INTERRUPTED;
	}
	return r == HAL_SIGN_FAILED ? TOKEN_HAS_FAILED : TOKEN_IS_READY;
}

size_t token_take(struct rec *rec, void *dst, size_t size)
{
	struct rec_token *t = &rec->token;
	size_t n = min_u64(size, t->size - t->given);

	CHECK(t->state == REC_TOKEN_READY);
	memcpy(dst, token_page(rec) + t->given, n);
	t->given = (uint16_t)(t->given + n);
	if (t->given == t->size)
		t->state = REC_TOKEN_NONE;
	return n;
}
