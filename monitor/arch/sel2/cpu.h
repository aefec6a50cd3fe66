/* SPDX-License-Identifier: BSD-3-Clause */
/* What the backend keeps for each physical CPU; TPIDR_EL2 points to it. */
#ifndef TMM_ARCH_SEL2_CPU_H
#define TMM_ARCH_SEL2_CPU_H

#include "abi/boot.h"
#include "arch/aarch64/sysreg.h"
#include "arch/sel2/context.h"
#include "hal/cpu.h"
#include "hal/stat.h"
#include "hal/vcpu.h"

struct cpu {
	uint64_t stack_top;		/* first: vectors.S reads it */
	unsigned int id;
	struct vcpu *loaded;		/* between hal_vcpu_load and _put */
	struct host_context host;	/* valid while loaded */
	struct simd_host *simd;		/* the host's SIMD state, when saved */
	uint64_t gicr_sgi;		/* SGI_base frame of this CPU's redistributor */
	uint64_t stats[HAL_STAT_COUNT];	/* written by this CPU alone */
} __attribute__((aligned(64)));

extern struct cpu cpus[TMM_MAX_CPUS];

static inline struct cpu *this_cpu(void)
{
	uint64_t v;

	/* Not volatile: the register does not change while the monitor runs. */
	asm("mrs %0, tpidr_el2" : "=r"(v));
	return (struct cpu *)v;
}

/* Sets TPIDR_EL2 and the constant EL2 registers of this CPU. */
void cpu_init(unsigned int id);

#endif
