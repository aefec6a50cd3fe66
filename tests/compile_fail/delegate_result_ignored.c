/* SPDX-License-Identifier: BSD-3-Clause */
/* expect: (unused.result|ignoring return value) */
#include "core/granule.h"

void test(struct granule_locked l);

void test(struct granule_locked l)
{
#ifdef GOOD
	if (!granule_delegate(l))
		return;
#else
	granule_delegate(l);
#endif
}
