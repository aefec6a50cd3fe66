/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Builds realms the way a host does and runs the payload in them. A builder
 * that cannot do its job ends the test; a test of a command calls it itself.
 */
#ifndef HOST_REALM_H
#define HOST_REALM_H

#include "abi/psci.h"
#include "abi/rsi.h"
#include "host/test.h"
#include "realm/puppet.h"

#define RECS_MAX	8

struct realm;

struct rec {
	struct realm *realm;
	uint64_t pa;
	struct rmi_rec_params *params;
	struct rmi_rec_run *run;
};

struct realm {
	uint64_t rd, rtt;
	struct geometry g;
	struct rmi_realm_params *params;
	struct rec rec[RECS_MAX];
	unsigned int recs;
};

#define GEOMETRY_DEFAULT	((struct geometry){ 39, 1, 1 })

/* Feature register 0 */
uint64_t features(void);
unsigned int feature(unsigned int shift, unsigned int bits);

/* Granules delegated and parameters valid, REALM_CREATE not called. */
struct realm *realm_blank(struct geometry g);
struct realm *realm_new(struct geometry g);
/* First address of the unprotected half. */
uint64_t realm_top(const struct realm *r);

/* Tables for ipa down to `level`, where they are missing. */
void realm_tables(struct realm *r, uint64_t ipa, int64_t level);
/* RIPAS RAM over [base, top), with page tables. */
void realm_ram(struct realm *r, uint64_t base, uint64_t top);
/* One page of data, its RIPAS RAM, from src; returns its granule. */
uint64_t realm_data(struct realm *r, uint64_t ipa, const void *src, uint64_t flags);
/* The same without content, RIPAS as it is. */
uint64_t realm_data_unknown(struct realm *r, uint64_t ipa);
/* An NS page at an unprotected ipa, normal write-back, read-write. */
void realm_share(struct realm *r, uint64_t ipa, const void *page);
uint64_t rtt_desc(uint64_t pa);

struct entry {
	uint64_t level, state, desc, ripas;
};
struct entry rtt_read(const struct realm *r, uint64_t ipa, int64_t level);
void expect_entry(const struct realm *r, uint64_t ipa, int64_t level,
		  uint64_t state, uint64_t ripas);

/* Granules delegated and parameters valid, REC_CREATE not called. */
struct rec *rec_blank(struct realm *r, bool runnable);
struct rec *rec_new(struct realm *r, bool runnable);
uint64_t mpidr_of(unsigned int index);

/* The payload in memory, and RECs of it: the first runnable, then activated. */
void puppet_load(struct realm *r);
struct realm *puppet_realm(struct geometry g, unsigned int recs);
/* All of it, REC 0 waiting for its first order. */
struct rec *puppet(void);
struct rec *puppet_in(struct geometry g, unsigned int recs);

/*
 * Runs a REC once. The exit half of the run page is filled with junk before,
 * enter.flags is cleared after. rec_run() wants success and returns the exit
 * reason.
 */
uint64_t rec_enter(struct rec *c);
uint64_t rec_run(struct rec *c);

/*
 * Orders to the payload. order() returns the exit reason of the first exit;
 * ordered() says whether the last exit is the payload's report; obey() does
 * both and ends the test when something else comes first.
 */
#define order(c, ...)	order_args(c, (const uint64_t[24]){ __VA_ARGS__ })
#define obey(c, ...)	obey_args(c, (const uint64_t[24]){ __VA_ARGS__ })
uint64_t order_args(struct rec *c, const uint64_t *args);
void obey_args(struct rec *c, const uint64_t *args);
bool ordered(const struct rec *c);
/* Ends the test unless the last exit is the report. */
void expect_ordered(const struct rec *c);
/* Report word i; exceptions that the order met, and the last one's ESR. */
uint64_t report(const struct rec *c, unsigned int i);
uint64_t report_exceptions(const struct rec *c);
uint64_t report_esr(const struct rec *c);
uint64_t report_far(const struct rec *c);
uint64_t report_elr(const struct rec *c);
/* SPSR as the exception left it, without flags; PSTATE in the handler. */
uint64_t report_spsr(const struct rec *c);
uint64_t report_pstate(const struct rec *c);
#define PSTATE_DAIF	(0xfUL << 6)
#define PSTATE_PAN	(1UL << 22)
#define PSTATE_EL1H	5UL
#define PSTATE_EL0T	0UL

/* Frequent orders. The realm's loads and stores, by address as it sees it. */
uint64_t realm_load(struct rec *c, uint64_t address);
void realm_store(struct rec *c, uint64_t address, uint64_t value);
uint64_t realm_mrs(struct rec *c, enum reg reg);
void realm_msr(struct rec *c, enum reg reg, uint64_t value);
/* An SMC from the realm that does not leave it; x0 back. */
#define realm_smc(c, ...)	(obey(c, OP_SMC, __VA_ARGS__), report(c, 1))
/* Stage 1 on; then a descriptor in slot i of the page window. */
void realm_mmu_on(struct rec *c);
#define DESC_NORMAL	0x707UL	/* AF, inner shareable, AttrIdx 1, page */
#define DESC_NORMAL_BLOCK 0x705UL
#define DESC_CONTIGUOUS	(1UL << 52)
#define DESC_NS		(1UL << 5)
#define DESC_NSTABLE	(1UL << 63)
uint64_t realm_window(struct rec *c, unsigned int slot, uint64_t desc);

/* PSCI CPU_ON from `c`, all the way: both RECs wait for orders afterwards. */
void realm_cpu_on(struct rec *c, unsigned int index);

/*
 * A REC that spins on another CPU until told to stop; `word` is shared with
 * it. While it spins the REC is RUNNING. Host interrupts are taken and ended,
 * and counted; the REC goes on after each. Wants its MMU on.
 */
#define SPIN_SLOT	15	/* of the page window */
struct spin {
	struct rec *rec;
	uint64_t *word;
	unsigned int cpu;
	unsigned int irqs;
};
void spin_start(struct spin *s, struct rec *c, unsigned int cpu);
void spin_stop(struct spin *s);

/*
 * Compares the whole exit half with `want`, apart from the VMCR, which is the
 * realm's own matter: bytes that an exit does not define are zero.
 */
void expect_exit(const struct rec *c, const struct rmi_rec_exit *want);
/* Exit of this reason with nothing else in it. */
struct rmi_rec_exit exit_of(uint8_t reason);

#define ESR_EC(esr)	((esr) >> 26 & 0x3f)
#define EC_UNKNOWN	0x00
#define EC_WFX		0x01
#define EC_IABT_LOWER	0x20
#define EC_IABT_SAME	0x21
#define EC_DABT_LOWER	0x24
#define EC_DABT_SAME	0x25
#define EC_SYSREG	0x18
#define ESR_FSC(esr)	((esr) & 0x3f)
#define FSC_SEA		0x10
#define FSC_TRANSLATION	0x04		/* + level */
#define FSC_PERMISSION	0x0c
#define HPFAR(ipa)	(((ipa) >> 12) << 4)

extern const unsigned char payload_start[], payload_end[];
/* One page of code that reports its registers by a host call, see payload.S. */
extern const unsigned char teller_page[];

#endif
