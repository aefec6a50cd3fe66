/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts the instructions between two marks (../markers.h), by world and by
 * kind. A world is an address range, or one of an exception level, so an
 * instruction's world is known when it is translated and counting it is one
 * addition.
 *
 *   -plugin libcount.so,out=FILE,world=NAME[@LEVEL]:FIRST-LAST,...
 *	     [,lap=ADDRESS][,profile=on|NUMBER]
 *
 * LEVEL is 0 to 3, or h for the programs of a host with VHE (TGE set).
 *
 * One line for each pair of marks: "world instructions tlbi dsb isb sb dc ic
 * sysreg" for each world in which something ran, separated by " | ". With
 * profile=on, lines "  world address count" follow.
 *
 * If a world has a level, X9 holds a number at the mark that begins, and the
 * line begins with it and a colon. A line "NUMBER lap: ..." before it is what had
 * run when EL1 came to the lap's address first. profile=NUMBER profiles this alone.
 */
#include <glib.h>
#include <inttypes.h>
#include <qemu-plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../markers.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

#define HINT(n)		(0xd503201fu | (n) << 5)
#define MAX_WORLDS	12
#define MAX_POINTS	(1u << 21)	/* the last is for those that are too many */
#define ANY_LEVEL	'*'
#define HOST_EL0	'h'
#define NUMBER_REGISTER	"x9"
#define HCR_TGE		(1ul << 27)

enum kind { ALL, TLBI, DSB, ISB, SB, DC, IC, SYSREG, KINDS };

struct counts {
	uint64_t n[MAX_WORLDS + 1][KINDS];	/* the last world is "other" */
};

struct world {
	char *name;
	char level;
	uint64_t first, last;
};

struct point {
	uint64_t key, address;
	unsigned int world;
};

static struct world worlds[MAX_WORLDS + 1];
static unsigned int num_worlds;
static struct qemu_plugin_scoreboard *board;
static struct point *points;	/* if profiling */
static unsigned int num_points;
static GHashTable *point_by_key;
static struct qemu_plugin_scoreboard *passes;	/* uint64_t [MAX_POINTS] */
static uint64_t profiled;	/* the only number that is, if not 0 */
static bool by_level;
static struct qemu_plugin_register *reg_number, *reg_cpsr, *reg_hcr;
static uint64_t number;		/* of the marks we are between; one CPU at a time */
static uint64_t lap_address;
static bool lap_open;
static FILE *out;

static uint64_t read_register(struct qemu_plugin_register *reg)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	uint64_t value = 0;

	qemu_plugin_read_register(reg, bytes);
	memcpy(&value, bytes->data, MIN(bytes->len, sizeof(value)));
	return value;
}

/* Code is translated when it is about to run: the state is the code's own. */
static char level_now(void)
{
	unsigned int el;

	if (!by_level)
		return ANY_LEVEL;
	el = read_register(reg_cpsr) >> 2 & 3;
	if (el == 0 && (read_register(reg_hcr) & HCR_TGE))
		return HOST_EL0;
	return (char)('0' + el);
}

static unsigned int world_of(uint64_t address, char level)
{
	unsigned int w;

	for (w = 0; w < num_worlds; w++)
		if (address >= worlds[w].first && address <= worlds[w].last &&
		    (worlds[w].level == ANY_LEVEL || worlds[w].level == level))
			break;
	return w;
}

/* SYS: op0 = 1. TLBI has CRn 8 (9 with nXS), DC and IC have CRn 7. */
static enum kind kind_of_sys(uint32_t insn)
{
	unsigned int crn = insn >> 12 & 15, crm = insn >> 8 & 15;

	if (crn == 8 || crn == 9)
		return TLBI;
	if (crn == 7)
		return crm == 1 || crm == 5 ? IC : crm == 8 ? ALL : DC;
	return ALL;
}

static enum kind kind_of(uint32_t insn)
{
	if ((insn & 0xfffff0ff) == 0xd503309f)
		return DSB;
	if ((insn & 0xfffff0ff) == 0xd50330df)
		return ISB;
	if (insn == 0xd50330ff)
		return SB;
	if ((insn & 0xfff80000) == 0xd5080000)
		return kind_of_sys(insn);
	if ((insn & 0xffd00000) == 0xd5100000)	/* MSR and MRS, op0 = 2, 3 */
		return SYSREG;
	return ALL;
}

static struct counts *counts_of(unsigned int cpu)
{
	return qemu_plugin_scoreboard_find(board, cpu);
}

static bool is_profiled(void)
{
	return points && (!profiled || profiled == number);
}

static void begin(unsigned int cpu, void *unused)
{
	memset(counts_of(cpu), 0, sizeof(struct counts));
	if (by_level)
		number = read_register(reg_number);
	if (is_profiled())
		memset(qemu_plugin_scoreboard_find(passes, cpu), 0,
		       MAX_POINTS * sizeof(uint64_t));
	lap_open = true;
}

static void print_points(unsigned int cpu)
{
	const uint64_t *count = qemu_plugin_scoreboard_find(passes, cpu);
	unsigned int i;

	for (i = 0; i < num_points; i++)
		if (count[i])
			fprintf(out, "  %s %" PRIx64 " %" PRIu64 "\n",
				worlds[points[i].world].name, points[i].address,
				count[i]);
}

static void print_counts(unsigned int cpu, const char *what)
{
	const struct counts *c = counts_of(cpu);
	const char *separator = "";
	unsigned int w, k;

	if (by_level)
		fprintf(out, "%" PRIu64 "%s: ", number, what);
	for (w = 0; w <= num_worlds; w++) {
		if (!c->n[w][ALL])
			continue;
		fprintf(out, "%s%s", separator, worlds[w].name);
		for (k = 0; k < KINDS; k++)
			fprintf(out, " %" PRIu64, c->n[w][k]);
		separator = " | ";
	}
	fprintf(out, "\n");
}

static void end(unsigned int cpu, void *unused)
{
	print_counts(cpu, "");
	lap_open = false;
	if (is_profiled())
		print_points(cpu);
	fflush(out);
}

static void lap(unsigned int cpu, void *unused)
{
	if (lap_open)
		print_counts(cpu, " lap");
	lap_open = false;
}

/* The same address in two worlds is two points. */
static unsigned int point_at(uint64_t address, unsigned int world)
{
	uint64_t key = address ^ (uint64_t)world << 52;
	struct point *p = g_hash_table_lookup(point_by_key, &key);

	if (!p) {
		if (num_points == MAX_POINTS - 1)
			return num_points;
		p = &points[num_points++];
		*p = (struct point){ key, address, world };
		g_hash_table_insert(point_by_key, &p->key, p);
	}
	return (unsigned int)(p - points);
}

static void add_point(struct qemu_plugin_insn *insn, unsigned int point)
{
	qemu_plugin_u64 counter = {
		.score = passes,
		.offset = point * sizeof(uint64_t),
	};

	qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
		insn, QEMU_PLUGIN_INLINE_ADD_U64, counter, 1);
}

static void add(struct qemu_plugin_insn *insn, unsigned int world, enum kind k)
{
	qemu_plugin_u64 counter = {
		.score = board,
		.offset = offsetof(struct counts, n) +
			  (world * KINDS + k) * sizeof(uint64_t),
	};

	qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
		insn, QEMU_PLUGIN_INLINE_ADD_U64, counter, 1);
}

static void instrument(struct qemu_plugin_insn *insn, char level)
{
	uint64_t address = qemu_plugin_insn_vaddr(insn);
	unsigned int world = world_of(address, level);
	uint32_t code = 0;
	enum kind k;

	qemu_plugin_insn_data(insn, &code, sizeof(code));
	if (code == HINT(MARK_BEGIN) || code == HINT(MARK_END)) {
		qemu_plugin_register_vcpu_insn_exec_cb(
			insn, code == HINT(MARK_BEGIN) ? begin : end,
			QEMU_PLUGIN_CB_R_REGS, NULL);
		return;
	}
	if (level == '1' && address == lap_address)
		qemu_plugin_register_vcpu_insn_exec_cb(
			insn, lap, QEMU_PLUGIN_CB_NO_REGS, NULL);
	add(insn, world, ALL);
	k = kind_of(code);
	if (k != ALL)
		add(insn, world, k);
	if (points)
		add_point(insn, point_at(address, world));
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	char level = level_now();
	size_t i;

	for (i = 0; i < qemu_plugin_tb_n_insns(tb); i++)
		instrument(qemu_plugin_tb_get_insn(tb, i), level);
}

static void found_cpu(qemu_plugin_id_t id, unsigned int cpu)
{
	g_autoptr(GArray) all = qemu_plugin_get_registers();
	unsigned int i;

	for (i = 0; i < all->len; i++) {
		const qemu_plugin_reg_descriptor *reg =
			&g_array_index(all, qemu_plugin_reg_descriptor, i);

		if (!strcmp(reg->name, NUMBER_REGISTER))
			reg_number = reg->handle;
		else if (!strcmp(reg->name, "cpsr"))
			reg_cpsr = reg->handle;
		else if (!strcmp(reg->name, "HCR_EL2"))
			reg_hcr = reg->handle;
	}
	if (!reg_number || !reg_cpsr || !reg_hcr) {
		fprintf(stderr, "count: the emulator shows no registers\n");
		exit(1);
	}
}

/* NAME[@LEVEL]:FIRST-LAST, in hexadecimal */
static bool add_world(const char *value)
{
	struct world *w = &worlds[num_worlds];
	const char *colon = strchr(value, ':');
	char *at;

	if (!colon || num_worlds == MAX_WORLDS)
		return false;
	w->name = g_strndup(value, (gsize)(colon - value));
	w->level = ANY_LEVEL;
	at = strchr(w->name, '@');
	if (at) {
		*at = '\0';
		w->level = at[1];
		by_level = true;
	}
	w->first = g_ascii_strtoull(colon + 1, &at, 16);
	if (*at != '-')
		return false;
	w->last = g_ascii_strtoull(at + 1, &at, 16);
	num_worlds++;
	return *at == '\0';
}

static bool option(const char *arg)
{
	if (g_str_has_prefix(arg, "out="))
		return (out = fopen(arg + strlen("out="), "w")) != NULL;
	if (g_str_has_prefix(arg, "world="))
		return add_world(arg + strlen("world="));
	if (g_str_has_prefix(arg, "lap=")) {
		lap_address = g_ascii_strtoull(arg + strlen("lap="), NULL, 16);
		return true;
	}
	if (g_str_has_prefix(arg, "profile=")) {
		profiled = g_ascii_strtoull(arg + strlen("profile="), NULL, 10);
		points = g_new(struct point, MAX_POINTS);
		point_by_key = g_hash_table_new(g_int64_hash, g_int64_equal);
		return true;
	}
	return false;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
					   const qemu_info_t *info, int argc,
					   char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (!option(argv[i])) {
			fprintf(stderr, "count: bad option %s\n", argv[i]);
			return -1;
		}
	}
	if (!out) {
		fprintf(stderr, "count: out=FILE is missing\n");
		return -1;
	}
	worlds[num_worlds].name = "other";
	board = qemu_plugin_scoreboard_new(sizeof(struct counts));
	if (points)
		passes = qemu_plugin_scoreboard_new(MAX_POINTS *
						    sizeof(uint64_t));
	if (by_level)
		qemu_plugin_register_vcpu_init_cb(id, found_cpu);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
