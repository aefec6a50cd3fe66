/* SPDX-License-Identifier: BSD-3-Clause */
/* From a trap of a running realm to an exit to the host, or back into the realm. */
#include "core/rec.h"

#include "core/esr.h"
#include "core/rtt.h"

#define XZR		31U

enum verdict { RESUME, EXIT_TO_HOST };

/* Guest memory for a stage 1 walk, while the RD is locked. */
struct realm_mem {
	struct vcpu_guest_mem mem;
	const struct realm *realm;
};

static const struct realm *realm_of_mem(const struct vcpu_guest_mem *m)
{
	return ((const struct realm_mem *)(const void *)m)->realm;
}

static void *guest_page(const struct vcpu_guest_mem *m, ipa_t page)
{
	const struct realm *r = realm_of_mem(m);
	struct rtt_page p;

	if (!realm_has_ipa(r, page) || !realm_is_protected(r, page))
		return NULL;
	rtt_look_up(r, page, &p);
	return p.va;
}

static bool guest_is_shared(const struct vcpu_guest_mem *m, ipa_t page)
{
	const struct realm *r = realm_of_mem(m);
	struct rtt_page p;

	if (!realm_has_ipa(r, page) || realm_is_protected(r, page))
		return false;
	rtt_look_up(r, page, &p);
	return p.is_assigned;
}

static enum verdict heal_or_inject(struct rec *rec, const struct realm *r,
				   const struct vcpu_exit *x)
{
	struct realm_mem m = {
		.mem = { guest_page, guest_is_shared, r->cfg.ipa_width },
		.realm = r,
	};

	if (hal_vcpu_heal(&rec->vcpu, x, &m.mem) == HEAL_REFUSED)
		hal_vcpu_inject_sea(&rec->vcpu, x);
	return RESUME;
}

/* @rule REC_EXIT.hpfar */
static uint64_t hpfar(ipa_t page)
{
	return (page.v >> PAGE_SHIFT) << 4;
}

/*
 * The level is that of the RTT walk: the trees that the hardware walks may
 * start elsewhere (realm.h), and an access through the wrong half faults there.
 */
static uint64_t abort_syndrome(const struct vcpu_exit *x, uint64_t mask, int level)
{
	uint64_t kind = esr_fault_kind(x->esr);

	if (kind != FSC_TRANSLATION && kind != FSC_PERMISSION)
		return x->esr & mask;
	return (x->esr & mask & ~ESR_FSC) | kind | (uint64_t)level;
}

static enum verdict exit_abort(struct rec_exit *exit, const struct vcpu_exit *x,
			       int level)
{
	/* @rule REC_EXIT.{inst_abort,data_abort}, REC_PC.abort */
	exit->reason = REC_EXIT_SYNC;
	exit->esr = abort_syndrome(x, ESR_EXPOSED_ABORT, level);
	exit->hpfar = hpfar(x->ipa);
	return EXIT_TO_HOST;
}

static uint64_t stored_value(const struct rec *rec, const struct vcpu_exit *x)
{
	unsigned int rt = esr_srt(x->esr);
	unsigned int bits = 8 * esr_access_size(x->esr);

	return rt == XZR ? 0 : rec->vcpu.regs.x[rt] & BITS(bits - 1, 0);
}

static enum verdict exit_emulatable(struct rec *rec, struct rec_exit *exit,
				    const struct vcpu_exit *x, int level)
{
	/* @rule REC_EXIT.{emulatable_read,emulatable_write} */
	exit->reason = REC_EXIT_SYNC;
	exit->esr = abort_syndrome(x, ESR_EXPOSED_EMULATABLE, level);
	exit->far = x->far & (PAGE_SIZE - 1);
	exit->hpfar = hpfar(x->ipa);
	if ((x->esr & ESR_WNR) != 0) {
		exit->gprs[0] = stored_value(rec, x);
		exit->num_gprs = 1;
	}
	rec->pending = REC_PENDING_MMIO;
	rec->last_exit = *x;
	return EXIT_TO_HOST;
}

static enum verdict abort_at_protected(struct rec *rec, struct rec_exit *exit,
				       const struct vcpu_exit *x,
				       const struct realm *r)
{
	struct rtt_page p;

	rtt_look_up(r, x->ipa, &p);
	/* @rule REC_ABORT.empty */
	if (p.ripas == RIPAS_EMPTY) {
		hal_vcpu_inject_sea(&rec->vcpu, x);
		return RESUME;
	}
	/*
	 * @rule REC_ABORT.spurious: a fault from before it was present, or the NS bit
	 * of the mapping is wrong
	 */
	if (p.va != NULL)
		return heal_or_inject(rec, r, x);
	/* @rule REC_ABORT.protected */
	return exit_abort(exit, x, p.level);
}

static enum verdict abort_at_unprotected(struct rec *rec, struct rec_exit *exit,
					 const struct vcpu_exit *x,
					 const struct realm *r)
{
	struct rtt_page p;

	/* @rule REC_ABORT.fetch */
	if (esr_ec(x->esr) == ESR_EC_INST_ABORT) {
		hal_vcpu_inject_sea(&rec->vcpu, x);
		return RESUME;
	}
	rtt_look_up(r, x->ipa, &p);
	/* @rule REC_ABORT.permission */
	if (p.is_assigned && esr_fault_kind(x->esr) == FSC_TRANSLATION)
		return heal_or_inject(rec, r, x);
	/* @rule REC_ABORT.{emulatable,unprotected} */
	if ((x->esr & ESR_ISV) != 0)
		return exit_emulatable(rec, exit, x, p.level);
	rec->pending = REC_PENDING_ABORT;
	rec->last_exit = *x;
	return exit_abort(exit, x, p.level);
}

/*
 * An access that the bus refused, by the realm or by a walk of its tables. Most
 * often the host mapped something that is not memory; the realm has to learn
 * that its access did not happen. @rule REC_ABORT.external
 */
static enum verdict abort_external(struct rec *rec, struct rec_exit *exit,
				   const struct vcpu_exit *x)
{
	exit->reason = REC_EXIT_SYNC;
	exit->esr = x->esr & ESR_EXPOSED_ABORT;
	if (field(x->esr, 12, 11) != ESR_SET_UEO)
		hal_vcpu_inject_sea(&rec->vcpu, x);
	return EXIT_TO_HOST;
}

/* Nothing is lost, and the realm may go on as if it had not been. */
static bool serror_is_harmless(uint64_t esr)
{
	uint64_t aet = field(esr, 12, 10);

	return (esr & ESR_IDS) == 0 && (esr & ESR_FSC) == DFSC_SERROR &&
	       (aet == ESR_AET_UEO || aet == ESR_AET_CE);
}

static enum verdict exit_serror(struct rec *rec, struct rec_exit *exit,
				const struct vcpu_exit *x)
{
	/* @rule REC_EXIT.serror */
	exit->reason = REC_EXIT_SERROR;
	exit->esr = x->esr & ESR_EXPOSED_SERROR;
	if (!serror_is_harmless(x->esr))
		hal_vcpu_inject_serror(&rec->vcpu, x);
	return EXIT_TO_HOST;
}

/* rmm-abi.md 8.5, top to bottom. */
static enum verdict handle_abort(struct rec *rec, struct rec_exit *exit,
				 const struct vcpu_exit *x)
{
	struct granule_locked rd;
	const struct realm *r;
	enum verdict v;

	if (esr_is_external(x->esr))
		return abort_external(rec, exit, x);

	rd = granule_lock_rd(rec->rd);
	r = realm_of(rd);
	/* @rule REC_ABORT.{ipa_space,address_size} */
	if (!realm_has_ipa(r, x->ipa)) {
		hal_vcpu_inject_address_size(&rec->vcpu, x);
		v = RESUME;
	} else if (realm_is_protected(r, x->ipa)) {
		v = abort_at_protected(rec, exit, x, r);
	} else {
		v = abort_at_unprotected(rec, exit, x, r);
	}
	granule_unlock(rd);
	return v;
}

static enum verdict exit_trapped(struct rec *rec, struct rec_exit *exit,
				 uint64_t esr, uint64_t value)
{
	exit->reason = REC_EXIT_SYNC;
	exit->esr = esr;
	exit->gprs[0] = value;
	exit->num_gprs = 1;
	/* @rule REC_PC.trapped */
	vcpu_skip(&rec->vcpu);
	return EXIT_TO_HOST;
}

static enum verdict handle(struct rec *rec, struct rec_exit *exit,
			   const struct vcpu_exit *x)
{
	switch (x->kind) {
	case VCPU_EXIT_ABORT:
		return handle_abort(rec, exit, x);
	/* @rule REC_EXIT.wfx */
	case VCPU_EXIT_WFX:
		return exit_trapped(rec, exit, x->esr & ESR_EXPOSED_WFX, x->value);
	/* @rule REC_EXIT.icc_write */
	case VCPU_EXIT_ICC_WRITE:
		return exit_trapped(rec, exit, x->esr, x->value);
	case VCPU_EXIT_SERROR:
		return exit_serror(rec, exit, x);
	/* @rule REC_EXIT.irq */
	case VCPU_EXIT_IRQ:
		exit->reason = REC_EXIT_IRQ;
		return EXIT_TO_HOST;
	case VCPU_EXIT_SMC:
		break;
	}
	CHECK(false);
	return EXIT_TO_HOST;
}

bool rec_run(struct rec *rec, struct rec_exit *exit)
{
	struct vcpu_exit x;

	do {
		hal_vcpu_run(&rec->vcpu, &x);
		if (x.kind == VCPU_EXIT_SMC)
			return true;
	} while (handle(rec, exit, &x) == RESUME);
	return false;
}

/* @rule RSI_BUFFER.exit */
void rec_exit_for_buffer(struct rec_exit *exit, ipa_t page, int level)
{
	exit->reason = REC_EXIT_SYNC;
	exit->esr = ESR_EC_DATA_ABORT << ESR_EC_SHIFT | FSC_TRANSLATION | (uint64_t)level;
	exit->hpfar = hpfar(page);
}

static uint64_t sign_extended(uint64_t value, unsigned int bits)
{
	uint64_t sign = BIT(bits - 1);

	return (value ^ sign) - sign;
}

/* A load of the realm that the host carried out. */
static uint64_t loaded_value(uint64_t esr, uint64_t value)
{
	unsigned int bits = 8 * esr_access_size(esr);

	value &= BITS(bits - 1, 0);
	if ((esr & ESR_SSE) != 0)
		value = sign_extended(value, bits);
	return (esr & ESR_SF) != 0 ? value : value & BITS(31, 0);
}

void rec_complete_mmio(struct rec *rec, uint64_t value)
{
	uint64_t esr = rec->last_exit.esr;

	if ((esr & ESR_WNR) == 0 && esr_srt(esr) != XZR)
		rec->vcpu.regs.x[esr_srt(esr)] = loaded_value(esr, value);
	vcpu_skip(&rec->vcpu);
}

void rec_complete_sea(struct rec *rec)
{
	hal_vcpu_inject_sea(&rec->vcpu, &rec->last_exit);
}
