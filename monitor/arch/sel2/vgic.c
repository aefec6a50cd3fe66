/* SPDX-License-Identifier: BSD-3-Clause */
#include "arch/sel2/vgic.h"
#include "arch/aarch64/features.h"
#include "arch/aarch64/sysreg.h"
#include "arch/sel2/cpu.h"
#include "lib/check.h"
#include <stddef.h>

/* Frames and registers of a redistributor (GIC architecture, IHI 0069, 12.10) */
#define GICR_SGI_BASE		UINT64_C(0x10000)
#define GICR_CTLR		0x0000
#define GICR_TYPER		0x0008
#define GICR_ISENABLER0		0x0100
#define GICR_ICENABLER0		0x0180
#define GICR_CTLR_RWP		BIT(3)

#define ICC_SRE_SRE		BIT(0)
#define ICC_SRE_DFB		BIT(1)
#define ICC_SRE_DIB		BIT(2)
#define ICC_SRE_ENABLE		BIT(3)

static volatile uint32_t *reg32(uint64_t addr)
{
	return (volatile uint32_t *)addr;
}

/* Affinity as in GICR_TYPER[63:32]: Aff3.Aff2.Aff1.Aff0 */
static uint32_t my_affinity(void)
{
	uint64_t mpidr = read_sysreg(mpidr_el1);

	return (uint32_t)((mpidr & BITS(23, 0)) | field(mpidr, 39, 32) << 24);
}

void vgic_cpu_init(uint64_t gicr_base, uint64_t gicr_stride, uint32_t frames)
{
	struct cpu *cpu = this_cpu();

	cpu->gicr_sgi = 0;
	for (uint32_t i = 0; i < frames; i++) {
		uint64_t frame = gicr_base + i * gicr_stride;
		uint32_t affinity = *reg32(frame + GICR_TYPER + 4);

		if (affinity == my_affinity())
			cpu->gicr_sgi = frame + GICR_SGI_BASE;
	}
	CHECK(cpu->gicr_sgi != 0);
	/* Before the host runs on this CPU: from then on it is the host's. */
	write_sysreg(icc_sre_el2, ICC_SRE_SRE | ICC_SRE_DFB | ICC_SRE_DIB |
					  ICC_SRE_ENABLE);
	isb();
	write_sysreg(ich_hcr_el2, 0);
}

/* One case per register, entered at the last that exists. */
#define LR_CASE(n, op)	case n: op(n); __attribute__((fallthrough));
#define LR_CASES(op)							\
	LR_CASE(15, op) LR_CASE(14, op) LR_CASE(13, op) LR_CASE(12, op)	\
	LR_CASE(11, op) LR_CASE(10, op) LR_CASE(9, op) LR_CASE(8, op)	\
	LR_CASE(7, op) LR_CASE(6, op) LR_CASE(5, op) LR_CASE(4, op)	\
	LR_CASE(3, op) LR_CASE(2, op) LR_CASE(1, op) LR_CASE(0, op)	\
	default: break;

static void lrs_write(const uint64_t *lr)
{
#define WRITE_LR(n)	write_sysreg(ich_lr##n##_el2, lr[n])
	switch (features.hal.gic_num_lrs) {
		LR_CASES(WRITE_LR)
	}
#undef WRITE_LR
}

/* Reads and clears: the host must not find a realm's interrupt it could run. */
static void lrs_take(uint64_t *lr)
{
#define TAKE_LR(n)							\
	do {								\
		lr[n] = read_sysreg(ich_lr##n##_el2);			\
		write_sysreg(ich_lr##n##_el2, 0);			\
	} while (0)
	switch (features.hal.gic_num_lrs) {
		LR_CASES(TAKE_LR)
	}
#undef TAKE_LR
}

static void aprs_write(const uint64_t *ap0r, const uint64_t *ap1r)
{
	if (features.num_apr >= 4) {
		write_sysreg(ich_ap0r3_el2, ap0r[3]);
		write_sysreg(ich_ap0r2_el2, ap0r[2]);
		write_sysreg(ich_ap1r3_el2, ap1r[3]);
		write_sysreg(ich_ap1r2_el2, ap1r[2]);
	}
	if (features.num_apr >= 2) {
		write_sysreg(ich_ap0r1_el2, ap0r[1]);
		write_sysreg(ich_ap1r1_el2, ap1r[1]);
	}
	write_sysreg(ich_ap0r0_el2, ap0r[0]);
	write_sysreg(ich_ap1r0_el2, ap1r[0]);
}

static void aprs_read(uint64_t *ap0r, uint64_t *ap1r)
{
	if (features.num_apr >= 4) {
		ap0r[3] = read_sysreg(ich_ap0r3_el2);
		ap0r[2] = read_sysreg(ich_ap0r2_el2);
		ap1r[3] = read_sysreg(ich_ap1r3_el2);
		ap1r[2] = read_sysreg(ich_ap1r2_el2);
	}
	if (features.num_apr >= 2) {
		ap0r[1] = read_sysreg(ich_ap0r1_el2);
		ap1r[1] = read_sysreg(ich_ap1r1_el2);
	}
	ap0r[0] = read_sysreg(ich_ap0r0_el2);
	ap1r[0] = read_sysreg(ich_ap1r0_el2);
}

void vgic_load(const struct vcpu_arch *a, const struct vcpu_gic *gic)
{
	lrs_write(gic->lr);
	aprs_write(a->gic.ap0r, a->gic.ap1r);
	write_sysreg(ich_vmcr_el2, a->gic.vmcr);
	/* The Secure copy: realms share it, where it can be written at all. */
	write_sysreg(icc_sre_el1, ICC_SRE_SRE | ICC_SRE_DFB | ICC_SRE_DIB);
	write_sysreg(ich_hcr_el2,
		     gic->hcr | ICH_HCR_EN | ICH_HCR_VSGIEOICOUNT |
		     (features.gic_dvim ? ICH_HCR_DVIM : 0));
}

void vgic_put(struct vcpu_arch *a, struct vcpu_gic *gic)
{
	static const uint64_t none[4];

	gic->misr = read_sysreg(ich_misr_el2);
	gic->hcr = read_sysreg(ich_hcr_el2) & ICH_HCR_EXPOSED;
	gic->vmcr = a->gic.vmcr = read_sysreg(ich_vmcr_el2);
	write_sysreg(ich_hcr_el2, 0);
	lrs_take(gic->lr);
	aprs_read(a->gic.ap0r, a->gic.ap1r);
	aprs_write(none, none);
	write_sysreg(ich_vmcr_el2, 0);
}

static void gicr_wait(uint64_t sgi)
{
	/* RWP: the effect of the write has reached the CPU interface. */
	while (*reg32(sgi - GICR_SGI_BASE + GICR_CTLR) & GICR_CTLR_RWP)
		;
	dsb(sy);
	isb();
}

void gicr_mask_ppis(uint32_t want)
{
	struct cpu *cpu = this_cpu();
	uint32_t *masked = &cpu->host.gicr_masked;
	uint32_t enable = *masked & ~want;
	uint32_t disable = want & ~*masked;

	/* What the host has disabled is not ours to enable later. */
	if (disable != 0)
		disable &= *reg32(cpu->gicr_sgi + GICR_ISENABLER0);
	if (enable != 0)
		*reg32(cpu->gicr_sgi + GICR_ISENABLER0) = enable;
	if (disable != 0) {
		*reg32(cpu->gicr_sgi + GICR_ICENABLER0) = disable;
		gicr_wait(cpu->gicr_sgi);
	}
	*masked = (*masked & want) | disable;
}
