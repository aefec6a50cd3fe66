/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/measurement.h"

#include "lib/string.h"

void measurement_set(struct realm *r, unsigned int slot, const void *data,
		     size_t size)
{
	CHECK(slot < REALM_MEASUREMENTS);
	/* @rule MEASUREMENT.slots: bytes past the hash are zero, nobody writes them */
	hal_hash(r->cfg.alg, data, size, r->measurement[slot]);
}

void measurement_extend(struct realm *r, unsigned int slot, const void *value,
			size_t size)
{
	uint8_t buf[2 * HASH_MAX_SIZE];
	size_t old = hash_size(r->cfg.alg);

	CHECK(slot < REALM_MEASUREMENTS && size <= HASH_MAX_SIZE);
	memcpy(buf, r->measurement[slot], old);
	/* @rule MEASUREMENT.rem_extend: size bytes and no padding */
	memcpy(buf + old, value, size);
	measurement_set(r, slot, buf, old + size);
}
