/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A hostile realm: what it does when it runs, and a host that answers, well or
 * badly. The realm is ACTIVE and has pages of each kind, two RECs of which the
 * second is off, and one shared page.
 */
#include "common.h"

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

static void set_ripas(struct input *in, unsigned int which)
{
	const struct rec *rec;
	uint64_t base, top;

	if (state_of(fuzz_realm.rec[which]) != GS_REC)
		return;
	rec = content_of(fuzz_realm.rec[which]);
	base = rec->ripas.base;
	top = rec->ripas.top;
	if (in_choice(in, 2) != 0)
		top = fuzz_ipa(in);
	RMI(RMI_RTT_SET_RIPAS, fuzz_realm.rd, fuzz_realm.rec[which], base, top);
}

static void psci_complete(struct input *in, unsigned int which)
{
	uint64_t status = (uint64_t)-(int64_t)in_choice(in, 5);

	RMI(RMI_PSCI_COMPLETE, fuzz_realm.rec[which], fuzz_realm.rec[1 - which], status);
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
