/* SPDX-License-Identifier: BSD-3-Clause */
#include "hal/vcpu.h"

#include "arch/aarch64/stage1.h"
#include "arch/aarch64/sysreg.h"
#include "hal/stat.h"
#include "lib/bits.h"

/* TLBI VAAE1IS operand: VA[55:12] in 43:0, no ASID, any level */
#define TLBI_VA_PAGE(va)	field(va, 55, 12)

/*
 * Stage 1 results may be cached although stage 2 faulted on them (Arm ARM
 * D8.16), so what was changed must be forgotten for every ASID. Neighbours of
 * the faulting leaf have VAs that are not known here, and a table descriptor
 * has many, so all of this VMID goes. Nothing changed: whoever did change the
 * descriptor forgets the rest; only this access must not fault for ever.
 */
static void forget(uint64_t va, unsigned int changed)
{
	dsb(ishst);	/* the descriptors before the invalidation */
	if (changed == 0)
		tlbi_va(vaae1is, TLBI_VA_PAGE(va));
	else
		tlbi(vmalle1is);
	dsb(ish);
	isb();
}

enum heal_result hal_vcpu_heal(struct vcpu *v, const struct vcpu_exit *fault,
			       const struct vcpu_guest_mem *m)
{
	struct stage1_regs regs = {
		.sctlr = read_sysreg(sctlr_el1),
		.tcr = read_sysreg(tcr_el1),
		.ttbr0 = read_sysreg(ttbr0_el1),
		.ttbr1 = read_sysreg(ttbr1_el1),
		.mair = read_sysreg(mair_el1),
	};
	enum heal_result result;
	unsigned int changed;

	(void)v;	/* its registers are the CPU's while it is loaded */
	result = stage1_heal(&regs, fault->far, fault->ipa, m, &changed);
	/*
	 * Nothing to change and yet a fault: another CPU was faster, or what
	 * faulted was a cached copy. Forgetting it makes sure of progress.
	 */
	if (result == HEAL_DONE || changed != 0)
		forget(fault->far, changed);
	if (changed != 0) {
		hal_stat_add(HAL_STAT_HEAL_TRAPS, 1);
		hal_stat_add(HAL_STAT_HEAL_DESCRIPTORS, changed);
	}
	return result;
}
