/* SPDX-License-Identifier: BSD-3-Clause */
/* PSCI for realms (rmm-abi.md 10). What the host must do becomes an exit. */
#include "call/rsi.h"

#include "abi/smccc.h"
#include "lib/bits.h"

#define MPIDR_AFFINITY	(BITS(39, 32) | BITS(23, 8) | BITS(3, 0))
#define GPR_TARGET	1	/* exit.gprs[1]: MPIDR of the REC that is meant */

static enum rsi_next psci_return(struct rec *rec, int64_t result)
{
	return rsi_return(rec, (uint64_t)result);
}

/* An exit that shows the function and no arguments; X0 may carry a hint bit. */
static enum rsi_next psci_exit(struct rec *rec, struct rec_exit *exit)
{
	/* @rule REC_EXIT.psci, PSCI.arguments */
	exit->reason = REC_EXIT_PSCI;
	exit->gprs[0] = rec->psci_fid;
	exit->num_gprs = 1;
	return RSI_EXIT;
}

/* An exit that names another REC; the host answers by RMI_PSCI_COMPLETE. */
static enum rsi_next psci_exit_pending(struct rec *rec, struct rec_exit *exit)
{
	psci_exit(rec, exit);
	exit->gprs[GPR_TARGET] = rec->vcpu.regs.x[1];
	exit->num_gprs = GPR_TARGET + 1;
	rec->pending = REC_PENDING_PSCI;
	smc_advance(rec);
	return RSI_EXIT;
}

static bool target_exists(const struct rec *rec, uint64_t mpidr)
{
	/* no lock: RECs are only created before the first one runs */
	const struct realm *r = rec->realm;

	return (mpidr & ~MPIDR_AFFINITY) == 0 &&
	       rec_index_of_mpidr(mpidr) < r->next_rec;
}

static enum rsi_next psci_features(struct rec *rec)
{
	switch ((uint32_t)rec->vcpu.regs.x[1]) {
	/* @rule PSCI.{FEATURES,FEATURES_VERSION} */
	case PSCI_VERSION:
	case PSCI_FEATURES:
	case PSCI_CPU_SUSPEND_32:
	case PSCI_CPU_SUSPEND:
	case PSCI_CPU_OFF:
	case PSCI_CPU_ON_32:
	case PSCI_CPU_ON:
	case PSCI_AFFINITY_INFO_32:
	case PSCI_AFFINITY_INFO:
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
	case SMCCC_VERSION:
		return psci_return(rec, PSCI_SUCCESS);
	default:
		return psci_return(rec, PSCI_NOT_SUPPORTED);
	}
}

static enum rsi_next psci_cpu_suspend(struct rec *rec, struct rec_exit *exit)
{
	/* @rule PSCI.CPU_SUSPEND */
	psci_exit(rec, exit);
	psci_return(rec, PSCI_SUCCESS);
	return RSI_EXIT;
}

static enum rsi_next psci_cpu_off(struct rec *rec, struct rec_exit *exit)
{
	/* @rule PSCI.CPU_OFF */
	atomic_store_explicit(&rec->runnable, false, memory_order_relaxed);
	smc_advance(rec);
	return psci_exit(rec, exit);
}

static enum rsi_next psci_cpu_on(struct rec *rec, struct rec_exit *exit)
{
	const struct realm *r = rec->realm;
	uint64_t target = rec->vcpu.regs.x[1];
	uint64_t entry = rec->vcpu.regs.x[2];

	/* @rule PSCI.{CPU_ON_address,CPU_ON_mpidr,CPU_ON_self,CPU_ON} */
	if (!realm_is_protected(r, ipa(entry)))
		return psci_return(rec, PSCI_INVALID_ADDRESS);
	if (!target_exists(rec, target))
		return psci_return(rec, PSCI_INVALID_PARAMETERS);
	if (target == rec->mpidr)
		return psci_return(rec, PSCI_ALREADY_ON);
	return psci_exit_pending(rec, exit);
}

static enum rsi_next psci_affinity_info(struct rec *rec, struct rec_exit *exit)
{
	uint64_t target = rec->vcpu.regs.x[1];
	uint32_t level = (uint32_t)rec->vcpu.regs.x[2];

	/* @rule PSCI.{AFFINITY_INFO_level,AFFINITY_INFO_mpidr,AFFINITY_INFO_self,AFFINITY_INFO} */
	if (level != 0 || !target_exists(rec, target))
		return psci_return(rec, PSCI_INVALID_PARAMETERS);
	if (target == rec->mpidr)
		return psci_return(rec, (int64_t)PSCI_AFFINITY_ON);
	return psci_exit_pending(rec, exit);
}

static enum rsi_next psci_system_off(struct rec *rec, struct rec_exit *exit)
{
	struct granule_locked rd = granule_lock_rd(rec->rd);

	/* @rule PSCI.{SYSTEM_OFF,SYSTEM_RESET}, REALM.active */
	realm_system_off(realm_of(rd));
	granule_unlock(rd);
	smc_advance(rec);
	return psci_exit(rec, exit);
}

/* 0x84000000..0x8400001F and 0xC4000000..0xC400001F */
static bool is_psci(uint32_t fid)
{
	return (fid & ~UINT32_C(0x4000001F)) == PSCI_VERSION;
}

static enum rsi_next dispatch(struct rec *rec, struct rec_exit *exit, uint32_t fid)
{
	switch (fid) {
	/* @rule PSCI.VERSION */
	case PSCI_VERSION:
		return psci_return(rec, (int64_t)PSCI_VERSION_1_1);
	case PSCI_FEATURES:
		return psci_features(rec);
	/* @rule PSCI.smc32 */
	case PSCI_CPU_SUSPEND_32:
	case PSCI_CPU_SUSPEND:
		return psci_cpu_suspend(rec, exit);
	case PSCI_CPU_OFF:
		return psci_cpu_off(rec, exit);
	case PSCI_CPU_ON_32:
	case PSCI_CPU_ON:
		return psci_cpu_on(rec, exit);
	case PSCI_AFFINITY_INFO_32:
	case PSCI_AFFINITY_INFO:
		return psci_affinity_info(rec, exit);
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
		return psci_system_off(rec, exit);
	/* @rule PSCI.unsupported */
	default:
		return psci_return(rec, PSCI_NOT_SUPPORTED);
	}
}

/*
 * An SMC32 call has its arguments in W1 to W3, and what is above them means nothing
 * (SMCCC 1.3, 3.1). Cut in the registers themselves: RMI_PSCI_COMPLETE reads them again.
 */
static void cut_arguments(struct rec *rec)
{
	for (unsigned int i = 1; i <= 3; i++)
		rec->vcpu.regs.x[i] &= BITS(31, 0);
}

bool psci_call(struct rec *rec, struct rec_exit *exit, uint32_t fid,
	       enum rsi_next *next)
{
	if (!is_psci(fid))
		return false;
	/* @rule PSCI.smc32 */
	if ((fid & SMCCC_SMC64) == 0)
		cut_arguments(rec);
	rec->psci_fid = fid;
	*next = dispatch(rec, exit, fid);
	return true;
}
