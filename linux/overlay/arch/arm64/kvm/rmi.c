// SPDX-License-Identifier: GPL-2.0-only
/*
 * Realms: is there an RMM, and the life of realms and of their vCPUs (RECs).
 */

#define pr_fmt(fmt) "kvm: rmi: " fmt

#include <linux/bitfield.h>
#include <linux/dcache.h>
#include <linux/debugfs.h>
#include <linux/idr.h>
#include <linux/kvm_host.h>
#include <linux/moduleparam.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

#include <asm/kvm_asm.h>
#include <asm/kvm_emulate.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_pgtable.h>
#include <asm/kvm_rmi.h>
#include <asm/rmi_cmds.h>
#include <asm/virt.h>

#include <kvm/arm_vgic.h>

/* Of ID_AA64DFR0_EL1: how many breakpoints and watchpoints there are, less one */
#define DFR0_BRPS	GENMASK_ULL(15, 12)
#define DFR0_WRPS	GENMASK_ULL(23, 20)

DEFINE_STATIC_KEY_FALSE(kvm_rmi_available);

static u64 rmi_features0 __ro_after_init;

static DEFINE_IDA(realm_vmids);

/*
 * The number is not allocated upstream. User space that does not want to rely
 * on ours finds it here.
 */
static unsigned int kvm_cap_arm_rmi = KVM_CAP_ARM_RMI;
module_param(kvm_cap_arm_rmi, uint, 0444);
MODULE_PARM_DESC(kvm_cap_arm_rmi, "Number of the capability KVM_CAP_ARM_RMI");

/* ------------------------------------------------------------------ probe */

static const char * __init probe_rmm(void)
{
	u64 lower, higher;

	if (PAGE_SIZE != SZ_4K)
		return "the kernel's pages are not 4 KiB";
	if (!is_kernel_in_hyp_mode())
		return "the kernel does not run at EL2";
	if (arm_smccc_1_1_get_conduit() != SMCCC_CONDUIT_SMC)
		return "no SMC calling convention 1.1";
	if (arm_smccc_get_version() < ARM_SMCCC_VERSION_1_2)
		return "no SMC calling convention 1.2";
	if (!static_branch_unlikely(&kvm_vgic_global_state.gicv3_cpuif))
		return "no GICv3";
	/* Their vPEs are for KVM to load, and a REC's interrupts are the RMM's. */
	if (kvm_vgic_global_state.has_gicv4)
		return "GICv4 direct injection is enabled";

	switch (rmi_version(RMI_ABI_1_0, &lower, &higher)) {
	case RMI_SUCCESS:
		break;
	case (unsigned long)SMCCC_RET_NOT_SUPPORTED:
		return "no realm management monitor";
	default:
		return "the realm management monitor does not speak RMI 1.0";
	}

	if (rmi_features(0, &rmi_features0))
		return "the realm management monitor has no features";

	return NULL;
}

static const char * __init probe_pool(void)
{
	u64 version, features, count;

	if (tmm_version(&version, &features, &count) ||
	    !(features & TMM_FEATURE_POOL) || !count)
		return "no pool of secure memory";
	if (rmi_pool_init(count) <= 0)
		return "the pool of secure memory is of no use";

	return NULL;
}

/* More takes 52-bit descriptors. */
static unsigned int max_ia_bits(void)
{
	return min_t(unsigned int, 48, FIELD_GET(RMI_F0_S2SZ, rmi_features0));
}

static unsigned int max_recs(void)
{
	return (1U << FIELD_GET(RMI_F0_MAX_RECS_ORDER, rmi_features0)) - 1;
}

void __init kvm_rmi_init(void)
{
	const char *why = probe_rmm() ?: probe_pool();

	if (why) {
		pr_info("no realms: %s\n", why);
		return;
	}

	pr_info("realms of up to %u bits of IPA and %u vCPUs%s\n",
		max_ia_bits(), max_recs(),
		rmi_features0 & RMI_F0_SVE_EN ? ", with SVE" : "");
	static_branch_enable(&kvm_rmi_available);
}

unsigned int kvm_rmi_nr_lr(void)
{
	return min_t(unsigned int, kvm_vgic_global_state.nr_lr,
		     FIELD_GET(RMI_F0_GICV3_NUM_LRS, rmi_features0) + 1);
}

/* ------------------------------------------------------------ capabilities */

/* Of the capabilities of arm64; the generic ones do not come by here. */
bool kvm_rmi_ext_allowed(long ext)
{
	switch (ext) {
	case KVM_CAP_IRQCHIP:
	case KVM_CAP_IOEVENTFD:
	case KVM_CAP_IRQFD_RESAMPLE:
	case KVM_CAP_USER_MEMORY:
	case KVM_CAP_SYNC_MMU:
	case KVM_CAP_DESTROY_MEMORY_REGION_WORKS:
	case KVM_CAP_READONLY_MEM:
	case KVM_CAP_ONE_REG:
	case KVM_CAP_MP_STATE:
	case KVM_CAP_IMMEDIATE_EXIT:
	case KVM_CAP_NR_VCPUS:
	case KVM_CAP_MAX_VCPUS:
	case KVM_CAP_MAX_VCPU_ID:
	case KVM_CAP_MSI_DEVID:
	case KVM_CAP_VCPU_EVENTS:
	case KVM_CAP_VCPU_ATTRIBUTES:
	case KVM_CAP_PTP_KVM:
	case KVM_CAP_ARM_PSCI:
	case KVM_CAP_ARM_PSCI_0_2:
	case KVM_CAP_ARM_IRQ_LINE_LAYOUT_2:
	case KVM_CAP_ARM_INJECT_EXT_DABT:
	case KVM_CAP_ARM_VM_IPA_SIZE:
	case KVM_CAP_ARM_PTRAUTH_ADDRESS:
	case KVM_CAP_ARM_PTRAUTH_GENERIC:
	case KVM_CAP_ARM_SVE:
	case KVM_CAP_ARM_RMI:
		return true;
	default:
		return false;
	}
}

/* @r is what KVM says of @ext; a realm may have less. */
long kvm_rmi_check_extension(struct kvm *kvm, long ext, long r)
{
	if (ext == KVM_CAP_ARM_RMI)
		return static_branch_unlikely(&kvm_rmi_available);
	if (!kvm || !kvm_is_realm(kvm))
		return r;

	switch (ext) {
	case KVM_CAP_ARM_VM_IPA_SIZE:
		return min_t(long, r, max_ia_bits());
	case KVM_CAP_ARM_SVE:
		return r && (rmi_features0 & RMI_F0_SVE_EN);
	case KVM_CAP_MAX_VCPUS:
	case KVM_CAP_MAX_VCPU_ID:
		return min_t(long, r, max_recs());
	default:
		return r;
	}
}

int kvm_rmi_enable_cap(struct kvm *kvm, struct kvm_enable_cap *cap)
{
	struct kvm_realm *realm = &kvm->arch.realm;
	struct kvm_arm_rmi_config config;
	u64 feature;

	if (!kvm_is_realm(kvm) || cap->args[0] != KVM_ARM_RMI_CONFIG ||
	    cap->args[2] || cap->args[3])
		return -EINVAL;
	if (copy_from_user(&config, u64_to_user_ptr(cap->args[1]),
			   sizeof(config)))
		return -EFAULT;
	if (config.flags || memchr_inv(config.reserved, 0, sizeof(config.reserved)))
		return -EINVAL;

	switch (config.hash_algo) {
	case KVM_ARM_RMI_HASH_SHA_256:
		feature = RMI_F0_HASH_SHA_256;
		break;
	case KVM_ARM_RMI_HASH_SHA_512:
		feature = RMI_F0_HASH_SHA_512;
		break;
	default:
		return -EINVAL;
	}
	if (!(rmi_features0 & feature))
		return -EOPNOTSUPP;

	guard(mutex)(&kvm->slots_lock);

	if (realm->state != REALM_NONE)
		return -EBUSY;

	realm->hash_algo = config.hash_algo;
	memcpy(realm->rpv, config.rpv, sizeof(realm->rpv));
	return 0;
}

/* ------------------------------------------------------------------ realms */

/*
 * As few levels as the architecture allows, with up to 16 concatenated tables
 * at the start, like any stage 2 of KVM's.
 */
static void choose_geometry(struct kvm_realm *realm)
{
	int bits;

	realm->start_level = 2;
	for (bits = realm->ia_bits - 21; bits > 13; bits -= 9)
		realm->start_level--;
	realm->num_roots = bits > 9 ? 1 << (bits - 9) : 1;
}

int kvm_rmi_init_vm(struct kvm *kvm, unsigned long type)
{
	struct kvm_realm *realm = &kvm->arch.realm;
	u32 ia_bits = KVM_VM_TYPE_ARM_IPA_SIZE(type) ?: KVM_PHYS_SHIFT;

	if (!static_branch_unlikely(&kvm_rmi_available))
		return -EINVAL;
	if (ia_bits < 32 || ia_bits > max_ia_bits())
		return -EINVAL;

	realm->ia_bits = ia_bits;
	choose_geometry(realm);
	rmi_account_init(&realm->account);
	realm->enabled = true;
	return 0;
}

static int fill_realm_params(struct kvm *kvm, struct rmi_realm_params *params)
{
	struct kvm_realm *realm = &kvm->arch.realm;

	params->s2sz = realm->ia_bits;
	params->num_bps = FIELD_GET(DFR0_BRPS, realm->dfr0);
	params->num_wps = FIELD_GET(DFR0_WRPS, realm->dfr0);
	params->hash_algo = realm->hash_algo;
	memcpy(params->rpv, realm->rpv, sizeof(params->rpv));
	if (realm->sve_vq) {
		params->flags |= RMI_REALM_SVE;
		params->sve_vl = realm->sve_vq - 1;
	}

	params->vmid = realm->vmid;
	params->rtt_base = realm->root;
	params->rtt_level_start = realm->start_level;
	params->rtt_num_start = realm->num_roots;
	return rmi_realm_create(realm->rd, virt_to_phys(params)) ? -ENXIO : 0;
}

/* @dfr0 is a value of ID_AA64DFR0_EL1; a realm may have fewer breakpoints. */
u64 kvm_rmi_limit_dfr0(u64 dfr0)
{
	u64 bps = min(FIELD_GET(DFR0_BRPS, dfr0),
		      FIELD_GET(RMI_F0_NUM_BPS, rmi_features0));
	u64 wps = min(FIELD_GET(DFR0_WRPS, dfr0),
		      FIELD_GET(RMI_F0_NUM_WPS, rmi_features0));

	dfr0 &= ~(DFR0_BRPS | DFR0_WRPS);
	return dfr0 | FIELD_PREP(DFR0_BRPS, bps) | FIELD_PREP(DFR0_WRPS, wps);
}

/**
 * kvm_rec_set_dfr0 - choose the number of breakpoints and watchpoints
 * @vcpu: a vCPU of the VM that it is for
 * @limit: what ID_AA64DFR0_EL1 can be at most
 * @val: what user space wants it to be
 *
 * They are parameters of the realm, and settled when that is created.
 */
int kvm_rec_set_dfr0(struct kvm_vcpu *vcpu, u64 limit, u64 val)
{
	const u64 bps = DFR0_BRPS, wps = DFR0_WRPS;
	struct kvm *kvm = vcpu->kvm;

	guard(mutex)(&kvm->slots_lock);
	guard(mutex)(&kvm->arch.config_lock);

	if (val == kvm_read_vm_id_reg(kvm, SYS_ID_AA64DFR0_EL1))
		return 0;
	if (kvm_realm_is_created(kvm))
		return -EBUSY;
	/* One less than there are; the architecture reserves 0. */
	if ((val ^ limit) & ~(bps | wps) || !(val & bps) || !(val & wps) ||
	    (val & bps) > (limit & bps) || (val & wps) > (limit & wps))
		return -EINVAL;

	kvm_set_vm_id_reg(kvm, SYS_ID_AA64DFR0_EL1, val);
	return 0;
}

/*
 * What of the realm's parameters comes from its vCPUs. All have the same vectors,
 * so the first is asked.
 */
static int choose_features(struct kvm *kvm)
{
	struct kvm_vcpu *vcpu = kvm_get_vcpu(kvm, 0);

	guard(mutex)(&kvm->arch.config_lock);

	kvm->arch.realm.dfr0 = kvm_rmi_limit_dfr0(~0ULL);
	if (test_bit(KVM_ARCH_FLAG_ID_REGS_INITIALIZED, &kvm->arch.flags))
		kvm->arch.realm.dfr0 = kvm_read_vm_id_reg(kvm,
							  SYS_ID_AA64DFR0_EL1);

	kvm->arch.realm.sve_vq = 0;
	if (!test_bit(KVM_ARM_VCPU_SVE, kvm->arch.vcpu_features))
		return 0;
	if (!vcpu || !kvm_arm_vcpu_sve_finalized(vcpu))
		return -EPERM;

	kvm->arch.realm.sve_vq = sve_vq_from_vl(vcpu->arch.sve_max_vl);
	return 0;
}

/**
 * kvm_realm_create - create the realm descriptor, if there is none yet
 * @kvm: the VM
 */
int kvm_realm_create(struct kvm *kvm)
{
	struct kvm_realm *realm = &kvm->arch.realm;
	struct rmi_realm_params *params;
	int ret;

	lockdep_assert_held(&kvm->slots_lock);

	if (realm->state == REALM_DEAD)
		return -EIO;
	if (realm->state != REALM_NONE)
		return 0;

	ret = choose_features(kvm);
	if (ret)
		return ret;

	realm->vmid = ida_alloc_range(&realm_vmids, 1,
				      (1U << kvm_arm_vmid_bits) - 1,
				      GFP_KERNEL_ACCOUNT);
	if (realm->vmid < 0)
		return realm->vmid;

	ret = -ENOMEM;
	params = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!params)
		goto free_vmid;

	realm->rd = rmi_pool_alloc(&realm->account, 0);
	if (realm->rd == PHYS_ADDR_MAX)
		goto free_params;

	realm->root = rmi_pool_alloc(&realm->account, ilog2(realm->num_roots));
	if (realm->root == PHYS_ADDR_MAX)
		goto free_rd;

	ret = fill_realm_params(kvm, params);
	if (ret)
		goto free_root;

	free_page((unsigned long)params);
	realm->state = REALM_NEW;
	return 0;

free_root:
	rmi_pool_free(&realm->account, realm->root, ilog2(realm->num_roots));
free_rd:
	rmi_pool_free(&realm->account, realm->rd, 0);
free_params:
	realm->rd = 0;
	free_page((unsigned long)params);
free_vmid:
	ida_free(&realm_vmids, realm->vmid);
	return ret;
}

void kvm_rmi_destroy_vm(struct kvm *kvm)
{
	struct kvm_realm *realm = &kvm->arch.realm;

	kvm_realm_flush_all(kvm);

	if (realm->rd && !WARN_ON(rmi_realm_destroy(realm->rd))) {
		rmi_pool_free(&realm->account, realm->root,
			      ilog2(realm->num_roots));
		rmi_pool_free(&realm->account, realm->rd, 0);
		ida_free(&realm_vmids, realm->vmid);
	}
	rmi_account_destroy(&realm->account);
}

/* -------------------------------------------------------------------- RECs */

int kvm_rmi_vcpu_precreate(struct kvm *kvm)
{
	/* Once the realm is active, there are no more RECs for it. */
	return READ_ONCE(kvm->arch.realm.state) > REALM_NEW ? -EBUSY : 0;
}

int kvm_rmi_vcpu_init(struct kvm_vcpu *vcpu, const struct kvm_vcpu_init *init)
{
	struct kvm *kvm = vcpu->kvm;
	const unsigned long allowed = BIT(KVM_ARM_VCPU_POWER_OFF) |
				      BIT(KVM_ARM_VCPU_PSCI_0_2) |
				      BIT(KVM_ARM_VCPU_SVE) |
				      BIT(KVM_ARM_VCPU_PTRAUTH_ADDRESS) |
				      BIT(KVM_ARM_VCPU_PTRAUTH_GENERIC);

	if (init->features[0] & ~allowed)
		return -EINVAL;
	if (!(init->features[0] & BIT(KVM_ARM_VCPU_PSCI_0_2)))
		return -EINVAL;
	if ((init->features[0] & BIT(KVM_ARM_VCPU_SVE)) &&
	    !(rmi_features0 & RMI_F0_SVE_EN))
		return -EINVAL;
	if (kvm_realm_is_created(kvm) &&
	    !!(init->features[0] & BIT(KVM_ARM_VCPU_SVE)) !=
	    !!kvm->arch.realm.sve_vq)
		return -EINVAL;

	/* A REC cannot be reset; a realm that reboots is a new realm. */
	return vcpu->arch.rec.created ? -EBUSY : 0;
}

/* Of the vectors, in bytes. Once there is a realm, all of its RECs have the same. */
unsigned int kvm_rec_max_sve_vl(struct kvm_vcpu *vcpu)
{
	unsigned int vq = FIELD_GET(RMI_F0_SVE_VL, rmi_features0) + 1;

	if (kvm_realm_is_created(vcpu->kvm))
		vq = vcpu->kvm->arch.realm.sve_vq;
	return min(kvm_sve_max_vl, sve_vl_from_vq(vq));
}

static void free_rec_granules(struct kvm_vcpu *vcpu)
{
	struct rmi_account *account = &vcpu->kvm->arch.realm.account;
	struct kvm_rec *rec = &vcpu->arch.rec;

	while (rec->num_aux)
		rmi_pool_free(account, rec->aux[--rec->num_aux], 0);
	rmi_pool_free(account, rec->pa, 0);
}

static int alloc_rec_granules(struct kvm_vcpu *vcpu, u64 num_aux)
{
	struct rmi_account *account = &vcpu->kvm->arch.realm.account;
	struct kvm_rec *rec = &vcpu->arch.rec;

	rec->pa = rmi_pool_alloc(account, 0);
	if (rec->pa == PHYS_ADDR_MAX)
		return -ENOMEM;

	while (rec->num_aux < num_aux) {
		phys_addr_t pa = rmi_pool_alloc(account, 0);

		if (pa == PHYS_ADDR_MAX) {
			free_rec_granules(vcpu);
			return -ENOMEM;
		}
		rec->aux[rec->num_aux++] = pa;
	}
	return 0;
}

static u64 rec_mpidr(u32 index)
{
	return FIELD_PREP(RMI_MPIDR_AFF0, index & 0xf) |
	       FIELD_PREP(RMI_MPIDR_AFF1, (index >> 4) & 0xff) |
	       FIELD_PREP(RMI_MPIDR_AFF2, (index >> 12) & 0xff);
}

static void fill_rec_params(struct kvm_vcpu *vcpu,
			    struct rmi_rec_params *params)
{
	struct kvm_rec *rec = &vcpu->arch.rec;
	int i;

	if (!kvm_arm_vcpu_stopped(vcpu))
		params->flags |= RMI_REC_RUNNABLE;
	params->mpidr = rec_mpidr(vcpu->vcpu_id);
	params->pc = *vcpu_pc(vcpu);
	for (i = 0; i < RMI_REC_CREATE_GPRS; i++)
		params->gprs[i] = vcpu_get_reg(vcpu, i);
	params->num_aux = rec->num_aux;
	for (i = 0; i < rec->num_aux; i++)
		params->aux[i] = rec->aux[i];
}

static int rec_create(struct kvm_vcpu *vcpu)
{
	struct kvm_realm *realm = &vcpu->kvm->arch.realm;
	struct kvm_rec *rec = &vcpu->arch.rec;
	struct rmi_rec_params *params;
	struct rmi_rec_run *run;
	u64 num_aux;
	int ret = -ENOMEM;

	if (rec->created)
		return 0;
	if (!kvm_vcpu_initialized(vcpu))
		return -ENOEXEC;
	if (!kvm_arm_vcpu_is_finalized(vcpu))
		return -EPERM;
	if (vcpu_has_sve(vcpu) != !!realm->sve_vq ||
	    (vcpu_has_sve(vcpu) &&
	     sve_vq_from_vl(vcpu->arch.sve_max_vl) != realm->sve_vq))
		return -EINVAL;
	if (rmi_rec_aux_count(realm->rd, &num_aux) || num_aux > RMI_REC_MAX_AUX)
		return -ENXIO;

	run = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	params = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!run || !params)
		goto out;

	ret = alloc_rec_granules(vcpu, num_aux);
	if (ret)
		goto out;

	/* The vCPU may be somebody else's, who turns it on or off meanwhile. */
	spin_lock(&vcpu->arch.mp_state_lock);
	fill_rec_params(vcpu, params);
	if (!rmi_rec_create(realm->rd, rec->pa, virt_to_phys(params))) {
		rec->run = run;
		rec->run_pa = virt_to_phys(run);
		/* pairs with kvm_rec_inject_sea() */
		smp_store_release(&rec->created, true);
		run = NULL;
	}
	spin_unlock(&vcpu->arch.mp_state_lock);

	if (!rec->created) {
		free_rec_granules(vcpu);
		ret = -ENXIO;
	}
out:
	free_page((unsigned long)run);
	free_page((unsigned long)params);
	return ret;
}

void kvm_rec_destroy(struct kvm_vcpu *vcpu)
{
	struct kvm_rec *rec = &vcpu->arch.rec;

	if (!rec->created)
		return;

	rec->created = false;
	if (!WARN_ON(rmi_rec_destroy(rec->pa)))
		free_rec_granules(vcpu);
	free_page((unsigned long)rec->run);
	rec->run = NULL;
}

/* The RMM wants the RECs in the order of their MPIDRs, without gaps. */
static int create_recs(struct kvm *kvm)
{
	unsigned int i, nr = atomic_read(&kvm->online_vcpus);
	struct kvm_vcpu *vcpu;
	int ret;

	for (i = 0; i < nr; i++) {
		vcpu = kvm_get_vcpu_by_id(kvm, i);
		if (!vcpu)
			return -EINVAL;
		ret = rec_create(vcpu);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * kvm_realm_run_first - what a vCPU's first KVM_RUN has to do
 * @vcpu: the vCPU
 *
 * The first one of the realm fixes the measurement: memory that has not been
 * populated becomes RAM, in the order of its addresses, then the RECs are
 * created, and the realm is activated. If some of it fails, for the want of
 * memory for example, a later KVM_RUN goes on with it.
 */
int kvm_realm_run_first(struct kvm_vcpu *vcpu)
{
	struct kvm *kvm = vcpu->kvm;
	struct kvm_realm *realm = &kvm->arch.realm;
	int ret;

	guard(mutex)(&kvm->slots_lock);

	if (realm->state == REALM_ACTIVE)
		return vcpu->arch.rec.created ? 0 : -EPERM;

	ret = kvm_realm_create(kvm);
	if (ret)
		return ret;
	realm->ripas_begun = true;
	ret = kvm_realm_init_ripas(kvm);
	if (ret)
		return ret;
	ret = create_recs(kvm);
	if (ret)
		return ret;
	/* One that is not counted yet, while KVM_CREATE_VCPU is on its way */
	if (!vcpu->arch.rec.created)
		return -EPERM;

	if (rmi_realm_activate(realm->rd))
		return -ENXIO;
	WRITE_ONCE(realm->state, REALM_ACTIVE);
	return 0;
}

/*
 * A realm's registers are its own. User space says where it starts, and
 * answers hypercalls that it has asked for.
 */
bool kvm_rec_reg_settable(struct kvm_vcpu *vcpu, u64 id)
{
	switch (id & KVM_REG_ARM_COPROC_MASK) {
	case KVM_REG_ARM_CORE:
		switch (id & ~(KVM_REG_ARCH_MASK | KVM_REG_SIZE_MASK |
			       KVM_REG_ARM_CORE)) {
		case KVM_REG_ARM_CORE_REG(regs.regs[0]) ...
		     KVM_REG_ARM_CORE_REG(regs.regs[30]):
		case KVM_REG_ARM_CORE_REG(regs.pc):
			return true;
		}
		return false;
	case KVM_REG_ARM_FW:
	case KVM_REG_ARM_FW_FEAT_BMAP:
		return true;
	case KVM_REG_ARM64_SYSREG:
		return id == KVM_REG_ARM_DFR0;
	case KVM_REG_ARM64_SVE:
		return id == KVM_REG_ARM64_SVE_VLS;
	}
	return false;
}

DEFINE_SHOW_ATTRIBUTE(rmi_pool);

/* What realms may come to touch of their memory still, in pages */
static unsigned long nr_promised(void)
{
	struct kvm_memory_slot *slot;
	unsigned long promised = 0;
	struct kvm *kvm;
	int idx, bkt;

	guard(mutex)(&kvm_lock);
	list_for_each_entry(kvm, &vm_list, vm_list) {
		struct kvm_realm *realm = &kvm->arch.realm;
		unsigned long nr = 0;

		if (!kvm_is_realm(kvm) || READ_ONCE(realm->state) == REALM_DEAD)
			continue;

		idx = srcu_read_lock(&kvm->srcu);
		kvm_for_each_memslot(slot, bkt, kvm_memslots(kvm))
			if (kvm_slot_can_be_private(slot))
				nr += slot->npages;
		srcu_read_unlock(&kvm->srcu, idx);

		promised += nr - min_t(unsigned long, nr,
				       atomic_long_read(&realm->account.pages));
	}
	return promised;
}

/* For user space that wants to know whether a realm has a chance */
static int get_pool_available(char *buffer, const struct kernel_param *kp)
{
	unsigned long nr = rmi_pool_nr_free();

	nr -= min(nr, nr_promised());
	return sysfs_emit(buffer, "%llu\n", (u64)nr * SZ_4K);
}

static const struct kernel_param_ops pool_available_ops = {
	.get = get_pool_available,
};

module_param_cb(rmi_pool_available, &pool_available_ops, NULL, 0444);
MODULE_PARM_DESC(rmi_pool_available,
		 "Secure memory that is free and that no realm may come to touch, in bytes");

/* What the monitor counts, since it was booted */
static int rmi_stat_show(struct seq_file *m, void *unused)
{
	static const char * const names[] = {
		"heal-traps", "heal-descriptors", "rec-entries", "realm-smcs",
	};
	unsigned int i;
	u64 count;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!tmm_stat(i, &count))
			seq_printf(m, "%s %llu\n", names[i], count);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(rmi_stat);

static int __init rmi_debugfs_init(void)
{
	struct dentry *dir;

	if (!IS_ENABLED(CONFIG_DEBUG_FS) ||
	    !static_branch_unlikely(&kvm_rmi_available))
		return 0;

	dir = debugfs_lookup("kvm", NULL);
	debugfs_create_file("rmi_pool", 0400, dir, NULL, &rmi_pool_fops);
	debugfs_create_file("rmi_stat", 0400, dir, NULL, &rmi_stat_fops);
	dput(dir);
	return 0;
}
late_initcall(rmi_debugfs_init);

static int realm_show(struct seq_file *m, void *unused)
{
	static const char * const states[] = { "none", "new", "active", "dead" };
	struct kvm *kvm = m->private;
	struct kvm_realm *realm = &kvm->arch.realm;

	seq_printf(m, "state %s\n", states[READ_ONCE(realm->state)]);
	seq_printf(m, "pages %ld\n", atomic_long_read(&realm->account.pages));
	seq_printf(m, "reserved %ld\n",
		   atomic_long_read(&realm->account.reserved));
	return 0;
}

static int realm_open(struct inode *inode, struct file *file)
{
	struct kvm *kvm = inode->i_private;
	int ret;

	if (!kvm_get_kvm_safe(kvm))
		return -ENOENT;

	ret = single_open(file, realm_show, kvm);
	if (ret)
		kvm_put_kvm(kvm);
	return ret;
}

static int realm_release(struct inode *inode, struct file *file)
{
	kvm_put_kvm(inode->i_private);
	return single_release(inode, file);
}

static const struct file_operations realm_fops = {
	.owner = THIS_MODULE,
	.open = realm_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = realm_release,
};

void kvm_rmi_create_vm_debugfs(struct kvm *kvm)
{
	debugfs_create_file("realm", 0400, kvm->debugfs_dentry, kvm,
			    &realm_fops);
}
