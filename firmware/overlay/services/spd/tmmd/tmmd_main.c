/*
 * Copyright (c) 2026, virtCCA contributors. All rights reserved.
 *
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * Trusted Management Monitor dispatcher: boots the virtCCA monitor at S-EL2 on
 * every CPU and passes the calls of the host to it. The calls themselves are
 * switched in tmmd_helpers.S; here is what happens once per CPU, or once.
 */

#include <assert.h>
#include <errno.h>
#include <string.h>

#include <arch.h>
#include <arch_features.h>
#include <arch_helpers.h>
#include <bl31/bl31.h>
#include <common/bl_common.h>
#include <common/debug.h>
#include <common/runtime_svc.h>
#include <lib/el3_runtime/context_mgmt.h>
#include <lib/el3_runtime/cpu_data.h>
#include <lib/smccc.h>
#include <plat/common/platform.h>
#include <services/tmmd_svc.h>
#include <smccc_helpers.h>

#include "tmmd_private.h"

CASSERT(TMM_RMI_FIRST == TMMD_RMI_FIRST, assert_tmmd_rmi_first);
CASSERT(TMM_RMI_LAST + 1U == TMMD_REQ_COMPLETE, assert_tmmd_rmi_last);
CASSERT(TMM_EL3_REQ_COMPLETE == TMMD_REQ_COMPLETE, assert_tmmd_req_complete);
CASSERT(TMM_VENDOR_FIRST == TMMD_VENDOR_FIRST, assert_tmmd_vendor_first);
CASSERT(TMM_VENDOR_LAST == TMMD_VENDOR_LAST, assert_tmmd_vendor_last);

uint32_t tmmd_enabled;

static struct tmmd_cpu tmmd_cpus[TMM_MAX_CPUS];
static unsigned int tmmd_cpu_count;
static uintptr_t tmm_entry;

static struct tmmd_cpu *my_cpu(void)
{
	unsigned int index = plat_my_core_pos();

	return (index < tmmd_cpu_count) ? &tmmd_cpus[index] : NULL;
}

/*
 * What S-EL2 and S-EL1 run under. Nothing that they can do may trap to EL3:
 * S-EL2 traps what a realm must not do. A trap to EL3 that is left, such as
 * that of a feature this build does not know, comes back as undefined.
 */
static void setup_el3_state(cpu_context_t *ctx)
{
	el3_state_t *state = get_el3state_ctx(ctx);
	u_register_t scr = read_ctx_reg(state, CTX_SCR_EL3);
	u_register_t mdcr = read_ctx_reg(state, CTX_MDCR_EL3);

	/*
	 * EEL2: S-EL2 is there.
	 * API, APK: pointer authentication, the keys included, is used below.
	 *   The keys are not switched here, as no other register of EL1 is.
	 * SIF = 0: a fetch from Non-secure memory is not for EL3 to stop. With
	 *   SIF a realm would take a permission fault of its own, where S-EL2
	 *   must see a fault to resolve it. S-EL2 maps such memory XN.
	 * EA, IRQ, FIQ = 0: external aborts and interrupts, the host's among
	 *   them, go to S-EL2, which passes the CPU back to the host.
	 */
	scr |= SCR_EEL2_BIT | SCR_API_BIT | SCR_APK_BIT;
	scr &= ~(SCR_SIF_BIT | SCR_EA_BIT | SCR_IRQ_BIT | SCR_FIQ_BIT);
	if (is_feat_csv2_2_supported()) {
		scr |= SCR_EnSCXT_BIT;
	}
	/*
	 * Registers of EL2 that are not switched, and that the host may have
	 * set: without these bits they count as zero. Otherwise the host could
	 * choose what of a realm traps (HFG*_EL2, HCRX_EL2) or what its counter
	 * says (CNTPOFF_EL2). The others give EL1 registers that S-EL2 does not
	 * switch; it hides their features, and so a realm has no use for them.
	 */
	scr &= ~(SCR_FGTEN_BIT | SCR_FGTEN2_BIT | SCR_HXEn_BIT |
		 SCR_ECVEN_BIT | SCR_TCR2EN_BIT | SCR_SCTLR2En_BIT |
		 SCR_PIEN_BIT | SCR_GCSEn_BIT | SCR_D128En_BIT);
	write_ctx_reg(state, CTX_SCR_EL3, scr);

	/*
	 * SPME, MPMX = 0, SCCD, MCCD: counters that the host has set up must
	 *   not count events of the Secure state, nor cycles.
	 * SDD = 0: a realm may debug itself. What the host has set up cannot
	 *   hit: S-EL2 gives a realm a MDSCR_EL1 of its own, and routes no debug
	 *   exception to itself (MDCR_EL2.TDE = 0).
	 * TDA, TDOSA, TPM, TDCC, TTRF = 0: S-EL2 traps these, if anybody.
	 */
	mdcr |= MDCR_SCCD_BIT | MDCR_MCCD_BIT;
	mdcr &= ~(MDCR_SPME_BIT | MDCR_MPMX_BIT | MDCR_SDD_BIT |
		  MDCR_TDA_BIT | MDCR_TDOSA_BIT | MDCR_TPM_BIT |
		  MDCR_TDCC_BIT | MDCR_TTRF_BIT);
	write_ctx_reg(state, CTX_MDCR_EL3, mdcr);
}

/*
 * Enters the monitor on this CPU, at its start, and returns what it reports.
 * The EL2 registers of the Normal world come out as they went in.
 */
static int64_t tmmd_boot_cpu(struct tmmd_cpu *cpu, uint64_t x0, uint64_t x1)
{
	const struct tmmd_el2 reset = {
		.sctlr = SCTLR_EL2_RES1,
		.cptr = CPTR_EL2_RESET_VAL,
		.mdcr = (read_pmcr_el0() >> PMCR_EL0_N_SHIFT) & PMCR_EL0_N_MASK,
	};
	entry_point_info_t ep = { 0 };
	int64_t rc;

	SET_PARAM_HEAD(&ep, PARAM_EP, VERSION_1, SECURE | EP_ST_ENABLE);
	ep.pc = tmm_entry;
	ep.spsr = SPSR_64(MODE_EL2, MODE_SP_ELX, DISABLE_ALL_EXCEPTIONS);
	ep.args.arg0 = x0;
	ep.args.arg1 = x1;

	cm_setup_context(&cpu->ctx, &ep);
	setup_el3_state(&cpu->ctx);

	/* tmmd_smc_entry leaves ZCR_EL3 alone, so it must suit both worlds. */
	if (per_world_context[CPU_CONTEXT_SECURE].ctx_zcr_el3 !=
	    per_world_context[CPU_CONTEXT_NS].ctx_zcr_el3) {
		return -ENOTSUP;
	}

	cm_set_context(&cpu->ctx, SECURE);
	cm_set_next_eret_context(SECURE);

	tmmd_el2_save(&cpu->host);
	tmmd_el2_load(&reset);
	cpu->state = TMMD_CPU_BOOTING;
	rc = tmmd_sync_enter(&cpu->c_rt_ctx);
	tmmd_el2_load(&cpu->host);

	return rc;
}

/* Ends tmmd_sync_enter() of the boot that this CPU is in. */
static void __dead2 tmmd_boot_complete(struct tmmd_cpu *cpu, int64_t rc)
{
	const el3_state_t *state = get_el3state_ctx(&cpu->ctx);

	if (rc == 0) {
		tmmd_el2_save(&cpu->tmm);
		cpu->entry_spsr = read_ctx_reg(state, CTX_SPSR_EL3);
		cpu->entry_elr = read_ctx_reg(state, CTX_ELR_EL3);
		cpu->state = TMMD_CPU_READY;
	} else {
		cpu->state = TMMD_CPU_OFF;
	}

	tmmd_sync_exit(cpu->c_rt_ctx, rc);
}

/*
 * The monitor has found itself broken. No CPU enters it from now on. CPUs that
 * are in it may still answer; this one gives its caller an error. Registers
 * that EL3 does not switch are passed on as the monitor has left them, so it
 * puts back the host's, if it can, before it gives up.
 */
static uintptr_t tmmd_stop(struct tmmd_cpu *cpu)
{
	uint64_t was = cpu->state;
	cpu_context_t *ns;

	tmmd_enabled = 0U;
	dsbish();
	cpu->state = TMMD_CPU_OFF;
	ERROR("TMMD: monitor stopped itself on CPU %u, realms are lost\n",
	      plat_my_core_pos());

	if (was == TMMD_CPU_BOOTING) {
		tmmd_sync_exit(cpu->c_rt_ctx, -EIO);
	}

	ns = cm_get_context(NON_SECURE);
	write_ctx_reg(get_gpregs_ctx(ns), CTX_GPREG_SP_EL0,
		      SMC_GET_GP(&cpu->ctx, CTX_GPREG_SP_EL0));
	tmmd_el2_load(&cpu->host);
	cm_set_next_eret_context(NON_SECURE);
	SMC_RET1(ns, SMC_UNK);
}

static bool is_from_tmm(const struct tmmd_cpu *cpu, const void *handle)
{
	const el3_state_t *state;

	if ((cpu == NULL) || (handle != &cpu->ctx)) {
		return false;
	}
	state = get_el3state_ctx(handle);
	return GET_EL(read_ctx_reg(state, CTX_SPSR_EL3)) == MODE_EL2;
}

/*
 * SMCs in the windows of tmmd that tmmd_smc_entry has not taken: the monitor's
 * own two, and everything that is to be refused.
 */
uintptr_t tmmd_smc_handler(uint32_t smc_fid, uint64_t x1, void *handle)
{
	struct tmmd_cpu *cpu = my_cpu();

	if (is_from_tmm(cpu, handle)) {
		if ((smc_fid == TMM_EL3_BOOT_COMPLETE) &&
		    (cpu->state == TMMD_CPU_BOOTING)) {
			tmmd_boot_complete(cpu, (int64_t)x1);
		}
		if ((smc_fid == TMM_EL3_PANIC) &&
		    ((cpu->state == TMMD_CPU_BOOTING) ||
		     (cpu->state == TMMD_CPU_IN_CALL))) {
			return tmmd_stop(cpu);
		}
	}

	SMC_RET1(handle, SMC_UNK);
}

/* Called by PSCI on the CPU that comes up, before it enters the host. */
void tmmd_cpu_on(void)
{
	struct tmmd_cpu *cpu = my_cpu();
	int64_t rc;

	if ((cpu == NULL) || (tmmd_enabled == 0U)) {
		return;
	}

	rc = tmmd_boot_cpu(cpu, plat_my_core_pos(), 0U);
	if (rc != 0) {
		ERROR("TMMD: monitor does not start on CPU %u (%d)\n",
		      plat_my_core_pos(), (int)rc);
	}
}

/* Called by PSCI on the CPU that goes off. */
void tmmd_cpu_off(void)
{
	struct tmmd_cpu *cpu = my_cpu();

	if (cpu != NULL) {
		cpu->state = TMMD_CPU_OFF;
	}
}

/* Called by bl31_main() on the primary CPU, before the host is entered. */
static int32_t tmmd_init(void)
{
	unsigned int index = plat_my_core_pos();
	int64_t rc;

	rc = tmmd_boot_cpu(&tmmd_cpus[index], index,
			   (uintptr_t)plat_tmmd_manifest_page());
	if (rc != 0) {
		ERROR("TMMD: monitor does not start (%d), booting without\n",
		      (int)rc);
		return 0;
	}

	tmmd_enabled = 1U;
	tmmd_pm_init();
	NOTICE("TMMD: monitor is up at S-EL2\n");
	return 1;
}

/*
 * BL2 has made the manifest and measured it: from here on it must not change.
 * What the monitor gets for attestation is not EL3's business; only whether it is
 * there and of the version that both were built with.
 */
static bool attest_ok(const struct tmm_manifest *manifest)
{
	const struct tmm_attest *attest =
		(const struct tmm_attest *)manifest->attest_base;

	if (manifest->attest_base == 0U) {
		return manifest->attest_size == 0U;
	}
	return (manifest->attest_size == sizeof(*attest)) &&
	       (attest->magic == TMM_ATTEST_MAGIC) &&
	       (attest->version == TMM_ATTEST_VERSION) &&
	       (attest->size == sizeof(*attest)) &&
	       (attest->token_size != 0U) &&
	       (attest->token_size <= TMM_ATTEST_TOKEN_MAX);
}

static bool manifest_ok(const struct tmm_manifest *manifest)
{
	if ((manifest->magic != TMM_MANIFEST_MAGIC) ||
	    (manifest->version != TMM_MANIFEST_VERSION) ||
	    (manifest->size != sizeof(*manifest)) || !attest_ok(manifest)) {
		ERROR("TMMD: BL2 has left no boot manifest\n");
		return false;
	}

	if ((manifest->cpu_count <= plat_my_core_pos()) ||
	    (manifest->cpu_count > TMM_MAX_CPUS)) {
		ERROR("TMMD: %u CPUs, the monitor manages %u\n",
		      manifest->cpu_count, TMM_MAX_CPUS);
		return false;
	}
	return true;
}

void tmmd_setup(void)
{
	const entry_point_info_t *ep = bl31_plat_get_next_image_ep_info(SECURE);
	struct tmm_manifest *manifest = plat_tmmd_manifest_page();

	if (ep == NULL) {
		NOTICE("TMMD: no monitor in the image, booting without\n");
		return;
	}
	if (!is_feat_sel2_supported()) {
		NOTICE("TMMD: this CPU has no S-EL2, booting without monitor\n");
		return;
	}
	if (!manifest_ok(manifest)) {
		return;
	}

	plat_tmmd_setup();
	tmm_entry = ep->pc;
	tmmd_cpu_count = manifest->cpu_count;
	bl31_register_bl32_init(&tmmd_init);
}
