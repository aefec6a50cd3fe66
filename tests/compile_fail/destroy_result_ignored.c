/* SPDX-License-Identifier: BSD-3-Clause */
/* expect: (unused.result|ignoring return value) */
#include "core/realm.h"

void test(struct granule_locked rd);

void test(struct granule_locked rd)
{
#ifdef GOOD
	if (!realm_destroy(rd))
		return;
#else
	realm_destroy(rd);
#endif
}
