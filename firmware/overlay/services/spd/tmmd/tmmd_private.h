/*
 * Copyright (c) 2026, virtCCA contributors. All rights reserved.
 *
 * SPDX-License-Identifier: BSD-3-Clause
 */

#ifndef TMMD_PRIVATE_H
#define TMMD_PRIVATE_H

#include <lib/utils_def.h>

/*
 * Function ids, for the assembler. tmmd_main.c checks them against
 * <abi/boot.h>, which owns them.
 */
#define TMMD_RMI_FIRST			U(0xC4000150)
#define TMMD_REQ_COMPLETE		U(0xC400018F)
#define TMMD_VENDOR_FIRST		U(0xC2000150)
#define TMMD_VENDOR_LAST		U(0xC200015F)

/*
 * State of the monitor on one CPU.
 *
 *   OFF     -> BOOTING	tmmd_boot_cpu()
 *   BOOTING -> READY		tmmd_boot_complete(), the monitor reports success
 *   BOOTING -> OFF		tmmd_boot_complete(), tmmd_stop()
 *   READY   -> IN_CALL	tmmd_smc_entry, call from the Normal world
 *   IN_CALL -> READY		tmmd_smc_entry, TMM_EL3_REQ_COMPLETE
 *   IN_CALL -> OFF		tmmd_stop()
 *   READY   -> OFF		PSCI CPU_OFF
 *
 * Only the CPU itself reads or writes its state.
 */
#define TMMD_CPU_OFF			U(0)
#define TMMD_CPU_BOOTING		U(1)
#define TMMD_CPU_READY			U(2)
#define TMMD_CPU_IN_CALL		U(3)

/* Offsets in struct tmmd_cpu. The context is last, SP_EL3 points to it. */
#define TMMD_CPU_TMM			U(0x0)
#define TMMD_CPU_ENTRY			U(0x70)
#define TMMD_CPU_HOST			U(0x80)
#define TMMD_CPU_STATE			U(0xf0)
#define TMMD_CPU_C_RT_CTX		U(0xf8)
#define TMMD_CPU_CTX			U(0x100)

/* Offsets of the two context pointers in struct cpu_data. */
#define TMMD_CPU_DATA_SECURE		U(0x0)
#define TMMD_CPU_DATA_NS		U(0x8)

/* Offsets in per_world_context[]. */
#define TMMD_PER_WORLD_SECURE		U(0x0)
#define TMMD_PER_WORLD_NS		CTX_PERWORLD_EL3STATE_END

/* Frame that tmmd_sync_enter() leaves on the runtime stack: x19 to x30. */
#define TMMD_C_RT_FRAME_SIZE		U(0x60)

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stdint.h>

#include <context.h>
#include <lib/cassert.h>
#include <platform_def.h>

/*
 * The EL2 registers that the host and the monitor both live on, in the order
 * of the el2_save and el2_load macros. Whatever else the monitor or a realm
 * changes, the monitor saves and restores itself.
 */
struct tmmd_el2 {
	uint64_t sp;
	uint64_t vbar;
	uint64_t sctlr;
	uint64_t tcr;
	uint64_t ttbr0;
	uint64_t mair;
	uint64_t hcr;
	uint64_t cptr;
	uint64_t mdcr;
	uint64_t cnthctl;
	uint64_t tpidr;
	uint64_t elr;
	uint64_t spsr;
	uint64_t pad;		/* registers move in pairs */
};

struct tmmd_cpu {
	/* Recorded when the monitor has booted, constant from then on. */
	struct tmmd_el2 tmm;
	uint64_t entry_spsr;
	uint64_t entry_elr;

	/* The Normal world's, while this CPU is in the monitor. */
	struct tmmd_el2 host;

	uint64_t state;
	uint64_t c_rt_ctx;
	cpu_context_t ctx;
} __aligned(CACHE_WRITEBACK_GRANULE);

CASSERT(__builtin_offsetof(struct tmmd_cpu, tmm) == TMMD_CPU_TMM,
	assert_tmmd_tmm_offset);
CASSERT(__builtin_offsetof(struct tmmd_cpu, entry_spsr) == TMMD_CPU_ENTRY,
	assert_tmmd_entry_spsr_offset);
CASSERT(__builtin_offsetof(struct tmmd_cpu, entry_elr) == TMMD_CPU_ENTRY + 8U,
	assert_tmmd_entry_elr_offset);
CASSERT(__builtin_offsetof(struct tmmd_cpu, host) == TMMD_CPU_HOST,
	assert_tmmd_host_offset);
CASSERT(__builtin_offsetof(struct tmmd_cpu, state) == TMMD_CPU_STATE,
	assert_tmmd_state_offset);
CASSERT(__builtin_offsetof(struct tmmd_cpu, c_rt_ctx) == TMMD_CPU_C_RT_CTX,
	assert_tmmd_c_rt_ctx_offset);
CASSERT(__builtin_offsetof(struct tmmd_cpu, ctx) == TMMD_CPU_CTX,
	assert_tmmd_ctx_offset);
CASSERT(CPU_CONTEXT_SECURE * sizeof(void *) == TMMD_CPU_DATA_SECURE,
	assert_tmmd_secure_context_offset);
CASSERT(CPU_CONTEXT_NS * sizeof(void *) == TMMD_CPU_DATA_NS,
	assert_tmmd_ns_context_offset);
CASSERT(CPU_CONTEXT_SECURE * sizeof(per_world_context_t) ==
	TMMD_PER_WORLD_SECURE, assert_tmmd_per_world_secure_offset);
CASSERT(CPU_CONTEXT_NS * sizeof(per_world_context_t) == TMMD_PER_WORLD_NS,
	assert_tmmd_per_world_ns_offset);

/*
 * False until the monitor has booted on the primary CPU, and again after it
 * has stopped: calls are then refused on every CPU. Read by tmmd_smc_entry.
 */
extern uint32_t tmmd_enabled;

/* tmmd_main.c */
void tmmd_cpu_on(void);
void tmmd_cpu_off(void);

/* tmmd_pm.c */
void tmmd_pm_init(void);

/* tmmd_helpers.S */
void tmmd_el2_save(struct tmmd_el2 *regs);
void tmmd_el2_load(const struct tmmd_el2 *regs);
int64_t tmmd_sync_enter(uint64_t *c_rt_ctx);
void __dead2 tmmd_sync_exit(uint64_t c_rt_ctx, int64_t rc);

#endif /* __ASSEMBLER__ */

#endif /* TMMD_PRIVATE_H */
