/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Realm Management Interface, RMM specification (DEN0137) 1.0-rel0, B4:
 * numbers and layouts, nothing else. All structures are little-endian and one
 * page long; bytes that have no name are zero.
 */
#ifndef TMM_ABI_RMI_H
#define TMM_ABI_RMI_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define RMI_FNUM_FIRST	0x150U
#define RMI_FNUM_LAST	0x18FU

#define RMI_VERSION			0xC4000150U
#define RMI_GRANULE_DELEGATE		0xC4000151U
#define RMI_GRANULE_UNDELEGATE		0xC4000152U
#define RMI_DATA_CREATE			0xC4000153U
#define RMI_DATA_CREATE_UNKNOWN		0xC4000154U
#define RMI_DATA_DESTROY		0xC4000155U
#define RMI_REALM_ACTIVATE		0xC4000157U
#define RMI_REALM_CREATE		0xC4000158U
#define RMI_REALM_DESTROY		0xC4000159U
#define RMI_REC_CREATE			0xC400015AU
#define RMI_REC_DESTROY			0xC400015BU
#define RMI_REC_ENTER			0xC400015CU
#define RMI_RTT_CREATE			0xC400015DU
#define RMI_RTT_DESTROY			0xC400015EU
#define RMI_RTT_MAP_UNPROTECTED		0xC400015FU
#define RMI_RTT_READ_ENTRY		0xC4000161U
#define RMI_RTT_UNMAP_UNPROTECTED	0xC4000162U
#define RMI_PSCI_COMPLETE		0xC4000164U
#define RMI_FEATURES			0xC4000165U
#define RMI_RTT_FOLD			0xC4000166U
#define RMI_REC_AUX_COUNT		0xC4000167U
#define RMI_RTT_INIT_RIPAS		0xC4000168U
#define RMI_RTT_SET_RIPAS		0xC4000169U

#define RMI_ABI_1_0			0x00010000UL

/* Status in bits 7:0 of X0, index in bits 15:8. */
#define RMI_SUCCESS			0UL
#define RMI_ERROR_INPUT			1UL
#define RMI_ERROR_REALM			2UL
#define RMI_ERROR_REC			3UL
#define RMI_ERROR_RTT			4UL
#define RMI_STATUS(x)			((x) & 0xFFUL)
#define RMI_INDEX(x)			(((x) >> 8) & 0xFFUL)
#define RMI_RETURN(status, index)	((status) | (((uint64_t)(index) & 0xFFUL) << 8))

/* Index values of ERROR_REALM from REC_ENTER. */
#define RMI_REALM_IS_NEW		0UL
#define RMI_REALM_IS_SYSTEM_OFF		1UL

/* Feature register 0 */
#define RMI_F0_S2SZ_SHIFT		0
#define RMI_F0_LPA2			(1UL << 8)
#define RMI_F0_SVE_EN			(1UL << 9)
#define RMI_F0_SVE_VL_SHIFT		10
#define RMI_F0_NUM_BPS_SHIFT		14
#define RMI_F0_NUM_WPS_SHIFT		20
#define RMI_F0_PMU_EN			(1UL << 26)
#define RMI_F0_PMU_NUM_CTRS_SHIFT	27
#define RMI_F0_SHA_256			(1UL << 32)
#define RMI_F0_SHA_512			(1UL << 33)
#define RMI_F0_GIC_NUM_LRS_SHIFT	34
#define RMI_F0_MAX_RECS_ORDER_SHIFT	38

/* Granules */
#define RMI_DATA_MEASURE		(1UL << 0)
#define RMI_RTTE_UNASSIGNED		0UL
#define RMI_RTTE_ASSIGNED		1UL
#define RMI_RTTE_TABLE			2UL
#define RMI_RIPAS_EMPTY			0UL
#define RMI_RIPAS_RAM			1UL
#define RMI_RIPAS_DESTROYED		2UL

#define RMI_REALM_LPA2			(1UL << 0)
#define RMI_REALM_SVE			(1UL << 1)
#define RMI_REALM_PMU			(1UL << 2)
#define RMI_HASH_SHA256			0U
#define RMI_HASH_SHA512			1U

#define RMI_RPV_SIZE			64

struct rmi_realm_params {
	uint64_t flags;			/* 0x000 */
	uint8_t s2sz;			/* 0x008 */
	uint8_t pad0[7];
	uint8_t sve_vl;			/* 0x010 */
	uint8_t pad1[7];
	uint8_t num_bps;		/* 0x018 */
	uint8_t pad2[7];
	uint8_t num_wps;		/* 0x020 */
	uint8_t pad3[7];
	uint8_t pmu_num_ctrs;		/* 0x028 */
	uint8_t pad4[7];
	uint8_t hash_algo;		/* 0x030 */
	uint8_t pad5[0x3CF];
	uint8_t rpv[RMI_RPV_SIZE];	/* 0x400 */
	uint8_t pad6[0x3C0];
	uint16_t vmid;			/* 0x800 */
	uint8_t pad7[6];
	uint64_t rtt_base;		/* 0x808 */
	int64_t rtt_level_start;	/* 0x810 */
	uint32_t rtt_num_start;		/* 0x818 */
	uint8_t pad8[0x7E4];
};
static_assert(offsetof(struct rmi_realm_params, sve_vl) == 0x10, "B4.4.12");
static_assert(offsetof(struct rmi_realm_params, num_bps) == 0x18, "B4.4.12");
static_assert(offsetof(struct rmi_realm_params, num_wps) == 0x20, "B4.4.12");
static_assert(offsetof(struct rmi_realm_params, pmu_num_ctrs) == 0x28, "B4.4.12");
static_assert(offsetof(struct rmi_realm_params, hash_algo) == 0x30, "B4.4.12");
static_assert(offsetof(struct rmi_realm_params, rpv) == 0x400, "B4.4.12");
static_assert(offsetof(struct rmi_realm_params, vmid) == 0x800, "B4.4.12");
static_assert(offsetof(struct rmi_realm_params, rtt_base) == 0x808, "B4.4.12");
static_assert(offsetof(struct rmi_realm_params, rtt_num_start) == 0x818, "B4.4.12");
static_assert(sizeof(struct rmi_realm_params) == 0x1000, "B4.4.12");

#define RMI_REC_RUNNABLE		(1UL << 0)
#define RMI_REC_CREATE_GPRS		8
#define RMI_REC_MAX_AUX			16

struct rmi_rec_params {
	uint64_t flags;			/* 0x000 */
	uint8_t pad0[0xF8];
	uint64_t mpidr;			/* 0x100 */
	uint8_t pad1[0xF8];
	uint64_t pc;			/* 0x200 */
	uint8_t pad2[0xF8];
	uint64_t gprs[RMI_REC_CREATE_GPRS]; /* 0x300 */
	uint8_t pad3[0x4C0];
	uint64_t num_aux;		/* 0x800 */
	uint64_t aux[RMI_REC_MAX_AUX];	/* 0x808 */
	uint8_t pad4[0x778];
};
static_assert(offsetof(struct rmi_rec_params, mpidr) == 0x100, "B4.4.18");
static_assert(offsetof(struct rmi_rec_params, pc) == 0x200, "B4.4.18");
static_assert(offsetof(struct rmi_rec_params, gprs) == 0x300, "B4.4.18");
static_assert(offsetof(struct rmi_rec_params, num_aux) == 0x800, "B4.4.18");
static_assert(offsetof(struct rmi_rec_params, aux) == 0x808, "B4.4.18");
static_assert(sizeof(struct rmi_rec_params) == 0x1000, "B4.4.18");

/* RmiRecMpidr: Aff3 is at 31:24, unlike MPIDR_EL1 */
#define RMI_MPIDR_VALID			0x00000000FFFFFF0FUL

#define RMI_NUM_GPRS			31
#define RMI_NUM_LRS			16

#define RMI_ENTER_EMUL_MMIO		(1UL << 0)
#define RMI_ENTER_INJECT_SEA		(1UL << 1)
#define RMI_ENTER_TRAP_WFI		(1UL << 2)
#define RMI_ENTER_TRAP_WFE		(1UL << 3)
#define RMI_ENTER_RIPAS_REJECT		(1UL << 4)

struct rmi_rec_enter {
	uint64_t flags;			/* 0x000 */
	uint8_t pad0[0x1F8];
	uint64_t gprs[RMI_NUM_GPRS];	/* 0x200 */
	uint8_t pad1[0x8];
	uint64_t gicv3_hcr;		/* 0x300 */
	uint64_t gicv3_lrs[RMI_NUM_LRS]; /* 0x308 */
	uint8_t pad2[0x478];
};
static_assert(offsetof(struct rmi_rec_enter, gprs) == 0x200, "B4.4.14");
static_assert(offsetof(struct rmi_rec_enter, gicv3_hcr) == 0x300, "B4.4.14");
static_assert(offsetof(struct rmi_rec_enter, gicv3_lrs) == 0x308, "B4.4.14");
static_assert(sizeof(struct rmi_rec_enter) == 0x800, "B4.4.14");

#define RMI_EXIT_SYNC			0U
#define RMI_EXIT_IRQ			1U
#define RMI_EXIT_FIQ			2U
#define RMI_EXIT_PSCI			3U
#define RMI_EXIT_RIPAS_CHANGE		4U
#define RMI_EXIT_HOST_CALL		5U
#define RMI_EXIT_SERROR			6U

struct rmi_rec_exit {
	uint8_t exit_reason;		/* 0x000 */
	uint8_t pad0[0xFF];
	uint64_t esr;			/* 0x100 */
	uint64_t far;			/* 0x108 */
	uint64_t hpfar;			/* 0x110 */
	uint8_t pad1[0xE8];
	uint64_t gprs[RMI_NUM_GPRS];	/* 0x200 */
	uint8_t pad2[0x8];
	uint64_t gicv3_hcr;		/* 0x300 */
	uint64_t gicv3_lrs[RMI_NUM_LRS]; /* 0x308 */
	uint64_t gicv3_misr;		/* 0x388 */
	uint64_t gicv3_vmcr;		/* 0x390 */
	uint8_t pad3[0x68];
	uint64_t cntp_ctl;		/* 0x400 */
	uint64_t cntp_cval;		/* 0x408 */
	uint64_t cntv_ctl;		/* 0x410 */
	uint64_t cntv_cval;		/* 0x418 */
	uint8_t pad4[0xE0];
	uint64_t ripas_base;		/* 0x500 */
	uint64_t ripas_top;		/* 0x508 */
	uint8_t ripas_value;		/* 0x510 */
	uint8_t pad5[0xEF];
	uint16_t imm;			/* 0x600 */
	uint8_t pad6[0xFE];
	uint8_t pmu_ovf_status;		/* 0x700 */
	uint8_t pad7[0xFF];
};
static_assert(offsetof(struct rmi_rec_exit, esr) == 0x100, "B4.4.15");
static_assert(offsetof(struct rmi_rec_exit, gprs) == 0x200, "B4.4.15");
static_assert(offsetof(struct rmi_rec_exit, gicv3_hcr) == 0x300, "B4.4.15");
static_assert(offsetof(struct rmi_rec_exit, gicv3_misr) == 0x388, "B4.4.15");
static_assert(offsetof(struct rmi_rec_exit, cntp_ctl) == 0x400, "B4.4.15");
static_assert(offsetof(struct rmi_rec_exit, ripas_base) == 0x500, "B4.4.15");
static_assert(offsetof(struct rmi_rec_exit, imm) == 0x600, "B4.4.15");
static_assert(offsetof(struct rmi_rec_exit, pmu_ovf_status) == 0x700, "B4.4.15");
static_assert(sizeof(struct rmi_rec_exit) == 0x800, "B4.4.15");

struct rmi_rec_run {
	struct rmi_rec_enter enter;
	struct rmi_rec_exit exit;
};
static_assert(sizeof(struct rmi_rec_run) == 0x1000, "B4.4.19");

/* Measurement descriptors (rmm-abi.md 4.6): hashed, never in host memory. */
#define RMI_MEASURE_SIZE		64
#define RMI_MEASURE_DATA		0U
#define RMI_MEASURE_REC			1U
#define RMI_MEASURE_RIPAS		2U

struct rmi_measure_desc {
	uint8_t type;			/* 0x00 */
	uint8_t pad0[7];
	uint64_t len;			/* 0x08 */
	uint8_t rim[RMI_MEASURE_SIZE];	/* 0x10 */
	union {				/* 0x50 */
		struct {
			uint64_t ipa;
			uint64_t flags;
			uint8_t content[RMI_MEASURE_SIZE];
		} data;
		struct {
			uint8_t content[RMI_MEASURE_SIZE];
		} rec;
		struct {
			uint64_t base;
			uint64_t top;
		} ripas;
		uint8_t pad1[0xB0];
	};
};
static_assert(sizeof(struct rmi_measure_desc) == 0x100, "C1.1");
static_assert(offsetof(struct rmi_measure_desc, data.content) == 0x60, "C1.1");

#endif
