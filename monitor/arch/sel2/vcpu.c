/* SPDX-License-Identifier: BSD-3-Clause */
/* A vcpu's registers: reset, into the CPU, out of it. */
#include "arch/sel2/vcpu.h"
#include "arch/aarch64/features.h"
#include "arch/aarch64/regs.h"
#include "arch/aarch64/sysreg.h"
#include "arch/sel2/cpu.h"
#include "arch/sel2/debug.h"
#include "arch/sel2/simd.h"
#include "arch/sel2/stage2.h"
#include "arch/sel2/timers.h"
#include "arch/sel2/traps.h"
#include "arch/sel2/vgic.h"
#include "hal/memory.h"
#include "hal/vcpu.h"
#include "lib/check.h"
#include "lib/string.h"

/* MMU and caches off; what is RES1 or set by an architectural reset (8.2). */
#define SCTLR_EL1_RESET							\
	(SCTLR_SPAN | SCTLR_EIS | SCTLR_NTWE | SCTLR_NTWI | SCTLR_EOS |	\
	 SCTLR_NAA | SCTLR_CP15BEN | SCTLR_SA0 | SCTLR_SA)

_Static_assert(offsetof(struct vcpu_regs, pc) == 248 &&
	       offsetof(struct vcpu_regs, pstate) == 256, "vectors.S");

static void registers_reset(struct vcpu *v)
{
	struct vcpu_arch *a = vcpu_arch(v);
	uint64_t vmpidr = a->el1.vmpidr_el2;

	memset(&v->regs, 0, sizeof(v->regs));
	v->regs.pstate = PSTATE_DAIF | PSTATE_M_EL1H;
	memset(&a->el1, 0, sizeof(a->el1));
	a->el1.sctlr_el1 = SCTLR_EL1_RESET;
	a->el1.vmpidr_el2 = vmpidr;
	memset(&a->timers, 0, sizeof(a->timers));
	memset(&a->gic, 0, sizeof(a->gic));
	memset(&a->simd, 0, sizeof(a->simd));
	memset(&a->v, 0, sizeof(a->v));
	memset(&a->debug, 0, sizeof(a->debug));
	a->mdscr = MDSCR_TDCC;
	a->hcr = HCR_REALM;
}

void hal_vcpu_init(struct vcpu *v, const struct vcpu_config *cfg)
{
	struct vcpu_arch *a = vcpu_arch(v);

	a->el1.vmpidr_el2 = cfg->mpidr;
	a->sve = cfg->sve;
	a->sve_vl = cfg->sve_vl;
	a->num_bps = cfg->num_bps;
	a->num_wps = cfg->num_wps;
	for (unsigned int i = 0; i < VCPU_NUM_AUX; i++)
		a->aux[i] = cfg->aux[i];
	registers_reset(v);
	v->regs.pc = cfg->pc;
}

static uint64_t sctlr_of(const struct vcpu *v)
{
	const struct vcpu_arch *a = (const void *)v->backend;

	return this_cpu()->loaded == v ? read_sysreg(sctlr_el1) :
					 a->el1.sctlr_el1;
}

void hal_vcpu_reset(struct vcpu *v, const struct vcpu *caller, uint64_t pc,
		    uint64_t context)
{
	struct vcpu_arch *a = vcpu_arch(v);

	registers_reset(v);
	if (a->sve)
		for (unsigned int i = 0; i < VCPU_NUM_AUX; i++)
			hal_page_zero(a->aux[i]);
	a->el1.sctlr_el1 |= sctlr_of(caller) & SCTLR_EE;
	v->regs.pc = pc;
	v->regs.x[0] = context;
}

static void el1_save(struct el1_regs *r)
{
#define SAVE(reg) r->reg = read_sysreg(reg);
	EL1_REGS(SAVE)
	if (features.scxtnum) {
		r->scxtnum_el0 = read_sysreg(SYS_SCXTNUM_EL0);
		r->scxtnum_el1 = read_sysreg(SYS_SCXTNUM_EL1);
	}
}

static void el1_load(const struct el1_regs *r)
{
#define LOAD(reg) write_sysreg(reg, r->reg);
	EL1_REGS(LOAD)
	if (features.scxtnum) {
		write_sysreg(SYS_SCXTNUM_EL0, r->scxtnum_el0);
		write_sysreg(SYS_SCXTNUM_EL1, r->scxtnum_el1);
	}
}

static void host_save(struct host_context *h)
{
	struct host_regs *r = &h->regs;

	el1_save(&h->el1);
	HOST_REGS(SAVE)
}

static void host_load(const struct host_context *h)
{
	const struct host_regs *r = &h->regs;

	el1_load(&h->el1);
	HOST_REGS(LOAD)
}

/*
 * What is loaded is for the ERET into the realm, which synchronises. Only the
 * timers are looked at before: their ISTATUS follows a new CVAL after an ISB.
 * Put needs none, the SMC to EL3 is the next synchronisation.
 */
void hal_vcpu_load(struct vcpu *v, const struct hal_stage2 *s2,
		   const struct vcpu_gic *gic, bool trap_wfi, bool trap_wfe)
{
	struct cpu *cpu = this_cpu();
	struct vcpu_arch *a = vcpu_arch(v);

	CHECK(cpu->loaded == NULL);
	host_save(&cpu->host);
	cpu->loaded = v;
	a->simd_live = false;
	cpu->host.gicr_masked = 0;

	stage2_load(s2);
	el1_load(&a->el1);
	write_sysreg(vpidr_el2, read_sysreg(midr_el1));
	write_sysreg(hstr_el2, 0);
	write_sysreg(disr_el1, 0);
	debug_load(a);
	timers_swap(&cpu->host.timers, &a->timers, 0);
	vgic_load(a, gic);
	a->hcr = HCR_REALM | (a->hcr & HCR_VSE) | (trap_wfi ? HCR_TWI : 0) |
		 (trap_wfe ? HCR_TWE : 0);
	write_sysreg(hcr_el2, a->hcr);
	isb();
}

/* The VMID is in force since the ISB of load; the ERET into the realm is an ISB. */
void hal_vcpu_flush_tlb(struct vcpu *v)
{
	CHECK(this_cpu()->loaded == v);
	tlbi(vmalle1);
	dsb(nsh);
}

void hal_vcpu_put(struct vcpu *v, struct vcpu_gic *gic,
		  struct vcpu_timers *timers, bool *pmu_overflow)
{
	struct cpu *cpu = this_cpu();
	struct vcpu_arch *a = vcpu_arch(v);

	CHECK(cpu->loaded == v);
	vgic_put(a, gic);
	timers_swap(&a->timers, &cpu->host.timers, cpu->host.regs.cntvoff_el2);
	timers_unmask();
	timers_report(a);
	*timers = a->timers;
	*pmu_overflow = false;

	simd_put(a);
	debug_put(a);
	el1_save(&a->el1);
	/* The CPU clears VSE when the realm takes the SError. */
	a->hcr = read_sysreg(hcr_el2);
	write_sysreg(hcr_el2, HCR_REALM);
	host_load(&cpu->host);
	cpu->loaded = NULL;
}

void vcpu_abandon(void)
{
	struct cpu *cpu = this_cpu();
	struct vcpu_arch *a;
	struct vcpu_gic gic;

	if (cpu->loaded == NULL)
		return;
	a = vcpu_arch(cpu->loaded);
	cpu->loaded = NULL;	/* first: a second panic gets past here */
	vgic_put(a, &gic);
	timers_swap(&a->timers, &cpu->host.timers, cpu->host.regs.cntvoff_el2);
	timers_unmask();
	simd_put(a);
	debug_put(a);
	host_load(&cpu->host);
}

/*
 * A host interrupt is Non-secure Group 1 and shows as FIQ in Secure state. Not
 * SError: the one that waits may be of the realm's making, see hal_vcpu_run().
 */
bool hal_irq_pending(void)
{
	return (read_sysreg(isr_el1) & (ISR_I | ISR_F)) != 0;
}
