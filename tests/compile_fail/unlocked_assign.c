/* SPDX-License-Identifier: BSD-3-Clause */
/* expect: incompatible type */
#include "core/rtt.h"

void test(const struct rtt_walk *w, struct granule_locked data);

void test(const struct rtt_walk *w, struct granule_locked data)
{
#ifdef GOOD
	rtt_assign(w, data, RIPAS_RAM);
#else
	rtt_assign(w, data.g, RIPAS_RAM);
#endif
}
