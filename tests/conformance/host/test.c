/* SPDX-License-Identifier: BSD-3-Clause */
#include "host/test.h"

#define MAX_MESSAGES	8	/* per test; more would hide the first */

/* A page that the runner (../run) loads into memory; zero without one. */
#define CONFIG_ADDRESS	(DRAM_BASE + 0x10000000)
#define CONFIG_MAGIC	0x46434356U	/* "VCCF" */
#define CONFIG_RACE	1U

struct config {
	uint32_t magic;
	uint32_t flags;
	uint32_t scale;		/* percent of the long tests' rounds */
	uint32_t skip;		/* tests to pass over: a rerun after a hang */
	char filter[240];	/* prefixes of names, comma separated */
};

extern const struct test tests_start[], tests_end[];

enum outcome { PASSED, FAILED, SKIPPED };

static struct {
	const struct test *test;
	const char *suffix;
	const char *label;
	uint64_t jump[13];
	unsigned int messages;
	enum outcome outcome;
} now = { .test = &(const struct test){ .name = "setup" }, .suffix = "" };

static unsigned int totals[3];

static const struct config *config(void)
{
	static const struct config none = { .scale = 100 };
	const struct config *c = (const struct config *)CONFIG_ADDRESS;

	return c->magic == CONFIG_MAGIC ? c : &none;
}

unsigned int test_scale(unsigned int full)
{
	unsigned int n = full * config()->scale / 100;

	return n ? n : 1;
}

unsigned int test_seed(void)
{
	return config()->skip;
}

void test_label(const char *label)
{
	now.label = label;
}

/* First message of a test: the FAIL line; the others are indented below it. */
static bool message_begin(void)
{
	console_lock();
	now.outcome = FAILED;
	if (++now.messages > MAX_MESSAGES) {
		console_unlock();
		return false;
	}
	if (now.messages == 1)
		print("FAIL %s%s: ", now.test->name, now.suffix);
	else
		print("     ");
	if (now.label)
		print("[%s] ", now.label);
	return true;
}

static void message_end(uint64_t got, uint64_t want)
{
	print("got 0x%lx, want 0x%lx\n", got, want);
	console_unlock();
}

bool test_check(const char *file, int line, const char *expr, uint64_t got,
		uint64_t want, bool fatal)
{
	if (got == want)
		return true;
	if (message_begin()) {
		print("%s:%d %s, ", file, line, expr);
		message_end(got, want);
	}
	if (fatal && cpu_id() == 0)
		jump_to(now.jump);
	return false;
}

void test_fail_at(const char *what, uint64_t where, uint64_t got, uint64_t want)
{
	if (!message_begin())
		return;
	print("%s0x%lx, ", what, where);
	message_end(got, want);
}

void test_fail_register(const char *call, unsigned int reg, uint64_t got,
			uint64_t want)
{
	if (!message_begin())
		return;
	print("x%u after %s, ", reg, call);
	message_end(got, want);
}

void test_skip(const char *why)
{
	if (now.outcome == PASSED) {
		now.outcome = SKIPPED;
		print("SKIP %s%s: %s\n", now.test->name, now.suffix, why);
	}
	jump_to(now.jump);
}

/* In `list`, a prefix of the name; an empty list selects all. */
static bool selected(const char *name)
{
	const char *p = config()->filter;
	size_t n;

	if (!*p)
		return true;
	for (; *p; p += n + (p[n] == ',')) {
		for (n = 0; p[n] && p[n] != ','; n++)
			;
		if (n && has_prefix(name, p, n))
			return true;
	}
	return false;
}

/* What a failed test may have left in this CPU's interface and timer. */
static void settle_interrupts(void)
{
	timer_stop();
	watchdog_stop();
	sysreg_write("cntvoff_el2", 0);
	gic_set_priority_mask(0xff);
	while (gic_take() != INTID_NONE)
		;
}

bool test_guard(void (*body)(void))
{
	if (!jump_set(now.jump))
		body();
	return !now.messages;
}

/* After a panic EL3 answers for it; nothing can be cleaned up any more. */
static bool monitor_gone(void)
{
	return smc_plain(RMI_VERSION, RMI_ABI_1_0, 0, 0) == SMCCC_NOT_SUPPORTED;
}

static void run(const struct test *t, enum source source, const char *suffix)
{
	uint64_t free_before;

	memset(&now, 0, sizeof(now));
	now.test = t;
	now.suffix = suffix;
	print("RUN  %s%s\n", t->name, suffix);
	settle_interrupts();
	granule_use(source);
	free_before = pool_free();
	if (!jump_set(now.jump))
		t->body();
	now.label = "cleanup";
	if (monitor_gone()) {
		print("FATAL the monitor is gone\n");
		machine_off();
	}
	if (!jump_set(now.jump)) {
		ledger_clear();
		EXPECT_EQ(pool_free(), free_before);
	}
	if (now.outcome == PASSED)
		print("PASS %s%s\n", t->name, suffix);
	totals[now.outcome]++;
}

/* One more skipped run of the config page, or the run itself. */
static void run_unless_done(const struct test *t, enum source source,
			    const char *suffix)
{
	static unsigned int index;

	if (index++ >= config()->skip)
		run(t, source, suffix);
}

void tests_run(void)
{
	const struct test *t;
	bool race = config()->flags & CONFIG_RACE;

	totals[FAILED] = now.messages != 0;
	for (t = tests_start; t < tests_end; t++) {
		if (!!(t->flags & RACE) != race || !selected(t->name))
			continue;
		if (!(t->flags & SHADOWED))
			run_unless_done(t, SOURCE_POOL, "");
		if (t->flags & (BOTH | SHADOWED))
			run_unless_done(t, SOURCE_SHADOW, "/shadow");
	}
	print("%u passed, %u failed, %u skipped\n", totals[PASSED],
	      totals[FAILED], totals[SKIPPED]);
}
