/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Realm: what the RD granule holds.
 *
 *   NEW -> ACTIVE           realm_activate
 *   ACTIVE -> SYSTEM_OFF    realm_system_off
 *   any -> (gone)           realm_destroy, when no REC and no live root entry is left
 *
 * The lock of the RD granule guards all of struct realm, the realm's whole RTT
 * and its measurements (docs/locking.md). `state` may also be read without it.
 *
 * Two roots. Secure state translates Secure IPAs through VSTTBR_EL2 and
 * Non-secure ones through VTTBR_EL2, and the protected half must be seen only
 * by the first, the unprotected only by the second. The host gives one root for
 * both. With n = index bits of the root:
 *
 *   n <= 9  The host's one root table serves as the unprotected tree; its lower
 *           half stays zero. The protected root entries, 2^(n-1) <= 256 of
 *           them, live in the second half of the RD granule.
 *   n > 9   The host's 2^(n-9) root tables each lie in one half. The hardware
 *           starts one level higher, in two small head tables in the second
 *           half of the RD granule, each with the pointers of its own half.
 *
 * Invariant I4: no entry of the protected half can be reached from VTTBR_EL2
 * and none of the unprotected half from VSTTBR_EL2.
 */
#ifndef TMM_CORE_REALM_H
#define TMM_CORE_REALM_H

#include "core/granule.h"
#include "core/rtte.h"
#include "hal/cpu.h"
#include "hal/hash.h"
#include "hal/stage2.h"
#include <assert.h>
#include <stdalign.h>

#define REALM_MAX_ROOTS		16
#define REALM_RPV_SIZE		64
#define REALM_MEASUREMENTS	5	/* RIM, REM 1..4 */
#define REALM_MAX_RECS_ORDER	10
#define REALM_MAX_RECS		((1U << REALM_MAX_RECS_ORDER) - 1)
#define REALM_MIN_IPA_WIDTH	32

enum realm_state { REALM_NEW, REALM_ACTIVE, REALM_SYSTEM_OFF };

/* What the host asked for, already checked against the machine. */
struct realm_config {
	uint8_t ipa_width;
	int8_t start_level;
	uint8_t num_roots;
	uint16_t vmid;
	enum hash_alg alg;
	bool sve;
	uint8_t sve_vl;
	bool pmu;
	uint8_t pmu_num_ctrs;
	uint8_t num_bps;
	uint8_t num_wps;
	paddr_t root;
	uint8_t rpv[REALM_RPV_SIZE];
};

struct realm {
	_Atomic uint8_t state;
	uint32_t next_rec;	/* index of the next REC; RECs ever created */
	struct realm_config cfg;
	struct hal_stage2 s2;
	struct granule *rd;
	struct granule *root[REALM_MAX_ROOTS];
	uint8_t measurement[REALM_MEASUREMENTS][HASH_MAX_SIZE];
	/* 1 + index of the REC that ran last on each CPU; that CPU's, without the lock */
	uint16_t last_rec[HAL_MAX_CPUS];
};

/* The RD granule. */
struct rd_page {
	struct realm realm;
	alignas(PAGE_SIZE / 2) rtte_t roots[RTT_ENTRIES / 2];
};
static_assert(sizeof(struct rd_page) == PAGE_SIZE, "one granule");

/*
 * Number of root tables that (ipa_width, start_level) ask for, 0 if the pair is
 * not possible on this machine (rmm-abi.md 6.1).
 */
unsigned int realm_num_roots(uint64_t ipa_width, int64_t start_level);

static inline struct realm *realm_of(struct granule_locked rd)
{
	return granule_page(rd.g);
}

static inline enum realm_state realm_state(const struct realm *r)
{
	/* pairs with the release in realm_set_state */
	return (enum realm_state)atomic_load_explicit(&r->state,
						      memory_order_acquire);
}

/* @rule RTT.protected */
static inline bool realm_is_protected(const struct realm *r, ipa_t a)
{
	return a.v < BIT(r->cfg.ipa_width - 1);
}

static inline bool realm_has_ipa(const struct realm *r, ipa_t a)
{
	return a.v < BIT(r->cfg.ipa_width);
}

/* [base, top) is not empty and all protected. */
bool realm_has_protected_range(const struct realm *r, uint64_t base, uint64_t top);

/*
 * rd and the cfg->num_roots granules from cfg->root are locked and DELEGATED,
 * the VMID is taken. Measurements start as zero (@rule MEASUREMENT.rem_initial);
 * the caller sets the RIM.
 */
void realm_create(struct granule_locked rd, const struct granule_req *roots,
		  const struct realm_config *cfg);
/* False if the realm is live. */
MUST_USE bool realm_destroy(struct granule_locked rd);
/* False if it is not NEW. */
MUST_USE bool realm_activate(struct realm *r);
/* Called by a REC of the realm, so it is ACTIVE or already SYSTEM_OFF. */
void realm_system_off(struct realm *r);

#endif
