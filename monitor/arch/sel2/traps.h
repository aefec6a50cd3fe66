/* SPDX-License-Identifier: BSD-3-Clause */
/* What a realm may do by itself, and the handlers of what traps. */
#ifndef TMM_ARCH_SEL2_TRAPS_H
#define TMM_ARCH_SEL2_TRAPS_H

#include "arch/aarch64/regs.h"
#include "hal/vcpu.h"
#include <stdbool.h>

/*
 * HCR_EL2 while a realm runs (rmm-abi.md 13.1), TWI, TWE and VSE added as needed.
 *   VM FWB PTW	stage 2; our attributes win over the realm's (core/rtte.h), and
 *		a walk into Device memory faults
 *   AMO IMO FMO	physical interrupts come to EL2; the realm has the
 *		virtual GIC interface, VDISR_EL2 and virtual SError
 *   SWIO FB BSU	set/way becomes clean and invalidate; maintenance and
 *		barriers reach every CPU the REC may have run on
 *   TSC TIDCP TACR TERR TID1 TID3 TID5 TLOR	trapped, see sysreg.c
 *   TEA	external aborts come to EL2: the host chose the address
 * ATA = 0 hides MTE: tag registers trap, tag accesses are RAZ/WI.
 */
#define HCR_REALM							\
	(HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO | HCR_IMO | HCR_AMO |	\
	 HCR_FB | HCR_BSU_IS | HCR_TID1 | HCR_TID3 | HCR_TSC |		\
	 HCR_TIDCP | HCR_TACR | HCR_RW | HCR_TLOR | HCR_TERR |		\
	 HCR_TEA | HCR_APK | HCR_API | HCR_FWB | HCR_ENSCXT | HCR_TID5)

/* SIMD, SVE, SME, trace and activity monitors trap; the last three always. */
#define CPTR_OPEN	(CPTR_RES1 | CPTR_TSM | CPTR_TTA | CPTR_TAM)
#define CPTR_CLOSED	(CPTR_OPEN | CPTR_TZ | CPTR_TFP)

/* No PMU, profiling, trace or DCC in realms; debug registers are emulated. */
#define MDCR_REALM							\
	(MDCR_TPMCR | MDCR_TPM | MDCR_TDA | MDCR_TDOSA | MDCR_TDRA |	\
	 MDCR_TPMS | MDCR_TTRF | MDCR_TDCC)

/* A trapped MSR, MRS or SYS instruction. True: core must see it, exit is filled. */
bool sysreg_trap(struct vcpu *v, uint64_t esr, struct vcpu_exit *exit);

#endif
