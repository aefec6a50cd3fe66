/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/vgic.h"

#include "hal/cpu.h"
#include "lib/bits.h"

/* ICH_LR<n>_EL2, Arm IHI 0069 12.4 */
#define LR_STATE		BITS(63, 62)
#define LR_HW			BIT(61)
#define LR_PRIORITY_LSB		48
#define LR_EOI			BIT(41)	/* maintenance interrupt at EOI, HW == 0 */
#define LR_PINTID		BITS(44, 32)
#define LR_VINTID		BITS(31, 0)

#define INTID_SPECIAL_FIRST	UINT64_C(1020)	/* 1020..1023 */
#define INTID_EXT_PPI_FIRST	UINT64_C(1056)
#define INTID_EXT_PPI_LAST	UINT64_C(1119)
#define INTID_EXT_SPI_FIRST	UINT64_C(4096)
#define INTID_EXT_SPI_LAST	UINT64_C(5119)
#define INTID_LPI_FIRST		UINT64_C(8192)

unsigned int vgic_num_lrs(void)
{
	return hal_features()->gic_num_lrs + 1U;
}

/* @rule GIC.lr_vintid */
static bool intid_is_valid(uint64_t intid)
{
	const struct hal_features *f = hal_features();

	if (intid < INTID_SPECIAL_FIRST)
		return true;
	if (intid >= INTID_LPI_FIRST)
		return intid >> f->gic_id_bits == 0;
	return f->gic_ext_ids &&
	       ((intid >= INTID_EXT_PPI_FIRST && intid <= INTID_EXT_PPI_LAST) ||
		(intid >= INTID_EXT_SPI_FIRST && intid <= INTID_EXT_SPI_LAST));
}

/* @rule GIC.{lr_hw,lr_priority,lr_pintid} */
static bool lr_is_valid(uint64_t lr)
{
	unsigned int unused_priority_bits = 8U - hal_features()->gic_pri_bits;
	uint64_t priority_res0 = (BIT(unused_priority_bits) - 1) << LR_PRIORITY_LSB;

	return (lr & (LR_HW | priority_res0 | (LR_PINTID & ~LR_EOI))) == 0 &&
	       intid_is_valid(lr & LR_VINTID);
}

/* @rule GIC.lr_duplicate */
static bool is_duplicate(const struct vcpu_gic *gic, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		if ((gic->lr[i] & LR_STATE) != 0 &&
		    ((gic->lr[i] ^ gic->lr[n]) & LR_VINTID) == 0)
			return true;
	}
	return false;
}

bool vgic_is_valid(const struct vcpu_gic *gic)
{
	/* @rule GIC.hcr_entry */
	if ((gic->hcr & ~VGIC_HCR_ENTRY) != 0)
		return false;
	for (unsigned int i = 0; i < vgic_num_lrs(); i++) {
		/* @rule GIC.lr_unused */
		if ((gic->lr[i] & LR_STATE) != 0 &&
		    (!lr_is_valid(gic->lr[i]) || is_duplicate(gic, i)))
			return false;
	}
	return true;
}
