/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where things lie in the Non-secure DRAM of sbsa-ref when the host kernel
 * starts: physical addresses. The first MiB is the emulator's own device tree,
 * which BL2 and BL31 read; SHIM is where TF-A is told to find BL33
 * (PRELOADED_BL33_BASE). host/server.py has the same numbers.
 */
#define HOST_DRAM	0x10000000000
#define HOST_KERNEL	0x10000200000
#define HOST_DTB	0x10007000000
#define HOST_INITRD	0x10008000000
#define HOST_SHIM	0x10020000000
