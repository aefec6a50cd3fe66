/*
 * UAPI of KVM for Arm realms. It is not upstream yet, so it cannot be in
 * linux-headers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef QEMU_KVM_RMI_UAPI_H
#define QEMU_KVM_RMI_UAPI_H

#include <linux/kvm.h>

/*
 * A realm: a confidential VM under the Realm Management Monitor. The IPA size
 * counts the half that is shared with the host, which is the upper one.
 */
#define KVM_VM_TYPE_ARM_REALM           (1UL << 30)

/*
 * KVM_CAP_ARM_RMI has no number upstream; the kernel in use tells its own in
 * /sys/module/kvm/parameters/kvm_cap_arm_rmi.
 */

/* KVM_ENABLE_CAP of KVM_CAP_ARM_RMI, args[0]; args[1] points to the struct */
#define KVM_ARM_RMI_CONFIG              0

#define KVM_ARM_RMI_HASH_SHA_256        0
#define KVM_ARM_RMI_HASH_SHA_512        1

struct kvm_arm_rmi_config {
    __u32 hash_algo;
    __u32 flags;
    __u8 rpv[64];                       /* realm personalization value */
    __u64 reserved[7];
};

/* Fill private memory before the first KVM_RUN */
#define KVM_ARM_RMI_POPULATE    _IOWR(KVMIO, 0xd7, struct kvm_arm_rmi_populate)

/* The content goes into the realm's measurement */
#define KVM_ARM_RMI_POPULATE_FLAGS_MEASURE      (1 << 0)

struct kvm_arm_rmi_populate {
    __u64 base;
    __u64 size;
    __u64 source_uaddr;
    __u32 flags;
    __u32 reserved;
};

#endif
