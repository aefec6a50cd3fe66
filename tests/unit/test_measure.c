/* SPDX-License-Identifier: BSD-3-Clause */
/* RIM and REM against vectors of another program (rmm-abi.md 11, 7.25, 7.26). */
#include "unit.h"

#include "core/realm.h"
#include "hal/hash.h"
#include "measure_vectors.h"
#include <string.h>

/* Index into a row of vectors[]. */
enum { INITIAL, RIPAS, DATA_MEASURED, DATA_UNMEASURED, REC, REM };

struct subject {
	struct realm_under_test r;
	uint64_t src;		/* page with the script's content */
	unsigned int algo;
};

static void make(struct subject *s, unsigned int algo)
{
	static const struct geometry g = { 36, 1, 1 };
	struct rmi_realm_params *p;
	unsigned char *content;

	s->algo = algo;
	s->r = (struct realm_under_test){ .rd = delegated(), .root = delegated(),
					  .width = 36, .start = 1, .num_roots = 1 };
	p = realm_params(&s->r.params, &g, s->r.root, 9);
	p->flags = RMI_REALM_SVE | RMI_REALM_PMU;
	p->sve_vl = 2;
	p->num_bps = 3;
	p->num_wps = 2;
	p->pmu_num_ctrs = 4;
	p->hash_algo = (uint8_t)algo;
	memset(p->rpv, 0x99, sizeof(p->rpv));	/* not measured */
	s->src = ns_page();
	content = host_ns(pa(s->src));
	for (unsigned int i = 0; i < PAGE_SIZE; i++)
		content[i] = (unsigned char)(i * 7 + i / 256);
	MUST(RMI_REALM_CREATE, s->r.rd, s->r.params);
}

static void expect_rim(const struct subject *s, unsigned int which)
{
	const struct realm *r = content_of(s->r.rd);

	EXPECT(memcmp(r->measurement[0], vectors[s->algo][which], 64) == 0);
}

/* One line per event of measure_vectors.py; what is not measured lies in between. */
/* @test MEASUREMENT.{slots,rim_initial,rim_data,rim_rec,rim_ripas,rim_unmeasured} */
static void run_script(struct subject *s)
{
	uint64_t page;
	struct rmi_rec_params *p;

	expect_rim(s, INITIAL);
	realm_tables(&s->r, 0x200000, 3);
	expect_rim(s, INITIAL);
	realm_ram(&s->r, 0x400000, 0x600000);
	realm_ram(&s->r, 0x200000, 0x202000);
	expect_rim(s, RIPAS);
	MUST(RMI_DATA_CREATE, s->r.rd, delegated(), 0x200000, s->src, 1);
	expect_rim(s, DATA_MEASURED);
	MUST(RMI_DATA_CREATE, s->r.rd, delegated(), 0x201000, s->src, 0);
	expect_rim(s, DATA_UNMEASURED);

	realm_unknown(&s->r, 0x202000);
	realm_share(&s->r, realm_unprotected(&s->r));
	MUST(RMI_DATA_DESTROY, s->r.rd, 0x202000);
	expect_rim(s, DATA_UNMEASURED);

	p = rec_params(&page, 0, true);
	p->pc = 0x80001000;
	for (unsigned int i = 0; i < 8; i++)
		p->gprs[i] = 0x100 + i;
	s->r.rec[0] = delegated();
	MUST(RMI_REC_CREATE, s->r.rd, s->r.rec[0], page);
	expect_rim(s, REC);
	s->r.num_rec = 1;
	rec_make(&s->r, false);		/* not runnable */
	expect_rim(s, REC);
}

static struct vcpu_regs call(const struct subject *s, const uint64_t x[static 31])
{
	step_smc_args(x, 30);
	EXPECT_EQ(rec_enter(s->r.rec[0]), RMI_SUCCESS);
	return realm_regs();
}

/* @test RSI_MEASUREMENT_READ.success */
static void expect_slot(const struct subject *s, unsigned int slot, const uint8_t *want)
{
	uint64_t x[31] = { RSI_MEASUREMENT_READ, slot };
	struct vcpu_regs regs;

	for (unsigned int i = 2; i < 31; i++)
		x[i] = i;
	regs = call(s, x);
	EXPECT_EQ(regs.x[0], RSI_SUCCESS);
	EXPECT(memcmp(&regs.x[1], want, 64) == 0);
	for (unsigned int i = 9; i < 30; i++)
		EXPECT_EQ(regs.x[i], i);
}

/* @test RSI_MEASUREMENT_EXTEND.success, MEASUREMENT.{rem_extend,rem_initial} */
static void extend_all(const struct subject *s)
{
	static const uint64_t sizes[] = { 0, 1, 32, 63, 64 };
	static const uint8_t zeros[64];
	const uint8_t *src = host_ns(pa(s->src));

	for (unsigned int slot = 1; slot <= 4; slot++) {
		expect_slot(s, slot, zeros);
		for (unsigned int i = 0; i < COUNT_OF(sizes); i++) {
			uint64_t x[31] = { RSI_MEASUREMENT_EXTEND, slot, sizes[i] };
			struct vcpu_regs regs;

			/* bytes past size are in the registers, and do not count */
			memcpy(&x[3], src, 64);
			x[11] = 11;
			regs = call(s, x);
			EXPECT_EQ(regs.x[0], RSI_SUCCESS);
			EXPECT_EQ(regs.x[4], x[4]);
			EXPECT_EQ(regs.x[11], 11);
			expect_slot(s, slot, vectors[s->algo][REM + i]);
		}
	}
	expect_slot(s, 0, vectors[s->algo][REC]);
}

static void measure(const void *arg)
{
	struct subject s;

	make(&s, *(const unsigned int *)arg);
	run_script(&s);
	realm_start(&s.r);
	extend_all(&s);
}

/* @test MEASUREMENT.rim_frozen, REALM_ACTIVATE.success */
static void frozen(const void *arg)
{
	struct subject s;

	make(&s, *(const unsigned int *)arg);
	run_script(&s);
	realm_start(&s.r);
	EXPECT_EQ(RMI(RMI_DATA_CREATE, s.r.rd, delegated(), 0x203000, s.src, 1).x[0],
		  RMI_ERROR_REALM);
	EXPECT_EQ(RMI(RMI_RTT_INIT_RIPAS, s.r.rd, 0x203000, 0x204000).x[0], RMI_ERROR_REALM);
	realm_unknown(&s.r, 0x203000);
	MUST(RMI_DATA_DESTROY, s.r.rd, 0x200000);
	expect_rim(&s, REC);
}

/* A refused call measures nothing. */
static void refused(const void *arg)
{
	struct subject s;
	uint64_t page;

	make(&s, *(const unsigned int *)arg);
	realm_tables(&s.r, 0x200000, 3);
	host_ns_fail_at(1);
	EXPECT_EQ(RMI(RMI_DATA_CREATE, s.r.rd, delegated(), 0x200000, s.src, 1).x[0],
		  RMI_ERROR_INPUT);
	EXPECT_EQ(RMI(RMI_RTT_INIT_RIPAS, s.r.rd, 0x800000, 0x801000).x[0], RTT_ERROR(2));
	rec_params(&page, 1, true);
	EXPECT_EQ(RMI(RMI_REC_CREATE, s.r.rd, delegated(), page).x[0], RMI_ERROR_INPUT);
	expect_rim(&s, INITIAL);
}

/* The hash itself, at the edges of its blocks. */
static void hash_of_nothing(const void *arg)
{
	static const uint8_t sha256[4] = { 0xe3, 0xb0, 0xc4, 0x42 };
	static const uint8_t sha512[4] = { 0xcf, 0x83, 0xe1, 0x35 };
	uint8_t out[64];

	(void)arg;
	hal_hash(HASH_SHA256, "", 0, out);
	EXPECT(memcmp(out, sha256, 4) == 0);
	hal_hash(HASH_SHA512, "", 0, out);
	EXPECT(memcmp(out, sha512, 4) == 0);
}

static const unsigned int algos[] = { 0, 1 };

static const struct unit_test tests[] = {
	{ "measure: SHA-256", measure, &algos[0] },
	{ "measure: SHA-512", measure, &algos[1] },
	{ "measure: frozen, SHA-256", frozen, &algos[0] },
	{ "measure: frozen, SHA-512", frozen, &algos[1] },
	{ "measure: refused", refused, &algos[0] },
	{ "measure: hash of nothing", hash_of_nothing, NULL },
};

void suite_measure(void)
{
	UNIT_TESTS(tests);
}
