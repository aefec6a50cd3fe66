/* SPDX-License-Identifier: BSD-3-Clause */
/* Access to system registers and the barriers, one wrapper each. */
#ifndef TMM_ARCH_AARCH64_SYSREG_H
#define TMM_ARCH_AARCH64_SYSREG_H

#include <stdint.h>

/* Names that the assembler knows only with extensions we do not compile for. */
#define SYS_ZCR_EL1		S3_0_C1_C2_0
#define SYS_ZCR_EL2		S3_4_C1_C2_0
#define SYS_SCXTNUM_EL0		S3_3_C13_C0_7
#define SYS_SCXTNUM_EL1		S3_0_C13_C0_7
#define SYS_RNDR		S3_3_C2_C4_0
#define SYS_ID_AA64ZFR0_EL1	S3_0_C0_C4_4
#define SYS_ID_AA64SMFR0_EL1	S3_0_C0_C4_5
#define SYS_SVCR		S3_3_C4_C2_2
#define SYS_ID_AA64MMFR4_EL1	S3_0_C0_C7_4

#define SYSREG_STRING(r)	#r

#define read_sysreg(r)							\
	__extension__({							\
		uint64_t v_;						\
		asm volatile("mrs %0, " SYSREG_STRING(r) : "=r"(v_));	\
		v_;							\
	})

#define write_sysreg(r, v)						\
	asm volatile("msr " SYSREG_STRING(r) ", %x0"			\
		     : : "rZ"((uint64_t)(v)))

/* With "memory": what is before in the source stays before. */
#define isb()		asm volatile("isb" : : : "memory")
#define dsb(dom)	asm volatile("dsb " #dom : : : "memory")
#define dmb(dom)	asm volatile("dmb " #dom : : : "memory")

#define tlbi(op)	asm volatile("tlbi " #op : : : "memory")
#define tlbi_va(op, v)	asm volatile("tlbi " #op ", %0" : : "r"(v) : "memory")

#endif
