/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TMM_CALL_FEATURES_H
#define TMM_CALL_FEATURES_H

#include <stdint.h>

/* RMI feature register 0 (rmm-abi.md 3). */
uint64_t feature_register0(void);

#endif
