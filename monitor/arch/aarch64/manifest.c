/* SPDX-License-Identifier: BSD-3-Clause */
#include "arch/aarch64/manifest.h"
#include "hal/cpu.h"
#include "lib/addr.h"
#include "lib/bits.h"

_Static_assert(sizeof(struct tmm_attest) <= PAGE_SIZE, "one page");
_Static_assert(TMM_MAX_CPUS <= HAL_MAX_CPUS, "hal_cpu_id()");

#define GICR_FRAME	UINT64_C(0x10000)	/* a redistributor has two or four */

/* Everything the manifest names, in one list: nothing in it may overlap. */
#define MAX_AREAS	(2 * TMM_MAX_RANGES + 4)

struct area {
	uint64_t base, size;
};

struct areas {
	struct area list[MAX_AREAS];
	unsigned int count;
	uint64_t limit;		/* first address that does not exist */
};

static bool overlap(const struct area *a, const struct area *b)
{
	return a->base < b->base + b->size && b->base < a->base + a->size;
}

/* Into the list, if it is a proper area and free. */
static bool area_add(struct areas *all, uint64_t base, uint64_t size,
		     uint64_t align)
{
	struct area new = { base, size };

	if (size == 0 || !is_aligned(base | size, align) ||
	    base >= all->limit || size > all->limit - base)
		return false;
	for (unsigned int i = 0; i < all->count; i++)
		if (overlap(&new, &all->list[i]))
			return false;
	all->list[all->count++] = new;
	return true;
}

static bool ranges_add(struct areas *all, const struct tmm_range *r,
		       uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (r[i].reserved != 0 ||
		    !area_add(all, r[i].base, r[i].size, BLOCK_SIZE))
			return false;
	return true;
}

static bool devices_add(struct areas *all, const struct tmm_manifest *m)
{
	uint64_t stride = m->gicr_stride;

	return is_aligned(stride, GICR_FRAME) && stride >= 2 * GICR_FRAME &&
	       stride <= BLOCK_SIZE && m->gicr_base != 0 &&
	       area_add(all, m->gicr_base, stride * m->cpu_count, GICR_FRAME) &&
	       (m->console_base == 0 ||
		area_add(all, m->console_base, PAGE_SIZE, PAGE_SIZE));
}

static bool attest_add(struct areas *all, const struct tmm_manifest *m)
{
	if (m->attest_base == 0)
		return m->attest_size == 0;
	return m->attest_size == sizeof(struct tmm_attest) &&
	       area_add(all, m->attest_base, PAGE_SIZE, PAGE_SIZE);
}

static bool header_ok(const struct tmm_manifest *m)
{
	return m->magic == TMM_MANIFEST_MAGIC &&
	       m->version == TMM_MANIFEST_VERSION && m->size == sizeof(*m) &&
	       m->reserved == 0 &&
	       m->cpu_count >= 1 && m->cpu_count <= TMM_MAX_CPUS &&
	       m->secure_count >= 1 && m->secure_count <= TMM_MAX_RANGES &&
	       m->dram_count >= 1 && m->dram_count <= TMM_MAX_RANGES;
}

/* Rising order, in place: at most eight. */
static void ranges_sort(struct tmm_range *r, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++)
		for (uint32_t j = i; j > 0 && r[j].base < r[j - 1].base; j--) {
			struct tmm_range t = r[j];

			r[j] = r[j - 1];
			r[j - 1] = t;
		}
}

bool manifest_check(struct tmm_manifest *m, unsigned int pa_bits, uint64_t image)
{
	struct areas all = { .limit = BIT(pa_bits) };

	if (!header_ok(m) || !area_add(&all, image, BLOCK_SIZE, BLOCK_SIZE) ||
	    !ranges_add(&all, m->secure, m->secure_count) ||
	    !ranges_add(&all, m->dram, m->dram_count) || !devices_add(&all, m) ||
	    !attest_add(&all, m))
		return false;
	ranges_sort(m->secure, m->secure_count);
	ranges_sort(m->dram, m->dram_count);
	return true;
}
