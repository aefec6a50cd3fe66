/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RMI_REC_ENTER: from the host's RecRun page into a realm and back. Each field
 * of the page is read once, and only if something depends on it.
 * @rule REC_ENTRY.unused
 */
#include "call/rmi.h"

#include "call/rsi.h"
#include "core/rec.h"
#include "core/vgic.h"
#include "hal/memory.h"
#include "hal/stat.h"
#include "lib/string.h"

/* What the host asked for, once copied. */
struct rec_enter {
	uint64_t flags;
	uint64_t gprs[REC_NUM_GPRS];	/* as many as the pending request needs */
	struct vcpu_gic gic;
};

#define RUN_ENTER(field)	offsetof(struct rmi_rec_run, enter.field)
#define RUN_EXIT(field)		offsetof(struct rmi_rec_run, exit.field)

static bool read_run(paddr_t run, size_t offset, void *dst, size_t size)
{
	return hal_ns_read(pa(run.v + offset), dst, size);
}

static bool read_enter(paddr_t run, const struct rec *rec, struct rec_enter *e)
{
	size_t lrs = vgic_num_lrs() * sizeof(e->gic.lr[0]);
	size_t gprs = 0;

	if (rec->pending == REC_PENDING_HOST_CALL)
		gprs = sizeof(e->gprs);
	else if (rec->pending == REC_PENDING_MMIO)
		gprs = sizeof(e->gprs[0]);

	return read_run(run, RUN_ENTER(flags), &e->flags, sizeof(e->flags)) &&
	       read_run(run, RUN_ENTER(gicv3_hcr), &e->gic.hcr, sizeof(e->gic.hcr)) &&
	       read_run(run, RUN_ENTER(gicv3_lrs), e->gic.lr, lrs) &&
	       (gprs == 0 || read_run(run, RUN_ENTER(gprs), e->gprs, gprs));
}

static bool wants_sea(const struct rec_enter *e)
{
	return (e->flags & RMI_ENTER_INJECT_SEA) != 0;
}

/* @rule REC_ENTER.mmio_or_sea: inject_sea wins, then emul_mmio means nothing. */
static bool wants_mmio(const struct rec_enter *e)
{
	return (e->flags & RMI_ENTER_EMUL_MMIO) != 0 && !wants_sea(e);
}

/* All that can refuse a REC that is locked and not running. */
static uint64_t check_enter(const struct rec *rec, const struct rec_enter *e)
{
	const struct realm *r = rec->realm;
	enum realm_state state = realm_state(r);

	/* @rule REC_ENTER.realm_new, REALM.new */
	if (state == REALM_NEW)
		return RMI_RETURN(RMI_ERROR_REALM, RMI_REALM_IS_NEW);
	/* @rule REC_ENTER.system_off, REALM.system_off */
	if (state == REALM_SYSTEM_OFF)
		return RMI_RETURN(RMI_ERROR_REALM, RMI_REALM_IS_SYSTEM_OFF);
	/* @rule REC_ENTER.rec_runnable */
	if (!atomic_load_explicit(&rec->runnable, memory_order_relaxed))
		return RMI_ERROR_REC;
	/* @rule REC_ENTER.rec_psci */
	if (rec->pending == REC_PENDING_PSCI)
		return RMI_ERROR_REC;
	/* @rule REC_ENTER.rec_mmio */
	if (wants_mmio(e) && rec->pending != REC_PENDING_MMIO)
		return RMI_ERROR_REC;
	/* @rule REC_ENTER.rec_gicv3 */
	if (!vgic_is_valid(&e->gic))
		return RMI_ERROR_REC;
	return RMI_SUCCESS;
}

/*
 * Completes what the last exit left open. RSI_EXIT: it cannot run yet, because
 * the buffer of its host call is gone.
 */
static enum rsi_next complete_pending(struct rec *rec, const struct rec_enter *e,
				      struct rec_exit *exit)
{
	enum rec_pending pending = rec->pending;
	enum rsi_next next = RSI_RESUME;

	rec->pending = REC_PENDING_NONE;
	switch (pending) {
	/* @rule REC_ENTRY.{inject_sea,emul_mmio_read,emul_mmio_write}, REC_ENTER.sea_ignored */
	case REC_PENDING_MMIO:
	case REC_PENDING_ABORT:
		if (wants_sea(e))
			rec_complete_sea(rec);
		else if (wants_mmio(e))
			rec_complete_mmio(rec, e->gprs[0]);
		break;
	/* @rule REC_ENTRY.ripas */
	case REC_PENDING_RIPAS:
		rsi_complete_ipa_state_set(rec, (e->flags & RMI_ENTER_RIPAS_REJECT) != 0);
		break;
	/* @rule REC_ENTRY.host_call */
	case REC_PENDING_HOST_CALL:
		next = rsi_complete_host_call(rec, exit, e->gprs);
		if (next == RSI_EXIT)
			rec->pending = REC_PENDING_HOST_CALL;
		break;
	case REC_PENDING_PSCI:
	case REC_PENDING_NONE:
		break;
	}
	return next;
}

static void run(struct rec *rec, struct rec_enter *e, struct rec_exit *exit)
{
	const struct realm *r = rec->realm;
	enum rsi_next next;

	hal_stat_add(HAL_STAT_REC_ENTRIES, 1);
	/* @rule REC_ENTRY.{gic,trap_wfx} */
	hal_vcpu_load(&rec->vcpu, &r->s2, &e->gic,
		      (e->flags & RMI_ENTER_TRAP_WFI) != 0,
		      (e->flags & RMI_ENTER_TRAP_WFE) != 0);
	if (rec_follows_another(rec))
		hal_vcpu_flush_tlb(&rec->vcpu);
	next = complete_pending(rec, e, exit);
	while (next == RSI_RESUME) {
		if (!rec_run(rec, exit))
			break;
		next = smc_from_realm(rec, exit);
	}
	/* @rule REC_ENTRY.host_call_lrs: also where nothing ran */
	hal_vcpu_put(&rec->vcpu, &exit->gic, &exit->timers, &exit->pmu_overflow);
}

static const uint8_t exit_reasons[] = {
	[REC_EXIT_SYNC] = RMI_EXIT_SYNC,
	[REC_EXIT_IRQ] = RMI_EXIT_IRQ,
	[REC_EXIT_PSCI] = RMI_EXIT_PSCI,
	[REC_EXIT_RIPAS_CHANGE] = RMI_EXIT_RIPAS_CHANGE,
	[REC_EXIT_HOST_CALL] = RMI_EXIT_HOST_CALL,
	[REC_EXIT_SERROR] = RMI_EXIT_SERROR,
};

/* The groups of the exit half that core keeps in the same order. */
#define SPAN(s, first, last)	(offsetof(s, last) + 8 - offsetof(s, first))
#define EXIT_SPAN(first, last)	SPAN(struct rmi_rec_exit, first, last)
static_assert(EXIT_SPAN(esr, hpfar) == SPAN(struct rec_exit, esr, hpfar), "B4.4.15");
static_assert(EXIT_SPAN(gicv3_hcr, gicv3_vmcr) == sizeof(struct vcpu_gic), "B4.4.15");
static_assert(EXIT_SPAN(gicv3_misr, gicv3_vmcr) == SPAN(struct vcpu_gic, misr, vmcr),
	      "B4.4.15");
static_assert(EXIT_SPAN(cntp_ctl, cntv_cval) == sizeof(struct vcpu_timers), "B4.4.15");

static bool write_run(paddr_t run, size_t offset, const void *src, size_t size)
{
	return hal_ns_write(pa(run.v + offset), src, size);
}

/* The exit half is zero already. */
static bool write_word(paddr_t run, size_t offset, uint64_t value)
{
	return value == 0 || write_run(run, offset, &value, sizeof(value));
}

/* @rule REC_EXIT.ripas_change */
static bool write_ripas(paddr_t run, const struct rec_ripas *r)
{
	return write_word(run, RUN_EXIT(ripas_base), r->base) &&
	       write_word(run, RUN_EXIT(ripas_top), r->top) &&
	       write_word(run, RUN_EXIT(ripas_value), r->value);
}

/* @rule GIC.exit @rule TIMER.export @rule PMU.overflow */
static bool write_interrupts(paddr_t run, const struct rec_exit *x)
{
	size_t lrs = vgic_num_lrs() * sizeof(x->gic.lr[0]);

	return write_run(run, RUN_EXIT(gicv3_hcr), &x->gic,
			 offsetof(struct vcpu_gic, lr) + lrs) &&
	       write_run(run, RUN_EXIT(gicv3_misr), &x->gic.misr,
			 EXIT_SPAN(gicv3_misr, gicv3_vmcr)) &&
	       write_run(run, RUN_EXIT(cntp_ctl), &x->timers, sizeof(x->timers)) &&
	       write_word(run, RUN_EXIT(pmu_ovf_status), x->pmu_overflow);
}

/*
 * All of it zero, then what this exit has: most of the 2 KiB has nothing, and
 * is never built.
 */
static bool write_exit(paddr_t run, const struct rec *rec, const struct rec_exit *x)
{
	size_t gprs = x->num_gprs * sizeof(x->gprs[0]);

	/* @rule REC_EXIT.always */
	return hal_ns_zero(pa(run.v + offsetof(struct rmi_rec_run, exit)),
			   sizeof(struct rmi_rec_exit)) &&
	       write_word(run, RUN_EXIT(exit_reason), exit_reasons[x->reason]) &&
	       (x->esr == 0 ||
		write_run(run, RUN_EXIT(esr), &x->esr, EXIT_SPAN(esr, hpfar))) &&
	       (gprs == 0 || write_run(run, RUN_EXIT(gprs), x->gprs, gprs)) &&
	       write_interrupts(run, x) &&
	       write_word(run, RUN_EXIT(imm), x->imm) &&
	       (x->reason != REC_EXIT_RIPAS_CHANGE || write_ripas(run, &rec->ripas));
}

/* Locks the REC, takes it if it may run, and unlocks it again. */
static uint64_t take_rec(struct granule_req *g, paddr_t page, struct rec_enter *e,
			 struct rec **rec)
{
	uint64_t status;

	/* @rule REC_ENTER.{rec_align,rec_bound,rec_gran_state} */
	if (!granules_lock(g, 1))
		return RMI_ERROR_INPUT;
	/* @rule REC_ENTER.rec_state */
	if (rec_is_running(g->got))
		status = RMI_ERROR_REC;
	else if (!read_enter(page, rec_of(g->got), e))
		status = RMI_ERROR_INPUT;
	else
		status = check_enter(rec_of(g->got), e);
	if (status == RMI_SUCCESS)
		*rec = rec_start(g->got);
	granules_unlock(g, 1);
	return status;
}

struct smc_ret rmi_rec_enter(const struct smc_args *in)
{
	struct granule_req g = { .pa = pa(in->x[1]), .want = GS_REC };
	paddr_t page = pa(in->x[2]);
	struct rec_enter enter;
	struct rec_exit exit = { .num_gprs = 0 };
	struct rec *rec;
	uint64_t status;

	/* @rule REC_ENTER.{run_align,run_bound,run_pas,order_pointers} */
	if (!granule_is_ns(page))
		return ret(RMI_ERROR_INPUT);
	status = take_rec(&g, page, &enter, &rec);
	if (status != RMI_SUCCESS)
		return ret(status);

	run(rec, &enter, &exit);
	exit.gic.hcr &= VGIC_HCR_EXIT;	/* @rule GIC.hcr_exit */
	/* @rule REC_ENTER.{gpf,success} */
	status = write_exit(page, rec, &exit) ? RMI_SUCCESS : RMI_ERROR_INPUT;
	rec_stop(g.got.g);
	return ret(status);
}
