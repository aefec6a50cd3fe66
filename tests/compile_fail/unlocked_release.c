/* SPDX-License-Identifier: BSD-3-Clause */
/* expect: incompatible type */
#include "core/granule.h"

void test(struct granule_locked l);

void test(struct granule_locked l)
{
#ifdef GOOD
	granule_release(l);
#else
	granule_release(l.g);
#endif
}
