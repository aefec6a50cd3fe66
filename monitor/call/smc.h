/* SPDX-License-Identifier: BSD-3-Clause */
/* Registers of a call, in and out, and the return words of the two interfaces. */
#ifndef TMM_CALL_SMC_H
#define TMM_CALL_SMC_H

#include "abi/rmi.h"
#include "abi/smccc.h"
#include "core/granule.h"
#include "lib/addr.h"

#define SMC_NUM_ARGS	8	/* x0 is the function id */
#define SMC_NUM_RETS	5

struct smc_args {
	uint64_t x[SMC_NUM_ARGS];
};

struct smc_ret {
	uint64_t x[SMC_NUM_RETS];
};

/* @rule SMCCC.failure_outputs: what is not given is zero. */
static inline struct smc_ret ret(uint64_t status)
{
	return (struct smc_ret){ { status } };
}

static inline struct smc_ret ret1(uint64_t status, uint64_t x1)
{
	return (struct smc_ret){ { status, x1 } };
}

static inline struct smc_ret ret2(uint64_t status, uint64_t x1, uint64_t x2)
{
	return (struct smc_ret){ { status, x1, x2 } };
}

/* RMI_ERROR_RTT with the level where the walk stopped. */
static inline uint64_t error_rtt(int level)
{
	return RMI_RETURN(RMI_ERROR_RTT, (uint64_t)level);
}

#endif
