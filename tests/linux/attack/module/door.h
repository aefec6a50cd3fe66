/* SPDX-License-Identifier: GPL-2.0-only */
/* What the door (door.c) offers; for the module and for programs. */
#ifndef DOOR_H
#define DOOR_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Registers X0 to X17, before the SMC and after it */
struct door_call {
	__u64 x[18];
};

struct door_calls {
	__u64 calls;		/* struct door_call[count] */
	__u64 count;
};

struct door_pages {
	__u64 count;
	__u64 pa;		/* __u64[count] */
};

#define DOOR_CALLS	_IOW('d', 1, struct door_calls)
/* Pages of normal memory; once. mmap() shows them in the order of their addresses. */
#define DOOR_PAGES	_IOW('d', 2, struct door_pages)

#endif
