/* SPDX-License-Identifier: BSD-3-Clause */
#include "arch/aarch64/features.h"
#include "arch/aarch64/regs.h"
#include "arch/aarch64/sysreg.h"
#include "lib/string.h"
#include <stdalign.h>

struct arch_features features;

/* Unsigned ID register field of four bits at `lsb` */
static unsigned int id_field(uint64_t reg, unsigned int lsb)
{
	return (unsigned int)field(reg, lsb + 3, lsb);
}

static uint8_t pa_bits_of(unsigned int pa_range)
{
	static const uint8_t bits[] = { 32, 36, 40, 42, 44, 48 };

	return bits[pa_range];
}

/* Greatest vector length / 128 bits - 1 that EL3 leaves us. */
static uint8_t sve_max_vl(void)
{
	uint64_t cptr = read_sysreg(cptr_el2);
	uint64_t saved, bytes;

	write_sysreg(cptr_el2, CPTR_RES1 | CPTR_TSM);
	isb();
	saved = read_sysreg(SYS_ZCR_EL2);
	write_sysreg(SYS_ZCR_EL2, 0xf);
	asm volatile(".arch_extension sve\n\trdvl %0, #1" : "=r"(bytes));
	write_sysreg(SYS_ZCR_EL2, saved);
	write_sysreg(cptr_el2, cptr);
	isb();
	return (uint8_t)(bytes / 16 - 1);
}

static void read_memory(struct arch_features *f)
{
	uint64_t mmfr0 = read_sysreg(id_aa64mmfr0_el1);
	uint64_t mmfr1 = read_sysreg(id_aa64mmfr1_el1);
	uint64_t dczid = read_sysreg(dczid_el0);
	unsigned int pa_range = id_field(mmfr0, 0);

	f->pa_range = (uint8_t)(pa_range > 5 ? 5 : pa_range);
	f->hal.pa_bits = pa_bits_of(f->pa_range);
	f->hal.vmid_bits = id_field(mmfr1, 4) == 2 ? 16 : 8;
	f->zva_size = (dczid & BIT(4)) ? 0 : 4U << (dczid & 0xf);
}

static void read_instructions(struct arch_features *f)
{
	uint64_t isar0 = read_sysreg(id_aa64isar0_el1);
	uint64_t pfr0 = read_sysreg(id_aa64pfr0_el1);
	uint64_t pfr1 = read_sysreg(id_aa64pfr1_el1);

	f->sha256 = id_field(isar0, 12) >= 1;
	f->sha512 = id_field(isar0, 12) >= 2;
	f->tlb_range = id_field(isar0, 56) == 2;
	f->scxtnum = id_field(pfr0, 56) >= 2 ||
		     (id_field(pfr0, 56) == 1 && id_field(pfr1, 32) >= 2);
	f->ssbs = id_field(pfr1, 4) >= 1;
	f->tco = id_field(pfr1, 8) >= 1;
	f->nmi = id_field(pfr1, 36) >= 1;
	f->hal.sve = id_field(pfr0, 32) >= 1;
	f->hal.sve_vl = f->hal.sve ? sve_max_vl() : 0;
}

static void read_debug(struct arch_features *f)
{
	uint64_t dfr0 = read_sysreg(id_aa64dfr0_el1);

	f->hal.num_bps = (uint8_t)id_field(dfr0, 12);
	f->hal.num_wps = (uint8_t)id_field(dfr0, 20);
	/*
	 * Counting in Secure state needs MDCR_EL3.SPME, which EL3 keeps 0 so
	 * that nobody profiles a realm from outside: no PMU in realms.
	 */
	f->hal.pmu = false;
	f->hal.pmu_num_ctrs = 0;
}

static void read_gic(struct arch_features *f)
{
	uint64_t vtr = read_sysreg(ich_vtr_el2);
	unsigned int pre_bits = (unsigned int)field(vtr, 28, 26) + 1;
	unsigned int lrs = (unsigned int)(vtr & ICH_VTR_LISTREGS);

	f->hal.gic_num_lrs = (uint8_t)(lrs > 15 ? 15 : lrs);
	f->hal.gic_pri_bits = (uint8_t)(field(vtr, 31, 29) + 1);
	f->hal.gic_id_bits = field(vtr, 25, 23) == 1 ? 24 : 16;
	f->hal.gic_ext_ids = (read_sysreg(icc_ctlr_el1) & BIT(19)) != 0;
	f->num_apr = (uint8_t)(pre_bits <= 5 ? 1 : pre_bits == 6 ? 2 : 4);
	f->gic_dvim = (vtr & ICH_VTR_DVIM) != 0;
}

static void features_read(struct arch_features *f)
{
	memset(f, 0, sizeof(*f));
	read_memory(f);
	read_instructions(f);
	read_debug(f);
	read_gic(f);
}

/*
 * FEAT_SEL2 and FEAT_S2FWB: the design rests on both. FEAT_CSV2 and FEAT_CSV3:
 * without them the monitor would have to flush predictors and unmap itself
 * (ADR 0007). FEAT_SB: vectors.S uses it. No core with FEAT_SEL2 lacks them.
 *
 * FEAT_SME the core must not have: a host in streaming mode would take the
 * monitor's SIMD instructions from it. Nor may it lack FEAT_E2H0: in the monitor
 * names that end in _EL1 are EL1's registers.
 */
static bool features_suffice(void)
{
	uint64_t pfr0 = read_sysreg(id_aa64pfr0_el1);

	return id_field(read_sysreg(id_aa64pfr1_el1), 24) == 0 &&
	       id_field(read_sysreg(SYS_ID_AA64MMFR4_EL1), 24) == 0 &&
	       id_field(pfr0, 36) != 0 && id_field(pfr0, 56) != 0 &&
	       id_field(pfr0, 60) != 0 &&
	       id_field(read_sysreg(id_aa64isar1_el1), 36) != 0 &&
	       id_field(read_sysreg(id_aa64mmfr2_el1), 40) != 0;
}

bool features_init(void)
{
	features_read(&features);
	return features_suffice();
}

/*
 * Every CPU must be like the first. Refusing is simpler to reason about than
 * lowering features that core has already told the host.
 */
bool features_check(void)
{
	struct arch_features f;

	features_read(&f);
	return features_suffice() && memcmp(&f, &features, sizeof(f)) == 0;
}

const struct hal_features *hal_features(void)
{
	return &features.hal;
}
