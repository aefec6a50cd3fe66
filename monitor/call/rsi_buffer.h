/* SPDX-License-Identifier: BSD-3-Clause */
/* Structures in a realm's memory that RSI calls read or write. */
#ifndef TMM_CALL_RSI_BUFFER_H
#define TMM_CALL_RSI_BUFFER_H

#include "call/rsi.h"

/* A structure in protected memory; the RD stays locked while va is not NULL. */
struct rsi_buffer {
	struct granule_locked rd;
	unsigned char *va;
	enum rsi_next next;	/* if va is NULL: the call is over, so go on like this */
};

/*
 * size divides 4096 and the address must be aligned to it. Without a page
 * behind it the call ends: RSI_ERROR_INPUT for EMPTY, else an exit that asks
 * the host for the page, after which the SMC runs again.
 */
struct rsi_buffer rsi_buffer_get(struct rec *rec, struct rec_exit *exit,
				 uint64_t addr, uint64_t size);

#endif
