/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Secure stage 2: Secure IPAs through VSTTBR_EL2 and VSTCR_EL2, Non-secure
 * ones through VTTBR_EL2 and VTCR_EL2, which also holds the VMID and what both
 * have in common (Arm ARM D24.2.222, D24.2.224).
 */
#include "arch/sel2/stage2.h"
#include "arch/aarch64/features.h"
#include "arch/aarch64/regs.h"
#include "arch/aarch64/sysreg.h"
#include "arch/sel2/cpu.h"

/* TLBI by IPA: bit 63 names the Non-secure IPA space (Arm ARM C5.5.14) */
#define TLBI_NS			BIT(63)
/* TLBI by range (C5.5.22): 4 KiB granule, SCALE 45:44, NUM 43:39 */
#define TLBI_RANGE_TG_4K	BIT(46)
#define TLBI_RANGE_SCALE_SHIFT	44
#define TLBI_RANGE_NUM_SHIFT	39
#define TLBI_RANGE_MAX		(UINT64_C(32) << 16)	/* pages of one operation */

/* Above this many operations the whole VMID goes: cheaper than the broadcast. */
#define TLBI_MAX_OPS		64

static uint64_t geometry(const struct hal_stage2_tree *t)
{
	/* SL0 for 4 KiB granules: level 2, 1, 0 are 0, 1, 2 */
	return (64U - t->ipa_width) |
	       (uint64_t)(2 - t->start_level) << VTCR_SL0_SHIFT;
}

/*
 * HA = HD = 0: no hardware update of our tables. NSA = 1, NSW = 0: the
 * unprotected tree lies in Secure memory and leads to Non-secure memory only.
 */
static uint64_t vtcr(const struct hal_stage2 *s2)
{
	return geometry(&s2->unprot) | VTCR_IRGN0_WBWA | VTCR_ORGN0_WBWA |
	       VTCR_SH0_INNER | VTCR_NSA | VTCR_RES1 |
	       (uint64_t)features.pa_range << VTCR_PS_SHIFT |
	       (features.hal.vmid_bits == 16 ? VTCR_VS : 0);
}

static uint64_t vttbr(const struct hal_stage2 *s2)
{
	return s2->unprot.root.v | (uint64_t)s2->vmid << VTTBR_VMID_SHIFT;
}

void stage2_load(const struct hal_stage2 *s2)
{
	write_sysreg(vtcr_el2, vtcr(s2));
	write_sysreg(vttbr_el2, vttbr(s2));
	/* SA = SW = 0: tables and output Secure. */
	write_sysreg(vstcr_el2, geometry(&s2->prot) | VTCR_RES1);
	write_sysreg(vsttbr_el2, s2->prot.root.v);
}

void hal_stage2_publish(void)
{
	/*
	 * An entry that faults is in no TLB (Arm ARM D8.17, I_WZCBG): it is
	 * enough that every walker of the domain sees the store. No ISB: this
	 * CPU uses the entry after an ERET.
	 */
	dsb(ishst);
}

/*
 * TLBI at S-EL2 works on the VMID in VTTBR_EL2, read with the size that
 * VTCR_EL2.VS gives it (Arm ARM D8.16.3.3). When no vcpu is loaded both are the
 * host's. No walk can use the mixture: EL1&0 is out of context at EL2 (D8.1.5).
 */
struct vmid_saved {
	uint64_t vtcr, vttbr;
	bool changed;
};

static struct vmid_saved vmid_enter(const struct hal_stage2 *s2)
{
	struct vmid_saved saved = {
		.vttbr = read_sysreg(vttbr_el2),
		.changed = true,
	};

	if (this_cpu()->loaded != NULL && saved.vttbr == vttbr(s2)) {
		saved.changed = false;
		return saved;
	}
	saved.vtcr = read_sysreg(vtcr_el2);
	write_sysreg(vtcr_el2, vtcr(s2));
	write_sysreg(vttbr_el2, vttbr(s2));
	isb();
	return saved;
}

/* After a DSB that completed the TLBIs */
static void vmid_leave(const struct vmid_saved *saved)
{
	if (saved->changed) {
		write_sysreg(vtcr_el2, saved->vtcr);
		write_sysreg(vttbr_el2, saved->vttbr);
	}
	isb();
}

/*
 * Largest operations first: one covers (NUM + 1) << (5 * SCALE + 1) pages.
 * A lone last page is beyond its grid and takes the plain form.
 */
static void invalidate_ranges(uint64_t page, uint64_t pages, uint64_t ns)
{
	for (unsigned int scale = 3; pages > 1; scale--) {
		uint64_t num = (pages >> (5 * scale + 1)) & 0x1f;

		if (num != 0) {
			tlbi_va(ripas2e1is,
				ns | TLBI_RANGE_TG_4K | page |
				(uint64_t)scale << TLBI_RANGE_SCALE_SHIFT |
				(num - 1) << TLBI_RANGE_NUM_SHIFT);
			page += num << (5 * scale + 1);
			pages -= num << (5 * scale + 1);
		}
		if (scale == 0)
			break;
	}
	if (pages != 0)
		tlbi_va(ipas2e1is, ns | page);
}

static void invalidate_pages(uint64_t page, uint64_t pages, uint64_t ns)
{
	for (; pages != 0; page++, pages--)
		tlbi_va(ipas2e1is, ns | page);
}

/*
 * The sequence of Arm ARM D8.17.6.1. TLBI by IPA removes what stage 2 alone has
 * left in a TLB; entries that combine both stages are found by VA or VMID only,
 * hence the VMALLE1IS. The DSB before it keeps a combined entry from being made
 * of a stage 2 entry that is still there (R_TGVWD: TLBIs are not ordered).
 */
void hal_stage2_invalidate(const struct hal_stage2 *s2, ipa_t base,
			   uint64_t size, bool is_protected)
{
	uint64_t page = base.v >> PAGE_SHIFT;
	uint64_t pages = size >> PAGE_SHIFT;
	uint64_t ns = is_protected ? 0 : TLBI_NS;
	struct vmid_saved saved;

	dsb(ishst);
	saved = vmid_enter(s2);
	if (features.tlb_range && pages < TLBI_RANGE_MAX) {
		invalidate_ranges(page, pages, ns);
	} else if (pages <= TLBI_MAX_OPS) {
		invalidate_pages(page, pages, ns);
	} else {
		tlbi(vmalls12e1is);
		dsb(ish);
		vmid_leave(&saved);
		return;
	}
	dsb(ish);
	tlbi(vmalle1is);
	dsb(ish);
	vmid_leave(&saved);
}

void hal_stage2_invalidate_all(const struct hal_stage2 *s2)
{
	struct vmid_saved saved;

	dsb(ishst);
	saved = vmid_enter(s2);
	tlbi(vmalls12e1is);
	dsb(ish);
	vmid_leave(&saved);
}
