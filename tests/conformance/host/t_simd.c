/* SPDX-License-Identifier: BSD-3-Clause */
/* FP, SIMD and SVE registers of host and realms stay apart (threat T8). */
#include "host/realm.h"

/* What a realm puts there it finds again, whatever another one does. */
TEST(simd, two_realms, ONCE)
{
	struct rec *a = puppet(), *b = puppet();

	obey(a, OP_SIMD, SIMD_SET, 1);
	obey(b, OP_SIMD, SIMD_SET, 2);
	obey(a, OP_SIMD, SIMD_CHECK, 1);
	obey(b, OP_SIMD, SIMD_CHECK, 2);
}
