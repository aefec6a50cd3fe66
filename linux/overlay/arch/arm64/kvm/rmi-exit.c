// SPDX-License-Identifier: GPL-2.0-only
/*
 * Realms: entering a REC, and why it came back.
 *
 * What the realm shows of an exit is put where KVM looks for it with any other
 * VM: the syndrome in vcpu->arch.fault, a register in X0, as the RMM does not
 * tell which it really was. So most of the emulation does not know about RECs.
 */

#include <linux/context_tracking.h>
#include <linux/kvm_host.h>
#include <linux/psci.h>

#include <asm/daifflags.h>
#include <asm/esr.h>
#include <asm/kvm_asm.h>
#include <asm/kvm_emulate.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_rmi.h>
#include <asm/rmi_cmds.h>

#include <kvm/arm_hypercalls.h>
#include <kvm/arm_psci.h>

#include "sys_regs.h"

/* ------------------------------------------------------------------- enter */

/* The RMM refuses what the hardware has no bits for; LPIs can have 6 of priority. */
static u64 lr_without_res0(struct kvm_vcpu *vcpu, u64 lr)
{
	u64 unused = GENMASK_ULL(7, 0) >> vcpu->arch.vgic_cpu.num_pri_bits;

	return lr & ~(unused << ICH_LR_PRIORITY_SHIFT);
}

static void load_state(struct kvm_vcpu *vcpu)
{
	struct vgic_v3_cpu_if *cpu_if = &vcpu->arch.vgic_cpu.vgic_v3;
	struct rmi_rec_enter *enter = &vcpu->arch.rec.run->enter;
	int i;

	enter->flags &= ~(RMI_ENTER_TRAP_WFI | RMI_ENTER_TRAP_WFE);
	if (vcpu->arch.hcr_el2 & HCR_TWI)
		enter->flags |= RMI_ENTER_TRAP_WFI;
	if (vcpu->arch.hcr_el2 & HCR_TWE)
		enter->flags |= RMI_ENTER_TRAP_WFE;

	enter->gicv3_hcr = cpu_if->vgic_hcr & RMI_ENTER_ICH_HCR;
	/* The others are zero for ever: vgic_nr_lr() is no more than these. */
	for (i = 0; i < kvm_vgic_global_state.nr_lr; i++)
		enter->gicv3_lrs[i] = i < cpu_if->used_lrs ?
				      lr_without_res0(vcpu, cpu_if->vgic_lr[i]) : 0;
}

static void save_state(struct kvm_vcpu *vcpu)
{
	struct vgic_v3_cpu_if *cpu_if = &vcpu->arch.vgic_cpu.vgic_v3;
	struct rmi_rec_run *run = vcpu->arch.rec.run;
	struct rmi_rec_exit *exit = &run->exit;
	unsigned int i;

	run->enter.flags = 0;

	cpu_if->vgic_vmcr = exit->gicv3_vmcr;
	for (i = 0; i < cpu_if->used_lrs; i++)
		cpu_if->vgic_lr[i] = exit->gicv3_lrs[i];

	__vcpu_sys_reg(vcpu, CNTV_CTL_EL0) = exit->cntv_ctl;
	__vcpu_sys_reg(vcpu, CNTV_CVAL_EL0) = exit->cntv_cval;
	__vcpu_sys_reg(vcpu, CNTP_CTL_EL0) = exit->cntp_ctl;
	__vcpu_sys_reg(vcpu, CNTP_CVAL_EL0) = exit->cntp_cval;

	vcpu->arch.fault.esr_el2 = exit->esr;
	vcpu->arch.fault.far_el2 = exit->far;
	vcpu->arch.fault.hpfar_el2 = exit->hpfar;
}

/* As __kvm_vcpu_run(): what masks interrupts must not keep them from us. */
static noinstr unsigned long enter_exit(struct kvm_rec *rec)
{
	unsigned long ret;

	guest_state_enter_irqoff();
	local_daif_mask();
	pmr_sync();
	ret = rmi_rec_enter(rec->pa, rec->run_pa);
	local_daif_restore(DAIF_PROCCTX_NOIRQ);
	guest_state_exit_irqoff();

	return ret;
}

/**
 * kvm_rec_enter - run a REC until it exits
 * @vcpu: the vCPU
 *
 * Context: interrupts disabled
 * Return: an exception code for kvm_arch_vcpu_ioctl_run(). What happened is for
 *	   kvm_rec_handle_exit() to find out.
 */
int kvm_rec_enter(struct kvm_vcpu *vcpu)
{
	struct kvm_rec *rec = &vcpu->arch.rec;

	load_state(vcpu);
	rec->status = enter_exit(rec);
	if (rec->status) {
		/* Perhaps this was what it was refused for */
		rec->run->enter.flags &= ~RMI_ENTER_EMUL_MMIO;
		return ARM_EXCEPTION_TRAP;
	}

	save_state(vcpu);
	return rec->run->exit.exit_reason == RMI_EXIT_IRQ ?
	       ARM_EXCEPTION_IRQ : ARM_EXCEPTION_TRAP;
}

/**
 * kvm_rec_pre_enter - finish what the last exit began
 * @vcpu: the vCPU
 *
 * Return: 1, or a negative error, after which KVM_RUN can be tried again.
 */
int kvm_rec_pre_enter(struct kvm_vcpu *vcpu)
{
	struct kvm_rec *rec = &vcpu->arch.rec;
	int ret;

	if (rec->ripas_change) {
		ret = kvm_realm_set_ripas(vcpu);
		if (ret)
			return ret;
	}
	if (rec->host_call) {
		memcpy(rec->run->enter.gprs, vcpu_gp_regs(vcpu)->regs,
		       sizeof(rec->run->enter.gprs));
		rec->host_call = false;
	}
	return 1;
}

/* Only at what is shared, and before the REC is entered again */
bool kvm_rec_can_take_sea(struct kvm_vcpu *vcpu)
{
	struct rmi_rec_exit *exit;

	/* pairs with rec_create() */
	if (!smp_load_acquire(&vcpu->arch.rec.created))
		return false;

	exit = &vcpu->arch.rec.run->exit;
	return exit->exit_reason == RMI_EXIT_SYNC &&
	       ESR_ELx_EC(exit->esr) == ESR_ELx_EC_DABT_LOW &&
	       exit->hpfar << 8 & kvm_realm_shared_bit(vcpu->kvm);
}

void kvm_rec_inject_sea(struct kvm_vcpu *vcpu)
{
	/* pairs with rec_create() */
	if (smp_load_acquire(&vcpu->arch.rec.created))
		vcpu->arch.rec.run->enter.flags |= RMI_ENTER_INJECT_SEA;
}

void kvm_rec_mmio_done(struct kvm_vcpu *vcpu)
{
	struct rmi_rec_enter *enter = &vcpu->arch.rec.run->enter;

	enter->gprs[0] = vcpu_get_reg(vcpu, 0);
	enter->flags |= RMI_ENTER_EMUL_MMIO;
}

/* -------------------------------------------------------------------- exit */

static void copy_gprs(struct kvm_vcpu *vcpu)
{
	memcpy(vcpu_gp_regs(vcpu)->regs, vcpu->arch.rec.run->exit.gprs,
	       sizeof(vcpu->arch.rec.run->exit.gprs));
}

/* There is no way on, and user space is told what there is to know. */
int kvm_rec_internal_error(struct kvm_vcpu *vcpu)
{
	struct rmi_rec_exit *exit = &vcpu->arch.rec.run->exit;
	struct kvm_run *run = vcpu->run;

	run->exit_reason = KVM_EXIT_INTERNAL_ERROR;
	run->internal.suberror = KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON;
	run->internal.ndata = 3;
	run->internal.data[0] = vcpu->arch.rec.status;
	run->internal.data[1] = exit->exit_reason;
	run->internal.data[2] = exit->esr;
	return 0;
}

/* KVM may poll instead of being put aside, while a timer fires. */
static void wait_for_interrupt(struct kvm_vcpu *vcpu)
{
	kvm_vcpu_wfi(vcpu);
	kvm_timer_sync_rec(vcpu);
}

static int handle_wfx(struct kvm_vcpu *vcpu, u64 esr)
{
	if (esr & ESR_ELx_WFx_ISS_WFE) {
		vcpu->stat.wfe_exit_stat++;
		kvm_vcpu_on_spin(vcpu, true);
		return 1;
	}

	vcpu->stat.wfi_exit_stat++;
	/* X0 has the deadline, and the syndrome says so */
	if (esr & ESR_ELx_WFx_ISS_WFxT)
		vcpu_set_flag(vcpu, IN_WFIT);
	wait_for_interrupt(vcpu);
	return 1;
}

/* Only what sends SGIs is trapped for us. The RMM has advanced the PC. */
static int handle_sysreg(struct kvm_vcpu *vcpu, u64 esr)
{
	int ret;

	switch (esr_sys64_to_sysreg(esr)) {
	case SYS_ICC_SGI0R_EL1:
	case SYS_ICC_SGI1R_EL1:
	case SYS_ICC_ASGI1R_EL1:
		break;
	default:
		return kvm_rec_internal_error(vcpu);
	}

	vcpu_set_reg(vcpu, kvm_vcpu_sys_get_rt(vcpu),
		     vcpu->arch.rec.run->exit.gprs[0]);
	ret = kvm_handle_sys_reg(vcpu);
	vcpu_clear_flag(vcpu, INCREMENT_PC);
	return ret;
}

static int handle_sync(struct kvm_vcpu *vcpu)
{
	u64 esr = kvm_vcpu_get_esr(vcpu);

	vcpu_set_reg(vcpu, 0, vcpu->arch.rec.run->exit.gprs[0]);

	switch (ESR_ELx_EC(esr)) {
	case ESR_ELx_EC_WFx:
		return handle_wfx(vcpu, esr);
	case ESR_ELx_EC_SYS64:
		return handle_sysreg(vcpu, esr);
	case ESR_ELx_EC_DABT_LOW:
	case ESR_ELx_EC_IABT_LOW:
		return kvm_handle_guest_abort(vcpu);
	default:
		return kvm_rec_internal_error(vcpu);
	}
}

static void stop(struct kvm_vcpu *vcpu)
{
	WRITE_ONCE(vcpu->arch.mp_state.mp_state, KVM_MP_STATE_STOPPED);
	kvm_make_request(KVM_REQ_SLEEP, vcpu);
}

/*
 * The RMM knows that a REC is off before we do. So another one can see it off,
 * and turn it on again, before its thread gets here. Then the RMM has started
 * it anew, and it must not sleep. Or the call was for a REC that had been on all
 * along, and only now goes off. Trying to enter it tells.
 */
static int handle_cpu_off(struct kvm_vcpu *vcpu)
{
	struct kvm_rec *rec = &vcpu->arch.rec;

	guard(spinlock)(&vcpu->arch.mp_state_lock);

	rec->retry_on = rec->maybe_on;
	rec->maybe_on = false;
	if (!rec->retry_on)
		stop(vcpu);
	return 1;
}

static int handle_not_runnable(struct kvm_vcpu *vcpu)
{
	if (!vcpu->arch.rec.retry_on)
		return kvm_rec_internal_error(vcpu);
	return handle_cpu_off(vcpu);
}

static int handle_cpu_on(struct kvm_vcpu *vcpu, struct kvm_vcpu *target)
{
	guard(spinlock)(&target->arch.mp_state_lock);

	if (rmi_psci_complete(vcpu->arch.rec.pa, target->arch.rec.pa,
			      PSCI_RET_SUCCESS))
		return kvm_rec_internal_error(vcpu);

	if (kvm_arm_vcpu_stopped(target)) {
		WRITE_ONCE(target->arch.mp_state.mp_state,
			   KVM_MP_STATE_RUNNABLE);
		kvm_vcpu_wake_up(target);
	} else {
		target->arch.rec.maybe_on = true;
	}
	return 1;
}

static int handle_affinity_info(struct kvm_vcpu *vcpu, struct kvm_vcpu *target)
{
	/* The RMM has the answer. */
	if (rmi_psci_complete(vcpu->arch.rec.pa, target->arch.rec.pa,
			      PSCI_RET_SUCCESS))
		return kvm_rec_internal_error(vcpu);
	return 1;
}

static int handle_psci(struct kvm_vcpu *vcpu)
{
	u32 func = vcpu->arch.rec.run->exit.gprs[0];
	u64 mpidr = vcpu->arch.rec.run->exit.gprs[1];
	struct kvm_vcpu *target;

	switch (func) {
	case PSCI_0_2_FN_CPU_SUSPEND:
	case PSCI_0_2_FN64_CPU_SUSPEND:
		wait_for_interrupt(vcpu);
		return 1;
	case PSCI_0_2_FN_CPU_OFF:
		return handle_cpu_off(vcpu);
	case PSCI_0_2_FN_SYSTEM_OFF:
		kvm_prepare_system_event(vcpu, KVM_SYSTEM_EVENT_SHUTDOWN, 0);
		return 0;
	case PSCI_0_2_FN_SYSTEM_RESET:
		kvm_prepare_system_event(vcpu, KVM_SYSTEM_EVENT_RESET, 0);
		return 0;
	}

	target = kvm_mpidr_to_vcpu(vcpu->kvm, mpidr);
	if (!target || target == vcpu || !target->arch.rec.created)
		return kvm_rec_internal_error(vcpu);

	switch (func) {
	case PSCI_0_2_FN_CPU_ON:
	case PSCI_0_2_FN64_CPU_ON:
		return handle_cpu_on(vcpu, target);
	case PSCI_0_2_FN_AFFINITY_INFO:
	case PSCI_0_2_FN64_AFFINITY_INFO:
		return handle_affinity_info(vcpu, target);
	default:
		return kvm_rec_internal_error(vcpu);
	}
}

/* User space is asked only if it has not answered already. */
static int handle_ripas_change(struct kvm_vcpu *vcpu)
{
	vcpu->arch.rec.ripas_change = true;
	vcpu->arch.rec.ripas_progress = false;
	return kvm_realm_ripas_exit(vcpu) ? -EFAULT : 1;
}

static bool is_psci(u32 func)
{
	return (func & ~(PSCI_0_2_64BIT | 0x1f)) == PSCI_0_2_FN_BASE;
}

static int handle_host_call(struct kvm_vcpu *vcpu)
{
	copy_gprs(vcpu);
	vcpu->arch.rec.host_call = true;

	/* That is between the realm and the RMM. */
	if (is_psci(smccc_get_function(vcpu))) {
		smccc_set_retval(vcpu, SMCCC_RET_NOT_SUPPORTED, 0, 0, 0);
		return 1;
	}

	/* For a hypercall exit: it was an SMC of 32 bits */
	vcpu->arch.fault.esr_el2 = FIELD_PREP(ESR_ELx_EC_MASK,
					      ESR_ELx_EC_SMC64) | ESR_ELx_IL;
	return kvm_smccc_call_handler(vcpu);
}

/**
 * kvm_rec_handle_exit - deal with the exit of a REC
 * @vcpu: the vCPU
 *
 * Return: as handle_exit()
 */
int kvm_rec_handle_exit(struct kvm_vcpu *vcpu)
{
	struct kvm_rec *rec = &vcpu->arch.rec;

	switch (RMI_RETURN_STATUS(rec->status)) {
	case RMI_SUCCESS:
		break;
	case RMI_ERROR_REALM:
		if (RMI_RETURN_INDEX(rec->status) != RMI_REALM_SYSTEM_OFF)
			return kvm_rec_internal_error(vcpu);
		vcpu->run->exit_reason = KVM_EXIT_SHUTDOWN;
		return 0;
	case RMI_ERROR_REC:
		return handle_not_runnable(vcpu);
	default:
		return kvm_rec_internal_error(vcpu);
	}

	rec->retry_on = false;

	switch (rec->run->exit.exit_reason) {
	case RMI_EXIT_SYNC:
		return handle_sync(vcpu);
	case RMI_EXIT_IRQ:
	case RMI_EXIT_FIQ:
	case RMI_EXIT_SERROR:
		/* An SError that is the realm's it has already got. */
		return 1;
	case RMI_EXIT_PSCI:
		return handle_psci(vcpu);
	case RMI_EXIT_RIPAS_CHANGE:
		return handle_ripas_change(vcpu);
	case RMI_EXIT_HOST_CALL:
		return handle_host_call(vcpu);
	default:
		return kvm_rec_internal_error(vcpu);
	}
}
