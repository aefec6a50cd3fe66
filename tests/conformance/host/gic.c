/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GICv3 as one host needs it: private interrupts of its CPU, all Group 1.
 * Interrupts stay masked in PSTATE; who waits for one sleeps in WFI and polls.
 */
#include "host/machine.h"

#define GICD_CTLR	0x0000
#define GICD_ENABLE	0x12		/* ARE_NS, EnableGrp1A */
#define GICR_WAKER	0x0014
#define GICR_SGI	0x10000
#define GICR_IGROUPR0	(GICR_SGI + 0x080)
#define GICR_ISENABLER0	(GICR_SGI + 0x100)
#define GICR_ICENABLER0	(GICR_SGI + 0x180)
#define GICR_IPRIORITYR	(GICR_SGI + 0x400)
#define PRIVATE_IRQS	(0xffffU | 1U << INTID_HOST_TIMER | \
			 1U << INTID_WATCHDOG | \
			 1U << INTID_VTIMER | 1U << INTID_PTIMER)

#define ICC_PMR		"s3_0_c4_c6_0"
#define ICC_IAR1	"s3_0_c12_c12_0"
#define ICC_EOIR1	"s3_0_c12_c12_1"
#define ICC_SGI1R	"s3_0_c12_c11_5"
#define ICC_IGRPEN1	"s3_0_c12_c12_7"
#define ICC_SRE_EL2	"s3_4_c12_c9_5"

static volatile uint32_t *reg(uint64_t base, uint64_t offset)
{
	return (volatile uint32_t *)(uintptr_t)(base + offset);
}

void gic_setup(unsigned int cpu)
{
	uint64_t gicr = GICR_BASE + cpu * (uint64_t)GICR_STRIDE;
	unsigned int i;

	sysreg_write(ICC_SRE_EL2, 0xf);
	*reg(GICD_BASE, GICD_CTLR) = GICD_ENABLE;
	*reg(gicr, GICR_WAKER) = 0;
	while (*reg(gicr, GICR_WAKER) & 4)
		;
	*reg(gicr, GICR_IGROUPR0) = ~0U;
	for (i = 0; i < 8; i++)
		*reg(gicr, GICR_IPRIORITYR + 4 * i) = 0xa0a0a0a0;
	*reg(gicr, GICR_ISENABLER0) = PRIVATE_IRQS;
	gic_set_priority_mask(0xff);
	sysreg_write(ICC_IGRPEN1, 1);
}

static uint64_t my_gicr(void)
{
	return GICR_BASE + cpu_id() * (uint64_t)GICR_STRIDE;
}

uint32_t gic_private_enabled(void)
{
	return *reg(my_gicr(), GICR_ISENABLER0);
}

void gic_private_enable(unsigned int intid, bool on)
{
	*reg(my_gicr(), on ? GICR_ISENABLER0 : GICR_ICENABLER0) = 1U << intid;
}

void gic_set_priority_mask(uint64_t pmr)
{
	sysreg_write(ICC_PMR, pmr);
}

/* CPUs are Aff0 of one cluster. */
void gic_send_sgi(unsigned int cpu, unsigned int intid)
{
	__asm__ volatile("dsb ishst" : : : "memory");
	sysreg_write(ICC_SGI1R, ((uint64_t)intid << 24) | (1UL << cpu));
}

unsigned int gic_take(void)
{
	uint64_t id = sysreg_read(ICC_IAR1) & 0xffffff;

	if (id < 1020)
		sysreg_write(ICC_EOIR1, id);
	return (unsigned int)id;
}

uint64_t timer_now(void)
{
	return sysreg_read("cntpct_el0");
}

uint64_t timer_us(uint64_t us)
{
	return us * sysreg_read("cntfrq_el0") / 1000000;
}

/* The EL2 virtual timer: no test uses it. */
void watchdog_arm(uint64_t us)
{
	sysreg_write("s3_4_c14_c3_2", timer_now() + timer_us(us));
	sysreg_write("s3_4_c14_c3_1", 1);
}

bool watchdog_stop(void)
{
	bool fired = sysreg_read("s3_4_c14_c3_1") & 4;

	sysreg_write("s3_4_c14_c3_1", 0);
	return fired;
}

void timer_arm_us(uint64_t us)
{
	sysreg_write("cnthp_cval_el2", timer_now() + timer_us(us));
	sysreg_write("cnthp_ctl_el2", 1);
}

void timer_stop(void)
{
	sysreg_write("cnthp_ctl_el2", 0);
}
