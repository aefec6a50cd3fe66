/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TMM_CALL_WITH_REALM_H
#define TMM_CALL_WITH_REALM_H

#include "call/smc.h"
#include "core/realm.h"

typedef struct smc_ret realm_command(struct realm *r, const struct smc_args *in);

/*
 * Runs a command whose one granule is the RD in X1, with that locked. INPUT if
 * it is none, before the command looks at anything else:
 * @rule RTT_DESTROY.order_rd_walk, RTT_FOLD.order_rd_walk
 * @rule RTT_MAP_UNPROTECTED.order_rd_walk, RTT_UNMAP_UNPROTECTED.order_rd_walk
 */
struct smc_ret with_realm(const struct smc_args *in, realm_command *command);

#endif
