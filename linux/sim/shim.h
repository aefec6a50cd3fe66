/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What overlay/ needs of the kernel, as simple as it can be: one thread, so no
 * locks; one memslot; memory attributes in an array; SMCs go to the monitor.
 * WARN_ON() ends the test. Much of it never runs, and only has to compile.
 */
#ifndef SIM_SHIM_H
#define SIM_SHIM_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include <string.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <linux/types.h>
typedef uint64_t u64;
typedef uint32_t u32;
typedef uint16_t u16;
typedef uint8_t u8;
typedef int8_t s8;
typedef int64_t s64;
typedef u64 phys_addr_t, gfn_t, gpa_t, kvm_pfn_t;
typedef struct {
	long v;
} atomic_long_t;
typedef struct {
	int v;
} atomic_t;
#define __init
#define __ro_after_init
#define __user
#define noinstr
#undef static_assert
#define static_assert(x) _Static_assert(x, #x)
#define BIT(n)		 (1UL << (n))
#define BIT_ULL(n)	 (1ULL << (n))
#define GENMASK(h, l)	 ((~0UL << (l)) & (~0UL >> (63 - (h))))
#define GENMASK_ULL	 GENMASK
#define FIELD_GET(m, v)	 (((v) & (m)) >> __builtin_ctzl(m))
#define FIELD_PREP(m, v) (((u64)(v) << __builtin_ctzl(m)) & (m))
#define likely(x)	 (x)
#define unlikely(x)	 (x)
#define READ_ONCE(x)	 (x)
#define WRITE_ONCE(x, v) ((x) = (v))
#define smp_store_release(p, v) (*(p) = (v))
#define smp_load_acquire(p) (*(p))
#define ALIGN_DOWN(x, a) ((x) & ~((u64)(a)-1))
#define ALIGN(x, a)	 ALIGN_DOWN((x) + (a)-1, a)
#define IS_ALIGNED(x, a) (!((x) & ((u64)(a)-1)))
#define PAGE_SIZE	 4096UL
#define PAGE_SHIFT	 12
#define PAGE_ALIGNED(x)	 IS_ALIGNED(x, PAGE_SIZE)
#define PMD_SIZE	 (2UL << 20)
#define PMD_SHIFT	 21
#define SZ_4K		 4096UL
#define SZ_1M		 (1UL << 20)
#define SZ_1G		 (1UL << 30)
#define SZ_2M		 (2UL << 20)
#define PHYS_ADDR_MAX	 (~(phys_addr_t)0)
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define min_t(t, a, b)	 ((t)(a) < (t)(b) ? (t)(a) : (t)(b))
#define min(a, b)	 ((a) < (b) ? (a) : (b))
#define ilog2(n)	 (31 - __builtin_clz(n))
#define __always_inline	 inline __attribute__((always_inline))
#define WARN_ON(c)                                                             \
	({                                                                     \
		bool w_ = !!(c);                                               \
		if (w_) {                                                      \
			fprintf(stderr, "WARN %s:%d %s\n", __FILE__, __LINE__, \
				#c);                                           \
			abort();                                               \
		}                                                              \
		w_;                                                            \
	})
#define WARN_ON_ONCE		    WARN_ON
#define pr_info(...)		    ((void)0)
#define pr_warn_ratelimited(f, ...) abort()
#define smp_rmb()
#define cond_resched()
#define lockdep_assert_held(x)	     ((void)(x))
#define lockdep_assert_held_write(x) ((void)(x))
#define write_lock(x)
#define write_unlock(x)
#define read_lock(x)
#define read_unlock(x)
#define cond_resched_rwlock_write(x)
static inline void shim_guard(const void *p)
{
	(void)p;
}
#define guard(x) shim_guard
#define spin_lock(x)
#define spin_unlock(x)
#define srcu_read_lock(x)    0
#define srcu_read_unlock(x, i) ((void)(i))
#define scoped_guard(a, b)
#define DEFINE_RAW_SPINLOCK(x)	    int x
#define DEFINE_SPINLOCK(x)	    int x
#define DECLARE_STATIC_KEY_FALSE(x) extern bool x
#define DEFINE_STATIC_KEY_FALSE(x)  bool x
#define static_branch_unlikely(x)   (*(x))
#define static_branch_enable(x)	    (*(x) = true)
#define CONFIG_KVM_ARM_RMI	    1
#define CONFIG_DEBUG_FS		    0
#define IS_ENABLED(x)		    (x)

/* Atomics */
#define atomic_long_read(a)	    ((a)->v)
#define atomic_long_add(n, a)	    ((a)->v += (n))
#define atomic_long_sub(n, a)	    ((a)->v -= (n))
#define atomic_long_inc(a)	    ((a)->v++)
static inline long atomic_long_xchg(atomic_long_t *a, long n)
{
	long o = a->v;
	a->v = n;
	return o;
}
static inline bool atomic_long_add_unless(atomic_long_t *a, long n, long u)
{
	if (a->v == u)
		return false;
	a->v += n;
	return true;
}
#define atomic_read(a) ((a)->v)
#define atomic_inc(a)  ((a)->v++)
#define atomic_dec(a)  ((a)->v--)

/* Lists and bitmaps */
struct list_head {
	struct list_head *next, *prev;
};
#define INIT_LIST_HEAD(l) ((l)->next = (l)->prev = (l))
static inline void list_add(struct list_head *n, struct list_head *h)
{
	n->next = h->next;
	n->prev = h;
	h->next->prev = n;
	h->next = n;
}
static inline void list_del(struct list_head *n)
{
	n->prev->next = n->next;
	n->next->prev = n->prev;
}
#define container_of(p, t, m) ((t *)((char *)(p)-offsetof(t, m)))
#define list_for_each_entry(p, h, m)                                   \
	for (p = container_of((h)->next, typeof(*p), m); &p->m != (h); \
	     p = container_of(p->m.next, typeof(*p), m))
#define list_first_entry_or_null(h, t, m) \
	((h)->next == (h) ? NULL : container_of((h)->next, t, m))
#define DECLARE_BITMAP(n, b) unsigned long n[((b) + 63) / 64]
#define test_bit(n, b)	     (((b)[(n) / 64] >> ((n) % 64)) & 1)
static inline void bitmap_set(unsigned long *b, unsigned s, unsigned n)
{
	while (n--) {
		b[s / 64] |= 1UL << (s % 64);
		s++;
	}
}
static inline void bitmap_clear(unsigned long *b, unsigned s, unsigned n)
{
	while (n--) {
		b[s / 64] &= ~(1UL << (s % 64));
		s++;
	}
}
#define bitmap_fill(b, n) bitmap_set(b, 0, n)
static inline unsigned long bitmap_find_next_zero_area(unsigned long *b,
						       unsigned long size,
						       unsigned long start,
						       unsigned nr,
						       unsigned long mask)
{
	for (unsigned long i = start; i + nr <= size;
	     i = (i + 1 + mask) & ~mask) {
		unsigned k;
		for (k = 0; k < nr && !test_bit(i + k, b); k++)
			;
		if (k == nr)
			return i;
	}
	return size;
}
static inline unsigned long find_next_zero_bit(const unsigned long *b,
					       unsigned long size,
					       unsigned long start)
{
	while (start < size && test_bit(start, b))
		start++;
	return start;
}
#define GFP_KERNEL	   0
#define GFP_KERNEL_ACCOUNT 0
#define kcalloc(n, s, g)   calloc(n, s)
#define kvcalloc(n, s, g)  calloc(n, s)

/* Accounting, nodes */
struct misc_cg {
	long used, max;
};
extern struct misc_cg shim_cg;
#define MISC_CG_RES_RMI 0
static inline int misc_cg_try_charge(int r, struct misc_cg *c, u64 n)
{
	if (c->used + (long)n > c->max)
		return -EBUSY;
	c->used += n;
	return 0;
}
static inline void misc_cg_uncharge(int r, struct misc_cg *c, u64 n)
{
	c->used -= n;
	if (c->used < 0)
		abort();
}
#define misc_cg_set_capacity(r, n) ((void)(n))
#define get_current_misc_cg()	   (&shim_cg)
#define put_misc_cg(c)
#define numa_mem_id()  0
#define acpi_disabled  1
#define pxm_to_node(x) (int)(x)
#define MAX_NUMNODES   4
#define node_online(n) true

/* SMCCC: the last argument of a call is where the result goes */
struct arm_smccc_res {
	unsigned long a0, a1, a2, a3;
};
struct arm_smccc_1_2_regs {
	unsigned long a0, a1, a2, a3, a4, a5, a6, a7;
};
void shim_smc(u64 x[8]);
#define ARM_SMCCC_FAST_CALL	 1UL
#define ARM_SMCCC_SMC_64	 1
#define ARM_SMCCC_OWNER_SIP	 2
#define ARM_SMCCC_OWNER_STANDARD 4
#define ARM_SMCCC_CALL_VAL(t, c, o, f) \
	(((t) << 31) | ((u64)(c) << 30) | ((u64)(o) << 24) | (f))
static inline void shim_call(int n, const u64 *a, struct arm_smccc_res *res)
{
	u64 x[8] = { 0 };
	for (int i = 0; i < n; i++)
		x[i] = a[i];
	shim_smc(x);
	res->a0 = x[0];
	res->a1 = x[1];
	res->a2 = x[2];
	res->a3 = x[3];
}
#define arm_smccc_1_1_smc(...)                                             \
	do {                                                               \
		u64 a_[] = { SHIM_ARGS(__VA_ARGS__) };                     \
		int n_ = sizeof(a_) / 8;                                   \
		shim_call(n_ - 1, a_, (struct arm_smccc_res *)a_[n_ - 1]); \
	} while (0)
#define SHIM_C(x)			    (u64)(x)
#define SHIM_ARGS(...)			    SHIM_N(__VA_ARGS__, 7, 6, 5, 4, 3, 2, 1)(__VA_ARGS__)
#define SHIM_N(a, b, c, d, e, f, g, n, ...) SHIM_A##n
#define SHIM_A2(a, b)			    SHIM_C(a), SHIM_C(b)
#define SHIM_A3(a, b, c)		    SHIM_A2(a, b), SHIM_C(c)
#define SHIM_A4(a, b, c, d)		    SHIM_A3(a, b, c), SHIM_C(d)
#define SHIM_A5(a, b, c, d, e)		    SHIM_A4(a, b, c, d), SHIM_C(e)
#define SHIM_A6(a, b, c, d, e, f)	    SHIM_A5(a, b, c, d, e), SHIM_C(f)
#define SHIM_A7(a, b, c, d, e, f, g)	    SHIM_A6(a, b, c, d, e, f), SHIM_C(g)
static inline void arm_smccc_1_2_smc(struct arm_smccc_1_2_regs *in,
				     struct arm_smccc_1_2_regs *out)
{
	u64 x[8];
	memcpy(x, in, 64);
	shim_smc(x);
	memcpy(out, x, 64);
}
#define SMCCC_RET_NOT_SUPPORTED	    (-1)
#define SMCCC_CONDUIT_SMC	    1
#define ARM_SMCCC_VERSION_1_2	    0x10002
#define arm_smccc_1_1_get_conduit() 1
#define arm_smccc_get_version()	    0x10002
#define is_kernel_in_hyp_mode()	    true

/* Files, modules: nobody reads them here */
struct seq_file {
	void *private;
};
struct inode {
	void *i_private;
};
struct file {
	int x;
};
#define seq_printf(m, ...) ((void)(m), fprintf(stderr, __VA_ARGS__))
struct file_operations {
	void *owner;
	int (*open)(struct inode *, struct file *);
	int (*release)(struct inode *, struct file *);
	void *read, *llseek;
};
#define THIS_MODULE	     NULL
#define seq_read	     NULL
#define seq_lseek	     NULL
#define single_open(f, s, d) ((void)(s), 0)
#define single_release(i, f) 0
#define DEFINE_SHOW_ATTRIBUTE(x)                \
	static struct file_operations x##_fops; \
	int shim_##x(void)                      \
	{                                       \
		return x##_show(NULL, NULL);    \
	}
#define debugfs_create_file(...) ((void)0)
#define debugfs_lookup(a, b)	 NULL
#define dput(x)
struct dentry;
#define late_initcall(f) int (*shim_##f)(void) = f
#define module_param(...)
#define module_param_cb(...)
struct kernel_param;
struct kernel_param_ops {
	int (*get)(char *buffer, const struct kernel_param *kp);
};
#define sysfs_emit(b, ...) sprintf(b, __VA_ARGS__)
#define MODULE_PARM_DESC(...)
#define DEFINE_IDA(x)		    int x
#define ida_alloc_range(i, a, b, g) ((a) + (*(i))++)
#define ida_free(i, n)
#define kvm_arm_vmid_bits 8
struct shim_vgic_state {
	bool gicv3_cpuif;
	int nr_lr;
	bool has_gicv4;
};
extern struct shim_vgic_state kvm_vgic_global_state;
#define copy_from_user(d, s, n) (memcpy(d, s, n), 0)
#define u64_to_user_ptr(x)	((void *)(x))
static inline void *memchr_inv(const void *p, int c, size_t n)
{
	const u8 *b = p;
	while (n--) {
		if (*b != c)
			return (void *)b;
		b++;
	}
	return NULL;
}
unsigned long get_zeroed_page(int g);
void free_page(unsigned long a);
u64 virt_to_phys(void *);
struct page;
int get_user_pages_fast(unsigned long a, int n, int f, struct page **p);
#define page_to_phys(p) ((u64)(p))
#define put_page(p)
#define signal_pending(c) false

/* KVM */
#include <linux/kvm.h>
#define SVE_VQ_BYTES 16
#undef sve_vq_from_vl
#define sve_vq_from_vl(x)     ((x) / 16)
#define KVM_PHYS_SHIFT	      40
#define KVM_VCPU_MAX_FEATURES 7
#define gfn_to_gpa(g)	      ((u64)(g) << 12)
#define gpa_to_gfn(g)	      ((u64)(g) >> 12)
#include <asm/kvm_rmi.h>
#define KVM_FILTER_SHARED  1
#define KVM_FILTER_PRIVATE 2
struct kvm_memory_slot {
	gfn_t base_gfn;
	u64 npages;
	u32 flags;
};
struct kvm_gfn_range {
	struct kvm_memory_slot *slot;
	gfn_t start, end;
	union {
		unsigned long attributes;
	} arg;
	int attr_filter;
	bool may_block;
};
struct vgic_v3_cpu_if {
	u32 vgic_hcr, vgic_vmcr;
	u64 vgic_lr[16];
	unsigned used_lrs;
};
enum {
	MPIDR_EL1,
	CNTV_CTL_EL0,
	CNTV_CVAL_EL0,
	CNTP_CTL_EL0,
	CNTP_CVAL_EL0,
	NR_SYS
};
#define KVM_MAX_GFN 0x80000
struct shim_attr {
	u8 of[KVM_MAX_GFN];
};
struct kvm {
	struct list_head vm_list;
	int slots_lock, mmu_lock, srcu;
	struct {
		int config_lock;
		unsigned long flags;
		u64 dfr0;
		struct kvm_realm realm;
		unsigned long vcpu_features[1];
		struct {
			int vgic_model;
		} vgic;
	} arch;
	struct kvm_memory_slot slot;
	struct kvm_vcpu *vcpus[4];
	atomic_t online_vcpus;
	unsigned long mmu_invalidate_seq;
	struct shim_attr mem_attr_array;
	struct dentry *debugfs_dentry;
};
struct kvm_vcpu {
	struct kvm *kvm;
	int vcpu_id;
	struct kvm_run *run;
	struct {
		int mp_state_lock;
		struct {
			int mp_state;
		} mp_state;
		struct kvm_rec rec;
		unsigned sve_max_vl;
		u64 hcr_el2;
		struct {
			u64 esr_el2, far_el2, hpfar_el2;
		} fault;
		struct {
			struct vgic_v3_cpu_if vgic_v3;
			u32 num_pri_bits;
		} vgic_cpu;
	} arch;
	struct {
		u64 wfe_exit_stat, wfi_exit_stat;
	} stat;
	u64 regs[31], pc;
	u64 sys[NR_SYS];
	u64 fault_gpa, fault_size;
	bool fault_private;
	bool woken;
};
#define KVM_ARCH_FLAG_ID_REGS_INITIALIZED 7
#define SYS_ID_AA64DFR0_EL1		  0
#define kvm_read_vm_id_reg(k, r)	  ((k)->arch.dfr0)
#define kvm_set_vm_id_reg(k, r, v)	  ((k)->arch.dfr0 = (v))
extern struct list_head vm_list;
extern int kvm_lock;
#define ICH_LR_PRIORITY_SHIFT	      48
#define kvm_sve_max_vl		      256U
#define sve_vl_from_vq(q)	      ((q) * 16)
#define irqchip_in_kernel(k)	      true
#define kvm_get_vcpu(k, i)	      ((k)->vcpus[i])
#define kvm_get_vcpu_by_id(k, i)      ((k)->vcpus[i])
#define kvm_arm_vcpu_sve_finalized(v) true
#define kvm_arm_vcpu_is_finalized(v)  true
#define kvm_vcpu_initialized(v)	      true
#define vcpu_has_sve(v)		      test_bit(KVM_ARM_VCPU_SVE, (v)->kvm->arch.vcpu_features)
#define kvm_arm_vcpu_stopped(v) \
	((v)->arch.mp_state.mp_state == KVM_MP_STATE_STOPPED)
#define vcpu_pc(v)	      (&(v)->pc)
#define vcpu_gp_regs(v)       (v)
#define vcpu_get_reg(v, i)    ((i) == 31 ? 0 : (v)->regs[i])
#define vcpu_set_reg(v, i, x) ((i) == 31 ? 0 : ((v)->regs[i] = (x)))
#define kvm_get_kvm_safe(k)   true
#define kvm_put_kvm(k)
struct kvm_memslot_iter {
	struct kvm_memory_slot *slot;
};
#define kvm_memslots(k) (&(k)->slot)
#define kvm_for_each_memslot(s, bkt, k) \
	for ((s) = (k), (bkt) = 0; (s); (s) = NULL)
#define kvm_for_each_memslot_in_gfn_range(it, s, a, b) \
	for ((it)->slot = (s); (it)->slot; (it)->slot = NULL)
#define KVM_MEMSLOT_INVALID (1UL << 16)
#define kvm_slot_can_be_private(s) ((s) && ((s)->flags & KVM_MEM_GUEST_MEMFD))
static inline struct kvm_memory_slot *gfn_to_memslot(struct kvm *k, gfn_t g)
{
	return g >= k->slot.base_gfn && g < k->slot.base_gfn + k->slot.npages
		       ? &k->slot
		       : NULL;
}
#define kvm_mem_is_private(k, g) ((k)->mem_attr_array.of[g] == 8)
static inline bool kvm_range_has_memory_attributes(struct kvm *k, gfn_t s,
						   gfn_t e, unsigned long m,
						   unsigned long a)
{
	for (; s < e; s++)
		if ((k->mem_attr_array.of[s] & m) != a)
			return false;
	return true;
}
#define XA_PRESENT 0
static inline void *xa_find(struct shim_attr *a, unsigned long *i,
			    unsigned long max, int filter)
{
	for (; *i <= max && *i < KVM_MAX_GFN; (*i)++)
		if (a->of[*i])
			return a;
	return NULL;
}
#define mmu_invalidate_retry_gfn(k, s, g) ((k)->mmu_invalidate_seq != (s))
#define kvm_is_write_fault(v)		  false
#define kvm_vcpu_trap_is_exec_fault(v)	  false
static inline void kvm_prepare_memory_fault_exit(struct kvm_vcpu *v, gpa_t g,
						 gpa_t s, bool w, bool x,
						 bool p)
{
	v->fault_gpa = g;
	v->fault_size = s;
	v->fault_private = p;
}

/* Exits */
#define HCR_TWI		     (1UL << 13)
#define HCR_TWE		     (1UL << 14)
#define __vcpu_sys_reg(v, r) ((v)->sys[r])
#define guest_state_enter_irqoff()
#define guest_state_exit_irqoff()
#define local_daif_mask()
#define pmr_sync()
#define local_daif_restore(x)
#define ARM_EXCEPTION_IRQ      0
#define ARM_EXCEPTION_TRAP     2
#define ESR_ELx_EC_WFx	       1
#define ESR_ELx_EC_SMC64       0x17
#define ESR_ELx_EC_SYS64       0x18
#define ESR_ELx_EC_IABT_LOW    0x20
#define ESR_ELx_EC_DABT_LOW    0x24
#define ESR_ELx_EC_MASK	       (0x3fUL << 26)
#define ESR_ELx_IL	       (1UL << 25)
#define ESR_ELx_EC(e)	       (((e) >> 26) & 0x3f)
#define ESR_ELx_WFx_ISS_WFE    1
#define ESR_ELx_WFx_ISS_WFxT   2
#define kvm_vcpu_get_esr(v)    ((v)->arch.fault.esr_el2)
#define kvm_vcpu_sys_get_rt(v) (((v)->arch.fault.esr_el2 >> 5) & 0x1f)
#define SYS_ICC_SGI1R_EL1      0xc9a01
#define SYS_ICC_SGI0R_EL1      2
#define SYS_ICC_ASGI1R_EL1     3
#define esr_sys64_to_sysreg(e) shim_sysreg(e)
#define IN_WFIT		       0
#define INCREMENT_PC	       0
#define vcpu_set_flag(v, f)
#define vcpu_clear_flag(v, f)
#define KVM_REQ_SLEEP 0
#define kvm_make_request(r, v)
#define kvm_vcpu_wake_up(v) ((v)->woken = true)
#define MPIDR_HWID_BITMASK  0xff00ffffffUL
struct kvm_vcpu *kvm_mpidr_to_vcpu(struct kvm *k, u64 m);
int kvm_handle_guest_abort(struct kvm_vcpu *v);
int kvm_handle_sys_reg(struct kvm_vcpu *v);
int kvm_smccc_call_handler(struct kvm_vcpu *v);
void kvm_vcpu_wfi(struct kvm_vcpu *v);
#define kvm_timer_sync_rec(v)
void kvm_vcpu_on_spin(struct kvm_vcpu *v, bool b);
void kvm_prepare_system_event(struct kvm_vcpu *v, u32 t, u64 f);
u64 shim_sysreg(u64 esr);
#include <linux/psci.h>
#define PSCI_RET_SUCCESS      0
#define smccc_get_function(v) ((v)->regs[0])
#define smccc_set_retval(v, a, b, c, d)                              \
	((v)->regs[0] = (a), (v)->regs[1] = (b), (v)->regs[2] = (c), \
	 (v)->regs[3] = (d))

#endif
