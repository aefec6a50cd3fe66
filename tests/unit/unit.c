/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* needs the four above */
#include <cmocka.h>

#define MAX_TESTS	2048

static const struct setting settings[] = {
	{ "pool 36:1", FROM_POOL, { 36, 1, 1 }, SHA256 },
	{ "dram 40:1", FROM_DRAM, { 40, 1, 2 }, SHA512 },
	{ "pool 44:0", FROM_POOL, { 44, 0, 1 }, SHA512 },
	{ "dram 39:1", FROM_DRAM, { 39, 1, 1 }, SHA256 },
};

const struct setting *setting;

static struct unit_test tests[MAX_TESTS];
static size_t num_tests;

void unit_add(const char *name, void (*run)(const void *arg), const void *arg)
{
	assert_true(num_tests < MAX_TESTS);
	tests[num_tests++] = (struct unit_test){ name, run, arg };
}

noreturn void test_fail(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprint_error(fmt, ap);
	va_end(ap);
	print_error("\n");
	_fail(file, line);
	abort();	/* not reached; cmocka 1.1 does not say so */
}

void make_realm(struct realm_under_test *r, uint16_t vmid)
{
	*r = (struct realm_under_test){
		.rd = delegated(),
		.root = delegated_run(setting->geometry.roots,
				      setting->geometry.roots * PAGE_SIZE),
		.num_roots = setting->geometry.roots,
		.width = setting->geometry.width,
		.start = setting->geometry.start,
	};
	realm_params(&r->params, &setting->geometry, r->root, vmid)->hash_algo =
		(uint8_t)setting->hash;
	MUST(RMI_REALM_CREATE, r->rd, r->params);
}

void expect_panic(const char *what, void (*fn)(void *), void *arg)
{
	const char *message = host_catch(fn, arg);

	if (!message)
		FAIL("no panic, expected \"%s\"", what);
	if (!strstr(message, what))
		FAIL("panic is \"%s\", expected \"%s\"", message, what);
}

static void body(void *arg)
{
	const struct unit_test *t = arg;

	world_boot(&host_machine_default, setting->backing);
	t->run(t->arg);
}

static void one(void **state)
{
	const char *message = host_catch(body, *state);

	if (message)
		FAIL("%s", message);
}

static int run_setting(const struct setting *s, const char *only)
{
	static struct CMUnitTest all[MAX_TESTS];
	size_t n = 0;

	setting = s;
	for (size_t i = 0; i < num_tests; i++)
		if (!only || strstr(tests[i].name, only))
			all[n++] = (struct CMUnitTest){ .name = tests[i].name,
							.test_func = one,
							.initial_state = &tests[i] };
	return n ? _cmocka_run_group_tests(s->name, all, n, NULL, NULL) : 0;
}

static void add_suites(void)
{
	suite_machine();
	suite_boot();
	suite_manifest();
	suite_states();
	suite_geometry();
	suite_version();
	suite_stage1();
	suite_shadow();
	suite_fixed();
	suite_granule();
	suite_realm();
	suite_data();
	suite_rtt();
	suite_ripas();
	suite_rec();
	suite_enter();
	suite_exit();
	suite_rsi();
	suite_measure();
	suite_token();
}

/* unit [-q] [NAME]: -q runs the first setting only, NAME the tests that contain it */
int main(int argc, char **argv)
{
	size_t n = COUNT_OF(settings);
	int failed = 0;

	if (argc > 1 && strcmp(argv[1], "-q") == 0) {
		n = 1;
		argc--;
		argv++;
	}
	add_suites();
	for (size_t i = 0; i < n; i++)
		failed += run_setting(&settings[i], argc > 1 ? argv[1] : NULL);
	return failed != 0;
}
