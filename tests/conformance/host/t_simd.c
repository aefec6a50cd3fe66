/* SPDX-License-Identifier: BSD-3-Clause */
/* FP, SIMD and SVE registers of the host and of realms stay apart (threat T8). */
#include "host/stage1.h"
#include "realm/simd.h"

#define MAX_VL		256	/* bytes, the architecture's own limit */

/* Of this CPU: what it has just loaded or stored. */
static uint64_t vectors[MAX_CPUS][(32 + 17 / 8 + 1) * MAX_VL / 8]
	__attribute__((aligned(16)));

static void host_set(unsigned long seed)
{
	simd_set(vectors[cpu_id()], seed);
}

static void host_check(unsigned long seed)
{
	EXPECT_EQ(simd_bad(vectors[cpu_id()], seed), 0);
}

static void host_sve_set(unsigned long seed)
{
	sve_set(vectors[cpu_id()], sve_bytes(), seed);
}

static void host_sve_check(unsigned long seed)
{
	EXPECT_EQ(sve_bad(vectors[cpu_id()], sve_bytes(), seed), 0);
}

/* Patterns of the host around each run, by what the host knows to set. */
struct host_side {
	void (*set)(unsigned long seed);
	void (*check)(unsigned long seed);
};
static const struct host_side with_v = { host_set, host_check };
static const struct host_side with_sve = { host_sve_set, host_sve_check };

/* A realm, and the orders that set and check what it has. */
struct side {
	struct rec *c;
	enum simd set, check;
};

static struct side v_side(struct rec *c)
{
	return (struct side){ c, SIMD_SET, SIMD_CHECK };
}

static struct side sve_side(struct rec *c)
{
	return (struct side){ c, SVE_SET, SVE_CHECK };
}

/* An order between two looks at the host's own registers. */
static void around(const struct host_side *h, struct rec *c, enum simd op,
		   unsigned long seed)
{
	h->set(seed + 1000);
	obey(c, OP_SIMD, op, seed);
	h->check(seed + 1000);
	EXPECT_EQ(report_exceptions(c), 0);
}

static void by_turns(const struct host_side *h, struct side a, struct side b)
{
	unsigned long i;

	for (i = 1; i <= 5; i++) {
		around(h, a.c, a.set, 2 * i);
		around(h, b.c, b.set, 2 * i + 1);
		around(h, a.c, a.check, 2 * i);
		around(h, b.c, b.check, 2 * i + 1);
		around(h, a.c, a.check, 2 * i);
	}
}

static struct rec *sve_puppet(void)
{
	if (!(features() & RMI_F0_SVE_EN))
		test_skip("no SVE on this machine");
	return puppet_of((struct puppet_options){
		.g = GEOMETRY_DEFAULT, .recs = 1, .sve = true });
}

TEST(simd, host_and_two_realms, ONCE)
{
	by_turns(&with_v, v_side(puppet()), v_side(puppet()));
}

/* Two RECs of one realm are strangers in this, too. */
TEST(simd, two_recs, ONCE)
{
	struct rec *c = puppet_in(GEOMETRY_DEFAULT, 2);

	realm_cpu_on(c, 1);
	by_turns(&with_v, v_side(c), v_side(c + 1));
}

TEST(simd, sve_in_two_realms, ONCE)
{
	by_turns(&with_sve, sve_side(sve_puppet()), sve_side(sve_puppet()));
}

/* A realm with SVE and one without: the latter's V are the low parts of Z. */
TEST(simd, sve_in_one_realm, ONCE)
{
	by_turns(&with_sve, sve_side(sve_puppet()), v_side(puppet()));
	by_turns(&with_v, sve_side(sve_puppet()), v_side(puppet()));
	/* FPCR and FPSR of a realm that has SVE */
	by_turns(&with_v, v_side(sve_puppet()), v_side(puppet()));
}

/* A realm that never touches them costs the host nothing of its own. */
TEST(simd, realm_without_use, ONCE)
{
	struct rec *c = puppet();

	host_set(1);
	obey(c, OP_NONE);
	obey(c, OP_GPRS, GPRS_SPIN, 1000);
	host_check(1);
}

/* Registers of a new REC are zero, whoever has filled them before. */
static void first_use(const struct host_side *h, struct side a, struct rec *b,
		      enum simd nonzero)
{
	around(h, a.c, a.set, 8);
	h->set(7);
	obey(b, OP_SIMD, nonzero);
	h->check(7);
	EXPECT(report(b, 1) >= 16);	/* the order was carried out */
	EXPECT_EQ(report(b, 2), 0);
	around(h, a.c, a.check, 8);
}

TEST(simd, first_use, BOTH)
{
	first_use(&with_v, v_side(puppet()), puppet(), SIMD_NONZERO);
}

TEST(simd, sve_first_use, BOTH)
{
	first_use(&with_sve, sve_side(sve_puppet()), sve_puppet(), SVE_NONZERO);
	first_use(&with_sve, sve_side(sve_puppet()), puppet(), SIMD_NONZERO);
}

/* Interrupts of the host while the realm holds its own; each finds the host's. */
static void with_interrupts(const struct host_side *h, struct rec *c,
			    enum simd spin)
{
	unsigned long irqs = 0;
	uint64_t reason;

	h->set(1);
	timer_arm_us(1000);
	reason = order(c, OP_SIMD, spin, 5, 20000000);
	for (; reason == RMI_EXIT_IRQ; reason = rec_run(c)) {
		h->check(irqs + 1);
		h->set(++irqs + 1);
		gic_take();
		timer_arm_us(1000);
	}
	timer_stop();
	gic_take();
	expect_ordered(c);
	h->check(irqs + 1);
	EXPECT(irqs > 2);
}

TEST(simd, host_interrupts, ONCE)
{
	with_interrupts(&with_v, puppet(), SIMD_SPIN);
}

TEST(simd, sve_host_interrupts, ONCE)
{
	with_interrupts(&with_sve, sve_puppet(), SVE_SPIN);
}

/* All general registers but the counter, over the same. */
TEST(simd, general_registers, ONCE)
{
	struct rec *c = puppet();
	uint64_t reason;
	unsigned int irqs = 0;

	timer_arm_us(1000);
	reason = order(c, OP_GPRS, GPRS_SPIN, 20000000);
	for (; reason == RMI_EXIT_IRQ; reason = rec_run(c), irqs++) {
		gic_take();
		timer_arm_us(1000);
	}
	timer_stop();
	gic_take();
	expect_ordered(c);	/* "bad" counts registers that changed */
	EXPECT(irqs > 2);
}

/*
 * The monitor hashes with the CPU's SHA instructions, in the registers of
 * whoever is loaded: the host's in RMI, the realm's in RSI.
 */
TEST(simd, host_calls_that_hash, BOTH)
{
	struct realm *r;

	host_set(9);
	r = realm_new(GEOMETRY_DEFAULT);
	host_check(9);
	puppet_load(r);
	host_check(9);
	realm_data(r, PUPPET_HOLE, ns_page(), RMI_DATA_MEASURE);
	host_check(9);
	rec_new(r, true);
	host_check(9);
}

TEST(simd, sve_host_calls_that_hash, ONCE)
{
	struct realm *r;

	if (!(features() & RMI_F0_SVE_EN))
		test_skip("no SVE on this machine");
	host_sve_set(9);
	r = realm_new(GEOMETRY_DEFAULT);
	realm_data(r, PUPPET_HOLE, ns_page(), RMI_DATA_MEASURE);
	rec_new(r, true);
	host_sve_check(9);
}

static void realm_hashes(const struct host_side *h, struct side a)
{
	around(h, a.c, a.set, 3);
	h->set(4);
	obey(a.c, OP_SMC, RSI_MEASUREMENT_EXTEND, 1, 64, 1, 2, 3, 4, 5, 6, 7, 8);
	EXPECT_EQ(report(a.c, 1), RSI_SUCCESS);
	h->check(4);
	around(h, a.c, a.check, 3);
}

TEST(simd, realm_calls_that_hash, ONCE)
{
	realm_hashes(&with_v, v_side(puppet()));
}

TEST(simd, sve_realm_calls_that_hash, ONCE)
{
	realm_hashes(&with_sve, sve_side(sve_puppet()));
}

/* Not yet used when the realm hashes: still the host's, and zero afterwards. */
TEST(simd, hash_before_first_use, ONCE)
{
	struct rec *c = puppet();

	host_set(5);
	obey(c, OP_SMC, RSI_MEASUREMENT_EXTEND, 1, 64, 1, 2, 3, 4, 5, 6, 7, 8);
	EXPECT_EQ(report(c, 1), RSI_SUCCESS);
	host_check(5);
	obey(c, OP_SIMD, SIMD_NONZERO);
	EXPECT_EQ(report(c, 2), 0);
}

/* A REC takes its registers along to another CPU, which keeps its own. */
struct visit {
	struct rec *c;
	const struct host_side *h;
};

static void visit(void *arg)
{
	const struct visit *v = arg;

	v->h->set(cpu_id() + 20);
	rec_run(v->c);
	v->h->check(cpu_id() + 20);
}

static void migrate(const struct host_side *h, struct side a)
{
	const uint64_t args[24] = { OP_SIMD, a.check, 50 };
	struct visit v = { a.c, h };
	unsigned int i;

	obey(a.c, OP_SIMD, a.set, 50);
	for (i = 1; i < 2 * MAX_CPUS; i++) {
		memcpy(a.c->run->enter.gprs, args, sizeof(args));
		if (i % MAX_CPUS) {
			cpu_run(i % MAX_CPUS, visit, &v);
			cpu_wait(i % MAX_CPUS);
		} else {
			visit(&v);
		}
		expect_ordered(a.c);
	}
}

TEST(simd, migrate, ONCE)
{
	migrate(&with_v, v_side(puppet()));
}

TEST(simd, sve_migrate, ONCE)
{
	migrate(&with_sve, sve_side(sve_puppet()));
}

/* Each exception Undefined, at the instruction itself. */
static void expect_undefined(const struct rec *c)
{
	EXPECT_EQ(report_exceptions(c), 1);
	EXPECT_EQ(ESR_EC(report_esr(c)), EC_UNKNOWN);
	EXPECT(report_elr(c) >= PUPPET_BASE &&
	       report_elr(c) < PUPPET_BASE + PUPPET_IMAGE_SIZE);
}

/* A realm without SVE: not in its ID registers, and its instructions undefined. */
TEST(simd, sve_undefined_without_it, ONCE)
{
	struct rec *c = puppet();

	obey(c, OP_SIMD, SVE_LENGTH);
	expect_undefined(c);
	/* also once the realm has its V registers loaded */
	obey(c, OP_SIMD, SIMD_SET, 1);
	obey(c, OP_SIMD, SVE_LENGTH);
	expect_undefined(c);
	obey(c, OP_SIMD, SIMD_CHECK, 1);
	realm_mrs(c, REG_ZCR_EL1);
	expect_undefined(c);
	realm_msr(c, REG_ZCR_EL1, 0);
	expect_undefined(c);
	EXPECT_EQ(realm_mrs(c, REG_ID_AA64PFR0_EL1) >> 32 & 0xf, 0);
	EXPECT_EQ(realm_mrs(c, REG_ID_AA64ZFR0_EL1), 0);
}

/* With it: as long as the realm was given, however much its ZCR asks for. */
TEST(simd, sve_length, ONCE)
{
	uint64_t want, host_zcr;
	struct rec *c = sve_puppet();

	want = 16 * (feature(RMI_F0_SVE_VL_SHIFT, 4) + 1);
	EXPECT_EQ(realm_mrs(c, REG_ID_AA64PFR0_EL1) >> 32 & 0xf, 1);
	host_zcr = sysreg_read("s3_4_c1_c2_0");
	realm_msr(c, REG_ZCR_EL1, 0xf);
	EXPECT_EQ(report_exceptions(c), 0);
	obey(c, OP_SIMD, SVE_LENGTH);
	EXPECT_EQ(report(c, 1), want);
	EXPECT_EQ(sysreg_read("s3_4_c1_c2_0"), host_zcr);
	realm_msr(c, REG_ZCR_EL1, 0);
	obey(c, OP_SIMD, SVE_LENGTH);
	EXPECT_EQ(report(c, 1), 16);
}

/* The shortest there is, in a machine that may have more. */
TEST(simd, sve_length_limit, ONCE)
{
	struct realm *r = realm_blank(GEOMETRY_DEFAULT);
	struct rec *c;

	if (!(features() & RMI_F0_SVE_EN))
		test_skip("no SVE on this machine");
	r->params->flags = RMI_REALM_SVE;
	r->params->sve_vl = 0;
	ASSERT_OK(RMI_REALM_CREATE, r->rd, (uint64_t)r->params);
	puppet_load(r);
	c = rec_new(r, true);
	ASSERT_OK(RMI_REALM_ACTIVATE, r->rd);
	ASSERT_EQ(rec_run(c), RMI_EXIT_HOST_CALL);
	realm_msr(c, REG_ZCR_EL1, 0xf);
	obey(c, OP_SIMD, SVE_LENGTH);
	EXPECT_EQ(report(c, 1), 16);
}
