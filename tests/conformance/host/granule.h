/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where tests get memory from. Granules come from one of two sources: the pool
 * of secure pages (TMM_POOL_INFO) or normal DRAM, which the monitor backs with
 * a pool page (shadow). Which one is the run's choice, not the test's.
 */
#ifndef HOST_GRANULE_H
#define HOST_GRANULE_H

#include "host/rmi.h"

enum source { SOURCE_POOL, SOURCE_SHADOW };

void granule_setup(void);
void granule_use(enum source source);
enum source granule_source(void);

/* An undelegated granule of the source; n of them in a row, aligned in bytes. */
uint64_t granule_take(void);
uint64_t granule_take_run(uint64_t n, uint64_t align);
/* The same, delegated. */
uint64_t granule_new(void);
uint64_t granule_new_run(uint64_t n, uint64_t align);

/* A zeroed page (or n) of normal memory, that no test delegates. */
void *ns_page(void);
void *ns_pages(uint64_t n, uint64_t align);

/* Free pages of all pools. */
uint64_t pool_free(void);
uint64_t pool_base(void);
uint64_t pool_size(void);

/* Notes what a call made; ledger_clear() takes it all back. */
void ledger_note(const struct call *c, const struct answer *a);
void ledger_clear(void);

/* Destroys everything in a realm and the realm. Its RECs must be gone. */
struct geometry {
	uint8_t width;
	int8_t start;
	uint8_t roots;
};
/* Bytes that one entry of a table at this level maps. */
uint64_t level_span(int64_t level);
void realm_teardown(uint64_t rd, struct geometry g);
/* Its translation tree only: data, mappings and tables. */
void realm_strip(uint64_t rd, struct geometry g);

#endif
