/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The emulator itself. QEMU without our series (qemu/patches) has no virtual
 * GIC CPU interface in Secure EL1: realms boot on it and lose their first
 * interrupt. So these tests come first, and their messages name the patch.
 *
 * Without HCR_EL2.TEA a realm takes aborts that its host has caused, and the
 * host hears nothing. The remaining fix, HPFAR_EL2.NS, shows neither to a host
 * nor to a realm: the monitor masks the bit, and finds out by its own walk
 * which half was meant.
 */
#include "host/stage1.h"

#define NO_PATCH_1	"this emulator lacks qemu/patches/0001: ICC_* of " \
			"Secure EL1 is not virtual"
#define NO_PATCH_3	"this emulator lacks qemu/patches/0003: HCR_EL2.TEA " \
			"does nothing"
#define LR_PENDING	(1UL << 62)
#define LR_GROUP1	(1UL << 60)
#define LR_PRIORITY(p)	((uint64_t)(p) << 48)
#define HCR_TDIR	(1UL << 14)
#define INTID		40

/* A list register interrupt is acknowledged by its number, and ended. */
TEST(emulator, virtual_interrupt_is_acknowledged, ONCE)
{
	struct rec *c = puppet();

	test_label(NO_PATCH_1);
	c->run->enter.gicv3_lrs[0] = LR_PENDING | LR_GROUP1 |
				     LR_PRIORITY(0x80) | INTID;
	obey(c, OP_IRQ, 1, IRQ_EOI, 100000);
	ASSERT_EQ(report(c, 1), 1);
	/* unfixed: 1023, the physical interface has nothing pending */
	EXPECT_EQ(report(c, 2), INTID);
	EXPECT_EQ(c->run->exit.gicv3_lrs[0] >> 62, 0);
}

/* The realm's priority mask is its own; the host's stays where it was. */
TEST(emulator, virtual_priority_mask, ONCE)
{
	struct rec *c = puppet();

	test_label(NO_PATCH_1);
	realm_msr(c, REG_ICC_PMR_EL1, 0x48);
	EXPECT_EQ(realm_mrs(c, REG_ICC_PMR_EL1), 0x48);
	EXPECT_EQ(sysreg_read("s3_0_c4_c6_0"), 0xf8);
	realm_msr(c, REG_ICC_PMR_EL1, 0xff);
}

/* ICH_HCR_EL2.TDIR traps in Secure state, too. */
TEST(emulator, dir_write_traps, ONCE)
{
	struct rec *c = puppet();

	test_label(NO_PATCH_1);
	c->run->enter.gicv3_hcr = HCR_TDIR;
	EXPECT_EQ(order(c, OP_MSR, REG_ICC_DIR_EL1, INTID), RMI_EXIT_SYNC);
	EXPECT_EQ(ESR_EC(c->run->exit.esr), EC_SYSREG);
	EXPECT_EQ(c->run->exit.gprs[0], INTID);
}

/* What the bus refuses to a realm comes to EL2, data and table walk alike. */
TEST(emulator, external_abort_exits, ONCE)
{
	struct rec *c = puppet();
	uint64_t ipa = realm_top(c->realm) | PUPPET_HOLE, va;

	test_label(NO_PATCH_3);
	realm_share(c->realm, ipa, (void *)MONITOR_BASE);
	realm_mmu_on(c);
	va = realm_window(c, 0, ipa | DESC_NORMAL);
	EXPECT_EQ(order(c, OP_ACCESS, ACC_LDR_X, va), RMI_EXIT_SYNC);
	EXPECT_EQ(ESR_FSC(c->run->exit.esr), FSC_SEA);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	va = realm_window_block(c, 1, ipa | DESC_TABLE | DESC_NSTABLE);
	EXPECT_EQ(order(c, OP_ACCESS, ACC_LDR_X, va), RMI_EXIT_SYNC);
	EXPECT_EQ(ESR_FSC(c->run->exit.esr) & 0x3c, 0x14);
}
