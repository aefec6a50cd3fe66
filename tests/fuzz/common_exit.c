/* SPDX-License-Identifier: BSD-3-Clause */
/* rmm-abi.md 8.4 as a table: what each exit may say, everything else is zero. */
#include "common.h"

#include <string.h>

#define EC(esr)		field(esr, 31, 26)
#define EC_WFX		0x01
#define EC_SYSREG	0x18
#define EC_INST_ABORT	0x20
#define EC_DATA_ABORT	0x24
#define EC_SERROR	0x2f

#define ISV		BIT(24)
#define WNR		BIT(6)
#define ESR_ABORT	UINT64_C(0xFC001E3F)
#define ESR_EMULATABLE	UINT64_C(0xFDC09E7F)
#define ESR_WFX		UINT64_C(0xFC000003)
#define ESR_SERROR	UINT64_C(0xFD001E3F)
#define HCR_EXIT	UINT64_C(0xF80040FE)
#define HPFAR_FIPA	BITS(43, 4)

/* What one kind of exit may show. */
struct shown {
	uint64_t esr;
	uint64_t far;
	uint64_t hpfar;
	unsigned int gprs;
	bool ripas;
	bool imm;
};

static struct shown shown_abort(uint64_t esr)
{
	struct shown s = { .esr = ESR_ABORT, .hpfar = HPFAR_FIPA };

	if ((esr & ISV) != 0 && EC(esr) == EC_DATA_ABORT) {
		s.esr = ESR_EMULATABLE;
		s.far = PAGE_SIZE - 1;
		s.gprs = (esr & WNR) != 0 ? 1 : 0;
	}
	return s;
}

static struct shown shown_sync(uint64_t esr)
{
	switch (EC(esr)) {
	case EC_WFX:
		return (struct shown){ .esr = ESR_WFX, .gprs = 1 };
	case EC_SYSREG:
		return (struct shown){ .esr = ~UINT64_C(0), .gprs = 1 };
	case EC_INST_ABORT:
	case EC_DATA_ABORT:
		return shown_abort(esr);
	default:
		FAIL("no synchronous exit has esr %#llx", (unsigned long long)esr);
	}
}

static struct shown shown_by(const struct rmi_rec_exit *x)
{
	switch (x->exit_reason) {
	case RMI_EXIT_SYNC:
		return shown_sync(x->esr);
	case RMI_EXIT_IRQ:
		return (struct shown){ 0 };
	case RMI_EXIT_PSCI:
		return (struct shown){ .gprs = 2 };
	case RMI_EXIT_RIPAS_CHANGE:
		return (struct shown){ .ripas = true };
	case RMI_EXIT_HOST_CALL:
		return (struct shown){ .gprs = RMI_NUM_GPRS, .imm = true };
	case RMI_EXIT_SERROR:
		return (struct shown){ .esr = ESR_SERROR };
	default:
		FAIL("exit reason %u", x->exit_reason);
	}
}

/* Takes away all that any exit reports. */
static void clear_common(struct rmi_rec_exit *x)
{
	unsigned int lrs = hal_features()->gic_num_lrs + 1U;

	x->exit_reason = 0;
	x->gicv3_hcr &= ~HCR_EXIT;
	memset(x->gicv3_lrs, 0, lrs * sizeof(x->gicv3_lrs[0]));
	x->gicv3_misr = x->gicv3_vmcr = 0;
	x->cntp_ctl = x->cntp_cval = x->cntv_ctl = x->cntv_cval = 0;
	x->pmu_ovf_status &= 0xfe;
}

/* A function number and nothing else: no hint bit, no rest of X0. */
static bool is_psci(uint64_t fid)
{
	return (fid & ~UINT64_C(0x4000001f)) == 0x84000000;
}

static void clear_shown(struct rmi_rec_exit *x, const struct shown *s)
{
	x->esr &= ~s->esr;
	x->far &= ~s->far;
	x->hpfar &= ~s->hpfar;
	memset(x->gprs, 0, s->gprs * sizeof(x->gprs[0]));
	if (s->ripas) {
		EXPECT(x->ripas_base < x->ripas_top);
		EXPECT(x->ripas_value <= RMI_RIPAS_RAM);
		x->ripas_base = x->ripas_top = x->ripas_value = 0;
	}
	if (s->imm)
		x->imm = 0;
}

void fuzz_check_exit(const struct rmi_rec_exit *exit)
{
	struct rmi_rec_exit x = *exit;
	const struct shown s = shown_by(&x);
	const unsigned char *byte = (const unsigned char *)&x;

	EXPECT(x.exit_reason != RMI_EXIT_PSCI || is_psci(x.gprs[0]));
	clear_common(&x);
	clear_shown(&x, &s);
	for (size_t i = 0; i < sizeof(x); i++)
		if (byte[i] != 0)
			FAIL("exit reason %u with esr %#llx: byte %#zx is %#x",
			     exit->exit_reason, (unsigned long long)exit->esr, i, byte[i]);
}
