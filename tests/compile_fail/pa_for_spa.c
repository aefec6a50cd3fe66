/* SPDX-License-Identifier: BSD-3-Clause */
/* expect: incompatible type */
#include "hal/memory.h"

void test(paddr_t p, spa_t s);

void test(paddr_t p, spa_t s)
{
#ifdef GOOD
	(void)hal_pool_va(s);
#else
	(void)hal_pool_va(p);
#endif
}
