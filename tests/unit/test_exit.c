/* SPDX-License-Identifier: BSD-3-Clause */
/* Every reason to leave a REC: each byte of the exit half (rmm-abi.md 8.4 to 8.9). */
#include "unit.h"

#include "core/realm.h"
#include <string.h>

#define EC(n)		((uint64_t)(n) << 26)
#define IL		BIT(25)
#define ISV		BIT(24)
#define SSE		BIT(21)
#define SF		BIT(15)
#define AR		BIT(14)
#define S1PTW		BIT(7)
#define CM		BIT(8)
#define EA		BIT(9)
#define FNV		BIT(10)
#define SET(n)		((uint64_t)(n) << 11)
#define AET(n)		((uint64_t)(n) << 10)
#define IDS		BIT(24)
#define WNR		BIT(6)
#define SAS(n)		((uint64_t)(n) << 22)
#define SRT(n)		((uint64_t)(n) << 16)
#define TRANS		UINT64_C(0x07)
#define PERM		UINT64_C(0x0f)

#define DATA_EL1	EC(0x24)
#define INST_EL1	EC(0x20)
#define HIDDEN		(IL | AR | S1PTW | CM)
#define FAR		UINT64_C(0xffff800012345abc)
#define X5		UINT64_C(0x8877665544332211)

/* Where in the realm an access goes; all but the last two have a level 3 table. */
enum place {
	EMPTY, EMPTY_ASSIGNED, RAM, RAM_ASSIGNED, LOST, LOST_ASSIGNED,
	PRIVATE, SHARED,
	OUTSIDE, FAR_OUTSIDE,
	NUM_PLACES
};

struct world {
	struct realm_under_test r;
	uint64_t ipa[NUM_PLACES];
	uint64_t data;		/* PA behind RAM_ASSIGNED */
};

static void destroy_page(const struct realm_under_test *r, uint64_t at)
{
	realm_data(r, at);
	MUST(RMI_DATA_DESTROY, r->rd, at);
}

static void make_world(struct world *w)
{
	const struct realm_under_test *r = &w->r;
	uint64_t base = UINT64_C(0x40000);

	make_realm(&w->r, 5);
	for (unsigned int i = 0; i < PRIVATE; i++)
		w->ipa[i] = base + i * PAGE_SIZE;
	w->ipa[PRIVATE] = realm_unprotected(r) + base;
	w->ipa[SHARED] = w->ipa[PRIVATE] + PAGE_SIZE;
	w->ipa[OUTSIDE] = realm_unprotected(r) * 2;
	w->ipa[FAR_OUTSIDE] = UINT64_C(0xffffffffff000);

	realm_tables(r, base, 3);
	realm_unknown(r, w->ipa[EMPTY_ASSIGNED]);
	realm_ram(r, w->ipa[RAM], w->ipa[RAM] + PAGE_SIZE);
	w->data = realm_data(r, w->ipa[RAM_ASSIGNED]);
	destroy_page(r, w->ipa[LOST]);
	destroy_page(r, w->ipa[LOST_ASSIGNED]);
	realm_unknown(r, w->ipa[LOST_ASSIGNED]);
	realm_share(r, w->ipa[SHARED]);
	rec_make(&w->r, true);
	realm_start(r);
}

/* What hardware reports at put, the same in every test; and what of it is exported. */
static const struct host_put put = {
	.timers = { 0x5, UINT64_C(0x1122334455667788), 0x7, UINT64_C(0x99aabbccddeeff00) },
	.pmu_overflow = true,
};

static void fill_always(struct rmi_rec_exit *e)
{
	e->cntp_ctl = put.timers.cntp_ctl;
	e->cntp_cval = put.timers.cntp_cval;
	e->cntv_ctl = put.timers.cntv_ctl;
	e->cntv_cval = put.timers.cntv_cval;
	e->pmu_ovf_status = 1;
}

/* Enters with a dirty page; the exit half must be `want` and what every exit has. */
/* @test REC_EXIT.always, TIMER.export, PMU.overflow */
static void enter_and_compare(uint64_t rec, struct rmi_rec_exit *want)
{
	const unsigned char *got = (const void *)rec_exit_of();
	const unsigned char *expect = (const void *)want;

	fill_always(want);
	memset(rec_exit_of(), 0xee, sizeof(*want));
	host_realm_put(&put);
	EXPECT_EQ(rec_enter(rec), RMI_SUCCESS);
	for (size_t i = 0; i < sizeof(*want); i++)
		if (got[i] != expect[i])
			FAIL("byte %#zx of the exit is %#x, not %#x", i, got[i], expect[i]);
}

/* Exits without a fault */

struct plain {
	const char *name;
	enum vcpu_exit_kind kind;
	uint64_t esr, value;
	struct rmi_rec_exit want;
	uint64_t pc;		/* at the next entry */
	bool serror;		/* reaches the realm too */
};

/* @test REC_EXIT.{wfx,icc_write,irq,serror}, REC_PC.trapped */
static const struct plain plains[] = {
	{ "exit: IRQ", VCPU_EXIT_IRQ, ~UINT64_C(0), 99,
	  { .exit_reason = RMI_EXIT_IRQ }, 0x1000, false },
	{ "exit: WFI", VCPU_EXIT_WFX, EC(1) | IL | 0x1ef0, 0,
	  { .exit_reason = RMI_EXIT_SYNC, .esr = EC(1) }, 0x1004, false },
	{ "exit: WFE", VCPU_EXIT_WFX, EC(1) | IL | 1, 0,
	  { .exit_reason = RMI_EXIT_SYNC, .esr = EC(1) | 1 }, 0x1004, false },
	{ "exit: WFIT", VCPU_EXIT_WFX, EC(1) | IL | 2, 1234567,
	  { .exit_reason = RMI_EXIT_SYNC, .esr = EC(1) | 2, .gprs = { 1234567 } }, 0x1004, false },
	{ "exit: WFET", VCPU_EXIT_WFX, EC(1) | IL | 3, 7,
	  { .exit_reason = RMI_EXIT_SYNC, .esr = EC(1) | 3, .gprs = { 7 } }, 0x1004, false },
	{ "exit: ICC write", VCPU_EXIT_ICC_WRITE, EC(0x18) | IL | 0x3a3016, X5,
	  { .exit_reason = RMI_EXIT_SYNC, .esr = EC(0x18) | IL | 0x3a3016,
	    .gprs = { X5 } }, 0x1004, false },
	{ "exit: SError, all bits", VCPU_EXIT_SERROR, EC(0x2f) | IL | 0x1ffffff, 5,
	  { .exit_reason = RMI_EXIT_SERROR, .esr = EC(0x2f) | 0x1001e3f }, 0x1000, true },
	{ "exit: SError, of the CPU's own kind", VCPU_EXIT_SERROR, EC(0x2f) | IDS | AET(6) | 0x11,
	  0, { .exit_reason = RMI_EXIT_SERROR, .esr = EC(0x2f) | IDS | AET(6) | 0x11 }, 0x1000,
	  true },
	{ "exit: SError, unclassified", VCPU_EXIT_SERROR, EC(0x2f) | AET(2), 0,
	  { .exit_reason = RMI_EXIT_SERROR, .esr = EC(0x2f) | AET(2) }, 0x1000, true },
	{ "exit: SError, uncontainable", VCPU_EXIT_SERROR, EC(0x2f) | 0x11, 0,
	  { .exit_reason = RMI_EXIT_SERROR, .esr = EC(0x2f) | 0x11 }, 0x1000, true },
	{ "exit: SError, corrected", VCPU_EXIT_SERROR, EC(0x2f) | AET(6) | 0x11, 0,
	  { .exit_reason = RMI_EXIT_SERROR, .esr = EC(0x2f) | AET(6) | 0x11 }, 0x1000, false },
	{ "exit: SError, restartable", VCPU_EXIT_SERROR, EC(0x2f) | AET(2) | 0x11, 0,
	  { .exit_reason = RMI_EXIT_SERROR, .esr = EC(0x2f) | AET(2) | 0x11 }, 0x1000, false },
	{ "exit: SError, unrecoverable", VCPU_EXIT_SERROR, EC(0x2f) | AET(1) | 0x11, 0,
	  { .exit_reason = RMI_EXIT_SERROR, .esr = EC(0x2f) | AET(1) | 0x11 }, 0x1000, true },
	{ "exit: SError, recoverable", VCPU_EXIT_SERROR, EC(0x2f) | AET(3) | 0x11, 0,
	  { .exit_reason = RMI_EXIT_SERROR, .esr = EC(0x2f) | AET(3) | 0x11 }, 0x1000, true },
};

static void plain_exit(const void *arg)
{
	const struct plain *p = arg;
	struct rmi_rec_exit want = p->want;
	struct world w;

	make_world(&w);
	step_exit(p->kind, p->esr, p->value);
	enter_and_compare(w.r.rec[0], &want);
	EXPECT_EQ(host_realm_seen()->serrors, p->serror);
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(realm_regs().pc, p->pc);
}

/* Aborts that leave */

struct fault {
	const char *name;
	enum place place;
	uint64_t esr;
	uint64_t want_esr;
	uint64_t want_far;
	bool is_external;	/* hpfar is not reported */
	uint64_t gpr0;
};

#define EMULATABLE	(DATA_EL1 | ISV | SAS(2) | SF | TRANS)
#define LOW_FAR		(FAR & 0xfff)

/*
 * @test REC_EXIT.{inst_abort,data_abort,emulatable_read,emulatable_write,no_il,no_srt,hpfar}
 * @test REC_ABORT.{external,protected,unprotected,emulatable,permission}
 */
static const struct fault faults[] = {
	/* protected: never emulatable, whatever the syndrome */
	{ "abort: RAM, data", RAM, DATA_EL1 | HIDDEN | TRANS, DATA_EL1 | TRANS, 0, false, 0 },
	{ "abort: RAM, data, ISV", RAM, EMULATABLE | HIDDEN | SSE | SRT(5) | WNR,
	  DATA_EL1 | TRANS, 0, false, 0 },
	{ "abort: RAM, fetch", RAM, INST_EL1 | HIDDEN | TRANS, INST_EL1 | TRANS, 0, false, 0 },
	{ "abort: RAM, walk", RAM, DATA_EL1 | S1PTW | TRANS, DATA_EL1 | TRANS, 0, false, 0 },
	{ "abort: RAM, FnV and SET", RAM, DATA_EL1 | FNV | SET(3) | TRANS,
	  DATA_EL1 | FNV | SET(3) | TRANS, 0, false, 0 },
	{ "abort: DESTROYED, data", LOST, DATA_EL1 | TRANS, DATA_EL1 | TRANS, 0, false, 0 },
	{ "abort: DESTROYED, fetch", LOST, INST_EL1 | TRANS, INST_EL1 | TRANS, 0, false, 0 },
	{ "abort: DESTROYED assigned, data", LOST_ASSIGNED, DATA_EL1 | TRANS, DATA_EL1 | TRANS,
	  0, false, 0 },
	{ "abort: DESTROYED assigned, fetch", LOST_ASSIGNED, INST_EL1 | TRANS,
	  INST_EL1 | TRANS, 0, false, 0 },
	/* the hardware's level is that of its own tree: the RTT's is reported */
	{ "abort: RAM, other level", RAM, DATA_EL1 | 0x05, DATA_EL1 | TRANS, 0, false, 0 },
	/* unprotected, no syndrome */
	{ "abort: unmapped, no ISV", PRIVATE, DATA_EL1 | HIDDEN | WNR | TRANS,
	  DATA_EL1 | TRANS, 0, false, 0 },
	{ "abort: mapped, no permission, no ISV", SHARED, DATA_EL1 | PERM, DATA_EL1 | PERM,
	  0, false, 0 },
	/* unprotected, emulatable */
	{ "abort: read", PRIVATE, EMULATABLE | HIDDEN | SSE | SRT(5), EMULATABLE, LOW_FAR,
	  false, 0 },
	{ "abort: write 1", PRIVATE, DATA_EL1 | ISV | SAS(0) | SRT(5) | WNR | TRANS,
	  DATA_EL1 | ISV | SAS(0) | WNR | TRANS, LOW_FAR, false, 0x11 },
	{ "abort: write 2", PRIVATE, DATA_EL1 | ISV | SAS(1) | SRT(5) | WNR | TRANS,
	  DATA_EL1 | ISV | SAS(1) | WNR | TRANS, LOW_FAR, false, 0x2211 },
	{ "abort: write 4", PRIVATE, DATA_EL1 | ISV | SAS(2) | SRT(5) | WNR | TRANS,
	  DATA_EL1 | ISV | SAS(2) | WNR | TRANS, LOW_FAR, false, 0x44332211 },
	{ "abort: write 8", PRIVATE, DATA_EL1 | ISV | SAS(3) | SF | SRT(5) | WNR | TRANS,
	  DATA_EL1 | ISV | SAS(3) | SF | WNR | TRANS, LOW_FAR, false, X5 },
	{ "abort: write XZR", PRIVATE, DATA_EL1 | ISV | SAS(3) | SRT(31) | WNR | TRANS,
	  DATA_EL1 | ISV | SAS(3) | WNR | TRANS, LOW_FAR, false, 0 },
	{ "abort: mapped, no permission, write", SHARED,
	  DATA_EL1 | ISV | SAS(2) | SRT(5) | WNR | PERM,
	  DATA_EL1 | ISV | SAS(2) | WNR | PERM, LOW_FAR, false, 0x44332211 },
	/* the bus refused it; all but what is restartable (SET 3) reaches the realm too */
	{ "abort: external, protected", RAM_ASSIGNED, DATA_EL1 | HIDDEN | EA | 0x10,
	  DATA_EL1 | EA | 0x10, 0, true, 0 },
	{ "abort: external, unprotected", SHARED, DATA_EL1 | ISV | SRT(5) | EA | 0x10,
	  DATA_EL1 | EA | 0x10, 0, true, 0 },
	{ "abort: external, fetch", RAM_ASSIGNED, INST_EL1 | 0x10, INST_EL1 | 0x10, 0, true, 0 },
	{ "abort: external on walk", SHARED, DATA_EL1 | 0x17, DATA_EL1 | 0x17, 0, true, 0 },
	{ "abort: external on walk, level -1", SHARED, DATA_EL1 | 0x13, DATA_EL1 | 0x13, 0,
	  true, 0 },
	{ "abort: external, uncontainable", SHARED, DATA_EL1 | SET(2) | 0x10,
	  DATA_EL1 | SET(2) | 0x10, 0, true, 0 },
	{ "abort: external, restartable", SHARED, DATA_EL1 | SET(3) | 0x10,
	  DATA_EL1 | SET(3) | 0x10, 0, true, 0 },
};

static void queue_fault(const struct world *w, enum place place, uint64_t esr)
{
	struct host_step s = {
		.exit = { .kind = VCPU_EXIT_ABORT, .esr = esr, .far = FAR,
			  .ipa = ipa(w->ipa[place]) },
		.set = BIT(5),
	};

	s.x[5] = X5;
	host_realm_step(&s);
}

static void fault_exit(const void *arg)
{
	const struct fault *f = arg;
	struct rmi_rec_exit want = { .exit_reason = RMI_EXIT_SYNC };
	struct world w;

	make_world(&w);
	want.esr = f->want_esr;
	want.far = f->want_far;
	want.hpfar = f->is_external ? 0 : w.ipa[f->place] >> 12 << 4;
	want.gprs[0] = f->gpr0;
	queue_fault(&w, f->place, f->esr);
	enter_and_compare(w.r.rec[0], &want);
	EXPECT_EQ(host_realm_seen()->seas, f->is_external && (f->esr & SET(3)) != SET(3));
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(realm_regs().pc, 0x1000);
}

/* A page without tables: the level at which the RTT ends. */
static void fault_level(const void *arg)
{
	struct realm_under_test r;
	uint64_t lost = UINT64_C(3) << 30;

	(void)arg;
	make_realm(&r, 5);
	realm_tables(&r, lost, 2);
	realm_tables(&r, lost, 3);
	MUST(RMI_RTT_DESTROY, r.rd, lost, 3);
	rec_make(&r, true);
	realm_start(&r);
	step_abort(DATA_EL1 | TRANS, FAR, lost + 5 * PAGE_SIZE);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(rec_exit_of()->esr, DATA_EL1 | 0x06);
	step_abort(DATA_EL1 | TRANS, FAR, realm_unprotected(&r) + 5 * PAGE_SIZE);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(rec_exit_of()->esr, DATA_EL1 | (0x04 + (uint64_t)r.start));
}

/* Aborts that the realm gets itself, or that are mended: it goes on, then an IRQ. */

enum outcome { SEA, ADDRESS_SIZE, HEALED };

struct inside {
	const char *name;
	enum place place;
	uint64_t esr;
	enum heal_result heal;
	enum outcome outcome;
};

/*
 * @test REC_ABORT.{ipa_space,address_size,empty,fetch,spurious}
 */
static const struct inside insides[] = {
	{ "abort: EMPTY, data", EMPTY, EMULATABLE, HEAL_REFUSED, SEA },
	{ "abort: EMPTY, fetch", EMPTY, INST_EL1 | TRANS, HEAL_REFUSED, SEA },
	{ "abort: EMPTY assigned, data", EMPTY_ASSIGNED, EMULATABLE, HEAL_REFUSED, SEA },
	{ "abort: EMPTY assigned, fetch", EMPTY_ASSIGNED, INST_EL1 | TRANS, HEAL_REFUSED, SEA },
	{ "abort: EMPTY is never healed", EMPTY_ASSIGNED, EMULATABLE, HEAL_DONE, SEA },
	{ "abort: fetch, unmapped", PRIVATE, INST_EL1 | TRANS, HEAL_DONE, SEA },
	{ "abort: fetch, shared", SHARED, INST_EL1 | TRANS, HEAL_DONE, SEA },
	{ "abort: fetch, shared, permission", SHARED, INST_EL1 | PERM, HEAL_DONE, SEA },
	{ "abort: outside, data", OUTSIDE, EMULATABLE, HEAL_DONE, ADDRESS_SIZE },
	{ "abort: outside, fetch", OUTSIDE, INST_EL1 | TRANS, HEAL_DONE, ADDRESS_SIZE },
	{ "abort: far outside, data", FAR_OUTSIDE, DATA_EL1 | TRANS, HEAL_DONE, ADDRESS_SIZE },
	{ "abort: shared, healed", SHARED, EMULATABLE, HEAL_DONE, HEALED },
	{ "abort: shared, cannot be healed", SHARED, EMULATABLE, HEAL_REFUSED, SEA },
	{ "abort: RAM there, healed", RAM_ASSIGNED, DATA_EL1 | TRANS, HEAL_DONE, HEALED },
	{ "abort: RAM there, fetch, healed", RAM_ASSIGNED, INST_EL1 | TRANS, HEAL_DONE, HEALED },
};

static enum heal_result answer(const struct vcpu_exit *fault,
			       const struct vcpu_guest_mem *m, void *arg)
{
	const struct inside *i = arg;

	(void)m;
	EXPECT_EQ(fault->esr, i->esr);
	return i->heal;
}

static void stay_inside(const void *arg)
{
	struct inside i = *(const struct inside *)arg;
	const struct host_seen *seen = host_realm_seen();
	struct rmi_rec_exit want = { .exit_reason = RMI_EXIT_IRQ };
	struct world w;

	make_world(&w);
	host_realm_heal(answer, &i);
	queue_fault(&w, i.place, i.esr);
	enter_and_compare(w.r.rec[0], &want);
	EXPECT_EQ(seen->runs, 2);
	EXPECT_EQ(seen->seas, i.outcome == SEA);
	EXPECT_EQ(seen->address_sizes, i.outcome == ADDRESS_SIZE);
	if (i.outcome != HEALED)
		EXPECT_EQ(seen->cause.esr, i.esr);
	else
		EXPECT_EQ(seen->heals, 1);
	if (i.place < RAM || i.place >= OUTSIDE)
		EXPECT_EQ(seen->heals, 0);
}

/* The memory that a heal may look at: protected, there, RAM. Nothing else. */
static enum heal_result probe(const struct vcpu_exit *fault,
			      const struct vcpu_guest_mem *m, void *arg)
{
	const struct world *w = arg;

	(void)fault;
	EXPECT_EQ(m->ipa_width, w->r.width);
	for (unsigned int p = 0; p < NUM_PLACES; p++) {
		const void *page = m->page(m, ipa(w->ipa[p]));

		EXPECT(page == (p == RAM_ASSIGNED ? content_of(w->data) : NULL));
		EXPECT_EQ(m->is_shared(m, ipa(w->ipa[p])), p == SHARED);
	}
	EXPECT(!m->page(m, ipa(~UINT64_C(0xfff))));
	EXPECT(!m->is_shared(m, ipa(~UINT64_C(0xfff))));
	return HEAL_DONE;
}

static void heal_sees(const void *arg)
{
	struct world w;

	(void)arg;
	make_world(&w);
	host_realm_heal(probe, &w);
	queue_fault(&w, SHARED, EMULATABLE);
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(host_realm_seen()->heals, 1);
}

/* In a block the page is found at its offset. */
static void heal_in_block(const void *arg)
{
	struct realm_under_test r;
	uint64_t base;

	(void)arg;
	make_realm(&r, 5);
	if (r.start == 0)
		realm_tables(&r, realm_unprotected(&r), 1);
	base = realm_unprotected(&r);
	MUST(RMI_RTT_MAP_UNPROTECTED, r.rd, base, 1, (uint64_t)DESC_WB_RW);
	rec_make(&r, true);
	realm_start(&r);
	step_abort(EMULATABLE, FAR, base + 12345 * PAGE_SIZE);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(host_realm_seen()->heals, 1);
	EXPECT_EQ(host_realm_seen()->seas, 1);
}

/* The page arrives while the realm waits: same instruction, no more exits. */
static void fault_mended_by_host(const void *arg)
{
	struct world w;

	(void)arg;
	make_world(&w);
	queue_fault(&w, RAM, DATA_EL1 | TRANS);
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(rec_exit_of()->exit_reason, RMI_EXIT_SYNC);
	realm_unknown(&w.r, w.ipa[RAM]);
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(realm_regs().pc, 0x1000);
}

/* A VMID and two trees of its own; the CPU is loaded once per entry. */
static void loaded_with_own_trees(const void *arg)
{
	struct world w;
	const struct host_seen *seen = host_realm_seen();

	(void)arg;
	make_world(&w);
	EXPECT_EQ(rec_enter(w.r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(seen->loads, 1);
	EXPECT_EQ(seen->puts, 1);
	EXPECT_EQ(seen->s2.vmid, 5);
	EXPECT(host_stage2_walk(&seen->s2.prot, w.ipa[RAM_ASSIGNED]).valid);
	EXPECT(!host_stage2_walk(&seen->s2.unprot, w.ipa[RAM_ASSIGNED]).valid);
	EXPECT(host_stage2_walk(&seen->s2.unprot, w.ipa[SHARED]).valid);
	EXPECT(!host_stage2_walk(&seen->s2.prot, w.ipa[SHARED]).valid);
}

static const struct unit_test effects[] = {
	{ "abort: level of the RTT", fault_level, NULL },
	{ "abort: what a heal sees", heal_sees, NULL },
	{ "abort: heal in a block", heal_in_block, NULL },
	{ "abort: mended by the host", fault_mended_by_host, NULL },
	{ "exit: own trees", loaded_with_own_trees, NULL },
};

void suite_exit(void)
{
	for (size_t i = 0; i < COUNT_OF(plains); i++)
		unit_add(plains[i].name, plain_exit, &plains[i]);
	for (size_t i = 0; i < COUNT_OF(faults); i++)
		unit_add(faults[i].name, fault_exit, &faults[i]);
	for (size_t i = 0; i < COUNT_OF(insides); i++)
		unit_add(insides[i].name, stay_inside, &insides[i]);
	UNIT_TESTS(effects);
}
