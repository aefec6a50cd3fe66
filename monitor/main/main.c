/* SPDX-License-Identifier: BSD-3-Clause */
/* The one place where the layers are put together. */
#include "main/main.h"

#include "abi/boot.h"
#include "call/rmi.h"
#include "core/pool.h"
#include "hal/boot.h"
#include "hal/console.h"
#include "hal/memory.h"

#define BOOT_NO_MEMORY	INT64_C(-4)

/* Bytes of the three tables that describe memory, one behind the other. */
struct table_sizes {
	uint64_t granules;
	uint64_t chunks;
	uint64_t regions;
};

static void size_tables(const struct tmm_manifest *m, struct table_sizes *s)
{
	uint64_t total = 0;

	/* what the tables themselves take off the pool is counted, not described */
	for (uint32_t i = 0; i < m->secure_count; i++)
		total += m->secure[i].size;
	for (uint32_t i = 0; i < m->dram_count; i++)
		total += m->dram[i].size;
	s->granules = total / PAGE_SIZE * sizeof(struct granule);
	s->chunks = align_up(total / BLOCK_SIZE * sizeof(struct pool_chunk), 8);
	s->regions = total / BLOCK_SIZE * sizeof(struct pool_region);
}

static size_t add_range(struct granule_range *ranges, size_t n, struct hal_range from,
			bool is_pool)
{
	if (from.size == 0)
		return n;
	CHECK(n < GRANULE_MAX_RANGES);
	ranges[n] = (struct granule_range){
		.base = from.base,
		.size = from.size,
		.node = from.node,
		.is_pool = is_pool,
	};
	return n + 1;
}

static size_t collect_ranges(struct granule_range *ranges)
{
	size_t n = 0;

	for (unsigned int i = 0; i < hal_boot_secure_count(); i++)
		n = add_range(ranges, n, hal_boot_secure(i), true);
	for (unsigned int i = 0; i < hal_boot_dram_count(); i++)
		n = add_range(ranges, n, hal_boot_dram(i), false);
	return n;
}

int64_t main_cold(const struct tmm_manifest *manifest)
{
	struct granule_range ranges[GRANULE_MAX_RANGES];
	struct table_sizes s;
	unsigned char *tables;
	spa_t at;
	size_t n;

	size_tables(manifest, &s);
	at = hal_boot_take(s.granules + s.chunks + s.regions);
	if (at.v == 0)
		return BOOT_NO_MEMORY;
	tables = hal_pool_va(at);
	n = collect_ranges(ranges);
	granule_init((void *)tables, ranges, n);
	pool_init((void *)(tables + s.granules),
		  (void *)(tables + s.granules + s.chunks));
	hal_console_puts("TMM: virtCCA-SEL2 monitor, RMI 1.0, RSI 1.0\n");
	return 0;
}

int64_t main_warm(void)
{
	return 0;
}

void main_smc(uint64_t x[SMC_NUM_ARGS])
{
	smc_from_host(x);
}
