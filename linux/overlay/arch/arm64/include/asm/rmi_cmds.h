/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One inline function per RMI command. Each returns X0 as it is; outputs are
 * written whatever the result is, as the monitor defines them on failure too.
 */
#ifndef __ASM_RMI_CMDS_H
#define __ASM_RMI_CMDS_H

#include <linux/arm-smccc.h>
#include <linux/types.h>

#include <asm/rmi_smc.h>

struct rmi_rtt_entry {
	s8 level;
	u8 state;
	u8 ripas;
	u64 desc;
};

struct tmm_pool_info {
	phys_addr_t base;
	u64 size;
	u64 node;
	u64 free_pages;
};

/* X0 alone */
#define __rmi_call(func, ...)						\
({									\
	struct arm_smccc_res __res;					\
									\
	arm_smccc_1_1_smc((func), ##__VA_ARGS__, &__res);		\
	__res.a0;							\
})

static inline unsigned long rmi_version(u64 wanted, u64 *lower, u64 *higher)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_smc(SMC_RMI_VERSION, wanted, &res);
	*lower = res.a1;
	*higher = res.a2;
	return res.a0;
}

static inline unsigned long rmi_features(u64 index, u64 *value)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_smc(SMC_RMI_FEATURES, index, &res);
	*value = res.a1;
	return res.a0;
}

static inline unsigned long rmi_granule_delegate(phys_addr_t pa)
{
	return __rmi_call(SMC_RMI_GRANULE_DELEGATE, pa);
}

static inline unsigned long rmi_granule_undelegate(phys_addr_t pa)
{
	return __rmi_call(SMC_RMI_GRANULE_UNDELEGATE, pa);
}

static inline unsigned long rmi_data_create(phys_addr_t rd, phys_addr_t data,
					    u64 ipa, phys_addr_t src, u64 flags)
{
	return __rmi_call(SMC_RMI_DATA_CREATE, rd, data, ipa, src, flags);
}

static inline unsigned long rmi_data_create_unknown(phys_addr_t rd,
						    phys_addr_t data, u64 ipa)
{
	return __rmi_call(SMC_RMI_DATA_CREATE_UNKNOWN, rd, data, ipa);
}

static inline unsigned long rmi_data_destroy(phys_addr_t rd, u64 ipa,
					     phys_addr_t *data, u64 *top)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_smc(SMC_RMI_DATA_DESTROY, rd, ipa, &res);
	*data = res.a1;
	*top = res.a2;
	return res.a0;
}

static inline unsigned long rmi_realm_activate(phys_addr_t rd)
{
	return __rmi_call(SMC_RMI_REALM_ACTIVATE, rd);
}

static inline unsigned long rmi_realm_create(phys_addr_t rd, phys_addr_t params)
{
	return __rmi_call(SMC_RMI_REALM_CREATE, rd, params);
}

static inline unsigned long rmi_realm_destroy(phys_addr_t rd)
{
	return __rmi_call(SMC_RMI_REALM_DESTROY, rd);
}

static inline unsigned long rmi_rec_aux_count(phys_addr_t rd, u64 *count)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_smc(SMC_RMI_REC_AUX_COUNT, rd, &res);
	*count = res.a1;
	return res.a0;
}

static inline unsigned long rmi_rec_create(phys_addr_t rd, phys_addr_t rec,
					   phys_addr_t params)
{
	return __rmi_call(SMC_RMI_REC_CREATE, rd, rec, params);
}

static inline unsigned long rmi_rec_destroy(phys_addr_t rec)
{
	return __rmi_call(SMC_RMI_REC_DESTROY, rec);
}

/* Runs outside of RCU's sight, hence no out-of-line copy. */
static __always_inline unsigned long rmi_rec_enter(phys_addr_t rec,
						   phys_addr_t run)
{
	return __rmi_call(SMC_RMI_REC_ENTER, rec, run);
}

static inline unsigned long rmi_psci_complete(phys_addr_t caller,
					      phys_addr_t target, u64 status)
{
	return __rmi_call(SMC_RMI_PSCI_COMPLETE, caller, target, status);
}

static inline unsigned long rmi_rtt_create(phys_addr_t rd, phys_addr_t rtt,
					   u64 ipa, long level)
{
	return __rmi_call(SMC_RMI_RTT_CREATE, rd, rtt, ipa, level);
}

static inline unsigned long rmi_rtt_destroy(phys_addr_t rd, u64 ipa, long level,
					    phys_addr_t *rtt, u64 *top)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_smc(SMC_RMI_RTT_DESTROY, rd, ipa, level, &res);
	*rtt = res.a1;
	*top = res.a2;
	return res.a0;
}

static inline unsigned long rmi_rtt_fold(phys_addr_t rd, u64 ipa, long level,
					 phys_addr_t *rtt)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_smc(SMC_RMI_RTT_FOLD, rd, ipa, level, &res);
	*rtt = res.a1;
	return res.a0;
}

static inline unsigned long rmi_rtt_map_unprotected(phys_addr_t rd, u64 ipa,
						    long level, u64 desc)
{
	return __rmi_call(SMC_RMI_RTT_MAP_UNPROTECTED, rd, ipa, level, desc);
}

static inline unsigned long rmi_rtt_unmap_unprotected(phys_addr_t rd, u64 ipa,
						      long level, u64 *top)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_smc(SMC_RMI_RTT_UNMAP_UNPROTECTED, rd, ipa, level, &res);
	*top = res.a1;
	return res.a0;
}

static inline unsigned long rmi_rtt_read_entry(phys_addr_t rd, u64 ipa,
					       long level,
					       struct rmi_rtt_entry *entry)
{
	struct arm_smccc_1_2_regs regs = {
		.a0 = SMC_RMI_RTT_READ_ENTRY,
		.a1 = rd,
		.a2 = ipa,
		.a3 = level,
	};

	arm_smccc_1_2_smc(&regs, &regs);
	entry->level = regs.a1;
	entry->state = regs.a2;
	entry->desc = regs.a3;
	entry->ripas = regs.a4;
	return regs.a0;
}

static inline unsigned long rmi_rtt_init_ripas(phys_addr_t rd, u64 base,
					       u64 top, u64 *out_top)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_smc(SMC_RMI_RTT_INIT_RIPAS, rd, base, top, &res);
	*out_top = res.a1;
	return res.a0;
}

static inline unsigned long rmi_rtt_set_ripas(phys_addr_t rd, phys_addr_t rec,
					      u64 base, u64 top, u64 *out_top)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_smc(SMC_RMI_RTT_SET_RIPAS, rd, rec, base, top, &res);
	*out_top = res.a1;
	return res.a0;
}

static inline unsigned long tmm_version(u64 *version, u64 *features, u64 *pools)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_smc(SMC_TMM_VERSION, &res);
	*version = res.a1;
	*features = res.a2;
	*pools = res.a3;
	return res.a0;
}

static inline unsigned long tmm_pool_info(u64 index, struct tmm_pool_info *info)
{
	struct arm_smccc_1_2_regs regs = {
		.a0 = SMC_TMM_POOL_INFO,
		.a1 = index,
	};

	arm_smccc_1_2_smc(&regs, &regs);
	info->base = regs.a1;
	info->size = regs.a2;
	info->node = regs.a3;
	info->free_pages = regs.a4;
	return regs.a0;
}

static inline unsigned long tmm_stat(u64 which, u64 *count)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_smc(SMC_TMM_STAT, which, &res);
	*count = res.a1;
	return res.a0;
}

#endif /* __ASM_RMI_CMDS_H */
