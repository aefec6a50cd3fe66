/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The specification in miniature: what each call answers and what it changes,
 * written from rmm-abi.md with tables that a person can check, and nothing of
 * the monitor's code. Where two conditions fail and the specification does not
 * say which error wins, all of them are acceptable.
 */
#ifndef TESTS_MODEL_MODEL_H
#define TESTS_MODEL_MODEL_H

#include "harness/world.h"

#define MODEL_PAGES	96
#define MODEL_REALMS	32
#define MODEL_RECS	24
#define MODEL_TABLES	80
#define MODEL_AUX	5	/* pages of each REC */

enum m_state {
	M_UNDELEGATED, M_DELEGATED, M_RD, M_REC, M_REC_AUX, M_DATA, M_RTT,
	M_NOWHERE	/* not delegable, or not aligned */
};

enum m_hipas { M_UNASSIGNED, M_ASSIGNED, M_TABLE };

struct m_entry {
	enum m_hipas hipas;
	uint64_t ripas;		/* protected and no TABLE */
	uint64_t desc;		/* PA, with the host's attributes if unprotected */
	struct m_table *child;
};

struct m_table {
	uint64_t pa;		/* 0: not in use */
	int level;
	uint64_t base;		/* first IPA it covers */
	struct m_entry entry[512];
};

struct m_rec {
	uint64_t pa;		/* 0: not in use */
	struct m_realm *realm;
	uint64_t aux[MODEL_AUX];
	uint64_t index;
	bool runnable;
	uint64_t psci;		/* function that waits for PSCI_COMPLETE, or 0 */
	uint64_t target;
	bool mmio;		/* last exit was an emulatable abort */
	uint64_t ripas_base, ripas_top, ripas_value;
	bool ripas_destroyed;
};

enum m_realm_state { M_NEW, M_ACTIVE, M_OFF };

struct m_realm {
	uint64_t rd;		/* 0: not in use */
	enum m_realm_state state;
	unsigned int width;
	int start;
	uint64_t root;
	unsigned int num_roots;
	uint16_t vmid;
	uint64_t next_rec, num_recs;
	struct m_table *roots[16];
};

struct m_page {
	uint64_t pa;
	bool is_dram;
	enum m_state state;
};

struct model {
	struct m_page page[MODEL_PAGES];
	unsigned int num_pages;
	struct m_realm realm[MODEL_REALMS];
	struct m_rec rec[MODEL_RECS];
	struct m_table table[MODEL_TABLES];
};

/* What a realm does in one REC_ENTER, before it is interrupted. */
enum m_act { ACT_NOTHING, ACT_SMC, ACT_ABORT };

struct m_script {
	enum m_act act;
	uint64_t x[5];		/* SMC */
	uint64_t ipa;		/* ABORT: data, level 3 translation fault, ISV, write of X5 */
};

/* Answer of one call: acceptable statuses, and the outputs that go with them. */
struct m_answer {
	uint64_t status[8];
	unsigned int num_status;
	uint64_t x[5];		/* x[1..4] when status is SUCCESS */
	uint64_t top;		/* ERROR_RTT of the calls that say so: register, value */
	unsigned int top_reg;
	/* REC_ENTER that ran */
	bool ran;
	uint64_t reason, esr, hpfar, gpr0, gpr1, ripas_base, ripas_top, ripas_value;
	bool has_regs;		/* the SMC was answered: X0 .. X2 after it */
	uint64_t regs[3];
};

void model_init(struct model *m);
void model_add_page(struct model *m, uint64_t pa, bool is_dram);

/* Answers and changes m. For REC_ENTER, s is what the realm does and flags the host's. */
void model_call(struct model *m, const struct call *c, const struct m_script *s,
		uint64_t flags, struct m_answer *a);

enum m_state model_state(const struct model *m, uint64_t pa);
struct m_realm *model_realm(struct model *m, uint64_t rd);
/* RmiRecMpidr of the REC with that index; there are fewer than 4096. */
uint64_t model_mpidr(uint64_t index);
/* The entry where a walk stops, and its level. */
struct m_entry *model_walk(struct m_realm *r, uint64_t ipa, int to, int *level);

#endif
