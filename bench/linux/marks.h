/* SPDX-License-Identifier: BSD-3-Clause */
/* The marks, for programs of Linux. */
#ifndef BENCH_LINUX_MARKS_H
#define BENCH_LINUX_MARKS_H

#include "../markers.h"

#define TEXT(x)		#x
#define HINT(n)		"hint #" TEXT(n)

#define TCP_TO_HOST	5001
#define TCP_FROM_HOST	5002
#define TCP_BYTES	(10ul << 20)

static inline void mark_begin(unsigned long number)
{
	register unsigned long x9 __asm__("x9") = number;

	__asm__ volatile(HINT(MARK_BEGIN) : : "r"(x9) : "memory");
}

static inline void mark_end(void)
{
	__asm__ volatile(HINT(MARK_END) : : : "memory");
}

#endif
