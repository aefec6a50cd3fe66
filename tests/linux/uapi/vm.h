/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A small VM for the tests: one slot of RAM with both halves, one page of
 * payload.S in it, a GICv3. All functions return what the last call that can
 * fail returned, with errno as the kernel left it; none prints or exits.
 */
#ifndef VM_H
#define VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/kvm.h>

#define PAGE		4096UL
#define BLOCK		0x200000UL
#define IPA_BITS	40
#define SHARED_BIT	(1ULL << (IPA_BITS - 1))
#define RAM		0x80000000ULL
#define RAM_SIZE	0x800000ULL		/* four blocks */
#define MMIO		(0x09000000ULL | SHARED_BIT)
#define MAX_VCPUS	4

#define CORE_REG(name)							\
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |		\
	 KVM_REG_ARM_CORE_REG(name))
#define REG_X(n)	(CORE_REG(regs.regs[0]) + 2 * (n))
#define REG_PC		CORE_REG(regs.pc)

struct vm {
	int kvm, fd, gmem, gic;
	int vcpu[MAX_VCPUS];
	struct kvm_run *run[MAX_VCPUS];
	char *shared;			/* user space's half of the RAM */
	uint64_t size;
};

/* Everything up to a realm that can be populated; vCPUs but the first are off. */
int vm_create(struct vm *vm, unsigned long type, uint64_t ram, int vcpus);

/* Steps of vm_create(), for tests that want them in another order. */
int vm_open(struct vm *vm, unsigned long type);
int vm_add_ram(struct vm *vm, uint64_t ram);
int vm_add_vcpu(struct vm *vm, int id, uint32_t features);
int vm_add_gic(struct vm *vm);

/* Steps of vm_add_gic(), but for the last, which initializes it. */
int vm_create_gic(struct vm *vm);
int vm_place_gic(struct vm *vm);

/* Closes everything; what is -1 or NULL is passed over. */
void vm_close(struct vm *vm);

int vm_attributes(struct vm *vm, uint64_t gpa, uint64_t size, bool private);
int vm_populate(struct vm *vm, uint64_t gpa, const void *from, uint64_t size);
int vm_set_reg(struct vm *vm, int vcpu, uint64_t id, uint64_t value);
int vm_get_reg(struct vm *vm, int vcpu, uint64_t id, uint64_t *value);

/* Populates the payload, and makes the first vCPU start it with these. */
int vm_load(struct vm *vm, int op, uint64_t x1, uint64_t x2, uint64_t x3,
	    uint64_t x4, uint64_t x5);

/* One KVM_RUN. */
int vm_run(struct vm *vm, int vcpu);

/* Of /sys/kernel/debug/kvm/rmi_pool, in pages, or -1: reserved ones are free. */
long pool_free(void);
long pool_reserved(void);
long pool_lost(void);

/* What of it no realm has or may come to touch, in bytes, or -1. */
long pool_available(void);

/* Waits for the pool to come back to @pages; what is free at last. */
long pool_settle(long pages);

#endif
