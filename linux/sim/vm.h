/* SPDX-License-Identifier: GPL-2.0-only */
/* What user space does with a VM, in short. Included once per program. */
#ifndef SIM_VM_H
#define SIM_VM_H

#include "rmi-pool.c"
#undef pr_fmt
#include "rmi-mmu.c"
#include "rmi.c"

#define CHECK(cond)                                                      \
	do {                                                             \
		if (!(cond)) {                                           \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, \
				__LINE__, #cond);                        \
			exit(1);                                         \
		}                                                        \
	} while (0)

#define PAGE	 0x1000UL
#define BLOCK	 0x200000UL
#define NO_LIMIT (1L << 40)

/* machine.c */
void machine_boot(void);
void machine_check_every(unsigned int calls);
u64 machine_free(unsigned int pool);
u64 machine_dram(unsigned int pages);

struct misc_cg shim_cg = { .max = NO_LIMIT };
struct shim_vgic_state kvm_vgic_global_state = { true, 4 };

struct list_head vm_list = { &vm_list, &vm_list };
int kvm_lock;

static u64 free_at_boot[2];
static u64 source; /* 512 pages of the host */

int get_user_pages_fast(unsigned long addr, int nr, int flags,
			struct page **page)
{
	*page = (struct page *)addr;
	return 1;
}

static void boot(void)
{
	machine_boot();
	kvm_rmi_init();
	CHECK(kvm_rmi_available);
	free_at_boot[0] = machine_free(0);
	free_at_boot[1] = machine_free(1);
	source = machine_dram(512);
}

/* Nothing has been leaked: by the monitor, by the pool, by the account. */
static void check_all_back(void)
{
	CHECK(machine_free(0) == free_at_boot[0]);
	CHECK(machine_free(1) == free_at_boot[1]);
	CHECK(total_free == free_at_boot[0] + free_at_boot[1]);
	CHECK(!total_reserved && !total_lost && !shim_cg.used);
	for (unsigned int i = 0; i < nr_pools; i++)
		CHECK(pools[i].nr_whole == pools[i].size / BLOCK);
}

static struct kvm *vm_create(int bits, int vcpus, u64 gpa, u64 size)
{
	struct kvm *kvm = calloc(1, sizeof(*kvm));

	list_add(&kvm->vm_list, &vm_list);
	CHECK(!kvm_rmi_init_vm(kvm, KVM_VM_TYPE_ARM_REALM | bits));
	kvm->arch.vgic.vgic_model = KVM_DEV_TYPE_ARM_VGIC_V3;
	kvm->slot.base_gfn = gpa_to_gfn(gpa);
	kvm->slot.npages = size / PAGE;
	kvm->slot.flags = KVM_MEM_GUEST_MEMFD;
	memset(kvm->mem_attr_array.of + gpa_to_gfn(gpa),
	       KVM_MEMORY_ATTRIBUTE_PRIVATE, size / PAGE);

	for (int i = 0; i < vcpus; i++) {
		struct kvm_vcpu *vcpu = calloc(1, sizeof(*vcpu));

		vcpu->kvm = kvm;
		vcpu->vcpu_id = i;
		vcpu->run = calloc(1, sizeof(*vcpu->run));
		vcpu->arch.mp_state.mp_state = i ? KVM_MP_STATE_STOPPED
						 : KVM_MP_STATE_RUNNABLE;
		kvm->vcpus[i] = vcpu;
	}
	kvm->online_vcpus.v = vcpus;
	return kvm;
}

/* With its process, or with the last file descriptor */
static void vm_destroy(struct kvm *kvm, bool killed)
{
	list_del(&kvm->vm_list);
	if (killed)
		kvm_realm_flush_all(kvm);
	for (int i = 0; i < kvm->online_vcpus.v; i++)
		kvm_rec_destroy(kvm->vcpus[i]);
	kvm_rmi_destroy_vm(kvm);
}

static int populate(struct kvm *kvm, u64 base, u64 size)
{
	struct kvm_arm_rmi_populate args = {
		.base = base,
		.size = size,
		.source_uaddr = source,
		.flags = KVM_ARM_RMI_POPULATE_FLAGS_MEASURE,
	};
	int ret = kvm_realm_populate(kvm, &args);

	CHECK(ret || !args.size);
	return ret;
}

static void convert(struct kvm *kvm, u64 gpa, u64 size, bool private)
{
	struct kvm_gfn_range range = {
		.slot = &kvm->slot,
		.start = gpa_to_gfn(gpa),
		.end = gpa_to_gfn(gpa + size),
		.arg.attributes = private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0,
		.may_block = true,
	};

	kvm_arch_pre_set_memory_attributes(kvm, &range);
	memset(kvm->mem_attr_array.of + range.start, range.arg.attributes,
	       size / PAGE);
	kvm->mmu_invalidate_seq++;
}

static struct rmi_rtt_entry entry(struct kvm *kvm, u64 ipa)
{
	struct rmi_rtt_entry e;

	CHECK(!rmi_rtt_read_entry(kvm->arch.realm.rd, ipa, RTT_LAST_LEVEL, &e));
	return e;
}

#endif
