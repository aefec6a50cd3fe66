/* SPDX-License-Identifier: BSD-3-Clause */
/* SMC Calling Convention (DEN0028) 1.2 and later. */
#ifndef TMM_ABI_SMCCC_H
#define TMM_ABI_SMCCC_H

#include <stdint.h>

#define SMCCC_NOT_SUPPORTED	UINT64_C(0xFFFFFFFFFFFFFFFF)
#define SMCCC_VERSION		UINT32_C(0x80000000)
#define SMCCC_VERSION_1_3	UINT64_C(0x00010003)
/* of a function id: arguments and results are 64 bits wide */
#define SMCCC_SMC64		UINT32_C(0x40000000)
/* SMCCC 1.3: "no live SVE state"; a hint, not part of the function id */
#define SMCCC_SVE_HINT		UINT32_C(0x00010000)

#endif
