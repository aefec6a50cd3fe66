/* SPDX-License-Identifier: BSD-3-Clause */
/* ESR_EL2 fields that decide what a realm's exit is, and what its host may see. */
#ifndef TMM_CORE_ESR_H
#define TMM_CORE_ESR_H

#include "lib/bits.h"
#include <stdbool.h>

#define ESR_EC_SHIFT		26
#define ESR_EC_INST_ABORT	UINT64_C(0x20)	/* from a lower Exception level */
#define ESR_EC_DATA_ABORT	UINT64_C(0x24)	/* likewise */

#define ESR_ISV			BIT(24)
#define ESR_SSE			BIT(21)
#define ESR_SF			BIT(15)
#define ESR_WNR			BIT(6)
#define ESR_FSC			BITS(5, 0)
#define FSC_TRANSLATION		UINT64_C(0x04)	/* + level */
#define FSC_PERMISSION		UINT64_C(0x0C)	/* + level */
#define FSC_EXTERNAL		UINT64_C(0x10)
#define FSC_EXTERNAL_WALK	UINT64_C(0x13)	/* level -1; to 0x17, level 3 */

#define ESR_SET_UEO		UINT64_C(3)	/* 12:11 of an external abort: restartable */
#define ESR_IDS			BIT(24)		/* of an SError: the rest is the CPU's own */
#define DFSC_SERROR		UINT64_C(0x11)	/* there is an AET */
#define ESR_AET_UEO		UINT64_C(2)	/* 12:10 of an SError: restartable */
#define ESR_AET_CE		UINT64_C(6)	/* corrected */

/* @rule REC_EXIT.{no_il,no_srt}: what an exit exposes (rmm-abi.md 8.4). */
#define ESR_EXPOSED_ABORT	UINT64_C(0xFC001E3F)
#define ESR_EXPOSED_EMULATABLE	UINT64_C(0xFDC09E7F)
#define ESR_EXPOSED_WFX		UINT64_C(0xFC000003)
#define ESR_EXPOSED_SERROR	UINT64_C(0xFD001E3F)

static inline uint64_t esr_ec(uint64_t esr)
{
	return field(esr, 31, 26);
}

static inline bool esr_is_external(uint64_t esr)
{
	uint64_t fsc = esr & ESR_FSC;

	return fsc == FSC_EXTERNAL ||
	       (fsc >= FSC_EXTERNAL_WALK && fsc <= FSC_EXTERNAL_WALK + 4);
}

/* Fault status without the level, for those that have one in bits 1:0. */
static inline uint64_t esr_fault_kind(uint64_t esr)
{
	return esr & ESR_FSC & ~UINT64_C(3);
}

/* Bytes of the access that an abort with ISV describes. */
static inline unsigned int esr_access_size(uint64_t esr)
{
	return 1U << field(esr, 23, 22);
}

static inline unsigned int esr_srt(uint64_t esr)
{
	return (unsigned int)field(esr, 20, 16);
}

#endif
