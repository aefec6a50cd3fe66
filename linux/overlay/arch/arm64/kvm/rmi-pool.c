// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pool of secure memory.
 *
 * Without granule protection tables only memory that firmware has set aside
 * can become a realm's. This file hands out its granules, already delegated to
 * the RMM, and takes them back. The host cannot access this memory: there is
 * no struct page for it, and no mapping.
 *
 * A pool is kept in chunks of 2 MiB, so that whole chunks can be had for block
 * mappings, and so that single pages are taken from chunks that are broken
 * already. All state is under one raw spinlock: pages are needed and freed with
 * kvm->mmu_lock held. The calls to the RMM are made outside of it.
 */

#define pr_fmt(fmt) "kvm: rmi: " fmt

#include <linux/acpi.h>
#include <linux/bitmap.h>
#include <linux/kvm_host.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/misc_cgroup.h>
#include <linux/moduleparam.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>
#include <linux/topology.h>

#include <acpi/acpi_numa.h>
#include <asm/kvm_rmi.h>
#include <asm/rmi_cmds.h>

#define CHUNK_SIZE	SZ_2M
#define CHUNK_PAGES	(CHUNK_SIZE / SZ_4K)
#define CHUNK_ORDER	9
#define MAX_TRIES	64	/* granules to lose before there are none */

struct chunk {
	struct list_head node;		/* in ->whole, ->broken, or nowhere */
	unsigned int nr_used;
	DECLARE_BITMAP(used, CHUNK_PAGES);
};

struct pool {
	phys_addr_t start;		/* of the first chunk */
	phys_addr_t base;
	u64 size;
	u64 index;			/* by which the RMM knows it */
	int nid;
	unsigned long nr_chunks;
	unsigned long nr_free;
	unsigned long nr_whole;
	struct list_head whole;		/* chunks without a used page */
	struct list_head broken;	/* chunks with used and free pages */
	struct chunk *chunks;
};

static DEFINE_RAW_SPINLOCK(pool_lock);
static struct pool *pools;
static unsigned int nr_pools;

/* Guarded by pool_lock */
static unsigned long total_free;
static unsigned long total_reserved;	/* of these, promised to somebody */
static unsigned long total_lost;	/* pages that the RMM did not give back */

static void chunk_update(struct pool *pool, struct chunk *chunk,
			 unsigned int nr_used)
{
	if (!chunk->nr_used)
		pool->nr_whole--;
	if (chunk->nr_used < CHUNK_PAGES)
		list_del(&chunk->node);

	pool->nr_free += (long)chunk->nr_used - nr_used;
	total_free += (long)chunk->nr_used - nr_used;
	chunk->nr_used = nr_used;

	if (!nr_used) {
		pool->nr_whole++;
		list_add(&chunk->node, &pool->whole);
	} else if (nr_used < CHUNK_PAGES) {
		list_add(&chunk->node, &pool->broken);
	}
}

static phys_addr_t chunk_take(struct pool *pool, struct chunk *chunk,
			      unsigned long nr)
{
	unsigned long i;

	i = bitmap_find_next_zero_area(chunk->used, CHUNK_PAGES, 0, nr, nr - 1);
	if (i >= CHUNK_PAGES)
		return PHYS_ADDR_MAX;

	bitmap_set(chunk->used, i, nr);
	chunk_update(pool, chunk, chunk->nr_used + nr);
	return pool->start + (chunk - pool->chunks) * CHUNK_SIZE + i * SZ_4K;
}

static phys_addr_t pool_take(struct pool *pool, unsigned int order)
{
	unsigned long nr = 1UL << order;
	struct chunk *chunk;
	phys_addr_t pa;

	if (order < CHUNK_ORDER) {
		list_for_each_entry(chunk, &pool->broken, node) {
			pa = chunk_take(pool, chunk, nr);
			if (pa != PHYS_ADDR_MAX)
				return pa;
		}
	}

	chunk = list_first_entry_or_null(&pool->whole, struct chunk, node);
	return chunk ? chunk_take(pool, chunk, nr) : PHYS_ADDR_MAX;
}

static phys_addr_t take(unsigned int order, bool reserved)
{
	unsigned long nr = 1UL << order;
	phys_addr_t pa = PHYS_ADDR_MAX;
	int nid = numa_mem_id();
	unsigned int i;

	guard(raw_spinlock_irqsave)(&pool_lock);

	if (reserved)
		total_reserved -= nr;
	else if (total_free < total_reserved + nr)
		return PHYS_ADDR_MAX;

	for (i = 0; i < nr_pools && pa == PHYS_ADDR_MAX; i++)
		if (pools[i].nid == nid)
			pa = pool_take(&pools[i], order);
	for (i = 0; i < nr_pools && pa == PHYS_ADDR_MAX; i++)
		if (pools[i].nid != nid)
			pa = pool_take(&pools[i], order);

	return pa;
}

static struct pool *pool_of(phys_addr_t pa)
{
	unsigned int i;

	for (i = 0; i < nr_pools; i++)
		if (pa >= pools[i].base && pa < pools[i].base + pools[i].size)
			return &pools[i];
	return NULL;
}

static struct chunk *chunk_of(struct pool *pool, phys_addr_t pa)
{
	return &pool->chunks[(pa - pool->start) / CHUNK_SIZE];
}

static unsigned long index_in_chunk(phys_addr_t pa)
{
	return (pa % CHUNK_SIZE) / SZ_4K;
}

static void put(phys_addr_t pa, unsigned long nr)
{
	struct pool *pool = pool_of(pa);
	struct chunk *chunk = chunk_of(pool, pa);

	guard(raw_spinlock_irqsave)(&pool_lock);

	bitmap_clear(chunk->used, index_in_chunk(pa), nr);
	chunk_update(pool, chunk, chunk->nr_used - nr);
}

/*
 * Is all of it ours, and handed out? What a realm gives back is what the RMM says
 * it had. Should anybody else on this host talk to the RMM, that may be a page of
 * normal memory that somebody uses, and undelegating it would wipe it.
 */
static bool is_taken(phys_addr_t pa, unsigned long nr)
{
	unsigned long first = index_in_chunk(pa);
	struct pool *pool = pool_of(pa);

	if (!pool)
		return false;

	guard(raw_spinlock_irqsave)(&pool_lock);

	return find_next_zero_bit(chunk_of(pool, pa)->used, first + nr, first) ==
	       first + nr;
}

static void lose(phys_addr_t pa)
{
	scoped_guard(raw_spinlock_irqsave, &pool_lock)
		total_lost++;

	pr_warn_ratelimited("granule %pa is lost until the next boot\n", &pa);
}

/* A granule that the RMM does not give back stays marked as used for ever. */
static void undelegate(phys_addr_t pa, unsigned long nr)
{
	phys_addr_t end = pa + nr * SZ_4K;
	phys_addr_t good = pa;

	if (WARN_ON_ONCE(!is_taken(pa, nr)))
		return;

	for (; pa < end; pa += SZ_4K) {
		if (likely(!rmi_granule_undelegate(pa)))
			continue;

		if (pa != good)
			put(good, (pa - good) / SZ_4K);
		good = pa + SZ_4K;
		lose(pa);
	}
	if (pa != good)
		put(good, (pa - good) / SZ_4K);
}

/*
 * Somebody may have used the memory before this kernel, and have left granules
 * delegated. These are of no use. An RMM that refuses for another reason has come
 * to its end, and there is nothing wrong with the granule.
 *
 * Return: 0, -EAGAIN if a granule was lost and others may do, or -EIO.
 */
static int delegate(phys_addr_t pa, unsigned long nr)
{
	phys_addr_t end = pa + nr * SZ_4K;
	unsigned long ret = RMI_SUCCESS;
	phys_addr_t at;

	for (at = pa; at < end; at += SZ_4K) {
		ret = rmi_granule_delegate(at);
		if (unlikely(ret))
			break;
	}
	if (likely(!ret))
		return 0;

	if (at != pa)
		undelegate(pa, (at - pa) / SZ_4K);
	if (RMI_RETURN_STATUS(ret) == RMI_ERROR_INPUT) {
		lose(at);
		at += SZ_4K;
	}
	if (at != end)
		put(at, (end - at) / SZ_4K);
	return RMI_RETURN_STATUS(ret) == RMI_ERROR_INPUT ? -EAGAIN : -EIO;
}

static phys_addr_t take_delegated(unsigned int order, bool reserved)
{
	phys_addr_t pa;
	int tries, ret;

	for (tries = 0; tries < MAX_TRIES; tries++) {
		pa = take(order, reserved);
		if (pa == PHYS_ADDR_MAX)
			break;
		ret = delegate(pa, 1UL << order);
		if (!ret)
			return pa;
		if (ret != -EAGAIN)
			break;
		reserved = false;
	}
	return PHYS_ADDR_MAX;
}

/*
 * What does not fit is counted for a moment nevertheless. Others who charge are kept from
 * seeing that: 2 MiB are only tried, and who wants a page cannot do without.
 */
static int charge(struct rmi_account *account, u64 size)
{
	static DEFINE_SPINLOCK(lock);

	guard(spinlock)(&lock);
	return misc_cg_try_charge(MISC_CG_RES_RMI, account->cg, size);
}

/**
 * rmi_pool_alloc - take delegated granules from the pool
 * @account: whom to charge
 * @order: 0 to 9
 *
 * Near the CPU that asks, if possible.
 *
 * Context: any that is not an interrupt; does not sleep.
 * Return: the address, aligned to the size, or PHYS_ADDR_MAX.
 */
phys_addr_t rmi_pool_alloc(struct rmi_account *account, unsigned int order)
{
	u64 size = (u64)SZ_4K << order;
	phys_addr_t pa;

	if (charge(account, size))
		return PHYS_ADDR_MAX;

	pa = take_delegated(order, false);
	if (pa == PHYS_ADDR_MAX)
		misc_cg_uncharge(MISC_CG_RES_RMI, account->cg, size);
	else
		atomic_long_add(1UL << order, &account->pages);
	return pa;
}

/**
 * rmi_pool_alloc_reserved - take back what rmi_pool_free_reserve() gave
 * @account: whose reserve
 *
 * For those who must not fail. The page is charged already.
 */
phys_addr_t rmi_pool_alloc_reserved(struct rmi_account *account)
{
	if (!atomic_long_add_unless(&account->reserved, -1, 0))
		return PHYS_ADDR_MAX;
	return take_delegated(0, true);
}

/**
 * rmi_pool_free - undelegate granules and give them back
 * @account: who was charged
 * @pa: address
 * @order: as at rmi_pool_alloc(), or less, to give back in parts
 */
void rmi_pool_free(struct rmi_account *account, phys_addr_t pa,
		   unsigned int order)
{
	undelegate(pa, 1UL << order);
	atomic_long_sub(1UL << order, &account->pages);
	misc_cg_uncharge(MISC_CG_RES_RMI, account->cg, (u64)SZ_4K << order);
}

/**
 * rmi_pool_free_reserve - give back a granule with the right to have one again
 * @account: who was charged, and is still
 * @pa: address
 */
void rmi_pool_free_reserve(struct rmi_account *account, phys_addr_t pa)
{
	scoped_guard(raw_spinlock_irqsave, &pool_lock)
		total_reserved++;

	undelegate(pa, 1);
	atomic_long_inc(&account->reserved);
}

void rmi_account_init(struct rmi_account *account)
{
	account->cg = get_current_misc_cg();
}

/* What is reserved still is let go; what is in use has been leaked. */
void rmi_account_destroy(struct rmi_account *account)
{
	long pages = atomic_long_read(&account->pages);
	long reserved = atomic_long_xchg(&account->reserved, 0);

	WARN_ON_ONCE(pages != reserved);
	scoped_guard(raw_spinlock_irqsave, &pool_lock)
		total_reserved -= reserved;
	misc_cg_uncharge(MISC_CG_RES_RMI, account->cg, (u64)pages * SZ_4K);
	put_misc_cg(account->cg);
}

/* Of 4 KiB, not counting what is reserved */
unsigned long rmi_pool_nr_free(void)
{
	guard(raw_spinlock_irqsave)(&pool_lock);

	/* A reserved page may be on its way back still, or be lost. */
	return total_free - min(total_free, total_reserved);
}

int rmi_pool_show(struct seq_file *m, void *unused)
{
	struct tmm_pool_info info;
	unsigned int i;

	for (i = 0; i < nr_pools; i++) {
		struct pool *pool = &pools[i];

		if (tmm_pool_info(pool->index, &info))
			continue;
		seq_printf(m, "pool %u: base %pa size %llu node %d free %lu free-2m %lu rmm-free %llu\n",
			   i, &pool->base, pool->size, pool->nid,
			   READ_ONCE(pool->nr_free), READ_ONCE(pool->nr_whole),
			   info.free_pages);
	}
	seq_printf(m, "free %lu reserved %lu lost %lu\n", READ_ONCE(total_free),
		   READ_ONCE(total_reserved), READ_ONCE(total_lost));
	return 0;
}

static int __init pool_nid(u64 node)
{
	int nid = acpi_disabled ? node : pxm_to_node(node);

	return nid >= 0 && nid < MAX_NUMNODES && node_online(nid) ? nid : 0;
}

static int __init pool_add(struct pool *pool, const struct tmm_pool_info *info)
{
	phys_addr_t end = info->base + info->size;
	unsigned long i, first, last;

	pool->base = info->base;
	pool->size = info->size;
	pool->start = ALIGN_DOWN(info->base, CHUNK_SIZE);
	pool->nid = pool_nid(info->node);
	pool->nr_chunks = (ALIGN(end, CHUNK_SIZE) - pool->start) / CHUNK_SIZE;
	pool->chunks = kvcalloc(pool->nr_chunks, sizeof(*pool->chunks),
				GFP_KERNEL);
	if (!pool->chunks)
		return -ENOMEM;

	INIT_LIST_HEAD(&pool->whole);
	INIT_LIST_HEAD(&pool->broken);
	for (i = pool->nr_chunks; i--; ) {
		struct chunk *chunk = &pool->chunks[i];
		phys_addr_t at = pool->start + i * CHUNK_SIZE;

		first = at < pool->base ? (pool->base - at) / SZ_4K : 0;
		last = min_t(u64, end - at, CHUNK_SIZE) / SZ_4K;
		bitmap_fill(chunk->used, CHUNK_PAGES);
		bitmap_clear(chunk->used, first, last - first);

		/* As if it had been full before */
		chunk->nr_used = CHUNK_PAGES;
		chunk_update(pool, chunk, CHUNK_PAGES - (last - first));
	}
	return 0;
}

/* Returns the number of free pages, or an error. */
long __init rmi_pool_init(u64 count)
{
	struct tmm_pool_info info;
	u64 i;
	int ret;

	pools = kcalloc(count, sizeof(*pools), GFP_KERNEL);
	if (!pools)
		return -ENOMEM;

	for (i = 0; i < count; i++) {
		if (tmm_pool_info(i, &info) || !info.size ||
		    !IS_ALIGNED(info.base | info.size, SZ_4K))
			continue;
		pools[nr_pools].index = i;
		ret = pool_add(&pools[nr_pools], &info);
		if (ret)
			return ret;

		pr_info("pool %u: %llu MiB at %pa, node %d\n", nr_pools,
			info.size / SZ_1M, &info.base, pools[nr_pools].nid);
		nr_pools++;
	}

	misc_cg_set_capacity(MISC_CG_RES_RMI, (u64)total_free * SZ_4K);
	return total_free;
}
