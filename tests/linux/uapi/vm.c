// SPDX-License-Identifier: BSD-3-Clause

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "payload.h"
#include "vm.h"

int vm_open(struct vm *vm, unsigned long type)
{
	memset(vm, 0, sizeof(*vm));
	vm->gmem = vm->gic = -1;
	for (int i = 0; i < MAX_VCPUS; i++)
		vm->vcpu[i] = -1;

	vm->fd = -1;
	vm->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (vm->kvm < 0)
		return -1;
	vm->fd = ioctl(vm->kvm, KVM_CREATE_VM, type);
	return vm->fd;
}

int vm_add_ram(struct vm *vm, uint64_t ram)
{
	struct kvm_create_guest_memfd memfd = { .size = ram };
	struct kvm_userspace_memory_region2 slot = {
		.flags = KVM_MEM_GUEST_MEMFD,
		.guest_phys_addr = RAM,
		.memory_size = ram,
	};

	vm->size = ram;
	vm->shared = mmap(NULL, ram, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	vm->gmem = ioctl(vm->fd, KVM_CREATE_GUEST_MEMFD, &memfd);
	if (vm->gmem < 0)
		return -1;
	slot.userspace_addr = (uintptr_t)vm->shared;
	slot.guest_memfd = vm->gmem;
	if (ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION2, &slot))
		return -1;
	return vm_attributes(vm, RAM, ram, true);
}

int vm_add_vcpu(struct vm *vm, int id, uint32_t features)
{
	struct kvm_vcpu_init init = {
		.target = KVM_ARM_TARGET_GENERIC_V8,
		.features = { 1 << KVM_ARM_VCPU_PSCI_0_2 | features },
	};

	vm->vcpu[id] = ioctl(vm->fd, KVM_CREATE_VCPU, id);
	if (vm->vcpu[id] < 0)
		return -1;
	vm->run[id] = mmap(NULL, ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0),
			   PROT_READ | PROT_WRITE, MAP_SHARED, vm->vcpu[id], 0);
	return ioctl(vm->vcpu[id], KVM_ARM_VCPU_INIT, &init);
}

static int gic_attr(struct vm *vm, uint32_t group, uint64_t attr, void *addr)
{
	struct kvm_device_attr device = {
		.group = group, .attr = attr, .addr = (uintptr_t)addr,
	};

	return ioctl(vm->gic, KVM_SET_DEVICE_ATTR, &device);
}

int vm_create_gic(struct vm *vm)
{
	struct kvm_create_device gic = { .type = KVM_DEV_TYPE_ARM_VGIC_V3 };

	if (ioctl(vm->fd, KVM_CREATE_DEVICE, &gic))
		return -1;
	vm->gic = gic.fd;
	return 0;
}

int vm_place_gic(struct vm *vm)
{
	uint64_t dist = 0x08000000, redist = 0x080a0000;

	return gic_attr(vm, KVM_DEV_ARM_VGIC_GRP_ADDR,
			KVM_VGIC_V3_ADDR_TYPE_DIST, &dist) ||
	       gic_attr(vm, KVM_DEV_ARM_VGIC_GRP_ADDR,
			KVM_VGIC_V3_ADDR_TYPE_REDIST, &redist) ? -1 : 0;
}

int vm_add_gic(struct vm *vm)
{
	if (vm_create_gic(vm) || vm_place_gic(vm))
		return -1;
	return gic_attr(vm, KVM_DEV_ARM_VGIC_GRP_CTRL,
			KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
}

int vm_create(struct vm *vm, unsigned long type, uint64_t ram, int vcpus)
{
	if (vm_open(vm, type) < 0 || vm_add_ram(vm, ram))
		return -1;
	for (int i = 0; i < vcpus; i++)
		if (vm_add_vcpu(vm, i, i ? 1 << KVM_ARM_VCPU_POWER_OFF : 0))
			return -1;
	return vm_add_gic(vm);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void vm_close(struct vm *vm)
{
	long size = vm->kvm < 0 ? 0 : ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);

	for (int i = 0; i < MAX_VCPUS; i++) {
		if (vm->run[i] && vm->run[i] != MAP_FAILED)
			munmap(vm->run[i], size);
		vm->run[i] = NULL;
		close_fd(&vm->vcpu[i]);
	}
	close_fd(&vm->gic);
	close_fd(&vm->gmem);
	close_fd(&vm->fd);
	close_fd(&vm->kvm);
	if (vm->shared)
		munmap(vm->shared, vm->size);
	vm->shared = NULL;
}

int vm_attributes(struct vm *vm, uint64_t gpa, uint64_t size, bool private)
{
	struct kvm_memory_attributes attributes = {
		.address = gpa,
		.size = size,
		.attributes = private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0,
	};

	return ioctl(vm->fd, KVM_SET_MEMORY_ATTRIBUTES, &attributes);
}

int vm_populate(struct vm *vm, uint64_t gpa, const void *from, uint64_t size)
{
	struct kvm_arm_rmi_populate populate = {
		.base = gpa,
		.size = size,
		.source_uaddr = (uintptr_t)from,
		.flags = KVM_ARM_RMI_POPULATE_FLAGS_MEASURE,
	};
	int ret;

	do {
		ret = ioctl(vm->fd, KVM_ARM_RMI_POPULATE, &populate);
	} while (!ret && populate.size);
	return ret;
}

int vm_set_reg(struct vm *vm, int vcpu, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	return ioctl(vm->vcpu[vcpu], KVM_SET_ONE_REG, &reg);
}

int vm_get_reg(struct vm *vm, int vcpu, uint64_t id, uint64_t *value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)value };

	return ioctl(vm->vcpu[vcpu], KVM_GET_ONE_REG, &reg);
}

int vm_load(struct vm *vm, int op, uint64_t x1, uint64_t x2, uint64_t x3,
	    uint64_t x4, uint64_t x5)
{
	const uint64_t x[] = { op, x1, x2, x3, x4, x5 };

	if (vm_populate(vm, RAM, payload, payload_end - payload))
		return -1;
	for (int i = 0; i < 6; i++)
		if (vm_set_reg(vm, 0, REG_X(i), x[i]))
			return -1;
	return vm_set_reg(vm, 0, REG_PC, RAM);
}

int vm_run(struct vm *vm, int vcpu)
{
	return ioctl(vm->vcpu[vcpu], KVM_RUN, 0);
}

static long pool_value(const char *name)
{
	char line[256], *at;
	long value = -1;
	FILE *file = fopen("/sys/kernel/debug/kvm/rmi_pool", "r");

	if (!file)
		return -1;
	/* The totals are in the last line */
	while (fgets(line, sizeof(line), file)) {
		at = strstr(line, name);
		if (at)
			sscanf(at + strlen(name), " %ld", &value);
	}
	fclose(file);
	return value;
}

long pool_free(void)
{
	return pool_value("free");
}

long pool_reserved(void)
{
	return pool_value("reserved");
}

long pool_lost(void)
{
	return pool_value("lost");
}

long pool_available(void)
{
	FILE *file = fopen("/sys/module/kvm/parameters/rmi_pool_available", "r");
	long bytes = -1;

	if (!file)
		return -1;
	if (fscanf(file, "%ld", &bytes) != 1)
		bytes = -1;
	fclose(file);
	return bytes;
}

long pool_settle(long pages)
{
	for (int i = 0; i < 500 && pool_free() != pages; i++)
		usleep(10000);
	return pool_free();
}
