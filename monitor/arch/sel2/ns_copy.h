/* SPDX-License-Identifier: BSD-3-Clause */
/* The only code that touches normal memory; false when the bus refused. */
#ifndef TMM_ARCH_SEL2_NS_COPY_H
#define TMM_ARCH_SEL2_NS_COPY_H

#include "lib/check.h"
#include <stdbool.h>
#include <stddef.h>

/* Both 8-byte aligned */
MUST_USE bool ns_copy(void *dst, const void *src, size_t size);

/* Both multiples of 64; by DC ZVA of 64 bytes, or by stores. */
MUST_USE bool ns_zero_zva(void *dst, size_t size);
MUST_USE bool ns_zero(void *dst, size_t size);

#endif
