/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Realm Initial Measurement (slot 0) and Realm Extensible Measurements (1..4),
 * rmm-abi.md 11. A slot is 64 bytes, the hash left-justified, zeros behind it.
 * The RD is locked.
 */
#ifndef TMM_CORE_MEASUREMENT_H
#define TMM_CORE_MEASUREMENT_H

#include "core/realm.h"

#define MEASUREMENT_RIM		0

/* slot = hash(data) */
void measurement_set(struct realm *r, unsigned int slot, const void *data,
		     size_t size);
/* slot = hash(first hash_size bytes of slot || value); size <= 64 */
void measurement_extend(struct realm *r, unsigned int slot, const void *value,
			size_t size);

#endif
