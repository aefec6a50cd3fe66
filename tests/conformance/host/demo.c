/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A tour for people: one realm from birth to death, each step in plain words
 * and each claim checked. `make run` shows it.
 */
#include "host/realm.h"
#include "rim.h"

#define HELLO_IMM	0x4E11
#define HELLO_IPA	PUPPET_SCRATCH
#define PRIVATE_IPA	(PUPPET_SCRATCH + PAGE)
#define SHARED_IPA	PUPPET_HOLE

static const char hello[] = "hello from inside the realm";
static const char from_host[] = "the host says: nice to meet you";

static struct {
	unsigned int steps, kept, broken;
	uint64_t free_before;
	struct realm *realm;
	struct rec *rec;
} tour;

static void step(const char *what)
{
	print("\n%u. %s\n", ++tour.steps, what);
}

static bool claim(const char *what, bool is_true)
{
	print("   %s %s\n", is_true ? "[ ok ]" : "[FAIL]", what);
	*(is_true ? &tour.kept : &tour.broken) += 1;
	return is_true;
}

static void who_is_there(void)
{
	struct answer v = RMI(TMM_VERSION), p = RMI(TMM_POOL_INFO, 0);

	step("The host asks the firmware for a monitor.");
	print("   monitor %lu.%lu, %lu MiB of secure memory at 0x%lx, "
	      "%lu pages free\n", v.x[1] >> 16, v.x[1] & 0xffff,
	      p.x[2] >> 20, p.x[1], p.x[4]);
	claim("it speaks RMI 1.0",
	      !RMI_STATUS_OF(RMI_VERSION, RMI_ABI_1_0));
	tour.free_before = pool_free();
}

/* The host-call structure with the greeting, part of the realm's image. */
static const void *hello_page(void)
{
	struct rsi_host_call *page = ns_page();

	page->imm = HELLO_IMM;
	memcpy(page->gprs, hello, sizeof(hello));
	return page;
}

static void create(void)
{
	struct realm *r;

	step("It gives pages to the monitor and creates a realm.");
	r = realm_new(GEOMETRY_DEFAULT);
	tour.realm = r;
	claim("the realm exists, with 39-bit addresses", r->rd != 0);
	claim("its pages are out of the pool", pool_free() < tour.free_before);
}

static void populate(void)
{
	struct realm *r = tour.realm;
	uint64_t size = (uint64_t)(payload_end - payload_start), at;
	const void *zero = ns_page();

	step("It loads a program of a few pages into it, each one measured.");
	for (at = 0; at < size; at += PAGE)
		realm_data(r, PUPPET_BASE + at, payload_start + at,
			   RMI_DATA_MEASURE);
	for (at = 0; at < PUPPET_AREA_PAGES * PAGE; at += PAGE)
		realm_data(r, PUPPET_AREA + at, zero, RMI_DATA_MEASURE);
	for (at = 0; at < PUPPET_NUM_TABLES * PAGE; at += PAGE)
		realm_data(r, PUPPET_TABLES + at, zero, RMI_DATA_MEASURE);
	realm_data(r, HELLO_IPA, hello_page(), RMI_DATA_MEASURE);
	realm_data(r, PRIVATE_IPA, zero, RMI_DATA_MEASURE);
	tour.rec = rec_new(r, true);
	claim("the realm is closed: activated",
	      !RMI_STATUS_OF(RMI_REALM_ACTIVATE, r->rd));
	claim("nobody can load anything more",
	      RMI_STATUS(RMI_STATUS_OF(RMI_DATA_CREATE, r->rd, granule_new(),
				       SHARED_IPA, (uint64_t)zero, 0)) ==
	      RMI_ERROR_REALM);
}

static void run(void)
{
	struct rec *c = tour.rec;
	char said[sizeof(hello)];

	step("It runs the realm.");
	claim("the realm starts and asks for orders",
	      rec_run(c) == RMI_EXIT_HOST_CALL && ordered(c));
	order(c, OP_SMC, RSI_HOST_CALL, HELLO_IPA);
	memcpy(said, c->run->exit.gprs, sizeof(said));
	said[sizeof(said) - 1] = '\0';
	print("   the realm says: \"%s\"\n", said);
	claim("that was a host call, and all that it shows",
	      c->run->exit.imm == HELLO_IMM && !memcmp(said, hello, sizeof(said)));
	rec_run(c);
}

static void measure(void)
{
	struct rec *c = tour.rec;
	unsigned int i;
	bool same = true;

	step("The realm asks the monitor how it was built.");
	obey(c, OP_SMC, RSI_MEASUREMENT_READ, 0);
	print("   initial measurement (SHA-256): ");
	for (i = 0; i < 32; i++) {
		unsigned int byte = report(c, 2 + i / 8) >> (8 * (i % 8)) & 0xff;

		print("%x%x", byte >> 4, byte & 0xf);
	}
	print("\n");
	for (i = 0; i < 8; i++)
		same = same && report(c, 2 + i) == rim_demo[i];
	claim("a verifier has computed the same from the program alone", same);
}

/* The RIPAS change that makes a page shared, answered by the host. */
static void give_page_away(struct rec *c, const void *page)
{
	realm_share(c->realm, realm_top(c->realm) | SHARED_IPA, page);
	order(c, OP_SMC, RSI_IPA_STATE_SET, SHARED_IPA, SHARED_IPA + PAGE,
	      RMI_RIPAS_EMPTY, RSI_CHANGE_DESTROYED);
	claim("the realm asks to share a page",
	      c->run->exit.exit_reason == RMI_EXIT_RIPAS_CHANGE);
	RMI(RMI_RTT_SET_RIPAS, c->realm->rd, c->pa, SHARED_IPA, SHARED_IPA + PAGE);
	rec_run(c);
}

static bool realm_reads(struct rec *c, uint64_t va, const char *text, size_t n)
{
	uint64_t words[8] = { 0 };
	unsigned int i;

	memcpy(words, text, n);
	for (i = 0; i < (n + 7) / 8; i++)
		if (realm_load(c, va + 8 * i) != words[i])
			return false;
	return true;
}

static void share(void)
{
	struct rec *c = tour.rec;
	char *page = ns_page();
	uint64_t va;

	step("They share a page, as any Arm CCA guest does.");
	give_page_away(c, page);
	realm_mmu_on(c);
	va = realm_window(c, 0, realm_top(c->realm) | SHARED_IPA | DESC_NORMAL);
	memcpy(page, from_host, sizeof(from_host));
	claim("the realm reads what the host wrote",
	      realm_reads(c, va, from_host, sizeof(from_host)));
	realm_store(c, va, 0x6c6c6577206d2749);		/* "I'm well" */
	page[8] = '\0';
	print("   the host reads: \"%s\"\n", page);
	claim("the host reads what the realm wrote",
	      !memcmp(page, "I'm well", 8));
}

static void spy(void)
{
	struct rec *c = tour.rec;
	uint64_t pa = rtt_read(c->realm, PRIVATE_IPA, 3).desc, seen = 0;
	bool got;

	step("The host tries to read what is not shared.");
	realm_store(c, PRIVATE_IPA, 0x5EC2E7);
	got = probe_load(pa, &seen);
	print("   reading 0x%lx: %s\n", pa, got ? "allowed" : "refused");
	claim("an external abort stops it",
	      !got && ESR_FSC(probe_esr()) == FSC_SEA && seen == 0);
	claim("another stops it from writing",
	      !probe_store(pa, 0xbad) && ESR_FSC(probe_esr()) == FSC_SEA);
	claim("the realm's secret is as it was",
	      realm_load(c, PRIVATE_IPA) == 0x5EC2E7);
}

static void destroy(void)
{
	struct realm *r = tour.realm;

	step("The host destroys the realm and takes its memory back.");
	claim("not while it is alive",
	      RMI_STATUS(RMI_STATUS_OF(RMI_REALM_DESTROY, r->rd)) ==
	      RMI_ERROR_REALM);
	claim("its CPU goes", !RMI_STATUS_OF(RMI_REC_DESTROY, tour.rec->pa));
	realm_strip(r->rd, r->g);
	claim("its memory, and then the realm itself",
	      !RMI_STATUS_OF(RMI_REALM_DESTROY, r->rd));
	ledger_clear();
	claim("the pool has as many free pages as before",
	      pool_free() == tour.free_before);
	print("   %lu pages free\n", pool_free());
}

static void tell(void)
{
	who_is_there();
	create();
	populate();
	run();
	measure();
	share();
	spy();
	destroy();
}

void host_main(void)
{
	print("\nThe life of a realm, told by its host\n");
	if (smc_plain(RMI_VERSION, RMI_ABI_1_0, 0, 0) == SMCCC_NOT_SUPPORTED) {
		print("FATAL no monitor: RMI_VERSION is not supported\n");
		return;
	}
	granule_setup();
	if (!test_guard(tell))
		tour.broken++;
	print("\n%s\n", tour.broken ? "Something above is not true." :
				      "All of it is true.");
	print("%u passed, %u failed, 0 skipped\n", tour.kept, tour.broken);
}
