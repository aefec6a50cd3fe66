/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The device tree that the VMM makes for a realm. It is measured, so it has to
 * be known to the byte; what depends on the machine comes from a dump of it
 * (-machine dumpdtb=FILE), and what depends on the images is set here, as the
 * VMM would have.
 */
#ifndef ATTEST_DTB_H
#define ATTEST_DTB_H

#include "base.h"

#define DTB_MAX_SIZE	(2 * 1024 * 1024)

struct dtb_info {
	uint64_t ram_base;
	uint64_t ram_size;
	unsigned int num_cpus;
	bool has_initrd;
	const char *bootargs;	/* in the tree; NULL if there are none */
};

/* Is it a device tree, and one of a realm? What of it matters here? */
bool dtb_inspect(struct bytes dtb, struct dtb_info *info, struct problem *p) MUST_USE;

/*
 * The same tree with another command line, or the same if that is NULL, and with
 * the initial RAM disk at [start, end). It has to have had both, or neither.
 */
bool dtb_edit(struct bytes dtb, const char *bootargs, uint64_t start,
	      uint64_t end, struct buffer *out, struct problem *p) MUST_USE;

#endif
