/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The contract between a test (host side) and the payload it runs in a realm.
 *
 * The payload is a puppet: it makes an RSI_HOST_CALL with PUPPET_IMM, takes an
 * order from the general registers that the host returns, carries it out and
 * reports with the next host call. So a test is written in one place, on the
 * host side, and every exit that an order causes on its way is the test's to
 * examine.
 *
 * Order:   gprs[0] = enum puppet_op, gprs[1..] = arguments
 * Report:  gprs[0] = the order, gprs[1..18] = results,
 *          gprs[19..22] = exceptions taken, ESR, FAR, ELR of the last one
 *          gprs[23] = registers that an order found changed against the rules
 *          gprs[24..25] = SPSR of the last exception, PSTATE in its handler
 *          (DAIF and PAN in their SPSR places; PUPPET_FROM_EL0: that vector)
 *
 * This header is also read by assembly.
 */
#ifndef PUPPET_H
#define PUPPET_H

#define PUPPET_IMM		0x7A57
#define PUPPET_EXC		19	/* index of the first exception word */
#define PUPPET_BAD		23
#define PUPPET_PSTATE		24
#define PUPPET_FROM_EL0		1

/*
 * Realm memory, by IPA. All below 2^31, so that the smallest realm (32 bits,
 * of which one marks shared memory) can hold it.
 */
#define PUPPET_BASE		0x40000000
#define PUPPET_IMAGE_SIZE	0x8000
#define PUPPET_AREA		(PUPPET_BASE + PUPPET_IMAGE_SIZE)
#define PUPPET_AREA_SIZE	0x4000	/* per REC: state, two pages of stack, a hole */
#define PUPPET_AREA_PAGES	3
#define PUPPET_MAX_RECS		4
#define PUPPET_TABLES		(PUPPET_AREA + PUPPET_MAX_RECS * PUPPET_AREA_SIZE)
#define PUPPET_NUM_TABLES	6
#define PUPPET_SCRATCH		(PUPPET_TABLES + PUPPET_NUM_TABLES * 0x1000)
#define PUPPET_NUM_SCRATCH	2
#define PUPPET_END		(PUPPET_SCRATCH + PUPPET_NUM_SCRATCH * 0x1000)
/* Unmapped page of the same 2 MiB, and the first page of the next one. */
#define PUPPET_HOLE		(PUPPET_BASE + 0x100000)
#define PUPPET_NEXT_BLOCK	(PUPPET_BASE + 0x200000)

/*
 * Translation tables of the payload, 4 KiB granule, 39-bit VA. The identity
 * map covers the first GiB-aligned GiB of realm RAM by pages (first 2 MiB);
 * the two windows are for tests, which write descriptors through OP_WRITE:
 * entries of PT_WIN_L3 map pages, entries of PT_WIN_L2 from 1 on map blocks.
 */
#define PT_L1			0
#define PT_L2			1
#define PT_L3			2
#define PT_WIN_L2		3
#define PT_WIN_L3		4
#define PT_SPARE		5
#define PUPPET_TABLE(n)		(PUPPET_TABLES + (n) * 0x1000)
#define PUPPET_TCR		0x500803519UL /* 39-bit VA, 48-bit PA, write-back */
#define PUPPET_WINDOW		0x80000000
#define PUPPET_WINDOW_PAGE(i)	(PUPPET_WINDOW + (i) * 0x1000)
#define PUPPET_WINDOW_BLOCK(i)	(PUPPET_WINDOW + (i) * 0x200000)

#define PUPPET_IRQS		16	/* interrupt ids remembered per REC */

#ifndef __ASSEMBLER__

enum puppet_op {
	OP_NONE,
	OP_SMC,		/* x0..x17 -> x0..x17; bad = x18..x30 changed */
	OP_HVC,		/* -> address of the instruction */
	OP_ACCESS,	/* enum access, address, value -> value */
	OP_EL0_LOAD,	/* address -> value, address of the instruction */
	OP_EXEC,	/* address: branches there with a return address */
	OP_MRS,		/* enum reg -> value */
	OP_MSR,		/* enum reg, value, 1: and then an SMC that stays inside */
	OP_MMU,		/* on or off, bits for all leaves, TCR, TTBR0 (0: ours) */
	OP_TLBI,	/* VMALLE1IS */
	/* address, value: word 1 = 1, spin until word 0 equals or an abort came */
	OP_WAIT_EQ,
	OP_FILL,	/* address, size, seed */
	OP_INC,		/* address: adds one to the word, not atomically */
	OP_COPY,	/* to, from, size */
	OP_ZEROS,	/* address, size -> words that are zero */
	OP_SUM,		/* address, size -> checksum, as fill_sum() */
	OP_WFX,		/* enum wfx */
	OP_IRQ,		/* n, flags, spins: unmask until n came -> count, ids */
	OP_GPRS,	/* enum gprs, argument: runs with patterns; bad = changed */
	OP_SIMD,	/* enum simd, seed, spins; bad = changed -> vector length */
	OP_TABLE,	/* table, first, n, descriptor, step: writes n of them */
	OP_TOGGLE,	/* table, first, n, passes, bits to clear, bits to flip */
	OP_TOUCH,	/* address, n, stride, seed -> errors */
	OP_SHARE,	/* struct share -> errors, rounds done */
	OP_CONVERT,	/* struct share -> errors, rounds done; exits each time */
	OP_COUNT
};

/* Loads and stores of one instruction each; the name is the instruction. */
enum access {
	ACC_LDRB_W, ACC_LDRH_W, ACC_LDR_W, ACC_LDR_X,
	ACC_LDRSB_W, ACC_LDRSB_X, ACC_LDRSH_W, ACC_LDRSH_X, ACC_LDRSW_X,
	ACC_LDR_XZR, ACC_LDR_POST, ACC_LDXR,
	ACC_STRB, ACC_STRH, ACC_STR_W, ACC_STR_X, ACC_STR_XZR, ACC_STR_POST,
	ACC_COUNT
};

enum wfx { WFX_WFI, WFX_WFE };

enum gprs { GPRS_WFI, GPRS_SPIN, GPRS_LOAD };

/* _SPIN: set, spin, check; _NONZERO: counts what is not zero, second result */
enum simd {
	SIMD_SET, SIMD_CHECK, SIMD_SPIN, SIMD_NONZERO,
	SVE_SET, SVE_CHECK, SVE_SPIN, SVE_NONZERO, SVE_LENGTH,
};

/* Flags of OP_IRQ */
#define IRQ_EOI		1	/* end each interrupt */
#define IRQ_STOP_TIMERS	2	/* mask the timer whose interrupt came */

/* System registers that tests use: those a realm may write, and the rest. */
#define PUPPET_REGS_RW(R) \
	R(SCTLR_EL1, "sctlr_el1") \
	R(TTBR0_EL1, "ttbr0_el1") \
	R(TTBR1_EL1, "ttbr1_el1") \
	R(TCR_EL1, "tcr_el1") \
	R(MAIR_EL1, "mair_el1") \
	R(AMAIR_EL1, "amair_el1") \
	R(VBAR_EL1, "vbar_el1") \
	R(CONTEXTIDR_EL1, "contextidr_el1") \
	R(TPIDR_EL0, "tpidr_el0") \
	R(TPIDRRO_EL0, "tpidrro_el0") \
	R(TPIDR_EL1, "tpidr_el1") \
	R(ESR_EL1, "esr_el1") \
	R(FAR_EL1, "far_el1") \
	R(AFSR0_EL1, "afsr0_el1") \
	R(AFSR1_EL1, "afsr1_el1") \
	R(PAR_EL1, "par_el1") \
	R(CNTKCTL_EL1, "cntkctl_el1") \
	R(MDSCR_EL1, "mdscr_el1") \
	R(SP_EL0, "sp_el0") \
	R(CPACR_EL1, "cpacr_el1") \
	R(APIAKEYLO_EL1, "s3_0_c2_c1_0") \
	R(APIBKEYLO_EL1, "s3_0_c2_c1_2") \
	R(APDAKEYLO_EL1, "s3_0_c2_c2_0") \
	R(APGAKEYLO_EL1, "s3_0_c2_c3_0") \
	R(CNTP_CTL_EL0, "cntp_ctl_el0") \
	R(CNTP_CVAL_EL0, "cntp_cval_el0") \
	R(CNTV_CTL_EL0, "cntv_ctl_el0") \
	R(CNTV_CVAL_EL0, "cntv_cval_el0") \
	R(ICC_PMR_EL1, "s3_0_c4_c6_0") \
	R(ICC_EOIR1_EL1, "s3_0_c12_c12_1") \
	R(ICC_DIR_EL1, "s3_0_c12_c11_1") \
	R(ICC_SGI1R_EL1, "s3_0_c12_c11_5") \
	R(ICC_SGI0R_EL1, "s3_0_c12_c11_7") \
	R(ICC_CTLR_EL1, "s3_0_c12_c12_4") \
	R(ICC_SRE_EL1, "s3_0_c12_c12_5") \
	R(ICC_IGRPEN1_EL1, "s3_0_c12_c12_7") \
	R(ICC_BPR1_EL1, "s3_0_c12_c12_3") \
	R(PMCR_EL0, "pmcr_el0") \
	R(PMCCNTR_EL0, "pmccntr_el0") \
	R(IMPDEF_C11, "s3_0_c11_c0_0") \
	R(IMPDEF_C15, "s3_0_c15_c1_0") \
	R(ZCR_EL1, "s3_0_c1_c2_0") \
	R(DBGBVR0_EL1, "s2_0_c0_c0_4") \
	R(DBGBCR0_EL1, "s2_0_c0_c0_5") \
	R(DBGWVR0_EL1, "s2_0_c0_c0_6") \
	R(DBGWCR0_EL1, "s2_0_c0_c0_7") \
	R(DBGBVR1_EL1, "s2_0_c0_c1_4") \
	R(DBGWVR1_EL1, "s2_0_c0_c1_6") \
	R(DBGBVR2_EL1, "s2_0_c0_c2_4") \
	R(DBGWVR2_EL1, "s2_0_c0_c2_6")
#define PUPPET_REGS_RO(R) \
	R(MPIDR_EL1, "mpidr_el1") \
	R(MIDR_EL1, "midr_el1") \
	R(CNTPCT_EL0, "cntpct_el0") \
	R(CNTVCT_EL0, "cntvct_el0") \
	R(ICC_IAR1_EL1, "s3_0_c12_c12_0") \
	R(ICC_HPPIR1_EL1, "s3_0_c12_c12_2") \
	R(ICC_RPR_EL1, "s3_0_c12_c11_3") \
	R(ID_AA64PFR0_EL1, "id_aa64pfr0_el1") \
	R(ID_AA64PFR1_EL1, "id_aa64pfr1_el1") \
	R(ID_AA64ZFR0_EL1, "s3_0_c0_c4_4") \
	R(ID_AA64SMFR0_EL1, "s3_0_c0_c4_5") \
	R(ID_AA64DFR0_EL1, "id_aa64dfr0_el1") \
	R(ID_AA64DFR1_EL1, "id_aa64dfr1_el1") \
	R(ID_AA64ISAR0_EL1, "id_aa64isar0_el1") \
	R(ID_AA64ISAR1_EL1, "id_aa64isar1_el1") \
	R(ID_AA64MMFR0_EL1, "id_aa64mmfr0_el1") \
	R(ID_AA64MMFR1_EL1, "id_aa64mmfr1_el1") \
	R(ID_AA64MMFR2_EL1, "id_aa64mmfr2_el1") \
	R(ID_RESERVED_EL1, "s3_0_c0_c7_7") \
	R(ISR_EL1, "isr_el1") \
	R(CTR_EL0, "ctr_el0") \
	R(CURRENTEL, "currentel") \
	R(DAIF, "daif") \
	R(VBAR_EL2, "vbar_el2")

enum reg {
#define REG_ENUM(name, text) REG_##name,
	PUPPET_REGS_RW(REG_ENUM)
	PUPPET_REGS_RO(REG_ENUM)
#undef REG_ENUM
	REG_COUNT
};

/*
 * OP_SHARE: the CCA way to pass memory between the halves, many times over.
 * Each round maps the pages shared (top bit in the descriptor, nothing else),
 * exchanges a word with the host's page, maps them private again and checks
 * the private word. OP_CONVERT: the same with one page whose RIPAS changes
 * along, EMPTY while it is shared; the host has to answer each request.
 */
#define SHARE_MAX	16
struct share {
	unsigned long ipa;	/* protected address of the first page */
	unsigned long top;	/* the bit that says shared */
	unsigned long window;	/* VA to use */
	unsigned long slot;	/* address of the stage 1 descriptor of that VA */
	unsigned long attr;	/* of the descriptors, type bits included */
	unsigned long keep;	/* bits that stay when a descriptor is changed */
	unsigned long count;	/* descriptors: SHARE_MAX at most */
	unsigned long stride;	/* from one page or block to the next */
	unsigned long rounds;
	unsigned long seed;
};

/* Checksum and pattern that both sides compute. */
static inline unsigned long pattern(unsigned long seed, unsigned long i)
{
	unsigned long x = (seed + i) * 0x9E3779B97F4A7C15UL;

	return x ^ (x >> 29);
}

#endif
#endif
