/* SPDX-License-Identifier: BSD-3-Clause */
/* Sequences of calls by a hostile host, from several starting points. */
#include "common.h"

#include "harness/laws.h"

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
	struct realm_under_test r;

	realm_make(&r, fuzz_geometry, 1);
	realm_tables(&r, 0, 3);
	start_delegated();
}

static void start_active(void)
{
	struct realm_under_test r;

	realm_make(&r, fuzz_geometry, 1);
	realm_tables(&r, 0, 3);
	realm_ram(&r, 0, 4 * PAGE_SIZE);
	realm_data(&r, 0);
	realm_share(&r, realm_unprotected(&r));
	rec_make(&r, true);
	rec_make(&r, false);
	realm_start(&r);
	start_delegated();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const starts[])(void) = {
		start_empty, start_delegated, start_new, start_active,
	};
	struct input in = { data, data + size };

	fuzz_boot(&in);
	/* once at the end is enough, and the MMU must see it before the realm runs */
	world_check_laws(false);
	PICK(&in, starts)();
	world_check_laws(true);
	laws_check();
	for (unsigned int i = 0; i < MAX_CALLS && !in_is_empty(&in); i++)
		if (in_choice(&in, 8) == 7)
			fuzz_realm_step(&in);
		else
			fuzz_host_call(&in);
	return 0;
}
