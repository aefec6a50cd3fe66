/*
 * QEMU KVM support for Arm realms
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A realm is a VM whose memory and registers the host cannot see. The upper
 * half of its IPA space shows the memory that it shares with the host: the same
 * addresses with the top bit set. KVM and QEMU know all addresses without that
 * bit, only devices see it.
 *
 * KVM creates the realm by itself, when it is first asked to do something for
 * it. All that is left to do here is to say how it is to be measured, to fill
 * its memory before it starts, and to convert memory when it asks for that.
 */

#include "qemu/osdep.h"
#include <sys/ioctl.h>

#include "qemu/base64.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/units.h"
#include "qapi/error.h"
#include "qapi/qapi-types-qom.h"
#include "qom/object_interfaces.h"
#include "exec/address-spaces.h"
#include "exec/ramblock.h"
#include "hw/boards.h"
#include "hw/loader.h"
#include "migration/blocker.h"
#include "system/confidential-guest-support.h"
#include "system/kvm.h"
#include "system/kvm_int.h"
#include "system/runstate.h"
#include "kvm_arm.h"
#include "kvm-rme.h"
#include "kvm-rmi-uapi.h"

/* Where the kernel tells the number of KVM_CAP_ARM_RMI, and what it can be */
#define CAP_FILE "/sys/module/kvm/parameters/kvm_cap_arm_rmi"
#define CAP_MAX  4095

/* How many bytes of secure memory are free, and promised to no other realm */
#define POOL_FILE "/sys/module/kvm/parameters/rmi_pool_available"

#define PAGE_SIZE 4096

/*
 * What a realm takes beside its RAM and the tables of the last level, at most:
 * its descriptor, 16 root tables and what is below these; a vCPU and as many
 * auxiliary pages for it as an RMM may want.
 */
#define REALM_PAGES 64
#define VCPU_PAGES  (1 + 16)

OBJECT_DECLARE_SIMPLE_TYPE(RmeGuest, RME_GUEST)

typedef struct RmeRange {
    hwaddr start;
    hwaddr end;
} RmeRange;

struct RmeGuest {
    ConfidentialGuestSupport parent_obj;

    RmeGuestMeasurementAlgorithm measurement_algorithm;
    uint8_t rpv[sizeof_field(struct kvm_arm_rmi_config, rpv)];
    bool overcommit;

    int ipa_bits;
    MemoryRegion shared_ram;
    Error *migration_blocker;
    VMChangeStateEntry *start_handler;
};

OBJECT_DEFINE_SIMPLE_TYPE_WITH_INTERFACES(RmeGuest, rme_guest, RME_GUEST,
                                          CONFIDENTIAL_GUEST_SUPPORT,
                                          { TYPE_USER_CREATABLE }, { })

static RmeGuest *rme_guest(void)
{
    Object *cgs = current_machine ? OBJECT(current_machine->cgs) : NULL;

    return (RmeGuest *)object_dynamic_cast(cgs, TYPE_RME_GUEST);
}

bool kvm_arm_rme_enabled(void)
{
    return rme_guest();
}

/* What KVM offers */

static bool rme_read_number(const char *file, uint64_t *number)
{
    g_autofree char *text = NULL;

    return g_file_get_contents(file, &text, NULL, NULL) &&
           !qemu_strtou64(g_strchomp(text), NULL, 10, number);
}

static int rme_capability(void)
{
    uint64_t cap;

    return rme_read_number(CAP_FILE, &cap) && cap <= CAP_MAX ? cap : -1;
}

int kvm_arm_rme_max_ipa_size(MachineState *ms)
{
    int kvmfd = KVM_STATE(ms->accelerator)->fd;
    int cap = rme_capability();
    int vmfd, bits;

    if (cap < 0 || ioctl(kvmfd, KVM_CHECK_EXTENSION, cap) <= 0) {
        error_report("rme-guest: this host cannot run realms%s",
                     cap < 0 ? ": KVM of its kernel does not know them" :
                     ", the kernel log has the reason");
        exit(1);
    }

    do {
        vmfd = ioctl(kvmfd, KVM_CREATE_VM, KVM_VM_TYPE_ARM_REALM);
    } while (vmfd < 0 && errno == EINTR);
    if (vmfd < 0) {
        error_report("rme-guest: cannot create a realm: %s", strerror(errno));
        exit(1);
    }

    /* A realm may have less than other VMs. */
    bits = ioctl(vmfd, KVM_CHECK_EXTENSION, KVM_CAP_ARM_VM_IPA_SIZE);
    close(vmfd);
    return bits > 0 ? bits : 40;
}

int kvm_arm_rme_vm_type(int ipa_bits)
{
    rme_guest()->ipa_bits = ipa_bits;
    return KVM_VM_TYPE_ARM_REALM | ipa_bits;
}

static void rme_check_ram_size(MachineState *ms)
{
    uint64_t needed, available;

    /* A kernel that does not tell leaves it to the realm to run out of it. */
    if (rme_guest()->overcommit || ms->dumpdtb ||
        !rme_read_number(POOL_FILE, &available)) {
        return;
    }

    /* A last-level table is a 512th of what it maps; there are two halves. */
    needed = ms->ram_size + ms->ram_size / 256 +
             (REALM_PAGES + VCPU_PAGES * ms->smp.cpus) * PAGE_SIZE;
    if (needed <= available) {
        return;
    }

    error_report("rme-guest: not enough secure memory for the realm: it may "
                 "need %" PRIu64 " MiB for %" PRIu64 " MiB of RAM, "
                 "%" PRIu64 " MiB are available "
                 "(overcommit=on starts it nevertheless)",
                 DIV_ROUND_UP(needed, MiB), DIV_ROUND_UP(ms->ram_size, MiB),
                 available / MiB);
    exit(1);
}

/*
 * To discard what is not shared punches holes into the file. In a file of the
 * user's, which is meant to stay as it is, that would be a loss.
 */
static int rme_check_ram_block(RAMBlock *rb, void *opaque)
{
    bool is_writable = !(rb->flags & RAM_READONLY_FD);
    struct stat st;

    if (rb->guest_memfd < 0 || !qemu_ram_is_named_file(rb) ||
        (qemu_ram_is_shared(rb) && is_writable)) {
        return 0;
    }

    /* One in the directory of -mem-path has no name any more. */
    if (is_writable && !fstat(rb->fd, &st) && !st.st_nlink) {
        return 0;
    }

    error_report("rme-guest: a realm's RAM can be a file with share=on and "
                 "readonly=off only");
    exit(1);
}

void kvm_arm_rme_check_ram(MachineState *ms)
{
    qemu_ram_foreach_block(rme_check_ram_block, NULL);
    rme_check_ram_size(ms);
}

/* Initial contents */

static int rme_compare_ranges(const void *a, const void *b)
{
    const RmeRange *x = a, *y = b;

    return x->start < y->start ? -1 : x->start > y->start;
}

static void rme_add_range(hwaddr addr, hwaddr size, void *opaque)
{
    RmeRange range = {
        .start = ROUND_DOWN(addr, PAGE_SIZE),
        .end = ROUND_UP(addr + size, PAGE_SIZE),
    };

    g_array_append_val((GArray *)opaque, range);
}

/*
 * The content has been loaded into what is to be the shared half. Cuts @size
 * down to what is there without a gap.
 */
static void *rme_ram_ptr(hwaddr addr, hwaddr *size)
{
    MemoryRegionSection section;
    void *ptr = NULL;

    section = memory_region_find(get_system_memory(), addr, *size);
    if (section.mr && memory_region_has_guest_memfd(section.mr) &&
        section.offset_within_address_space == addr) {
        ptr = memory_region_get_ram_ptr(section.mr) +
              section.offset_within_region;
        *size = int128_get64(section.size);
    }
    memory_region_unref(section.mr);

    return ptr;
}

static void rme_populate(hwaddr addr, hwaddr size, void *ptr)
{
    struct kvm_arm_rmi_populate args = {
        .base = addr,
        .size = size,
        .source_uaddr = (uintptr_t)ptr,
        .flags = KVM_ARM_RMI_POPULATE_FLAGS_MEASURE,
    };
    ram_addr_t offset;
    RAMBlock *rb;
    int ret;

    while (args.size) {
        ret = kvm_vm_ioctl(kvm_state, KVM_ARM_RMI_POPULATE, &args);
        if (ret == -ENOMEM) {
            error_report("rme-guest: not enough secure memory for the realm");
            exit(1);
        }
        if (ret < 0 && ret != -EINTR) {
            error_report("rme-guest: cannot fill the realm's memory at "
                         "0x%" PRIx64 ": %s", (uint64_t)args.base,
                         strerror(-ret));
            exit(1);
        }
    }

    /* Nobody needs the copy. */
    rb = qemu_ram_block_from_host(ptr, false, &offset);
    if (rb->page_size == qemu_real_host_page_size()) {
        ram_block_discard_range(rb, offset, size);
    } else {
        memset(ptr, 0, size);
    }
}

/* RAM may be that of several NUMA nodes. */
static void rme_foreach_section(GArray *ranges,
                                void (*fn)(hwaddr addr, hwaddr size, void *ptr))
{
    hwaddr addr, size;
    void *ptr;
    guint i;

    for (i = 0; i < ranges->len; i++) {
        RmeRange *range = &g_array_index(ranges, RmeRange, i);

        for (addr = range->start; addr < range->end; addr += size) {
            size = range->end - addr;
            ptr = rme_ram_ptr(addr, &size);
            fn(addr, size, ptr);
        }
    }
}

static void rme_check_section(hwaddr addr, hwaddr size, void *ptr)
{
    if (!ptr) {
        error_report("rme-guest: an image is loaded to 0x%" HWADDR_PRIx
                     ", where a realm has no RAM", addr);
        exit(1);
    }
}

/* Two images may share a page, so merge what overlaps. */
static void rme_merge_ranges(GArray *ranges)
{
    RmeRange *range, *last = NULL;
    guint i, len = 0;

    g_array_sort(ranges, rme_compare_ranges);

    for (i = 0; i < ranges->len; i++) {
        range = &g_array_index(ranges, RmeRange, i);
        if (last && range->start < last->end) {
            last->end = MAX(last->end, range->end);
        } else {
            last = &g_array_index(ranges, RmeRange, len++);
            *last = *range;
        }
    }
    g_array_set_size(ranges, len);
}

/*
 * All pages of the images, by ascending address. This order is part of the
 * measurement.
 */
static void rme_populate_images(void)
{
    g_autoptr(GArray) ranges = g_array_new(false, false, sizeof(RmeRange));

    rom_foreach_image(rme_add_range, ranges);
    rme_merge_ranges(ranges);

    /* The first page that is populated makes the realm. */
    rme_foreach_section(ranges, rme_check_section);
    rme_foreach_section(ranges, rme_populate);
}

/* Before the vCPUs run for the first time; by now images are loaded. */
static void rme_start(void *opaque, bool running, RunState state)
{
    RmeGuest *guest = opaque;

    if (!running) {
        return;
    }

    rme_populate_images();
    kvm_mark_guest_state_protected();
    qemu_del_vm_change_state_handler(guest->start_handler);
}

int kvm_arm_rme_put_registers(CPUState *cs)
{
    CPUARMState *env = cpu_env(cs);
    int i, ret;

    for (i = 0; i < 31; i++) {
        ret = kvm_set_one_reg(cs, KVM_REG_ARM64 | KVM_REG_SIZE_U64 |
                              KVM_REG_ARM_CORE |
                              KVM_REG_ARM_CORE_REG(regs.regs[i]),
                              &env->xregs[i]);
        if (ret) {
            return ret;
        }
    }

    return kvm_set_one_reg(cs, KVM_REG_ARM64 | KVM_REG_SIZE_U64 |
                           KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(regs.pc),
                           &env->pc);
}

/* Shared memory */

void kvm_arm_rme_map_shared(MemoryRegion *ram, hwaddr base)
{
    RmeGuest *guest = rme_guest();
    hwaddr half = BIT_ULL(guest->ipa_bits - 1);

    /* KVM maps the shared half by itself. */
    kvm_set_gpa_limit(half);

    memory_region_init_alias(&guest->shared_ram, OBJECT(guest), "shared-ram",
                             ram, 0, memory_region_size(ram));
    memory_region_add_subregion(get_system_memory(), half + base,
                                &guest->shared_ram);
}

/*
 * The range is the realm's choice. Convert what is RAM of it. If that leaves
 * something out, KVM will tell the realm how far it got.
 */
static int rme_convert_memory(ConfidentialGuestSupport *cgs, hwaddr start,
                              hwaddr size, bool to_private)
{
    MemoryRegionSection section;
    hwaddr end = start + size;
    bool is_ram;
    int ret;

    while (start < end) {
        section = memory_region_find(get_system_memory(), start, end - start);
        if (!section.mr) {
            break;
        }

        start = section.offset_within_address_space;
        size = int128_get64(section.size);
        is_ram = memory_region_has_guest_memfd(section.mr);
        memory_region_unref(section.mr);

        if (is_ram) {
            ret = kvm_convert_memory(start, size, to_private);
            if (ret) {
                return ret;
            }
        }
        start += size;
    }

    return 0;
}

/* Initialization */

static int rme_configure(RmeGuest *guest, Error **errp)
{
    static const uint32_t hashes[] = {
        [RME_GUEST_MEASUREMENT_ALGORITHM_SHA256] = KVM_ARM_RMI_HASH_SHA_256,
        [RME_GUEST_MEASUREMENT_ALGORITHM_SHA512] = KVM_ARM_RMI_HASH_SHA_512,
    };
    struct kvm_arm_rmi_config config = {
        .hash_algo = hashes[guest->measurement_algorithm],
    };
    int ret;

    memcpy(config.rpv, guest->rpv, sizeof(config.rpv));

    ret = kvm_vm_enable_cap(kvm_state, rme_capability(), 0, KVM_ARM_RMI_CONFIG,
                            (uintptr_t)&config);
    if (ret == -EOPNOTSUPP) {
        error_setg(errp, "rme-guest: this host cannot measure with %s",
                   RmeGuestMeasurementAlgorithm_str(
                       guest->measurement_algorithm));
    } else if (ret) {
        error_setg_errno(errp, -ret, "rme-guest: cannot configure the realm");
    }

    return ret;
}

static int rme_kvm_init(ConfidentialGuestSupport *cgs, Error **errp)
{
    RmeGuest *guest = RME_GUEST(cgs);
    int max_cpus = kvm_vm_check_extension(kvm_state, KVM_CAP_MAX_VCPUS);
    int ret;

    if (!guest->ipa_bits) {
        error_setg(errp, "rme-guest: this machine cannot be a realm, use virt");
        return -EINVAL;
    }
    if (current_machine->smp.max_cpus > max_cpus) {
        error_setg(errp, "rme-guest: a realm can have %d CPUs at most",
                   max_cpus);
        return -EINVAL;
    }
    ret = rme_configure(guest, errp);
    if (ret) {
        return ret;
    }

    error_setg(&guest->migration_blocker, "a realm cannot be migrated");
    ret = migrate_add_blocker(&guest->migration_blocker, errp);
    if (ret) {
        return ret;
    }

    guest->start_handler = qemu_add_vm_change_state_handler(rme_start, guest);
    cgs->ready = true;
    return 0;
}

/* The object */

/* What KVM has been told cannot be changed any more. */
static bool rme_guest_can_set(Object *obj, Error **errp)
{
    if (CONFIDENTIAL_GUEST_SUPPORT(obj)->ready) {
        error_setg(errp, "rme-guest: the realm has been configured already");
        return false;
    }
    return true;
}

static char *rme_guest_get_rpv(Object *obj, Error **errp)
{
    RmeGuest *guest = RME_GUEST(obj);

    return g_base64_encode(guest->rpv, sizeof(guest->rpv));
}

static void rme_guest_set_rpv(Object *obj, const char *text, Error **errp)
{
    RmeGuest *guest = RME_GUEST(obj);
    g_autofree uint8_t *value = NULL;
    g_autofree char *strict = NULL;
    size_t size;

    if (!rme_guest_can_set(obj, errp)) {
        return;
    }

    value = qbase64_decode(text, -1, &size, errp);
    if (!value) {
        error_prepend(errp, "personalization-value: ");
        return;
    }
    /* The decoder drops what is left of an incomplete group, and newlines. */
    strict = g_base64_encode(value, size);
    if (strcmp(strict, text)) {
        error_setg(errp, "personalization-value: '%s' is not base64 in whole "
                   "groups of four", text);
        return;
    }
    if (size > sizeof(guest->rpv)) {
        error_setg(errp, "personalization-value has %zu bytes, "
                   "at most %zu are possible", size, sizeof(guest->rpv));
        return;
    }

    memset(guest->rpv, 0, sizeof(guest->rpv));
    memcpy(guest->rpv, value, size);
}

static int rme_guest_get_algorithm(Object *obj, Error **errp)
{
    return RME_GUEST(obj)->measurement_algorithm;
}

static void rme_guest_set_algorithm(Object *obj, int value, Error **errp)
{
    if (rme_guest_can_set(obj, errp)) {
        RME_GUEST(obj)->measurement_algorithm = value;
    }
}

static bool rme_guest_get_overcommit(Object *obj, Error **errp)
{
    return RME_GUEST(obj)->overcommit;
}

static void rme_guest_set_overcommit(Object *obj, bool value, Error **errp)
{
    if (rme_guest_can_set(obj, errp)) {
        RME_GUEST(obj)->overcommit = value;
    }
}

static void rme_guest_class_init(ObjectClass *oc, void *data)
{
    ConfidentialGuestSupportClass *cgsc = CONFIDENTIAL_GUEST_SUPPORT_CLASS(oc);

    cgsc->kvm_init = rme_kvm_init;
    cgsc->kvm_convert_memory = rme_convert_memory;

    object_class_property_add_str(oc, "personalization-value",
                                  rme_guest_get_rpv, rme_guest_set_rpv);
    object_class_property_set_description(oc, "personalization-value",
        "Realm personalization value: up to 64 bytes in base64, the rest is 0");

    object_class_property_add_enum(oc, "measurement-algorithm",
                                   "RmeGuestMeasurementAlgorithm",
                                   &RmeGuestMeasurementAlgorithm_lookup,
                                   rme_guest_get_algorithm,
                                   rme_guest_set_algorithm);
    object_class_property_set_description(oc, "measurement-algorithm",
        "Hash of the realm's measurements: sha256 or sha512 (default)");

    object_class_property_add_bool(oc, "overcommit", rme_guest_get_overcommit,
                                   rme_guest_set_overcommit);
    object_class_property_set_description(oc, "overcommit",
        "Start without enough free secure memory (default: off)");
}

static void rme_guest_init(Object *obj)
{
    RmeGuest *guest = RME_GUEST(obj);

    CONFIDENTIAL_GUEST_SUPPORT(obj)->require_guest_memfd = true;
    guest->measurement_algorithm = RME_GUEST_MEASUREMENT_ALGORITHM_SHA512;
}

static void rme_guest_finalize(Object *obj)
{
}
