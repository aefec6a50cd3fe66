/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory as the machine gives it. The pool and the monitor's own data are
 * mapped for good (ADR 0003), normal memory only through the two copies below:
 * no pointer into it exists outside the backend.
 */
#ifndef TMM_HAL_MEMORY_H
#define TMM_HAL_MEMORY_H

#include "lib/addr.h"
#include "lib/check.h"
#include <stddef.h>

/*
 * Where the monitor sees a pool page. The page is 4 KiB aligned and belongs to
 * the pool; the pointer is good for ever, what it shows belongs to whoever
 * holds the granule's lock.
 */
void *hal_pool_va(spa_t page);

/*
 * Copies size bytes, size <= 4096, both addresses 8-byte aligned, not crossing
 * a page, from or to normal memory through the Non-secure address space. The
 * caller has checked that ns lies in normal DRAM. False: the access was
 * refused by the bus; then the destination holds an unspecified part.
 */
MUST_USE bool hal_ns_read(paddr_t ns, void *dst, size_t size);
MUST_USE bool hal_ns_write(paddr_t ns, const void *src, size_t size);
/* Fills with zeros; both multiples of 64, not crossing a page. */
MUST_USE bool hal_ns_zero(paddr_t ns, size_t size);

/* Fills one 4 KiB aligned page with zeros; ends with nothing pending. */
void hal_page_zero(void *page);

/*
 * After the last write by the monitor to a page that a realm will see: data
 * and instruction side of every CPU agree on its content from here on
 * (Arm ARM B2.4, D8: IC IVAU works by PA-tagged VIPT or PIPT caches; one
 * DC CVAU + IC IALLUIS pair where CTR_EL0 asks for it).
 */
void hal_page_sync(void *page);

#endif
