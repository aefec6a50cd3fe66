/* SPDX-License-Identifier: BSD-3-Clause */
/* CPUs, interrupts, timer, console: the bare machine under the tests. */
#ifndef HOST_MACHINE_H
#define HOST_MACHINE_H

#include "host/layout.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define PAGE		4096UL
#define BLOCK		0x200000UL
#define GIB		0x40000000UL

#define sysreg_read(text) ({						\
	uint64_t v_;							\
	__asm__ volatile("mrs %0, " text : "=r"(v_) : : "memory");	\
	v_; })
#define sysreg_write(text, v) \
	__asm__ volatile("msr " text ", %0\n\tisb" : : "r"((uint64_t)(v)) : "memory")

/* console.c; %s %d %u %x %lx %c, and %016lx as the only width */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void console_lock(void);
void console_unlock(void);

/* string.c */
void *memset(void *to, int c, size_t n);
void *memcpy(void *to, const void *from, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
bool has_prefix(const char *s, const char *prefix, size_t n);

/*
 * cpu.c. CPU 0 runs the tests; the others sleep until it gives them work.
 * Every function returns with interrupts masked, as they always are.
 */
unsigned int cpu_id(void);
typedef void (*cpu_work)(void *arg);
/* Starts all CPUs once; false when PSCI refuses. */
bool cpus_start(void);
void cpu_run(unsigned int cpu, cpu_work work, void *arg);
void cpu_wait(unsigned int cpu);
/* Turns another CPU off; cpus_start() brings it back. False: it stays on. */
bool cpu_off(unsigned int cpu);
/* Runs work on CPUs 0..n-1 at once, with arg + i * stride. */
void cpus_run(unsigned int n, cpu_work work, void *arg, size_t stride);
void cpu_relax(void);
void machine_off(void) __attribute__((noreturn));
void cpu_setup(void);		/* from boot.S, MMU off */
void cpu_main(unsigned int cpu);

struct barrier {
	unsigned int want;
	unsigned int arrived;
	unsigned int round;
};
void barrier_wait(struct barrier *b);

/* gic.c */
#define INTID_KICK	1
#define INTID_HOST_TIMER 26
#define INTID_WATCHDOG	28
#define INTID_VTIMER	27
#define INTID_PTIMER	30
#define INTID_NONE	1023
void gic_setup(unsigned int cpu);
void gic_send_sgi(unsigned int cpu, unsigned int intid);
/* Acknowledges and ends the pending interrupt; INTID_NONE when none is. */
unsigned int gic_take(void);
void gic_set_priority_mask(uint64_t pmr);
/* This CPU's SGIs and PPIs that are enabled, one bit each. */
uint32_t gic_private_enabled(void);
void gic_private_enable(unsigned int intid, bool on);

/* timer: the EL2 physical one of this CPU */
uint64_t timer_now(void);
void timer_arm_us(uint64_t us);
void timer_stop(void);
uint64_t timer_us(uint64_t us);
/* Another timer, to get out of a realm that loops. stop: true if it ran out. */
void watchdog_arm(uint64_t us);
bool watchdog_stop(void);

/* exception.c: accesses that may be refused, by external abort */
bool probe_load(uint64_t address, uint64_t *value);
bool probe_store(uint64_t address, uint64_t value);
/* What the last refused probe of this CPU left in ESR_EL2 and FAR_EL2. */
uint64_t probe_esr(void);
uint64_t probe_far(void);

/* boot.S */
int jump_set(uint64_t buf[13]) __attribute__((returns_twice));
void jump_to(uint64_t buf[13]) __attribute__((noreturn));

/* The same sequence on every run. */
uint64_t random64(uint64_t *state);

#endif
