/* SPDX-License-Identifier: BSD-3-Clause */
/* expect: (unused.result|ignoring return value) */
#include "core/granule.h"

void test(struct granule_req *g);

void test(struct granule_req *g)
{
#ifdef GOOD
	if (granules_lock(g, 1))
		granules_unlock(g, 1);
#else
	granules_lock(g, 1);
	granules_unlock(g, 1);
#endif
}
