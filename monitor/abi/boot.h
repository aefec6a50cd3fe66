/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The contract between EL3 (TF-A's tmmd) and the monitor: boot manifest, entry
 * conventions and the calls that only these two make to each other.
 *
 * This header is also compiled inside TF-A, so it needs <stdint.h> and nothing
 * else. docs/abi.md says the same in prose; a change here is a new
 * TMM_MANIFEST_VERSION.
 *
 * Entry of the monitor, S-EL2, MMU and caches off, DAIF masked:
 *   cold, primary CPU     x0 = CPU index, x1 = PA of struct tmm_manifest
 *   warm, PSCI CPU_ON     x0 = CPU index, x1 = 0
 * The CPU index is EL3's linear index, below tmm_manifest.cpu_count. Each
 * entry ends with SMC TMM_EL3_BOOT_COMPLETE (x1 = 0, or a negative error). EL3
 * records at that call the EL2 registers the monitor has set and the address
 * after the SMC; from then on it enters that CPU there, with these registers
 * and with x0..x7 of the caller, for every call in the two windows below. All
 * other general registers hold nothing of use. The monitor answers with SMC
 * TMM_EL3_REQ_COMPLETE: x1..x5 go to the caller's x0..x4, x5..x17 of the
 * caller are kept.
 *
 * What EL3 switches between the worlds, and so what the monitor may set once
 * and forget: SP_EL2, VBAR_EL2, SCTLR_EL2, TCR_EL2, TTBR0_EL2, MAIR_EL2,
 * HCR_EL2, CPTR_EL2, MDCR_EL2, CNTHCTL_EL2, TPIDR_EL2, ELR_EL2, SPSR_EL2. Everything
 * else, EL1 and EL0 registers, VTTBR_EL2, VTCR_EL2, VMPIDR_EL2, VPIDR_EL2,
 * CNTVOFF_EL2, ICH_*, SIMD and the rest is the host's until the monitor has
 * saved it, and is the host's again when the monitor returns.
 */
#ifndef TMM_ABI_BOOT_H
#define TMM_ABI_BOOT_H

#include <stdint.h>

#define TMM_MANIFEST_MAGIC	UINT64_C(0x5643434154534d54)	/* "TMSTACCV" */
#define TMM_MANIFEST_VERSION	UINT32_C(2)
#define TMM_MAX_RANGES		8
#define TMM_MAX_CPUS		64

/* A physical range: base and size in bytes, both multiples of 2 MiB. */
struct tmm_range {
	uint64_t base;
	uint64_t size;
	uint32_t node;		/* NUMA node as in the host's firmware tables */
	uint32_t reserved;	/* 0 */
};

/* In secure memory, 4 KiB aligned, valid until the cold BOOT_COMPLETE. */
struct tmm_manifest {
	uint64_t magic;
	uint32_t version;
	uint32_t size;			/* sizeof(struct tmm_manifest) */
	uint32_t cpu_count;		/* 1..TMM_MAX_CPUS */
	uint32_t secure_count;		/* 1..TMM_MAX_RANGES */
	uint32_t dram_count;		/* 1..TMM_MAX_RANGES */
	uint32_t reserved;		/* 0 */
	uint64_t console_base;		/* secure PL011, 0 = none */
	uint64_t gicr_base;		/* first redistributor frame */
	uint64_t gicr_stride;		/* bytes from one CPU's frame to the next */
	uint64_t attest_base;		/* struct tmm_attest, 4 KiB aligned; 0 = none */
	uint64_t attest_size;		/* sizeof(struct tmm_attest), or 0 */
	struct tmm_range secure[TMM_MAX_RANGES];	/* pool; does not hold the image */
	struct tmm_range dram[TMM_MAX_RANGES];		/* normal memory of the host */
};

/*
 * What the root of trust hands to the monitor (docs/attestation.md): made by BL2,
 * or by hardware in its place, with everything in it that was measured at
 * boot. In secure memory; the monitor takes a copy and wipes it, EL3 looks at
 * the header alone. Numbers are little-endian, keys and signatures big-endian.
 */
#define TMM_ATTEST_MAGIC	UINT64_C(0x5453455454414d54)	/* "TMATTEST" */
#define TMM_ATTEST_VERSION	UINT32_C(1)
#define TMM_ATTEST_TOKEN_MAX	3072

struct tmm_attest {
	uint64_t magic;
	uint32_t version;
	uint32_t size;			/* sizeof(struct tmm_attest) */
	uint32_t token_size;		/* bytes of token, 1..TMM_ATTEST_TOKEN_MAX */
	uint32_t reserved;		/* 0 */
	uint8_t rak_private[48];	/* realm attestation key, P-384 */
	uint8_t rak_public[96];		/* x, y */
	uint8_t sealing_root[32];	/* what keys of realms are derived from */
	/* CCA platform token; its challenge is SHA-256 of the COSE_Key of rak_public */
	uint8_t token[TMM_ATTEST_TOKEN_MAX];
};

/* S-EL2 to EL3. Refused from every other place. */
#define TMM_EL3_REQ_COMPLETE	UINT32_C(0xC400018F)
#define TMM_EL3_BOOT_COMPLETE	UINT32_C(0xC40001CF)
/* The monitor has found itself broken: EL3 never enters it again, on any CPU. */
#define TMM_EL3_PANIC		UINT32_C(0xC40001CE)

/* Normal world to monitor, forwarded unchanged: the RMI window ... */
#define TMM_RMI_FIRST		UINT32_C(0xC4000150)
#define TMM_RMI_LAST		UINT32_C(0xC400018E)
/* ... and the vendor window in the SiP range (docs/abi.md). */
#define TMM_VENDOR_FIRST	UINT32_C(0xC2000150)
#define TMM_VENDOR_LAST		UINT32_C(0xC200015F)

#endif
