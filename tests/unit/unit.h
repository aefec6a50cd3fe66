/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A unit test runs in a fresh world, and a panic or a broken law fails it.
 * Suites hand in their tests as rows; all of them run once for each setting.
 */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include "harness/realm.h"
#include "harness/world.h"

/* What a test must not depend on. */
struct setting {
	const char *name;
	enum backing backing;
	struct geometry geometry;
	enum rmi_hash { SHA256 = RMI_HASH_SHA256, SHA512 = RMI_HASH_SHA512 } hash;
};

/* The one in force. */
extern const struct setting *setting;

struct unit_test {
	const char *name;
	void (*run)(const void *arg);
	const void *arg;
};

void unit_add(const char *name, void (*run)(const void *arg), const void *arg);

#define UNIT_TESTS(array)						\
	do {								\
		for (size_t i_ = 0; i_ < COUNT_OF(array); i_++)		\
			unit_add((array)[i_].name, (array)[i_].run,	\
				 (array)[i_].arg);			\
	} while (0)

/* A realm as the setting wants it, NEW. */
void make_realm(struct realm_under_test *r, uint16_t vmid);

/* Fails unless fn(arg) ends in a panic or a broken rule that names `what`. */
void expect_panic(const char *what, void (*fn)(void *), void *arg);

/* Each adds its tests. */
void suite_machine(void);
void suite_boot(void);
void suite_manifest(void);
void suite_states(void);
void suite_geometry(void);
void suite_version(void);
void suite_granule(void);
void suite_realm(void);
void suite_data(void);
void suite_rtt(void);
void suite_ripas(void);
void suite_rec(void);
void suite_enter(void);
void suite_exit(void);
void suite_rsi(void);
void suite_measure(void);
void suite_token(void);
void suite_stage1(void);
void suite_shadow(void);
void suite_fixed(void);

#endif
