/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/vmid.h"

#include "hal/cpu.h"
#include "lib/bits.h"
#include <stdatomic.h>

static _Atomic uint64_t in_use[65536 / 64];

bool vmid_take(uint16_t vmid)
{
	uint64_t bit = BIT(vmid % 64);

	if (((uint32_t)vmid >> hal_features()->vmid_bits) != 0)
		return false;
	/* acquire pairs with the release below: the last owner's TLB is clean */
	return (atomic_fetch_or_explicit(&in_use[vmid / 64], bit,
					 memory_order_acquire) & bit) == 0;
}

void vmid_return(uint16_t vmid)
{
	atomic_fetch_and_explicit(&in_use[vmid / 64], ~BIT(vmid % 64),
				  memory_order_release);
}
