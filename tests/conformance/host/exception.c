/* SPDX-License-Identifier: BSD-3-Clause */
#include "host/machine.h"

extern const char probe_load_at[], probe_store_at[], probe_no[];
void exception_taken(uint64_t kind);

static struct {
	uint64_t esr, far;
} refused[MAX_CPUS];

uint64_t probe_esr(void)
{
	return refused[cpu_id()].esr;
}

uint64_t probe_far(void)
{
	return refused[cpu_id()].far;
}

/* From the vectors: 0 synchronous, 1 interrupt, 2 SError, 3 from elsewhere. */
void exception_taken(uint64_t kind)
{
	uint64_t elr = sysreg_read("elr_el2");

	if (kind == 0 && (elr == (uint64_t)probe_load_at ||
			  elr == (uint64_t)probe_store_at)) {
		refused[cpu_id()].esr = sysreg_read("esr_el2");
		refused[cpu_id()].far = sysreg_read("far_el2");
		sysreg_write("elr_el2", (uint64_t)probe_no);
		return;
	}
	print("\nFATAL exception %lx on CPU %u: esr %lx elr %lx far %lx\n",
	      kind, cpu_id(), sysreg_read("esr_el2"), elr,
	      sysreg_read("far_el2"));
	machine_off();
}
