/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Realms: confidential VMs under a Realm Management Monitor (RMM).
 */
#ifndef __ASM_KVM_RMI_H
#define __ASM_KVM_RMI_H

#include <linux/jump_label.h>
#include <linux/types.h>

#include <asm/rmi_smc.h>

struct kvm;
struct kvm_arm_rmi_populate;
struct kvm_enable_cap;
struct kvm_gfn_range;
struct kvm_memory_slot;
struct kvm_one_reg;
struct kvm_vcpu;
struct kvm_vcpu_init;
struct misc_cg;
struct seq_file;

/* Pages of the pool that belong to one VM */
struct rmi_account {
	struct misc_cg *cg;
	atomic_long_t pages;		/* in use, and reserved */
	atomic_long_t reserved;
};

/*
 * NONE -> NEW		the realm descriptor exists, memory can be populated
 * NEW -> ACTIVE	by the first KVM_RUN: measured for good
 * any -> DEAD		the memory is gone, all that is left is to be freed
 *
 * Changed under kvm->slots_lock; to DEAD under kvm->mmu_lock for writing.
 */
enum kvm_realm_state {
	REALM_NONE,
	REALM_NEW,
	REALM_ACTIVE,
	REALM_DEAD,
};

struct kvm_realm {
	bool enabled;
	enum kvm_realm_state state;

	u8 ia_bits;
	s8 start_level;
	u8 num_roots;
	u8 sve_vq;			/* 0 without SVE */
	u64 dfr0;			/* ID_AA64DFR0_EL1: breakpoints */
	bool ripas_begun;		/* there is no more POPULATE, as order counts */

	u8 hash_algo;
	u8 rpv[RMI_RPV_SIZE];

	phys_addr_t rd;			/* 0 before there is one */
	phys_addr_t root;
	int vmid;

	struct rmi_account account;
	atomic_t filling;		/* vCPUs that hold 2 MiB for a fault */
};

struct kvm_rec {
	bool created;
	bool ripas_change;		/* the realm waits for an answer */
	bool ripas_progress;		/* which is not no, at least */
	bool host_call;			/* and for the registers of one */
	bool maybe_on;			/* guarded by mp_state_lock, rmi-exit.c */
	bool retry_on;
	u8 num_aux;
	phys_addr_t pa;
	phys_addr_t aux[RMI_REC_MAX_AUX];
	struct rmi_rec_run *run;
	phys_addr_t run_pa;
	unsigned long status;		/* of the last REC_ENTER */
};

#ifdef CONFIG_KVM_ARM_RMI

DECLARE_STATIC_KEY_FALSE(kvm_rmi_available);

#define kvm_is_realm(kvm)						\
	(static_branch_unlikely(&kvm_rmi_available) && (kvm)->arch.realm.enabled)

#define vcpu_is_rec(vcpu)	kvm_is_realm((vcpu)->kvm)

#define kvm_arch_has_private_mem(kvm)	kvm_is_realm(kvm)

/*
 * A realm's pages are the pool's. An ordinary VM can make a guest_memfd too, but
 * no slot takes it: pages in there would be of use to nobody.
 */
#define kvm_arch_gmem_has_pages(kvm)	((void)(kvm), false)

#else /* !CONFIG_KVM_ARM_RMI */

#define kvm_is_realm(kvm)		((void)(kvm), false)
#define vcpu_is_rec(vcpu)		((void)(vcpu), false)

#endif /* CONFIG_KVM_ARM_RMI */

/* Whether what its parameters say is settled */
#define kvm_realm_is_created(kvm)					\
	(READ_ONCE((kvm)->arch.realm.state) != REALM_NONE)

#define KVM_REG_ARM_DFR0		ARM64_SYS_REG(3, 0, 0, 5, 0)

/* The half of a realm's IPA space that is shared with the host */
#define kvm_realm_shared_bit(kvm)	BIT_ULL((kvm)->arch.realm.ia_bits - 1)

/* rmi-pool.c */
long rmi_pool_init(u64 count);
phys_addr_t rmi_pool_alloc(struct rmi_account *account, unsigned int order);
phys_addr_t rmi_pool_alloc_reserved(struct rmi_account *account);
void rmi_pool_free(struct rmi_account *account, phys_addr_t pa,
		   unsigned int order);
void rmi_pool_free_reserve(struct rmi_account *account, phys_addr_t pa);
void rmi_account_init(struct rmi_account *account);
void rmi_account_destroy(struct rmi_account *account);
unsigned long rmi_pool_nr_free(void);
int rmi_pool_show(struct seq_file *m, void *unused);

/* rmi.c */
void kvm_rmi_init(void);
int kvm_rmi_init_vm(struct kvm *kvm, unsigned long type);
void kvm_rmi_destroy_vm(struct kvm *kvm);
void kvm_rmi_create_vm_debugfs(struct kvm *kvm);
bool kvm_rmi_ext_allowed(long ext);
long kvm_rmi_check_extension(struct kvm *kvm, long ext, long r);
int kvm_rmi_enable_cap(struct kvm *kvm, struct kvm_enable_cap *cap);
int kvm_rmi_vcpu_precreate(struct kvm *kvm);
int kvm_rmi_vcpu_init(struct kvm_vcpu *vcpu, const struct kvm_vcpu_init *init);
unsigned int kvm_rmi_nr_lr(void);
int kvm_realm_create(struct kvm *kvm);
int kvm_realm_run_first(struct kvm_vcpu *vcpu);
void kvm_rec_destroy(struct kvm_vcpu *vcpu);
u64 kvm_rmi_limit_dfr0(u64 dfr0);
int kvm_rec_set_dfr0(struct kvm_vcpu *vcpu, u64 limit, u64 val);
bool kvm_rec_reg_settable(struct kvm_vcpu *vcpu, u64 id);
unsigned int kvm_rec_max_sve_vl(struct kvm_vcpu *vcpu);

/* rmi-mmu.c */
int kvm_realm_populate(struct kvm *kvm, struct kvm_arm_rmi_populate *args);
int kvm_realm_private_abort(struct kvm_vcpu *vcpu, phys_addr_t ipa);
bool kvm_realm_shared_fault_exit(struct kvm_vcpu *vcpu, phys_addr_t ipa);
int kvm_realm_map_shared(struct kvm *kvm, u64 ipa, u64 base, phys_addr_t pa,
			 u64 size, bool writable);
void kvm_realm_unmap_gfn_range(struct kvm *kvm, struct kvm_gfn_range *range);
void kvm_realm_unmap_memslot(struct kvm *kvm, struct kvm_memory_slot *slot);
int kvm_realm_check_memslot(struct kvm *kvm,
			    const struct kvm_memory_slot *slot);
int kvm_realm_init_ripas(struct kvm *kvm);
bool kvm_realm_ripas_exit(struct kvm_vcpu *vcpu);
int kvm_realm_set_ripas(struct kvm_vcpu *vcpu);
void kvm_realm_flush_all(struct kvm *kvm);

/* rmi-exit.c */
int kvm_rec_enter(struct kvm_vcpu *vcpu);
int kvm_rec_pre_enter(struct kvm_vcpu *vcpu);
int kvm_rec_handle_exit(struct kvm_vcpu *vcpu);
int kvm_rec_internal_error(struct kvm_vcpu *vcpu);
bool kvm_rec_can_take_sea(struct kvm_vcpu *vcpu);
void kvm_rec_inject_sea(struct kvm_vcpu *vcpu);
void kvm_rec_mmio_done(struct kvm_vcpu *vcpu);

#endif /* __ASM_KVM_RMI_H */
