/* SPDX-License-Identifier: BSD-3-Clause */
/* The fake machine finds what it is there to find: one mistake per test. */
#include "hal/hash.h"
#include "hal/memory.h"
#include "hal/console.h"
#include "unit.h"

#include <string.h>

/* M3: locks */

static struct hal_lock locks[4];	/* rising addresses */

static void falling_address(void *arg)
{
	(void)arg;
	hal_lock_acquire(&locks[1], RANK_EXTERNAL);
	hal_lock_acquire(&locks[0], RANK_EXTERNAL);
}

static void twice(void *arg)
{
	(void)arg;
	hal_lock_acquire(&locks[0], RANK_EXTERNAL);
	hal_lock_acquire(&locks[0], RANK_CHILD);
}

static void two_children(void *arg)
{
	(void)arg;
	hal_lock_acquire(&locks[0], RANK_CHILD);
	hal_lock_acquire(&locks[1], RANK_CHILD);
}

static void external_after_child(void *arg)
{
	(void)arg;
	hal_lock_acquire(&locks[0], RANK_CHILD);
	hal_lock_acquire(&locks[1], RANK_EXTERNAL);
}

static void after_leaf(void *arg)
{
	(void)arg;
	hal_lock_acquire(&locks[0], RANK_LEAF);
	hal_lock_acquire(&locks[1], RANK_LEAF);
}

static void release_free(void *arg)
{
	(void)arg;
	hal_lock_release(&locks[0]);
}

static void try_own(void *arg)
{
	(void)arg;
	hal_lock_acquire(&locks[0], RANK_EXTERNAL);
	if (hal_lock_try(&locks[0]))
		hal_lock_release(&locks[0]);
}

static void kept_at_end(void *arg)
{
	(void)arg;
	host_call_begin();
	hal_lock_acquire(&locks[0], RANK_EXTERNAL);
	host_call_end();
}

static void legal_order(const void *arg)
{
	(void)arg;
	host_call_begin();
	hal_lock_acquire(&locks[0], RANK_EXTERNAL);
	hal_lock_acquire(&locks[2], RANK_EXTERNAL);
	hal_lock_acquire(&locks[1], RANK_CHILD);
	hal_lock_acquire(&locks[3], RANK_LEAF);
	for (unsigned int i = 0; i < 4; i++)
		hal_lock_release(&locks[i]);
	EXPECT(hal_lock_try(&locks[1]));
	hal_lock_release(&locks[1]);
	host_call_end();
}

/* M1, M2: memory */

static uint64_t some_dram(void)
{
	return host_machine_default.dram[0].base;
}

static void read_twice(void *arg)
{
	uint64_t word[2];

	(void)arg;
	host_call_begin();
	EXPECT(hal_ns_read(pa(some_dram() + 8), word, 16));
	EXPECT(hal_ns_read(pa(some_dram() + 16), word, 8));
}

static void read_unaligned(void *arg)
{
	uint64_t word;

	(void)arg;
	EXPECT(hal_ns_read(pa(some_dram() + 4), &word, 8));
}

static void read_across_pages(void *arg)
{
	uint64_t word[2];

	(void)arg;
	EXPECT(hal_ns_read(pa(some_dram() + PAGE_SIZE - 8), word, 16));
}

static void read_secure_as_ns(void *arg)
{
	uint64_t word;

	(void)arg;
	EXPECT(hal_ns_read(pa(hal_boot_secure(0).base), &word, 8));
}

static void va_of_dram(void *arg)
{
	(void)arg;
	(void)hal_pool_va(spa(some_dram()));
}

static void take_after_giving(void *arg)
{
	(void)arg;
	(void)hal_boot_take(1);
}

static void console_in_call(void *arg)
{
	(void)arg;
	host_call_begin();
	hal_console_puts("x");
	host_call_end();
}

static void bus_fails_once(const void *arg)
{
	uint64_t word;

	(void)arg;
	host_call_begin();
	host_ns_fail_at(2);
	EXPECT(hal_ns_read(pa(some_dram()), &word, 8));
	EXPECT(!hal_ns_read(pa(some_dram() + 8), &word, 8));
	EXPECT(hal_ns_read(pa(some_dram() + 16), &word, 8));
	EXPECT_EQ(host_ns_accesses(), 3);
}

static void irq_after(const void *arg)
{
	(void)arg;
	EXPECT(!hal_irq_pending());
	host_irq_after(3);
	EXPECT(!hal_irq_pending() && !hal_irq_pending());
	EXPECT(hal_irq_pending() && hal_irq_pending());
	host_irq_after(0);
	EXPECT(!hal_irq_pending());
}

static void mutation_after_read(const void *arg)
{
	uint64_t word, *there = host_ns(pa(some_dram()));

	(void)arg;
	*there = 7;
	host_ns_mutate(true);
	host_call_begin();
	EXPECT(hal_ns_read(pa(some_dram()), &word, 8));
	EXPECT_EQ(word, 7);
	EXPECT_EQ(*there, ~UINT64_C(7));
}

static void digests_see_every_byte(const void *arg)
{
	struct world_print before = world_print();
	unsigned char *secure = hal_pool_va(spa(hal_boot_secure(1).base + 5 * PAGE_SIZE));
	unsigned char *ns = host_ns(pa(some_dram() + 12345));

	(void)arg;
	secure[4095] ^= 1;
	EXPECT(world_print().secure != before.secure);
	EXPECT(world_print().ns == before.ns);
	*ns ^= 0x80;
	EXPECT(world_print().ns != before.ns);
}

/* M4, M5: translations, with a tree made by hand: one level 2 root */

#define ROOT	(hal_boot_secure(1).base)
#define TABLE	(ROOT + PAGE_SIZE)
#define DATA	(ROOT + 2 * PAGE_SIZE)
#define NS_ROOT	(ROOT + 3 * PAGE_SIZE)
#define LEAF_RW	UINT64_C(0x7db)		/* page, WB, RW, inner, AF */

static struct hal_stage2 tree(void)
{
	return (struct hal_stage2){
		.prot = { spa(ROOT), 30, 2 },
		.unprot = { spa(NS_ROOT), 30, 2 },
		.vmid = 9,
	};
}

static uint64_t *table(uint64_t at)
{
	return hal_pool_va(spa(at));
}

static void settle(void)
{
	struct hal_stage2 t = tree();

	host_tlb_settle(&t, 1);
}

/* IPA 0x3000 -> DATA, and the MMU has seen it */
static void map_one(void)
{
	hal_page_zero(table(ROOT));
	hal_page_zero(table(NS_ROOT));
	hal_page_zero(table(TABLE));
	hal_page_zero(table(DATA));
	hal_page_sync(table(DATA));
	table(TABLE)[3] = DATA | LEAF_RW;
	table(ROOT)[0] = TABLE | 3;
	hal_stage2_publish();
	settle();
}

static void invalidate_one(void)
{
	struct hal_stage2 t = tree();

	hal_stage2_invalidate(&t, ipa(0x3000), PAGE_SIZE, true);
}

static void invalidate_all(void)
{
	struct hal_stage2 t = tree();

	hal_stage2_invalidate_all(&t);
}

static void unmap_right(const void *arg)
{
	struct hal_stage2 t = tree();

	(void)arg;
	map_one();
	EXPECT_EQ(host_stage2_walk(&t.prot, 0x3abc).out, DATA + 0xabc);
	table(TABLE)[3] = 0;
	invalidate_one();
	hal_page_zero(table(DATA));
	settle();
	table(ROOT)[0] = 0;
	invalidate_all();
	hal_page_zero(table(TABLE));
	settle();
}

static void no_invalidate(void *arg)
{
	(void)arg;
	map_one();
	table(TABLE)[3] = 0;
	settle();
}

static void invalidate_too_early(void *arg)
{
	(void)arg;
	map_one();
	invalidate_one();
}

static void wiped_while_mapped(void *arg)
{
	(void)arg;
	map_one();
	table(TABLE)[3] = 0;
	hal_page_zero(table(DATA));
}

static void table_wiped_after_leaf_only(void *arg)
{
	(void)arg;
	map_one();
	table(TABLE)[3] = 0;
	table(ROOT)[0] = 0;
	invalidate_one();
	hal_page_zero(table(TABLE));
}

static void remapped_in_place(void *arg)
{
	(void)arg;
	map_one();
	hal_page_sync(table(ROOT + 9 * PAGE_SIZE));
	table(TABLE)[3] = (ROOT + 9 * PAGE_SIZE) | LEAF_RW;
	hal_stage2_publish();
	settle();
}

static void not_published(void *arg)
{
	(void)arg;
	map_one();
	hal_page_sync(table(ROOT + 9 * PAGE_SIZE));
	table(TABLE)[4] = (ROOT + 9 * PAGE_SIZE) | LEAF_RW;
	settle();
}

static void not_synced(void *arg)
{
	(void)arg;
	map_one();
	hal_page_sync(table(ROOT + 9 * PAGE_SIZE));
	table(ROOT + 9 * PAGE_SIZE)[17]++;
	table(TABLE)[4] = (ROOT + 9 * PAGE_SIZE) | LEAF_RW;
	hal_stage2_publish();
	settle();
}

static void two_vmids(void *arg)
{
	struct hal_stage2 t[] = { tree(), tree() };

	(void)arg;
	map_one();
	host_tlb_settle(t, 2);
}

static void shows_normal_memory(void *arg)
{
	(void)arg;
	map_one();
	table(TABLE)[4] = some_dram() | LEAF_RW;
	hal_stage2_publish();
	settle();
}

static void bad_attributes(void *arg)
{
	(void)arg;
	map_one();
	table(TABLE)[4] = (DATA | LEAF_RW) & ~UINT64_C(0x400);	/* no AF */
	settle();
}

static void unprotected_in_protected_tree(void *arg)
{
	(void)arg;
	map_one();
	table(ROOT)[256] = TABLE | 3;
	hal_stage2_publish();
	settle();
}

/* M6: vcpus */

static struct vcpu vcpu;

static struct vcpu *new_vcpu(void)
{
	struct vcpu_config cfg = { .pc = 4 };

	for (unsigned int i = 0; i < VCPU_NUM_AUX; i++) {
		cfg.aux[i] = table(ROOT + i * PAGE_SIZE);
		hal_page_zero(cfg.aux[i]);
	}
	memset(&vcpu, 0, sizeof(vcpu));
	hal_vcpu_init(&vcpu, &cfg);
	return &vcpu;
}

static void run_not_loaded(void *arg)
{
	struct vcpu_exit x;

	(void)arg;
	hal_vcpu_run(new_vcpu(), &x);
}

static void load(struct vcpu *v)
{
	struct hal_stage2 t = tree();
	struct vcpu_gic g = { .hcr = 0 };

	hal_vcpu_load(v, &t, &g, false, false);
}

static void load_twice(void *arg)
{
	struct vcpu *v = new_vcpu();

	(void)arg;
	load(v);
	load(v);
}

static void run_with_lock(void *arg)
{
	struct vcpu_exit x;
	struct vcpu *v = new_vcpu();

	(void)arg;
	load(v);
	hal_lock_acquire(&locks[0], RANK_EXTERNAL);
	hal_vcpu_run(v, &x);
}

static void init_twice(void *arg)
{
	struct vcpu_config cfg = { .pc = 4 };

	(void)arg;
	hal_vcpu_init(new_vcpu(), &cfg);
}

/* What goes wrong, and the word its message has. */
struct mistake {
	const char *name;
	const char *says;
	void (*fn)(void *);
};

static const struct mistake mistakes[] = {
	{ "lock: falling address", "lower address", falling_address },
	{ "lock: twice", "already held", twice },
	{ "lock: two children", "second child", two_children },
	{ "lock: external after child", "comes before", external_after_child },
	{ "lock: after leaf", "after a leaf", after_leaf },
	{ "lock: release free", "not held", release_free },
	{ "lock: try own", "by its holder", try_own },
	{ "lock: kept", "end of a call", kept_at_end },
	{ "ns: read twice", "read twice", read_twice },
	{ "ns: unaligned", "bad copy", read_unaligned },
	{ "ns: across pages", "bad copy", read_across_pages },
	{ "ns: secure address", "not normal memory", read_secure_as_ns },
	{ "pool: normal address", "no pool page", va_of_dram },
	{ "boot: late take", "hal_boot_take", take_after_giving },
	{ "console: in a call", "printed", console_in_call },
	{ "tlb: no invalidate", "may still hold leaf", no_invalidate },
	{ "tlb: invalidate before write", "while its entry is valid", invalidate_too_early },
	{ "tlb: wiped while mapped", "may still hold leaf", wiped_while_mapped },
	{ "tlb: table after leaf", "may still hold table", table_wiped_after_leaf_only },
	{ "tlb: no break before make", "may still hold leaf", remapped_in_place },
	{ "tlb: not published", "never published", not_published },
	{ "tlb: not synced", "not synced", not_synced },
	{ "tlb: one VMID twice", "two owners", two_vmids },
	{ "mmu: secure view of DRAM", "no pool page", shows_normal_memory },
	{ "mmu: attributes", "protected leaf", bad_attributes },
	{ "mmu: wrong half", "other half", unprotected_in_protected_tree },
	{ "vcpu: run, not loaded", "not loaded", run_not_loaded },
	{ "vcpu: loaded twice", "is loaded", load_twice },
	{ "vcpu: run with lock", "lock is held", run_with_lock },
	{ "vcpu: init twice", "not zero", init_twice },
};

static void run_mistake(const void *arg)
{
	const struct mistake *m = arg;

	memset(locks, 0, sizeof(locks));
	expect_panic(m->says, m->fn, NULL);
}

static const struct unit_test good[] = {
	{ "lock: legal order", legal_order, NULL },
	{ "bus: fails once", bus_fails_once, NULL },
	{ "irq: after three questions", irq_after, NULL },
	{ "ns: mutation", mutation_after_read, NULL },
	{ "digest", digests_see_every_byte, NULL },
	{ "tlb: unmap as it should be", unmap_right, NULL },
};

void suite_machine(void)
{
	UNIT_TESTS(good);
	for (size_t i = 0; i < COUNT_OF(mistakes); i++)
		unit_add(mistakes[i].name, run_mistake, &mistakes[i]);
}
