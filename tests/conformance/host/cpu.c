/* SPDX-License-Identifier: BSD-3-Clause */
#include "host/machine.h"
#include "host/test.h"
#include "abi/psci.h"

#define HCR_HOST	(1UL << 31 | 1 << 5 | 1 << 4 | 1 << 3) /* RW, AMO, IMO, FMO */
#define CPTR_NO_TRAPS	0x32ffUL	/* E2H = 0: RES1 bits, TFP and TZ clear */

static struct slot {
	cpu_work work;
	void *arg;
	unsigned int busy;
	unsigned int on;
} slots[MAX_CPUS];

extern const char secondary_start[];

unsigned int cpu_id(void)
{
	return (unsigned int)sysreg_read("tpidr_el2");
}

void cpu_relax(void)
{
	/* Under single-threaded TCG this hands the host thread to another CPU. */
	__asm__ volatile("yield" : : : "memory");
}

void cpu_setup(void)
{
	sysreg_write("hcr_el2", HCR_HOST);
	sysreg_write("cptr_el2", CPTR_NO_TRAPS);
	sysreg_write("mdcr_el2", 0);
	sysreg_write("cnthctl_el2", 3);
	sysreg_write("cntvoff_el2", 0);
	if ((sysreg_read("id_aa64pfr0_el1") >> 32) & 0xf)
		sysreg_write("s3_4_c1_c2_0", 0xf);	/* ZCR_EL2: all of it */
}

static void wait_for_work(struct slot *s)
{
	while (!__atomic_load_n(&s->busy, __ATOMIC_ACQUIRE)) {
		__asm__ volatile("dsb sy\n\twfi" : : : "memory");
		gic_take();
	}
}

static void secondary_main(struct slot *s)
{
	__atomic_store_n(&s->on, 1, __ATOMIC_RELEASE);
	for (;;) {
		wait_for_work(s);
		s->work(s->arg);
		__atomic_store_n(&s->busy, 0, __ATOMIC_RELEASE);
	}
}

void cpu_main(unsigned int cpu)
{
	gic_setup(cpu);
	if (cpu)
		secondary_main(&slots[cpu]);
	host_main();
	machine_off();
}

bool cpus_start(void)
{
	unsigned int i;

	for (i = 1; i < MAX_CPUS; i++) {
		if (slots[i].on)
			continue;
		if (smc_plain(PSCI_CPU_ON, i, (uint64_t)secondary_start, i))
			return false;
		while (!__atomic_load_n(&slots[i].on, __ATOMIC_ACQUIRE))
			cpu_relax();
	}
	return true;
}

void cpu_run(unsigned int cpu, cpu_work work, void *arg)
{
	slots[cpu].work = work;
	slots[cpu].arg = arg;
	__atomic_store_n(&slots[cpu].busy, 1, __ATOMIC_RELEASE);
	gic_send_sgi(cpu, INTID_KICK);
}

/* Does not come back: the slot stays busy until the CPU is off. */
static void go_off(void *arg)
{
	struct slot *s = arg;

	s->on = 0;
	smc_plain(PSCI_CPU_OFF, 0, 0, 0);
}

bool cpu_off(unsigned int cpu)
{
	unsigned int tries;

	cpu_run(cpu, go_off, &slots[cpu]);
	for (tries = 0; tries < 1000000; tries++) {
		if (smc_plain(PSCI_AFFINITY_INFO, cpu, 0, 0) == PSCI_AFFINITY_OFF)
			break;
		cpu_relax();
	}
	slots[cpu].busy = 0;
	return tries < 1000000;
}

void cpu_wait(unsigned int cpu)
{
	while (__atomic_load_n(&slots[cpu].busy, __ATOMIC_ACQUIRE))
		cpu_relax();
}

void cpus_run(unsigned int n, cpu_work work, void *arg, size_t stride)
{
	unsigned int i;

	for (i = 1; i < n; i++)
		cpu_run(i, work, (char *)arg + i * stride);
	work(arg);
	for (i = 1; i < n; i++)
		cpu_wait(i);
}

void barrier_wait(struct barrier *b)
{
	unsigned int round = __atomic_load_n(&b->round, __ATOMIC_ACQUIRE);

	if (__atomic_add_fetch(&b->arrived, 1, __ATOMIC_ACQ_REL) == b->want) {
		b->arrived = 0;
		__atomic_store_n(&b->round, round + 1, __ATOMIC_RELEASE);
		return;
	}
	while (__atomic_load_n(&b->round, __ATOMIC_ACQUIRE) == round)
		cpu_relax();
}

void machine_off(void)
{
	smc_plain(PSCI_SYSTEM_OFF, 0, 0, 0);
	for (;;)
		__asm__ volatile("wfi");
}
