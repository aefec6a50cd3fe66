/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The fake vcpu: it does what the test wrote down. What a test queues and what
 * it sees afterwards is per CPU; what belongs to the vcpu is in its backend
 * part and must survive as core moves from call to call (M6).
 */
#include "arch/host/private.h"
#include "hal/vcpu.h"
#include "lib/bits.h"
#include "lib/string.h"

#define MAGIC		UINT64_C(0x76637075766370ff)
#define NOT_LOADED	(~0U)
#define PSTATE_EL1H_DAIF UINT64_C(0x3c5)
#define HCR_HOST	UINT64_C(0x40fe)	/* rmm-abi.md 9.1 */
#define LR_HW		BIT(61)

struct fake {
	uint64_t magic;
	unsigned int loaded_on;
	unsigned int resets;
	struct vcpu_config cfg;
	struct vcpu_gic gic;
};
_Static_assert(sizeof(struct fake) <= VCPU_BACKEND_SIZE, "backend part");

struct script {
	struct host_step step[HOST_MAX_STEPS];
	unsigned int first, count;
	struct host_put put;
	host_heal_fn *heal;
	void *heal_arg;
	struct vcpu *loaded;
	struct host_seen seen;
};

static _Thread_local struct script cpu;

static struct fake *fake(const struct vcpu *v)
{
	struct fake *f = (struct fake *)(uintptr_t)v->backend;

	if (f->magic != MAGIC)
		host_violation("M6: vcpu was never initialised");
	return f;
}

static struct fake *loaded(const struct vcpu *v)
{
	struct fake *f = fake(v);

	if (cpu.loaded != v || f->loaded_on != hal_cpu_id())
		host_violation("M6: vcpu is not loaded on this CPU");
	return f;
}

static bool is_zero(const void *p, size_t n)
{
	const unsigned char *c = p;

	while (n--)
		if (*c++)
			return false;
	return true;
}

static void reset_regs(struct vcpu *v, uint64_t pc)
{
	memset(&v->regs, 0, sizeof(v->regs));
	v->regs.pc = pc;
	v->regs.pstate = PSTATE_EL1H_DAIF;
}

void hal_vcpu_init(struct vcpu *v, const struct vcpu_config *cfg)
{
	struct fake *f = (struct fake *)v->backend;

	if (!is_zero(v, sizeof(*v)))
		host_violation("M6: init of a vcpu that is not zero");
	for (unsigned int i = 0; i < VCPU_NUM_AUX; i++)
		if (!cfg->aux[i] || !is_zero(cfg->aux[i], PAGE_SIZE))
			host_violation("M6: aux page %u is not there or not zero", i);
	*f = (struct fake){ .magic = MAGIC, .loaded_on = NOT_LOADED, .cfg = *cfg };
	for (unsigned int i = 0; i < VCPU_NUM_AUX; i++)
		memset(cfg->aux[i], 0xa0 + (int)i, PAGE_SIZE);
	reset_regs(v, cfg->pc);
}

void hal_vcpu_reset(struct vcpu *v, const struct vcpu *caller, uint64_t pc,
		    uint64_t context)
{
	struct fake *f = fake(v);

	if (f->loaded_on != NOT_LOADED || fake(caller)->loaded_on != NOT_LOADED)
		host_violation("M6: reset of or by a vcpu that runs");
	f->resets++;
	reset_regs(v, pc);
	v->regs.x[0] = context;
}

void hal_vcpu_load(struct vcpu *v, const struct hal_stage2 *s2,
		   const struct vcpu_gic *gic, bool trap_wfi, bool trap_wfe)
{
	struct fake *f = fake(v);

	if (cpu.loaded || f->loaded_on != NOT_LOADED)
		host_violation("M6: load of or over a vcpu that is loaded");
	if (gic->hcr & ~HCR_HOST)
		host_violation("M6: ICH_HCR_EL2 %#llx is not the host's to set",
			       (unsigned long long)gic->hcr);
	for (unsigned int i = 0; i <= hal_features()->gic_num_lrs; i++)
		if (gic->lr[i] >> 62 && (gic->lr[i] & LR_HW))
			host_violation("M6: a list register has HW set");
	f->loaded_on = hal_cpu_id();
	f->gic = *gic;
	cpu.loaded = v;
	cpu.seen.loads++;
	cpu.seen.gic = *gic;
	cpu.seen.s2 = *s2;
	cpu.seen.trap_wfi = trap_wfi;
	cpu.seen.trap_wfe = trap_wfe;
}

void hal_vcpu_flush_tlb(struct vcpu *v)
{
	(void)loaded(v);
	cpu.seen.flushes++;
}

void hal_vcpu_put(struct vcpu *v, struct vcpu_gic *gic, struct vcpu_timers *timers,
		  bool *pmu_overflow)
{
	struct fake *f = loaded(v);

	*gic = cpu.put.gic_set ? cpu.put.gic : f->gic;
	if (!cpu.put.gic_set)	/* outputs only: what load was given is nothing */
		gic->misr = gic->vmcr = 0;
	*timers = cpu.put.timers;
	*pmu_overflow = cpu.put.pmu_overflow;
	f->loaded_on = NOT_LOADED;
	cpu.loaded = NULL;
	cpu.seen.puts++;
}

static void apply(const struct host_step *s, struct vcpu *v)
{
	for (unsigned int i = 0; i < 31; i++)
		if (s->set & (1U << i))
			v->regs.x[i] = s->x[i];
}

/*
 * While the realm's code runs, the test may be another CPU for a while: then
 * the vcpu is not loaded there.
 */
static void run_code(const struct host_step *s, struct vcpu *v)
{
	unsigned int id = hal_cpu_id();

	cpu.loaded = NULL;
	s->code(v, s->arg);
	host_cpu_set(id);
	cpu.loaded = v;
}

void hal_vcpu_run(struct vcpu *v, struct vcpu_exit *exit)
{
	struct host_step s = { .exit = { .kind = VCPU_EXIT_IRQ } };

	(void)loaded(v);
	if (host_locks_any())
		host_violation("M3: a lock is held while a realm runs");
	cpu.seen.runs++;
	cpu.seen.regs = v->regs;
	if (cpu.count) {
		s = cpu.step[cpu.first];
		cpu.first = (cpu.first + 1) % HOST_MAX_STEPS;
		cpu.count--;
	}
	if (s.code)
		run_code(&s, v);
	apply(&s, v);
	*exit = s.exit;
}

static void inject(struct vcpu *v, const struct vcpu_exit *cause, unsigned int *n)
{
	(void)loaded(v);
	cpu.seen.cause = *cause;
	++*n;
}

void hal_vcpu_inject_sea(struct vcpu *v, const struct vcpu_exit *cause)
{
	inject(v, cause, &cpu.seen.seas);
}

void hal_vcpu_inject_address_size(struct vcpu *v, const struct vcpu_exit *cause)
{
	inject(v, cause, &cpu.seen.address_sizes);
}

void hal_vcpu_inject_serror(struct vcpu *v, const struct vcpu_exit *cause)
{
	inject(v, cause, &cpu.seen.serrors);
}

enum heal_result hal_vcpu_heal(struct vcpu *v, const struct vcpu_exit *fault,
			       const struct vcpu_guest_mem *m)
{
	(void)loaded(v);
	if (!host_locks_any())
		host_violation("M6: heal without the lock of the RD");
	cpu.seen.heals++;
	return cpu.heal ? cpu.heal(fault, m, cpu.heal_arg) : HEAL_REFUSED;
}

/* For tests */

void host_realm_step(const struct host_step *s)
{
	if (cpu.count == HOST_MAX_STEPS)
		host_violation("test: more than %d steps", HOST_MAX_STEPS);
	cpu.step[(cpu.first + cpu.count++) % HOST_MAX_STEPS] = *s;
}

unsigned int host_realm_steps_left(void)
{
	return cpu.count;
}

void host_realm_put(const struct host_put *p)
{
	cpu.put = *p;
}

void host_realm_heal(host_heal_fn *fn, void *arg)
{
	cpu.heal = fn;
	cpu.heal_arg = arg;
}

void host_realm_forget(void)
{
	struct vcpu *v = cpu.loaded;

	memset(&cpu, 0, sizeof(cpu));
	cpu.loaded = v;
}

void host_vcpu_reset_cpu(void)
{
	memset(&cpu, 0, sizeof(cpu));
}

const struct host_seen *host_realm_seen(void)
{
	return &cpu.seen;
}

struct vcpu_config host_vcpu_config(const struct vcpu *v)
{
	return fake(v)->cfg;
}

unsigned int host_vcpu_resets(const struct vcpu *v)
{
	return fake(v)->resets;
}
