/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who must not see what: the host no secure page, a realm nothing but what it
 * was given, and nobody what another has left in pages (threats T1, T5, T7,
 * T10). Registers: t_leak.c.
 */
#include "host/refuse.h"
#include "host/stage1.h"

#define CANARY		0x5AFEUL
#define SECRET		0x5EC2E75EC2E7UL
#define SECURE_FLASH	0UL
#define SECURE_UART	0x60040000UL
#define HOLE		0x70000000UL		/* no bus has anything there */
#define FSC_SEA_WALK	0x14			/* + level */
#define ESR_EA		(1UL << 9)

/* ---- the host at secure memory ---- */

static void closed(const char *label, uint64_t pa)
{
	uint64_t v = CANARY;

	test_label(label);
	EXPECT(!probe_load(pa, &v));
	EXPECT_EQ(v, CANARY);
	EXPECT_EQ(ESR_EC(probe_esr()), EC_DABT_SAME);
	EXPECT_EQ(ESR_FSC(probe_esr()), FSC_SEA);
	EXPECT_EQ(probe_far(), pa);
	EXPECT(!probe_store(pa, 0xBAD));
	EXPECT_EQ(ESR_FSC(probe_esr()), FSC_SEA);
	test_label(NULL);
}

static const char *const state_names[G_STATES] = {
	"UNDELEGATED", "DELEGATED", "RD", "REC", "REC_AUX", "RTT", "DATA",
};

/* A pool page is closed to the host in every state, its own pages included. */
TEST(isolation, host_at_pool_pages, ONCE)
{
	const struct zoo *z = zoo_new();
	unsigned int i;

	for (i = 0; i < G_STATES; i++) {
		closed(state_names[i], z->pa[i]);
		closed(state_names[i], z->pa[i] + PAGE - 8);
	}
	/* nothing is broken by it */
	EXPECT_OK(RMI_REALM_ACTIVATE, z->pa[G_RD]);
}

/* What backs the host's DRAM granules: pool pages that it can no longer take. */
TEST(isolation, host_at_shadow_pages, SHADOWED)
{
	const uint64_t want = 64;
	uint64_t i, found = 0, end = pool_base() + pool_size();

	granule_new_run(want, PAGE);
	for (i = 1; i <= pool_size() / PAGE && found < want; i++) {
		uint64_t pa = end - i * PAGE;

		if (RMI_STATUS_OF(RMI_GRANULE_DELEGATE, pa) == RMI_SUCCESS) {
			RMI(RMI_GRANULE_UNDELEGATE, pa);
			continue;
		}
		found++;
		closed("SHADOW", pa);
	}
	EXPECT_EQ(found, want);
}

/* All of secure RAM: EL3's mailbox, the monitor, the pool, BL31. */
TEST(isolation, host_at_secure_ram, ONCE)
{
	uint64_t at;

	closed("mailbox", SECURE_RAM_BASE);
	for (at = MONITOR_BASE; at < pool_base(); at += 16 * PAGE)
		closed("monitor", at);
	for (at = pool_base(); at < SECURE_RAM_BASE + SECURE_RAM_SIZE; at += BLOCK)
		closed("secure RAM", at);
	for (at = EL3_BASE; at < SECURE_RAM_BASE + SECURE_RAM_SIZE; at += 16 * PAGE)
		closed("EL3", at);
	closed("last word", SECURE_RAM_BASE + SECURE_RAM_SIZE - 8);
	closed("secure flash", SECURE_FLASH);
	closed("secure console", SECURE_UART);
}

/* While the realm is at work there, from another CPU. */
static void poke(void *arg)
{
	uint64_t pa = *(uint64_t *)arg, i;

	for (i = 0; i < PAGE; i += 64)
		closed("DATA in use", pa + i);
}

TEST(isolation, host_at_memory_in_use, ONCE)
{
	struct rec *c = puppet();
	uint64_t pa = rtt_read(c->realm, PUPPET_SCRATCH, 3).desc;

	cpu_run(1, poke, &pa);
	obey(c, OP_FILL, PUPPET_SCRATCH, PAGE, 6);
	cpu_wait(1);
	obey(c, OP_SUM, PUPPET_SCRATCH, PAGE, 6);
	EXPECT_EQ(report(c, 1), 0);
}

/* ---- a realm at what is not its own ---- */

/*
 * Physical addresses that matter, tried as IPAs. Other realms of this test
 * hold SECRET in the page `data` and in normal memory `ns`.
 */
#define MAX_PLACES	24

struct places {
	unsigned int n;
	struct {
		const char *label;
		uint64_t pa;
	} at[MAX_PLACES];
	struct rec *other;
	uint64_t *ns;
};

static void place(struct places *p, const char *label, uint64_t pa)
{
	ASSERT(p->n < MAX_PLACES);
	p->at[p->n].label = label;
	p->at[p->n++].pa = pa;
}

static void find_places(struct places *p, const struct rec *own)
{
	const struct realm *r;

	p->n = 0;
	p->other = puppet();
	r = p->other->realm;
	realm_store(p->other, PUPPET_SCRATCH, SECRET);
	p->ns = ns_page();
	p->ns[0] = SECRET;
	place(p, "another realm's data", rtt_read(r, PUPPET_SCRATCH, 3).desc);
	place(p, "another realm's code", rtt_read(r, PUPPET_BASE, 3).desc);
	place(p, "another realm's rd", r->rd);
	place(p, "another realm's rtt", r->rtt);
	place(p, "another realm's rec", p->other->pa);
	place(p, "another realm's aux", p->other->params->aux[0]);
	place(p, "its own rd", own->realm->rd);
	place(p, "its own rtt", own->realm->rtt);
	place(p, "its own rec", own->pa);
	place(p, "its own data", rtt_read(own->realm, PUPPET_SCRATCH, 3).desc);
	place(p, "delegated", granule_new());
	place(p, "the pool", pool_base() + pool_size() / 2);
	place(p, "the monitor", MONITOR_BASE);
	place(p, "EL3", EL3_BASE);
	place(p, "normal memory", (uint64_t)p->ns);
	place(p, "the host's code", IMAGE_BASE);
	place(p, "console", UART_BASE);
	place(p, "GIC", GICD_BASE);
	place(p, "zero", 0);
}

static void expect_untouched(const struct places *p)
{
	EXPECT_EQ(realm_load(p->other, PUPPET_SCRATCH), SECRET);
	EXPECT_EQ(p->ns[0], SECRET);
}

/* Ways to make an IPA of one's choice; each returns the VA that leads there. */
enum trick {
	MMU_OFF, PLAIN, NS_BIT, TOP_BIT, TOP_AND_NS, BLOCK_2M, NS_BLOCK_2M,
	TOP_BLOCK_2M, BLOCK_1G, NS_BLOCK_1G, NS_TABLE, NS_TABLE_TOP, TRICKS
};

static const struct {
	const char *label;
	uint64_t bits;			/* of the leaf */
	uint64_t span;			/* 0: no stage 1 */
	bool top, nstable;
} tricks[TRICKS] = {
	[MMU_OFF] = { .label = "MMU off" },
	[PLAIN] = { "page", 0, PAGE, false, false },
	[NS_BIT] = { "page, NS", DESC_NS, PAGE, false, false },
	[TOP_BIT] = { "page, top bit", 0, PAGE, true, false },
	[TOP_AND_NS] = { "page, top bit and NS", DESC_NS, PAGE, true, false },
	[BLOCK_2M] = { "2 MiB", 0, BLOCK, false, false },
	[NS_BLOCK_2M] = { "2 MiB, NS", DESC_NS, BLOCK, false, false },
	[TOP_BLOCK_2M] = { "2 MiB, top bit", 0, BLOCK, true, false },
	[BLOCK_1G] = { "1 GiB", 0, GIB, false, false },
	[NS_BLOCK_1G] = { "1 GiB, NS", DESC_NS, GIB, false, false },
	[NS_TABLE] = { "page, NSTable", 0, PAGE, false, true },
	[NS_TABLE_TOP] = { "page, NSTable and top bit", 0, PAGE, true, true },
};

#define GIB_WINDOW	3UL	/* entry of the root, beside the others */

static uint64_t map(struct rec *c, enum trick t, uint64_t ipa)
{
	uint64_t span = tricks[t].span, in = ipa & (span - 1);
	uint64_t desc = (ipa - in) | tricks[t].bits |
			(span == PAGE ? DESC_NORMAL : DESC_NORMAL_BLOCK);

	if (!span)
		return ipa;
	if (span == GIB) {
		realm_fill_table(c, PUPPET_TABLE(PT_L1), GIB_WINDOW, 1, desc, 0);
		obey(c, OP_TLBI);
		return GIB_WINDOW * GIB + in;
	}
	if (span == BLOCK)
		return realm_window_block(c, 1, desc) + in;
	if (!tricks[t].nstable)
		return realm_window(c, 0, desc) + in;
	realm_fill_table(c, PUPPET_TABLE(PT_SPARE), 0, 1, desc, 0);
	return realm_window_block(c, 2, PUPPET_TABLE(PT_SPARE) | DESC_TABLE |
					DESC_NSTABLE) + in;
}

/* An abort that the realm takes; the data is not in its register. */
static void expect_abort(const struct rec *c, bool fetch, uint64_t fsc)
{
	EXPECT_EQ(report_exceptions(c), 1);
	EXPECT_EQ(ESR_EC(report_esr(c)), fetch ? EC_IABT_SAME : EC_DABT_SAME);
	EXPECT_EQ(ESR_FSC(report_esr(c)), fsc);
}

/* An exit about this IPA, to which the host answers with an abort. */
static void expect_exit_at(struct rec *c, uint64_t ipa, bool write)
{
	ASSERT_EQ(c->run->exit.exit_reason, RMI_EXIT_SYNC);
	EXPECT_EQ(ESR_EC(c->run->exit.esr), EC_DABT_LOWER);
	EXPECT_EQ(c->run->exit.esr & 0x3c, FSC_TRANSLATION);
	EXPECT_EQ(c->run->exit.hpfar, HPFAR(ipa));
	EXPECT_EQ(c->run->exit.far, ipa & (PAGE - 1));
	EXPECT_EQ(c->run->exit.gprs[0], write ? CANARY : 0);
	c->run->enter.flags = RMI_ENTER_INJECT_SEA;
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
}

/* rmm-abi.md 8.5, for an IPA that the host has mapped nothing at. */
static void expect_refused(struct rec *c, enum trick t, uint64_t ipa,
			   enum puppet_op op, bool write)
{
	uint8_t width = c->realm->g.width;
	bool fetch = op == OP_EXEC;

	if (ipa >> width) {			/* @test REC_ABORT.ipa_space */
		expect_ordered(c);
		expect_abort(c, fetch, tricks[t].span ? 3 : 0);
		return;
	}
	if (!fetch && ipa >> (width - 1)) {	/* @test REC_ABORT.emulatable */
		expect_exit_at(c, ipa, write);
	} else {				/* @test REC_ABORT.empty */
		expect_ordered(c);		/* @test REC_ABORT.fetch */
	}
	expect_abort(c, fetch, FSC_SEA);
}

static void try(struct rec *c, enum trick t, uint64_t ipa)
{
	uint64_t va = map(c, t, ipa);

	order(c, OP_ACCESS, ACC_LDR_X, va, CANARY);
	expect_refused(c, t, ipa, OP_ACCESS, false);
	EXPECT_EQ(report(c, 1), CANARY);
	order(c, OP_ACCESS, ACC_STR_X, va, CANARY);
	expect_refused(c, t, ipa, OP_ACCESS, true);
	order(c, OP_EXEC, va);
	expect_refused(c, t, ipa, OP_EXEC, false);
	EXPECT_EQ(report(c, 1), va);
}

/* Every trick at every place, by load, store and fetch. */
static void every_trick(struct geometry g)
{
	struct rec *c = puppet_in(g, 1);
	struct places p;
	unsigned int i;
	enum trick t;

	find_places(&p, c);
	for (t = 0; t < TRICKS; t++) {
		uint64_t top = tricks[t].top ? realm_top(c->realm) : 0;

		if (t == PLAIN)
			realm_mmu_on(c);
		for (i = 0; i < p.n; i++) {
			test_label(p.at[i].label);
			try(c, t, p.at[i].pa | top);
		}
		test_label(tricks[t].label);
		expect_untouched(&p);
		test_label(NULL);
	}
}

TEST(isolation, realm_of_39_bits, BOTH)
{
	every_trick(GEOMETRY_DEFAULT);
}

/* All of DRAM within the protected half: nothing but the RTT keeps it out. */
TEST(isolation, realm_of_48_bits, BOTH)
{
	every_trick((struct geometry){ 48, 0, 1 });
}

/*
 * Beyond the realm's IPA space, and beyond what the CPU can address.
 * @test REC_ABORT.address_size
 */
TEST(isolation, beyond_the_ipa_space, ONCE)
{
	static const uint64_t far[] = { 1UL << 39, 1UL << 40, 1UL << 47 };
	struct rec *c = puppet();
	unsigned int i;

	/* stage 1 itself: no such physical address */
	obey(c, OP_ACCESS, ACC_LDR_X, 1UL << 48, CANARY);
	expect_abort(c, false, 0);
	for (i = 0; i < ARRAY_SIZE(far); i++)
		try(c, MMU_OFF, far[i] | PUPPET_SCRATCH);
	realm_mmu_on(c);
	for (i = 0; i < ARRAY_SIZE(far); i++) {
		try(c, PLAIN, far[i] | PUPPET_SCRATCH);
		try(c, NS_BIT, far[i] | PUPPET_SCRATCH);
		try(c, NS_TABLE, far[i] | PUPPET_SCRATCH);
	}
	EXPECT_EQ(report_far(c), PUPPET_WINDOW_BLOCK(2));
}

/* ---- what the host maps for the realm ---- */

#define ATTR_DEVICE	0
#define ATTR_NORMAL_NC	5
#define ATTR_NORMAL_WB	6
#define S2AP_NONE	0
#define S2AP_READ	1
#define S2AP_WRITE	2
#define S2AP_BOTH	3

static void map_unprotected(struct realm *r, uint64_t ipa, int64_t level,
			    uint64_t desc)
{
	realm_tables(r, ipa, level);
	ASSERT_OK(RMI_RTT_MAP_UNPROTECTED, r->rd, ipa, (uint64_t)level, desc);
}

static void unmap_unprotected(struct realm *r, uint64_t ipa, int64_t level)
{
	ASSERT_OK(RMI_RTT_UNMAP_UNPROTECTED, r->rd, ipa, (uint64_t)level);
}

/*
 * MAP_UNPROTECTED takes any address; the bus refuses the access. The host is
 * told, without the address, and the realm gets an abort in place of data.
 * @test REC_ABORT.external
 */
static bool is_external(uint64_t fsc)
{
	return fsc == FSC_SEA || (fsc & 0x3c) == FSC_SEA_WALK;
}

/* An error that the host has deferred stays its own, and does not reach the realm. */
TEST(isolation, deferred_error_of_the_host, ONCE)
{
	uint64_t disr = 1UL << 31 | 3UL << 10 | 0x11;
	struct rec *c = puppet();

	sysreg_write("disr_el1", disr);
	obey(c, OP_TLBI);
	EXPECT_EQ(report_exceptions(c), 0);
	obey(c, OP_TLBI);
	EXPECT_EQ(report_exceptions(c), 0);
	EXPECT_EQ(sysreg_read("disr_el1"), disr);
	sysreg_write("disr_el1", 0);
}

static void expect_bus_error(struct rec *c)
{
	struct rmi_rec_exit want = exit_of(RMI_EXIT_SYNC);

	EXPECT(is_external(ESR_FSC(c->run->exit.esr)));
	want.esr = (uint64_t)EC_DABT_LOWER << 26 |
		   (c->run->exit.esr & ESR_EA) | ESR_FSC(c->run->exit.esr);
	expect_exit(c, &want);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	expect_abort(c, false, FSC_SEA);
}

static void secure_as_shared(struct rec *c, uint64_t pa, uint64_t attr)
{
	uint64_t ipa = realm_top(c->realm) | PUPPET_HOLE, va;

	map_unprotected(c->realm, ipa, 3, RTT_DESC(pa, attr, S2AP_BOTH));
	va = realm_window(c, 0, ipa | DESC_NORMAL);
	order(c, OP_ACCESS, ACC_LDR_X, va, CANARY);
	expect_bus_error(c);
	EXPECT_EQ(report(c, 1), CANARY);
	order(c, OP_ACCESS, ACC_STR_X, va, 0xBAD);
	expect_bus_error(c);
	obey(c, OP_EXEC, va);
	expect_abort(c, true, FSC_SEA);
	unmap_unprotected(c->realm, ipa, 3);
}

TEST(isolation, host_maps_secure_pages, BOTH)
{
	static const uint64_t attrs[] = {
		ATTR_DEVICE, ATTR_NORMAL_NC, ATTR_NORMAL_WB
	};
	const uint64_t fixed[] = {
		MONITOR_BASE, EL3_BASE, SECURE_RAM_BASE, SECURE_FLASH,
		SECURE_UART, HOLE, DRAM_BASE + DRAM_SIZE, pool_base(),
		pool_base() + pool_size() - PAGE, (1UL << 47) | PAGE,
	};
	const struct zoo *z = zoo_new();
	struct rec *c = puppet();
	unsigned int i, a;

	realm_mmu_on(c);
	for (a = 0; a < ARRAY_SIZE(attrs); a++) {
		/* delegated normal memory stays the host's own, see ADR 0001 */
		for (i = 0; i < G_STATES && granule_source() == SOURCE_POOL; i++) {
			test_label(state_names[i]);
			secure_as_shared(c, z->pa[i], attrs[a]);
		}
		for (i = 0; i < ARRAY_SIZE(fixed); i++) {
			test_label("secure memory, devices, holes");
			secure_as_shared(c, fixed[i], attrs[a]);
		}
		test_label(NULL);
	}
}

/* By blocks, with the realm's own secret inside. */
TEST(isolation, host_maps_secure_blocks, ONCE)
{
	struct rec *c = puppet();
	struct realm *r = c->realm;
	uint64_t pa = rtt_read(r, PUPPET_SCRATCH, 3).desc;
	int64_t level;

	realm_store(c, PUPPET_SCRATCH, SECRET);
	realm_mmu_on(c);
	for (level = 1; level <= 2; level++) {
		uint64_t span = level_span(level), ipa = realm_top(r) + 4 * GIB, va;

		map_unprotected(r, ipa, level, RTT_DESC(pa & ~(span - 1),
							ATTR_NORMAL_WB, S2AP_BOTH));
		va = realm_window(c, 0, (ipa + (pa & (span - 1))) | DESC_NORMAL);
		order(c, OP_ACCESS, ACC_LDR_X, va, CANARY);
		expect_bus_error(c);
		EXPECT_EQ(report(c, 1), CANARY);
		order(c, OP_ACCESS, ACC_STR_X, va, 0xBAD);
		expect_bus_error(c);
		unmap_unprotected(r, ipa, level);
	}
	EXPECT_EQ(realm_load(c, PUPPET_SCRATCH), SECRET);
}

/* The walk of stage 1 is an access as well. */
TEST(isolation, host_maps_secure_page_as_table, ONCE)
{
	struct rec *other = puppet(), *c = puppet();
	uint64_t ipa = realm_top(c->realm) | PUPPET_HOLE, va;
	uint64_t pa = rtt_read(other->realm, PUPPET_SCRATCH, 3).desc;

	realm_store(other, PUPPET_SCRATCH, (ipa + PAGE) | DESC_NORMAL);
	realm_mmu_on(c);
	map_unprotected(c->realm, ipa, 3, RTT_DESC(pa, ATTR_NORMAL_WB, S2AP_BOTH));
	va = realm_window_block(c, 1, ipa | DESC_TABLE | DESC_NSTABLE);
	order(c, OP_ACCESS, ACC_LDR_X, va, CANARY);
	expect_bus_error(c);
	EXPECT_EQ(report(c, 1), CANARY);
	EXPECT_EQ(realm_load(other, PUPPET_SCRATCH), (ipa + PAGE) | DESC_NORMAL);
}

/*
 * Permissions of the host hold; what they forbid looks like MMIO.
 * @test REC_ABORT.permission
 */
static void expect_permission_exit(struct rec *c, uint64_t ipa)
{
	ASSERT_EQ(c->run->exit.exit_reason, RMI_EXIT_SYNC);
	EXPECT_EQ(ESR_EC(c->run->exit.esr), EC_DABT_LOWER);
	EXPECT_EQ(ESR_FSC(c->run->exit.esr), FSC_PERMISSION + 3);
	EXPECT_EQ(c->run->exit.hpfar, HPFAR(ipa));
	EXPECT_EQ(c->run->exit.far, 8);
	c->run->enter.flags = RMI_ENTER_INJECT_SEA;
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	expect_abort(c, false, FSC_SEA);
}

static void with_permission(struct rec *c, uint64_t s2ap)
{
	uint64_t ipa = realm_top(c->realm) | PUPPET_HOLE, va, *page = ns_page();

	page[1] = SECRET;
	map_unprotected(c->realm, ipa, 3,
			RTT_DESC(page, ATTR_NORMAL_WB, s2ap));
	va = realm_window(c, 0, ipa | DESC_NORMAL);
	order(c, OP_ACCESS, ACC_LDR_X, va + 8, CANARY);
	if (!(s2ap & S2AP_READ))
		expect_permission_exit(c, ipa);
	expect_ordered(c);
	EXPECT_EQ(report(c, 1), s2ap & S2AP_READ ? SECRET : CANARY);
	order(c, OP_ACCESS, ACC_STR_X, va + 8, 0x77);
	if (!(s2ap & S2AP_WRITE))
		expect_permission_exit(c, ipa);
	expect_ordered(c);
	EXPECT_EQ(page[1], s2ap & S2AP_WRITE ? 0x77 : SECRET);
	obey(c, OP_EXEC, va);
	expect_abort(c, true, FSC_SEA);
	unmap_unprotected(c->realm, ipa, 3);
}

TEST(isolation, host_permissions, BOTH)
{
	static const char *const labels[] = { "none", "read", "write", "both" };
	struct rec *c = puppet();
	uint64_t s2ap;

	realm_mmu_on(c);
	for (s2ap = S2AP_NONE; s2ap <= S2AP_BOTH; s2ap++) {
		test_label(labels[s2ap]);
		with_permission(c, s2ap);
	}
	test_label(NULL);
}

/*
 * Nothing that the host can change is ever executed, by any mapping.
 * @test RTT_MAP_UNPROTECTED.success
 */
static void exec_refused(struct rec *c, uint64_t va)
{
	obey(c, OP_EXEC, va);
	expect_abort(c, true, FSC_SEA);
	EXPECT_EQ(report(c, 1), va);
}

#define INSN_MOV_X0_1	0xd2800020UL
#define INSN_RET	0xd65f03c0UL
#define CODE		(INSN_MOV_X0_1 | INSN_RET << 32)

static void exec_shared(uint64_t everywhere)
{
	uint64_t *block = ns_pages(512, BLOCK), va;
	struct rec *c = puppet();
	struct realm *r = c->realm;
	uint64_t page_at = realm_top(r) | PUPPET_HOLE;
	uint64_t block_at = realm_top(r) | PUPPET_NEXT_BLOCK;

	block[0] = CODE;
	realm_share(r, page_at, block);
	realm_share_block(r, block_at, block);
	exec_refused(c, page_at);	/* MMU off */
	exec_refused(c, block_at);
	realm_mmu_on_with(c, everywhere);
	exec_refused(c, realm_window(c, 0, page_at | DESC_NORMAL | everywhere));
	/* healed by a load, then fetched from */
	va = realm_window(c, 1, page_at | DESC_NORMAL | everywhere);
	EXPECT_EQ(realm_load(c, va), CODE);
	exec_refused(c, va);
	exec_refused(c, realm_window(c, 2, page_at | DESC_NORMAL | DESC_NS));
	va = realm_window_block(c, 1, block_at | DESC_NORMAL_BLOCK | everywhere);
	exec_refused(c, va);
	EXPECT_EQ(realm_load(c, va), CODE);
	exec_refused(c, va);
}

TEST(isolation, no_execution_of_shared_memory, BOTH)
{
	exec_shared(0);
}

TEST(isolation, no_execution_with_ns_bit_everywhere, BOTH)
{
	exec_shared(DESC_NS);
}

/* The same instructions in the realm's own memory do run. */
TEST(isolation, execution_of_own_memory, ONCE)
{
	struct rec *c = puppet();

	realm_store(c, PUPPET_SCRATCH, CODE);
	obey(c, OP_EXEC, PUPPET_SCRATCH);
	EXPECT_EQ(report_exceptions(c), 0);
	EXPECT_EQ(report(c, 1), 1);
}

/*
 * A table in shared memory, which the host rewrites under the realm's feet:
 * whatever it says, it leads to shared memory or nowhere.
 */
TEST(isolation, table_that_the_host_rewrites, BOTH)
{
	struct rec *c = puppet();
	uint64_t half = realm_top(c->realm), ipa = half | PUPPET_HOLE, va, i;
	uint64_t *table = ns_page(), *page = ns_page();
	const uint64_t aims[] = {
		PUPPET_SCRATCH, PUPPET_SCRATCH | DESC_NS, PUPPET_BASE,
		PUPPET_TABLE(PT_L1), PUPPET_HOLE,
		rtt_read(c->realm, PUPPET_SCRATCH, 3).desc,
	};

	page[0] = 0x77;
	realm_store(c, PUPPET_SCRATCH, SECRET);
	realm_share(c->realm, ipa, table);
	realm_share(c->realm, ipa + PAGE, page);
	realm_mmu_on(c);
	va = realm_window_block(c, 1, ipa | DESC_TABLE | DESC_NSTABLE);
	for (i = 0; i < ARRAY_SIZE(aims); i++) {
		table[0] = (ipa + PAGE) | DESC_NORMAL;
		obey(c, OP_TLBI);
		EXPECT_EQ(realm_load(c, va), 0x77);
		EXPECT_EQ(report_exceptions(c), 0);
		table[0] = aims[i] | DESC_NORMAL;
		obey(c, OP_TLBI);
		obey(c, OP_ACCESS, ACC_LDR_X, va, CANARY);
		EXPECT_EQ(report_exceptions(c), 1);
		EXPECT_EQ(report(c, 1), CANARY);
		obey(c, OP_ACCESS, ACC_STR_X, va, 0xBAD);
		EXPECT_EQ(report_exceptions(c), 1);
		/* the monitor writes nothing there: it is not the realm's */
		EXPECT_EQ(table[0], aims[i] | DESC_NORMAL);
	}
	EXPECT_EQ(realm_load(c, PUPPET_SCRATCH), SECRET);
}

/* ---- what is taken away while a realm uses it (threat T11) ---- */

/*
 * A REC on CPU 1 that writes to one page over and over, without an exit of its
 * own: what ends that is the page's disappearance, and nothing else may. That
 * the REC loses what is taken away is for t_tlb.c; here it is about the page.
 */
#define PATIENCE_US	10000000

struct user {
	struct rec *rec;
	uint64_t reason;
	unsigned int done;
};

static void use_page(void *arg)
{
	struct user *u = arg;

	u->reason = rec_run(u->rec);
	__atomic_store_n(&u->done, 1, __ATOMIC_RELEASE);
}

static void start_user(struct user *u, struct rec *c, uint64_t va)
{
	const uint64_t args[24] = { OP_TOUCH, va, 1UL << 60, 0, 1 };

	*u = (struct user){ .rec = c };
	memcpy(c->run->enter.gprs, args, sizeof(args));
	cpu_run(1, use_page, u);
}

/* Waits for the exit; a REC that runs on is brought out by an interrupt. */
static void expect_user_stopped(struct user *u)
{
	uint64_t end = timer_now() + timer_us(PATIENCE_US);

	while (!__atomic_load_n(&u->done, __ATOMIC_ACQUIRE) && timer_now() < end)
		cpu_relax();
	if (!EXPECT(u->done))
		gic_send_sgi(1, 2);
	cpu_wait(1);
}

static void wait_us(uint64_t us)
{
	uint64_t end = timer_now() + timer_us(us);

	while (timer_now() < end)
		cpu_relax();
}

/* The realm is at work there. */
static void wait_for_change(const uint64_t *word)
{
	uint64_t was = __atomic_load_n(word, __ATOMIC_ACQUIRE);
	uint64_t end = timer_now() + timer_us(PATIENCE_US);

	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == was && timer_now() < end)
		cpu_relax();
	EXPECT(timer_now() < end);
}

/* After UNMAP has returned, not one more write.  @test RTT.tlb */
static void unmap_in_use(int64_t level)
{
	struct rec *c = puppet();
	uint64_t ipa = realm_top(c->realm) | PUPPET_NEXT_BLOCK, seen;
	uint64_t *page = ns_pages(512, BLOCK), span = level_span(level);
	struct user u;

	realm_mmu_on(c);
	map_unprotected(c->realm, ipa & ~(span - 1), level,
			rtt_desc((uint64_t)page));
	start_user(&u, c, realm_window(c, 0, ipa | DESC_NORMAL));
	wait_for_change(&page[1]);
	unmap_unprotected(c->realm, ipa, level);
	seen = __atomic_load_n(&page[1], __ATOMIC_ACQUIRE);
	expect_user_stopped(&u);
	EXPECT_EQ(u.reason, RMI_EXIT_SYNC);
	EXPECT_EQ(c->run->exit.hpfar, HPFAR(ipa));
	EXPECT_EQ(page[1], seen);
}

TEST(isolation, no_write_after_unmap, BOTH)
{
	unmap_in_use(3);
	unmap_in_use(2);
}

/* A realm with RAM at PUPPET_HOLE and nothing behind it. */
static struct rec *next_owner(void)
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	struct rec *c;

	puppet_load(r);
	realm_ram(r, PUPPET_HOLE, PUPPET_HOLE + PAGE);
	c = rec_new(r, true);
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	return c;
}

/* Protected memory goes to another realm: it is empty there, and stays so. */
TEST(isolation, data_passed_on_in_use, BOTH)
{
	struct rec *c = puppet(), *next = next_owner();
	struct realm *r = c->realm;
	uint64_t pa = rtt_read(r, PUPPET_SCRATCH, 3).desc;
	struct user u;

	start_user(&u, c, PUPPET_SCRATCH);
	wait_us(20000);
	ASSERT_OK(RMI_DATA_DESTROY, r->rd, PUPPET_SCRATCH);
	ASSERT_OK(RMI_DATA_CREATE_UNKNOWN, next->realm->rd, pa, PUPPET_HOLE);
	wait_us(20000);
	obey(next, OP_ZEROS, PUPPET_HOLE, PAGE);
	EXPECT_EQ(report(next, 1), PAGE / 8);
	expect_user_stopped(&u);
	EXPECT_EQ(u.reason, RMI_EXIT_SYNC);
	EXPECT_EQ(c->run->exit.hpfar, HPFAR(PUPPET_SCRATCH));
	expect_entry(r, PUPPET_SCRATCH, 3, RMI_RTTE_UNASSIGNED,
		     RMI_RIPAS_DESTROYED);
}

/* Fold and unfold under a realm's hands lose nothing it writes. */
TEST(isolation, fold_in_use, ONCE)
{
	struct rec *c = puppet();
	uint64_t ipa = realm_top(c->realm) | PUPPET_NEXT_BLOCK, table, i;
	uint64_t *page = ns_pages(512, BLOCK);
	struct user u;

	realm_mmu_on(c);
	realm_share_block(c->realm, ipa, page);
	table = granule_new();
	start_user(&u, c, realm_window(c, 0, ipa | DESC_NORMAL));
	for (i = 0; i < 50; i++) {
		ASSERT_OK(RMI_RTT_CREATE, c->realm->rd, table, ipa, 3);
		wait_for_change(&page[1]);
		ASSERT_OK(RMI_RTT_FOLD, c->realm->rd, ipa, 3);
		wait_for_change(&page[1]);
	}
	EXPECT_EQ(u.done, 0);
	unmap_unprotected(c->realm, ipa, 2);
	expect_user_stopped(&u);
	EXPECT_EQ(u.reason, RMI_EXIT_SYNC);
}

/* ---- what is left in pages (@test PTR.wipe) ---- */

static unsigned int nonzero_words(const uint64_t *page)
{
	unsigned int i, n = 0;

	for (i = 0; i < PAGE / 8; i++)
		n += page[i] != 0;
	return n;
}

/* One granule of each kind, with secrets in it; the realm is gone then. */
#define USED		10

static void use_granules(uint64_t pa[USED])
{
	struct rec *c = puppet_of((struct puppet_options){
		.g = GEOMETRY_DEFAULT, .recs = 1,
		.sve = !!(features() & RMI_F0_SVE_EN) });
	struct realm *r = c->realm;

	obey(c, OP_FILL, PUPPET_SCRATCH, PAGE, 1);
	obey(c, OP_SIMD, c->realm->params->flags & RMI_REALM_SVE ? SVE_SET :
							      SIMD_SET, 3);
	realm_msr(c, REG_TPIDR_EL0, SECRET);
	pa[0] = r->rd;
	pa[1] = r->rtt;
	pa[2] = rtt_read(r, PUPPET_BASE, 2).desc;	/* the table of level 3 */
	pa[3] = c->pa;
	memcpy(&pa[4], c->params->aux, 5 * sizeof(pa[0]));
	pa[9] = rtt_read(r, PUPPET_SCRATCH, 3).desc;
	ASSERT_OK(RMI_REC_DESTROY, c->pa);
	realm_strip(r->rd, r->g);
	ASSERT_OK(RMI_REALM_DESTROY, r->rd);
}

static const char *const used_names[USED] = {
	"RD", "root", "RTT", "REC", "aux 0", "aux 1", "aux 2",
	"aux 3", "aux 4", "DATA",
};

/* The host's page says nothing, neither of the realm nor of before. */
TEST(isolation, shadow_pages_come_back_zeroed, SHADOWED)
{
	uint64_t pa[USED];
	unsigned int i;

	use_granules(pa);
	for (i = 0; i < USED; i++) {
		test_label(used_names[i]);
		((uint64_t *)pa[i])[5] = 0xBAD;
		ASSERT_OK(RMI_GRANULE_UNDELEGATE, pa[i]);
		EXPECT_EQ(nonzero_words((const uint64_t *)pa[i]), 0);
	}
	test_label(NULL);
}

/* The next owner: a realm that gets the page as memory of unknown content. */
static void expect_zeros(const uint64_t pa[USED])
{
	struct realm *r = realm_new(GEOMETRY_DEFAULT);
	struct rec *c;
	uint64_t i;

	puppet_load(r);
	realm_ram(r, PUPPET_HOLE, PUPPET_HOLE + USED * PAGE);
	for (i = 0; i < USED; i++)
		ASSERT_OK(RMI_DATA_CREATE_UNKNOWN, r->rd, pa[i],
			  PUPPET_HOLE + i * PAGE);
	c = rec_new(r, true);
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	for (i = 0; i < USED; i++) {
		test_label(used_names[i]);
		obey(c, OP_ZEROS, PUPPET_HOLE + i * PAGE, PAGE);
		EXPECT_EQ(report(c, 1), PAGE / 8);
	}
	test_label(NULL);
}

TEST(isolation, next_realm_finds_zeros, BOTH)
{
	uint64_t pa[USED];

	use_granules(pa);
	expect_zeros(pa);
}

TEST(isolation, next_realm_finds_zeros_after_undelegation, BOTH)
{
	uint64_t pa[USED];
	unsigned int i;

	use_granules(pa);
	for (i = 0; i < USED; i++)
		ASSERT_OK(RMI_GRANULE_UNDELEGATE, pa[i]);
	for (i = 0; i < USED; i++)
		ASSERT_OK(RMI_GRANULE_DELEGATE, pa[i]);
	expect_zeros(pa);
}
