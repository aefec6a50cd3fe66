/* SPDX-License-Identifier: GPL-2.0-only */
/* Entering RECs and what they come back with; the emulation stands in here. */
#include "vm.h"
#include "rmi-exit.c"

#define RAM		  0x400000UL
#define RAM_SIZE	  0xa00000UL
#define MMIO		  0x9000000UL

/* Syndromes of an access of 4 bytes: translation fault at level 2, X3 */
#define LOAD		  0x93830006UL
#define STORE		  0x93830046UL
#define NO_ISV		  0x92000006UL

#define RSI_IPA_STATE_SET 0xc4000197UL
#define RSI_HOST_CALL	  0xc4000199UL
#define CHANGE_DESTROYED  1

#define STOPPED		  99

/* machine.c */
void guest_smc(u64 fid, u64 x1, u64 x2, u64 x3, u64 x4);
void guest_abort(u64 esr, u64 far, u64 ipa);
void guest_wfx(u64 esr);
void guest_sgi(u64 esr, u64 value);
u64 guest_reg(unsigned int i);
u64 guest_pc(void);
unsigned int guest_steps_left(void);
unsigned int guest_seas(void);

static struct kvm *kvm;
static struct kvm_vcpu *first, *second;
static u64 shared;

/* What the emulation has seen */
static struct {
	int wfi, wfe, sgi, calls;
	u64 sgi_value, call_x0;
	u64 mmio_ipa, mmio_data;
	bool mmio_write;
	u32 event;
} seen;

struct kvm_vcpu *kvm_mpidr_to_vcpu(struct kvm *vm, u64 mpidr)
{
	mpidr &= MPIDR_HWID_BITMASK;
	return mpidr < vm->online_vcpus.v ? vm->vcpus[mpidr] : NULL;
}

void kvm_vcpu_wfi(struct kvm_vcpu *vcpu)
{
	seen.wfi++;
}

void kvm_vcpu_on_spin(struct kvm_vcpu *vcpu, bool kernel)
{
	seen.wfe++;
}

void kvm_prepare_system_event(struct kvm_vcpu *vcpu, u32 type, u64 flags)
{
	seen.event = type;
	vcpu->run->exit_reason = KVM_EXIT_SYSTEM_EVENT;
}

u64 shim_sysreg(u64 esr)
{
	return SYS_ICC_SGI1R_EL1;
}

int kvm_handle_sys_reg(struct kvm_vcpu *vcpu)
{
	seen.sgi++;
	seen.sgi_value = vcpu_get_reg(vcpu, kvm_vcpu_sys_get_rt(vcpu));
	return 1;
}

int kvm_smccc_call_handler(struct kvm_vcpu *vcpu)
{
	seen.calls++;
	seen.call_x0 = vcpu_get_reg(vcpu, 0);
	smccc_set_retval(vcpu, 0x4711, 0, 0, 0);
	return 1;
}

/* As in mmu.c and mmio.c, with our hooks */
int kvm_handle_guest_abort(struct kvm_vcpu *vcpu)
{
	u64 ipa = (vcpu->arch.fault.hpfar_el2 & ~0xfUL) << 8;

	if (!(ipa & shared))
		return kvm_realm_private_abort(vcpu, ipa);
	ipa &= ~shared;
	if (kvm_realm_shared_fault_exit(vcpu, ipa))
		return -EFAULT;
	if (gfn_to_memslot(kvm, gpa_to_gfn(ipa)))
		return kvm_realm_map_shared(kvm, ipa, ipa, source, PAGE, true)
			       ?: 1;
	if (!(kvm_vcpu_get_esr(vcpu) & BIT(24))) {
		kvm_rec_inject_sea(vcpu);
		return 1;
	}
	seen.mmio_ipa = ipa | (vcpu->arch.fault.far_el2 & 0xfff);
	seen.mmio_write = kvm_vcpu_get_esr(vcpu) & BIT(6);
	seen.mmio_data = vcpu_get_reg(vcpu, 0);
	vcpu->run->exit_reason = KVM_EXIT_MMIO;
	return 0;
}

/* KVM_RUN, for so many entries at most */
static int run(struct kvm_vcpu *vcpu, int entries)
{
	int ret = 1;

	vcpu->run->exit_reason = 0;
	while (ret > 0 && entries--) {
		if (kvm_arm_vcpu_stopped(vcpu))
			return STOPPED;
		ret = kvm_rec_pre_enter(vcpu);
		if (ret <= 0)
			break;
		kvm_rec_enter(vcpu);
		ret = kvm_rec_handle_exit(vcpu);
	}
	return ret;
}

static void test_start(void)
{
	kvm = vm_create(40, 2, RAM, RAM_SIZE);
	shared = kvm_realm_shared_bit(kvm);
	first = kvm->vcpus[0];
	second = kvm->vcpus[1];
	first->arch.vgic_cpu.num_pri_bits = 5;
	second->arch.vgic_cpu.num_pri_bits = 5;
	first->pc = RAM;
	first->regs[0] = 0x1234;
	first->regs[7] = 0x77;
	CHECK(!populate(kvm, RAM, BLOCK));
	CHECK(!kvm_realm_run_first(first));
	CHECK(!kvm_realm_run_first(second));

	CHECK(run(first, 1) == 1);
	CHECK(guest_pc() == RAM && guest_reg(0) == 0x1234 &&
	      guest_reg(7) == 0x77);
	CHECK(run(second, 1) == STOPPED);
}

/* An LPI's priority has a bit that the hardware has not. */
static void test_interrupts(void)
{
	struct vgic_v3_cpu_if *gic = &first->arch.vgic_cpu.vgic_v3;

	gic->vgic_lr[0] = BIT(62) | BIT(60) | 0xa4UL << 48 | 8192;
	gic->used_lrs = 1;
	guest_wfx(0x06000000);
	CHECK(run(first, 1) == 1);
	CHECK(first->arch.rec.run->enter.gicv3_lrs[0] ==
	      (BIT(62) | BIT(60) | 0xa0UL << 48 | 8192));
	gic->used_lrs = 0;
	seen.wfi = 0;
}

static void test_traps(void)
{
	guest_wfx(0x06000000);
	CHECK(run(first, 1) == 1 && seen.wfi == 1);
	guest_wfx(0x06000001);
	CHECK(run(first, 1) == 1 && seen.wfe == 1);
	guest_sgi((0x18UL << 26) | (5 << 5), 0xabcdef);
	CHECK(run(first, 1) == 1 && seen.sgi == 1 &&
	      seen.sgi_value == 0xabcdef);
}

static void test_mmio(void)
{
	unsigned int seas;
	u64 pc;

	CHECK(run(first, 1) == 1);
	pc = guest_pc();
	guest_abort(LOAD, 0xffff000012345678, MMIO | shared);
	CHECK(run(first, 1) == 0 && first->run->exit_reason == KVM_EXIT_MMIO);
	CHECK(seen.mmio_ipa == (MMIO | 0x678) && !seen.mmio_write);
	first->regs[0] = 0xcafe;
	kvm_rec_mmio_done(first);
	CHECK(run(first, 1) == 1);
	CHECK(guest_reg(3) == 0xcafe && guest_pc() == pc + 4);

	guest_abort(STORE, 0, MMIO | shared);
	CHECK(run(first, 1) == 0 && seen.mmio_write &&
	      seen.mmio_data == 0xcafe);
	kvm_rec_mmio_done(first);
	CHECK(run(first, 1) == 1 && guest_pc() == pc + 8);

	/* User space answers by an abort, and so does KVM without a syndrome */
	seas = guest_seas();
	guest_abort(LOAD, 0, MMIO | shared);
	CHECK(run(first, 1) == 0);
	kvm_rec_mmio_done(first);
	kvm_rec_inject_sea(first);
	CHECK(run(first, 1) == 1 && guest_seas() == seas + 1);
	guest_abort(NO_ISV, 0, MMIO | shared);
	CHECK(run(first, 2) == 1 && guest_seas() == seas + 2);
}

static void test_faults(void)
{
	u64 page = RAM + 2 * BLOCK;

	guest_abort(LOAD, 0, page);
	CHECK(run(first, 2) == 1);
	CHECK(entry(kvm, page).state == RMI_RTTE_ASSIGNED);

	page += PAGE;
	guest_abort(LOAD, 0, page | shared);
	CHECK(run(first, 1) == -EFAULT);
	CHECK(!first->fault_private && first->fault_gpa == page);
	convert(kvm, page, PAGE, false);
	guest_abort(LOAD, 0, page | shared);
	CHECK(run(first, 1) == 1);
	CHECK(entry(kvm, page | shared).state == RMI_RTTE_ASSIGNED);
}

static int ask(u64 base, u64 top, u64 ripas)
{
	guest_smc(RSI_IPA_STATE_SET, base, top, ripas, CHANGE_DESTROYED);
	return run(first, 2);
}

/* The realm's call came back: how far, and whether it was refused */
static bool answered(u64 new_base, bool refused)
{
	return run(first, 1) == 1 && !guest_reg(0) &&
	       guest_reg(1) == new_base && guest_reg(2) == refused;
}

static void test_ripas(void)
{
	u64 base = RAM + 3 * BLOCK, top = base + 2 * PAGE;
	long used;

	CHECK(kvm_realm_private_abort(first, base) == 1);
	CHECK(ask(base, top, RMI_RIPAS_EMPTY) == -EFAULT);
	CHECK(!first->fault_private && first->fault_gpa == base);
	CHECK(first->fault_size == top - base);
	convert(kvm, base, top - base, false);
	CHECK(answered(top, false));
	CHECK(entry(kvm, base).ripas == RMI_RIPAS_EMPTY);

	CHECK(ask(base, top, RMI_RIPAS_RAM) == -EFAULT && first->fault_private);
	convert(kvm, base, top - base, true);
	CHECK(answered(top, false));
	CHECK(entry(kvm, base).ripas == RMI_RIPAS_RAM);

	/* Not done, done in part, done already */
	CHECK(ask(RAM + RAM_SIZE, RAM + RAM_SIZE + PAGE, RMI_RIPAS_RAM) ==
	      -EFAULT);
	CHECK(answered(RAM + RAM_SIZE, true));
	CHECK(ask(base, top, RMI_RIPAS_EMPTY) == -EFAULT);
	convert(kvm, base, PAGE, false);
	CHECK(answered(base + PAGE, false));

	/* Only what user space has to do something about */
	CHECK(ask(base, top, RMI_RIPAS_EMPTY) == -EFAULT);
	CHECK(first->fault_gpa == base + PAGE && first->fault_size == PAGE);
	CHECK(answered(base + PAGE, false));
	CHECK(ask(base + PAGE, top, RMI_RIPAS_RAM) == 1 && guest_reg(1) == top);

	/* All the rest of the protected half at once */
	CHECK(ask(RAM + RAM_SIZE, shared, RMI_RIPAS_EMPTY) == 1);
	CHECK(guest_reg(1) == shared);

	/* No table for where there is no memory */
	base = RAM + RAM_SIZE + 6 * BLOCK + PAGE;
	used = shim_cg.used;
	CHECK(ask(base, base + PAGE, RMI_RIPAS_EMPTY) == 1);
	CHECK(guest_reg(1) == base && shim_cg.used == used);

	/* No page for a table, twice */
	base = RAM + 4 * BLOCK + PAGE;
	top = base + PAGE;
	convert(kvm, base, PAGE, false);
	shim_cg.max = shim_cg.used;
	CHECK(ask(base, top, RMI_RIPAS_EMPTY) == -ENOMEM);
	CHECK(run(first, 1) == -ENOMEM);
	shim_cg.max = NO_LIMIT;
	CHECK(answered(top, false));
}

static void cpu_on(u64 pc, u64 context)
{
	guest_smc(PSCI_0_2_FN64_CPU_ON, 1, pc, context, 0);
	CHECK(run(first, 2) == 1);
}

static bool second_started(u64 pc, u64 context)
{
	return run(second, 1) == 1 && guest_pc() == pc &&
	       guest_reg(0) == context;
}

static void test_psci(void)
{
	guest_smc(PSCI_0_2_FN64_CPU_SUSPEND, 0, 0, 0, 0);
	CHECK(run(first, 2) == 1 && seen.wfi == 2 && !guest_reg(0));
	guest_smc(PSCI_0_2_FN64_AFFINITY_INFO, 1, 0, 0, 0);
	CHECK(run(first, 2) == 1 &&
	      guest_reg(0) == PSCI_0_2_AFFINITY_LEVEL_OFF);

	cpu_on(RAM + 0x100, 0x55);
	CHECK(!guest_reg(0) && second->woken);
	CHECK(second_started(RAM + 0x100, 0x55));

	/* On already: it still goes off when it wants to */
	cpu_on(RAM + 0x200, 0x66);
	CHECK(guest_reg(0) == PSCI_RET_ALREADY_ON && second->arch.rec.maybe_on);
	guest_smc(PSCI_0_2_FN_CPU_OFF, 0, 0, 0, 0);
	CHECK(run(second, 5) == STOPPED);
	CHECK(!second->arch.rec.maybe_on);

	cpu_on(RAM + 0x300, 0x77);
	CHECK(!guest_reg(0) && second_started(RAM + 0x300, 0x77));

	/* It is off for the RMM, and on again, before KVM knows */
	guest_smc(PSCI_0_2_FN_CPU_OFF, 0, 0, 0, 0);
	kvm_rec_enter(second);
	cpu_on(RAM + 0x400, 0x88);
	CHECK(!guest_reg(0));
	CHECK(kvm_rec_handle_exit(second) == 1 &&
	      !kvm_arm_vcpu_stopped(second));
	CHECK(second_started(RAM + 0x400, 0x88));
}

static void test_host_call(void)
{
	u64 page = RAM + 2 * BLOCK;

	guest_smc(RSI_HOST_CALL, page, 0, 0, 0);
	CHECK(run(first, 2) == 1 && seen.calls == 1 && !guest_reg(0));
	/* The structure has been written, and is what the next call passes */
	guest_smc(RSI_HOST_CALL, page, 0, 0, 0);
	CHECK(run(first, 2) == 1 && seen.call_x0 == 0x4711);
}

/* RAM that was taken away is not given back without a word. */
static void test_destroyed(void)
{
	u64 page = RAM + 2 * BLOCK;

	convert(kvm, page, PAGE, false);
	convert(kvm, page, PAGE, true);
	CHECK(kvm_realm_private_abort(first, page) == 1);
	guest_abort(LOAD, 0, page);
	CHECK(run(first, 2) == 0);
	CHECK(first->run->exit_reason == KVM_EXIT_INTERNAL_ERROR);
}

static void test_off(void)
{
	guest_smc(PSCI_0_2_FN_SYSTEM_OFF, 0, 0, 0, 0);
	CHECK(run(first, 2) == 0 && seen.event == KVM_SYSTEM_EVENT_SHUTDOWN);
	CHECK(run(second, 1) == 0);
	CHECK(second->run->exit_reason == KVM_EXIT_SHUTDOWN);
	CHECK(!guest_steps_left());
}

int main(void)
{
	boot();
	machine_check_every(4);

	test_start();
	test_interrupts();
	test_traps();
	test_mmio();
	test_faults();
	test_ripas();
	test_psci();
	test_host_call();
	test_destroyed();
	test_off();

	vm_destroy(kvm, true);
	check_all_back();
	printf("ok: exits\n");
	return 0;
}
