/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Secure and normal memory (M1, M2). A secure range is laid out in slots of
 * two host pages, the second one never accessible; only what is taken at boot
 * is contiguous, because core makes its granule table of it.
 */
#include "arch/host/private.h"
#include "hal/boot.h"
#include "hal/memory.h"
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#define SLOT		(2 * PAGE_SIZE)
#define JUNK		UINT64_C(0x9e3779b97f4a7c15)
#define JUNK_BYTE	0xa5
#define MAX_FETCH	16
#define WORDS		(PAGE_SIZE / 8)

enum page_sync { PAGE_WRITTEN, PAGE_SYNCED, PAGE_SEEN };

struct page_note {
	enum page_sync sync;
	uint64_t digest;	/* of the content at hal_page_sync() */
};

struct secure {
	uint64_t base, size;
	uint64_t taken;		/* bytes gone at the start */
	unsigned char *linear;	/* backs the taken part */
	unsigned char *slots;
	struct page_note *notes;
};

struct dram {
	uint64_t base, size;
	unsigned char *mem;
};

/* One page of normal memory and which of its words this call has read. */
struct fetch {
	uint64_t page;
	uint64_t words[WORDS / 64];
};

static struct secure secure[HOST_MAX_RANGES];
static struct dram dram[HOST_MAX_RANGES];
static bool mapped;
static bool given_out;

static bool mutate;
static _Thread_local struct fetch fetches[MAX_FETCH];
static _Thread_local unsigned int fetch_count;
static _Thread_local unsigned int accesses;
static _Thread_local unsigned int fail_at;

/* Layout */

static unsigned char *map(uint64_t size, int prot)
{
	void *p = mmap(NULL, size, prot,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		host_violation("no memory for the fake machine");
	return p;
}

static void map_secure(struct secure *s, const struct hal_range *r)
{
	uint64_t pages = r->size / PAGE_SIZE;

	s->base = r->base;
	s->size = r->size;
	s->linear = map(r->size, PROT_READ | PROT_WRITE);
	s->notes = (void *)map(pages * sizeof(*s->notes), PROT_READ | PROT_WRITE);
	s->slots = map(pages * SLOT, PROT_NONE);
	for (uint64_t i = 0; i < pages; i++)
		if (mprotect(s->slots + i * SLOT, PAGE_SIZE, PROT_READ | PROT_WRITE))
			host_violation("no guard pages");
}

static void map_all(void)
{
	for (unsigned int i = 0; i < host_machine.secure_count; i++)
		map_secure(&secure[i], &host_machine.secure[i]);
	for (unsigned int i = 0; i < host_machine.dram_count; i++) {
		const struct hal_range *r = &host_machine.dram[i];

		dram[i] = (struct dram){ .base = r->base, .size = r->size,
					 .mem = map(r->size, PROT_READ | PROT_WRITE) };
	}
	mapped = true;
}

void host_boot_memory(void)
{
	if (!mapped)
		map_all();
	given_out = false;
	mutate = false;
	fail_at = 0;
	host_memory_call_begin();
	for (unsigned int i = 0; i < host_machine.secure_count; i++) {
		struct secure *s = &secure[i];

		s->taken = 0;
		memset(s->notes, 0, s->size / PAGE_SIZE * sizeof(*s->notes));
		for (uint64_t p = 0; p < s->size / PAGE_SIZE; p++)
			memset(s->slots + p * SLOT, JUNK_BYTE, PAGE_SIZE);
	}
	for (unsigned int i = 0; i < host_machine.dram_count; i++)
		memset(dram[i].mem, JUNK_BYTE, dram[i].size);
}

static struct secure *find_secure(uint64_t pa)
{
	for (unsigned int i = 0; i < host_machine.secure_count; i++)
		if (pa - secure[i].base < secure[i].size)
			return &secure[i];
	return NULL;
}

static struct dram *find_dram(uint64_t pa)
{
	for (unsigned int i = 0; i < host_machine.dram_count; i++)
		if (pa - dram[i].base < dram[i].size)
			return &dram[i];
	return NULL;
}

void *host_secure_page(uint64_t pa)
{
	const struct secure *s = find_secure(pa);
	uint64_t at;

	if (!s)
		return NULL;
	at = align_down(pa - s->base, PAGE_SIZE);
	return at < s->taken ? s->linear + at : s->slots + at * (SLOT / PAGE_SIZE);
}

bool host_is_pool(uint64_t pa)
{
	const struct secure *s = find_secure(pa);

	return s && pa - s->base >= s->taken;
}

bool host_is_dram(uint64_t pa)
{
	return find_dram(pa) != NULL;
}

/* Boot */

spa_t hal_boot_take(uint64_t size)
{
	uint64_t need = align_up(size, BLOCK_SIZE);

	if (given_out)
		panic("hal_boot_take() after hal_boot_secure()", __FILE_NAME__, __LINE__);
	for (unsigned int i = 0; i < host_machine.secure_count; i++) {
		struct secure *s = &secure[i];
		uint64_t at = s->base + s->taken;

		if (s->size - s->taken < need)
			continue;
		memset(s->linear + s->taken, 0, need);
		s->taken += need;
		return spa(at);
	}
	return spa(0);
}

unsigned int hal_boot_secure_count(void)
{
	return host_machine.secure_count;
}

struct hal_range hal_boot_secure(unsigned int i)
{
	struct hal_range r;

	CHECK(i < host_machine.secure_count);
	given_out = true;
	r = host_machine.secure[i];
	r.base += secure[i].taken;
	r.size -= secure[i].taken;
	return r;
}

unsigned int hal_boot_dram_count(void)
{
	return host_machine.dram_count;
}

struct hal_range hal_boot_dram(unsigned int i)
{
	CHECK(i < host_machine.dram_count);
	return host_machine.dram[i];
}

/* Secure pages */

void *hal_pool_va(spa_t page)
{
	void *p = host_secure_page(page.v);

	if (!p || !is_aligned(page.v, PAGE_SIZE))
		host_violation("M1: %#llx is no pool page", (unsigned long long)page.v);
	return p;
}

/* The slot that starts at page: its range and its number in it. */
static struct secure *slot_of(const void *page, uint64_t *number)
{
	for (unsigned int i = 0; i < host_machine.secure_count; i++) {
		uint64_t at = (uint64_t)((const unsigned char *)page - secure[i].slots);

		*number = at / SLOT;
		if (at < secure[i].size / PAGE_SIZE * SLOT && at % SLOT == 0)
			return &secure[i];
	}
	host_violation("M1: %p is no pool page", page);
}

uint64_t host_pool_pa(const void *page)
{
	uint64_t number;
	const struct secure *s = slot_of(page, &number);

	return s->base + number * PAGE_SIZE;
}

static struct page_note *note(const void *page)
{
	uint64_t number;
	const struct secure *s = slot_of(page, &number);

	return &s->notes[number];
}

/* Eight words at a time: most of the time of the tests is spent here. */
typedef uint64_t lanes __attribute__((vector_size(64)));

/* Position counts; size is a multiple of a page. */
__attribute__((no_sanitize("address", "undefined")))
static uint64_t digest(const void *p, uint64_t size, uint64_t seed)
{
	const lanes *w = p;
	lanes h = { seed, 1, 2, 3, 4, 5, 6, 7 };

	for (uint64_t i = 0; i < size / sizeof(*w); i++)
		h = (h << 5) + h + w[i];
	for (unsigned int k = 1; k < 8; k++)
		h[0] = h[0] * JUNK + (h[k] ^ h[k] >> 29);
	return h[0];
}

void hal_page_zero(void *page)
{
	note(page)->sync = PAGE_WRITTEN;
	host_tlb_check_unused(page);
	memset(page, 0, PAGE_SIZE);
}

void hal_page_sync(void *page)
{
	*note(page) = (struct page_note){ .sync = PAGE_SYNCED,
					  .digest = digest(page, PAGE_SIZE, 0) };
}

bool host_page_is_synced(const void *page)
{
	const struct page_note *n = note(page);

	return n->sync == PAGE_SEEN ||
	       (n->sync == PAGE_SYNCED && n->digest == digest(page, PAGE_SIZE, 0));
}

void host_page_seen(const void *page)
{
	note(page)->sync = PAGE_SEEN;
}

uint64_t host_secure_digest(void)
{
	uint64_t h = 0;

	for (unsigned int i = 0; i < host_machine.secure_count; i++) {
		const struct secure *s = &secure[i];

		h = digest(s->linear, s->taken, h);
		for (uint64_t at = s->taken; at < s->size; at += PAGE_SIZE)
			h = digest(s->slots + at * 2, PAGE_SIZE, h);
	}
	return h;
}

/* Normal memory */

void *host_ns(paddr_t p)
{
	const struct dram *d = find_dram(p.v);

	if (!d)
		host_violation("test: %#llx is not normal memory", (unsigned long long)p.v);
	return d->mem + (p.v - d->base);
}

uint64_t host_ns_digest(void)
{
	uint64_t h = 0;

	for (unsigned int i = 0; i < host_machine.dram_count; i++)
		h = digest(dram[i].mem, dram[i].size, h);
	return h;
}

void host_memory_call_begin(void)
{
	fetch_count = 0;
	accesses = 0;
}

void host_ns_fail_at(unsigned int n)
{
	fail_at = n;
}

unsigned int host_ns_accesses(void)
{
	return accesses;
}

void host_ns_mutate(bool on)
{
	mutate = on;
}

/* The one door: judges an access and says whether the bus lets it through. */
static bool access(paddr_t ns, size_t size)
{
	if (size == 0 || size > PAGE_SIZE || !is_aligned(ns.v, 8) ||
	    align_down(ns.v, PAGE_SIZE) != align_down(ns.v + size - 1, PAGE_SIZE))
		host_violation("M2: bad copy of %zu bytes at %#llx", size,
			       (unsigned long long)ns.v);
	if (!host_is_dram(ns.v))
		host_violation("M2: %#llx is not normal memory", (unsigned long long)ns.v);
	accesses++;
	if (fail_at && --fail_at == 0)
		return false;
	return true;
}

static struct fetch *fetch_of(uint64_t page)
{
	for (unsigned int i = 0; i < fetch_count; i++)
		if (fetches[i].page == page)
			return &fetches[i];
	if (fetch_count == MAX_FETCH)
		host_violation("M2: one call reads more than %d pages", MAX_FETCH);
	fetches[fetch_count] = (struct fetch){ .page = page };
	return &fetches[fetch_count++];
}

static void check_single_fetch(uint64_t at, size_t size)
{
	struct fetch *f = fetch_of(align_down(at, PAGE_SIZE));

	for (uint64_t w = at % PAGE_SIZE / 8; w < (at % PAGE_SIZE + size + 7) / 8; w++) {
		uint64_t bit = UINT64_C(1) << (w % 64);

		if (f->words[w / 64] & bit)
			host_violation("M2: %#llx is read twice in one call",
				       (unsigned long long)(f->page + w * 8));
		f->words[w / 64] |= bit;
	}
}

/*
 * CPUs of a hostile host write what the monitor reads, and two CPUs may name
 * one page: normal memory is accessed by relaxed atomics, byte by byte.
 */
static uint8_t ns_load(const unsigned char *p)
{
	return atomic_load_explicit((const _Atomic uint8_t *)p, memory_order_relaxed);
}

static void ns_store(unsigned char *p, uint8_t v)
{
	atomic_store_explicit((_Atomic uint8_t *)p, v, memory_order_relaxed);
}

bool hal_ns_read(paddr_t ns, void *dst, size_t size)
{
	bool ok = access(ns, size);
	unsigned char *src = host_ns(ns);
	unsigned char *to = dst;

	check_single_fetch(ns.v, size);
	for (size_t i = 0; i < (ok ? size : size / 2); i++) {
		to[i] = ns_load(&src[i]);
		if (mutate)
			ns_store(&src[i], (uint8_t)~to[i]);
	}
	return ok;
}

static void ns_write(paddr_t ns, const unsigned char *from, size_t size)
{
	unsigned char *to = host_ns(ns);

	for (size_t i = 0; i < size; i++)
		ns_store(&to[i], from[i]);
}

bool hal_ns_write(paddr_t ns, const void *src, size_t size)
{
	bool ok = access(ns, size);

	ns_write(ns, src, ok ? size : size / 2);
	return ok;
}

bool hal_ns_zero(paddr_t ns, size_t size)
{
	static const unsigned char zeros[PAGE_SIZE];
	bool ok = access(ns, size);

	if (!is_aligned(ns.v | size, 64))
		host_violation("M2: %#llx + %#zx is not in units of 64",
			       (unsigned long long)ns.v, size);
	ns_write(ns, zeros, ok ? size : size / 2);
	return ok;
}
