/* SPDX-License-Identifier: BSD-3-Clause */
/* What the realm runs: one loop for each REC, chosen by its first X0. */
#ifndef BENCH_LOOPS_H
#define BENCH_LOOPS_H

/* Realm memory: the image, one page, and behind it a page for RSI's results. */
#define LOOPS_BASE	0x40000000
#define LOOPS_SCRATCH	(LOOPS_BASE + 0x1000)
#define LOOPS_MMIO	0x4000000000	/* unprotected, with 39 bits */

#define LOOP_ORDERS	0	/* gprs[0] of each host call: enum below; back: count */
#define LOOP_HOST_CALL	1
#define LOOP_MMIO	2
#define LOOP_SPIN	3
#define LOOPS		4

#define ORDER_NOTHING	0
#define ORDER_KNOWN	1	/* KNOWN_INSTRUCTIONS of them */
#define ORDER_VERSION	2
#define ORDER_STATE	3	/* RSI_IPA_STATE_GET */
#define ORDER_CONFIG	4	/* RSI_REALM_CONFIG */
#define ORDER_ID	5	/* MRS of ID_AA64PFR0_EL1 */
#define ORDER_TOKEN_INIT 6
#define ORDER_TOKEN_SIGN 7	/* CONTINUE that gives the whole token */

#define KNOWN_INSTRUCTIONS 2001

#endif
