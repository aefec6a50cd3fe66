/* SPDX-License-Identifier: BSD-3-Clause */
#include "scene.h"

#include <string.h>

#define MAX_JOBS	1024

/* One test: a refusal, or one kind of badness of one pointer. */
struct job {
	const struct command *command;
	const struct refusal *refusal;
	const struct pointer *pointer;
};

static struct job jobs[MAX_JOBS];
static size_t num_jobs;

uint64_t *arg1(struct scene *s)
{
	return &s->call.x[1];
}

uint64_t *arg2(struct scene *s)
{
	return &s->call.x[2];
}

uint64_t *arg3(struct scene *s)
{
	return &s->call.x[3];
}

uint64_t *arg4(struct scene *s)
{
	return &s->call.x[4];
}

void realm_is_active(struct scene *s)
{
	realm_start(&s->r);
}

/* The zoo */

static uint64_t find_shadow(void)
{
	for (unsigned int i = 0; i < hal_boot_secure_count(); i++) {
		struct hal_range r = hal_boot_secure(i);

		for (uint64_t at = r.base; at < r.base + r.size; at += PAGE_SIZE)
			if (state_of(at) == GS_SHADOW)
				return at;
	}
	FAIL("no shadow page in the zoo");
}

uint64_t zoo_page(const struct scene *s, enum granule_state state)
{
	switch (state) {
	case GS_UNDELEGATED:
		return pool_page();
	case GS_DELEGATED:
		return delegated();
	case GS_RD:
		return s->zoo.rd;
	case GS_REC:
		return s->zoo.rec[0];
	case GS_REC_AUX:
		return s->zoo.aux[0][1];
	case GS_DATA:
		return MUST(RMI_RTT_READ_ENTRY, s->zoo.rd, 0, 3).x[3];
	case GS_RTT:
		return MUST(RMI_RTT_READ_ENTRY, s->zoo.rd, 0, 2).x[3];
	case GS_SHADOW:
		return find_shadow();
	case GS_COUNT:
		break;
	}
	FAIL("no such state");
}

static void make_zoo(struct scene *s)
{
	make_realm(&s->zoo, ZOO_VMID);
	rec_make(&s->zoo, true);
	realm_data(&s->zoo, 0);
	MUST(RMI_GRANULE_DELEGATE, dram_run(1, PAGE_SIZE));
}

static void make_scene(struct scene *s, const struct command *c)
{
	memset(s, 0, sizeof(*s));
	make_zoo(s);
	make_realm(&s->r, 1);
	c->setup(s);
}

/* Refusing */

static void no_outputs(const struct scene *s, const struct call *out)
{
	(void)s;
	for (unsigned int i = 1; i <= 3; i++)
		EXPECT_EQ(out->x[i], 0);
}

/* The call is refused with that status and outputs; memory is as in `before`. */
static void expect_refused(const struct scene *s, const struct command *c,
			   uint64_t status, struct world_print before)
{
	struct world_print after;
	struct call out = world_call(s->call);

	if (out.x[0] != status)
		FAIL("status %#llx, not %#llx (x1..x4 %#llx %#llx %#llx %#llx)",
		     (unsigned long long)out.x[0], (unsigned long long)status,
		     (unsigned long long)s->call.x[1], (unsigned long long)s->call.x[2],
		     (unsigned long long)s->call.x[3], (unsigned long long)s->call.x[4]);
	(c->check_refused ? c->check_refused : no_outputs)(s, &out);
	after = world_print();
	if (after.secure != before.secure)
		FAIL("a refused call changed secure memory");
	if (after.ns != before.ns)
		FAIL("a refused call changed normal memory");
}

static void run_refusal(const void *arg)
{
	const struct job *j = arg;
	const struct refusal *row = j->refusal;
	static unsigned char saved[PAGE_SIZE];
	struct scene s;
	struct call valid;

	make_scene(&s, j->command);
	valid = s.call;
	if (s.page)
		memcpy(saved, host_ns(pa(s.page)), PAGE_SIZE);
	if (row->also)
		row->also(&s);
	row->bad(&s);
	expect_refused(&s, j->command, row->status, world_print());
	if (row->broken == IN_WORLD || row->also)
		return;
	if (s.page)
		memcpy(host_ns(pa(s.page)), saved, PAGE_SIZE);
	world_must(row->rule, valid);
}

/* Pointers */

static void try_pointer(struct scene *s, const struct job *j, uint64_t value)
{
	uint64_t *slot = j->pointer->at(s);
	uint64_t valid = *slot;

	*slot = value;
	expect_refused(s, j->command, RMI_ERROR_INPUT, world_print());
	*slot = valid;
}

static void run_align(const void *arg)
{
	static const uint64_t offsets[] = { 1, 8, 0x800, 0xfff };
	const struct job *j = arg;
	struct scene s;

	make_scene(&s, j->command);
	for (size_t i = 0; i < COUNT_OF(offsets); i++)
		try_pointer(&s, j, *j->pointer->at(&s) + offsets[i]);
	world_must(j->pointer->align, s.call);
}

static void run_bound(const void *arg)
{
	const struct job *j = arg;
	struct scene s;

	make_scene(&s, j->command);
	for (unsigned int i = 0; i < world_num_holes; i++)
		try_pointer(&s, j, world_holes[i]);
	world_must(j->pointer->bound, s.call);
}

/* Every state but the one it should be in; normal memory counts as a state. */
static void run_state(const void *arg)
{
	const struct job *j = arg;
	struct scene s;

	make_scene(&s, j->command);
	for (unsigned int state = 0; state < GS_COUNT; state++)
		if ((int)state != j->pointer->want)
			try_pointer(&s, j, zoo_page(&s, state));
	if (j->pointer->want != NS && j->pointer->want != GS_UNDELEGATED)
		try_pointer(&s, j, ns_page());
	world_must(j->pointer->state, s.call);
}

/* The bus refuses each access of the call in turn (rmm-abi.md 5.2). */
static void run_bus(const void *arg)
{
	const struct job *j = arg;
	struct scene s;

	make_scene(&s, j->command);
	host_ns_fail_at(1);
	expect_refused(&s, j->command, RMI_ERROR_INPUT, world_print());
	host_ns_mutate(true);
	world_must("after a refused access", s.call);
}

static void add(const char *name, void (*run)(const void *), const struct command *c,
		const struct pointer *p, const struct refusal *r)
{
	struct job *j = &jobs[num_jobs++];

	EXPECT(num_jobs < MAX_JOBS);
	*j = (struct job){ .command = c, .refusal = r, .pointer = p };
	unit_add(name, run, j);
}

void scene_add(const struct command *c)
{
	for (size_t i = 0; i < c->num_pointers; i++) {
		const struct pointer *p = &c->pointers[i];

		add(p->align, run_align, c, p, NULL);
		add(p->bound, run_bound, c, p, NULL);
		add(p->state, run_state, c, p, NULL);
		if (p->want == NS)
			add(p->state, run_bus, c, p, NULL);
	}
	for (size_t i = 0; i < c->num_refusals; i++)
		add(c->refusals[i].rule, run_refusal, c, NULL, &c->refusals[i]);
}
