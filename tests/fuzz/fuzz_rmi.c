/* SPDX-License-Identifier: BSD-3-Clause */
/* Sequences of calls by a hostile host, from several starting points. */
#include "common.h"

static void start_empty(void)
{
}

static void start_delegated(void)
{
	for (unsigned int i = 0; i < 8; i++)
		delegated();
}

static void start_new(void)
{
	struct realm_under_test *r = &fuzz_realm;

	realm_make(r, fuzz_geometry, 1);
	realm_tables(r, 0, 3);
	start_delegated();
}

static void start_active(void)
{
	struct realm_under_test *r = &fuzz_realm;

	realm_make(r, fuzz_geometry, 1);
	realm_tables(r, 0, 3);
	realm_ram(r, 0, 4 * PAGE_SIZE);
	realm_data(r, 0);
	realm_share(r, realm_unprotected(r));
	rec_make(r, true);
	rec_make(r, false);
	realm_start(r);
	start_delegated();
}

static void act(struct input *in)
{
	if (in_choice(in, 8) == 7)
		fuzz_realm_step(in);
	else
		fuzz_host_call(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const starts[])(void) = {
		start_empty, start_delegated, start_new, start_active,
	};
	struct input in = { data, data + size };

	fuzz_boot(&in);
	PICK(&in, starts)();
	fuzz_run(&in, act);
	return 0;
}
