/* SPDX-License-Identifier: BSD-3-Clause */
/* The realm of a script: what it asks for, touches, and has in its memory. */
#include "common.h"

#include "abi/psci.h"
#include "abi/smccc.h"
#include "abi/vendor.h"
#include "arch/aarch64/stage1.h"
#include "core/rec.h"
#include "core/rtt.h"

/* Calls, with what their arguments are: a letter each, see argument(). */

static const struct {
	uint64_t fid;
	const char *kinds;
} calls[] = {
	{ RSI_VERSION, "j" },
	{ RSI_FEATURES, "j" },
	{ RSI_MEASUREMENT_READ, "j" },
	{ RSI_MEASUREMENT_EXTEND, "jj" },
	{ RSI_REALM_CONFIG, "p" },
	{ RSI_IPA_STATE_SET, "ptjj" },
	{ RSI_IPA_STATE_SET, "ptjj" },
	{ RSI_IPA_STATE_GET, "pt" },
	{ RSI_HOST_CALL, "h" },
	{ RSI_ATTESTATION_TOKEN_INIT, "jjjj" },
	{ RSI_ATTESTATION_TOKEN_CONTINUE, "pjj" },
	{ TMM_REALM_VERSION, "" },
	{ TMM_REALM_KEY, "jjjj" },
	{ PSCI_VERSION, "" },
	{ PSCI_FEATURES, "f" },
	{ PSCI_CPU_SUSPEND, "jpj" },
	{ PSCI_CPU_SUSPEND_32, "jpj" },
	{ PSCI_CPU_OFF, "" },
	{ PSCI_CPU_ON, "jpj" },
	{ PSCI_CPU_ON_32, "jpj" },
	{ PSCI_AFFINITY_INFO, "jz" },
	{ PSCI_AFFINITY_INFO_32, "jz" },
	{ PSCI_SYSTEM_OFF, "" },
	{ PSCI_SYSTEM_RESET, "" },
	{ SMCCC_VERSION, "" },
	{ RMI_VERSION, "" },
};

/* A page of the realm, mostly one of the first. */
static uint64_t page_argument(struct input *in)
{
	uint8_t b = in_u8(in);

	return b < 0xa0 ? b % 8 * PAGE_SIZE : fuzz_ipa(in);
}

static uint64_t argument(struct input *in, char kind, uint64_t last)
{
	switch (kind) {
	case 'p':
		return page_argument(in);
	case 'h':	/* structure in a page */
		return page_argument(in) + in_choice(in, 20) * 256;
	case 't':	/* end of what begins at the argument before */
		return fuzz_end(in, last);
	case 'f':
		return PICK(in, calls).fid;
	case 'z':	/* mostly zero */
		return in_choice(in, 8) != 7 ? 0 : in_u64(in);
	default:
		return in_choice(in, 8) != 7 ? in_choice(in, 8) : in_u64(in);
	}
}

static void step_fuzzed_smc(struct input *in)
{
	uint64_t x[31] = { 0 };
	uint8_t b = in_u8(in);
	const char *kinds = calls[b % COUNT_OF(calls)].kinds;

	x[0] = b == ESCAPE ? in_u64(in) : calls[b % COUNT_OF(calls)].fid;
	if (b >= 0xe0)
		x[0] |= SMCCC_SVE_HINT;
	for (unsigned int i = 1; kinds[i - 1] != '\0'; i++)
		x[i] = argument(in, kinds[i - 1], x[i - 1]);
	step_smc_args(x, 5);
}

/* Traps */

#define EC(n)		((uint64_t)(n) << 26)
#define ISS		BITS(24, 0)

static void step_fuzzed_abort(struct input *in)
{
	static const uint64_t kinds[] = {
		EC(0x24) | 0x07,		/* data, translation, level 3 */
		EC(0x24) | BIT(24) | 0x07,	/* read */
		EC(0x24) | BIT(24) | BIT(6) | UINT64_C(3) << 22 | BIT(15) | 0x07,
		EC(0x20) | 0x07,		/* fetch */
		EC(0x24) | 0x0f,		/* permission */
		EC(0x24) | 0x10,		/* external */
		EC(0x24) | BIT(7) | 0x05,	/* on a walk of stage 1 */
	};
	uint64_t esr = PICK(in, kinds);
	uint8_t b = in_u8(in);
	uint64_t at = align_down(fuzz_ipa(in), PAGE_SIZE);

	if (b == ESCAPE)
		esr ^= in_u64(in) & ISS;
	else
		esr ^= (uint64_t)(b & 0x1f) << 16;	/* SRT */
	step_abort(esr, in_u64(in), at & BITS(47, 0));
}

static void step_fuzzed_trap(struct input *in)
{
	static const struct {
		enum vcpu_exit_kind kind;
		uint64_t esr;
	} traps[] = {
		{ VCPU_EXIT_IRQ, 0 },
		{ VCPU_EXIT_WFX, EC(0x01) },
		{ VCPU_EXIT_ICC_WRITE, EC(0x18) },
		{ VCPU_EXIT_SERROR, EC(0x2f) },
	};
	unsigned int i = in_choice(in, COUNT_OF(traps));

	step_exit(traps[i].kind, traps[i].esr | (in_u64(in) & (ISS | BIT(25))), in_u64(in));
}

/* Stage 1 of the realm */

static struct stage1_regs regs;

static enum heal_result heal(const struct vcpu_exit *fault, const struct vcpu_guest_mem *m,
			     void *arg)
{
	unsigned int changed;

	(void)arg;
	return stage1_heal(&regs, fault->far, fault->ipa, m, &changed);
}

void fuzz_heal_init(void)
{
	regs = (struct stage1_regs){ 0 };
	host_realm_heal(heal, NULL);
}

/* MMU on, or off; one root for both halves, or anything. */
static void step_fuzzed_regs(struct input *in)
{
	uint8_t b = in_u8(in);

	regs.sctlr = BIT(0) | (b & BIT(0)) << 25;
	regs.tcr = 25 | 25 << 16 | UINT64_C(2) << 30;
	regs.ttbr0 = regs.ttbr1 = fuzz_ipa(in);
	if ((b & BIT(1)) != 0)
		regs.tcr = in_u64(in);
	if ((b & BIT(2)) != 0)
		regs.sctlr = 0;
}

/* A store of the realm: words in a page that it can see. */
struct store {
	uint64_t at, value, step;
	unsigned int count;
};

static void store_code(struct vcpu *v, void *arg)
{
	const struct store *s = arg;
	const struct rec *rec = (const void *)v;
	const struct realm *r = granule_page(rec->rd);
	struct rtt_page p;

	if (!realm_has_ipa(r, ipa(s->at)))
		return;
	rtt_look_up(r, ipa(align_down(s->at, PAGE_SIZE)), &p);
	for (unsigned int i = 0; p.va != NULL && i < s->count; i++)
		((uint64_t *)p.va)[(s->at % PAGE_SIZE / 8 + i) % 512] =
			s->value + i * s->step;
}

/* Then the realm makes a call that changes nothing, so that it goes on. */
static void step_store(struct store store)
{
	static struct store stores[2 * HOST_MAX_STEPS];
	static unsigned int next;
	struct store *s = &stores[next++ % COUNT_OF(stores)];

	*s = store;
	host_realm_step(&(struct host_step){ .exit.kind = VCPU_EXIT_SMC, .set = 1,
					     .x = { RSI_FEATURES },
					     .code = store_code, .arg = s });
}

static const uint64_t leaf_attrs[] = {
	BIT(10) | 3, BIT(10) | BIT(5) | 3, BIT(10) | 1, BIT(10) | BIT(5) | 1,
	BIT(52) | BIT(10) | 3, BIT(52) | BIT(10) | BIT(5) | 1, BIT(63) | 3, 0,
};

/* A descriptor, or a row of them. */
static void step_fuzzed_store(struct input *in)
{
	uint8_t b = in_u8(in);
	uint64_t out = fuzz_ipa(in) & BITS(47, 12);

	step_store((struct store){
		.at = fuzz_ipa(in) + (b & 0x1f) * 8,
		.count = 1U << (b >> 5),
		.value = out | PICK(in, leaf_attrs),
		.step = PAGE_SIZE,
	});
}

/* Tables in the realm's first two pages, and an access that goes through them. */
static void step_fuzzed_mapping(struct input *in)
{
	uint64_t at = fuzz_ipa(in) & BITS(47, 12);
	uint64_t attrs = PICK(in, leaf_attrs);

	regs = (struct stage1_regs){ .sctlr = BIT(0), .tcr = 34 | 34 << 16 | BIT(31) };
	step_store((struct store){ .at = 0, .count = 512, .value = PAGE_SIZE | 3 });
	step_store((struct store){ .at = PAGE_SIZE, .count = 512, .value = at | attrs,
				   .step = PAGE_SIZE });
	step_abort(EC(0x24) | 0x07, in_choice(in, 64) * PAGE_SIZE, at);
}

/* While the realm runs, another CPU makes a call and meets a REC that is RUNNING. */
static struct input *other_cpu;

static void other_cpu_code(struct vcpu *v, void *arg)
{
	struct input *in = other_cpu;

	(void)v;
	(void)arg;
	if (in == NULL)
		return;
	other_cpu = NULL;
	host_cpu_set(1);
	fuzz_host_call(in);
	other_cpu = in;
}

static void step_other_cpu(struct input *in)
{
	other_cpu = in;
	step_code(other_cpu_code, NULL);
}

void fuzz_realm_step(struct input *in)
{
	static void (*const steps[])(struct input *in) = {
		step_fuzzed_smc, step_fuzzed_abort, step_fuzzed_smc, step_fuzzed_abort,
		step_fuzzed_trap, step_fuzzed_store, step_fuzzed_regs, step_other_cpu,
		step_fuzzed_mapping,
	};

	if (host_realm_steps_left() + 4 < HOST_MAX_STEPS)
		PICK(in, steps)(in);
}
