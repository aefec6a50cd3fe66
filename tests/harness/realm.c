/* SPDX-License-Identifier: BSD-3-Clause */
#include "realm.h"

#include "core/rtte.h"
#include <string.h>

static _Thread_local uint64_t my_run_page;
static _Thread_local unsigned int my_run_epoch;

/* Realms */

struct rmi_realm_params *realm_params(uint64_t *page, const struct geometry *g,
				      uint64_t root, uint16_t vmid)
{
	struct rmi_realm_params *p;

	*page = ns_page();
	p = host_ns(pa(*page));
	p->s2sz = (uint8_t)g->width;
	p->num_bps = 1;
	p->num_wps = 1;
	p->vmid = vmid;
	p->rtt_base = root;
	p->rtt_level_start = g->start;
	p->rtt_num_start = g->roots;
	return p;
}

void realm_make(struct realm_under_test *r, const struct geometry *g, uint16_t vmid)
{
	*r = (struct realm_under_test){
		.rd = delegated(),
		.root = delegated_run(g->roots, g->roots * PAGE_SIZE),
		.num_roots = g->roots,
		.width = g->width,
		.start = g->start,
	};
	realm_params(&r->params, g, r->root, vmid);
	MUST(RMI_REALM_CREATE, r->rd, r->params);
}

uint64_t realm_unprotected(const struct realm_under_test *r)
{
	return BIT(r->width - 1);
}

void realm_tables(const struct realm_under_test *r, uint64_t ipa, int level)
{
	for (int l = r->start + 1; l <= level; l++) {
		uint64_t base = align_down(ipa, rtt_level_span(l - 1));

		if (entry_of(r, base, l - 1).state != RMI_RTTE_TABLE)
			MUST(RMI_RTT_CREATE, r->rd, delegated(), base, (uint64_t)l);
	}
}

uint64_t realm_data(const struct realm_under_test *r, uint64_t ipa)
{
	uint64_t data = delegated();

	realm_tables(r, ipa, 3);
	MUST(RMI_DATA_CREATE, r->rd, data, ipa, ns_page(), 0);
	return data;
}

uint64_t realm_unknown(const struct realm_under_test *r, uint64_t ipa)
{
	uint64_t data = delegated();

	realm_tables(r, ipa, 3);
	MUST(RMI_DATA_CREATE_UNKNOWN, r->rd, data, ipa);
	return data;
}

void realm_ram(const struct realm_under_test *r, uint64_t base, uint64_t top)
{
	while (base < top)
		base = MUST(RMI_RTT_INIT_RIPAS, r->rd, base, top).x[1];
}

uint64_t realm_share(const struct realm_under_test *r, uint64_t ipa)
{
	uint64_t page = ns_page();

	realm_tables(r, ipa, 3);
	MUST(RMI_RTT_MAP_UNPROTECTED, r->rd, ipa, 3, page | DESC_WB_RW);
	return page;
}

void realm_start(const struct realm_under_test *r)
{
	MUST(RMI_REALM_ACTIVATE, r->rd);
}

struct entry entry_of(const struct realm_under_test *r, uint64_t ipa, int level)
{
	struct call c = MUST(RMI_RTT_READ_ENTRY, r->rd, ipa, (uint64_t)level);

	return (struct entry){ c.x[1], c.x[2], c.x[3], c.x[4] };
}

/* RECs */

struct rmi_rec_params *rec_params(uint64_t *page, uint64_t mpidr, bool runnable)
{
	struct rmi_rec_params *p;

	*page = ns_page();
	p = host_ns(pa(*page));
	p->flags = runnable ? RMI_REC_RUNNABLE : 0;
	p->mpidr = mpidr;
	p->pc = 0x1000;
	p->num_aux = 5;
	for (unsigned int i = 0; i < p->num_aux; i++)
		p->aux[i] = delegated();
	return p;
}

void rec_make(struct realm_under_test *r, bool runnable)
{
	unsigned int n = r->num_rec++;
	uint64_t page;
	const struct rmi_rec_params *p;

	EXPECT(n < MAX_REC);
	p = rec_params(&page, n, runnable);
	memcpy(r->aux[n], p->aux, sizeof(p->aux));
	r->rec[n] = delegated();
	MUST(RMI_REC_CREATE, r->rd, r->rec[n], page);
}

void realm_unmake(struct realm_under_test *r)
{
	while (r->num_rec > 0)
		MUST(RMI_REC_DESTROY, r->rec[--r->num_rec]);
	MUST(RMI_REALM_DESTROY, r->rd);
}

/* Running */

struct rmi_rec_run *run_page(uint64_t *page)
{
	*page = ns_page();
	return host_ns(pa(*page));
}

static struct rmi_rec_run *my_run(void)
{
	if (my_run_epoch != world_epoch()) {
		my_run_page = ns_page();
		my_run_epoch = world_epoch();
	}
	return host_ns(pa(my_run_page));
}

struct rmi_rec_exit *rec_exit_of(void)
{
	return &my_run()->exit;
}

struct rmi_rec_enter *rec_enter_of(void)
{
	return &my_run()->enter;
}

uint64_t rec_enter(uint64_t rec)
{
	(void)my_run();
	return RMI(RMI_REC_ENTER, rec, my_run_page).x[0];
}

void step_smc_args(const uint64_t x[static 31], unsigned int n)
{
	struct host_step s = { .exit.kind = VCPU_EXIT_SMC,
			       .exit.esr = UINT64_C(0x17) << 26,
			       .set = (1U << n) - 1 };

	memcpy(s.x, x, sizeof(s.x));
	host_realm_step(&s);
}

void step_smc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4)
{
	const uint64_t x[31] = { fid, x1, x2, x3, x4 };

	step_smc_args(x, 5);
}

void step_abort(uint64_t esr, uint64_t far, uint64_t addr)
{
	host_realm_step(&(struct host_step){
		.exit = { .kind = VCPU_EXIT_ABORT, .esr = esr, .far = far,
			  .ipa = ipa(addr) } });
}

void step_exit(enum vcpu_exit_kind kind, uint64_t esr, uint64_t value)
{
	host_realm_step(&(struct host_step){
		.exit = { .kind = kind, .esr = esr, .value = value } });
}

void step_code(void (*code)(struct vcpu *v, void *arg), void *arg)
{
	host_realm_step(&(struct host_step){ .exit.kind = VCPU_EXIT_IRQ,
					     .code = code, .arg = arg });
}

struct vcpu_regs realm_regs(void)
{
	return host_realm_seen()->regs;
}

struct vcpu_regs realm_smc(uint64_t rec, uint64_t fid, uint64_t x1, uint64_t x2,
			   uint64_t x3)
{
	step_smc(fid, x1, x2, x3, 0);
	EXPECT_EQ(rec_enter(rec), RMI_SUCCESS);
	EXPECT_EQ(rec_exit_of()->exit_reason, RMI_EXIT_IRQ);
	return realm_regs();
}
