/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TMM_HAL_CPU_H
#define TMM_HAL_CPU_H

#include <stdbool.h>
#include <stdint.h>

/* What the machine offers; constant after boot, the lowest of all CPUs. */
struct hal_features {
	uint8_t pa_bits;	/* physical address width, at most 48 */
	uint8_t vmid_bits;	/* 8 or 16 */
	bool sve;
	uint8_t sve_vl;		/* greatest vector length / 128 bits - 1 */
	uint8_t num_bps;	/* breakpoints - 1 */
	uint8_t num_wps;	/* watchpoints - 1 */
	bool pmu;
	uint8_t pmu_num_ctrs;
	uint8_t gic_num_lrs;	/* list registers - 1 */
	uint8_t gic_pri_bits;	/* priority bits of the virtual interface */
	uint8_t gic_id_bits;	/* INTID bits of the virtual interface */
	bool gic_ext_ids;	/* extended PPI and SPI ranges */
};

const struct hal_features *hal_features(void);

#define HAL_MAX_CPUS	64

/* 0 .. HAL_MAX_CPUS - 1 */
unsigned int hal_cpu_id(void);

#endif
