/* SPDX-License-Identifier: BSD-3-Clause */
/* expect: incompatible type */
#include "core/realm.h"

void test(struct granule_locked rd);

void test(struct granule_locked rd)
{
#ifdef GOOD
	(void)realm_of(rd);
#else
	(void)realm_of(rd.g);
#endif
}
