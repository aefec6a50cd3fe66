/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TMM_ARCH_SEL2_PANIC_H
#define TMM_ARCH_SEL2_PANIC_H

#include <stdint.h>
#include <stdnoreturn.h>

/* An exception taken by the monitor itself; called by vectors.S. */
noreturn void panic_exception(uint64_t esr, uint64_t elr, uint64_t far);

/* Not zero once a CPU has panicked, maybe with locks that nobody will release. */
extern unsigned char panic_happened;

/* What a CPU does that finds out: leaves as if the panic were its own. */
noreturn void panic_follow(void);

/* Wipes the registers and leaves for good; in vectors.S. */
noreturn void panic_stop(void);

#endif
