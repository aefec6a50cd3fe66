/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Anything as the device tree of a realm, as cca-rim gets it from a host. What
 * comes out must be a tree again that says what was put in.
 */
#include "dtb.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct bytes dtb)
{
	struct dtb_info info;
	struct problem p;

	if (!dtb_inspect(dtb, &info, &p) || !info.bootargs ||
	    strcmp(info.bootargs, "quiet") != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes dtb = { data, size };
	struct dtb_info info;
	struct buffer out;
	struct problem p;

	if (!dtb_inspect(dtb, &info, &p))
		return 0;
	if (dtb_edit(dtb, "quiet", 0x48000000, 0x48001000, &out, &p)) {
		check(bytes_of(&out));
		buffer_free(&out);
	}
	return 0;
}
