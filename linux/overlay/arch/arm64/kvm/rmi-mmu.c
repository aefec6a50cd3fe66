// SPDX-License-Identifier: GPL-2.0-only
/*
 * Realms: memory.
 *
 * A realm has two stage 2 halves, both in tables (RTTs) of the RMM. In the
 * lower, protected half live pages of the pool. KVM keeps no record of them:
 * the RMM gives the address back when a page is destroyed. In the upper half
 * the pages of user space are mapped at their guest physical address plus the
 * top bit of the IPA space.
 *
 * Everything happens under kvm->mmu_lock: faults for reading, as the RMM
 * settles who of several is first, the rest for writing.
 */

#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>

#include <asm/kvm_emulate.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_rmi.h>
#include <asm/rmi_cmds.h>

#define RTT_LAST_LEVEL	3
#define RTT_BLOCK_LEVEL	2
#define BLOCK_PAGES	(PMD_SIZE / PAGE_SIZE)
#define BLOCK_ORDER	(PMD_SHIFT - PAGE_SHIFT)

/* What one entry of a table at @level covers */
static u64 rtt_span(int level)
{
	return BIT_ULL(12 + 9 * (RTT_LAST_LEVEL - level));
}

static bool realm_has_memory(struct kvm_realm *realm)
{
	return realm->state == REALM_NEW || realm->state == REALM_ACTIVE;
}

/* ------------------------------------------------------------------ tables */

/* Of several that need the same table, the first makes it. */
static int create_rtt(struct kvm_realm *realm, u64 ipa, int level)
{
	phys_addr_t rtt = rmi_pool_alloc(&realm->account, 0);
	unsigned long ret;

	if (rtt == PHYS_ADDR_MAX)
		return -ENOMEM;

	ret = rmi_rtt_create(realm->rd, rtt, ALIGN_DOWN(ipa, rtt_span(level - 1)),
			     level);
	if (!ret)
		return 0;

	rmi_pool_free(&realm->account, rtt, 0);
	return RMI_RETURN_STATUS(ret) == RMI_ERROR_RTT &&
	       RMI_RETURN_INDEX(ret) == level - 1 ? 0 : -ENXIO;
}

/* A walk ended at @level; make tables so that it can go on to @max_level. */
static int create_rtts(struct kvm_realm *realm, u64 ipa, int level,
		       int max_level)
{
	int ret;

	while (level++ < max_level) {
		ret = create_rtt(realm, ipa, level);
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * Turn a block into a table. The page for it has been kept since the table was
 * folded into the block, so that memory can be taken from a realm even if the
 * pool is used up.
 */
static int unfold(struct kvm_realm *realm, u64 ipa, int level)
{
	phys_addr_t rtt = rmi_pool_alloc_reserved(&realm->account);

	if (rtt == PHYS_ADDR_MAX)
		return -ENOMEM;
	if (!rmi_rtt_create(realm->rd, rtt, ALIGN_DOWN(ipa, rtt_span(level)),
			    level + 1))
		return 0;

	rmi_pool_free_reserve(&realm->account, rtt);
	return -ENXIO;
}

static void fold(struct kvm_realm *realm, u64 ipa)
{
	phys_addr_t rtt;

	if (!rmi_rtt_fold(realm->rd, ipa, RTT_LAST_LEVEL, &rtt))
		rmi_pool_free_reserve(&realm->account, rtt);
}

/* What of a block of the pool was not used, from the page @used on */
static void free_rest(struct kvm_realm *realm, phys_addr_t block, long used,
		      long nr)
{
	for (; used < nr; used++)
		rmi_pool_free(&realm->account, block + used * PAGE_SIZE, 0);
}

/* --------------------------------------------------------------- take away */

static void unmap_private(struct kvm *kvm, u64 ipa, u64 end, bool may_block)
{
	struct kvm_realm *realm = &kvm->arch.realm;
	unsigned long ret;
	phys_addr_t data;
	u64 top;

	while (ipa < end) {
		ret = rmi_data_destroy(realm->rd, ipa, &data, &top);
		switch (RMI_RETURN_STATUS(ret)) {
		case RMI_SUCCESS:
			rmi_pool_free(&realm->account, data, 0);
			break;
		case RMI_ERROR_RTT:
			/* top is further on, except at a block */
			if (top > ipa)
				break;
			if (WARN_ON_ONCE(unfold(realm, ipa, RMI_RETURN_INDEX(ret))))
				return;
			continue;
		default:
			WARN_ON_ONCE(1);
			return;
		}
		ipa = top;
		if (may_block)
			cond_resched_rwlock_write(&kvm->mmu_lock);
	}
}

static void unmap_shared(struct kvm *kvm, u64 ipa, u64 end, bool may_block)
{
	struct kvm_realm *realm = &kvm->arch.realm;
	phys_addr_t rtt;
	unsigned long ret;
	int level;
	u64 top;

	/* Added, not set: where a slot is the last of its half, the bit is in @end */
	ipa += kvm_realm_shared_bit(kvm);
	end += kvm_realm_shared_bit(kvm);

	while (ipa < end) {
		/* Many pages at once: being mapped, they do not keep their table */
		if (IS_ALIGNED(ipa, PMD_SIZE) && end - ipa >= PMD_SIZE &&
		    !rmi_rtt_destroy(realm->rd, ipa, RTT_LAST_LEVEL, &rtt, &top))
			rmi_pool_free(&realm->account, rtt, 0);

		ret = rmi_rtt_unmap_unprotected(realm->rd, ipa, RTT_LAST_LEVEL,
						&top);
		level = RMI_RETURN_INDEX(ret);
		if (RMI_RETURN_STATUS(ret) == RMI_ERROR_RTT && top <= ipa) {
			/* A block goes as a whole; a fault brings back the rest */
			u64 block = ALIGN_DOWN(ipa, rtt_span(level));

			ret = rmi_rtt_unmap_unprotected(realm->rd, block, level,
							&top);
			top = block + rtt_span(level);
		}
		if (WARN_ON_ONCE((RMI_RETURN_STATUS(ret) != RMI_SUCCESS &&
				  RMI_RETURN_STATUS(ret) != RMI_ERROR_RTT) ||
				 top <= ipa))
			return;
		ipa = top;
		if (may_block)
			cond_resched_rwlock_write(&kvm->mmu_lock);
	}
}

void kvm_realm_unmap_gfn_range(struct kvm *kvm, struct kvm_gfn_range *range)
{
	u64 start = gfn_to_gpa(range->start);
	u64 end = gfn_to_gpa(range->end);

	lockdep_assert_held_write(&kvm->mmu_lock);

	if (!realm_has_memory(&kvm->arch.realm))
		return;
	if (range->attr_filter & KVM_FILTER_SHARED)
		unmap_shared(kvm, start, end, range->may_block);
	if (range->attr_filter & KVM_FILTER_PRIVATE)
		unmap_private(kvm, start, end, range->may_block);
}

void kvm_realm_unmap_memslot(struct kvm *kvm, struct kvm_memory_slot *slot)
{
	struct kvm_gfn_range range = {
		.slot = slot,
		.start = slot->base_gfn,
		.end = slot->base_gfn + slot->npages,
		.attr_filter = KVM_FILTER_SHARED | KVM_FILTER_PRIVATE,
		.may_block = true,
	};

	write_lock(&kvm->mmu_lock);
	kvm_realm_unmap_gfn_range(kvm, &range);
	write_unlock(&kvm->mmu_lock);
}

/* The half that a range leaves is unmapped; the other fills by faults. */
bool kvm_arch_pre_set_memory_attributes(struct kvm *kvm,
					struct kvm_gfn_range *range)
{
	if (range->arg.attributes & KVM_MEMORY_ATTRIBUTE_PRIVATE)
		range->attr_filter = KVM_FILTER_SHARED;
	else
		range->attr_filter = KVM_FILTER_PRIVATE;

	kvm_realm_unmap_gfn_range(kvm, range);
	return false;
}

bool kvm_arch_post_set_memory_attributes(struct kvm *kvm,
					 struct kvm_gfn_range *range)
{
	return false;
}

/* Destroy the tables at @level and below that cover [addr, end). */
static void destroy_rtts(struct kvm *kvm, int level, u64 addr, u64 end)
{
	struct kvm_realm *realm = &kvm->arch.realm;
	unsigned long ret;
	phys_addr_t rtt;
	u64 top;

	while (addr < end) {
		ret = rmi_rtt_destroy(realm->rd, addr, level, &rtt, &top);
		if (RMI_RETURN_STATUS(ret) == RMI_ERROR_RTT &&
		    RMI_RETURN_INDEX(ret) == level && level < RTT_LAST_LEVEL) {
			destroy_rtts(kvm, level + 1, addr,
				     addr + rtt_span(level - 1));
			ret = rmi_rtt_destroy(realm->rd, addr, level, &rtt, &top);
		}
		/* A shared block does not keep the table above from going */
		if (top <= addr && addr >= kvm_realm_shared_bit(kvm))
			top = addr + rtt_span(level - 1);
		if (!ret)
			rmi_pool_free(&realm->account, rtt, 0);
		else if (WARN_ON_ONCE(RMI_RETURN_STATUS(ret) != RMI_ERROR_RTT ||
				      top <= addr))
			return;
		addr = top;
		cond_resched_rwlock_write(&kvm->mmu_lock);
	}
}

/**
 * kvm_realm_flush_all - take all memory from a realm, for good
 * @kvm: the VM
 *
 * When the process ends, however it does, or when the VM is destroyed.
 */
void kvm_realm_flush_all(struct kvm *kvm)
{
	struct kvm_realm *realm = &kvm->arch.realm;

	write_lock(&kvm->mmu_lock);
	if (realm_has_memory(realm)) {
		WRITE_ONCE(realm->state, REALM_DEAD);
		unmap_private(kvm, 0, BIT_ULL(realm->ia_bits - 1), true);
		destroy_rtts(kvm, realm->start_level + 1, 0,
			     BIT_ULL(realm->ia_bits));
	}
	WRITE_ONCE(realm->state, REALM_DEAD);
	write_unlock(&kvm->mmu_lock);
}

int kvm_realm_check_memslot(struct kvm *kvm, const struct kvm_memory_slot *slot)
{
	if (slot->base_gfn + slot->npages >
	    gpa_to_gfn(kvm_realm_shared_bit(kvm)))
		return -EFAULT;
	/* The RMM neither tracks nor protects against writes. */
	if (slot->flags & KVM_MEM_LOG_DIRTY_PAGES)
		return -EINVAL;
	return 0;
}

/* ---------------------------------------------------------------- populate */

static int data_create(struct kvm_realm *realm, u64 ipa, phys_addr_t data,
		       phys_addr_t src, u64 flags)
{
	unsigned long ret;
	int level, err;

	for (;;) {
		ret = rmi_data_create(realm->rd, data, ipa, src, flags);
		if (!ret)
			return 0;
		if (RMI_RETURN_STATUS(ret) != RMI_ERROR_RTT)
			return -ENXIO;

		level = RMI_RETURN_INDEX(ret);
		if (level == RTT_LAST_LEVEL)
			return -EEXIST;
		err = create_rtts(realm, ipa, level, RTT_LAST_LEVEL);
		if (err)
			return err;
	}
}

static int populate_page(struct kvm *kvm, u64 ipa, phys_addr_t data,
			 unsigned long uaddr, u64 flags)
{
	struct kvm_realm *realm = &kvm->arch.realm;
	struct rmi_rtt_entry entry;
	struct page *page;
	int ret;

	ret = get_user_pages_fast(uaddr, 1, 0, &page);
	if (ret != 1)
		return ret < 0 ? ret : -EFAULT;

	write_lock(&kvm->mmu_lock);
	if (realm->state != REALM_NEW)
		ret = -EIO;
	else if (rmi_rtt_read_entry(realm->rd, ipa, RTT_LAST_LEVEL, &entry))
		ret = -ENXIO;
	else if (entry.state == RMI_RTTE_ASSIGNED)
		ret = -EEXIST;
	else
		ret = data_create(realm, ipa, data, page_to_phys(page), flags);
	write_unlock(&kvm->mmu_lock);

	put_page(page);
	return ret;
}

/*
 * Returns the number of pages that are populated, or an error if there is none.
 * The rest of @data is given back.
 */
static long populate_pages(struct kvm *kvm, u64 ipa, phys_addr_t data,
			   unsigned long uaddr, long nr, u64 flags)
{
	long done;
	int ret = 0;

	for (done = 0; done < nr; done++) {
		ret = populate_page(kvm, ipa + done * PAGE_SIZE,
				    data + done * PAGE_SIZE,
				    uaddr + done * PAGE_SIZE, flags);
		if (ret)
			break;
		cond_resched();
	}

	free_rest(&kvm->arch.realm, data, done, nr);
	return done ?: ret;
}

static long populate_block(struct kvm *kvm, u64 ipa, phys_addr_t data,
			   unsigned long uaddr, u64 flags)
{
	struct kvm_realm *realm = &kvm->arch.realm;
	long done = populate_pages(kvm, ipa, data, uaddr, BLOCK_PAGES, flags);

	if (done == BLOCK_PAGES) {
		write_lock(&kvm->mmu_lock);
		if (realm->state == REALM_NEW)
			fold(realm, ipa);
		write_unlock(&kvm->mmu_lock);
	}
	return done;
}

/* Memory that is put into a slot that is just being deleted would stay. */
static bool slot_is_leaving(struct kvm_memory_slot *slot)
{
	return slot && slot->flags & KVM_MEMSLOT_INVALID;
}

static bool range_is_private(struct kvm *kvm, gfn_t gfn, u64 nr)
{
	struct kvm_memory_slot *slot = gfn_to_memslot(kvm, gfn);

	return kvm_slot_can_be_private(slot) && !slot_is_leaving(slot) &&
	       gfn + nr <= slot->base_gfn + slot->npages &&
	       kvm_range_has_memory_attributes(kvm, gfn, gfn + nr,
					       KVM_MEMORY_ATTRIBUTE_PRIVATE,
					       KVM_MEMORY_ATTRIBUTE_PRIVATE);
}

static bool range_is_shared(struct kvm *kvm, gfn_t gfn, u64 nr)
{
	return !kvm_slot_can_be_private(gfn_to_memslot(kvm, gfn)) ||
	       kvm_range_has_memory_attributes(kvm, gfn, gfn + nr,
					       KVM_MEMORY_ATTRIBUTE_PRIVATE, 0);
}

/* Returns the number of pages, at least one, or an error. */
static long populate_some(struct kvm *kvm, struct kvm_arm_rmi_populate *args,
			  u64 flags)
{
	struct rmi_account *account = &kvm->arch.realm.account;
	gfn_t gfn = gpa_to_gfn(args->base);
	phys_addr_t data;

	if (IS_ALIGNED(args->base, PMD_SIZE) && args->size >= PMD_SIZE &&
	    range_is_private(kvm, gfn, BLOCK_PAGES)) {
		data = rmi_pool_alloc(account, BLOCK_ORDER);
		if (data != PHYS_ADDR_MAX)
			return populate_block(kvm, args->base, data,
					      args->source_uaddr, flags);
	}

	if (!range_is_private(kvm, gfn, 1))
		return -EINVAL;
	data = rmi_pool_alloc(account, 0);
	if (data == PHYS_ADDR_MAX)
		return -ENOMEM;
	return populate_pages(kvm, args->base, data, args->source_uaddr, 1,
			      flags);
}

/**
 * kvm_realm_populate - KVM_ARM_RMI_POPULATE
 * @kvm: the VM
 * @args: is moved on by what has been done, whatever the result is
 *
 * Return: 0 if everything is done, or if a signal came after a part of it.
 */
int kvm_realm_populate(struct kvm *kvm, struct kvm_arm_rmi_populate *args)
{
	u64 flags = args->flags & KVM_ARM_RMI_POPULATE_FLAGS_MEASURE ?
		    RMI_DATA_MEASURE : 0;
	bool progress = false;
	long nr;
	int ret;

	if (args->flags & ~KVM_ARM_RMI_POPULATE_FLAGS_MEASURE || args->reserved)
		return -EINVAL;
	if (!args->size ||
	    !PAGE_ALIGNED(args->base | args->size | args->source_uaddr) ||
	    args->base + args->size < args->base ||
	    args->source_uaddr + args->size < args->source_uaddr)
		return -EINVAL;

	guard(mutex)(&kvm->slots_lock);

	ret = kvm_realm_create(kvm);
	if (ret)
		return ret;
	if (kvm->arch.realm.state != REALM_NEW || kvm->arch.realm.ripas_begun)
		return -EBUSY;

	while (args->size) {
		if (signal_pending(current))
			return progress ? 0 : -EINTR;

		nr = populate_some(kvm, args, flags);
		if (nr < 0)
			return nr;
		args->base += nr * PAGE_SIZE;
		args->source_uaddr += nr * PAGE_SIZE;
		args->size -= nr * PAGE_SIZE;
		progress = true;
	}
	return 0;
}

/* ------------------------------------------------------------------- RIPAS */

static int init_ripas(struct kvm_realm *realm, u64 ipa, u64 end)
{
	struct rmi_rtt_entry entry;
	unsigned long ret;
	u64 top;
	int err;

	while (ipa < end) {
		cond_resched();
		if (rmi_rtt_read_entry(realm->rd, ipa, RTT_LAST_LEVEL, &entry))
			return -ENXIO;

		/*
		 * Populated, or even taken away again, or done already by an
		 * attempt that failed later
		 */
		if (entry.state == RMI_RTTE_ASSIGNED ||
		    entry.ripas != RMI_RIPAS_EMPTY) {
			ipa = ALIGN(ipa + 1, rtt_span(entry.level));
			continue;
		}

		ret = rmi_rtt_init_ripas(realm->rd, ipa, end, &top);
		if (!ret) {
			ipa = top;
			continue;
		}

		if (RMI_RETURN_STATUS(ret) != RMI_ERROR_RTT ||
		    entry.level == RTT_LAST_LEVEL)
			return -ENXIO;
		err = create_rtt(realm, ipa, entry.level + 1);
		if (err)
			return err;
	}
	return 0;
}

/**
 * kvm_realm_init_ripas - make RAM of all memslots with a private half
 * @kvm: the VM
 *
 * In the order of their addresses, and with the largest entries there can be,
 * as each is measured.
 */
int kvm_realm_init_ripas(struct kvm *kvm)
{
	struct kvm_memslot_iter iter;
	int ret;

	lockdep_assert_held(&kvm->slots_lock);

	kvm_for_each_memslot_in_gfn_range(&iter, kvm_memslots(kvm), 0, ~0ULL) {
		struct kvm_memory_slot *slot = iter.slot;

		if (!kvm_slot_can_be_private(slot))
			continue;
		ret = init_ripas(&kvm->arch.realm, gfn_to_gpa(slot->base_gfn),
				 gfn_to_gpa(slot->base_gfn + slot->npages));
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * The range is the realm's choice, and may be all of its protected half. What means
 * to look at each page's attributes, or to change them, is done in parts: the realm
 * asks again for the rest.
 */
#define RIPAS_PART	SZ_1G

static u64 wanted_end(struct kvm_vcpu *vcpu)
{
	struct rmi_rec_exit *exit = &vcpu->arch.rec.run->exit;

	if (exit->ripas_value != RMI_RIPAS_RAM)
		return exit->ripas_top;
	return min_t(u64, exit->ripas_top, exit->ripas_base + RIPAS_PART);
}

/* How far user space has done what the realm wants */
static u64 agreed_end(struct kvm_vcpu *vcpu)
{
	struct rmi_rec_exit *exit = &vcpu->arch.rec.run->exit;
	unsigned long gfn = gpa_to_gfn(exit->ripas_base);
	unsigned long end = gpa_to_gfn(wanted_end(vcpu));
	struct kvm *kvm = vcpu->kvm;

	/* Only what is private has an entry. */
	if (exit->ripas_value != RMI_RIPAS_RAM)
		return xa_find(&kvm->mem_attr_array, &gfn, end - 1, XA_PRESENT) ?
		       gfn_to_gpa(gfn) : gfn_to_gpa(end);

	for (; gfn < end && kvm_mem_is_private(kvm, gfn); gfn++)
		cond_resched();
	return gfn_to_gpa(gfn);
}

/**
 * kvm_realm_ripas_exit - is user space to be asked first?
 * @vcpu: the vCPU that wants memory to be RAM or not
 */
bool kvm_realm_ripas_exit(struct kvm_vcpu *vcpu)
{
	u64 start = agreed_end(vcpu), end = wanted_end(vcpu);

	if (start == end)
		return false;

	kvm_prepare_memory_fault_exit(vcpu, start,
				      min_t(u64, end - start, RIPAS_PART),
				      false, false,
				      vcpu->arch.rec.run->exit.ripas_value ==
				      RMI_RIPAS_RAM);
	return true;
}

/*
 * A block has its page kept for this, see unfold(). Other tables are for memory that
 * there may be: with all of its IPA space a realm could use up the pool for tables.
 */
static int split_for_ripas(struct kvm *kvm, u64 ipa, int level)
{
	struct kvm_realm *realm = &kvm->arch.realm;
	struct rmi_rtt_entry entry;

	guard(srcu)(&kvm->srcu);
	if (!kvm_slot_can_be_private(gfn_to_memslot(kvm, gpa_to_gfn(ipa))))
		return -ENOENT;

	guard(write_lock)(&kvm->mmu_lock);

	if (rmi_rtt_read_entry(realm->rd, ipa, RTT_LAST_LEVEL, &entry))
		return -ENXIO;
	if (entry.level == level && entry.state == RMI_RTTE_ASSIGNED)
		return unfold(realm, ipa, level);
	return create_rtt(realm, ipa, level + 1);
}

/**
 * kvm_realm_set_ripas - answer a realm that wants memory to be RAM or not
 * @vcpu: the vCPU that asked
 *
 * The answer is in the memory attributes: as far as they are as the realm wants
 * them, its wish is granted. If that is not far at all, the realm is told that
 * it cannot have the RAM. What is not RAM where there is no memory stays as it is, if
 * it would need a table to say so of a part.
 *
 * Return: 0 or a negative error
 */
int kvm_realm_set_ripas(struct kvm_vcpu *vcpu)
{
	struct kvm_realm *realm = &vcpu->kvm->arch.realm;
	struct kvm_rec *rec = &vcpu->arch.rec;
	struct rmi_rec_exit *exit = &rec->run->exit;
	u64 top, end = agreed_end(vcpu);
	unsigned long ret;
	int level, err;

	while (exit->ripas_base < end) {
		if (signal_pending(current))
			return -EINTR;
		cond_resched();
		ret = rmi_rtt_set_ripas(realm->rd, rec->pa, exit->ripas_base,
					end, &top);
		if (!ret) {
			exit->ripas_base = top;
			rec->ripas_progress = true;
			continue;
		}

		if (RMI_RETURN_STATUS(ret) != RMI_ERROR_RTT)
			return -ENXIO;
		level = RMI_RETURN_INDEX(ret);
		/* A destroyed page, and the realm wants to know */
		if (level == RTT_LAST_LEVEL)
			break;
		err = split_for_ripas(vcpu->kvm, exit->ripas_base, level);
		if (err == -ENOENT)
			break;
		if (err)
			return err;
	}

	if (!rec->ripas_progress)
		rec->run->enter.flags |= RMI_ENTER_RIPAS_REJECT;
	rec->ripas_change = false;
	return 0;
}

/* ------------------------------------------------------------------ faults */

static int data_create_unknown(struct kvm_realm *realm, u64 ipa,
			       phys_addr_t data)
{
	struct rmi_rtt_entry entry;
	unsigned long ret;
	int err;

	for (;;) {
		ret = rmi_data_create_unknown(realm->rd, data, ipa);
		if (!ret)
			return 0;
		if (RMI_RETURN_STATUS(ret) != RMI_ERROR_RTT ||
		    rmi_rtt_read_entry(realm->rd, ipa, RTT_LAST_LEVEL, &entry))
			return -ENXIO;

		if (entry.state == RMI_RTTE_ASSIGNED)
			return entry.ripas == RMI_RIPAS_DESTROYED ? -EEXIST :
								    -EAGAIN;
		err = create_rtts(realm, ipa, entry.level, RTT_LAST_LEVEL);
		if (err)
			return err;
	}
}

/* Context: takes mmu_lock. Returns 0, -EAGAIN if there is nothing to do, or an error */
static int fault_in_page(struct kvm *kvm, gfn_t gfn, phys_addr_t data,
			 unsigned long mmu_seq)
{
	struct kvm_realm *realm = &kvm->arch.realm;

	guard(read_lock)(&kvm->mmu_lock);

	if (realm->state != REALM_ACTIVE)
		return -EIO;
	if (mmu_invalidate_retry_gfn(kvm, mmu_seq, gfn))
		return -EAGAIN;
	return data_create_unknown(realm, gfn_to_gpa(gfn), data);
}

/*
 * Where there is not even a table yet, and all is to be RAM. The RMM is asked first:
 * it mostly says no, and the attributes are a word for each page.
 */
static bool block_is_empty(struct kvm *kvm, gfn_t gfn)
{
	struct rmi_rtt_entry entry;

	return !rmi_rtt_read_entry(kvm->arch.realm.rd, gfn_to_gpa(gfn),
				   RTT_BLOCK_LEVEL, &entry) &&
	       entry.state == RMI_RTTE_UNASSIGNED &&
	       entry.ripas == RMI_RIPAS_RAM &&
	       range_is_private(kvm, gfn, BLOCK_PAGES);
}

/*
 * Fill 2 MiB with one exit of the realm. A fault of another vCPU, an
 * invalidation or a signal may come between; what is there by then is enough.
 * Returns the number of pages, or an error if there is none.
 */
static int fill_block(struct kvm *kvm, gfn_t gfn, unsigned long mmu_seq)
{
	struct kvm_realm *realm = &kvm->arch.realm;
	phys_addr_t data = rmi_pool_alloc(&realm->account, BLOCK_ORDER);
	int done, ret = 0;

	if (data == PHYS_ADDR_MAX)
		return -ENOMEM;

	for (done = 0; done < BLOCK_PAGES && !signal_pending(current); done++) {
		ret = fault_in_page(kvm, gfn + done, data + done * PAGE_SIZE,
				    mmu_seq);
		if (ret)
			break;
		cond_resched();
	}

	free_rest(realm, data, done, BLOCK_PAGES);
	if (done < BLOCK_PAGES)
		return done ?: ret;

	guard(read_lock)(&kvm->mmu_lock);
	if (realm->state == REALM_ACTIVE)
		fold(realm, gfn_to_gpa(gfn));
	return done;
}

static int fault_in_block(struct kvm *kvm, gfn_t gfn, unsigned long mmu_seq)
{
	struct kvm_realm *realm = &kvm->arch.realm;
	int ret;

	atomic_inc(&realm->filling);
	ret = fill_block(kvm, gfn, mmu_seq);
	atomic_dec(&realm->filling);
	return ret;
}

/*
 * A page, or no page for good: what is free may be in the hands of a vCPU that fills
 * 2 MiB, and gives back what is not needed.
 */
static phys_addr_t alloc_page_for(struct kvm_realm *realm, bool *again)
{
	phys_addr_t data = rmi_pool_alloc(&realm->account, 0);

	*again = false;
	if (data != PHYS_ADDR_MAX)
		return data;
	if (atomic_read(&realm->filling)) {
		*again = true;
		return data;
	}
	return rmi_pool_alloc(&realm->account, 0);
}

static int fault_exit(struct kvm_vcpu *vcpu, phys_addr_t ipa, bool private)
{
	kvm_prepare_memory_fault_exit(vcpu, ALIGN_DOWN(ipa, PAGE_SIZE),
				      PAGE_SIZE, kvm_is_write_fault(vcpu),
				      kvm_vcpu_trap_is_exec_fault(vcpu), private);
	return -EFAULT;
}

/**
 * kvm_realm_private_abort - the realm touched memory that is not there
 * @vcpu: the vCPU
 * @ipa: in the protected half
 *
 * Return: 1 to go on, 0 for an exit to user space, or an error. -EFAULT comes with
 *	   KVM_EXIT_MEMORY_FAULT.
 */
int kvm_realm_private_abort(struct kvm_vcpu *vcpu, phys_addr_t ipa)
{
	struct kvm *kvm = vcpu->kvm;
	struct kvm_realm *realm = &kvm->arch.realm;
	gfn_t gfn = gpa_to_gfn(ipa);
	gfn_t block = ALIGN_DOWN(gfn, BLOCK_PAGES);
	unsigned long mmu_seq;
	phys_addr_t data;
	bool again;
	int ret;

	mmu_seq = kvm->mmu_invalidate_seq;
	smp_rmb();	/* pairs with smp_wmb() in kvm_mmu_invalidate_end() */

	if (slot_is_leaving(gfn_to_memslot(kvm, gfn)))
		return 1;
	if (!range_is_private(kvm, gfn, 1))
		return fault_exit(vcpu, ipa, true);

	/* If not all of it can be had, the realm comes back for its page. */
	if (block_is_empty(kvm, block) &&
	    fault_in_block(kvm, block, mmu_seq) > 0)
		return 1;

	data = alloc_page_for(realm, &again);
	if (data == PHYS_ADDR_MAX)
		return again ? 1 : -ENOMEM;

	ret = fault_in_page(kvm, gfn, data, mmu_seq);
	if (ret)
		rmi_pool_free(&realm->account, data, 0);

	switch (ret) {
	case 0:
	case -EAGAIN:
		return 1;
	case -EEXIST:
		/*
		 * The page was taken away while it was RAM, and the realm has
		 * not accepted that its content is lost. Nobody but the realm
		 * could change that, and it can't go on.
		 */
		return kvm_rec_internal_error(vcpu);
	default:
		return ret;
	}
}

/**
 * kvm_realm_shared_fault_exit - is user space to be asked first?
 * @vcpu: the vCPU
 * @ipa: without the top bit
 */
bool kvm_realm_shared_fault_exit(struct kvm_vcpu *vcpu, phys_addr_t ipa)
{
	if (!range_is_private(vcpu->kvm, gpa_to_gfn(ipa), 1))
		return false;

	fault_exit(vcpu, ipa, false);
	return true;
}

/* Returns 0, or -EEXIST if it has to be in smaller pages, or an error. */
static int map_shared(struct kvm_realm *realm, u64 ipa, u64 desc, int level)
{
	struct rmi_rtt_entry entry;
	unsigned long ret;
	int err;
	u64 top;

	for (;;) {
		ret = rmi_rtt_map_unprotected(realm->rd, ipa, level, desc);
		if (!ret)
			return 0;
		if (RMI_RETURN_STATUS(ret) != RMI_ERROR_RTT ||
		    rmi_rtt_read_entry(realm->rd, ipa, level, &entry))
			return -ENXIO;

		if (entry.level < level) {
			err = create_rtts(realm, ipa, entry.level, level);
			if (err)
				return err;
		} else if (entry.state == RMI_RTTE_TABLE) {
			return -EEXIST;
		} else if (entry.state == RMI_RTTE_ASSIGNED) {
			/* Another vCPU's fault, or more permission than before */
			if (entry.desc == desc)
				return 0;
			rmi_rtt_unmap_unprotected(realm->rd, ipa, level, &top);
		}
	}
}

/**
 * kvm_realm_map_shared - map memory of the host
 * @kvm: the VM
 * @ipa: of the page that is needed, without the top bit
 * @base: of the memory around it, likewise
 * @pa: where the memory around it is
 * @size: of it: a power of 2, to which @base and @pa are aligned
 * @writable: or read-only
 *
 * Return: 0, -EAGAIN if the page is not shared any more, or an error.
 */
int kvm_realm_map_shared(struct kvm *kvm, u64 ipa, u64 base, phys_addr_t pa,
			 u64 size, bool writable)
{
	struct kvm_realm *realm = &kvm->arch.realm;
	u64 shared = kvm_realm_shared_bit(kvm);
	u64 block = ALIGN_DOWN(ipa, PMD_SIZE);
	u64 attr = RMI_DESC_NORMAL_WB | RMI_DESC_S2AP_R;
	int ret;

	lockdep_assert_held(&kvm->mmu_lock);

	if (WARN_ON_ONCE(!IS_ALIGNED(base | pa, size) || ipa - base >= size))
		return -EINVAL;
	if (realm->state != REALM_ACTIVE)
		return -EIO;

	if (writable)
		attr |= RMI_DESC_S2AP_W;

	if (size >= PMD_SIZE &&
	    range_is_shared(kvm, gpa_to_gfn(block), BLOCK_PAGES)) {
		ret = map_shared(realm, block | shared,
				 (pa + block - base) | attr, RTT_BLOCK_LEVEL);
		if (ret != -EEXIST)
			return ret;
	}

	if (!range_is_shared(kvm, gpa_to_gfn(ipa), 1))
		return -EAGAIN;
	return map_shared(realm, ipa | shared, (pa + ipa - base) | attr,
			  RTT_LAST_LEVEL);
}
