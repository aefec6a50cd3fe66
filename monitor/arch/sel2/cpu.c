/* SPDX-License-Identifier: BSD-3-Clause */
#include "arch/sel2/cpu.h"
#include "arch/aarch64/attest.h"
#include "arch/sel2/layout.h"
#include "arch/sel2/traps.h"

struct cpu cpus[TMM_MAX_CPUS];

extern char __stacks[];
extern char vectors[], vectors_bhb_clear[], vectors_bhb_branches[];

unsigned int hal_cpu_id(void)
{
	return this_cpu()->id;
}

/* The exception vectors that this CPU needs (ADR 0007). */
static const char *vectors_of_cpu(void)
{
	uint64_t pfr0 = read_sysreg(id_aa64pfr0_el1);
	uint64_t mmfr1 = read_sysreg(id_aa64mmfr1_el1);
	uint64_t isar2 = read_sysreg(id_aa64isar2_el1);

	if (field(pfr0, 59, 56) >= 3 || field(mmfr1, 63, 60) != 0)
		return vectors;		/* FEAT_CSV2_3, FEAT_ECBHB */
	if (field(isar2, 31, 28) != 0)
		return vectors_bhb_clear;	/* FEAT_CLRBHB */
	return vectors_bhb_branches;
}

/* MDCR_EL2.HPMN: all event counters; 0 needs FEAT_HPMN0 where there are some. */
static uint64_t all_counters(void)
{
	uint64_t version = field(read_sysreg(id_aa64dfr0_el1), 11, 8);

	return version == 0 || version == 0xf ?
		       0 : field(read_sysreg(pmcr_el0), 15, 11);
}

/*
 * EL3 records these at BOOT_COMPLETE and sets them at every call, so they are
 * what the monitor itself runs with: everything a realm could touch is trapped
 * from the start, hal_vcpu_load() only opens. Stage 2 and the EL1 registers are
 * the host's then; at EL2 they are out of context and nothing walks with them,
 * not even speculatively (Arm ARM D8.1.5, R_NRJPP).
 */
void cpu_init(unsigned int id)
{
	struct cpu *cpu = &cpus[id];

	cpu->id = id;
	cpu->stack_top = (uint64_t)__stacks + (id + 1) * (uint64_t)STACK_STRIDE;
	write_sysreg(tpidr_el2, (uint64_t)cpu);
	write_sysreg(vbar_el2, (uint64_t)vectors_of_cpu());
	write_sysreg(hcr_el2, HCR_REALM);
	write_sysreg(cptr_el2, CPTR_CLOSED);
	write_sysreg(mdcr_el2, MDCR_REALM | all_counters());
	write_sysreg(cnthctl_el2, CNTHCTL_EL1PCTEN | CNTHCTL_EL1PCEN);
	isb();
}

/* FEAT_DIT came with Armv8.4, like FEAT_SEL2. */
void attest_constant_time(bool on)
{
	if (on)
		asm volatile("msr dit, #1" : : : "memory");
	else
		asm volatile("msr dit, #0" : : : "memory");
}

void hal_stat_add(enum hal_stat which, uint64_t n)
{
	uint64_t *count = &this_cpu()->stats[which];

	/* One writer; a reader elsewhere must see a whole value, no more. */
	__atomic_store_n(count, *count + n, __ATOMIC_RELAXED);
}

uint64_t hal_stat_read(enum hal_stat which)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < TMM_MAX_CPUS; i++)
		sum += __atomic_load_n(&cpus[i].stats[which], __ATOMIC_RELAXED);
	return sum;
}
