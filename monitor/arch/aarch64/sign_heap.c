/* SPDX-License-Identifier: BSD-3-Clause */
#include "arch/aarch64/sign_heap.h"
#include "abi/boot.h"
#include "hal/cpu.h"
#include "lib/check.h"
#include "lib/string.h"

/* In front of every block; its size keeps blocks aligned. */
struct header {
	size_t units;
	struct header *link;	/* while it is free */
};

_Static_assert(sizeof(struct header) == 16, "alignment of blocks");

/* Written and read by its own CPU alone. */
static struct sign_heap *current[TMM_MAX_CPUS];

void sign_heap_init(struct sign_heap *heap, void *memory, size_t size)
{
	memset(heap, 0, sizeof(*heap));
	heap->next = memory;
	heap->end = heap->next + size / SIGN_HEAP_UNIT * SIGN_HEAP_UNIT;
}

void sign_heap_use(struct sign_heap *heap)
{
	current[hal_cpu_id()] = heap;
}

static struct header *block_new(struct sign_heap *heap, size_t units)
{
	struct header *h = (void *)heap->next;

	if (units * SIGN_HEAP_UNIT > (size_t)(heap->end - heap->next))
		return NULL;
	heap->next += units * SIGN_HEAP_UNIT;
	h->units = units;
	return h;
}

static struct header *block_again(struct sign_heap *heap, size_t units)
{
	struct header *h = heap->free[units - 1];

	if (h != NULL)
		heap->free[units - 1] = h->link;
	return h;
}

/*
 * Few sizes are in use, and each of them again and again: lists by size. When all
 * memory has been cut up, a larger block will do.
 */
static struct header *block_get(struct sign_heap *heap, size_t units)
{
	struct header *h = block_again(heap, units);

	if (h == NULL)
		h = block_new(heap, units);
	while (h == NULL && units < SIGN_HEAP_CLASSES)
		h = block_again(heap, ++units);
	return h;
}

void *sign_calloc(size_t count, size_t size)
{
	struct sign_heap *heap = current[hal_cpu_id()];
	struct header *h;
	size_t bytes;

	if (heap == NULL || __builtin_mul_overflow(count, size, &bytes) ||
	    bytes > SIGN_HEAP_CLASSES * SIGN_HEAP_UNIT - sizeof(*h))
		return NULL;
	h = block_get(heap, (bytes + sizeof(*h) + SIGN_HEAP_UNIT - 1) / SIGN_HEAP_UNIT);
	if (h == NULL)
		return NULL;
	memset(h + 1, 0, bytes);
	return h + 1;
}

void sign_free(void *p)
{
	struct sign_heap *heap = current[hal_cpu_id()];
	struct header *h = p;

	if (p == NULL)
		return;
	CHECK(heap != NULL);
	h--;
	h->link = heap->free[h->units - 1];
	heap->free[h->units - 1] = h;
}
