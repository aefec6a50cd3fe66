/* SPDX-License-Identifier: BSD-3-Clause */
/* expect: incompatible type */
#include "core/granule.h"

void test(paddr_t p, ipa_t i);

void test(paddr_t p, ipa_t i)
{
#ifdef GOOD
	(void)granule_find(p);
#else
	(void)granule_find(i);
#endif
}
