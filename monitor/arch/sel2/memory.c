/* SPDX-License-Identifier: BSD-3-Clause */
/* Pool and normal memory through the direct map (mmu.h, ADR 0003). */
#include "hal/memory.h"
#include "arch/aarch64/features.h"
#include "arch/sel2/ns_copy.h"

void *hal_pool_va(spa_t page)
{
	return (void *)page.v;
}

bool hal_ns_read(paddr_t ns, void *dst, size_t size)
{
	return ns_copy(dst, (const void *)ns.v, size);
}

bool hal_ns_write(paddr_t ns, const void *src, size_t size)
{
	return ns_copy((void *)ns.v, src, size);
}

bool hal_ns_zero(paddr_t ns, size_t size)
{
	return features.zva_size == 64 ? ns_zero_zva((void *)ns.v, size) :
					 ns_zero((void *)ns.v, size);
}
