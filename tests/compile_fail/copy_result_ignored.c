/* SPDX-License-Identifier: BSD-3-Clause */
/* expect: (unused.result|ignoring return value) */
#include "hal/memory.h"

void test(paddr_t p, void *to);

void test(paddr_t p, void *to)
{
#ifdef GOOD
	if (!hal_ns_read(p, to, 8))
		return;
#else
	hal_ns_read(p, to, 8);
#endif
}
