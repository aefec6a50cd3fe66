/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls to the monitor. Every one is checked against the calling convention
 * (rmm-abi.md 1.5): registers that a command does not define go in as noise
 * and must not matter; x1..x3 that are no outputs come back zero; x4..x30 that
 * are no outputs come back as they were. A breach fails the running test.
 */
#ifndef HOST_RMI_H
#define HOST_RMI_H

#include "abi/rmi.h"
#include "abi/smccc.h"
#include "abi/vendor.h"
#include "host/machine.h"

#define CALL_MAX_ARGS	5

struct call {
	uint32_t fid;
	uint64_t x[CALL_MAX_ARGS];	/* x1, x2, ... */
};

struct answer {
	uint64_t x[5];			/* x0..x4 */
};

struct answer call(struct call c);
#define RMI(fid, ...)		call((struct call){ fid, { __VA_ARGS__ } })
#define RMI_STATUS_OF(fid, ...)	(RMI(fid, __VA_ARGS__).x[0])
/* A call that has to succeed; see ASSERT and EXPECT in test.h. */
#define ASSERT_OK(...)		ASSERT_EQ(RMI_STATUS_OF(__VA_ARGS__), RMI_SUCCESS)
#define EXPECT_OK(...)		EXPECT_EQ(RMI_STATUS_OF(__VA_ARGS__), RMI_SUCCESS)

/* An SMC of somebody else (PSCI): nothing checked, x0 returned. */
uint64_t smc_plain(uint64_t fid, uint64_t a1, uint64_t a2, uint64_t a3);

/* How many registers a command defines; for tests that walk all commands. */
struct command {
	uint32_t fid;
	const char *name;
	uint8_t in;		/* x1..x<in> */
	uint8_t out;		/* x1..x<out> on success */
	uint8_t out_failed;	/* bit i: x<i> may hold a value on failure */
};
extern const struct command commands[];
extern const unsigned int commands_count;

#endif
