/* SPDX-License-Identifier: BSD-3-Clause */
/* The four functions a freestanding compiler may call by itself. */
#ifndef TMM_LIB_STRING_H
#define TMM_LIB_STRING_H

#include <stddef.h>

void *memcpy(void *restrict dst, const void *restrict src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);

#endif
