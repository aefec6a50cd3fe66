/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A realm discovers features here and nowhere else, so a field is shown only
 * if what it promises works in a realm: instructions that need no control of
 * ours, or state that is switched. The masks therefore name what is shown; a
 * field of a later architecture version is hidden until somebody adds it, and a later
 * value of a field that is shown is cut to the last one that works.
 */
#include "arch/sel2/idregs.h"
#include "arch/aarch64/sysreg.h"
#include "lib/bits.h"

#define FIELD(lsb)		BITS((lsb) + 3, (lsb))
#define VALUE(v, lsb)		((uint64_t)(v) << (lsb))
#define ENCODING(crm, op2)	((crm) << 3 | (op2))

/* Where the fields are, and the last value that works in a realm */
#define DFR0_DEBUGVER		0
#define MAX_DEBUGVER		10	/* Armv8.8: 8.9 has more registers (MDSELR_EL1) */
#define ISAR1_APA		4
#define ISAR1_API		8
#define MAX_PAUTH		5	/* FPACCOMBINE: PAuth_LR has a control in SCTLR2_EL1 */
#define MMFR0_PARANGE		0
#define MAX_PARANGE		5	/* 48 bits: LPA2 is not offered in stage 2 */
#define MMFR1_HAFDBS		0
#define MAX_HAFDBS		2	/* no flags in tables, their control is in TCR2_EL1 */
#define MMFR2_VARANGE		16
#define MAX_VARANGE		1	/* 52 bits: 56 need 128-bit descriptors */

/*
 * EL3, EL2, FP, AdvSIMD, GIC, RAS, DIT, CSV2, CSV3. EL0 and EL1 read as AArch64
 * only, for the AArch32 ID registers read as 0. Not SEL2, MPAM, AMU, RME.
 */
#define PFR0_SHOWN							\
	(FIELD(8) | FIELD(12) | FIELD(16) | FIELD(20) | FIELD(24) |	\
	 FIELD(28) | FIELD(48) | FIELD(56) | FIELD(60))
#define PFR0_EL0_EL1_A64	(VALUE(1, 0) | VALUE(1, 4))
#define PFR0_SVE		FIELD(32)

/* BT, SSBS, RAS_frac, CSV2_frac. Not MTE, SME, MPAM_frac, NMI and later. */
#define PFR1_SHOWN	(FIELD(0) | FIELD(4) | FIELD(12) | FIELD(32))

/* DebugVer, DoubleLock, and the realm's own number of points. No PMU. */
#define DFR0_SHOWN	(FIELD(0) | FIELD(36))
#define DFR0_BRPS	12
#define DFR0_WRPS	20

/* All of it but TME (bits 27:24). */
#define ISAR0_SHOWN	(~FIELD(24) & BITS(63, 4))
/* All but LS64 and XS, which need HCRX_EL2. */
#define ISAR1_SHOWN	(BITS(55, 0))

/*
 * PARange, ASIDBits, BigEnd, BigEndEL0, TGran16, TGran64, TGran4, ExS. Not SNSMem: the
 * realm has one memory; nor the granules of stage 2, FGT or ECV.
 */
#define MMFR0_SHOWN							\
	(FIELD(0) | FIELD(4) | FIELD(8) | FIELD(16) | FIELD(20) |	\
	 FIELD(24) | FIELD(28) | FIELD(44))
/* HAFDBS, HPDS, PAN, SpecSEI, ETS, AFP, nTLBPA, ECBHB. */
#define MMFR1_SHOWN							\
	(FIELD(0) | FIELD(12) | FIELD(20) | FIELD(24) | FIELD(36) |	\
	 FIELD(44) | FIELD(48) | FIELD(60))
/* CnP, UAO, LSM, IESB, VARange, CCIDX, ST, AT, IDS, TTL, BBM, E0PD. */
#define MMFR2_SHOWN							\
	(FIELD(0) | FIELD(4) | FIELD(8) | FIELD(12) | FIELD(16) |	\
	 FIELD(20) | FIELD(28) | FIELD(32) | FIELD(36) | FIELD(48) |	\
	 FIELD(52) | FIELD(60))

static uint64_t at_most(uint64_t v, unsigned int lsb, uint64_t max)
{
	return (v & ~FIELD(lsb)) | VALUE(min_u64(field(v, lsb + 3, lsb), max), lsb);
}

static uint64_t pfr0(const struct vcpu_arch *a)
{
	uint64_t v = read_sysreg(id_aa64pfr0_el1);

	return (v & (PFR0_SHOWN | (a->sve ? PFR0_SVE : 0))) | PFR0_EL0_EL1_A64;
}

static uint64_t dfr0(const struct vcpu_arch *a)
{
	uint64_t v = read_sysreg(id_aa64dfr0_el1) & DFR0_SHOWN;

	return at_most(v, DFR0_DEBUGVER, MAX_DEBUGVER) | VALUE(a->num_bps, DFR0_BRPS) |
	       VALUE(a->num_wps, DFR0_WRPS);
}

static uint64_t isar1(void)
{
	uint64_t v = read_sysreg(id_aa64isar1_el1) & ISAR1_SHOWN;

	return at_most(at_most(v, ISAR1_APA, MAX_PAUTH), ISAR1_API, MAX_PAUTH);
}

uint64_t idreg_read(const struct vcpu_arch *a, unsigned int crm, unsigned int op2)
{
	switch (ENCODING(crm, op2)) {
	case ENCODING(0, 6):
		return read_sysreg(revidr_el1);
	case ENCODING(4, 0):
		return pfr0(a);
	case ENCODING(4, 1):
		return read_sysreg(id_aa64pfr1_el1) & PFR1_SHOWN;
	case ENCODING(4, 4):
		return a->sve ? read_sysreg(SYS_ID_AA64ZFR0_EL1) : 0;
	case ENCODING(5, 0):
		return dfr0(a);
	case ENCODING(6, 0):
		return read_sysreg(id_aa64isar0_el1) & ISAR0_SHOWN;
	case ENCODING(6, 1):
		return isar1();
	case ENCODING(7, 0):
		return at_most(read_sysreg(id_aa64mmfr0_el1) & MMFR0_SHOWN,
			       MMFR0_PARANGE, MAX_PARANGE);
	case ENCODING(7, 1):
		return at_most(read_sysreg(id_aa64mmfr1_el1) & MMFR1_SHOWN,
			       MMFR1_HAFDBS, MAX_HAFDBS);
	case ENCODING(7, 2):
		return at_most(read_sysreg(id_aa64mmfr2_el1) & MMFR2_SHOWN,
			       MMFR2_VARANGE, MAX_VARANGE);
	default:
		return 0;
	}
}
