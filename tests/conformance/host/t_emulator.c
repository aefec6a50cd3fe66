/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The emulator itself. QEMU without our series (qemu/patches) has no virtual
 * GIC CPU interface in Secure EL1: realms boot on it and lose their first
 * interrupt. So these tests come first, and their messages name the patch.
 *
 * The other fix, HPFAR_EL2.NS, shows neither to a host nor to a realm: the
 * monitor masks the bit, and finds out by its own walk which half was meant.
 */
#include "host/realm.h"

#define NO_PATCH_1	"this emulator lacks qemu/patches/0001: ICC_* of " \
			"Secure EL1 is not virtual"
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
