/* SPDX-License-Identifier: BSD-3-Clause */
/* VMIDs in use by realms; the host chooses them, the monitor keeps them unique. */
#ifndef TMM_CORE_VMID_H
#define TMM_CORE_VMID_H

#include "lib/check.h"
#include <stdbool.h>
#include <stdint.h>

/* False if it is wider than the machine has (hal_features) or in use. No lock. */
MUST_USE bool vmid_take(uint16_t vmid);
void vmid_return(uint16_t vmid);

#endif
