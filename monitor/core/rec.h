/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * REC: one vCPU of a realm.
 *
 *   (none) -> READY        rec_create
 *   READY -> RUNNING       rec_start          RUNNING -> READY    rec_stop
 *   READY -> (none)        rec_destroy
 *
 * RUNNING is refs == 1 of the REC granule. struct rec is guarded by the lock of
 * that granule while the REC is READY; while it is RUNNING it belongs to the
 * CPU that runs it, without the lock. `runnable` alone is also read by others.
 *
 * What the last exit left to be completed is `pending`; each entry completes
 * it or, where the host has not done its part, is refused (rmm-abi.md 8.2).
 */
#ifndef TMM_CORE_REC_H
#define TMM_CORE_REC_H

#include "core/realm.h"
#include "hal/vcpu.h"

#define REC_NUM_GPRS	31
/* Pages that the host gives to a REC: the vcpu's, and two for its token. */
#define REC_NUM_AUX	(VCPU_NUM_AUX + 2)

enum rec_pending {
	REC_PENDING_NONE,
	REC_PENDING_MMIO,	/* emulatable data abort: the host may complete it */
	REC_PENDING_ABORT,	/* other data abort at an unprotected IPA */
	REC_PENDING_PSCI,	/* RMI_PSCI_COMPLETE must come first */
	REC_PENDING_RIPAS,	/* answer to RSI_IPA_STATE_SET */
	REC_PENDING_HOST_CALL,	/* results of RSI_HOST_CALL */
};

/* RSI_IPA_STATE_SET as far as the host has carried it out. */
struct rec_ripas {
	uint64_t base;		/* first byte not yet changed */
	uint64_t top;
	enum ripas value;
	bool change_destroyed;
};

enum rec_token_state {
	REC_TOKEN_NONE,
	REC_TOKEN_SIGNING,
	REC_TOKEN_READY,
};

/* An attestation token in the making; core/token.h. */
struct rec_token {
	enum rec_token_state state;
	uint16_t size;		/* bytes of the token */
	uint16_t given;		/* bytes the realm has */
};

struct rec {
	struct vcpu vcpu;
	struct granule *rd;
	struct realm *realm;	/* in rd: what needs its lock and what not, see realm.h */
	struct granule *aux[REC_NUM_AUX];
	uint64_t index;
	uint64_t mpidr;		/* architectural layout, without bit 31 */
	_Atomic bool runnable;
	enum rec_pending pending;
	uint32_t psci_fid;	/* PSCI: what was asked, without hint bits */
	struct rec_ripas ripas;
	struct rec_token token;
	struct vcpu_exit last_exit;	/* MMIO and ABORT: what to complete */
};
static_assert(sizeof(struct rec) <= PAGE_SIZE, "one granule");

struct rec_config {
	uint64_t mpidr;
	uint64_t index;
	uint64_t pc;
	uint64_t gprs[8];
	bool runnable;
};

static inline struct rec *rec_of(struct granule_locked g)
{
	return granule_page(g.g);
}

static inline bool rec_is_running(struct granule_locked rec)
{
	return granule_refs(rec.g) != 0;
}

/* Aff0..Aff3 of an architectural MPIDR as the index the specification gives it. */
uint64_t rec_index_of_mpidr(uint64_t mpidr);

/* All locked; rec and aux DELEGATED; the realm NEW with room for one more. */
void rec_create(struct granule_locked rd, struct granule_locked rec,
		const struct granule_req aux[REC_NUM_AUX],
		const struct rec_config *cfg);
/* rec is locked and READY. */
void rec_destroy(struct granule_locked rec);

/* rec is locked and READY. From here to rec_stop the caller runs it. */
struct rec *rec_start(struct granule_locked rec);
void rec_stop(struct granule *rec);
/*
 * True if the last REC of the realm that ran on this CPU is another one. Once per
 * run of a REC, which is RUNNING here.
 */
bool rec_follows_another(struct rec *rec);

/* What became of a run. gprs and fields that a reason does not mention are zero. */
enum rec_exit_reason {
	REC_EXIT_SYNC,
	REC_EXIT_IRQ,
	REC_EXIT_PSCI,
	REC_EXIT_RIPAS_CHANGE,
	REC_EXIT_HOST_CALL,
	REC_EXIT_SERROR,
};

struct rec_exit {
	enum rec_exit_reason reason;
	uint64_t esr;
	uint64_t far;
	uint64_t hpfar;
	unsigned int num_gprs;		/* valid ones, from gprs[0] */
	uint64_t gprs[REC_NUM_GPRS];
	uint16_t imm;
	struct vcpu_gic gic;
	struct vcpu_timers timers;
	bool pmu_overflow;
};

/*
 * Runs a loaded REC. True: it made an SMC that the caller has to answer; false:
 * *exit says why it must go back to the host. Faults that are the monitor's to
 * mend, or the realm's own fault, do not come out of here.
 */
MUST_USE bool rec_run(struct rec *rec, struct rec_exit *exit);

/* Completion of what is pending, before the next run. */
void rec_complete_mmio(struct rec *rec, uint64_t value);
void rec_complete_sea(struct rec *rec);

/*
 * Makes the exit that a stage 2 fault at a page of an RSI buffer would make;
 * the SMC runs again on the next entry (rmm-abi.md 8.6).
 */
void rec_exit_for_buffer(struct rec_exit *exit, ipa_t page, int level);

#endif
