/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests. A test is a function on CPU 0; it may hand work to other CPUs. What
 * it leaves behind, delegated granules, realms, RECs, is taken back afterwards
 * by the ledger, and then the pool must have as many free pages as before: a
 * page that does not come back is a failure of that test.
 */
#ifndef HOST_TEST_H
#define HOST_TEST_H

#include "host/granule.h"
#include "host/machine.h"
#include "host/rmi.h"

enum test_flags {
	ONCE = 0,		/* granules from the pool */
	BOTH = 1,		/* a second run with shadow granules */
	SHADOWED = 2,		/* shadow granules only */
	RACE = 4,		/* in the multi-threaded run only */
};

struct test {
	const char *name;
	void (*body)(void);
	unsigned long flags;
	unsigned long pad;
};

#define TEST(group, what, flags)					\
	static void group##_##what(void);				\
	static const struct test test_##group##_##what			\
		__attribute__((section(".tests"), used)) =		\
		{ #group "." #what, group##_##what, flags, 0 };		\
	static void group##_##what(void)

/*
 * A failed EXPECT is noted and the test goes on; a failed ASSERT ends it. Both
 * work on every CPU, but only CPU 0 can end a test: elsewhere ASSERT notes.
 */
#define EXPECT_EQ(got, want) \
	test_check(__FILE__, __LINE__, #got, (uint64_t)(got), \
		   (uint64_t)(want), false)
#define ASSERT_EQ(got, want) \
	test_check(__FILE__, __LINE__, #got, (uint64_t)(got), \
		   (uint64_t)(want), true)
#define EXPECT(claim)	EXPECT_EQ(!!(claim), true)
#define ASSERT(claim)	ASSERT_EQ(!!(claim), true)

/* True when got == want. */
bool test_check(const char *file, int line, const char *expr, uint64_t got,
		uint64_t want, bool fatal);
/* Checks that are no expression: "what0xwhere", and a call's register. */
void test_fail_at(const char *what, uint64_t where, uint64_t got, uint64_t want);
void test_fail_register(const char *call, unsigned int reg, uint64_t got,
			uint64_t want);
/* What a table-driven test is at; part of each failure message. */
void test_label(const char *label);
void test_skip(const char *why) __attribute__((noreturn));

/* From the runner's page: how much of the long tests to do. */
unsigned int test_scale(unsigned int full);
/* For soak.c, which skips no tests, a number in the same place. */
unsigned int test_seed(void);

/* Runs body outside of any test; true unless a check in it failed. */
bool test_guard(void (*body)(void));

/* main.c, demo.c or soak.c */
void host_main(void);
/* Runs all tests that the runner's page selects. */
void tests_run(void);

#endif
