/* SPDX-License-Identifier: GPL-2.0-only */
/* The life of realms and of their memory, and the pool. */
#include "vm.h"

#define RAM	 0x400000UL
#define RAM_SIZE 0xa00000UL

static struct kvm *kvm;
static u64 shared; /* the top bit */

/* Its exit is rmi-exit.c's, and not in here */
int kvm_rec_internal_error(struct kvm_vcpu *vcpu)
{
	return 0;
}

static int touch(u64 ipa)
{
	return kvm_realm_private_abort(kvm->vcpus[0], ipa);
}

/* A fault on shared memory that lies in a huge page of the host */
static int touch_shared(u64 ipa, u64 size)
{
	u64 base = ALIGN_DOWN(ipa, size);

	return kvm_realm_map_shared(kvm, ipa, base,
				    0x880000000 + base % 0x800000, size, true);
}

static void test_populate(void)
{
	CHECK(!populate(kvm, RAM, BLOCK + PAGE));
	CHECK(entry(kvm, RAM).level == 2 &&
	      entry(kvm, RAM).state == RMI_RTTE_ASSIGNED);
	CHECK(kvm->arch.realm.account.reserved.v == 1);
	CHECK(entry(kvm, RAM + BLOCK).level == 3);
	CHECK(!populate(kvm, RAM + BLOCK + 5 * PAGE, 3 * PAGE));

	CHECK(populate(kvm, RAM + BLOCK - PAGE, PAGE) == -EEXIST);
	CHECK(populate(kvm, RAM + BLOCK, PAGE) == -EEXIST);
	CHECK(populate(kvm, RAM - PAGE, PAGE) == -EINVAL);
	CHECK(populate(kvm, RAM + 0x800, PAGE) == -EINVAL);
	CHECK(populate(kvm, RAM, 0) == -EINVAL);
}

/* A page is taken out of a block, and comes back. */
static void test_punch(void)
{
	u64 page = RAM + BLOCK / 2;

	convert(kvm, page, PAGE, false);
	CHECK(kvm->arch.realm.account.reserved.v == 0);
	CHECK(entry(kvm, page).state == RMI_RTTE_UNASSIGNED);
	CHECK(populate(kvm, page, PAGE) == -EINVAL);
	convert(kvm, page, PAGE, true);
	CHECK(!populate(kvm, page, PAGE));
}

static void test_activate(void)
{
	u64 end = RAM + RAM_SIZE;

	CHECK(!kvm_realm_run_first(kvm->vcpus[0]));
	CHECK(!kvm_realm_run_first(kvm->vcpus[1]));
	CHECK(kvm->arch.realm.state == REALM_ACTIVE);
	CHECK(populate(kvm, RAM + BLOCK + PAGE, PAGE) == -EBUSY);
	CHECK(kvm_rmi_vcpu_precreate(kvm) == -EBUSY);

	CHECK(entry(kvm, RAM + BLOCK + PAGE).ripas == RMI_RIPAS_RAM);
	CHECK(entry(kvm, RAM + BLOCK + PAGE).level == 3);
	CHECK(entry(kvm, RAM + 2 * BLOCK).ripas == RMI_RIPAS_RAM);
	CHECK(entry(kvm, RAM + 2 * BLOCK).level == 2);
	CHECK(entry(kvm, end - PAGE).ripas == RMI_RIPAS_RAM);
	CHECK(entry(kvm, end).ripas == RMI_RIPAS_EMPTY);
	CHECK(entry(kvm, RAM - PAGE).ripas == RMI_RIPAS_EMPTY);
}

static void test_private_faults(void)
{
	u64 page = RAM + 2 * BLOCK + 18 * PAGE;

	/* The whole block comes with it, unless a part of it is there already */
	CHECK(touch(page) == 1);
	CHECK(entry(kvm, page).state == RMI_RTTE_ASSIGNED);
	CHECK(entry(kvm, page).level == 2);
	CHECK(touch(page) == 1);
	CHECK(touch(RAM + BLOCK + 50 * PAGE) == 1);
	CHECK(entry(kvm, RAM + BLOCK + 50 * PAGE).level == 3);
	CHECK(entry(kvm, RAM + BLOCK + 51 * PAGE).state == RMI_RTTE_UNASSIGNED);
	CHECK(touch(RAM + RAM_SIZE) == -EFAULT);
	CHECK(kvm->vcpus[0]->fault_private);
	CHECK(kvm->vcpus[0]->fault_gpa == RAM + RAM_SIZE);

	/* It was RAM, and its content is lost: the realm must know */
	convert(kvm, page, PAGE, false);
	CHECK(entry(kvm, page).ripas == RMI_RIPAS_DESTROYED);
	CHECK(touch(page) == -EFAULT);
	convert(kvm, page, PAGE, true);
	CHECK(touch(page) == 1);
	CHECK(touch(page) == 0);
}

/* A slot that is being deleted gets nothing more; the realm is to ask again. */
static void test_leaving_slot(void)
{
	u64 page = RAM + BLOCK + 60 * PAGE;

	kvm->slot.flags |= KVM_MEMSLOT_INVALID;
	CHECK(touch(page) == 1);
	CHECK(entry(kvm, page).state == RMI_RTTE_UNASSIGNED);
	kvm->slot.flags &= ~KVM_MEMSLOT_INVALID;
	CHECK(touch(page) == 1);
	CHECK(entry(kvm, page).state == RMI_RTTE_ASSIGNED);
}

static void test_shared_pages(void)
{
	u64 page = RAM + 2 * BLOCK + 19 * PAGE;

	CHECK(kvm_realm_shared_fault_exit(kvm->vcpus[0], page));
	CHECK(!kvm->vcpus[0]->fault_private);
	CHECK(touch_shared(page, PAGE) == -EAGAIN);

	convert(kvm, page, PAGE, false);
	CHECK(!kvm_realm_shared_fault_exit(kvm->vcpus[0], page));
	CHECK(!kvm_realm_map_shared(kvm, page, page, source, PAGE, false));
	CHECK(!kvm_realm_map_shared(kvm, page, page, source, PAGE, true));
	CHECK(!kvm_realm_map_shared(kvm, page, page, source, PAGE, true));
	CHECK(entry(kvm, page | shared).desc & RMI_DESC_S2AP_W);

	convert(kvm, page, PAGE, true);
	CHECK(entry(kvm, page | shared).state == RMI_RTTE_UNASSIGNED);
}

static void test_shared_blocks(void)
{
	u64 block = RAM + 3 * BLOCK, page = block + 3 * PAGE;
	long used;

	convert(kvm, block, 2 * BLOCK, false);
	CHECK(!touch_shared(page, BLOCK));
	CHECK(entry(kvm, page | shared).level == 2);
	CHECK(!touch_shared(page, BLOCK));

	/* One page of it leaves: all do, and come back one by one */
	convert(kvm, block + 5 * PAGE, PAGE, true);
	CHECK(entry(kvm, page | shared).state == RMI_RTTE_UNASSIGNED);
	CHECK(!touch_shared(page, BLOCK));
	CHECK(entry(kvm, page | shared).level == 3);
	CHECK((entry(kvm, page | shared).desc & (BLOCK - PAGE)) == 3 * PAGE);
	CHECK(touch_shared(block + 5 * PAGE, BLOCK) == -EAGAIN);
	convert(kvm, block + 5 * PAGE, PAGE, false);
	CHECK(!touch_shared(block + 5 * PAGE, BLOCK));

	/* All of it leaves: so does the table */
	used = shim_cg.used;
	convert(kvm, block, BLOCK, true);
	CHECK(entry(kvm, page | shared).level == 2);
	CHECK(entry(kvm, page | shared).state == RMI_RTTE_UNASSIGNED);
	CHECK(shim_cg.used == used - PAGE);
	convert(kvm, block, BLOCK, false);

	/* A block is left for the end of the realm */
	CHECK(!touch_shared(block + BLOCK, BLOCK));
}

static void test_limit(void)
{
	u64 page = RAM + BLOCK + 100 * PAGE;

	shim_cg.max = shim_cg.used;
	CHECK(touch(page) == -ENOMEM);
	shim_cg.max = NO_LIMIT;
	for (; page < RAM + 2 * BLOCK; page += PAGE)
		CHECK(touch(page) == 1);
}

static void test_width(int bits, bool killed)
{
	kvm = vm_create(bits, 2, RAM, RAM_SIZE);
	shared = kvm_realm_shared_bit(kvm);

	test_populate();
	test_punch();
	test_activate();
	test_private_faults();
	test_leaving_slot();
	test_shared_pages();
	test_shared_blocks();
	test_limit();

	vm_destroy(kvm, killed);
	check_all_back();
	printf("ok: %d bits of IPA\n", bits);
}

/* A slot whose end is that of its half: what it shares can be taken away. */
static void test_end_of_half(void)
{
	u64 end = BIT_ULL(31), page = end - PAGE;

	kvm = vm_create(32, 1, end - BLOCK, BLOCK);
	shared = kvm_realm_shared_bit(kvm);
	CHECK(shared == end);
	CHECK(!kvm_realm_run_first(kvm->vcpus[0]));

	convert(kvm, end - BLOCK, BLOCK, false);
	CHECK(!touch_shared(page, PAGE));
	CHECK(entry(kvm, page | shared).state == RMI_RTTE_ASSIGNED);
	convert(kvm, page, PAGE, true);
	CHECK(entry(kvm, page | shared).state == RMI_RTTE_UNASSIGNED);

	vm_destroy(kvm, false);
	check_all_back();
	printf("ok: a slot at the end\n");
}

/*
 * Blocks use up the memory, pages the rest. Then a page is taken out of a block,
 * for which there is no page but the reserved one.
 */
static void test_exhaustion(void)
{
	struct kvm *blocks = vm_create(40, 1, RAM, 11 * BLOCK);
	struct kvm *pages = vm_create(40, 1, RAM, 16 * BLOCK);
	struct kvm *late = vm_create(40, 1, RAM, BLOCK);
	u64 at;
	int ret = 0;

	CHECK(!populate(blocks, RAM, BLOCK));
	for (at = RAM + BLOCK; at < RAM + 11 * BLOCK; at += BLOCK)
		CHECK(!populate(blocks, at, BLOCK));
	for (at = RAM; !ret && at < RAM + 16 * BLOCK; at += PAGE)
		ret = populate(pages, at, PAGE);
	CHECK(ret == -ENOMEM);
	CHECK(total_reserved && total_free == total_reserved);
	CHECK(kvm_realm_run_first(late->vcpus[0]) == -ENOMEM);

	for (int i = 0; i < 8; i++)
		convert(blocks, RAM + i * BLOCK + 7 * PAGE, 4 * PAGE, false);
	CHECK(!kvm_realm_run_first(late->vcpus[0]));

	vm_destroy(late, false);
	vm_destroy(blocks, true);
	vm_destroy(pages, false);
	check_all_back();
	printf("ok: exhaustion\n");
}

int main(void)
{
	static const int widths[] = {
		32, 33, 34, 35, 36, 40, 42, 43, 44, 47, 48
	};

	boot();
	check_all_back();

	machine_check_every(8);
	vm_destroy(vm_create(40, 1, RAM, RAM_SIZE), true);
	check_all_back();
	for (unsigned int i = 0; i < sizeof(widths) / sizeof(*widths); i++) {
		test_width(widths[i], i & 1);
		machine_check_every(64);
	}
	test_end_of_half();
	machine_check_every(1000);
	test_exhaustion();
	return 0;
}
