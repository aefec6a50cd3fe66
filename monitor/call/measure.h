/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the RIM is made of: the byte layouts of rmm-abi.md 11, handed to
 * core/measurement.h. The RD is locked; the realm is NEW.
 */
#ifndef TMM_CALL_MEASURE_H
#define TMM_CALL_MEASURE_H

#include "abi/rmi.h"
#include "core/realm.h"

void measure_realm(struct realm *r, const struct rmi_realm_params *p);
/* content: the 4 KiB page, already in the realm's granule */
void measure_data(struct realm *r, ipa_t page, uint64_t flags, const void *content);
void measure_rec(struct realm *r, const struct rmi_rec_params *p);
void measure_ripas(struct realm *r, uint64_t base, uint64_t top);

#endif
