/* SPDX-License-Identifier: BSD-3-Clause */
/* Between the files of the fake machine; not for tests. */
#ifndef TMM_ARCH_HOST_PRIVATE_H
#define TMM_ARCH_HOST_PRIVATE_H

#include "arch/host/host.h"

extern struct host_machine host_machine;

/* Each file's part of host_boot(). */
void host_boot_memory(void);
void host_boot_stage2(void);
void host_boot_attest(void);

/* Each file's part of host_call_begin/end(), and of a caught panic. */
void host_memory_call_begin(void);
void host_locks_check_none(const char *when);
void host_locks_drop(void);
bool host_locks_any(void);
void host_vcpu_reset_cpu(void);

#endif
