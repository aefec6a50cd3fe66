/* SPDX-License-Identifier: BSD-3-Clause */
/* expect: (incompatible|initializing|used type|used struct|aggregate value) */
#include "lib/addr.h"

void test(paddr_t p);

void test(paddr_t p)
{
#ifdef GOOD
	uint64_t n = p.v;

	(void)n;
#else
	uint64_t n = p;

	(void)n;
#endif
}
