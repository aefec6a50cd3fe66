/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts the instructions between two marks (../markers.h), by world and by
 * kind. A world is an address range, so an instruction's world is known when
 * it is translated and counting it is one addition.
 *
 *   -plugin libcount.so,out=FILE,world=NAME:FIRST-LAST,...[,profile=on]
 *
 * One line for each pair of marks: "world instructions tlbi dsb isb sb dc ic
 * sysreg" for each world in which something ran, separated by " | ". With
 * profile=on, lines "  address count" follow.
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
#define MAX_WORLDS	8

enum kind { ALL, TLBI, DSB, ISB, SB, DC, IC, SYSREG, KINDS };

struct counts {
	uint64_t n[MAX_WORLDS + 1][KINDS];	/* the last world is "other" */
};

struct world {
	char *name;
	uint64_t first, last;
};

struct point {
	uint64_t address, count;
};

static struct world worlds[MAX_WORLDS + 1];
static unsigned int num_worlds;
static struct qemu_plugin_scoreboard *board;
static GHashTable *points;	/* address -> struct point, if profiling */
static bool profiling;
static FILE *out;

static unsigned int world_of(uint64_t address)
{
	unsigned int w;

	for (w = 0; w < num_worlds; w++)
		if (address >= worlds[w].first && address <= worlds[w].last)
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

static void begin(unsigned int cpu, void *unused)
{
	memset(counts_of(cpu), 0, sizeof(struct counts));
	profiling = true;
}

static void print_points(void)
{
	GHashTableIter i;
	gpointer p;

	g_hash_table_iter_init(&i, points);
	while (g_hash_table_iter_next(&i, NULL, &p)) {
		struct point *point = p;

		if (point->count)
			fprintf(out, "  %" PRIx64 " %" PRIu64 "\n",
				point->address, point->count);
		point->count = 0;
	}
}

static void end(unsigned int cpu, void *unused)
{
	const struct counts *c = counts_of(cpu);
	const char *separator = "";
	unsigned int w, k;

	for (w = 0; w <= num_worlds; w++) {
		if (!c->n[w][ALL])
			continue;
		fprintf(out, "%s%s", separator, worlds[w].name);
		for (k = 0; k < KINDS; k++)
			fprintf(out, " %" PRIu64, c->n[w][k]);
		separator = " | ";
	}
	fprintf(out, "\n");
	profiling = false;
	if (points)
		print_points();
	fflush(out);
}

static void pass(unsigned int cpu, void *point)
{
	if (profiling)
		((struct point *)point)->count++;
}

static struct point *point_at(uint64_t address)
{
	struct point *p = g_hash_table_lookup(points, &address);

	if (!p) {
		p = g_new0(struct point, 1);
		p->address = address;
		g_hash_table_insert(points, &p->address, p);
	}
	return p;
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

static void instrument(struct qemu_plugin_insn *insn)
{
	uint64_t address = qemu_plugin_insn_vaddr(insn);
	unsigned int world = world_of(address);
	uint32_t code = 0;
	enum kind k;

	qemu_plugin_insn_data(insn, &code, sizeof(code));
	if (code == HINT(MARK_BEGIN) || code == HINT(MARK_END)) {
		qemu_plugin_register_vcpu_insn_exec_cb(
			insn, code == HINT(MARK_BEGIN) ? begin : end,
			QEMU_PLUGIN_CB_NO_REGS, NULL);
		return;
	}
	add(insn, world, ALL);
	k = kind_of(code);
	if (k != ALL)
		add(insn, world, k);
	if (points)
		qemu_plugin_register_vcpu_insn_exec_cb(
			insn, pass, QEMU_PLUGIN_CB_NO_REGS, point_at(address));
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t i;

	for (i = 0; i < qemu_plugin_tb_n_insns(tb); i++)
		instrument(qemu_plugin_tb_get_insn(tb, i));
}

/* NAME:FIRST-LAST, in hexadecimal */
static bool add_world(const char *value)
{
	struct world *w = &worlds[num_worlds];
	const char *colon = strchr(value, ':');
	char *at;

	if (!colon || num_worlds == MAX_WORLDS)
		return false;
	w->name = g_strndup(value, (gsize)(colon - value));
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
	if (!strcmp(arg, "profile=on")) {
		points = g_hash_table_new(g_int64_hash, g_int64_equal);
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
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
