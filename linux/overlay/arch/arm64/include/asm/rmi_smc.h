/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Realm Management Interface: function numbers and memory layouts of the
 * Realm Management Monitor specification (Arm DEN0137) 1.0-rel0, and the
 * vendor calls by which virtCCA's monitor shows its pool of secure memory.
 */
#ifndef __ASM_RMI_SMC_H
#define __ASM_RMI_SMC_H

#include <linux/arm-smccc.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>

#define SMC_RMI_CALL(func)						\
	ARM_SMCCC_CALL_VAL(ARM_SMCCC_FAST_CALL, ARM_SMCCC_SMC_64,	\
			   ARM_SMCCC_OWNER_STANDARD, (func))

#define SMC_RMI_VERSION			SMC_RMI_CALL(0x150)
#define SMC_RMI_GRANULE_DELEGATE	SMC_RMI_CALL(0x151)
#define SMC_RMI_GRANULE_UNDELEGATE	SMC_RMI_CALL(0x152)
#define SMC_RMI_DATA_CREATE		SMC_RMI_CALL(0x153)
#define SMC_RMI_DATA_CREATE_UNKNOWN	SMC_RMI_CALL(0x154)
#define SMC_RMI_DATA_DESTROY		SMC_RMI_CALL(0x155)
#define SMC_RMI_REALM_ACTIVATE		SMC_RMI_CALL(0x157)
#define SMC_RMI_REALM_CREATE		SMC_RMI_CALL(0x158)
#define SMC_RMI_REALM_DESTROY		SMC_RMI_CALL(0x159)
#define SMC_RMI_REC_CREATE		SMC_RMI_CALL(0x15a)
#define SMC_RMI_REC_DESTROY		SMC_RMI_CALL(0x15b)
#define SMC_RMI_REC_ENTER		SMC_RMI_CALL(0x15c)
#define SMC_RMI_RTT_CREATE		SMC_RMI_CALL(0x15d)
#define SMC_RMI_RTT_DESTROY		SMC_RMI_CALL(0x15e)
#define SMC_RMI_RTT_MAP_UNPROTECTED	SMC_RMI_CALL(0x15f)
#define SMC_RMI_RTT_READ_ENTRY		SMC_RMI_CALL(0x161)
#define SMC_RMI_RTT_UNMAP_UNPROTECTED	SMC_RMI_CALL(0x162)
#define SMC_RMI_PSCI_COMPLETE		SMC_RMI_CALL(0x164)
#define SMC_RMI_FEATURES		SMC_RMI_CALL(0x165)
#define SMC_RMI_RTT_FOLD		SMC_RMI_CALL(0x166)
#define SMC_RMI_REC_AUX_COUNT		SMC_RMI_CALL(0x167)
#define SMC_RMI_RTT_INIT_RIPAS		SMC_RMI_CALL(0x168)
#define SMC_RMI_RTT_SET_RIPAS		SMC_RMI_CALL(0x169)

#define SMC_TMM_CALL(func)						\
	ARM_SMCCC_CALL_VAL(ARM_SMCCC_FAST_CALL, ARM_SMCCC_SMC_64,	\
			   ARM_SMCCC_OWNER_SIP, (func))

#define SMC_TMM_VERSION			SMC_TMM_CALL(0x150)
#define SMC_TMM_POOL_INFO		SMC_TMM_CALL(0x151)
#define SMC_TMM_STAT			SMC_TMM_CALL(0x152)

#define TMM_FEATURE_POOL		BIT(0)

/* Version words of RMI_VERSION and TMM_VERSION */
#define RMI_ABI_MAJOR(ver)		(((ver) >> 16) & 0x7fff)
#define RMI_ABI_MINOR(ver)		((ver) & 0xffff)
#define RMI_ABI_1_0			0x10000UL

/* The result in X0: status in bits 7:0, its index in bits 15:8 */
#define RMI_RETURN_STATUS(ret)		((ret) & 0xff)
#define RMI_RETURN_INDEX(ret)		((s8)(((ret) >> 8) & 0xff))

#define RMI_SUCCESS			0
#define RMI_ERROR_INPUT			1
#define RMI_ERROR_REALM			2
#define RMI_ERROR_REC			3
#define RMI_ERROR_RTT			4

/* Index of RMI_ERROR_REALM from REC_ENTER: the realm is off */
#define RMI_REALM_SYSTEM_OFF		1

/* Feature register 0 */
#define RMI_F0_S2SZ			GENMASK_ULL(7, 0)
#define RMI_F0_SVE_EN			BIT_ULL(9)
#define RMI_F0_SVE_VL			GENMASK_ULL(13, 10)
#define RMI_F0_NUM_BPS			GENMASK_ULL(19, 14)
#define RMI_F0_NUM_WPS			GENMASK_ULL(25, 20)
#define RMI_F0_HASH_SHA_256		BIT_ULL(32)
#define RMI_F0_HASH_SHA_512		BIT_ULL(33)
#define RMI_F0_GICV3_NUM_LRS		GENMASK_ULL(37, 34)
#define RMI_F0_MAX_RECS_ORDER		GENMASK_ULL(41, 38)

#define RMI_DATA_MEASURE		BIT(0)

#define RMI_RTTE_UNASSIGNED		0
#define RMI_RTTE_ASSIGNED		1
#define RMI_RTTE_TABLE			2

#define RMI_RIPAS_EMPTY			0
#define RMI_RIPAS_RAM			1
#define RMI_RIPAS_DESTROYED		2

/* What the host chooses of an unprotected mapping's descriptor */
#define RMI_DESC_NORMAL_WB		(0x6UL << 2)
#define RMI_DESC_S2AP_R			BIT(6)
#define RMI_DESC_S2AP_W			BIT(7)

#define RMI_REALM_SVE			BIT(1)

#define RMI_HASH_SHA_256		0
#define RMI_HASH_SHA_512		1

#define RMI_RPV_SIZE			64

struct rmi_realm_params {
	u64 flags;			/* 0x000 */
	u8 s2sz;			/* 0x008 */
	u8 pad0[7];
	u8 sve_vl;			/* 0x010 */
	u8 pad1[7];
	u8 num_bps;			/* 0x018 */
	u8 pad2[7];
	u8 num_wps;			/* 0x020 */
	u8 pad3[7];
	u8 pmu_num_ctrs;		/* 0x028 */
	u8 pad4[7];
	u8 hash_algo;			/* 0x030 */
	u8 pad5[0x3cf];
	u8 rpv[RMI_RPV_SIZE];		/* 0x400 */
	u8 pad6[0x3c0];
	u16 vmid;			/* 0x800 */
	u8 pad7[6];
	u64 rtt_base;			/* 0x808 */
	s64 rtt_level_start;		/* 0x810 */
	u32 rtt_num_start;		/* 0x818 */
	u8 pad8[0x7e4];
};

static_assert(offsetof(struct rmi_realm_params, sve_vl) == 0x10);
static_assert(offsetof(struct rmi_realm_params, num_wps) == 0x20);
static_assert(offsetof(struct rmi_realm_params, hash_algo) == 0x30);
static_assert(offsetof(struct rmi_realm_params, rpv) == 0x400);
static_assert(offsetof(struct rmi_realm_params, vmid) == 0x800);
static_assert(offsetof(struct rmi_realm_params, rtt_base) == 0x808);
static_assert(offsetof(struct rmi_realm_params, rtt_num_start) == 0x818);
static_assert(sizeof(struct rmi_realm_params) == 0x1000);

#define RMI_REC_RUNNABLE		BIT(0)
#define RMI_REC_CREATE_GPRS		8
#define RMI_REC_MAX_AUX			16

/* RmiRecMpidr has 4 bits of Aff0, and Aff3 at 31:24 */
#define RMI_MPIDR_AFF0			GENMASK(3, 0)
#define RMI_MPIDR_AFF1			GENMASK(15, 8)
#define RMI_MPIDR_AFF2			GENMASK(23, 16)

struct rmi_rec_params {
	u64 flags;			/* 0x000 */
	u8 pad0[0xf8];
	u64 mpidr;			/* 0x100 */
	u8 pad1[0xf8];
	u64 pc;				/* 0x200 */
	u8 pad2[0xf8];
	u64 gprs[RMI_REC_CREATE_GPRS];	/* 0x300 */
	u8 pad3[0x4c0];
	u64 num_aux;			/* 0x800 */
	u64 aux[RMI_REC_MAX_AUX];	/* 0x808 */
	u8 pad4[0x778];
};

static_assert(offsetof(struct rmi_rec_params, mpidr) == 0x100);
static_assert(offsetof(struct rmi_rec_params, pc) == 0x200);
static_assert(offsetof(struct rmi_rec_params, gprs) == 0x300);
static_assert(offsetof(struct rmi_rec_params, num_aux) == 0x800);
static_assert(offsetof(struct rmi_rec_params, aux) == 0x808);
static_assert(sizeof(struct rmi_rec_params) == 0x1000);

#define RMI_NUM_GPRS			31
#define RMI_NUM_LRS			16

#define RMI_ENTER_EMUL_MMIO		BIT(0)
#define RMI_ENTER_INJECT_SEA		BIT(1)
#define RMI_ENTER_TRAP_WFI		BIT(2)
#define RMI_ENTER_TRAP_WFE		BIT(3)
#define RMI_ENTER_RIPAS_REJECT		BIT(4)

/* The bits of ICH_HCR_EL2 that are the host's */
#define RMI_ENTER_ICH_HCR		0x40feUL

struct rmi_rec_enter {
	u64 flags;			/* 0x000 */
	u8 pad0[0x1f8];
	u64 gprs[RMI_NUM_GPRS];		/* 0x200 */
	u8 pad1[0x8];
	u64 gicv3_hcr;			/* 0x300 */
	u64 gicv3_lrs[RMI_NUM_LRS];	/* 0x308 */
	u8 pad2[0x478];
};

static_assert(offsetof(struct rmi_rec_enter, gprs) == 0x200);
static_assert(offsetof(struct rmi_rec_enter, gicv3_hcr) == 0x300);
static_assert(offsetof(struct rmi_rec_enter, gicv3_lrs) == 0x308);
static_assert(sizeof(struct rmi_rec_enter) == 0x800);

#define RMI_EXIT_SYNC			0
#define RMI_EXIT_IRQ			1
#define RMI_EXIT_FIQ			2
#define RMI_EXIT_PSCI			3
#define RMI_EXIT_RIPAS_CHANGE		4
#define RMI_EXIT_HOST_CALL		5
#define RMI_EXIT_SERROR			6

struct rmi_rec_exit {
	u8 exit_reason;			/* 0x000 */
	u8 pad0[0xff];
	u64 esr;			/* 0x100 */
	u64 far;			/* 0x108 */
	u64 hpfar;			/* 0x110 */
	u8 pad1[0xe8];
	u64 gprs[RMI_NUM_GPRS];		/* 0x200 */
	u8 pad2[0x8];
	u64 gicv3_hcr;			/* 0x300 */
	u64 gicv3_lrs[RMI_NUM_LRS];	/* 0x308 */
	u64 gicv3_misr;			/* 0x388 */
	u64 gicv3_vmcr;			/* 0x390 */
	u8 pad3[0x68];
	u64 cntp_ctl;			/* 0x400 */
	u64 cntp_cval;			/* 0x408 */
	u64 cntv_ctl;			/* 0x410 */
	u64 cntv_cval;			/* 0x418 */
	u8 pad4[0xe0];
	u64 ripas_base;			/* 0x500 */
	u64 ripas_top;			/* 0x508 */
	u8 ripas_value;			/* 0x510 */
	u8 pad5[0xef];
	u16 imm;			/* 0x600 */
	u8 pad6[0xfe];
	u8 pmu_ovf_status;		/* 0x700 */
	u8 pad7[0xff];
};

static_assert(offsetof(struct rmi_rec_exit, esr) == 0x100);
static_assert(offsetof(struct rmi_rec_exit, gprs) == 0x200);
static_assert(offsetof(struct rmi_rec_exit, gicv3_hcr) == 0x300);
static_assert(offsetof(struct rmi_rec_exit, gicv3_misr) == 0x388);
static_assert(offsetof(struct rmi_rec_exit, cntp_ctl) == 0x400);
static_assert(offsetof(struct rmi_rec_exit, ripas_base) == 0x500);
static_assert(offsetof(struct rmi_rec_exit, imm) == 0x600);
static_assert(offsetof(struct rmi_rec_exit, pmu_ovf_status) == 0x700);
static_assert(sizeof(struct rmi_rec_exit) == 0x800);

struct rmi_rec_run {
	struct rmi_rec_enter enter;
	struct rmi_rec_exit exit;
};

static_assert(sizeof(struct rmi_rec_run) == 0x1000);

#endif /* __ASM_RMI_SMC_H */
