/* SPDX-License-Identifier: BSD-3-Clause */
/* The payload: takes orders by host call, see puppet.h. Runs at R-EL1. */
#include "puppet.h"
#include "orders.h"
#include "abi/rsi.h"
#include <stdbool.h>
#include <stddef.h>

/* What one REC keeps in the first page of its area; its stack lies above. */
struct area {
	unsigned long exceptions, esr, far, elr, spsr, pstate;
	unsigned long irqs, irq[PUPPET_IRQS], irq_flags;
	unsigned long bad;
	_Alignas(256) struct rsi_host_call call;
	_Alignas(16) uint64_t vectors[0x800 / 8];
};

/* Registers as start.S saves them on an exception. */
struct frame {
	unsigned long x[31];	/* x20..x28 are not saved: C keeps them */
};

unsigned long hvc_here(void);
unsigned long el0_load(unsigned long address);
extern const char el0_load_at[], el0_end[];
unsigned long call_at(unsigned long address);
unsigned long gprs_run(unsigned long what, unsigned long argument);
void puppet_main(void);
void on_sync(struct frame *f);
void on_sync_el0(struct frame *f);
void on_irq(struct frame *f);
void on_other(struct frame *f);

#define ACCESS(name) unsigned long access_##name(unsigned long, unsigned long);
ACCESS(ldrb_w) ACCESS(ldrh_w) ACCESS(ldr_w) ACCESS(ldr_x) ACCESS(ldrsb_w)
ACCESS(ldrsb_x) ACCESS(ldrsh_w) ACCESS(ldrsh_x) ACCESS(ldrsw_x)
ACCESS(ldr_xzr) ACCESS(ldr_post) ACCESS(ldxr) ACCESS(strb) ACCESS(strh)
ACCESS(str_w) ACCESS(str_x) ACCESS(str_xzr) ACCESS(str_post)
#undef ACCESS

/* Every stack lies in its REC's area, so SP says which one this is. */
static struct area *my_area(void)
{
	return (struct area *)((unsigned long)__builtin_frame_address(0) &
			       ~(PUPPET_AREA_SIZE - 1UL));
}

#define EC_SVC		0x15
#define SPSR_EL1H	0x3c5UL	/* DAIF masked */

/*
 * Notes the exception and steps over its cause: a load, store or system
 * instruction is skipped, a branch to where nothing can run returns.
 */
void on_sync(struct frame *f)
{
	struct area *a = my_area();
	unsigned long ec;

	if (read_reg("esr_el1") >> 26 == EC_SVC) {
		write_reg("elr_el1", (unsigned long)el0_end);
		write_reg("spsr_el1", SPSR_EL1H);
		return;
	}
	a->exceptions++;
	a->esr = read_reg("esr_el1");
	a->far = read_reg("far_el1");
	a->elr = read_reg("elr_el1");
	a->spsr = read_reg("spsr_el1");
	a->pstate = read_reg("daif") | read_reg("s3_0_c4_c2_3");	/* PAN */
	ec = a->esr >> 26;
	if (ec == 0x20 || ec == 0x21)
		write_reg("elr_el1", f->x[30]);
	else
		write_reg("elr_el1", a->elr + 4);
}

/* The other vector: noted, if there is anything to note. */
void on_sync_el0(struct frame *f)
{
	struct area *a = my_area();
	unsigned long before = a->exceptions;

	on_sync(f);
	if (a->exceptions != before)
		a->pstate |= PUPPET_FROM_EL0;
}

static void stop_timer(unsigned long id)
{
	if (id == 27)
		write_reg("cntv_ctl_el0", 3UL);
	if (id == 30)
		write_reg("cntp_ctl_el0", 3UL);
	if (id == 27 || id == 30)
		__asm__ volatile("isb");
}

void on_irq(struct frame *f)
{
	struct area *a = my_area();
	unsigned long id = read_reg("s3_0_c12_c12_0");

	(void)f;
	if (a->irqs < PUPPET_IRQS)
		a->irq[a->irqs] = id;
	a->irqs++;
	if (a->irq_flags & IRQ_STOP_TIMERS)
		stop_timer(id);
	if ((a->irq_flags & IRQ_EOI) && id < 1020)
		write_reg("s3_0_c12_c12_1", id);
	if (id >= 1020)		/* nothing there: do not take it for ever */
		write_reg("spsr_el1", read_reg("spsr_el1") | 0x80);
}

/* SError, or an exception from where none can come: seen in the report. */
void on_other(struct frame *f)
{
	struct area *a = my_area();

	(void)f;
	a->exceptions += 0x1000;
	a->esr = read_reg("esr_el1");
	a->elr = read_reg("elr_el1");
}

static unsigned long order_access(const uint64_t *g)
{
	unsigned long at = g[2], v = g[3];

	switch ((enum access)g[1]) {
	case ACC_LDRB_W: return access_ldrb_w(at, v);
	case ACC_LDRH_W: return access_ldrh_w(at, v);
	case ACC_LDR_W: return access_ldr_w(at, v);
	case ACC_LDR_X: return access_ldr_x(at, v);
	case ACC_LDRSB_W: return access_ldrsb_w(at, v);
	case ACC_LDRSB_X: return access_ldrsb_x(at, v);
	case ACC_LDRSH_W: return access_ldrsh_w(at, v);
	case ACC_LDRSH_X: return access_ldrsh_x(at, v);
	case ACC_LDRSW_X: return access_ldrsw_x(at, v);
	case ACC_LDR_XZR: return access_ldr_xzr(at, v);
	case ACC_LDR_POST: return access_ldr_post(at, v);
	case ACC_LDXR: return access_ldxr(at, v);
	case ACC_STRB: return access_strb(at, v);
	case ACC_STRH: return access_strh(at, v);
	case ACC_STR_W: return access_str_w(at, v);
	case ACC_STR_X: return access_str_x(at, v);
	case ACC_STR_XZR: return access_str_xzr(at, v);
	case ACC_STR_POST: return access_str_post(at, v);
	case ACC_COUNT: break;
	}
	return 0;
}

static unsigned long order_mrs(unsigned long which)
{
	switch ((enum reg)which) {
#define REG_READ(name, text) case REG_##name: return read_reg(text);
	PUPPET_REGS_RW(REG_READ)
	PUPPET_REGS_RO(REG_READ)
#undef REG_READ
	case REG_COUNT: break;
	}
	return 0;
}

static void order_msr(unsigned long which, unsigned long v)
{
	switch ((enum reg)which) {
#define REG_WRITE(name, text) case REG_##name: write_reg(text, v); break;
	PUPPET_REGS_RW(REG_WRITE)
#undef REG_WRITE
	default: break;
	}
}

static void order_wfx(unsigned long what)
{
	switch ((enum wfx)what) {
	case WFX_WFI: __asm__ volatile("wfi" : : : "memory"); break;
	case WFX_WFE: __asm__ volatile("sevl\n\twfe\n\twfe" : : : "memory"); break;
	}
}

static void order_irq(struct area *a, uint64_t *g)
{
	unsigned long n = g[1], spins = g[3], i;

	a->irqs = 0;
	a->irq_flags = g[2];
	write_reg("s3_0_c12_c12_7", 1UL);	/* ICC_IGRPEN1 */
	write_reg("s3_0_c4_c6_0", 0xffUL);	/* ICC_PMR */
	__asm__ volatile("msr daifclr, #2" : : : "memory");
	for (i = 0; i < spins && *(volatile unsigned long *)&a->irqs < n; i++)
		__asm__ volatile("isb" : : : "memory");
	__asm__ volatile("msr daifset, #2" : : : "memory");
	g[1] = a->irqs;
	for (i = 0; i < PUPPET_IRQS && i < a->irqs; i++)
		g[2 + i] = a->irq[i];
}

static void order_wait(const struct area *a, volatile uint64_t *word,
		       uint64_t value)
{
	word[1] = 1;
	while (word[0] != value && !*(volatile unsigned long *)&a->exceptions)
		__asm__ volatile("yield");
}

static void order_fill(const uint64_t *g)
{
	volatile uint64_t *w = (volatile uint64_t *)(uintptr_t)g[1];
	unsigned long i;

	for (i = 0; i < g[2] / 8; i++)
		w[i] = pattern(g[3], i);
}

static void order_copy(const uint64_t *g)
{
	volatile uint64_t *to = (volatile uint64_t *)(uintptr_t)g[1];
	const volatile uint64_t *from = (const volatile uint64_t *)(uintptr_t)g[2];
	unsigned long i;

	for (i = 0; i < g[3] / 8; i++)
		to[i] = from[i];
}

static void order_zeros(uint64_t *g)
{
	const volatile uint64_t *w = (const volatile uint64_t *)(uintptr_t)g[1];
	unsigned long i, zeros = 0;

	for (i = 0; i < g[2] / 8; i++)
		zeros += w[i] == 0;
	g[1] = zeros;
}

/* Words that differ from what OP_FILL wrote, and the sum of all. */
static void order_sum(uint64_t *g)
{
	const volatile uint64_t *w = (const volatile uint64_t *)(uintptr_t)g[1];
	unsigned long i, bad = 0, sum = 0;

	for (i = 0; i < g[2] / 8; i++) {
		uint64_t v = w[i];

		bad += v != pattern(g[3], i);
		sum += v;
	}
	g[1] = bad;
	g[2] = sum;
}

/* An exit that the monitor answers itself. */
static void into_the_monitor(void)
{
	unsigned long x[18] = { RSI_VERSION, RSI_ABI_1_0 };

	smc18(x);
}

static void carry_out(struct area *a, uint64_t *g)
{
	switch ((enum puppet_op)g[0]) {
	case OP_SMC: a->bad = smc18(g + 1); break;
	case OP_HVC: g[1] = hvc_here(); break;
	case OP_ACCESS: g[1] = order_access(g); break;
	case OP_EL0_LOAD:
		g[1] = el0_load(g[1]);
		g[2] = (unsigned long)el0_load_at;
		break;
	case OP_EXEC: g[1] = call_at(g[1]); break;
	case OP_MRS: g[1] = order_mrs(g[1]); break;
	case OP_MSR:
		order_msr(g[1], g[2]);
		if (g[3])
			into_the_monitor();
		break;
	case OP_MMU: order_mmu(g); break;
	case OP_TLBI: tlbi(); break;
	case OP_WAIT_EQ:
		order_wait(a, (volatile uint64_t *)(uintptr_t)g[1], g[2]);
		break;
	case OP_FILL: order_fill(g); break;
	case OP_INC: ++*(volatile uint64_t *)(uintptr_t)g[1]; break;
	case OP_COPY: order_copy(g); break;
	case OP_ZEROS: order_zeros(g); break;
	case OP_SUM: order_sum(g); break;
	case OP_WFX: order_wfx(g[1]); break;
	case OP_IRQ: order_irq(a, g); break;
	case OP_GPRS: a->bad = gprs_run(g[1], g[2]); break;
	case OP_SIMD: a->bad = order_simd(a->vectors, g); break;
	case OP_TABLE: order_table(g); break;
	case OP_TOGGLE: order_toggle(g); break;
	case OP_TOUCH: order_touch(g); break;
	case OP_SHARE: order_share(g); break;
	case OP_CONVERT: order_convert(g); break;
	case OP_NONE:
	case OP_COUNT:
		break;
	}
}

/* Returns the number of registers that the call changed and may not. */
static unsigned long host_call(struct rsi_host_call *c)
{
	unsigned long x[18] = { RSI_HOST_CALL, (unsigned long)c };
	unsigned long i, bad;

	for (i = 2; i < 18; i++)
		x[i] = pattern(1, i);
	c->imm = PUPPET_IMM;
	bad = smc18(x) + (x[0] != RSI_SUCCESS);
	for (i = 4; i < 18; i++)
		bad += x[i] != pattern(1, i);
	return bad;
}

static void report(struct area *a, uint64_t *g)
{
	g[PUPPET_EXC] = a->exceptions;
	g[PUPPET_EXC + 1] = a->esr;
	g[PUPPET_EXC + 2] = a->far;
	g[PUPPET_EXC + 3] = a->elr;
	g[PUPPET_BAD] = a->bad;
	g[PUPPET_PSTATE] = a->spsr;
	g[PUPPET_PSTATE + 1] = a->pstate;
}

void puppet_main(void)
{
	struct area *a = my_area();
	uint64_t *g = a->call.gprs;
	unsigned long bad;

	for (;;) {
		bad = host_call(&a->call);
		a->exceptions = a->esr = a->far = a->elr = a->bad = 0;
		carry_out(a, g);
		a->bad += bad;
		report(a, g);
	}
}
