/* SPDX-License-Identifier: BSD-3-Clause */
/* expect: incompatible type */
#include "core/rtt.h"

void test(const struct realm *r, paddr_t p, ipa_t i, struct rtt_walk *w);

void test(const struct realm *r, paddr_t p, ipa_t i, struct rtt_walk *w)
{
#ifdef GOOD
	rtt_walk(r, i, 3, w);
#else
	rtt_walk(r, p, 3, w);
#endif
}
