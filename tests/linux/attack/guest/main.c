// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a hostile kernel of a guest may do to those below it: a thread on each CPU that
 * makes calls, plays with its translation tables, reads and writes all registers,
 * and abuses interrupts and timers; the kernel around it is to survive. With wild=1
 * it does also what a kernel does not survive.
 */
#include <linux/arm-smccc.h>
#include <linux/completion.h>
#include <linux/gfp.h>
#include <linux/irqflags.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/jiffies.h>
#include <asm/daifflags.h>
#include <asm/rsi.h>
#include <asm/sysreg.h>

#include "storm.h"

static unsigned int seconds = 10;
static unsigned long seed = 1;
static bool wild;
static char *what = "ctri";
module_param(seconds, uint, 0);
module_param(seed, ulong, 0);
module_param(wild, bool, 0);
module_param(what, charp, 0);

u64 storm_refusals[STORM_CPUS];
bool storm_is_realm, storm_wild;
unsigned int storm_ipa_bits;
static struct storm storms[STORM_CPUS];
static struct completion over[STORM_CPUS];

extern char storm_vectors[];

u64 storm_random(struct storm *s)
{
	u64 z = s->random += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

unsigned int storm_pick(struct storm *s, unsigned int n)
{
	return (storm_random(s) >> 33) % n;
}

void storm_trial_begin(struct storm_trial *t)
{
	t->flags = local_daif_save();
	t->vbar = read_sysreg(vbar_el1);
	write_sysreg(storm_vectors, vbar_el1);
	isb();
}

void storm_trial_end(struct storm_trial *t)
{
	write_sysreg(t->vbar, vbar_el1);
	isb();
	local_daif_restore(t->flags);
}

static int storm_thread(void *arg)
{
	unsigned long end = jiffies + seconds * HZ;
	struct storm *s = arg;

	while (time_before(jiffies, end)) {
		if (strchr(what, 'c'))
			storm_calls(s);
		if (strchr(what, 't'))
			storm_tables(s);
		if (strchr(what, 'r'))
			storm_registers(s);
		if (strchr(what, 'i'))
			storm_interrupts(s);
		s->rounds++;
		cond_resched();
	}
	complete(&over[s->cpu]);
	return 0;
}

static int storm_start(unsigned int cpu)
{
	struct storm *s = &storms[cpu];
	struct task_struct *task;

	s->random = seed * 1000003 + cpu;
	s->cpu = cpu;
	s->pages = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, 4);
	if (!s->pages)
		return -ENOMEM;
	init_completion(&over[cpu]);
	task = kthread_create_on_cpu(storm_thread, s, cpu, "storm/%u");
	if (IS_ERR(task))
		return PTR_ERR(task);
	wake_up_process(task);
	return 0;
}

/* By RSI_REALM_CONFIG; 0 if it fails. */
static unsigned int __init ipa_bits(void)
{
	u64 *page = (u64 *)get_zeroed_page(GFP_KERNEL);
	struct arm_smccc_res res;
	unsigned int bits;

	if (!page)
		return 0;
	arm_smccc_1_1_smc(0xc4000196, virt_to_phys(page), &res);
	bits = res.a0 ? 0 : page[0];
	free_page((unsigned long)page);
	return bits;
}

static int __init storm_init(void)
{
	struct arm_smccc_res res;
	unsigned int cpu, count = 0;
	u64 rounds = 0, refusals = 0;
	int ret;

	arm_smccc_1_1_smc(0xc4000190, 0x10000, &res);	/* RSI_VERSION */
	storm_is_realm = !res.a0;
	storm_wild = wild;
	storm_ipa_bits = storm_is_realm ? ipa_bits() : 40;
	if (!storm_ipa_bits)
		return -EIO;
	for_each_online_cpu(cpu) {
		if (cpu >= STORM_CPUS)
			break;
		ret = storm_start(cpu);
		if (ret)
			return ret;
		count++;
	}
	for (cpu = 0; cpu < count; cpu++) {
		wait_for_completion(&over[cpu]);
		rounds += storms[cpu].rounds;
		refusals += storm_refusals[cpu];
		free_pages((unsigned long)storms[cpu].pages, 4);
	}
	pr_info("storm: %s, %u CPUs, %llu rounds, %llu refusals\n",
		storm_is_realm ? "realm" : "ordinary", count, rounds, refusals);
	return 0;
}

static void __exit storm_exit(void)
{
}

module_init(storm_init);
module_exit(storm_exit);
MODULE_DESCRIPTION("A hostile kernel of a guest, for tests of virtCCA");
MODULE_LICENSE("GPL");
