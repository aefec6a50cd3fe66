/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What our VMM (vmm/, QEMU's machine virt) puts where, and in which order our
 * KVM (linux/, docs/kvm-uapi.md) has it measured. A change there is a change
 * here.
 */
#ifndef ATTEST_LAYOUT_H
#define ATTEST_LAYOUT_H

#include "rim.h"

/* Where machine virt has its RAM */
#define LAYOUT_RAM_BASE	UINT64_C(0x40000000)
#define LAYOUT_IMAGES	3

/* Some memory with content: a kernel, an initial RAM disk, a device tree */
struct image {
	const char *name;
	uint64_t base;
	struct bytes content;
};

struct layout {
	uint64_t ram_size;
	uint64_t entry;		/* where vCPU 0 starts */
	uint64_t dtb_base;	/* its X0 */
	struct image images[LAYOUT_IMAGES];
	size_t num_images;
};

/*
 * Places the kernel and the initial RAM disk (none if `at` is NULL), and says
 * where the device tree goes.
 */
bool layout_plan(struct layout *l, uint64_t ram_size, struct bytes kernel,
		 struct bytes initrd, struct problem *p) MUST_USE;
/* The device tree, which names the addresses of the others and so comes last */
bool layout_add_dtb(struct layout *l, struct bytes dtb, struct problem *p) MUST_USE;

/* Called for what is measured, in order. What is NULL is not called. */
struct layout_log {
	void (*page)(void *context, uint64_t ipa, const uint8_t *content);
	void (*ripas)(void *context, uint64_t base, uint64_t top);
	void *context;
};

void layout_measure(const struct layout *l, const struct rim_params *params,
		    const struct layout_log *log, struct rim *r);

#endif
