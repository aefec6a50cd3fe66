// SPDX-License-Identifier: BSD-3-Clause
/*
 * Misuse of the UAPI for realms (docs/kvm-uapi.md): wrong order, sizes,
 * addresses and flags, after a kill, from two threads. Each call has its errno,
 * and afterwards nothing of the pool is missing. A warning of the kernel is for
 * whoever runs this to notice.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
/* An emulated machine is slow, and one with a kernel that watches itself more so. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 300

#include "payload.h"
#include "vm.h"

#define REALM	(KVM_VM_TYPE_ARM_REALM | IPA_BITS)
#define SVE	(1 << KVM_ARM_VCPU_SVE)

/* The call fails, and for this reason. */
#define EXPECT_ERRNO(wanted, call)					\
do {									\
	errno = 0;							\
	EXPECT_EQ(-1, (call));						\
	EXPECT_EQ(wanted, errno)					\
		TH_LOG("%s: %s", #call, strerror(errno));		\
} while (0)

#define ASSERT_OK(call)							\
	ASSERT_EQ(0, (call)) TH_LOG("%s: %s", #call, strerror(errno))

static int set_slot(struct vm *vm, int id, uint32_t flags, uint64_t gpa, uint64_t size,
		    const void *shared, int gmem)
{
	struct kvm_userspace_memory_region2 slot = {
		.slot = id,
		.flags = flags,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)shared,
		.guest_memfd = gmem,
	};

	return ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION2, &slot);
}

/* ---------------------------------------------------------- without a realm */

TEST(capability)
{
	int kvm = open("/dev/kvm", O_RDWR);
	unsigned int number = 0;
	FILE *file = fopen("/sys/module/kvm/parameters/kvm_cap_arm_rmi", "r");

	ASSERT_NE(NULL, file);
	ASSERT_EQ(1, fscanf(file, "%u", &number));
	EXPECT_EQ(KVM_CAP_ARM_RMI, number);
	EXPECT_EQ(1, ioctl(kvm, KVM_CHECK_EXTENSION, number));
}

TEST(vm_types)
{
	struct vm vm;

	EXPECT_ERRNO(EINVAL, vm_open(&vm, KVM_VM_TYPE_ARM_REALM | 31));
	vm_close(&vm);
	EXPECT_ERRNO(EINVAL, vm_open(&vm, KVM_VM_TYPE_ARM_REALM | 49));
	vm_close(&vm);
	EXPECT_ERRNO(EINVAL, vm_open(&vm, KVM_VM_TYPE_ARM_REALM | 0xff));
	vm_close(&vm);
	for (int bit = 8; bit < 63; bit++) {
		if (bit == 30)
			continue;
		EXPECT_ERRNO(EINVAL, vm_open(&vm, REALM | 1ULL << bit));
		vm_close(&vm);
	}
	for (int bits = 32; bits <= 48; bits++) {
		EXPECT_LE(0, vm_open(&vm, KVM_VM_TYPE_ARM_REALM | bits))
			TH_LOG("%d bits", bits);
		vm_close(&vm);
	}
	EXPECT_LE(0, vm_open(&vm, KVM_VM_TYPE_ARM_REALM));
	vm_close(&vm);
}

TEST(ordinary_vm_has_none_of_it)
{
	struct kvm_arm_rmi_config config = { 0 };
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_ARM_RMI,
		.args = { KVM_ARM_RMI_CONFIG, (uintptr_t)&config },
	};
	struct kvm_create_guest_memfd memfd = { .size = BLOCK };
	static char page[PAGE] __attribute__((aligned(PAGE)));
	struct vm vm;
	int gmem;

	ASSERT_LE(0, vm_open(&vm, IPA_BITS));
	EXPECT_ERRNO(ENXIO, vm_populate(&vm, RAM, page, PAGE));
	EXPECT_ERRNO(EINVAL, ioctl(vm.fd, KVM_ENABLE_CAP, &cap));
	EXPECT_ERRNO(EINVAL, vm_attributes(&vm, RAM, BLOCK, true));
	EXPECT_EQ(0, ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_MEMORY_ATTRIBUTES));
	EXPECT_EQ(0, ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_GUEST_MEMFD));

	/* As elsewhere, it can make the file, but not fill nor map it. */
	gmem = ioctl(vm.fd, KVM_CREATE_GUEST_MEMFD, &memfd);
	ASSERT_LE(0, gmem);
	EXPECT_ERRNO(EOPNOTSUPP, fallocate(gmem, FALLOC_FL_KEEP_SIZE, 0, BLOCK));
	EXPECT_ERRNO(EINVAL, set_slot(&vm, 0, KVM_MEM_GUEST_MEMFD, RAM, BLOCK, page, gmem));
	close(gmem);
	vm_close(&vm);
}

/* -------------------------------------------------------------- with a realm */

FIXTURE(realm)
{
	struct vm vm;
	long free;
	long lost;
};

FIXTURE_SETUP(realm)
{
	self->free = pool_free();
	self->lost = pool_lost();
	ASSERT_LT(0, self->free);
	ASSERT_OK(vm_create(&self->vm, REALM, RAM_SIZE, 1));
}

FIXTURE_TEARDOWN(realm)
{
	vm_close(&self->vm);
	EXPECT_EQ(self->free, pool_settle(self->free));
	EXPECT_EQ(self->lost, pool_lost());
}

static void on_signal(int signal)
{
	(void)signal;
}

static void alarm_in(long microseconds)
{
	struct itimerval timer = { .it_value.tv_usec = microseconds };
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

/* A page to populate from. */
static char *page_of_text(void)
{
	static char page[PAGE] __attribute__((aligned(PAGE)));

	strcpy(page, "not a secret");
	return page;
}

TEST_F(realm, nothing_done)
{
	EXPECT_EQ(self->free, pool_free());
}

TEST_F(realm, runs_and_ends)
{
	ASSERT_OK(vm_load(&self->vm, OP_OFF, 0, 0, 0, 0, 0));
	EXPECT_GT(self->free, pool_free());
	ASSERT_OK(vm_run(&self->vm, 0));
	EXPECT_EQ(KVM_EXIT_SYSTEM_EVENT, self->vm.run[0]->exit_reason);
	EXPECT_EQ(KVM_SYSTEM_EVENT_SHUTDOWN, self->vm.run[0]->system_event.type);

	/* Like any VM's, its vCPUs sleep from now on. */
	alarm_in(50000);
	EXPECT_ERRNO(EINTR, vm_run(&self->vm, 0));
}

TEST_F(realm, reset_is_an_event)
{
	ASSERT_OK(vm_load(&self->vm, OP_RESET, 0, 0, 0, 0, 0));
	ASSERT_OK(vm_run(&self->vm, 0));
	EXPECT_EQ(KVM_EXIT_SYSTEM_EVENT, self->vm.run[0]->exit_reason);
	EXPECT_EQ(KVM_SYSTEM_EVENT_RESET, self->vm.run[0]->system_event.type);
}

TEST_F(realm, config)
{
	struct kvm_arm_rmi_config good = { .hash_algo = KVM_ARM_RMI_HASH_SHA_512 };
	struct kvm_arm_rmi_config bad = good;
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_ARM_RMI,
		.args = { KVM_ARM_RMI_CONFIG, (uintptr_t)&bad },
	};

	bad.hash_algo = 2;
	EXPECT_ERRNO(EINVAL, ioctl(self->vm.fd, KVM_ENABLE_CAP, &cap));
	bad = good;
	bad.flags = 1;
	EXPECT_ERRNO(EINVAL, ioctl(self->vm.fd, KVM_ENABLE_CAP, &cap));
	bad = good;
	((char *)&bad)[sizeof(bad) - 1] = 1;
	EXPECT_ERRNO(EINVAL, ioctl(self->vm.fd, KVM_ENABLE_CAP, &cap));

	cap.args[1] = (uintptr_t)&good;
	cap.args[0] = 1;
	EXPECT_ERRNO(EINVAL, ioctl(self->vm.fd, KVM_ENABLE_CAP, &cap));
	cap.args[0] = KVM_ARM_RMI_CONFIG;
	cap.args[2] = 1;
	EXPECT_ERRNO(EINVAL, ioctl(self->vm.fd, KVM_ENABLE_CAP, &cap));
	cap.args[2] = 0;
	cap.args[3] = 1;
	EXPECT_ERRNO(EINVAL, ioctl(self->vm.fd, KVM_ENABLE_CAP, &cap));
	cap.args[3] = 0;
	cap.flags = 1;
	EXPECT_ERRNO(EINVAL, ioctl(self->vm.fd, KVM_ENABLE_CAP, &cap));
	cap.flags = 0;
	cap.args[1] = 8;
	EXPECT_ERRNO(EFAULT, ioctl(self->vm.fd, KVM_ENABLE_CAP, &cap));
	cap.args[1] = (uintptr_t)&good;
	EXPECT_EQ(0, ioctl(self->vm.fd, KVM_ENABLE_CAP, &cap));
	EXPECT_EQ(0, ioctl(self->vm.fd, KVM_ENABLE_CAP, &cap));

	ASSERT_OK(vm_load(&self->vm, OP_OFF, 0, 0, 0, 0, 0));
	EXPECT_ERRNO(EBUSY, ioctl(self->vm.fd, KVM_ENABLE_CAP, &cap));
	EXPECT_EQ(0, vm_run(&self->vm, 0));
}

/* What a VMM looks at before it goes on. */
TEST_F(realm, capabilities)
{
	int fd = self->vm.fd;

	EXPECT_EQ(1, ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_ARM_RMI));
	EXPECT_EQ(1, ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_GUEST_MEMFD));
	EXPECT_EQ(KVM_MEMORY_ATTRIBUTE_PRIVATE,
		  ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_MEMORY_ATTRIBUTES));
	EXPECT_EQ(1, ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_READONLY_MEM));
	EXPECT_LE(40, ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE));
	EXPECT_GE(48, ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE));
	EXPECT_LE(4, ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS));
	EXPECT_GE(1023, ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS));
}

TEST_F(realm, capabilities_of_no_use)
{
	static const int none[] = {
		KVM_CAP_ARM_PMU_V3, KVM_CAP_STEAL_TIME, KVM_CAP_ARM_MTE,
		KVM_CAP_COUNTER_OFFSET, KVM_CAP_SET_GUEST_DEBUG,
		KVM_CAP_ARM_EL1_32BIT, KVM_CAP_ARM_SYSTEM_SUSPEND,
		KVM_CAP_ARM_NISV_TO_USER, KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE,
		KVM_CAP_ARM_INJECT_SERROR_ESR, KVM_CAP_ARM_SUPPORTED_REG_MASK_RANGES,
	};
	struct kvm_enable_cap cap = { 0 };

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		EXPECT_EQ(0, ioctl(self->vm.fd, KVM_CHECK_EXTENSION, none[i]))
			TH_LOG("capability %d", none[i]);
		cap.cap = none[i];
		EXPECT_ERRNO(EINVAL, ioctl(self->vm.fd, KVM_ENABLE_CAP, &cap));
	}
}

/* ------------------------------------------------------------------ populate */

TEST_F(realm, populate_arguments)
{
	char *page = page_of_text();
	const struct kvm_arm_rmi_populate good = {
		.base = RAM, .size = PAGE, .source_uaddr = (uintptr_t)page,
	};
	struct kvm_arm_rmi_populate bad;

#define BAD(error, field, value)					\
do {									\
	bad = good;							\
	bad.field = (value);						\
	EXPECT_ERRNO(error, ioctl(self->vm.fd, KVM_ARM_RMI_POPULATE, &bad)); \
} while (0)

	BAD(EINVAL, size, 0);
	BAD(EINVAL, size, PAGE - 1);
	BAD(EINVAL, size, 1);
	BAD(EINVAL, size, -PAGE);
	BAD(EINVAL, base, RAM + 8);
	BAD(EINVAL, base, RAM - PAGE);
	BAD(EINVAL, base, RAM + RAM_SIZE);
	BAD(EINVAL, base, RAM | SHARED_BIT);
	BAD(EINVAL, base, 0);
	BAD(EINVAL, base, -PAGE);
	BAD(EINVAL, base, 1ULL << 52);
	BAD(EINVAL, source_uaddr, (uintptr_t)page + 1);
	BAD(EINVAL, source_uaddr, -PAGE);
	BAD(EINVAL, flags, 2);
	BAD(EINVAL, flags, ~0U);
	BAD(EINVAL, reserved, 1);
	BAD(EFAULT, source_uaddr, 0);
	BAD(EFAULT, source_uaddr, 1ULL << 60);
	EXPECT_ERRNO(EFAULT, ioctl(self->vm.fd, KVM_ARM_RMI_POPULATE, 8));

	bad = good;
	EXPECT_EQ(0, ioctl(self->vm.fd, KVM_ARM_RMI_POPULATE, &bad));
	EXPECT_EQ(0, bad.size);
	EXPECT_EQ(RAM + PAGE, bad.base);
	EXPECT_EQ((uintptr_t)page + PAGE, bad.source_uaddr);
	BAD(EEXIST, flags, 0);
#undef BAD
}

/* What can be read only is good enough as a source; what cannot be is not. */
TEST_F(realm, populate_source_protection)
{
	char *page = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	EXPECT_EQ(0, vm_populate(&self->vm, RAM, page, PAGE));
	mprotect(page, PAGE, PROT_NONE);
	EXPECT_ERRNO(EFAULT, vm_populate(&self->vm, RAM + PAGE, page, PAGE));
	munmap(page, PAGE);
	EXPECT_ERRNO(EFAULT, vm_populate(&self->vm, RAM + PAGE, page, PAGE));
}

/* A hole in the source: what came before is done, and told. */
TEST_F(realm, populate_says_how_far)
{
	char *source = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct kvm_arm_rmi_populate populate = {
		.base = RAM, .size = 8 * PAGE, .source_uaddr = (uintptr_t)source,
	};

	munmap(source + 5 * PAGE, PAGE);
	EXPECT_ERRNO(EFAULT, ioctl(self->vm.fd, KVM_ARM_RMI_POPULATE, &populate));
	EXPECT_EQ(RAM + 5 * PAGE, populate.base);
	EXPECT_EQ(3 * PAGE, populate.size);
	EXPECT_EQ((uintptr_t)source + 5 * PAGE, populate.source_uaddr);
}

/* As above, where the kernel would rather make a block. */
TEST_F(realm, populate_block_with_a_hole)
{
	char *source = mmap(NULL, 2 * BLOCK, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct kvm_arm_rmi_populate populate = {
		.base = RAM, .size = BLOCK, .source_uaddr = (uintptr_t)source,
	};

	munmap(source + 100 * PAGE, PAGE);
	for (int i = 0; i < 2 && populate.size > BLOCK - 100 * PAGE; i++)
		if (ioctl(self->vm.fd, KVM_ARM_RMI_POPULATE, &populate))
			break;
	EXPECT_ERRNO(EFAULT, ioctl(self->vm.fd, KVM_ARM_RMI_POPULATE, &populate));
	EXPECT_EQ(RAM + 100 * PAGE, populate.base);

	/* The rest can still be had. */
	EXPECT_EQ(0, vm_populate(&self->vm, RAM + 100 * PAGE, source + BLOCK,
				 BLOCK - 100 * PAGE));
}

TEST_F(realm, populate_what_is_not_private)
{
	char *page = page_of_text();

	ASSERT_OK(vm_attributes(&self->vm, RAM, PAGE, false));
	EXPECT_ERRNO(EINVAL, vm_populate(&self->vm, RAM, page, PAGE));
	ASSERT_OK(vm_attributes(&self->vm, RAM, PAGE, true));
	EXPECT_EQ(0, vm_populate(&self->vm, RAM, page, PAGE));

	/* Taking it away and back is allowed; it is empty then. */
	ASSERT_OK(vm_attributes(&self->vm, RAM, PAGE, false));
	ASSERT_OK(vm_attributes(&self->vm, RAM, PAGE, true));
	EXPECT_NE(EEXIST, vm_populate(&self->vm, RAM, page, PAGE) ? errno : 0);
}

TEST_F(realm, populate_after_run)
{
	ASSERT_OK(vm_load(&self->vm, OP_OFF, 0, 0, 0, 0, 0));
	ASSERT_OK(vm_run(&self->vm, 0));
	EXPECT_ERRNO(EBUSY, vm_populate(&self->vm, RAM + BLOCK, page_of_text(), PAGE));
}

/* The first run has begun with the measurement, if not ended. */
TEST(populate_after_failed_run)
{
	long free = pool_free();
	struct vm vm;

	ASSERT_LE(0, vm_open(&vm, REALM));
	ASSERT_OK(vm_add_ram(&vm, RAM_SIZE));
	ASSERT_OK(vm_add_vcpu(&vm, 0, 0));
	ASSERT_OK(vm_add_vcpu(&vm, 2, 0));	/* there is no 1 */
	ASSERT_OK(vm_add_gic(&vm));
	ASSERT_OK(vm_load(&vm, OP_OFF, 0, 0, 0, 0, 0));
	EXPECT_ERRNO(EINVAL, vm_run(&vm, 0));
	EXPECT_ERRNO(EBUSY, vm_populate(&vm, RAM + BLOCK, page_of_text(), PAGE));
	vm_close(&vm);
	EXPECT_EQ(free, pool_settle(free));
}

TEST_F(realm, populate_is_punched)
{
	ASSERT_OK(vm_populate(&self->vm, RAM, self->vm.shared, RAM_SIZE));
	EXPECT_GT(self->free - (long)(RAM_SIZE / PAGE), pool_free());
	ASSERT_OK(fallocate(self->vm.gmem, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			    PAGE, RAM_SIZE - 2 * PAGE));
	EXPECT_LT(self->free - 20, pool_free());
}

/* Its memory is in the pool, so normal pages would be for nothing. */
TEST_F(realm, no_normal_pages)
{
	struct stat stat;

	EXPECT_ERRNO(EOPNOTSUPP, fallocate(self->vm.gmem, 0, 0, BLOCK));
	EXPECT_ERRNO(EOPNOTSUPP, fallocate(self->vm.gmem, FALLOC_FL_KEEP_SIZE, 0, BLOCK));
	ASSERT_OK(vm_populate(&self->vm, RAM, self->vm.shared, RAM_SIZE));
	ASSERT_OK(fstat(self->vm.gmem, &stat));
	EXPECT_EQ(0, stat.st_blocks);
}

TEST_F(realm, holes)
{
	const int hole = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	int gmem = self->vm.gmem;

	EXPECT_ERRNO(EOPNOTSUPP, fallocate(gmem, FALLOC_FL_PUNCH_HOLE, 0, BLOCK));
	EXPECT_ERRNO(EOPNOTSUPP, fallocate(gmem, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE,
					   0, BLOCK));
	EXPECT_ERRNO(EINVAL, fallocate(gmem, hole, 1, PAGE));
	EXPECT_ERRNO(EINVAL, fallocate(gmem, hole, 0, PAGE - 1));
	EXPECT_EQ(0, fallocate(gmem, hole, 0, RAM_SIZE));
}

/* ------------------------------------------------------------ slots, memfds */

TEST_F(realm, slots)
{
	struct kvm_create_guest_memfd memfd = { .size = BLOCK };
	struct kvm_userspace_memory_region2 slot = {
		.slot = 1,
		.flags = KVM_MEM_GUEST_MEMFD,
		.memory_size = BLOCK,
		.userspace_addr = (uintptr_t)self->vm.shared,
		.guest_memfd = ioctl(self->vm.fd, KVM_CREATE_GUEST_MEMFD, &memfd),
	};
	struct kvm_userspace_memory_region old = {
		.slot = 2, .memory_size = PAGE,
		.userspace_addr = (uintptr_t)self->vm.shared,
	};
	struct vm other;

#define BAD(error, gpa)							\
do {									\
	slot.guest_phys_addr = (gpa);					\
	EXPECT_ERRNO(error, ioctl(self->vm.fd, KVM_SET_USER_MEMORY_REGION2, &slot)); \
} while (0)

	BAD(EFAULT, RAM | SHARED_BIT);
	BAD(EFAULT, SHARED_BIT - PAGE);
	BAD(EFAULT, SHARED_BIT);
	BAD(EEXIST, RAM + BLOCK);		/* overlaps */
	BAD(EINVAL, -PAGE);
	slot.guest_memfd_offset = PAGE;		/* beyond its end */
	BAD(EINVAL, 0);
	slot.guest_memfd_offset = 0;
	slot.flags |= KVM_MEM_LOG_DIRTY_PAGES;
	BAD(EINVAL, 0);
	slot.flags = KVM_MEM_GUEST_MEMFD | KVM_MEM_READONLY;
	BAD(EINVAL, 0);
	slot.flags = KVM_MEM_GUEST_MEMFD;

	/* Memory that is in a slot already, and memory of another VM */
	close(slot.guest_memfd);
	slot.guest_memfd = self->vm.gmem;
	BAD(EINVAL, 0);
	ASSERT_LE(0, vm_open(&other, REALM));
	EXPECT_ERRNO(EINVAL, ioctl(other.fd, KVM_SET_USER_MEMORY_REGION2, &slot));
	vm_close(&other);
#undef BAD

	/* Without a private half */
	old.flags = KVM_MEM_LOG_DIRTY_PAGES;
	EXPECT_ERRNO(EINVAL, ioctl(self->vm.fd, KVM_SET_USER_MEMORY_REGION, &old));
	old.flags = 0;
	old.guest_phys_addr = SHARED_BIT;
	EXPECT_ERRNO(EFAULT, ioctl(self->vm.fd, KVM_SET_USER_MEMORY_REGION, &old));
}

/* With a private half a slot is what it is; else it moves, but is never logged. */
TEST_F(realm, slots_change)
{
	struct vm *vm = &self->vm;

	EXPECT_ERRNO(EINVAL, set_slot(vm, 0, KVM_MEM_GUEST_MEMFD, RAM + RAM_SIZE, RAM_SIZE,
				      vm->shared, vm->gmem));
	EXPECT_ERRNO(EINVAL, set_slot(vm, 0, 0, RAM + RAM_SIZE, RAM_SIZE, vm->shared, -1));

	ASSERT_OK(set_slot(vm, 1, 0, 0, BLOCK, vm->shared, -1));
	EXPECT_ERRNO(EINVAL, set_slot(vm, 1, KVM_MEM_LOG_DIRTY_PAGES, 0, BLOCK, vm->shared, -1));
	EXPECT_ERRNO(EINVAL, set_slot(vm, 1, KVM_MEM_READONLY, 0, BLOCK, vm->shared, -1));
	EXPECT_ERRNO(EINVAL, set_slot(vm, 1, KVM_MEM_GUEST_MEMFD, 0, BLOCK, vm->shared,
				      vm->gmem));
	EXPECT_EQ(0, set_slot(vm, 1, 0, BLOCK, BLOCK, vm->shared, -1));
	EXPECT_ERRNO(EFAULT, set_slot(vm, 1, 0, SHARED_BIT, BLOCK, vm->shared, -1));
	EXPECT_ERRNO(EEXIST, set_slot(vm, 1, 0, RAM, BLOCK, vm->shared, -1));
	EXPECT_EQ(0, set_slot(vm, 1, 0, 0, 0, NULL, -1));
	EXPECT_ERRNO(EINVAL, set_slot(vm, 1, 0, 0, 0, NULL, -1));
}

/*
 * The ways to log what is written are KVM's own, and can be had; only there is no slot
 * that is logged, so nothing comes of it.
 */
TEST(dirty_log_stays_empty)
{
	struct kvm_enable_cap manual = {
		.cap = KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
		.args = { KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE },
	};
	struct kvm_enable_cap ring = {
		.cap = KVM_CAP_DIRTY_LOG_RING_ACQ_REL, .args = { 65536 },
	};
	long free = pool_free();
	struct vm vm;

	ASSERT_LE(0, vm_open(&vm, REALM));
	EXPECT_EQ(0, ioctl(vm.fd, KVM_ENABLE_CAP, &manual));
	EXPECT_EQ(0, ioctl(vm.fd, KVM_ENABLE_CAP, &ring));
	ASSERT_OK(vm_add_ram(&vm, RAM_SIZE));
	ASSERT_OK(vm_add_vcpu(&vm, 0, 0));
	ASSERT_OK(vm_add_gic(&vm));
	EXPECT_ERRNO(EINVAL, set_slot(&vm, 1, KVM_MEM_LOG_DIRTY_PAGES, 0, BLOCK, vm.shared, -1));
	ASSERT_OK(vm_load(&vm, OP_TOUCH, RAM, RAM + RAM_SIZE, 0, 0, 0));
	ASSERT_OK(vm_run(&vm, 0));
	EXPECT_EQ(KVM_EXIT_SYSTEM_EVENT, vm.run[0]->exit_reason);
	EXPECT_EQ(0, ioctl(vm.fd, KVM_RESET_DIRTY_RINGS));
	vm_close(&vm);
	EXPECT_EQ(free, pool_settle(free));
}

TEST_F(realm, memfds)
{
	static const struct kvm_create_guest_memfd bad[] = {
		{ .size = 0 }, { .size = 1 }, { .size = -PAGE }, { .size = PAGE + 1 },
		{ .size = PAGE, .flags = 1 }, { .size = PAGE, .flags = ~0ULL },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		EXPECT_ERRNO(EINVAL, ioctl(self->vm.fd, KVM_CREATE_GUEST_MEMFD, &bad[i]));
	}
}

TEST_F(realm, slot_goes_with_its_pages)
{
	struct kvm_userspace_memory_region2 slot = {
		.flags = KVM_MEM_GUEST_MEMFD, .guest_phys_addr = RAM,
		.guest_memfd = self->vm.gmem,
	};

	ASSERT_OK(vm_populate(&self->vm, RAM, self->vm.shared, RAM_SIZE));
	ASSERT_OK(ioctl(self->vm.fd, KVM_SET_USER_MEMORY_REGION2, &slot));
	EXPECT_LT(self->free - 20, pool_free());
	EXPECT_ERRNO(EINVAL, vm_populate(&self->vm, RAM, page_of_text(), PAGE));
}

TEST_F(realm, attributes)
{
	struct kvm_memory_attributes bad = { .address = RAM, .size = PAGE };

	bad.attributes = 1;
	EXPECT_ERRNO(EINVAL, ioctl(self->vm.fd, KVM_SET_MEMORY_ATTRIBUTES, &bad));
	bad.attributes = ~0ULL;
	EXPECT_ERRNO(EINVAL, ioctl(self->vm.fd, KVM_SET_MEMORY_ATTRIBUTES, &bad));
	bad.attributes = 0;
	bad.flags = 1;
	EXPECT_ERRNO(EINVAL, ioctl(self->vm.fd, KVM_SET_MEMORY_ATTRIBUTES, &bad));

	EXPECT_ERRNO(EINVAL, vm_attributes(&self->vm, RAM, 0, true));
	EXPECT_ERRNO(EINVAL, vm_attributes(&self->vm, RAM + 1, PAGE, true));
	EXPECT_ERRNO(EINVAL, vm_attributes(&self->vm, RAM, PAGE - 1, true));
	EXPECT_ERRNO(EINVAL, vm_attributes(&self->vm, -PAGE, 2 * PAGE, true));

	/* Where there is no memory it says nothing, and does no harm. */
	EXPECT_EQ(0, vm_attributes(&self->vm, 0, BLOCK, true));
	EXPECT_EQ(0, vm_attributes(&self->vm, SHARED_BIT, BLOCK, true));
	EXPECT_EQ(0, vm_attributes(&self->vm, SHARED_BIT, BLOCK, false));
}

/* --------------------------------------------------------------------- vCPUs */

TEST(vcpu_features)
{
	static const int bad[] = {
		KVM_ARM_VCPU_EL1_32BIT, KVM_ARM_VCPU_PMU_V3, KVM_ARM_VCPU_HAS_EL2, 20,
	};
	struct kvm_vcpu_init init = { .target = KVM_ARM_TARGET_GENERIC_V8 };
	struct vm vm;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ASSERT_LE(0, vm_open(&vm, REALM));
		EXPECT_EQ(-1, vm_add_vcpu(&vm, 0, 1 << bad[i]))
			TH_LOG("feature %d", bad[i]);
		vm_close(&vm);
	}

	/* PSCI 0.2 is required. */
	ASSERT_LE(0, vm_open(&vm, REALM));
	vm.vcpu[0] = ioctl(vm.fd, KVM_CREATE_VCPU, 0);
	ASSERT_LE(0, vm.vcpu[0]);
	EXPECT_ERRNO(EINVAL, ioctl(vm.vcpu[0], KVM_ARM_VCPU_INIT, &init));
	EXPECT_ERRNO(ENOEXEC, vm_run(&vm, 0));
	vm_close(&vm);
}

TEST(vcpu_order)
{
	long free = pool_free();
	struct vm vm;

	/* No GIC, and then one; after which there are no more vCPUs */
	ASSERT_LE(0, vm_open(&vm, REALM));
	ASSERT_OK(vm_add_ram(&vm, RAM_SIZE));
	ASSERT_OK(vm_add_vcpu(&vm, 0, 0));
	EXPECT_ERRNO(EOPNOTSUPP, vm_run(&vm, 0));
	ASSERT_OK(vm_add_gic(&vm));
	EXPECT_ERRNO(EBUSY, vm_add_vcpu(&vm, 1, 0));
	ASSERT_OK(vm_load(&vm, OP_OFF, 0, 0, 0, 0, 0));
	ASSERT_OK(vm_run(&vm, 0));
	EXPECT_EQ(KVM_EXIT_SYSTEM_EVENT, vm.run[0]->exit_reason);
	vm_close(&vm);

	/* A gap in the numbers */
	ASSERT_LE(0, vm_open(&vm, REALM));
	ASSERT_OK(vm_add_ram(&vm, RAM_SIZE));
	ASSERT_OK(vm_add_vcpu(&vm, 0, 0));
	ASSERT_OK(vm_add_vcpu(&vm, 2, 0));
	ASSERT_OK(vm_add_gic(&vm));
	EXPECT_ERRNO(EINVAL, vm_run(&vm, 0));
	vm_close(&vm);

	/* One vCPU that has not been initialized */
	ASSERT_LE(0, vm_open(&vm, REALM));
	ASSERT_OK(vm_add_ram(&vm, RAM_SIZE));
	ASSERT_OK(vm_add_vcpu(&vm, 0, 0));
	vm.vcpu[1] = ioctl(vm.fd, KVM_CREATE_VCPU, 1);
	ASSERT_LE(0, vm.vcpu[1]);
	ASSERT_OK(vm_add_gic(&vm));
	EXPECT_ERRNO(ENOEXEC, vm_run(&vm, 0));
	vm_close(&vm);

	EXPECT_EQ(free, pool_settle(free));
}

/* KVM gives up a VM that runs with half a GIC: nothing of a realm yet, nothing lost. */
TEST(gic_not_complete)
{
	static const struct {
		bool has_place;
		int error;
	} runs[] = { { false, ENXIO }, { true, EBUSY } };
	long free = pool_free();
	struct vm vm;

	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		ASSERT_LE(0, vm_open(&vm, REALM));
		ASSERT_OK(vm_add_ram(&vm, BLOCK));
		ASSERT_OK(vm_add_vcpu(&vm, 0, 0));
		ASSERT_OK(vm_create_gic(&vm));
		if (runs[i].has_place) {
			ASSERT_OK(vm_place_gic(&vm));
		}
		EXPECT_ERRNO(runs[i].error, vm_run(&vm, 0));
		EXPECT_ERRNO(EIO, vm_run(&vm, 0));
		EXPECT_ERRNO(EIO, vm_populate(&vm, RAM, page_of_text(), PAGE));
		vm_close(&vm);
	}
	EXPECT_EQ(free, pool_settle(free));
}

static int set_mp_state(struct vm *vm, int vcpu, uint32_t state)
{
	struct kvm_mp_state mp = { .mp_state = state };

	return ioctl(vm->vcpu[vcpu], KVM_SET_MP_STATE, &mp);
}

TEST_F(realm, vcpus_after_run)
{
	struct kvm_vcpu_init init = {
		.target = KVM_ARM_TARGET_GENERIC_V8,
		.features = { 1 << KVM_ARM_VCPU_PSCI_0_2 },
	};

	ASSERT_OK(vm_load(&self->vm, OP_OFF, 0, 0, 0, 0, 0));
	EXPECT_ERRNO(EINVAL, set_mp_state(&self->vm, 0, KVM_MP_STATE_SUSPENDED));
	ASSERT_OK(ioctl(self->vm.vcpu[0], KVM_ARM_VCPU_INIT, &init));
	ASSERT_OK(vm_set_reg(&self->vm, 0, REG_PC, RAM));
	ASSERT_OK(vm_run(&self->vm, 0));
	EXPECT_ERRNO(EBUSY, ioctl(self->vm.fd, KVM_CREATE_VCPU, 1));
	EXPECT_ERRNO(EBUSY, ioctl(self->vm.vcpu[0], KVM_ARM_VCPU_INIT, &init));
	EXPECT_ERRNO(EPERM, set_mp_state(&self->vm, 0, KVM_MP_STATE_RUNNABLE));
}

static int mp_state(struct vm *vm, int vcpu)
{
	struct kvm_mp_state mp;

	return ioctl(vm->vcpu[vcpu], KVM_GET_MP_STATE, &mp) ? -1 : (int)mp.mp_state;
}

/* Before the first run it is for user space to say who begins, and then for the realm. */
TEST(mp_state_before_run)
{
	long free = pool_free();
	struct vm vm;

	ASSERT_OK(vm_create(&vm, REALM, RAM_SIZE, 2));
	EXPECT_EQ(KVM_MP_STATE_STOPPED, mp_state(&vm, 1));
	ASSERT_OK(set_mp_state(&vm, 0, KVM_MP_STATE_STOPPED));
	ASSERT_OK(set_mp_state(&vm, 1, KVM_MP_STATE_RUNNABLE));
	ASSERT_OK(vm_load(&vm, OP_SPIN, 0, 0, 0, 0, 0));
	ASSERT_OK(vm_set_reg(&vm, 1, REG_X(0), OP_WRITE));
	ASSERT_OK(vm_set_reg(&vm, 1, REG_X(1), MMIO));
	ASSERT_OK(vm_set_reg(&vm, 1, REG_PC, RAM));

	alarm_in(100000);
	EXPECT_ERRNO(EINTR, vm_run(&vm, 0));
	ASSERT_OK(vm_run(&vm, 1));
	EXPECT_EQ(KVM_EXIT_MMIO, vm.run[1]->exit_reason);
	EXPECT_EQ(KVM_MP_STATE_STOPPED, mp_state(&vm, 0));
	EXPECT_EQ(KVM_MP_STATE_RUNNABLE, mp_state(&vm, 1));
	EXPECT_ERRNO(EPERM, set_mp_state(&vm, 0, KVM_MP_STATE_RUNNABLE));
	EXPECT_EQ(0, set_mp_state(&vm, 0, KVM_MP_STATE_STOPPED));
	ASSERT_OK(vm_run(&vm, 1));
	EXPECT_EQ(KVM_EXIT_SYSTEM_EVENT, vm.run[1]->exit_reason);
	vm_close(&vm);
	EXPECT_EQ(free, pool_settle(free));
}

TEST(stopped_vcpu_is_turned_on)
{
	long free = pool_free();
	struct vm vm;

	ASSERT_OK(vm_create(&vm, REALM, RAM_SIZE, 2));
	ASSERT_OK(set_mp_state(&vm, 1, KVM_MP_STATE_RUNNABLE));
	ASSERT_OK(set_mp_state(&vm, 1, KVM_MP_STATE_STOPPED));
	ASSERT_OK(vm_load(&vm, OP_CPU_ON, OP_OFF, 0, 0, 0, MMIO));
	ASSERT_OK(vm_run(&vm, 0));
	ASSERT_EQ(KVM_EXIT_MMIO, vm.run[0]->exit_reason);
	EXPECT_EQ(0, vm.run[0]->mmio.data[0]);	/* PSCI's success */
	EXPECT_EQ(KVM_MP_STATE_RUNNABLE, mp_state(&vm, 1));
	ASSERT_OK(vm_run(&vm, 1));
	EXPECT_EQ(KVM_EXIT_SYSTEM_EVENT, vm.run[1]->exit_reason);
	vm_close(&vm);
	EXPECT_EQ(free, pool_settle(free));
}

TEST(sve)
{
	long free = pool_free();
	int feature = KVM_ARM_VCPU_SVE;
	struct vm vm;

	ASSERT_LE(0, vm_open(&vm, REALM));
	if (!ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_ARM_SVE))
		SKIP(return, "no SVE");
	ASSERT_OK(vm_add_ram(&vm, RAM_SIZE));
	ASSERT_OK(vm_add_vcpu(&vm, 0, SVE));
	ASSERT_OK(vm_add_gic(&vm));
	EXPECT_ERRNO(EPERM, vm_populate(&vm, RAM, page_of_text(), PAGE));
	EXPECT_ERRNO(EPERM, vm_run(&vm, 0));
	ASSERT_OK(ioctl(vm.vcpu[0], KVM_ARM_VCPU_FINALIZE, &feature));
	ASSERT_OK(vm_load(&vm, OP_OFF, 0, 0, 0, 0, 0));
	ASSERT_OK(vm_run(&vm, 0));
	EXPECT_EQ(KVM_EXIT_SYSTEM_EVENT, vm.run[0]->exit_reason);
	vm_close(&vm);
	EXPECT_EQ(free, pool_settle(free));
}

/* All vCPUs have the same vectors, or none. */
TEST(sve_mixed)
{
	struct vm vm;

	ASSERT_LE(0, vm_open(&vm, REALM));
	if (!ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_ARM_SVE))
		SKIP(return, "no SVE");
	ASSERT_OK(vm_add_vcpu(&vm, 0, 0));
	EXPECT_ERRNO(EINVAL, vm_add_vcpu(&vm, 1, SVE));
	vm_close(&vm);
}

static int sve_vls(struct vm *vm, int vcpu, unsigned long request, const uint64_t *vls)
{
	struct kvm_one_reg reg = { .id = KVM_REG_ARM64_SVE_VLS, .addr = (uintptr_t)vls };

	return ioctl(vm->vcpu[vcpu], request, &reg);
}

/* They are chosen before FINALIZE, and before the realm is there. */
TEST(sve_vectors)
{
	static const uint64_t none[KVM_ARM64_SVE_VLS_WORDS];
	uint64_t vls[KVM_ARM64_SVE_VLS_WORDS] = { 0 };
	uint64_t more[KVM_ARM64_SVE_VLS_WORDS] = { 0 };
	struct kvm_reg_list list = { .n = 0 };
	int feature = KVM_ARM_VCPU_SVE;
	long free = pool_free();
	struct vm vm;

	ASSERT_LE(0, vm_open(&vm, REALM));
	if (!ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_ARM_SVE))
		SKIP(return, "no SVE");
	ASSERT_OK(vm_add_ram(&vm, RAM_SIZE));
	ASSERT_OK(vm_add_vcpu(&vm, 0, SVE));
	ASSERT_OK(vm_add_vcpu(&vm, 1, SVE));

	EXPECT_ERRNO(E2BIG, ioctl(vm.vcpu[0], KVM_GET_REG_LIST, &list));
	EXPECT_LT(33, list.n);
	ASSERT_OK(sve_vls(&vm, 0, KVM_GET_ONE_REG, vls));
	EXPECT_EQ(1, vls[0] & 1);
	EXPECT_EQ(0, sve_vls(&vm, 0, KVM_SET_ONE_REG, vls));
	EXPECT_ERRNO(EINVAL, sve_vls(&vm, 0, KVM_SET_ONE_REG, none));
	more[0] = vls[0] | vls[0] << 1;
	EXPECT_ERRNO(EINVAL, sve_vls(&vm, 0, KVM_SET_ONE_REG, more));
	memset(more, 0xff, sizeof(more));
	EXPECT_ERRNO(EINVAL, sve_vls(&vm, 0, KVM_SET_ONE_REG, more));

	ASSERT_OK(ioctl(vm.vcpu[0], KVM_ARM_VCPU_FINALIZE, &feature));
	EXPECT_ERRNO(EPERM, ioctl(vm.vcpu[0], KVM_ARM_VCPU_FINALIZE, &feature));
	EXPECT_ERRNO(EPERM, sve_vls(&vm, 0, KVM_SET_ONE_REG, vls));

	ASSERT_OK(sve_vls(&vm, 1, KVM_SET_ONE_REG, vls));
	ASSERT_OK(vm_populate(&vm, RAM, page_of_text(), PAGE));
	EXPECT_ERRNO(EPERM, sve_vls(&vm, 1, KVM_SET_ONE_REG, vls));
	EXPECT_EQ(0, ioctl(vm.vcpu[1], KVM_ARM_VCPU_FINALIZE, &feature));
	vm_close(&vm);
	EXPECT_EQ(free, pool_settle(free));
}

/* A realm that has been created without them has none. */
TEST(sve_too_late)
{
	long free = pool_free();
	struct vm vm;

	ASSERT_LE(0, vm_open(&vm, REALM));
	if (!ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_ARM_SVE))
		SKIP(return, "no SVE");
	ASSERT_OK(vm_add_ram(&vm, RAM_SIZE));
	ASSERT_OK(vm_populate(&vm, RAM, page_of_text(), PAGE));
	EXPECT_ERRNO(EINVAL, vm_add_vcpu(&vm, 0, SVE));
	EXPECT_EQ(0, vm_add_vcpu(&vm, 1, 0));
	vm_close(&vm);
	EXPECT_EQ(free, pool_settle(free));
}

TEST_F(realm, nothing_to_finalize)
{
	static const int features[] = {
		KVM_ARM_VCPU_SVE, KVM_ARM_VCPU_PMU_V3, KVM_ARM_VCPU_PSCI_0_2, -1,
	};
	static const uint64_t vls[KVM_ARM64_SVE_VLS_WORDS] = { 1 };

	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
		EXPECT_ERRNO(EINVAL, ioctl(self->vm.vcpu[0], KVM_ARM_VCPU_FINALIZE,
					   &features[i]));
	}
	EXPECT_ERRNO(ENOENT, sve_vls(&self->vm, 0, KVM_SET_ONE_REG, vls));
}

TEST_F(realm, registers_refused)
{
	static const uint64_t refused[] = {
		CORE_REG(regs.sp), CORE_REG(regs.pstate), CORE_REG(sp_el1),
		CORE_REG(elr_el1), CORE_REG(spsr[0]),
		KVM_REG_ARM64 | KVM_REG_SIZE_U128 | KVM_REG_ARM_CORE |
		KVM_REG_ARM_CORE_REG(fp_regs.vregs[0]),
		ARM64_SYS_REG(3, 0, 1, 0, 0),		/* SCTLR_EL1 */
		ARM64_SYS_REG(3, 0, 0, 0, 5),		/* MPIDR_EL1 */
		ARM64_SYS_REG(3, 0, 0, 4, 0),		/* ID_AA64PFR0_EL1 */
		KVM_REG_ARM_TIMER_CVAL, KVM_REG_ARM_TIMER_CNT,
	};

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		EXPECT_ERRNO(EINVAL, vm_set_reg(&self->vm, 0, refused[i], 0));
	}
	EXPECT_ERRNO(EINVAL, vm_set_reg(&self->vm, 0, 0, 0));
	EXPECT_ERRNO(EINVAL, vm_set_reg(&self->vm, 0, ~0ULL, 0));
}

#define DFR0		ARM64_SYS_REG(3, 0, 0, 5, 0)
#define BRPS		(15ULL << 12)
#define WRPS		(15ULL << 20)
#define ONE_BRP		(1ULL << 12)
#define ONE_WRP		(1ULL << 20)

/* Fewer breakpoints and watchpoints than there are, until the realm is created */
TEST_F(realm, breakpoints)
{
	struct vm *vm = &self->vm;
	uint64_t most, fewer;

	ASSERT_OK(vm_get_reg(vm, 0, DFR0, &most));
	ASSERT_LT(ONE_BRP, most & BRPS);
	ASSERT_LT(ONE_WRP, most & WRPS);
	fewer = most - ONE_BRP - ONE_WRP;

	EXPECT_EQ(0, vm_set_reg(vm, 0, DFR0, most));
	EXPECT_EQ(0, vm_set_reg(vm, 0, DFR0, fewer));
	EXPECT_EQ(0, vm_set_reg(vm, 0, DFR0, most));

	/* One is the least, and is 0 in the register, which is reserved */
	EXPECT_ERRNO(EINVAL, vm_set_reg(vm, 0, DFR0, most & ~BRPS));
	EXPECT_ERRNO(EINVAL, vm_set_reg(vm, 0, DFR0, most & ~WRPS));
	if ((most & BRPS) != BRPS) {
		EXPECT_ERRNO(EINVAL, vm_set_reg(vm, 0, DFR0, most + ONE_BRP));
	}
	if ((most & WRPS) != WRPS) {
		EXPECT_ERRNO(EINVAL, vm_set_reg(vm, 0, DFR0, most + ONE_WRP));
	}
	EXPECT_ERRNO(EINVAL, vm_set_reg(vm, 0, DFR0, most ^ 1));	/* DebugVer */
	EXPECT_ERRNO(EINVAL, vm_set_reg(vm, 0, DFR0, most ^ 1ULL << 28)); /* CTX_CMPs */

	ASSERT_OK(vm_set_reg(vm, 0, DFR0, fewer));
	ASSERT_OK(vm_load(vm, OP_OFF, 0, 0, 0, 0, 0));
	EXPECT_EQ(0, vm_set_reg(vm, 0, DFR0, fewer));
	EXPECT_ERRNO(EBUSY, vm_set_reg(vm, 0, DFR0, most));
	EXPECT_ERRNO(EBUSY, vm_set_reg(vm, 0, DFR0, most ^ 1));
	ASSERT_OK(vm_run(vm, 0));
	EXPECT_EQ(KVM_EXIT_SYSTEM_EVENT, vm->run[0]->exit_reason);
	ASSERT_OK(vm_get_reg(vm, 0, DFR0, &most));
	EXPECT_EQ(fewer, most);
}

/* What is listed can be read, and written back. */
TEST_F(realm, registers_listed)
{
	struct kvm_reg_list probe = { .n = 0 }, *list;
	bool has_dfr0 = false;
	uint64_t value;

	EXPECT_ERRNO(E2BIG, ioctl(self->vm.vcpu[0], KVM_GET_REG_LIST, &probe));
	ASSERT_LT(32, probe.n);
	list = calloc(1, sizeof(*list) + probe.n * sizeof(list->reg[0]));
	list->n = probe.n;
	ASSERT_OK(ioctl(self->vm.vcpu[0], KVM_GET_REG_LIST, list));
	for (uint64_t i = 0; i < list->n; i++) {
		EXPECT_EQ(0, vm_get_reg(&self->vm, 0, list->reg[i], &value));
		EXPECT_EQ(0, vm_set_reg(&self->vm, 0, list->reg[i], value))
			TH_LOG("register %llx", list->reg[i]);
		has_dfr0 |= list->reg[i] == DFR0;
	}
	EXPECT_TRUE(has_dfr0);
	free(list);
}

/* What a realm computes does not show, before or after. */
TEST_F(realm, registers_tell_nothing)
{
	uint64_t value;

	ASSERT_OK(vm_load(&self->vm, OP_OFF, 0x5ec4e7, 0, 0, 0, 0));
	ASSERT_OK(vm_run(&self->vm, 0));
	for (int n = 19; n < 31; n++) {
		ASSERT_OK(vm_get_reg(&self->vm, 0, REG_X(n), &value));
		EXPECT_EQ(0, value);
	}
	ASSERT_OK(vm_get_reg(&self->vm, 0, REG_PC, &value));
	EXPECT_EQ(RAM, value);
}

TEST_F(realm, old_calls_refused)
{
	struct kvm_guest_debug debug = { .control = KVM_GUESTDBG_ENABLE };
	struct kvm_arm_counter_offset offset = { .counter_offset = 1 };
	struct kvm_arm_copy_mte_tags tags = { .guest_ipa = RAM, .length = PAGE };
	struct kvm_vcpu_events events = { .exception.serror_pending = 1 };
	struct kvm_create_device gicv2 = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	uint64_t ipa = RAM;
	struct kvm_device_attr steal = {
		.group = KVM_ARM_VCPU_PVTIME_CTRL,
		.attr = KVM_ARM_VCPU_PVTIME_IPA, .addr = (uintptr_t)&ipa,
	};
	struct kvm_dirty_log log = { .dirty_bitmap = page_of_text() };
	static uint64_t bits[KVM_ARM_FEATURE_ID_RANGE_SIZE];
	struct reg_mask_range masks = { .addr = (uintptr_t)bits };

	EXPECT_ERRNO(EINVAL, ioctl(self->vm.vcpu[0], KVM_SET_GUEST_DEBUG, &debug));
	EXPECT_ERRNO(EINVAL, ioctl(self->vm.fd, KVM_ARM_SET_COUNTER_OFFSET, &offset));
	EXPECT_ERRNO(EINVAL, ioctl(self->vm.fd, KVM_ARM_MTE_COPY_TAGS, &tags));
	EXPECT_ERRNO(EINVAL, ioctl(self->vm.vcpu[0], KVM_SET_VCPU_EVENTS, &events));
	EXPECT_ERRNO(ENXIO, ioctl(self->vm.vcpu[0], KVM_SET_DEVICE_ATTR, &steal));
	EXPECT_ERRNO(ENOENT, ioctl(self->vm.fd, KVM_GET_DIRTY_LOG, &log));
	EXPECT_ERRNO(ENODEV, ioctl(self->vm.fd, KVM_CREATE_DEVICE, &gicv2));
	EXPECT_ERRNO(ENODEV, ioctl(self->vm.fd, KVM_CREATE_IRQCHIP, 0));
	EXPECT_ERRNO(EINVAL, ioctl(self->vm.fd, KVM_ARM_GET_REG_WRITABLE_MASKS, &masks));
}

/* --------------------------------------------------------------------- exits */

TEST_F(realm, mmio)
{
	ASSERT_OK(vm_load(&self->vm, OP_WRITE, MMIO, 0x12345678, 0, 0, 0));
	ASSERT_OK(vm_run(&self->vm, 0));
	ASSERT_EQ(KVM_EXIT_MMIO, self->vm.run[0]->exit_reason);
	EXPECT_EQ(MMIO & ~SHARED_BIT, self->vm.run[0]->mmio.phys_addr);
	EXPECT_EQ(1, self->vm.run[0]->mmio.is_write);
	EXPECT_EQ(4, self->vm.run[0]->mmio.len);
	EXPECT_EQ(0, memcmp(self->vm.run[0]->mmio.data, "\x78\x56\x34\x12", 4));
	ASSERT_OK(vm_run(&self->vm, 0));
	EXPECT_EQ(KVM_EXIT_SYSTEM_EVENT, self->vm.run[0]->exit_reason);
}

static int answer_by_abort(struct vm *vm)
{
	struct kvm_vcpu_events events = { .exception.ext_dabt_pending = 1 };

	return ioctl(vm->vcpu[0], KVM_SET_VCPU_EVENTS, &events);
}

/* Instead of an answer, an external abort: the realm says with what syndrome. */
TEST_F(realm, mmio_is_aborted)
{
	uint32_t esr;

	ASSERT_OK(vm_load(&self->vm, OP_WRITE_ABORTED, MMIO, 42, MMIO + 8, 0, 0));
	ASSERT_OK(vm_run(&self->vm, 0));
	ASSERT_EQ(KVM_EXIT_MMIO, self->vm.run[0]->exit_reason);
	EXPECT_EQ(MMIO & ~SHARED_BIT, self->vm.run[0]->mmio.phys_addr);
	ASSERT_OK(answer_by_abort(&self->vm));

	ASSERT_OK(vm_run(&self->vm, 0));
	ASSERT_EQ(KVM_EXIT_MMIO, self->vm.run[0]->exit_reason);
	EXPECT_EQ((MMIO & ~SHARED_BIT) + 8, self->vm.run[0]->mmio.phys_addr);
	memcpy(&esr, self->vm.run[0]->mmio.data, sizeof(esr));
	EXPECT_EQ(0x25, esr >> 26);	/* data abort of EL1's own */
	EXPECT_EQ(0x10, esr & 0x3f);	/* external, not by a walk */
	EXPECT_EQ(0x40, esr & 0x40);	/* of a write */
	ASSERT_OK(vm_run(&self->vm, 0));
	EXPECT_EQ(KVM_EXIT_SYSTEM_EVENT, self->vm.run[0]->exit_reason);
}

/* Where there is no access of the realm's to answer, there is no abort. */
TEST_F(realm, abort_without_access)
{
	ASSERT_OK(vm_load(&self->vm, OP_WRITE, MMIO, 0, 0, 0, 0));
	EXPECT_ERRNO(EINVAL, answer_by_abort(&self->vm));
	self->vm.run[0]->immediate_exit = 1;
	EXPECT_ERRNO(EINTR, vm_run(&self->vm, 0));
	self->vm.run[0]->immediate_exit = 0;
	EXPECT_ERRNO(EINVAL, answer_by_abort(&self->vm));
	ASSERT_OK(vm_run(&self->vm, 0));
	EXPECT_EQ(KVM_EXIT_MMIO, self->vm.run[0]->exit_reason);
	ASSERT_OK(vm_run(&self->vm, 0));
	EXPECT_EQ(KVM_EXIT_SYSTEM_EVENT, self->vm.run[0]->exit_reason);
	EXPECT_ERRNO(EINVAL, answer_by_abort(&self->vm));
}

/* Nor at the private half, where an exit is no access for user space to answer. */
TEST_F(realm, abort_at_private_memory)
{
	ASSERT_OK(vm_attributes(&self->vm, RAM + BLOCK, PAGE, false));
	ASSERT_OK(vm_load(&self->vm, OP_TOUCH, RAM + BLOCK, RAM + 2 * BLOCK, 0, 0, 0));
	EXPECT_ERRNO(EFAULT, vm_run(&self->vm, 0));
	ASSERT_EQ(KVM_EXIT_MEMORY_FAULT, self->vm.run[0]->exit_reason);
	EXPECT_ERRNO(EINVAL, answer_by_abort(&self->vm));
}

TEST_F(realm, immediate_exit)
{
	ASSERT_OK(vm_load(&self->vm, OP_SPIN, 0, 0, 0, 0, 0));
	self->vm.run[0]->immediate_exit = 1;
	for (int i = 0; i < 10; i++) {
		EXPECT_ERRNO(EINTR, vm_run(&self->vm, 0));
	}
}

TEST_F(realm, signal_ends_run)
{
	ASSERT_OK(vm_load(&self->vm, OP_SPIN, 0, 0, 0, 0, 0));
	for (int i = 0; i < 3; i++) {
		alarm_in(50000);
		EXPECT_ERRNO(EINTR, vm_run(&self->vm, 0));
		EXPECT_EQ(KVM_EXIT_INTR, self->vm.run[0]->exit_reason);
	}
}

TEST_F(realm, memory_fills_by_faults)
{
	long before;

	ASSERT_OK(vm_load(&self->vm, OP_TOUCH, RAM, RAM + RAM_SIZE, 0, 0, 0));
	before = pool_free();
	ASSERT_OK(vm_run(&self->vm, 0));
	EXPECT_EQ(KVM_EXIT_SYSTEM_EVENT, self->vm.run[0]->exit_reason);
	EXPECT_GE(before - (long)(RAM_SIZE / PAGE) + 1, pool_free());
}

/* RAM that is taken away cannot be touched again. */
TEST_F(realm, memory_taken_away)
{
	ASSERT_OK(vm_load(&self->vm, OP_TOUCH, RAM, RAM + RAM_SIZE, 0, 0, 0));
	self->vm.run[0]->immediate_exit = 1;
	EXPECT_ERRNO(EINTR, vm_run(&self->vm, 0));
	self->vm.run[0]->immediate_exit = 0;

	ASSERT_OK(vm_attributes(&self->vm, RAM + BLOCK, PAGE, false));
	EXPECT_ERRNO(EFAULT, vm_run(&self->vm, 0));
	EXPECT_EQ(KVM_EXIT_MEMORY_FAULT, self->vm.run[0]->exit_reason);
	EXPECT_EQ(RAM + BLOCK, self->vm.run[0]->memory_fault.gpa);
	EXPECT_EQ(KVM_MEMORY_EXIT_FLAG_PRIVATE, self->vm.run[0]->memory_fault.flags);

	ASSERT_OK(vm_attributes(&self->vm, RAM + BLOCK, PAGE, true));
	EXPECT_NE(EFAULT, vm_run(&self->vm, 0) ? errno : 0);
}

/*
 * Shared memory that its owner takes away is not the realm's any more, in the last slot
 * of its half as well: the next write goes to the next page.
 */
TEST_F(realm, shared_page_taken_away)
{
	struct kvm_userspace_memory_region2 slot = {
		.slot = 1,
		.guest_phys_addr = SHARED_BIT - PAGE,
		.memory_size = PAGE,
	};
	uint32_t *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	slot.userspace_addr = (uintptr_t)page;
	ASSERT_OK(ioctl(self->vm.fd, KVM_SET_USER_MEMORY_REGION2, &slot));
	ASSERT_OK(vm_load(&self->vm, OP_WRITE_TWICE, VA_LAST_PAGE, 42, VA_MMIO, 0, 0));
	ASSERT_OK(vm_run(&self->vm, 0));
	ASSERT_EQ(KVM_EXIT_MMIO, self->vm.run[0]->exit_reason);
	ASSERT_EQ(42, *page);
	ASSERT_OK(madvise(page, PAGE, MADV_DONTNEED));
	EXPECT_EQ(0, *page);
	ASSERT_OK(vm_run(&self->vm, 0));
	EXPECT_EQ(KVM_EXIT_SYSTEM_EVENT, self->vm.run[0]->exit_reason);
	EXPECT_EQ(42, *page);
	munmap(page, PAGE);
}

/* Where no RAM is there is nothing to give: the realm gets an abort. */
TEST_F(realm, touches_no_memory)
{
	long before;

	ASSERT_OK(vm_load(&self->vm, OP_WRITE, 0x1000, 1, 0, 0, 0));
	before = pool_free();
	alarm_in(100000);
	EXPECT_ERRNO(EINTR, vm_run(&self->vm, 0));
	EXPECT_GE(16, before - pool_free());
}

static int answer_ripas(struct vm *vm, bool private)
{
	struct kvm_run *run = vm->run[0];

	if (vm_run(vm, 0) == 0 || errno != EFAULT ||
	    run->exit_reason != KVM_EXIT_MEMORY_FAULT)
		return -1;
	return vm_attributes(vm, run->memory_fault.gpa, run->memory_fault.size, private);
}

TEST_F(realm, ripas_granted)
{
	ASSERT_OK(vm_load(&self->vm, OP_RIPAS, RAM + BLOCK, RAM + 2 * BLOCK, 0, 0, MMIO));
	ASSERT_OK(answer_ripas(&self->vm, false));
	EXPECT_EQ(RAM + BLOCK, self->vm.run[0]->memory_fault.gpa);
	EXPECT_EQ(BLOCK, self->vm.run[0]->memory_fault.size);
	ASSERT_OK(vm_run(&self->vm, 0));
	ASSERT_EQ(KVM_EXIT_MMIO, self->vm.run[0]->exit_reason);
	EXPECT_EQ(0, self->vm.run[0]->mmio.data[0]);	/* accepted */
}

TEST_F(realm, ripas_refused)
{
	ASSERT_OK(vm_attributes(&self->vm, RAM + BLOCK, BLOCK, false));
	ASSERT_OK(vm_load(&self->vm, OP_RIPAS, RAM + BLOCK, RAM + 2 * BLOCK, 1, 0, MMIO));
	ASSERT_OK(answer_ripas(&self->vm, false));	/* not what it asked for */
	ASSERT_OK(vm_run(&self->vm, 0));
	ASSERT_EQ(KVM_EXIT_MMIO, self->vm.run[0]->exit_reason);
	EXPECT_EQ(1, self->vm.run[0]->mmio.data[0]);	/* rejected */
}

/* A part of 2 MiB without memory: no table for it, so it stays as it is. */
TEST_F(realm, ripas_of_no_memory)
{
	uint64_t hole = RAM + 100 * BLOCK + PAGE;

	ASSERT_OK(vm_load(&self->vm, OP_RIPAS, hole, hole + PAGE, 0, 0, MMIO));
	EXPECT_EQ(0, vm_run(&self->vm, 0));
	EXPECT_EQ(KVM_EXIT_MMIO, self->vm.run[0]->exit_reason);
	EXPECT_EQ(0, self->vm.run[0]->mmio.data[0]);
}

#define GIB	(1ULL << 30)

/* All of the protected half, most of which is not RAM: asked is only from RAM on. */
TEST_F(realm, ripas_of_everything)
{
	ASSERT_OK(vm_load(&self->vm, OP_RIPAS, 0, SHARED_BIT, 0, 0, MMIO));
	EXPECT_ERRNO(EFAULT, vm_run(&self->vm, 0));
	ASSERT_EQ(KVM_EXIT_MEMORY_FAULT, self->vm.run[0]->exit_reason);
	EXPECT_EQ(RAM, self->vm.run[0]->memory_fault.gpa);
	EXPECT_EQ(GIB, self->vm.run[0]->memory_fault.size);
	EXPECT_EQ(0, self->vm.run[0]->memory_fault.flags);

	/* Nothing changed: granted up to there */
	ASSERT_OK(vm_run(&self->vm, 0));
	ASSERT_EQ(KVM_EXIT_MMIO, self->vm.run[0]->exit_reason);
	EXPECT_EQ(0, self->vm.run[0]->mmio.data[0]);
	ASSERT_OK(vm_run(&self->vm, 0));
	ASSERT_EQ(KVM_EXIT_MMIO, self->vm.run[0]->exit_reason);
	EXPECT_EQ(0, memcmp(self->vm.run[0]->mmio.data, &(uint64_t){ RAM }, 8));
}

/* Attributes are a word for each page: more than 1 GiB takes more than one answer. */
TEST_F(realm, ripas_of_more_than_a_gib)
{
	const uint64_t start = 4 * GIB, size = GIB + BLOCK;
	struct kvm_create_guest_memfd memfd = { .size = size };
	int gmem = ioctl(self->vm.fd, KVM_CREATE_GUEST_MEMFD, &memfd);
	struct kvm_run *run = self->vm.run[0];

	/* Its shared half is never touched, so it does not matter where that is. */
	ASSERT_OK(set_slot(&self->vm, 1, KVM_MEM_GUEST_MEMFD, start, size,
			   self->vm.shared, gmem));
	ASSERT_OK(vm_load(&self->vm, OP_RIPAS, start, start + size, 1, 0, MMIO));
	EXPECT_ERRNO(EFAULT, vm_run(&self->vm, 0));
	ASSERT_EQ(KVM_EXIT_MEMORY_FAULT, run->exit_reason);
	EXPECT_EQ(start, run->memory_fault.gpa);
	EXPECT_EQ(GIB, run->memory_fault.size);
	EXPECT_EQ(KVM_MEMORY_EXIT_FLAG_PRIVATE, run->memory_fault.flags);

	ASSERT_OK(vm_attributes(&self->vm, start, GIB, true));
	ASSERT_OK(vm_run(&self->vm, 0));
	ASSERT_EQ(KVM_EXIT_MMIO, run->exit_reason);
	EXPECT_EQ(0, run->mmio.data[0]);
	ASSERT_OK(vm_run(&self->vm, 0));
	ASSERT_EQ(KVM_EXIT_MMIO, run->exit_reason);
	EXPECT_EQ(0, memcmp(run->mmio.data, &(uint64_t){ start + GIB }, 8));
	close(gmem);
}

TEST_F(realm, host_call)
{
	ASSERT_OK(vm_load(&self->vm, OP_HOST_CALL, 0, 0, 0, 0, 0));
	ASSERT_OK(vm_run(&self->vm, 0));
	EXPECT_EQ(KVM_EXIT_SYSTEM_EVENT, self->vm.run[0]->exit_reason);
}

static int set_filter(struct vm *vm, uint32_t base, uint32_t count, int action)
{
	struct kvm_smccc_filter filter = {
		.base = base, .nr_functions = count, .action = action,
	};
	struct kvm_device_attr attr = {
		.group = KVM_ARM_VM_SMCCC_CTRL, .attr = KVM_ARM_VM_SMCCC_FILTER,
		.addr = (uintptr_t)&filter,
	};

	return ioctl(vm->fd, KVM_SET_DEVICE_ATTR, &attr);
}

TEST_F(realm, host_call_for_user_space)
{
	ASSERT_OK(set_filter(&self->vm, 0x86000000, 1, KVM_SMCCC_FILTER_FWD_TO_USER));
	ASSERT_OK(vm_load(&self->vm, OP_HOST_CALL, 0, 0, 0, 0, 0));
	ASSERT_OK(vm_run(&self->vm, 0));
	ASSERT_EQ(KVM_EXIT_HYPERCALL, self->vm.run[0]->exit_reason);
	EXPECT_EQ(0x86000000, self->vm.run[0]->hypercall.nr);
	EXPECT_ERRNO(EINVAL, answer_by_abort(&self->vm));
	ASSERT_OK(vm_set_reg(&self->vm, 0, REG_X(0), 7));
	ASSERT_OK(vm_run(&self->vm, 0));
	EXPECT_EQ(KVM_EXIT_SYSTEM_EVENT, self->vm.run[0]->exit_reason);
}

/* The filter is for what realms ask of the host; PSCI they ask of the monitor. */
TEST_F(realm, filter_leaves_psci_alone)
{
	ASSERT_OK(set_filter(&self->vm, 0x84000000, 32, KVM_SMCCC_FILTER_DENY));
	ASSERT_OK(set_filter(&self->vm, 0xc4000000, 32, KVM_SMCCC_FILTER_FWD_TO_USER));
	ASSERT_OK(vm_load(&self->vm, OP_OFF, 0, 0, 0, 0, 0));
	ASSERT_OK(vm_run(&self->vm, 0));
	EXPECT_EQ(KVM_EXIT_SYSTEM_EVENT, self->vm.run[0]->exit_reason);
	EXPECT_ERRNO(EBUSY, set_filter(&self->vm, 0x86000000, 1, KVM_SMCCC_FILTER_DENY));
}

/* ------------------------------------------------- two threads, and the end */

struct racer {
	pthread_t thread;
	struct vm *vm;
	int (*turn)(struct vm *vm, int i);
	int turns;
	int worst;		/* errno that is not to be */
	const int *allowed;	/* errnos, 0 at the end */
};

static bool is_allowed(const int *allowed, int error)
{
	for (; *allowed; allowed++)
		if (*allowed == error)
			return true;
	return false;
}

static void *race(void *arg)
{
	struct racer *racer = arg;

	for (int i = 0; i < racer->turns; i++)
		if (racer->turn(racer->vm, i) < 0 && !is_allowed(racer->allowed, errno))
			racer->worst = errno;
	return NULL;
}

static void race_all(struct racer *racers, int count)
{
	for (int i = 0; i < count; i++)
		pthread_create(&racers[i].thread, NULL, race, &racers[i]);
	for (int i = 0; i < count; i++)
		pthread_join(racers[i].thread, NULL);
}

static int turn_populate(struct vm *vm, int i)
{
	return vm_populate(vm, RAM + (i % 1024) * PAGE, vm->shared, PAGE);
}

static int turn_convert(struct vm *vm, int i)
{
	return vm_attributes(vm, RAM + BLOCK, (1 + i % 512) * PAGE, i & 1);
}

static int turn_punch(struct vm *vm, int i)
{
	return fallocate(vm->gmem, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			 BLOCK, (1 + i % 512) * PAGE);
}

static int turn_run(struct vm *vm, int i)
{
	(void)i;
	return vm_run(vm, 0);
}

struct runner {
	pthread_t thread;
	struct vm *vm;
	volatile bool stop, stopped;
	int worst;
};

static void *run_until_stopped(void *arg)
{
	static const int allowed[] = { EFAULT, EINTR, EAGAIN, 0 };
	struct runner *runner = arg;

	while (!runner->stop)
		if (vm_run(runner->vm, 0) < 0 && !is_allowed(allowed, errno))
			runner->worst = errno;
	runner->stopped = true;
	return NULL;
}

static void stop_running(struct runner *runner)
{
	alarm_in(0);	/* for the handler: the signal is to end KVM_RUN, no more */
	runner->stop = true;
	while (!runner->stopped) {
		pthread_kill(runner->thread, SIGALRM);
		usleep(1000);
	}
	pthread_join(runner->thread, NULL);
}

TEST_F(realm, race_to_populate)
{
	static const int allowed[] = { EEXIST, 0 };
	struct racer racers[] = {
		{ .vm = &self->vm, .turn = turn_populate, .turns = 1024, .allowed = allowed },
		{ .vm = &self->vm, .turn = turn_populate, .turns = 1024, .allowed = allowed },
	};

	race_all(racers, 2);
	EXPECT_EQ(0, racers[0].worst);
	EXPECT_EQ(0, racers[1].worst);
	EXPECT_ERRNO(EEXIST, turn_populate(&self->vm, 0));
	EXPECT_ERRNO(EEXIST, turn_populate(&self->vm, 1023));
}

TEST_F(realm, race_of_populate_and_conversion)
{
	static const int allowed[] = { EEXIST, EINVAL, 0 };
	static const int none[] = { 0 };
	struct racer racers[] = {
		{ .vm = &self->vm, .turn = turn_populate, .turns = 1024, .allowed = allowed },
		{ .vm = &self->vm, .turn = turn_convert, .turns = 300, .allowed = none },
		{ .vm = &self->vm, .turn = turn_punch, .turns = 300, .allowed = none },
	};

	race_all(racers, 3);
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(0, racers[i].worst) TH_LOG("racer %d", i);
	}
}

/* The realm touches all its memory, while some of it comes and goes. */
TEST_F(realm, race_of_run_and_conversion)
{
	static const int none[] = { 0 };
	struct racer racers[] = {
		{ .vm = &self->vm, .turn = turn_convert, .turns = 300, .allowed = none },
		{ .vm = &self->vm, .turn = turn_punch, .turns = 300, .allowed = none },
	};
	struct runner runner = { .vm = &self->vm };

	ASSERT_OK(vm_load(&self->vm, OP_TOUCH_FOREVER, RAM, RAM + RAM_SIZE, 0, 0, 0));
	pthread_create(&runner.thread, NULL, run_until_stopped, &runner);
	race_all(racers, 2);
	stop_running(&runner);
	EXPECT_EQ(0, racers[0].worst);
	EXPECT_EQ(0, racers[1].worst);
	EXPECT_EQ(0, runner.worst);
}

/* Both want to be the first to run. */
TEST(race_to_run)
{
	static const int allowed[] = { EINTR, 0 };
	long free = pool_free();
	struct vm vm;

	for (int i = 0; i < 5; i++) {
		struct racer racers[] = {
			{ .vm = &vm, .turn = turn_run, .turns = 1, .allowed = allowed },
			{ .vm = &vm, .turn = turn_run, .turns = 1, .allowed = allowed },
		};

		ASSERT_OK(vm_create(&vm, REALM, RAM_SIZE, 2));
		ASSERT_OK(vm_load(&vm, OP_WRITE, MMIO, 0, 0, 0, 0));
		race_all(racers, 2);	/* one has MMIO, the other the end */
		EXPECT_EQ(KVM_EXIT_SYSTEM_EVENT, vm.run[0]->exit_reason);
		EXPECT_EQ(0, racers[0].worst);
		EXPECT_EQ(0, racers[1].worst);
		vm_close(&vm);
	}
	EXPECT_EQ(free, pool_settle(free));
}

static int turn_other_vcpu(struct vm *vm, int i)
{
	struct kvm_vcpu_init init = {
		.target = KVM_ARM_TARGET_GENERIC_V8,
		.features = { 1 << KVM_ARM_VCPU_PSCI_0_2 | 1 << KVM_ARM_VCPU_POWER_OFF },
	};

	switch (i % 3) {
	case 0:
		return ioctl(vm->vcpu[1], KVM_ARM_VCPU_INIT, &init);
	case 1:
		return set_mp_state(vm, 1, i & 1 ? KVM_MP_STATE_RUNNABLE :
						   KVM_MP_STATE_STOPPED);
	default:
		return ioctl(vm->fd, KVM_CREATE_VCPU, 2);
	}
}

/* The first run makes something final of a vCPU that is still being prepared. */
TEST(race_of_first_run_and_another_vcpu)
{
	static const int of_run[] = { ENOEXEC, 0 };	/* the other is not initialized */
	static const int of_other[] = { EBUSY, EPERM, 0 };
	long free = pool_free();
	struct vm vm;

	for (int i = 0; i < 30; i++) {
		struct racer racers[] = {
			{ .vm = &vm, .turn = turn_run, .turns = 1, .allowed = of_run },
			{ .vm = &vm, .turn = turn_other_vcpu, .turns = 30,
			  .allowed = of_other },
		};

		ASSERT_LE(0, vm_open(&vm, REALM));
		ASSERT_OK(vm_add_ram(&vm, BLOCK));
		ASSERT_OK(vm_add_vcpu(&vm, 0, 0));
		vm.vcpu[1] = ioctl(vm.fd, KVM_CREATE_VCPU, 1);
		ASSERT_LE(0, vm.vcpu[1]);
		ASSERT_OK(vm_add_gic(&vm));
		ASSERT_OK(vm_load(&vm, OP_OFF, 0, 0, 0, 0, 0));
		race_all(racers, 2);
		EXPECT_EQ(0, racers[0].worst);
		EXPECT_EQ(0, racers[1].worst);
		if (vm.run[0]->exit_reason != KVM_EXIT_SYSTEM_EVENT) {
			ASSERT_OK(vm_run(&vm, 0));
		}
		EXPECT_EQ(KVM_EXIT_SYSTEM_EVENT, vm.run[0]->exit_reason);
		vm_close(&vm);
	}
	EXPECT_EQ(free, pool_settle(free));
}

/* What the realm touches meanwhile must not be put into what is about to go. */
TEST(slot_goes_and_comes_back)
{
	struct kvm_create_guest_memfd memfd = { .size = 2 * BLOCK };
	const uint64_t start = RAM + BLOCK;
	long free = pool_free();
	struct vm vm;

	srand(1);
	for (int i = 0; i < 10; i++) {
		struct runner runner = { .vm = &vm };
		int gmem;

		ASSERT_OK(vm_create(&vm, REALM, BLOCK, 1));
		gmem = ioctl(vm.fd, KVM_CREATE_GUEST_MEMFD, &memfd);
		ASSERT_OK(set_slot(&vm, 1, KVM_MEM_GUEST_MEMFD, start, 2 * BLOCK, vm.shared,
				   gmem));
		ASSERT_OK(vm_attributes(&vm, start, 2 * BLOCK, true));
		ASSERT_OK(vm_load(&vm, OP_TOUCH_FOREVER, start, start + 2 * BLOCK, 0, 0, 0));
		pthread_create(&runner.thread, NULL, run_until_stopped, &runner);
		for (int n = 0; n < 3; n++) {
			usleep(rand() % 30000);
			EXPECT_EQ(0, set_slot(&vm, 1, 0, 0, 0, NULL, -1));
			EXPECT_EQ(0, set_slot(&vm, 1, KVM_MEM_GUEST_MEMFD, start, 2 * BLOCK,
					      vm.shared, gmem));
		}
		stop_running(&runner);
		EXPECT_EQ(0, runner.worst);
		close(gmem);
		vm_close(&vm);
	}
	EXPECT_EQ(free, pool_settle(free));
}

static char *map_blocks(int count, int advice)
{
	char *at = mmap(NULL, (count + 1) * BLOCK, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	at += -(uintptr_t)at % BLOCK;
	madvise(at, count * BLOCK, advice);
	memset(at, 0xa5, count * BLOCK);
	return at;
}

static bool is_untouched(const char *at, uint64_t size)
{
	return *at == (char)0xa5 && !memcmp(at, at + 1, size - 1);
}

/*
 * A store to a read-only block is an exit with a permission fault. If by the time that it
 * is handled other memory is there, of small pages, it is these that are mapped and not
 * as much as the block was: what else this process has must stay as it is.
 */
TEST_F(realm, slot_is_not_as_large_as_the_last)
{
	struct runner runner = { .vm = &self->vm };
	const uint64_t gpa = SHARED_BIT - BLOCK;
	char *large = map_blocks(1, MADV_HUGEPAGE);
	char *small = map_blocks(3, MADV_NOHUGEPAGE);
	char *given = small + BLOCK + PAGE;

	ASSERT_OK(vm_load(&self->vm, OP_STORE_FOREVER, VA_LAST_BLOCK, VA_END, 0, 42, 0));
	ASSERT_OK(set_slot(&self->vm, 1, KVM_MEM_READONLY, gpa, BLOCK, large, -1));
	pthread_create(&runner.thread, NULL, run_until_stopped, &runner);
	for (int i = 0; i < 30; i++) {
		usleep(20000);
		EXPECT_EQ(0, set_slot(&self->vm, 1, 0, 0, 0, NULL, -1));
		EXPECT_EQ(0, set_slot(&self->vm, 1, 0, gpa, BLOCK, given, -1));
		usleep(5000);
		EXPECT_EQ(0, set_slot(&self->vm, 1, 0, 0, 0, NULL, -1));
		EXPECT_EQ(0, set_slot(&self->vm, 1, KVM_MEM_READONLY, gpa, BLOCK, large, -1));
	}

	/* It does store, if given the time: or all this would say nothing */
	EXPECT_EQ(0, set_slot(&self->vm, 1, 0, 0, 0, NULL, -1));
	EXPECT_EQ(0, set_slot(&self->vm, 1, 0, gpa, BLOCK, given, -1));
	for (int i = 0; i < 1000 && is_untouched(given, BLOCK); i++)
		usleep(10000);
	stop_running(&runner);
	EXPECT_EQ(0, runner.worst);
	EXPECT_TRUE(is_untouched(large, BLOCK));
	EXPECT_TRUE(is_untouched(small, BLOCK + PAGE));
	EXPECT_TRUE(is_untouched(given + BLOCK, BLOCK - PAGE));
	EXPECT_FALSE(is_untouched(given, BLOCK));
}

static void *run_forever(void *arg)
{
	struct vm *vm = arg;

	for (;;)
		vm_run(vm, 0);
	return NULL;
}

/* In a child of its own, which is killed at some moment. */
static void live_dangerously(unsigned int op)
{
	pthread_t thread;
	struct vm vm;

	if (vm_create(&vm, REALM, RAM_SIZE, 2) || vm_load(&vm, op, RAM, RAM + RAM_SIZE, 0, 0, 0))
		_exit(1);
	pthread_create(&thread, NULL, run_forever, &vm);
	for (int i = 0;; i++) {
		turn_convert(&vm, i);
		turn_punch(&vm, i);
	}
}

static void kill_after(long microseconds, unsigned int op)
{
	pid_t child = fork();

	if (!child)
		live_dangerously(op);
	usleep(microseconds);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

TEST(killed)
{
	long free = pool_free(), lost = pool_lost();

	srand(1);
	for (int i = 0; i < 20; i++)
		kill_after(1000 + rand() % 200000, i & 1 ? OP_SPIN : OP_TOUCH_FOREVER);
	EXPECT_EQ(free, pool_settle(free));
	EXPECT_EQ(lost, pool_lost());
}

/* The memory goes with the process that made the VM, whoever has its fds. */
TEST(another_process)
{
	long free = pool_free();
	int to_child[2];
	struct vm vm;
	pid_t child;
	int status;

	ASSERT_OK(vm_create(&vm, REALM, RAM_SIZE, 1));
	ASSERT_OK(vm_load(&vm, OP_OFF, 0, 0, 0, 0, 0));
	ASSERT_OK(pipe(to_child));

	child = fork();
	if (!child) {
		bool good = vm_populate(&vm, RAM + PAGE, page_of_text(), PAGE) == -1 &&
			    errno == EIO && vm_run(&vm, 0) == -1 && errno == EIO;

		_exit(!good);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	vm_close(&vm);
	EXPECT_EQ(free, pool_settle(free));
}

/* ------------------------------------------------------------------- limits */

#define MANY	300

/* More realms than there are 8-bit VMIDs, one after the other and at once. */
TEST(many_realms)
{
	static struct vm vms[MANY];
	long free = pool_free();
	int i;

	for (i = 0; i < MANY; i++) {
		if (vm_open(&vms[i], REALM) < 0 || vm_add_ram(&vms[i], BLOCK) ||
		    vm_populate(&vms[i], RAM, page_of_text(), PAGE))
			break;
	}
	/* The monitor tells how many VMIDs there are; either limit is clean. */
	EXPECT_LT(200, i) TH_LOG("%d realms, then %s", i, strerror(errno));
	for (int n = 0; n < MANY && n <= i; n++)
		vm_close(&vms[n]);
	EXPECT_EQ(free, pool_settle(free));
}

/* What a realm may come to touch counts as if it had done so. */
TEST(memory_of_realms_is_not_available)
{
	long before = pool_available();
	long free = pool_free();
	struct vm vm;

	EXPECT_EQ(free - pool_reserved(), before / (long)PAGE);
	ASSERT_LE(0, vm_open(&vm, REALM));
	EXPECT_EQ(before, pool_available());
	ASSERT_OK(vm_add_ram(&vm, RAM_SIZE));
	EXPECT_EQ(free, pool_free());
	EXPECT_EQ(before - (long)RAM_SIZE, pool_available());

	/* It has touched some of it: no more is missing than before */
	ASSERT_OK(vm_populate(&vm, RAM, vm.shared, BLOCK));
	EXPECT_GT(free, pool_free());
	EXPECT_EQ(before - (long)RAM_SIZE, pool_available());
	vm_close(&vm);
	EXPECT_EQ(free, pool_settle(free));
	EXPECT_EQ(before, pool_available());
}

TEST_F_TIMEOUT(realm, pool_used_up, 300)
{
	static struct vm hog;
	uint64_t size = (uint64_t)self->free * PAGE / BLOCK * BLOCK + BLOCK;
	struct kvm_arm_rmi_populate populate = { .base = RAM };

	ASSERT_OK(vm_load(&self->vm, OP_TOUCH, RAM, RAM + RAM_SIZE, 0, 0, 0));
	ASSERT_OK(vm_create(&hog, REALM, size, 1));
	/* One page of zeros would do, but the source must be as large. */
	populate.source_uaddr = (uintptr_t)hog.shared;
	populate.size = size;
	while (!ioctl(hog.fd, KVM_ARM_RMI_POPULATE, &populate) && populate.size)
		;
	EXPECT_EQ(ENOMEM, errno);
	EXPECT_GT(8, pool_free() - pool_reserved());

	/* The realm that was there cannot grow, but lives on. */
	EXPECT_ERRNO(ENOMEM, vm_run(&self->vm, 0));
	EXPECT_ERRNO(ENOMEM, vm_run(&self->vm, 0));
	vm_close(&hog);
	ASSERT_OK(vm_run(&self->vm, 0));
	EXPECT_EQ(KVM_EXIT_SYSTEM_EVENT, self->vm.run[0]->exit_reason);
}

#define CGROUP "/sys/fs/cgroup/uapi"

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	int ret = fd < 0 ? -1 : (int)write(fd, text, strlen(text));

	if (fd >= 0)
		close(fd);
	return ret < 0 ? -1 : 0;
}

static long misc_current(void)
{
	FILE *file = fopen(CGROUP "/misc.current", "r");
	long value = -1;

	if (!file)
		return -1;
	if (fscanf(file, "rmi %ld", &value) != 1)
		value = -1;
	fclose(file);
	return value;
}

TEST(cgroup_limit)
{
	struct vm vm;

	write_file("/sys/fs/cgroup/cgroup.subtree_control", "+misc");
	ASSERT_EQ(0, mkdir(CGROUP, 0755)) TH_LOG("%s", strerror(errno));
	ASSERT_OK(write_file(CGROUP "/misc.max", "rmi 1048576"));
	ASSERT_OK(write_file(CGROUP "/cgroup.procs", "0"));

	ASSERT_OK(vm_create(&vm, REALM, RAM_SIZE, 1));
	EXPECT_ERRNO(ENOMEM, vm_populate(&vm, RAM, vm.shared, RAM_SIZE));
	EXPECT_LT(900000, misc_current());
	EXPECT_GE(1048576, misc_current());
	vm_close(&vm);
	usleep(100000);
	EXPECT_EQ(0, misc_current());

	ASSERT_OK(write_file("/sys/fs/cgroup/cgroup.procs", "0"));
	EXPECT_EQ(0, rmdir(CGROUP));
}

TEST_HARNESS_MAIN
