/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The fake machine: every function of hal/ on the build host, and what a test
 * may do to it. It is strict, not kind:
 *
 *   M1  an address of the machine is never a pointer; pool pages lie apart,
 *       each behind a guard page, and all memory begins as junk
 *   M2  normal memory is copied in the sizes and alignments of hal/memory.h,
 *       and no word of it is read twice in one call
 *   M3  locks are taken in the order of hal/lock.h, given back by their taker
 *       and none is left at the end of a call or held while a realm runs
 *   M4  a translation that the MMU may have cached is invalidated before the
 *       table says something else, and before its page or table is wiped
 *   M5  a realm sees only pages that were synced after the last write, through
 *       entries that were published
 *   M6  a vcpu is used in the order init, load, run and friends, put
 *   M7  nothing is printed while a call runs
 *
 * Breaking one is a bug of the monitor, like a panic: it ends the test.
 * A thread is a CPU. State marked "per CPU" is thread-local.
 */
#ifndef TMM_ARCH_HOST_HOST_H
#define TMM_ARCH_HOST_HOST_H

#include "hal/boot.h"
#include "hal/cpu.h"
#include "hal/lock.h"
#include "hal/stage2.h"
#include "hal/vcpu.h"
#include "lib/addr.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdnoreturn.h>

/* Machine */

#define HOST_MAX_RANGES	4

struct host_machine {
	struct hal_features features;
	unsigned int secure_count;
	unsigned int dram_count;
	struct hal_range secure[HOST_MAX_RANGES];
	struct hal_range dram[HOST_MAX_RANGES];
};

/* Two pools, two DRAM ranges, every optional feature present. */
extern const struct host_machine host_machine_default;

/*
 * Power on: junk in all memory, empty TLBs, everything below back to its
 * default. Other threads must not be in the monitor. The first call decides
 * the size of memory; a later one may only change features.
 */
void host_boot(const struct host_machine *m);

/* What its root of trust hands over: a key pair that is no secret. */
struct tmm_attest;
extern const struct tmm_attest host_attest_default;

/* Failures */

/* The monitor broke a rule of the machine. Ends like panic(). */
noreturn void host_violation(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/*
 * Runs fn(arg); NULL when it returns, else what it panicked with. The machine
 * is good for host_boot() only after that. Per CPU; may be nested.
 */
const char *host_catch(void (*fn)(void *), void *arg);

/* CPU */

void host_cpu_set(unsigned int id);

/* hal_irq_pending() is true from the n-th question on; per CPU, 0 = never. */
void host_irq_after(unsigned int n);

/* Around every call of the monitor from the Normal world: M2, M3, M7. */
void host_call_begin(void);
void host_call_end(void);

/* What the monitor has printed since boot. */
const char *host_console(void);

/* CPUs that wait for a turn (hal/lock.h), or for a lock with it */
unsigned int host_turns(void);

/* Off after boot. On: CPUs lose time behind a release, so that others get in. */
void host_locks_jitter(bool on);

/* Memory */

bool host_is_dram(uint64_t pa);
bool host_is_pool(uint64_t pa);
/* Normal memory as the host sees it. */
void *host_ns(paddr_t p);
/* Changes when any byte of secure or normal memory does. */
uint64_t host_secure_digest(void);
uint64_t host_ns_digest(void);

/* The n-th access of the monitor to normal memory fails; per CPU, 0 = none. */
void host_ns_fail_at(unsigned int n);
/* Accesses of the monitor to normal memory in the current or last call. */
unsigned int host_ns_accesses(void);
/* Whatever the monitor has read is changed behind its back at once. */
void host_ns_mutate(bool on);

/* Second stage */

struct host_stage2_count {
	unsigned int publish;
	unsigned int invalidate;
	unsigned int invalidate_all;
};
/* Since boot, all CPUs. */
struct host_stage2_count host_stage2_count(void);

/*
 * Between calls: the MMU walks these trees (all that are live) to the end and
 * caches what it finds; what it holds from before must still be so (M4, M5).
 * One thread only, and none in the monitor.
 */
void host_tlb_settle(const struct hal_stage2 *live, unsigned int count);
/* M4 for a page that core is about to give away, by hal_page_zero() */
void host_tlb_check_unused(const void *page);

/* One translation as a realm would get it, from the tables, not the TLB. */
struct host_leaf {
	bool valid;
	uint64_t out;		/* output address of `at` itself */
	uint64_t desc;
	int level;
};
struct host_leaf host_stage2_walk(const struct hal_stage2_tree *t, uint64_t at);

/* The page a secure address lies in; NULL where there is none (no panic). */
void *host_secure_page(uint64_t pa);
/* And back; panics for a pointer that is not the start of a pool page. */
uint64_t host_pool_pa(const void *page);
bool host_page_is_synced(const void *page);
/* The realm can see the page now: content may change without a sync. */
void host_page_seen(const void *page);

/* VCPU: what the realm does, per CPU */

struct host_step {
	struct vcpu_exit exit;
	uint32_t set;		/* bit n: the realm leaves x[n] in Xn */
	uint64_t x[31];
	void (*code)(struct vcpu *v, void *arg);	/* runs first, may be NULL */
	void *arg;
};

#define HOST_MAX_STEPS	64

/* One more hal_vcpu_run() ends like this; after the last, as an IRQ. */
void host_realm_step(const struct host_step *s);
unsigned int host_realm_steps_left(void);
void host_realm_forget(void);

/* What the next hal_vcpu_put() reports; LRs and HCR default to those loaded. */
struct host_put {
	bool gic_set;
	struct vcpu_gic gic;
	struct vcpu_timers timers;
	bool pmu_overflow;
};
void host_realm_put(const struct host_put *p);

/* How hal_vcpu_heal() answers; NULL: always refuses. */
typedef enum heal_result host_heal_fn(const struct vcpu_exit *fault,
				      const struct vcpu_guest_mem *m, void *arg);
void host_realm_heal(host_heal_fn *fn, void *arg);

/* What core asked of the vcpu since host_realm_forget(). */
struct host_seen {
	unsigned int loads, puts, runs, heals, flushes;
	unsigned int seas, address_sizes, serrors;
	struct vcpu_regs regs;		/* at the start of the last run */
	struct vcpu_gic gic;		/* of the last load */
	struct hal_stage2 s2;
	bool trap_wfi, trap_wfe;
	struct vcpu_exit cause;		/* of the last injection */
};
const struct host_seen *host_realm_seen(void);
/* The configuration that init got, and how often reset was called. */
struct vcpu_config host_vcpu_config(const struct vcpu *v);
unsigned int host_vcpu_resets(const struct vcpu *v);

#endif
