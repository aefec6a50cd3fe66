/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory for Mbed TLS, which computes with numbers on a heap: one heap for each
 * signature, inside the page of the signature. Each CPU works with one heap at
 * a time; nothing is shared, so nothing is locked.
 */
#ifndef TMM_ARCH_AARCH64_SIGN_HEAP_H
#define TMM_ARCH_AARCH64_SIGN_HEAP_H

#include <stddef.h>

#define SIGN_HEAP_UNIT		64	/* every block is a multiple of it */
#define SIGN_HEAP_CLASSES	12	/* units of the largest block */

struct sign_heap {
	unsigned char *next, *end;	/* never used yet */
	void *free[SIGN_HEAP_CLASSES];	/* given back, by size in units */
};

/* size bytes behind the heap are its memory: zeroed, 16-byte aligned. */
void sign_heap_init(struct sign_heap *heap, void *memory, size_t size);

/* What Mbed TLS allocates on this CPU comes from heap; NULL: from nowhere. */
void sign_heap_use(struct sign_heap *heap);

/* For Mbed TLS (mbedtls_ecc.h). NULL when the heap is full; memory is zeroed. */
void *sign_calloc(size_t count, size_t size);
void sign_free(void *p);

#endif
