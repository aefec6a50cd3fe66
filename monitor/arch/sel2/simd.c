/* SPDX-License-Identifier: BSD-3-Clause */
#include "arch/sel2/simd.h"
#include "arch/aarch64/features.h"
#include "arch/aarch64/sysreg.h"
#include "arch/sel2/cpu.h"
#include "arch/sel2/simd_regs.h"
#include "arch/sel2/traps.h"
#include <stddef.h>

#define ZCR_LEN_MAX	0xf	/* the CPU takes the greatest it has */

/*
 * CPTR_EL2 traps S-EL2 itself, too. ZCR_EL2.LEN needs no barrier: the vector
 * length follows a direct write in program order (Arm ARM D24.2.227).
 */
static void simd_open(void)
{
	write_sysreg(cptr_el2, CPTR_OPEN);
	isb();
}

static void simd_close(void)
{
	write_sysreg(cptr_el2, CPTR_CLOSED);
	isb();
}

static bool has_wide_regs(void)
{
	return features.hal.sve && features.hal.sve_vl > 0;
}

/* V0..V31 with all bits they have. At the greatest vector length. */
static void vectors_save(struct simd_host *h)
{
	if (has_wide_regs())
		simd_save_z(h->z[0], h->z[1]);
	else
		simd_save_v(h->z[0]);
}

static void vectors_load(const struct simd_host *h)
{
	if (has_wide_regs())
		simd_load_z(h->z[0], h->z[1]);
	else
		simd_load_v(h->z[0]);
}

static void ctl_save(struct simd_ctl *c)
{
	c->fpcr = read_sysreg(fpcr);
	c->fpsr = read_sysreg(fpsr);
	if (features.hal.sve)
		c->zcr_el1 = read_sysreg(SYS_ZCR_EL1);
}

static void ctl_load(const struct simd_ctl *c)
{
	write_sysreg(fpcr, c->fpcr);
	write_sysreg(fpsr, c->fpsr);
	if (features.hal.sve)
		write_sysreg(SYS_ZCR_EL1, c->zcr_el1);
}

static void host_save(struct simd_host *h)
{
	if (features.hal.sve) {
		h->zcr_el2 = read_sysreg(SYS_ZCR_EL2);
		write_sysreg(SYS_ZCR_EL2, ZCR_LEN_MAX);
		simd_save_p(h->p);
	}
	vectors_save(h);
	ctl_save(&h->ctl);
}

static void host_load(const struct simd_host *h)
{
	if (features.hal.sve)
		write_sysreg(SYS_ZCR_EL2, ZCR_LEN_MAX);
	vectors_load(h);
	if (features.hal.sve) {
		simd_load_p(h->p);
		write_sysreg(SYS_ZCR_EL2, h->zcr_el2);
	}
	ctl_load(&h->ctl);
}

/* A realm without SVE sees V registers only, and never the bits above them. */
static void realm_save(struct vcpu_arch *a)
{
	if (a->sve) {
		simd_save_z(a->aux[0], a->aux[1]);
		simd_save_p(a->aux[2]);
	} else {
		simd_save_v(&a->v);
	}
	ctl_save(&a->simd);
}

static void realm_load(struct vcpu_arch *a)
{
	if (features.hal.sve)
		write_sysreg(SYS_ZCR_EL2, a->sve ? a->sve_vl : 0);
	if (a->sve) {
		simd_load_z(a->aux[0], a->aux[1]);
		simd_load_p(a->aux[2]);
	} else {
		simd_load_v(&a->v);
	}
	ctl_load(&a->simd);
}

void simd_load(struct vcpu_arch *a)
{
	simd_open();
	host_save(this_cpu()->simd);
	realm_load(a);
	a->simd_live = true;
	if (!a->sve)
		write_sysreg(cptr_el2, CPTR_OPEN | CPTR_TZ);
}

void simd_put(struct vcpu_arch *a)
{
	if (!a->simd_live)
		return;
	a->simd_live = false;
	simd_open();
	realm_save(a);
	host_load(this_cpu()->simd);
	simd_close();
}

static struct vcpu_arch *live_realm(void)
{
	struct vcpu *v = this_cpu()->loaded;

	return v != NULL && vcpu_arch(v)->simd_live ? vcpu_arch(v) : NULL;
}

/*
 * Mbed TLS changes V0..V31 and with them all of Z0..Z31, but no predicate and
 * no control register.
 */
void simd_borrow(void)
{
	struct vcpu_arch *a = live_realm();
	struct simd_host *h = this_cpu()->simd;

	simd_open();
	if (a != NULL) {
		realm_save(a);
		return;
	}
	if (features.hal.sve) {
		h->zcr_el2 = read_sysreg(SYS_ZCR_EL2);
		write_sysreg(SYS_ZCR_EL2, ZCR_LEN_MAX);
	}
	vectors_save(h);
}

void simd_return(void)
{
	struct vcpu_arch *a = live_realm();
	const struct simd_host *h = this_cpu()->simd;

	if (a != NULL) {
		realm_load(a);
		write_sysreg(cptr_el2, a->sve ? CPTR_OPEN : CPTR_OPEN | CPTR_TZ);
		return;
	}
	vectors_load(h);
	if (features.hal.sve)
		write_sysreg(SYS_ZCR_EL2, h->zcr_el2);
	simd_close();
}
