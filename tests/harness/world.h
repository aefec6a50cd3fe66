/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The world a test lives in: the fake machine with the monitor booted on it, a
 * host that calls it, and the laws that hold after every call (laws.h).
 */
#ifndef TESTS_HARNESS_WORLD_H
#define TESTS_HARNESS_WORLD_H

#include "abi/rmi.h"
#include "abi/rsi.h"
#include "arch/host/host.h"
#include "core/granule.h"
#include "lib/addr.h"
#include "lib/bits.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdnoreturn.h>

/* Ends the test (unit) or the program (model, race, fuzz). */
noreturn void test_fail(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* What test_fail() of a program has to say, on standard error. */
void test_say(const char *file, int line, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));

#define FAIL(...)	test_fail(__FILE__, __LINE__, __VA_ARGS__)
#define EXPECT(cond)						\
	do {							\
		if (!(cond))					\
			FAIL("expected: %s", #cond);		\
	} while (0)
#define EXPECT_EQ(got, want)						\
	do {								\
		uint64_t got_ = (uint64_t)(got), want_ = (uint64_t)(want); \
		if (got_ != want_)					\
			FAIL("%s is %#llx, not %#llx", #got,		\
			     (unsigned long long)got_,			\
			     (unsigned long long)want_);		\
	} while (0)

/* Which memory the host gives to realms: the same tests run with both. */
enum backing { FROM_POOL, FROM_DRAM };

/* Fresh machine, monitor booted, nothing delegated. */
void world_boot(const struct host_machine *m, enum backing backing);
/* Counts boots, so that a cache of pages knows when it is stale. */
unsigned int world_epoch(void);

/* Calls */

struct call {
	uint64_t x[8];		/* x[0] = function id */
};

#define CALL(...)	((struct call){ .x = { __VA_ARGS__ } })
/* x0 .. x7 afterwards; checks rmm-abi.md 1.5 and, unless told not to, the laws. */
struct call world_call(struct call c);
#define RMI(...)	world_call(CALL(__VA_ARGS__))
/* The same, and it must succeed. */
struct call world_must(const char *what, struct call c);
#define MUST(...)	world_must(#__VA_ARGS__, CALL(__VA_ARGS__))

/* Off: neither laws nor TLB, for races and for speed. */
void world_check_laws(bool on);

/* Status words */
#define RTT_ERROR(level)	RMI_RETURN(RMI_ERROR_RTT, (uint64_t)(level))

/* Everything the monitor keeps in secure memory, and all normal memory. */
struct world_print {
	uint64_t secure, ns;
};
struct world_print world_print(void);

/* Pages of the host; each call gives another one. */
uint64_t pool_page(void);		/* UNDELEGATED */
uint64_t ns_page(void);			/* normal memory, zeroed */
uint64_t dram_run(unsigned int pages, uint64_t align);
uint64_t pool_run(unsigned int pages, uint64_t align);
uint64_t idle_page(void);		/* UNDELEGATED, of the chosen backing */
uint64_t idle_run(unsigned int pages, uint64_t align);
uint64_t delegated(void);		/* DELEGATED */
uint64_t delegated_run(unsigned int pages, uint64_t align);

/* Addresses that are no memory of any kind. */
extern const uint64_t world_holes[];
extern const unsigned int world_num_holes;

enum granule_state state_of(uint64_t pa);
/* Content of a granule that the monitor holds, as the monitor sees it. */
void *content_of(uint64_t pa);

#endif
