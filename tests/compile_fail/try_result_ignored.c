/* SPDX-License-Identifier: BSD-3-Clause */
/* expect: (unused.result|ignoring return value) */
#include "hal/lock.h"

void test(struct hal_lock *l);

void test(struct hal_lock *l)
{
#ifdef GOOD
	if (hal_lock_try(l))
		hal_lock_release(l);
#else
	hal_lock_try(l);
	hal_lock_release(l);
#endif
}
