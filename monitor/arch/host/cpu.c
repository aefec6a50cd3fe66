/* SPDX-License-Identifier: BSD-3-Clause */
/* CPUs, console, statistics and what happens when something breaks. */
#include "arch/host/host.h"
#include "arch/host/private.h"
#include "hal/console.h"
#include "hal/stat.h"
#include "lib/bits.h"
#include "lib/check.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MiB	(UINT64_C(1) << 20)

const struct host_machine host_machine_default = {
	.features = {
		.pa_bits = 44,
		.vmid_bits = 8,
		.sve = true,
		.sve_vl = 3,
		.num_bps = 5,
		.num_wps = 3,
		.pmu = true,
		.pmu_num_ctrs = 6,
		.gic_num_lrs = 3,
		.gic_pri_bits = 5,
		.gic_id_bits = 16,
		.gic_ext_ids = false,
	},
	.secure_count = 2,
	.dram_count = 2,
	.secure = {
		{ .base = UINT64_C(0x20200000), .size = 6 * MiB, .node = 0 },
		{ .base = UINT64_C(0xa8060000000), .size = 2 * MiB, .node = 1 },
	},
	.dram = {
		{ .base = UINT64_C(0x880600000), .size = 4 * MiB, .node = 0 },
		{ .base = UINT64_C(0xa0000400000), .size = 2 * MiB, .node = 1 },
	},
};

struct host_machine host_machine;

static _Thread_local unsigned int cpu_id;
static _Thread_local unsigned int irq_countdown;

static _Thread_local jmp_buf *catcher;
static _Thread_local char message[256];

static char console[4096];
static size_t console_len;
static _Thread_local size_t console_before;

static _Atomic uint64_t stats[HAL_STAT_COUNT];

void host_boot(const struct host_machine *m)
{
	host_machine = *m;
	console_len = 0;
	console[0] = '\0';
	for (unsigned int i = 0; i < HAL_STAT_COUNT; i++)
		atomic_store(&stats[i], 0);
	irq_countdown = 0;
	host_locks_drop();
	host_locks_jitter(false);
	host_vcpu_reset_cpu();
	host_boot_memory();
	host_boot_stage2();
	host_boot_attest();
}

/* Failures */

static noreturn void stop(void)
{
	if (catcher)
		longjmp(*catcher, 1);
	fprintf(stderr, "fake machine: %s\n", message);
	abort();
}

noreturn void panic(const char *what, const char *file, int line)
{
	snprintf(message, sizeof(message), "panic: %s (%s:%d)", what, file, line);
	stop();
}

noreturn void host_violation(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	stop();
}

const char *host_catch(void (*fn)(void *), void *arg)
{
	jmp_buf *outer = catcher;
	jmp_buf here;

	if (setjmp(here)) {
		catcher = outer;
		host_locks_drop();
		return message;
	}
	catcher = &here;
	fn(arg);
	catcher = outer;
	return NULL;
}

/* CPU */

const struct hal_features *hal_features(void)
{
	return &host_machine.features;
}

unsigned int hal_cpu_id(void)
{
	return cpu_id;
}

void host_cpu_set(unsigned int id)
{
	cpu_id = id;
}

bool hal_irq_pending(void)
{
	if (irq_countdown > 1)
		irq_countdown--;
	return irq_countdown == 1;
}

void host_irq_after(unsigned int n)
{
	irq_countdown = n ? n + 1 : 0;
}

void host_call_begin(void)
{
	host_locks_check_none("at the start of a call");
	host_memory_call_begin();
	console_before = console_len;
}

void host_call_end(void)
{
	host_locks_check_none("at the end of a call");
	if (console_len != console_before)
		host_violation("M7: a call printed \"%s\"", console + console_before);
}

/* Console: boot only, so one writer */

void hal_console_puts(const char *s)
{
	size_t room = sizeof(console) - 1 - console_len;
	size_t n = strnlen(s, room);

	memcpy(console + console_len, s, n);
	console_len += n;
	console[console_len] = '\0';
}

const char *host_console(void)
{
	return console;
}

/* Statistics */

void hal_stat_add(enum hal_stat which, uint64_t n)
{
	CHECK(which < HAL_STAT_COUNT);
	atomic_fetch_add_explicit(&stats[which], n, memory_order_relaxed);
}

uint64_t hal_stat_read(enum hal_stat which)
{
	CHECK(which < HAL_STAT_COUNT);
	return atomic_load_explicit(&stats[which], memory_order_relaxed);
}
