/* SPDX-License-Identifier: BSD-3-Clause */
/* expect: incompatible type */
#include "core/granule.h"

void test(struct granule_locked l);

void test(struct granule_locked l)
{
#ifdef GOOD
	granule_set_state(l, GS_DATA);
#else
	granule_set_state(l.g, GS_DATA);
#endif
}
