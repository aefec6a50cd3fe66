/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RMI: one row for each command of the specification 1.0. The row gives the
 * number, the handler, the trace name and how many input registers it has;
 * dispatch, prototypes, tests and fuzzers are made from it.
 * @rule SMCCC.sbz_inputs: no handler looks at more registers than that.
 */
#ifndef TMM_CALL_RMI_H
#define TMM_CALL_RMI_H

#include "call/smc.h"

/*	number				handler			inputs */
#define RMI_CALLS(X)							\
	X(RMI_VERSION,			rmi_version,		1)	\
	X(RMI_GRANULE_DELEGATE,		rmi_granule_delegate,	1)	\
	X(RMI_GRANULE_UNDELEGATE,	rmi_granule_undelegate,	1)	\
	X(RMI_DATA_CREATE,		rmi_data_create,	5)	\
	X(RMI_DATA_CREATE_UNKNOWN,	rmi_data_create_unknown, 3)	\
	X(RMI_DATA_DESTROY,		rmi_data_destroy,	2)	\
	X(RMI_REALM_ACTIVATE,		rmi_realm_activate,	1)	\
	X(RMI_REALM_CREATE,		rmi_realm_create,	2)	\
	X(RMI_REALM_DESTROY,		rmi_realm_destroy,	1)	\
	X(RMI_REC_CREATE,		rmi_rec_create,		3)	\
	X(RMI_REC_DESTROY,		rmi_rec_destroy,	1)	\
	X(RMI_REC_ENTER,		rmi_rec_enter,		2)	\
	X(RMI_RTT_CREATE,		rmi_rtt_create,		4)	\
	X(RMI_RTT_DESTROY,		rmi_rtt_destroy,	3)	\
	X(RMI_RTT_MAP_UNPROTECTED,	rmi_rtt_map_unprotected, 4)	\
	X(RMI_RTT_READ_ENTRY,		rmi_rtt_read_entry,	3)	\
	X(RMI_RTT_UNMAP_UNPROTECTED,	rmi_rtt_unmap_unprotected, 3)	\
	X(RMI_PSCI_COMPLETE,		rmi_psci_complete,	3)	\
	X(RMI_FEATURES,			rmi_features,		1)	\
	X(RMI_RTT_FOLD,			rmi_rtt_fold,		3)	\
	X(RMI_REC_AUX_COUNT,		rmi_rec_aux_count,	1)	\
	X(RMI_RTT_INIT_RIPAS,		rmi_rtt_init_ripas,	3)	\
	X(RMI_RTT_SET_RIPAS,		rmi_rtt_set_ripas,	4)

#define RMI_PROTOTYPE(number, handler, inputs)	\
	struct smc_ret handler(const struct smc_args *in);
RMI_CALLS(RMI_PROTOTYPE)
#undef RMI_PROTOTYPE

/*
 * One call from the Normal world, RMI or vendor; x[0..7] in, x[0..4] out. What
 * is no output: x1..x3 zero, x4 as it came (rmm-abi.md 1.5).
 */
void smc_from_host(uint64_t x[SMC_NUM_ARGS]);

/* call/vendor.c; abi/vendor.h */
struct smc_ret vendor_call(const struct smc_args *in);

#endif
