/* SPDX-License-Identifier: BSD-3-Clause */
#include "host/machine.h"

void *memset(void *to, int c, size_t n)
{
	unsigned char *p = to;
	uint64_t word = (unsigned char)c * 0x0101010101010101UL;

	for (; n >= 8 && ((uintptr_t)p & 7) == 0; n -= 8, p += 8)
		*(uint64_t *)(void *)p = word;
	while (n--)
		*p++ = (unsigned char)c;
	return to;
}

void *memcpy(void *to, const void *from, size_t n)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	for (; n >= 8 && (((uintptr_t)t | (uintptr_t)f) & 7) == 0; n -= 8) {
		*(uint64_t *)(void *)t = *(const uint64_t *)(const void *)f;
		t += 8;
		f += 8;
	}
	while (n--)
		*t++ = *f++;
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a, *y = b;

	for (; n--; x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

bool has_prefix(const char *s, const char *prefix, size_t n)
{
	for (; n; n--)
		if (*s++ != *prefix++)
			return false;
	return true;
}

/* splitmix64 */
uint64_t random64(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15UL;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
	return z ^ (z >> 31);
}
