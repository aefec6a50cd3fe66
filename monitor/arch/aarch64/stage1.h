/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Walk of a realm's own stage 1 tables and correction of NS bits in them
 * (design 4.3). Pure C on the registers given and on guest memory reached
 * through hal/vcpu.h, so that unit tests and fuzzers drive the shipped code.
 */
#ifndef TMM_ARCH_AARCH64_STAGE1_H
#define TMM_ARCH_AARCH64_STAGE1_H

#include "hal/vcpu.h"

/* The registers that govern the EL1&0 translation regime. */
struct stage1_regs {
	uint64_t sctlr;
	uint64_t tcr;
	uint64_t ttbr0;
	uint64_t ttbr1;
	uint64_t mair;
};

/*
 * See hal_vcpu_heal: va is what faulted, fault the IPA it faulted at. *changed
 * is the number of descriptors written; the caller invalidates TLBs if it is
 * not zero. At most 5 levels, 512 leaves, and a fixed number of attempts at
 * each are touched, whatever the tables say.
 */
enum heal_result stage1_heal(const struct stage1_regs *regs, uint64_t va,
			     ipa_t fault, const struct vcpu_guest_mem *m,
			     unsigned int *changed);

#endif
