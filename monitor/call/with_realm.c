/* SPDX-License-Identifier: BSD-3-Clause */
#include "call/with_realm.h"

struct smc_ret with_realm(const struct smc_args *in, realm_command *command)
{
	struct granule_req rd = { .pa = pa(in->x[1]), .want = GS_RD };
	struct smc_ret out;

	if (!granules_lock(&rd, 1))
		return ret(RMI_ERROR_INPUT);
	out = command(realm_of(rd.got), in);
	granules_unlock(&rd, 1);
	return out;
}
