/* SPDX-License-Identifier: BSD-3-Clause */
/* Accesses to the unprotected half that the host carries out. */
#include "host/refuse.h"

#define OFFSET	0x348

struct access_row {
	enum access access;
	bool write;
	uint64_t esr;		/* ISV, SAS, SF, WnR as exposed */
	uint64_t value;		/* what the realm gets, or the host is shown */
	const char *name;
};

#define ISV	(1UL << 24)
#define SAS(n)	((uint64_t)(n) << 22)
#define SF	(1UL << 15)
#define WNR	(1UL << 6)
#define VALUE	0x88f7f6f5e4e3e2e1UL	/* each part has its sign bit set */

static const struct access_row rows[] = {
	{ ACC_LDRB_W, false, ISV | SAS(0), 0xe1, "ldrb" },
	{ ACC_LDRH_W, false, ISV | SAS(1), 0xe2e1, "ldrh" },
	{ ACC_LDR_W, false, ISV | SAS(2), 0xe4e3e2e1, "ldr w" },
	{ ACC_LDR_X, false, ISV | SAS(3) | SF, VALUE, "ldr x" },
	{ ACC_LDRSB_W, false, ISV | SAS(0), 0xffffffe1, "ldrsb w" },
	{ ACC_LDRSB_X, false, ISV | SAS(0) | SF, 0xffffffffffffffe1, "ldrsb x" },
	{ ACC_LDRSH_W, false, ISV | SAS(1), 0xffffe2e1, "ldrsh w" },
	{ ACC_LDRSH_X, false, ISV | SAS(1) | SF, 0xffffffffffffe2e1, "ldrsh x" },
	{ ACC_LDRSW_X, false, ISV | SAS(2) | SF, 0xffffffffe4e3e2e1, "ldrsw" },
	{ ACC_STRB, true, ISV | SAS(0) | WNR, 0xe1, "strb" },
	{ ACC_STRH, true, ISV | SAS(1) | WNR, 0xe2e1, "strh" },
	{ ACC_STR_W, true, ISV | SAS(2) | WNR, 0xe4e3e2e1, "str w" },
	{ ACC_STR_X, true, ISV | SAS(3) | SF | WNR, VALUE, "str x" },
	{ ACC_STR_XZR, true, ISV | SAS(3) | SF | WNR, 0, "str xzr" },
};

static struct rmi_rec_exit emulatable(const struct access_row *row, uint64_t ipa)
{
	struct rmi_rec_exit want = exit_of(RMI_EXIT_SYNC);

	want.esr = (uint64_t)EC_DABT_LOWER << 26 | row->esr;
	want.far = ipa & (PAGE - 1);
	want.hpfar = HPFAR(ipa);
	want.gprs[0] = row->write ? row->value : 0;
	return want;
}

/* One access, its exit and its end; `va` translates to ipa. */
static void emulate(struct rec *c, const struct access_row *row, uint64_t va,
		    uint64_t ipa)
{
	struct rmi_rec_exit want = emulatable(row, ipa);

	test_label(row->name);
	ASSERT_EQ(order(c, OP_ACCESS, row->access, va, VALUE), RMI_EXIT_SYNC);
	/* the level of the fault is the depth of the tree, not ours to fix */
	EXPECT_EQ(ESR_FSC(c->run->exit.esr) & ~3UL, FSC_TRANSLATION);
	want.esr |= ESR_FSC(c->run->exit.esr);
	expect_exit(c, &want);
	/* not emulated: the same access again */
	ASSERT_EQ(rec_run(c), RMI_EXIT_SYNC);
	expect_exit(c, &want);
	c->run->enter.flags = RMI_ENTER_EMUL_MMIO;
	memset(c->run->enter.gprs, 0xee, sizeof(c->run->enter.gprs));
	c->run->enter.gprs[0] = VALUE;
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	EXPECT_EQ(report_exceptions(c), 0);
	if (!row->write)
		EXPECT_EQ(report(c, 1), row->value);
	test_label(NULL);
}

/*
 * With the MMU on, through a descriptor that has only the top bit set.
 * @test REC_EXIT.{emulatable_read,emulatable_write,no_srt}
 * @test REC_ENTRY.{emul_mmio_read,emul_mmio_write}
 * @test REC_ABORT.emulatable
 */
TEST(mmio, all_sizes, ONCE)
{
	struct rec *c = puppet();
	uint64_t ipa = realm_top(c->realm) | 0x9000000, va;
	unsigned int i;

	realm_mmu_on(c);
	va = realm_window(c, 1, ipa | DESC_NORMAL);
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		emulate(c, &rows[i], va + OFFSET, ipa + OFFSET);
}

/* Device memory, as a driver maps it; and bit 5 set by the realm itself. */
TEST(mmio, device_and_ns_descriptors, ONCE)
{
	struct rec *c = puppet();
	uint64_t ipa = realm_top(c->realm) | 0x9000000, va;

	realm_mmu_on(c);
	va = realm_window(c, 1, ipa | 0x70b);	/* AttrIdx 2 */
	emulate(c, &rows[3], va + OFFSET, ipa + OFFSET);
	emulate(c, &rows[12], va + OFFSET, ipa + OFFSET);
	va = realm_window(c, 2, ipa | DESC_NORMAL | DESC_NS);
	emulate(c, &rows[3], va + OFFSET, ipa + OFFSET);
	emulate(c, &rows[12], va + OFFSET, ipa + OFFSET);
}

TEST(mmio, mmu_off, ONCE)
{
	struct rec *c = puppet();
	uint64_t ipa = realm_top(c->realm) | 0x9000000;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		emulate(c, &rows[i], ipa + OFFSET, ipa + OFFSET);
}

/* A load to the zero register is emulated and leaves no trace. */
TEST(mmio, load_to_zero_register, ONCE)
{
	struct rec *c = puppet();
	uint64_t ipa = realm_top(c->realm) | 0x9000000;

	ASSERT_EQ(order(c, OP_ACCESS, ACC_LDR_XZR, ipa, 0x1234), RMI_EXIT_SYNC);
	c->run->enter.flags = RMI_ENTER_EMUL_MMIO;
	c->run->enter.gprs[0] = ~0UL;
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	EXPECT_EQ(report(c, 1), 0x1234);
}

/*
 * No syndrome, no emulation: the exit of a non-emulatable abort.
 * @test REC_ABORT.unprotected
 */
TEST(mmio, without_syndrome, ONCE)
{
	static const enum access list[] = { ACC_LDR_POST, ACC_STR_POST, ACC_LDXR };
	struct rec *c = puppet();
	uint64_t half = realm_top(c->realm), ipa = half | 0x9000000;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(list); i++) {
		struct rmi_rec_exit want = exit_of(RMI_EXIT_SYNC);

		ASSERT_EQ(order(c, OP_ACCESS, list[i], ipa, VALUE), RMI_EXIT_SYNC);
		want.esr = (uint64_t)EC_DABT_LOWER << 26 |
			   ESR_FSC(c->run->exit.esr);
		want.hpfar = HPFAR(ipa);
		expect_exit(c, &want);
		/* the way out: the host makes it the realm's own problem */
		c->run->enter.flags = RMI_ENTER_INJECT_SEA;
		ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
		expect_ordered(c);
		EXPECT_EQ(report_exceptions(c), 1);
		EXPECT_EQ(ESR_FSC(report_esr(c)), FSC_SEA);
	}
}

/*
 * inject_sea: the abort that the access would have had on a bus with nothing.
 * @test REC_ENTRY.inject_sea
 * @test REC_ENTER.mmio_or_sea
 */
TEST(mmio, inject_sea, ONCE)
{
	struct rec *c = puppet();
	uint64_t ipa = realm_top(c->realm) | 0x9000000, va;

	realm_mmu_on(c);
	va = realm_window(c, 1, ipa | DESC_NORMAL);
	ASSERT_EQ(order(c, OP_ACCESS, ACC_STR_X, va + OFFSET, VALUE), RMI_EXIT_SYNC);
	/* emul_mmio counts for nothing beside it */
	c->run->enter.flags = RMI_ENTER_INJECT_SEA | RMI_ENTER_EMUL_MMIO;
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	EXPECT_EQ(report_exceptions(c), 1);
	EXPECT_EQ(ESR_EC(report_esr(c)), EC_DABT_SAME);
	EXPECT_EQ(ESR_FSC(report_esr(c)), FSC_SEA);
	EXPECT_EQ(report_far(c), va + OFFSET);
	EXPECT_EQ(report_esr(c) >> 14 & 0x7ff, 0);	/* no syndrome in it */
	EXPECT_EQ(report_esr(c) >> 9 & 3, 1);		/* EA, FnV clear */
	EXPECT_EQ(report_esr(c) >> 6 & 1, 1);		/* WnR */
}

/* All registers but the destination are kept across an emulated load. */
TEST(mmio, registers_kept, ONCE)
{
	struct rec *c = puppet();
	uint64_t ipa = realm_top(c->realm) | 0x9000000;

	ASSERT_EQ(order(c, OP_GPRS, GPRS_LOAD, ipa), RMI_EXIT_SYNC);
	c->run->enter.flags = RMI_ENTER_EMUL_MMIO;
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
}

/*
 * What S2AP forbids is the host's to emulate as well.
 * @test REC_ABORT.permission
 */
TEST(mmio, stage_2_permissions, ONCE)
{
	struct rec *c = puppet();
	uint64_t *page = ns_page(), half = realm_top(c->realm), va, ipa;
	struct rmi_rec_exit want;

	page[OFFSET / 8] = 0x1234;
	ipa = half | PUPPET_HOLE;
	realm_tables(c->realm, ipa, 3);
	ASSERT_OK(RMI_RTT_MAP_UNPROTECTED, c->realm->rd, ipa, 3,
		  (uint64_t)page | 6UL << 2 | 1UL << 6);
	realm_mmu_on(c);
	va = realm_window(c, 1, ipa | DESC_NORMAL);
	EXPECT_EQ(realm_load(c, va + OFFSET), 0x1234);
	ASSERT_EQ(order(c, OP_ACCESS, ACC_STR_X, va + OFFSET, VALUE), RMI_EXIT_SYNC);
	want = emulatable(&rows[12], ipa + OFFSET);
	want.esr |= FSC_PERMISSION + 3;
	expect_exit(c, &want);
	EXPECT_EQ(page[OFFSET / 8], 0x1234);
	c->run->enter.flags = RMI_ENTER_EMUL_MMIO;
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	EXPECT_EQ(page[OFFSET / 8], 0x1234);
}

/*
 * The unmapped page becomes memory: the same access now just works.
 * @test RTT.tlb
 */
TEST(mmio, becomes_memory_and_back, ONCE)
{
	struct rec *c = puppet();
	uint64_t *page = ns_page(), ipa = realm_top(c->realm) | PUPPET_HOLE, va;

	realm_mmu_on(c);
	va = realm_window(c, 1, ipa | DESC_NORMAL);
	ASSERT_EQ(order(c, OP_ACCESS, ACC_STR_X, va, 0x55), RMI_EXIT_SYNC);
	realm_share(c->realm, ipa, page);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	EXPECT_EQ(page[0], 0x55);
	ASSERT_OK(RMI_RTT_UNMAP_UNPROTECTED, c->realm->rd, ipa, 3);
	ASSERT_EQ(order(c, OP_ACCESS, ACC_STR_X, va, 0x66), RMI_EXIT_SYNC);
	EXPECT_EQ(page[0], 0x55);
}

/*
 * Nothing can be executed from the unprotected half, mapped or not.
 * @test REC_ABORT.fetch
 */
TEST(mmio, fetch_is_an_abort, ONCE)
{
	struct rec *c = puppet();
	uint32_t *page = ns_page();
	uint64_t half = realm_top(c->realm), ipa = half | PUPPET_HOLE, va, i;

	page[0] = 0xd65f03c0;		/* ret */
	realm_share(c->realm, ipa, page);
	realm_mmu_on(c);
	for (i = 0; i < 2; i++) {
		va = realm_window(c, 1, (ipa + i * PAGE) | DESC_NORMAL);
		obey(c, OP_EXEC, va);
		EXPECT_EQ(report_exceptions(c), 1);
		EXPECT_EQ(ESR_EC(report_esr(c)), EC_IABT_SAME);
		EXPECT_EQ(report_far(c), va);
	}
}

/* From EL0: emulated alike, and an injected abort comes as one from below. */
TEST(mmio, from_el0, ONCE)
{
	struct rec *c = puppet();
	uint64_t ipa = realm_top(c->realm) | 0x9000000;
	struct rmi_rec_exit want = emulatable(&rows[3], ipa + OFFSET);

	ASSERT_EQ(order(c, OP_EL0_LOAD, ipa + OFFSET), RMI_EXIT_SYNC);
	want.esr |= ESR_FSC(c->run->exit.esr);
	expect_exit(c, &want);
	c->run->enter.flags = RMI_ENTER_EMUL_MMIO;
	c->run->enter.gprs[0] = VALUE;
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	EXPECT_EQ(report(c, 1), VALUE);
	ASSERT_EQ(order(c, OP_EL0_LOAD, ipa), RMI_EXIT_SYNC);
	c->run->enter.flags = RMI_ENTER_INJECT_SEA;
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	expect_ordered(c);
	EXPECT_EQ(report_exceptions(c), 1);
	EXPECT_EQ(ESR_EC(report_esr(c)), EC_DABT_LOWER);
	EXPECT_EQ(report_far(c), ipa);
	EXPECT_EQ(report_elr(c), report(c, 2));
}
