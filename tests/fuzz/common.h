/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the fuzzers of the monitor's two interfaces share. An input is a script:
 * each byte chooses, and what it chooses from is small, so that most scripts get
 * somewhere; an escape value at each place lets anything at all through. Past
 * the end of the input every choice is 0.
 *
 * After each call the harness checks that the answer is well formed (rmm-abi.md
 * 1.5) and the rules of the machine (arch/host/host.h), after each few and at the
 * end the laws (harness/laws.h); any of them broken, or a panic, ends the fuzzer.
 */
#ifndef TESTS_FUZZ_COMMON_H
#define TESTS_FUZZ_COMMON_H

#include "harness/realm.h"
#include "harness/world.h"
#include <stddef.h>

#define MAX_CALLS	48	/* of one input, so that none is slow */
#define CALLS_PER_CHECK	4	/* laws are slower than calls */
#define ESCAPE		0xff	/* instead of a choice: 8 bytes, taken as they are */

struct input {
	const uint8_t *at, *end;
};

uint8_t in_u8(struct input *in);
uint64_t in_u64(struct input *in);
/* One of n. */
unsigned int in_choice(struct input *in, unsigned int n);

#define PICK(in, array)	((array)[in_choice((in), COUNT_OF(array))])

static inline bool in_is_empty(const struct input *in)
{
	return in->at == in->end;
}

/* Fresh world with little memory; what the first byte says about it. */
void fuzz_boot(struct input *in);
/* Shape of realms in this input. */
extern const struct geometry *fuzz_geometry;
/* The realm that exists from the start, if rd is not 0. */
extern struct realm_under_test fuzz_realm;

/* Addresses: mostly one that makes sense there. */

uint64_t fuzz_granule(struct input *in);	/* any page, of few */
uint64_t fuzz_in_state(struct input *in, enum granule_state want);
uint64_t fuzz_rd(struct input *in);
uint64_t fuzz_rec(struct input *in);
uint64_t fuzz_ns_page(struct input *in);	/* normal memory, mostly */
uint64_t fuzz_ipa(struct input *in);
uint64_t fuzz_end(struct input *in, uint64_t base);	/* of a range */

/* Runs `act` until the input is used up, and checks the laws on the way. */
void fuzz_run(struct input *in, void (*act)(struct input *in));

/* One RMI or vendor call, with its parameter page if it has one. */
void fuzz_host_call(struct input *in);
/* One more thing that the realm does when it runs next. */
void fuzz_realm_step(struct input *in);
/* RMI_REC_ENTER with a run page from the input; judges what comes back. */
void fuzz_enter(struct input *in, uint64_t rec);

/*
 * The realm's own registers and memory for the walk of its stage 1, so that
 * aborts reach the code that heals (arch/aarch64/stage1.c).
 */
void fuzz_heal_init(void);

/* common_exit.c: nothing in the exit half but what its reason mentions */
void fuzz_check_exit(const struct rmi_rec_exit *exit);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
