/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fields of AArch64 system registers that the monitor uses, named as in the
 * Arm ARM (DDI 0487) D24.2. Also used by assembly, so constants only.
 */
#ifndef TMM_ARCH_AARCH64_REGS_H
#define TMM_ARCH_AARCH64_REGS_H

#ifdef __ASSEMBLER__
#define REG_BIT(n)	(1 << (n))
#else
#include "lib/bits.h"
#define REG_BIT(n)	BIT(n)
#endif

/* SCTLR_EL1 and SCTLR_EL2 */
#define SCTLR_M			REG_BIT(0)
#define SCTLR_C			REG_BIT(2)
#define SCTLR_SA		REG_BIT(3)
#define SCTLR_SA0		REG_BIT(4)
#define SCTLR_CP15BEN		REG_BIT(5)
#define SCTLR_NAA		REG_BIT(6)
#define SCTLR_EOS		REG_BIT(11)
#define SCTLR_I			REG_BIT(12)
#define SCTLR_NTWI		REG_BIT(16)
#define SCTLR_NTWE		REG_BIT(18)
#define SCTLR_WXN		REG_BIT(19)
#define SCTLR_EIS		REG_BIT(22)
#define SCTLR_SPAN		REG_BIT(23)
#define SCTLR_EE		REG_BIT(25)
#define SCTLR_DSSBS		BIT(44)
#define SCTLR_SPINTMASK		BIT(62)
/* E2H = 0: bits 4, 5, 11, 16, 18, 22, 23, 28, 29 are RES1; BT is bit 36 */
#define SCTLR_EL2_RES1		0x30c50830
#define SCTLR_EL2_BT_SHIFT	36

/* SPSR, PSTATE */
#define PSTATE_M_MASK		0x1f
#define PSTATE_M_EL0T		0x0
#define PSTATE_M_EL1T		0x4
#define PSTATE_M_EL1H		0x5
#define PSTATE_NRW		REG_BIT(4)
#define PSTATE_DAIF		0x3c0
#define PSTATE_A		REG_BIT(8)
#define PSTATE_SSBS		REG_BIT(12)
#define PSTATE_ALLINT		REG_BIT(13)
#define PSTATE_IL		REG_BIT(20)
#define PSTATE_PAN		REG_BIT(22)
#define PSTATE_UAO		REG_BIT(23)
#define PSTATE_DIT		REG_BIT(24)
#define PSTATE_TCO		REG_BIT(25)

#ifndef __ASSEMBLER__

/* HCR_EL2 */
#define HCR_VM			BIT(0)
#define HCR_SWIO		BIT(1)
#define HCR_PTW			BIT(2)
#define HCR_FMO			BIT(3)
#define HCR_IMO			BIT(4)
#define HCR_AMO			BIT(5)
#define HCR_VSE			BIT(8)
#define HCR_FB			BIT(9)
#define HCR_BSU_IS		BIT(10)
#define HCR_TWI			BIT(13)
#define HCR_TWE			BIT(14)
#define HCR_TID1		BIT(16)
#define HCR_TID3		BIT(18)
#define HCR_TSC			BIT(19)
#define HCR_TIDCP		BIT(20)
#define HCR_TACR		BIT(21)
#define HCR_RW			BIT(31)
#define HCR_TLOR		BIT(35)
#define HCR_TERR		BIT(36)
#define HCR_TEA			BIT(37)
#define HCR_APK			BIT(40)
#define HCR_API			BIT(41)
#define HCR_FWB			BIT(46)
#define HCR_ENSCXT		BIT(53)
#define HCR_TID5		BIT(58)

/* CPTR_EL2, E2H = 0 */
#define CPTR_RES1		(BITS(7, 0) | BIT(9) | BIT(13))
#define CPTR_TZ			BIT(8)
#define CPTR_TFP		BIT(10)
#define CPTR_TSM		BIT(12)
#define CPTR_TTA		BIT(20)
#define CPTR_TAM		BIT(30)

/* MDCR_EL2 */
#define MDCR_TPMCR		BIT(5)
#define MDCR_TPM		BIT(6)
#define MDCR_TDA		BIT(9)
#define MDCR_TDOSA		BIT(10)
#define MDCR_TDRA		BIT(11)
#define MDCR_TPMS		BIT(14)
#define MDCR_TTRF		BIT(19)
#define MDCR_TDCC		BIT(27)

/* MDSCR_EL1 */
#define MDSCR_SS		BIT(0)
#define MDSCR_TDCC		BIT(12)
#define MDSCR_KDE		BIT(13)
#define MDSCR_MDE		BIT(15)

/* ISR_EL1 */
#define ISR_F			BIT(6)
#define ISR_I			BIT(7)
#define ISR_A			BIT(8)

/* DISR_EL1 */
#define DISR_A			BIT(31)
#define DISR_ISS		BITS(24, 0)

/* CNTHCTL_EL2, E2H = 0 */
#define CNTHCTL_EL1PCTEN	BIT(0)
#define CNTHCTL_EL1PCEN		BIT(1)

/* CNTP_CTL_EL0, CNTV_CTL_EL0 */
#define CNT_CTL_ENABLE		BIT(0)
#define CNT_CTL_IMASK		BIT(1)
#define CNT_CTL_ISTATUS		BIT(2)

/* VTCR_EL2, VSTCR_EL2 */
#define VTCR_SL0_SHIFT		6
#define VTCR_IRGN0_WBWA		BIT(8)
#define VTCR_ORGN0_WBWA		BIT(10)
#define VTCR_SH0_INNER		(BIT(12) | BIT(13))
#define VTCR_PS_SHIFT		16
#define VTCR_VS			BIT(19)
#define VTCR_NSW		BIT(29)
#define VTCR_NSA		BIT(30)
#define VTCR_RES1		BIT(31)

/* VTTBR_EL2 */
#define VTTBR_VMID_SHIFT	48

/* PAR_EL1 */
#define PAR_F			BIT(0)
#define PAR_NS			BIT(9)
#define PAR_PA			BITS(51, 12)

/* ESR_EL2 */
#define ESR_EC(esr)		((unsigned int)field(esr, 31, 26))
#define ESR_EC_SHIFT		26
#define ESR_IL			BIT(25)
#define ESR_ISS(esr)		field(esr, 24, 0)

#define EC_UNKNOWN		0x00
#define EC_WFX			0x01
#define EC_FP			0x07
#define EC_HVC64		0x16
#define EC_SMC64		0x17
#define EC_SYSREG		0x18
#define EC_SVE			0x19
#define EC_SME			0x1d
#define EC_IABT_LOWER		0x20
#define EC_IABT_SAME		0x21
#define EC_DABT_LOWER		0x24
#define EC_DABT_SAME		0x25
#define EC_SERROR		0x2f

/* ISS of instruction and data aborts */
#define ISS_FSC			BITS(5, 0)
#define ISS_WNR			BIT(6)
#define ISS_S1PTW		BIT(7)
#define ISS_EA			BIT(9)
#define ISS_FNV			BIT(10)
#define ISS_ISV			BIT(24)
#define FSC_TYPE		BITS(5, 2)	/* without the level */
#define FSC_ADDRESS_SIZE	0x00
#define FSC_PERMISSION		0x0c
#define FSC_EXTERNAL		0x10
#define FSC_EXTERNAL_WALK	0x14
#define FSC_EXTERNAL_WALK_M1	0x13	/* M1: at level -1 */
#define FSC_ADDRESS_SIZE_M1	0x29
#define FSC_TRANSLATION_M1	0x2b
#define FSC_TLB_CONFLICT	0x30

/* ISS of a trapped WFx */
#define ISS_WFX_TI		BITS(1, 0)
#define ISS_WFX_RV		BIT(2)
#define ISS_WFX_RN(esr)		((unsigned int)field(esr, 9, 5))

/* ISS of a trapped MSR, MRS or SYS: op0, op2, op1, CRn, CRm as at 21:1 */
#define ISS_SYS(op0, op1, crn, crm, op2)				\
	(((uint32_t)(op0) << 20) | ((uint32_t)(op2) << 17) |		\
	 ((uint32_t)(op1) << 14) | ((uint32_t)(crn) << 10) |		\
	 ((uint32_t)(crm) << 1))
#define ISS_SYS_MASK		(ISS_SYS(3, 7, 15, 15, 7))
#define ISS_SYS_RT(esr)		((unsigned int)field(esr, 9, 5))
#define ISS_SYS_READ		BIT(0)

/* HPFAR_EL2.FIPA: IPA[51:12] at 47:4 or 43:4 */
#define HPFAR_FIPA		BITS(43, 4)

/* ICH_HCR_EL2 */
#define ICH_HCR_EN		BIT(0)
#define ICH_HCR_VSGIEOICOUNT	BIT(8)
#define ICH_HCR_DVIM		BIT(15)
#define ICH_HCR_EXPOSED		UINT64_C(0xf80040fe)	/* rmm-abi.md 9.1 */

/* ICH_VTR_EL2 */
#define ICH_VTR_LISTREGS	BITS(4, 0)
#define ICH_VTR_DVIM		BIT(18)

#endif /* __ASSEMBLER__ */
#endif
