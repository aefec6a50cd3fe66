/* SPDX-License-Identifier: BSD-3-Clause */
/* REC_ENTER: refusals, and what the host's answers do (rmm-abi.md 7.14, 8.3, 9.1). */
#include "scene.h"

#include "abi/psci.h"
#include "core/rec.h"
#include <string.h>

#define SHARED(r)	(realm_unprotected(r) + 0x5000)	/* an unprotected IPA */
#define EC_DATA		(UINT64_C(0x24) << 26)
#define ISV		BIT(24)
#define WNR		BIT(6)
#define TRANSLATION_3	UINT64_C(0x07)

static struct rmi_rec_enter *enter(struct scene *s)
{
	return host_ns(pa(s->page));
}

static void setup(struct scene *s)
{
	rec_make(&s->r, true);
	realm_start(&s->r);
	run_page(&s->page);
	s->call = CALL(RMI_REC_ENTER, s->r.rec[0], s->page);
}

static void setup_new(struct scene *s)
{
	rec_make(&s->r, true);
	run_page(&s->page);
	s->call = CALL(RMI_REC_ENTER, s->r.rec[0], s->page);
}

static void setup_off(struct scene *s)
{
	setup(s);
	step_smc(PSCI_SYSTEM_OFF, 0, 0, 0, 0);
	world_must("SYSTEM_OFF", s->call);
}

static void setup_not_runnable(struct scene *s)
{
	rec_make(&s->r, false);
	realm_start(&s->r);
	run_page(&s->page);
	s->call = CALL(RMI_REC_ENTER, s->r.rec[0], s->page);
}

static void setup_cpu_off(struct scene *s)
{
	setup(s);
	step_smc(PSCI_CPU_OFF, 0, 0, 0, 0);
	world_must("CPU_OFF", s->call);
}

static void setup_psci(struct scene *s)
{
	rec_make(&s->r, true);
	setup(s);
	s->call.x[1] = s->r.rec[0];
	step_smc(PSCI_CPU_ON, 1, 0x1000, 0, 0);
	world_must("CPU_ON", s->call);
}

/* the last exit was an abort without a syndrome, at an unprotected IPA */
static void setup_no_isv(struct scene *s)
{
	setup(s);
	step_abort(EC_DATA | TRANSLATION_3, 0, SHARED(&s->r));
	world_must("abort", s->call);
}

/* the last exit was emulatable, but another one came since */
static void setup_stale_mmio(struct scene *s)
{
	setup(s);
	step_abort(EC_DATA | ISV | TRANSLATION_3, 0, SHARED(&s->r));
	world_must("abort", s->call);
	world_must("IRQ", s->call);
}

static void nothing(struct scene *s)
{
	(void)s;
}

static void emul_mmio(struct scene *s)
{
	enter(s)->flags |= RMI_ENTER_EMUL_MMIO;
}

/* one bit of gicv3_hcr or of the first list register */
static void hcr(struct scene *s, unsigned int bit)
{
	enter(s)->gicv3_hcr |= BIT(bit);
}

static void hcr_0(struct scene *s) { hcr(s, 0); }
static void hcr_8(struct scene *s) { hcr(s, 8); }
static void hcr_10(struct scene *s) { hcr(s, 10); }
static void hcr_11(struct scene *s) { hcr(s, 11); }
static void hcr_13(struct scene *s) { hcr(s, 13); }
static void hcr_15(struct scene *s) { hcr(s, 15); }
static void hcr_27(struct scene *s) { hcr(s, 27); }
static void hcr_32(struct scene *s) { hcr(s, 32); }
static void hcr_63(struct scene *s) { hcr(s, 63); }

#define PENDING	BIT(62)
#define ACTIVE	BIT(63)
#define GROUP1	BIT(60)
#define PRIO(p)	((uint64_t)(p) << 48)

static void lr_hw_pending(struct scene *s)
{
	enter(s)->gicv3_lrs[0] = PENDING | BIT(61) | 40;
}

static void lr_hw_active(struct scene *s)
{
	enter(s)->gicv3_lrs[3] = ACTIVE | BIT(61) | 40;
}

static void lr_hw_both(struct scene *s)
{
	enter(s)->gicv3_lrs[1] = PENDING | ACTIVE | BIT(61) | 40;
}

/* five bits of priority: the lowest three are RES0 */
static void lr_priority(struct scene *s)
{
	enter(s)->gicv3_lrs[0] = PENDING | PRIO(4) | 40;
}

static void lr_pintid(struct scene *s)
{
	enter(s)->gicv3_lrs[0] = PENDING | BIT(32) | 40;
}

static void lr_pintid_44(struct scene *s)
{
	enter(s)->gicv3_lrs[0] = PENDING | BIT(44) | 40;
}

static void lr_1020(struct scene *s)
{
	enter(s)->gicv3_lrs[0] = PENDING | 1020;
}

static void lr_1023(struct scene *s)
{
	enter(s)->gicv3_lrs[0] = PENDING | 1023;
}

static void lr_8191(struct scene *s)
{
	enter(s)->gicv3_lrs[0] = PENDING | 8191;
}

static void lr_ext_ppi(struct scene *s)
{
	enter(s)->gicv3_lrs[0] = PENDING | 1056;
}

static void lr_ext_spi(struct scene *s)
{
	enter(s)->gicv3_lrs[0] = PENDING | 4096;
}

static void lr_past_id_bits(struct scene *s)
{
	enter(s)->gicv3_lrs[0] = PENDING | 65536;
}

static void lr_twice(struct scene *s)
{
	enter(s)->gicv3_lrs[0] = PENDING | GROUP1 | 40;
	enter(s)->gicv3_lrs[3] = ACTIVE | 40;
}

static void rec_is_aux(struct scene *s)
{
	s->call.x[1] = s->r.aux[0][0];
}

static void run_is_rd(struct scene *s)
{
	s->call.x[2] = s->r.rd;
}

static void run_is_hole(struct scene *s)
{
	s->call.x[2] = world_holes[2];
}

/*
 * @test REC_ENTER.{run_align,run_bound,run_pas}
 * @test REC_ENTER.{rec_align,rec_bound,rec_gran_state}
 */
static const struct pointer pointers[] = {
	{ "REC_ENTER.run_align", "REC_ENTER.run_bound", "REC_ENTER.run_pas", arg2, NS },
	{ "REC_ENTER.rec_align", "REC_ENTER.rec_bound", "REC_ENTER.rec_gran_state",
	  arg1, GS_REC },
};

/*
 * @test REC_ENTER.{rec_mmio,rec_gicv3,order_pointers}
 * @test GIC.{hcr_entry,lr_hw,lr_priority,lr_pintid,lr_vintid,lr_duplicate}
 */
static const struct refusal refusals[] = {
	{ "REC_ENTER.rec_mmio first entry", IN_CALL, emul_mmio, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 En", IN_CALL, hcr_0, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 vSGIEOICount", IN_CALL, hcr_8, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 TC", IN_CALL, hcr_10, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 TALL0", IN_CALL, hcr_11, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 TSEI", IN_CALL, hcr_13, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 DVIM", IN_CALL, hcr_15, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 EOIcount", IN_CALL, hcr_27, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 bit 32", IN_CALL, hcr_32, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 bit 63", IN_CALL, hcr_63, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 HW pending", IN_CALL, lr_hw_pending, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 HW active", IN_CALL, lr_hw_active, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 HW both", IN_CALL, lr_hw_both, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 priority", IN_CALL, lr_priority, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 pINTID", IN_CALL, lr_pintid, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 pINTID high", IN_CALL, lr_pintid_44, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 1020", IN_CALL, lr_1020, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 1023", IN_CALL, lr_1023, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 8191", IN_CALL, lr_8191, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 extended PPI", IN_CALL, lr_ext_ppi, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 extended SPI", IN_CALL, lr_ext_spi, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 LPI range", IN_CALL, lr_past_id_bits, RMI_ERROR_REC, NULL },
	{ "REC_ENTER.rec_gicv3 twice", IN_CALL, lr_twice, RMI_ERROR_REC, NULL },
	{ "REC_ENTER rec_gran_state < rec_gicv3", IN_CALL, rec_is_aux, RMI_ERROR_INPUT, hcr_8 },
	{ "REC_ENTER run_pas < rec_gicv3", IN_CALL, run_is_rd, RMI_ERROR_INPUT, hcr_8 },
	{ "REC_ENTER run_bound < rec_mmio", IN_CALL, run_is_hole, RMI_ERROR_INPUT, emul_mmio },
};

/* @test REC_ENTER.realm_new, REALM.new */
static const struct refusal refused_new[] = {
	{ "REC_ENTER.realm_new", IN_WORLD, nothing, RMI_RETURN(RMI_ERROR_REALM, 0), NULL },
	{ "REC_ENTER run_pas < realm_new", IN_WORLD, run_is_rd, RMI_ERROR_INPUT, NULL },
	{ "REC_ENTER run_bound < realm_new", IN_WORLD, run_is_hole, RMI_ERROR_INPUT, NULL },
};

/* @test REC_ENTER.system_off */
static const struct refusal refused_off[] = {
	{ "REC_ENTER.system_off", IN_WORLD, nothing, RMI_RETURN(RMI_ERROR_REALM, 1), NULL },
	{ "REC_ENTER run_pas < system_off", IN_WORLD, run_is_rd, RMI_ERROR_INPUT, NULL },
	{ "REC_ENTER run_bound < system_off", IN_WORLD, run_is_hole, RMI_ERROR_INPUT, NULL },
};

/* @test REC_ENTER.rec_runnable, PSCI.CPU_OFF */
static const struct refusal refused_not_runnable[] = {
	{ "REC_ENTER.rec_runnable", IN_WORLD, nothing, RMI_ERROR_REC, NULL },
	{ "REC_ENTER run_pas < rec_runnable", IN_WORLD, run_is_rd, RMI_ERROR_INPUT, NULL },
	{ "REC_ENTER run_bound < rec_runnable", IN_WORLD, run_is_hole, RMI_ERROR_INPUT, NULL },
};

static const struct refusal refused_cpu_off[] = {
	{ "REC_ENTER.rec_runnable after CPU_OFF", IN_WORLD, nothing, RMI_ERROR_REC, NULL },
};

/* @test REC_ENTER.rec_psci */
static const struct refusal refused_psci[] = {
	{ "REC_ENTER.rec_psci", IN_WORLD, nothing, RMI_ERROR_REC, NULL },
	{ "REC_ENTER run_pas < rec_psci", IN_WORLD, run_is_rd, RMI_ERROR_INPUT, NULL },
};

static const struct refusal refused_no_isv[] = {
	{ "REC_ENTER.rec_mmio no syndrome", IN_CALL, emul_mmio, RMI_ERROR_REC, NULL },
};

static const struct refusal refused_stale[] = {
	{ "REC_ENTER.rec_mmio too late", IN_CALL, emul_mmio, RMI_ERROR_REC, NULL },
};

static const struct command commands[] = {
	{ setup, pointers, COUNT_OF(pointers), refusals, COUNT_OF(refusals), NULL },
	{ setup_new, NULL, 0, refused_new, COUNT_OF(refused_new), NULL },
	{ setup_off, NULL, 0, refused_off, COUNT_OF(refused_off), NULL },
	{ setup_not_runnable, NULL, 0, refused_not_runnable,
	  COUNT_OF(refused_not_runnable), NULL },
	{ setup_cpu_off, NULL, 0, refused_cpu_off, COUNT_OF(refused_cpu_off), NULL },
	{ setup_psci, NULL, 0, refused_psci, COUNT_OF(refused_psci), NULL },
	{ setup_no_isv, NULL, 0, refused_no_isv, COUNT_OF(refused_no_isv), NULL },
	{ setup_stale_mmio, NULL, 0, refused_stale, COUNT_OF(refused_stale), NULL },
};

/* Effects */

static void runnable_realm(struct realm_under_test *r)
{
	make_realm(r, 5);
	rec_make(r, true);
	realm_start(r);
}

/* Legal values reach the list registers; those beyond the machine's do not count. */
/* @test REC_ENTER.success, REC_ENTRY.gic, GIC.{lr_unused,exit,hcr_exit} */
static void gic_goes_in_and_out(const void *arg)
{
	struct realm_under_test r;
	struct rmi_rec_enter *in;
	struct rmi_rec_exit *out;
	struct host_put put = { .gic_set = true };
	const uint64_t lrs[4] = {
		PENDING | GROUP1 | PRIO(0xf8) | 0, ACTIVE | 1019,
		PENDING | ACTIVE | BIT(41) | 8192, PENDING | 65535,
	};

	(void)arg;
	runnable_realm(&r);
	in = rec_enter_of();
	out = rec_exit_of();
	in->gicv3_hcr = 0x40fe;
	memcpy(in->gicv3_lrs, lrs, sizeof(lrs));
	for (unsigned int i = 4; i < 16; i++)
		in->gicv3_lrs[i] = PENDING | BIT(61) | 40;
	put.gic.hcr = ~UINT64_C(0);
	for (unsigned int i = 0; i < 16; i++)
		put.gic.lr[i] = 0x100 + i;
	put.gic.misr = 0x51;
	put.gic.vmcr = 0x61;
	host_realm_put(&put);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(host_realm_seen()->gic.hcr, 0x40fe);
	for (unsigned int i = 0; i < 4; i++) {
		EXPECT_EQ(host_realm_seen()->gic.lr[i], lrs[i]);
		EXPECT_EQ(out->gicv3_lrs[i], 0x100 + i);
	}
	for (unsigned int i = 4; i < 16; i++)
		EXPECT_EQ(out->gicv3_lrs[i], 0);
	EXPECT_EQ(out->gicv3_hcr, 0xf80040fe);
	EXPECT_EQ(out->gicv3_misr, 0x51);
	EXPECT_EQ(out->gicv3_vmcr, 0x61);
}

/* An LR that is not in use is not looked at. */
static void unused_lr_is_anything(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	runnable_realm(&r);
	rec_enter_of()->gicv3_lrs[0] = BITS(61, 0);
	rec_enter_of()->gicv3_lrs[1] = BITS(61, 0);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
}

/* A machine with extended INTIDs takes them. */
static void extended_intids(const void *arg)
{
	struct host_machine m = host_machine_default;
	static const uint64_t good[] = { 1056, 1119, 4096, 5119 };
	static const uint64_t bad[] = { 1055, 1120, 4095, 5120 };
	struct realm_under_test r;

	(void)arg;
	m.features.gic_ext_ids = true;
	world_boot(&m, setting->backing);
	runnable_realm(&r);
	for (size_t i = 0; i < 4; i++) {
		rec_enter_of()->gicv3_lrs[0] = PENDING | good[i];
		EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
		rec_enter_of()->gicv3_lrs[0] = PENDING | bad[i];
		EXPECT_EQ(rec_enter(r.rec[0]), RMI_ERROR_REC);
	}
}

/* @test REC_ENTRY.trap_wfx */
static void wfx_flags(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	runnable_realm(&r);
	for (unsigned int i = 0; i < 4; i++) {
		rec_enter_of()->flags = (i & 1 ? RMI_ENTER_TRAP_WFI : 0) |
					(i & 2 ? RMI_ENTER_TRAP_WFE : 0);
		EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
		EXPECT_EQ(host_realm_seen()->trap_wfi, (i & 1) != 0);
		EXPECT_EQ(host_realm_seen()->trap_wfe, (i & 2) != 0);
	}
	/* bits without a meaning are ignored */
	rec_enter_of()->flags = ~UINT64_C(0x1f);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
}

/* MMIO emulation: syndrome, value of the host, register afterwards */

struct mmio {
	const char *name;
	unsigned int sas;
	bool sse, sf, write;
	unsigned int srt;
	uint64_t value;
	uint64_t becomes;	/* of the target register */
};

#define OLD	UINT64_C(0x1111111122222222)
#define JUNKY	UINT64_C(0xfedcba9876548281)

/* @test REC_ENTRY.{emul_mmio_read,emul_mmio_write} */
static const struct mmio mmios[] = {
	{ "mmio: read 1", 0, false, true, false, 5, JUNKY, 0x81 },
	{ "mmio: read 2", 1, false, true, false, 5, JUNKY, 0x8281 },
	{ "mmio: read 4", 2, false, true, false, 5, JUNKY, 0x76548281 },
	{ "mmio: read 8", 3, false, true, false, 5, JUNKY, JUNKY },
	{ "mmio: read 1 signed to 64", 0, true, true, false, 30, JUNKY,
	  UINT64_C(0xffffffffffffff81) },
	{ "mmio: read 1 signed to 32", 0, true, false, false, 0, JUNKY, 0xffffff81 },
	{ "mmio: read 2 signed to 64", 1, true, true, false, 5, JUNKY,
	  UINT64_C(0xffffffffffff8281) },
	{ "mmio: read 2 signed to 32", 1, true, false, false, 5, JUNKY, 0xffff8281 },
	{ "mmio: read 4 signed to 64", 2, true, true, false, 5, UINT64_C(0x80000001),
	  UINT64_C(0xffffffff80000001) },
	{ "mmio: read 4 signed, positive", 2, true, true, false, 5, JUNKY, 0x76548281 },
	{ "mmio: read 1 signed, positive", 0, true, true, false, 5, 0x17f, 0x7f },
	{ "mmio: read 4 to W", 2, false, false, false, 5, JUNKY, 0x76548281 },
	{ "mmio: read to XZR", 3, false, true, false, 31, JUNKY, OLD },
	{ "mmio: write 4", 2, false, false, true, 5, JUNKY, OLD },
	{ "mmio: write from XZR", 2, false, false, true, 31, JUNKY, OLD },
};

static uint64_t syndrome(const struct mmio *m)
{
	return EC_DATA | BIT(25) | ISV | (uint64_t)m->sas << 22 | (uint64_t)m->sse << 21 |
	       (uint64_t)m->srt << 16 | (uint64_t)m->sf << 15 | (m->write ? WNR : 0) |
	       TRANSLATION_3;
}

/* a realm whose X0..X30 are all OLD makes the access */
static void make_access(struct realm_under_test *r, const struct mmio *m)
{
	struct host_step s = {
		.exit = { .kind = VCPU_EXIT_ABORT, .esr = syndrome(m),
			  .far = UINT64_C(0xffff000012345678), .ipa = ipa(SHARED(r)) },
		.set = ~UINT32_C(0),
	};

	for (unsigned int i = 0; i < 31; i++)
		s.x[i] = OLD;
	host_realm_step(&s);
	EXPECT_EQ(rec_enter(r->rec[0]), RMI_SUCCESS);
	EXPECT_EQ(rec_exit_of()->exit_reason, RMI_EXIT_SYNC);
}

static void emulate(const void *arg)
{
	const struct mmio *m = arg;
	struct realm_under_test r;
	struct vcpu_regs regs;

	runnable_realm(&r);
	make_access(&r, m);
	rec_enter_of()->flags = RMI_ENTER_EMUL_MMIO;
	rec_enter_of()->gprs[0] = m->value;
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	regs = realm_regs();
	EXPECT_EQ(regs.pc, 0x1004);
	for (unsigned int i = 0; i < 31; i++)
		EXPECT_EQ(regs.x[i], i == m->srt ? m->becomes : OLD);
	EXPECT_EQ(host_realm_seen()->seas, 0);
	/* it was done once: asking again is an error */
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_ERROR_REC);
}

/* Without emul_mmio the access is made again. */
/* @test REC_PC.abort, REC_ENTRY.unused */
static void not_emulated(const void *arg)
{
	struct realm_under_test r;
	struct vcpu_regs regs;

	(void)arg;
	runnable_realm(&r);
	make_access(&r, &mmios[3]);
	memset(rec_enter_of()->gprs, 0x77, sizeof(rec_enter_of()->gprs));
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	regs = realm_regs();
	EXPECT_EQ(regs.pc, 0x1000);
	for (unsigned int i = 0; i < 31; i++)
		EXPECT_EQ(regs.x[i], OLD);
}

/* @test REC_ENTRY.inject_sea, REC_ENTER.mmio_or_sea */
static void inject_sea(const void *arg)
{
	const bool *with_mmio = arg;
	struct realm_under_test r;

	runnable_realm(&r);
	make_access(&r, &mmios[2]);
	rec_enter_of()->flags = RMI_ENTER_INJECT_SEA | (*with_mmio ? RMI_ENTER_EMUL_MMIO : 0);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(host_realm_seen()->seas, 1);
	EXPECT_EQ(host_realm_seen()->cause.esr, syndrome(&mmios[2]));
	EXPECT_EQ(host_realm_seen()->cause.far, UINT64_C(0xffff000012345678));
	EXPECT_EQ(realm_regs().x[5], OLD);
	/* once */
	rec_enter_of()->flags = RMI_ENTER_INJECT_SEA;
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(host_realm_seen()->seas, 1);
}

static void inject_sea_no_syndrome(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	runnable_realm(&r);
	step_abort(EC_DATA | TRANSLATION_3, 0x1234, SHARED(&r));
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	rec_enter_of()->flags = RMI_ENTER_INJECT_SEA;
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	EXPECT_EQ(host_realm_seen()->seas, 1);
	EXPECT_EQ(host_realm_seen()->cause.far, 0x1234);
}

/*
 * Nothing to inject for: first entry, IRQ, abort at a protected IPA, missing
 * RSI buffer. The flag has no effect then, even with emul_mmio beside it.
 * @test REC_ENTER.sea_ignored, RSI_BUFFER.no_emulation
 */
static void sea_ignored(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	make_realm(&r, 5);
	realm_ram(&r, 0, rtt_level_span(r.start));
	rec_make(&r, true);
	realm_start(&r);
	for (unsigned int i = 0; i < 3; i++) {
		rec_enter_of()->flags = RMI_ENTER_INJECT_SEA;
		if (i & 1)
			rec_enter_of()->flags |= RMI_ENTER_EMUL_MMIO;
		if (i == 1)
			step_abort(EC_DATA | ISV | TRANSLATION_3, 0, 0x5000);
		if (i == 2)
			step_smc(RSI_REALM_CONFIG, 0x5000, 0, 0, 0);
		EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	}
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	rec_enter_of()->flags = RMI_ENTER_EMUL_MMIO;
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_ERROR_REC);
	EXPECT_EQ(host_realm_seen()->seas, 0);
}

/*
 * The bus refuses the n-th access to the run page, whichever it is: INPUT, the
 * REC survives and runs the next time. @test REC_ENTER.gpf, PTR.gpf
 */
static void bus_errors(const void *arg)
{
	struct realm_under_test r;
	unsigned int n, accesses;

	(void)arg;
	runnable_realm(&r);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	accesses = host_ns_accesses();
	EXPECT(accesses >= 2);
	for (n = 1; n <= accesses; n++) {
		host_ns_fail_at(n);
		EXPECT_EQ(rec_enter(r.rec[0]), RMI_ERROR_INPUT);
		EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	}
	/* with a host call pending there is more to read */
	realm_unmake(&r);
	make_realm(&r, 5);
	realm_data(&r, 0x3000);
	rec_make(&r, true);
	realm_start(&r);
	for (n = 1; n <= accesses; n++) {
		step_smc(RSI_HOST_CALL, 0x3000, 0, 0, 0);
		EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
		host_ns_fail_at(n);
		EXPECT_EQ(rec_enter(r.rec[0]), RMI_ERROR_INPUT);
		EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
	}
}

/* The host rewrites the page under the monitor's hands. */
static void page_changes_while_read(const void *arg)
{
	struct realm_under_test r;

	(void)arg;
	runnable_realm(&r);
	host_ns_mutate(true);
	EXPECT_EQ(rec_enter(r.rec[0]), RMI_SUCCESS);
}

/*
 * An ASID means on each REC what that one wants, and they have one VMID: whoever
 * runs where another REC has run before does not get its translations.
 */
static void flushes_between_recs(const void *arg)
{
	static const struct {
		unsigned int cpu, rec, flushes;
	} runs[] = {
		{ 0, 0, 0 }, { 0, 0, 0 },	/* nobody else here */
		{ 0, 1, 1 }, { 0, 1, 1 },
		{ 1, 1, 1 },			/* nobody else there */
		{ 1, 0, 2 },
		{ 0, 1, 2 },			/* was the last one here */
		{ 0, 0, 3 },
	};
	struct realm_under_test r;

	(void)arg;
	make_realm(&r, 5);
	rec_make(&r, true);
	rec_make(&r, true);
	realm_start(&r);
	for (size_t i = 0; i < COUNT_OF(runs); i++) {
		host_cpu_set(runs[i].cpu);
		EXPECT_EQ(rec_enter(r.rec[runs[i].rec]), RMI_SUCCESS);
		EXPECT_EQ(host_realm_seen()->flushes, runs[i].flushes);
	}
	host_cpu_set(0);
}

static const bool no = false, yes = true;

static const struct unit_test effects[] = {
	{ "enter: GIC in and out", gic_goes_in_and_out, NULL },
	{ "enter: LR not in use", unused_lr_is_anything, NULL },
	{ "enter: extended INTIDs", extended_intids, NULL },
	{ "enter: WFx flags", wfx_flags, NULL },
	{ "enter: not emulated", not_emulated, NULL },
	{ "enter: inject SEA", inject_sea, &no },
	{ "enter: inject SEA, not MMIO", inject_sea, &yes },
	{ "enter: inject SEA, no syndrome", inject_sea_no_syndrome, NULL },
	{ "enter: SEA ignored", sea_ignored, NULL },
	{ "enter: bus errors", bus_errors, NULL },
	{ "enter: page changes", page_changes_while_read, NULL },
	{ "enter: flushes between RECs", flushes_between_recs, NULL },
};

void suite_enter(void)
{
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		scene_add(&commands[i]);
	for (size_t i = 0; i < COUNT_OF(mmios); i++)
		unit_add(mmios[i].name, emulate, &mmios[i]);
	UNIT_TESTS(effects);
}
