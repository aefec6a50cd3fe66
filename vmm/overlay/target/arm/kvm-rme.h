/*
 * QEMU KVM support for Arm realms
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef QEMU_KVM_RME_H
#define QEMU_KVM_RME_H

#include "exec/hwaddr.h"
#include "exec/memory.h"
#include "hw/core/cpu.h"

#define TYPE_RME_GUEST "rme-guest"

#ifdef CONFIG_KVM

/**
 * kvm_arm_rme_enabled:
 *
 * Returns: true if the machine is a realm, or is about to become one. Known
 * before the accelerator is initialized.
 */
bool kvm_arm_rme_enabled(void);

/**
 * kvm_arm_rme_max_ipa_size:
 * @ms: machine
 *
 * Exits, with the reason reported, if there can be no realms.
 *
 * Returns: the number of IPA bits that a realm can have, the one that selects
 * the half shared with the host included
 */
int kvm_arm_rme_max_ipa_size(MachineState *ms);

/**
 * kvm_arm_rme_vm_type:
 * @ipa_bits: IPA bits, including the one that selects the shared half
 *
 * Returns: the type for KVM_CREATE_VM
 */
int kvm_arm_rme_vm_type(int ipa_bits);

/**
 * kvm_arm_rme_check_ram:
 * @ms: machine
 *
 * Exits, with the reason reported, if its RAM cannot be that of a realm, or if
 * there is not enough secure memory for it at the moment. Nothing is reserved:
 * a realm takes pages as it touches them.
 */
void kvm_arm_rme_check_ram(MachineState *ms);

/**
 * kvm_arm_rme_map_shared:
 * @ram: RAM of the machine, which is mapped already
 * @base: its address
 *
 * Let @ram appear in the shared half too. This is how devices address it.
 */
void kvm_arm_rme_map_shared(MemoryRegion *ram, hwaddr base);

/**
 * kvm_arm_rme_put_registers:
 * @cs: CPU
 *
 * Set what KVM lets us set of a CPU that has not run yet.
 *
 * Returns: 0 or a negative error
 */
int kvm_arm_rme_put_registers(CPUState *cs);

#else

static inline bool kvm_arm_rme_enabled(void)
{
    return false;
}

static inline int kvm_arm_rme_max_ipa_size(MachineState *ms)
{
    g_assert_not_reached();
}

static inline int kvm_arm_rme_vm_type(int ipa_bits)
{
    g_assert_not_reached();
}

static inline void kvm_arm_rme_check_ram(MachineState *ms)
{
    g_assert_not_reached();
}

static inline void kvm_arm_rme_map_shared(MemoryRegion *ram, hwaddr base)
{
    g_assert_not_reached();
}

#endif /* CONFIG_KVM */

#endif
