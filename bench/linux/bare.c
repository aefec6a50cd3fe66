/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The guest without a system: single operations, each some times. The plugin
 * reports; nothing is written here.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ops.h"

#define ROUNDS		24	/* ./run leaves the first ones out */
#define FAULTS		12

#define RSI_VERSION	0xc4000190
#define RSI_REALM_CONFIG 0xc4000196
#define RSI_HOST_CALL	0xc4000199
#define RSI_1_0		0x10000
#define PSCI_VERSION	0x84000000
#define PSCI_CPU_ON	0xc4000003
#define PSCI_SYSTEM_OFF	0x84000008
#define VENDOR_HYP_UID	0x8600ff01	/* KVM answers it from a constant */

/* The machine "virt" */
#define GICD		0x08000000UL
#define GICD_CTLR	0x0000
#define GICD_TYPER	0x0004
#define GICR		0x080a0000UL
#define GICR_STRIDE	0x20000UL
#define GICR_WAKER	0x0014
#define GICR_SGI	0x10000UL
#define GICR_IGROUPR0	(GICR_SGI + 0x080)
#define GICR_ISENABLER0	(GICR_SGI + 0x100)
#define UART_PERIPH_ID	0x09000fe0UL
#define INTID_TIMER	27
#define INTID_SGI	1
#define SGI_TO(cpu)	((uint64_t)INTID_SGI << 24 | 1ul << (cpu))

/* RAM that nobody has touched: beside the image, and a good way above it. */
#define NEAR_OFFSET	0x80000UL
#define FAR_BASE	0x44000000UL
#define PAGE		0x1000UL
#define BLOCK		0x200000UL

/* Ticks of 1 ns, in which an instruction runs */
#define SOON		40000
#define LATER		400000

typedef void operation(void);
uint64_t measure(uint64_t number, operation *op, uint64_t a, uint64_t b);
operation op_nothing, op_known, op_hvc, op_smc, op_id, op_read, op_write;
operation op_sgi, op_timer_busy, op_timer_idle, op_sgi_wait;

void guest_main(void);
void second_main(void);
void take_irq(void);
extern char _start[];
extern char second_start[];

struct rsi_host_call {
	uint16_t imm;
	uint64_t gprs[31];
} __attribute__((aligned(256)));

struct rsi_config {
	uint64_t ipa_width;
	uint64_t rest[511];
} __attribute__((aligned(4096)));

static struct rsi_host_call host_call;
static struct rsi_config config;
static bool is_realm;
static uint64_t shared;		/* added to the addresses of devices */
static volatile uint32_t interrupts[2];	/* by CPU */

static uint64_t call(bool smc, uint64_t fid, uint64_t a, uint64_t b, uint64_t c)
{
	register uint64_t x0 __asm__("x0") = fid;
	register uint64_t x1 __asm__("x1") = a;
	register uint64_t x2 __asm__("x2") = b;
	register uint64_t x3 __asm__("x3") = c;

	if (smc)
		__asm__ volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
				 : : "x4", "x5", "x6", "x7", "x8", "x9", "x10",
				 "x11", "x12", "x13", "x14", "x15", "x16", "x17",
				 "memory");
	else
		__asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
				 : : "x4", "x5", "x6", "x7", "x8", "x9", "x10",
				 "x11", "x12", "x13", "x14", "x15", "x16", "x17",
				 "memory");
	return x0;
}

static void mmio_write(uint64_t address, uint32_t value)
{
	__asm__ volatile("str %w0, [%1]" : : "r"(value), "r"(address) : "memory");
}

#define write_sysreg(name, value) \
	__asm__ volatile("msr " name ", %0\n\tisb" : : "r"((uint64_t)(value)) : "memory")

static unsigned int cpu_id(void)
{
	uint64_t mpidr;

	__asm__ volatile("mrs %0, mpidr_el1" : "=r"(mpidr));
	return mpidr & 0xff;
}

/* Who has no RSI says so: SMCCC's NOT_SUPPORTED. */
static void find_kind(void)
{
	is_realm = call(true, RSI_VERSION, RSI_1_0, 0, 0) == 0;
	if (!is_realm)
		return;
	call(true, RSI_REALM_CONFIG, (uint64_t)&config, 0, 0);
	shared = 1ul << (config.ipa_width - 1);
}

static void irq_setup(void)
{
	uint64_t gicr = shared + GICR + cpu_id() * GICR_STRIDE;

	mmio_write(shared + GICD + GICD_CTLR, 0x12);	/* ARE, group 1 */
	mmio_write(gicr + GICR_WAKER, 0);
	mmio_write(gicr + GICR_IGROUPR0, ~0u);
	mmio_write(gicr + GICR_ISENABLER0, 1u << INTID_TIMER | 1u << INTID_SGI);
	write_sysreg("icc_sre_el1", 7);
	write_sysreg("icc_pmr_el1", 0xff);
	write_sysreg("icc_igrpen1_el1", 1);
	__asm__ volatile("msr daifclr, #2" : : : "memory");
}

void take_irq(void)
{
	uint64_t intid;

	__asm__ volatile("mrs %0, icc_iar1_el1" : "=r"(intid) : : "memory");
	if (intid == INTID_TIMER)
		write_sysreg("cntv_ctl_el0", 2);	/* masked until it is set anew */
	write_sysreg("icc_eoir1_el1", intid);
	interrupts[cpu_id()]++;
}

static void repeat(uint64_t number, operation *op, uint64_t a, uint64_t b)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++)
		measure(number, op, a, b);
}

static void hypercalls(void)
{
	operation *op = is_realm ? op_smc : op_hvc;

	host_call.gprs[0] = VENDOR_HYP_UID;
	if (is_realm)
		repeat(OP_HYPERCALL, op, RSI_HOST_CALL, (uint64_t)&host_call);
	else
		repeat(OP_HYPERCALL, op, VENDOR_HYP_UID, 0);
	repeat(OP_PSCI_VERSION, op, PSCI_VERSION, 0);
	repeat(OP_ID_REGISTER, op_id, 0, 0);
}

static void mmio(void)
{
	repeat(OP_MMIO_KVM, op_read, shared + GICD + GICD_TYPER, 0);
	repeat(OP_MMIO_VMM, op_read, shared + UART_PERIPH_ID, 0);
}

static void timer(uint64_t number, operation *op, uint64_t ticks)
{
	write_sysreg("cntv_cval_el0", ~0ul);
	write_sysreg("cntv_ctl_el0", 1);
	measure(number, op, ticks, (uint64_t)&interrupts[0]);
}

static void timers(void)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++)
		timer(OP_TIMER_BUSY, op_timer_busy, SOON);
	for (i = 0; i < ROUNDS; i++)
		timer(OP_TIMER_IDLE, op_timer_idle, LATER);
}

/* The second vCPU sends back what it gets, and sleeps. */
void second_main(void)
{
	uint32_t seen = 0;

	irq_setup();
	for (;;) {
		__asm__ volatile("msr daifset, #2" : : : "memory");
		while (interrupts[1] == seen)
			__asm__ volatile("wfi\n\tmsr daifclr, #2\n\tisb\n\t"
					 "msr daifset, #2" : : : "memory");
		seen = interrupts[1];
		write_sysreg("icc_sgi1r_el1", SGI_TO(0));
	}
}

static void sgis(void)
{
	repeat(OP_SGI_SELF, op_sgi, SGI_TO(0), (uint64_t)&interrupts[0]);
	if (call(is_realm, PSCI_CPU_ON, 1, (uint64_t)second_start, 0))
		return;
	/* Time for it to get ready and to go to sleep */
	timer(OP_OTHER, op_timer_idle, 100 * LATER);
	repeat(OP_SGI_OTHER, op_sgi_wait, SGI_TO(1), (uint64_t)&interrupts[0]);
}

static void faults(void)
{
	unsigned int i;

	for (i = 0; i < FAULTS; i++)
		measure(OP_FAULT_4K, op_write,
			(uint64_t)_start + NEAR_OFFSET + i * PAGE, i);
	for (i = 0; i < FAULTS; i++)
		measure(OP_FAULT_2M, op_write, FAR_BASE + i * BLOCK, i);
}

void guest_main(void)
{
	find_kind();
	irq_setup();
	repeat(OP_NOTHING, op_nothing, 0, 0);
	repeat(OP_KNOWN, op_known, 0, 0);
	hypercalls();
	mmio();
	timers();
	faults();
	sgis();
	call(is_realm, PSCI_SYSTEM_OFF, 0, 0, 0);
	for (;;)
		;
}
