/*
 * Copyright (c) 2026, virtCCA contributors. All rights reserved.
 *
 * SPDX-License-Identifier: BSD-3-Clause
 */

#ifndef TMMD_SVC_H
#define TMMD_SVC_H

#include <stdbool.h>
#include <stdint.h>

#include <abi/boot.h>

/*
 * The function ids of tmmd in the Standard Service range. Calls of the host
 * that the monitor takes do not get as far as that service; what does is the
 * monitor's own, or refused.
 */
static inline bool is_tmmd_std_fid(uint32_t fid)
{
	return ((fid >= TMM_RMI_FIRST) && (fid <= TMM_EL3_REQ_COMPLETE)) ||
	       (fid == TMM_EL3_BOOT_COMPLETE) || (fid == TMM_EL3_PANIC);
}

/* The window in the SiP range, likewise. */
static inline bool is_tmmd_sip_fid(uint32_t fid)
{
	return (fid >= TMM_VENDOR_FIRST) && (fid <= TMM_VENDOR_LAST);
}

/* Prepares the monitor if there is one. Boot goes on without it otherwise. */
void tmmd_setup(void);

uintptr_t tmmd_smc_handler(uint32_t smc_fid, uint64_t x1, void *handle);

/*
 * Provided by the platform: the secure page, mapped in EL3, in which the root of
 * trust has left the manifest, and a call when the monitor is about to boot.
 */
struct tmm_manifest *plat_tmmd_manifest_page(void);
void plat_tmmd_setup(void);

#endif /* TMMD_SVC_H */
