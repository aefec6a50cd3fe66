/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A hostile realm: what it does when it runs, and a host that answers, well or
 * badly. The realm is ACTIVE and has pages of each kind, two RECs of which the
 * second is off, and one shared page.
 */
#include "common.h"

#include "abi/psci.h"
#include "abi/smccc.h"
#include "core/rec.h"

/* IPA 0, 1: RAM. 2: EMPTY, mapped. 3: EMPTY. 4: RAM, not mapped. 5: DESTROYED. */
static void make_realm(void)
{
	struct realm_under_test *r = &fuzz_realm;

	realm_make(r, fuzz_geometry, 1);
	realm_tables(r, 0, 3);
	realm_ram(r, 4 * PAGE_SIZE, 5 * PAGE_SIZE);
	realm_data(r, 0);
	realm_data(r, PAGE_SIZE);
	realm_unknown(r, 2 * PAGE_SIZE);
	realm_data(r, 5 * PAGE_SIZE);
	MUST(RMI_DATA_DESTROY, r->rd, 5 * PAGE_SIZE);
	realm_share(r, realm_unprotected(r));
	rec_make(r, true);
	rec_make(r, false);
	realm_start(r);
}

/* What the host does about the last exit, mostly right. */

/* NULL when it is gone. */
static const struct rec *rec_at(unsigned int which)
{
	uint64_t at = fuzz_realm.rec[which];

	return state_of(at) == GS_REC ? content_of(at) : NULL;
}

static void set_ripas(struct input *in, unsigned int which)
{
	const struct rec *rec = rec_at(which);
	uint64_t base, top;

	if (rec == NULL)
		return;
	base = rec->ripas.base;
	top = rec->ripas.top;
	if (in_choice(in, 2) != 0)
		top = fuzz_ipa(in);
	RMI(RMI_RTT_SET_RIPAS, fuzz_realm.rd, fuzz_realm.rec[which], base, top);
}

static bool asked_for_cpu_on(const struct rec *rec)
{
	uint32_t fid = (uint32_t)rec->vcpu.regs.x[0] & ~SMCCC_SVE_HINT;

	return fid == PSCI_CPU_ON || fid == PSCI_CPU_ON_32;
}

/* Nobody starts but by CPU_ON. */
static void psci_complete(struct input *in, unsigned int which)
{
	uint64_t status = (uint64_t)-(int64_t)in_choice(in, 5);
	const struct rec *caller = rec_at(which), *target = rec_at(1 - which);
	bool may_start, was_on;

	if (caller == NULL || target == NULL)
		return;
	may_start = asked_for_cpu_on(caller);
	was_on = target->runnable;
	RMI(RMI_PSCI_COMPLETE, fuzz_realm.rec[which], fuzz_realm.rec[1 - which], status);
	EXPECT(target->runnable == was_on || may_start);
}

static void give_page(struct input *in, unsigned int which)
{
	uint64_t page = fuzz_in_state(in, GS_UNDELEGATED);

	(void)which;
	RMI(RMI_GRANULE_DELEGATE, page);
	RMI(RMI_DATA_CREATE_UNKNOWN, fuzz_realm.rd, page, fuzz_ipa(in));
}

static void take_page(struct input *in, unsigned int which)
{
	(void)which;
	RMI(RMI_DATA_DESTROY, fuzz_realm.rd, fuzz_ipa(in));
}

static void split(struct input *in, unsigned int which)
{
	uint64_t page = fuzz_in_state(in, GS_UNDELEGATED);

	(void)which;
	RMI(RMI_GRANULE_DELEGATE, page);
	RMI(RMI_RTT_CREATE, fuzz_realm.rd, page, fuzz_ipa(in), in_choice(in, 4));
}

static void join(struct input *in, unsigned int which)
{
	uint64_t at = fuzz_ipa(in);
	uint64_t level = in_choice(in, 4);

	RMI(which != 0 ? RMI_RTT_FOLD : RMI_RTT_DESTROY, fuzz_realm.rd, at, level);
}

static void answer(struct input *in)
{
	static void (*const answers[])(struct input *in, unsigned int which) = {
		set_ripas, psci_complete, give_page, take_page, split, join,
	};
	uint8_t b = in_u8(in);

	answers[b / 2 % COUNT_OF(answers)](in, b % 2);
}

static void act(struct input *in)
{
	switch (in_choice(in, 8)) {
	case 0: case 1: case 2:
		fuzz_realm_step(in);
		break;
	case 3: case 4:
		fuzz_enter(in, fuzz_realm.rec[0]);
		break;
	case 5:
		fuzz_enter(in, fuzz_realm.rec[1]);
		break;
	case 6:
		answer(in);
		break;
	default:
		fuzz_host_call(in);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, data + size };

	fuzz_boot(&in);
	make_realm();
	fuzz_run(&in, act);
	return 0;
}
