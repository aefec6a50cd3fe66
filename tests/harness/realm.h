/* SPDX-License-Identifier: BSD-3-Clause */
/* What an honest host does: build realms and RECs, run them, answer them. */
#ifndef TESTS_HARNESS_REALM_H
#define TESTS_HARNESS_REALM_H

#include "world.h"

#define MAX_REC	4

/* One realm and the pages the host gave to it. */
struct realm_under_test {
	uint64_t rd;
	uint64_t root;
	unsigned int num_roots;
	uint64_t params;		/* NS page, as used for REALM_CREATE */
	unsigned int width;		/* of its IPA space */
	int start;			/* level */
	unsigned int num_rec;
	uint64_t rec[MAX_REC];
	uint64_t aux[MAX_REC][RMI_REC_MAX_AUX];
};

/* Shape of the IPA space; unit tests run with several. */
struct geometry {
	unsigned int width;
	int start;
	unsigned int roots;
};

/* Parameters that REALM_CREATE accepts, in a new NS page. */
struct rmi_realm_params *realm_params(uint64_t *page, const struct geometry *g,
				      uint64_t root, uint16_t vmid);
/* A NEW realm. */
void realm_make(struct realm_under_test *r, const struct geometry *g, uint16_t vmid);

/* Half of the IPA space that the host may map its own pages into. */
uint64_t realm_unprotected(const struct realm_under_test *r);
/* Tables so that a walk for ipa reaches `level`. */
void realm_tables(const struct realm_under_test *r, uint64_t ipa, int level);
/* A page of data (unmeasured) or of unknown content; returns its PA. */
uint64_t realm_data(const struct realm_under_test *r, uint64_t ipa);
uint64_t realm_unknown(const struct realm_under_test *r, uint64_t ipa);
/* RIPAS RAM over [base, top), one call per table. */
void realm_ram(const struct realm_under_test *r, uint64_t base, uint64_t top);
/* Maps a fresh NS page, read-write write-back; returns its PA. */
uint64_t realm_share(const struct realm_under_test *r, uint64_t ipa);

#define DESC_WB_RW	((UINT64_C(6) << 2) | (UINT64_C(3) << 6))

/* The next REC of the realm. */
struct rmi_rec_params *rec_params(uint64_t *page, uint64_t mpidr, bool runnable);
void rec_make(struct realm_under_test *r, bool runnable);
void realm_start(const struct realm_under_test *r);
/* Undoes rec_make, realm_make and their pages; other granules must be gone. */
void realm_unmake(struct realm_under_test *r);

/* State of an entry as the host reads it. */
struct entry {
	uint64_t level, state, desc, ripas;
};
struct entry entry_of(const struct realm_under_test *r, uint64_t ipa, int level);

/* Running */

/* The run page of this CPU (tests that need two take their own). */
struct rmi_rec_run *run_page(uint64_t *page);
/* REC_ENTER with the run page; the status. */
uint64_t rec_enter(uint64_t rec);
struct rmi_rec_exit *rec_exit_of(void);
struct rmi_rec_enter *rec_enter_of(void);

/* Realm behaviour: one line per exit it makes. */
void step_smc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4);
void step_smc_args(const uint64_t x[static 31], unsigned int n);
void step_abort(uint64_t esr, uint64_t far, uint64_t ipa);
void step_exit(enum vcpu_exit_kind kind, uint64_t esr, uint64_t value);
void step_code(void (*code)(struct vcpu *v, void *arg), void *arg);

/*
 * The realm makes one SMC that the monitor answers by itself, then is
 * interrupted. Returns its registers as it saw them after the SMC.
 */
struct vcpu_regs realm_smc(uint64_t rec, uint64_t fid, uint64_t x1, uint64_t x2,
			   uint64_t x3);
/* Registers of the realm at the start of its last run. */
struct vcpu_regs realm_regs(void);

#endif
