/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Vendor calls from the Normal world, in the SiP range: how a host finds the
 * monitor and the secure-page pool. SMC64, SMCCC 1.2. docs/abi.md section 2.
 * Status in X0: RMI_SUCCESS, RMI_ERROR_INPUT, or -1 where there is no monitor.
 */
#ifndef TMM_ABI_VENDOR_H
#define TMM_ABI_VENDOR_H

/* X1 = version (major << 16 | minor), X2 = feature bits, X3 = number of pools */
#define TMM_VERSION		0xC2000150U
/* X1 = pool index -> X1 = base PA, X2 = size in bytes, X3 = node, X4 = free pages */
#define TMM_POOL_INFO		0xC2000151U
/* X1 = enum tmm_stat -> X1 = count since boot */
#define TMM_STAT		0xC2000152U

#define TMM_VERSION_1_0		0x00010000UL

#define TMM_FEATURE_POOL	(1UL << 0)	/* POOL_INFO pages can be delegated */
#define TMM_FEATURE_SHADOW	(1UL << 1)	/* so can any normal DRAM granule */

enum tmm_stat {
	TMM_STAT_HEAL_TRAPS,		/* aborts resolved by setting or clearing NS bits */
	TMM_STAT_HEAL_DESCRIPTORS,	/* descriptors changed by them */
	TMM_STAT_REC_ENTRIES,		/* REC_ENTER calls that ran a REC */
	TMM_STAT_RSI_CALLS,		/* SMCs answered without leaving the monitor */
	TMM_STAT_COUNT
};

/*
 * From a realm, by SMC, answered by the monitor and by nobody else: anywhere else
 * they are unknown functions (-1). Status as for RSI.
 *   TMM_REALM_VERSION   -> X1 version, X2 features
 *   TMM_REALM_KEY       X1..X4 context -> X1..X4 key
 */
#define TMM_REALM_VERSION	0xC2000160U
#define TMM_REALM_KEY		0xC2000161U

#define TMM_REALM_VERSION_1_0	0x00010000UL
#define TMM_REALM_FEATURE_KEY	(1UL << 0)	/* there is a root of trust */

#define TMM_REALM_CONTEXT_SIZE	32
#define TMM_REALM_KEY_SIZE	32

#endif
