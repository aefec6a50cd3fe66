/* SPDX-License-Identifier: BSD-3-Clause */
/* expect: incompatible type */
#include "core/granule.h"

void test(uint64_t n);

void test(uint64_t n)
{
#ifdef GOOD
	(void)granule_is_ns(pa(n));
#else
	(void)granule_is_ns(n);
#endif
}
