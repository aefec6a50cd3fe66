/* SPDX-License-Identifier: BSD-3-Clause */
/* The host of a script: calls whose arguments are often right, pages likewise. */
#include "common.h"

#include "abi/vendor.h"
#include "call/rmi.h"
#include "core/rec.h"
#include "core/rtte.h"
#include "harness/laws.h"
#include <string.h>

/* What the arguments of a call are, a letter each; see argument(). */
struct command {
	uint32_t fid;
	unsigned int inputs;
	const char *kinds;
};

#define ROW(number, handler, inputs)	{ number, inputs, NULL },
static struct command commands[] = {
	RMI_CALLS(ROW)
	{ TMM_VERSION, 0, "" },
	{ TMM_POOL_INFO, 1, "v" },
	{ TMM_STAT, 1, "v" },
};

static const struct {
	uint32_t fid;
	const char *kinds;
} kinds_of[] = {
	{ RMI_VERSION, "v" },
	{ RMI_GRANULE_DELEGATE, "U" },
	{ RMI_GRANULE_UNDELEGATE, "D" },
	{ RMI_DATA_CREATE, "rDins" },
	{ RMI_DATA_CREATE_UNKNOWN, "rDi" },
	{ RMI_DATA_DESTROY, "ri" },
	{ RMI_REALM_ACTIVATE, "r" },
	{ RMI_REALM_CREATE, "DM" },
	{ RMI_REALM_DESTROY, "r" },
	{ RMI_REC_CREATE, "rDC" },
	{ RMI_REC_DESTROY, "e" },
	{ RMI_REC_ENTER, "eR" },
	{ RMI_RTT_CREATE, "rDil" },
	{ RMI_RTT_DESTROY, "ril" },
	{ RMI_RTT_MAP_UNPROTECTED, "rild" },
	{ RMI_RTT_READ_ENTRY, "ril" },
	{ RMI_RTT_UNMAP_UNPROTECTED, "ril" },
	{ RMI_PSCI_COMPLETE, "ees" },
	{ RMI_FEATURES, "v" },
	{ RMI_RTT_FOLD, "ril" },
	{ RMI_REC_AUX_COUNT, "r" },
	{ RMI_RTT_INIT_RIPAS, "rit" },
	{ RMI_RTT_SET_RIPAS, "reit" },
};

/* Both tables name every command once; a new row in RMI_CALLS is noticed here. */
static void init_commands(void)
{
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		for (size_t k = 0; k < COUNT_OF(kinds_of); k++)
			if (kinds_of[k].fid == commands[i].fid)
				commands[i].kinds = kinds_of[k].kinds;
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		EXPECT(commands[i].kinds &&
		       strlen(commands[i].kinds) == commands[i].inputs);
}

/* Parameter pages */

/* The host's page at that address, if it is one. */
static void *host_page(uint64_t at)
{
	struct hal_range r = hal_boot_dram(0);

	return at - r.base < r.size && is_aligned(at, PAGE_SIZE) ? host_ns(pa(at)) : NULL;
}

/* Up to three words of a page become something else. */
static void mutate_page(struct input *in, void *page)
{
	unsigned int n = in_choice(in, 16) & 3;
	uint64_t *word = page;

	while (n-- > 0) {
		unsigned int i = (in_u8(in) | (unsigned int)in_u8(in) << 8) % (PAGE_SIZE / 8);

		word[i] ^= in_u64(in);
	}
}

static void fill_realm_params(struct input *in, void *page)
{
	struct rmi_realm_params *p = page;
	uint8_t b = in_u8(in);

	p->s2sz = (uint8_t)fuzz_geometry->width;
	p->rtt_level_start = fuzz_geometry->start;
	p->rtt_num_start = fuzz_geometry->roots;
	p->num_bps = 1;
	p->num_wps = 1;
	p->flags = b & 6;	/* SVE, PMU */
	p->hash_algo = b & 1;
	p->vmid = b >> 6;
	p->rtt_base = fuzz_in_state(in, GS_DELEGATED);
}

static void fill_rec_params(struct input *in, void *page)
{
	struct rmi_rec_params *p = page;
	uint8_t b = in_u8(in);

	p->flags = b & RMI_REC_RUNNABLE;
	p->mpidr = b >> 5;
	p->pc = 0x1000;
	p->num_aux = 5;
	for (unsigned int i = 0; i < p->num_aux; i++)
		p->aux[i] = fuzz_in_state(in, GS_DELEGATED);
}

static void fill_run(struct input *in, void *page)
{
	static const uint8_t flags[] = {
		0, RMI_ENTER_EMUL_MMIO, RMI_ENTER_INJECT_SEA, RMI_ENTER_RIPAS_REJECT,
		RMI_ENTER_EMUL_MMIO, RMI_ENTER_TRAP_WFI, RMI_ENTER_TRAP_WFE, 0xff,
	};
	struct rmi_rec_run *run = page;
	uint8_t b = in_u8(in);

	run->enter.flags = flags[b % 8];
	for (unsigned int i = 0; i < RMI_NUM_GPRS; i++)
		run->enter.gprs[i] = UINT64_C(0x0807060504030280) * (i + 1);
	if ((b & BIT(5)) != 0)
		run->enter.gicv3_hcr = in_u8(in) & 0xfeU;
	if ((b & BIT(6)) != 0)
		for (unsigned int i = 0; i < 3; i++)
			run->enter.gicv3_lrs[i] = (uint64_t)in_u8(in) << 56 | in_u8(in);
	if ((b & BIT(7)) != 0)
		run->enter.gprs[0] = in_u64(in);
}

static uint64_t filled_page(struct input *in, void (*fill)(struct input *in, void *page))
{
	uint64_t at = fuzz_ns_page(in);
	void *page = host_page(at);

	if (page != NULL) {
		memset(page, 0, PAGE_SIZE);
		fill(in, page);
		mutate_page(in, page);
	}
	return at;
}

static void fill_nothing(struct input *in, void *page)
{
	(void)in;
	(void)page;
}

/* Arguments */

static uint64_t small_or_any(struct input *in)
{
	uint8_t b = in_u8(in);

	return b == ESCAPE ? in_u64(in) : b;
}

/* Descriptors of MAP_UNPROTECTED: the host's own pages, or an address high up. */
static uint64_t host_descriptor(struct input *in)
{
	static const uint64_t attrs[] = {
		DESC_WB_RW, UINT64_C(5) << 2 | UINT64_C(3) << 6, 0, UINT64_C(4) << 2,
		UINT64_C(7) << 2 | UINT64_C(1) << 6, RTTE_AF, BIT(54), 1,
	};
	uint8_t b = in_u8(in);

	if (b == ESCAPE)
		return in_u64(in);
	if (b < 32)	/* a block as large as any */
		return (uint64_t)b << 30 | PICK(in, attrs);
	return hal_boot_dram(0).base + b * PAGE_SIZE | PICK(in, attrs);
}

static uint64_t level(struct input *in)
{
	static const int levels[] = { 3, 2, 1, 0, 4, -1, INT32_MAX };
	uint8_t b = in_u8(in);

	return b == ESCAPE ? in_u64(in) : (uint64_t)(int64_t)levels[b % COUNT_OF(levels)];
}

static uint64_t signed_status(struct input *in)
{
	uint8_t b = in_u8(in);

	return b == ESCAPE ? in_u64(in) : (uint64_t)-(int64_t)(b % 12);
}

/* `last` is the argument before this one. */
static uint64_t argument(struct input *in, char kind, uint64_t last)
{
	switch (kind) {
	case 'r':
		return fuzz_rd(in);
	case 'e':
		return fuzz_rec(in);
	case 'D':
		return fuzz_in_state(in, GS_DELEGATED);
	case 'U':
		return fuzz_in_state(in, GS_UNDELEGATED);
	case 'i':	/* IPA */
		return fuzz_ipa(in);
	case 't':	/* end of a range */
		return fuzz_end(in, last);
	case 'l':	/* level */
		return level(in);
	case 'n':	/* page of normal memory */
		return filled_page(in, fill_nothing);
	case 'd':	/* descriptor */
		return host_descriptor(in);
	case 's':	/* small, often zero, also negative */
		return signed_status(in);
	case 'M':
		return filled_page(in, fill_realm_params);
	case 'C':
		return filled_page(in, fill_rec_params);
	case 'R':
		return filled_page(in, fill_run);
	default:
		return small_or_any(in);
	}
}

/* Calls */

#define JUNK	0xa5

static void check_not_written(const struct rmi_rec_exit *exit)
{
	const unsigned char *byte = (const unsigned char *)exit;

	for (size_t i = 0; i < sizeof(*exit); i++)
		if (byte[i] != JUNK)
			FAIL("refused REC_ENTER wrote byte %#zx of the exit", i);
}

/* rmm-abi.md 8.2: a request of the realm is open only after the exit that said so. */
static void check_request(uint64_t rec_page, unsigned int reason)
{
	const struct rec *rec = content_of(rec_page);

	EXPECT((rec->ripas.top != 0) == (reason == RMI_EXIT_RIPAS_CHANGE));
}

/*
 * The monitor writes into a realm's pages when the realm asks for it (RSI). That a new
 * page was synced before the realm saw it can only be told before that (M5).
 */
static void settle(void)
{
	static unsigned int epoch, published;
	unsigned int now = host_stage2_count().publish;

	if (epoch == world_epoch() && published == now)
		return;
	laws_check();
	epoch = world_epoch();
	published = now;
}

/* The exit half starts as junk: it must be written whole, or not at all. */
static void call_enter(const struct call *c, bool bus_may_fail)
{
	struct rmi_rec_run *run = host_page(c->x[2]);
	uint64_t status;

	settle();
	if (run != NULL)
		memset(&run->exit, JUNK, sizeof(run->exit));
	status = world_call(*c).x[0];
	if (status == RMI_SUCCESS) {
		fuzz_check_exit(&run->exit);
		check_request(c->x[1], run->exit.exit_reason);
	} else if (run != NULL && !bus_may_fail) {
		check_not_written(&run->exit);
	}
}

void fuzz_enter(struct input *in, uint64_t rec)
{
	call_enter(&CALL(RMI_REC_ENTER, rec, filled_page(in, fill_run)), false);
}

/* 512 pages in one table, so that a fold has a chance; too long to type in. */
static void fill_table(struct input *in)
{
	uint64_t rd = fuzz_rd(in);
	uint64_t at = align_down(fuzz_ipa(in), BLOCK_SIZE);
	struct hal_range r = in_choice(in, 2) ? hal_boot_secure(0) : hal_boot_dram(0);
	uint64_t run = r.base + r.size - BLOCK_SIZE;

	for (uint64_t o = 0; o < BLOCK_SIZE; o += PAGE_SIZE) {
		RMI(RMI_GRANULE_DELEGATE, run + o);
		RMI(RMI_DATA_CREATE_UNKNOWN, rd, run + o, at + o);
	}
}

#define FILL_TABLE	0xfe	/* instead of a command */
#define BUS_ERROR	0xfd	/* before a command: the bus refuses an access */

void fuzz_host_call(struct input *in)
{
	uint8_t b = in_u8(in);
	const struct command *cmd;
	struct call c;
	bool bus_may_fail = b == BUS_ERROR;

	if (commands[0].kinds == NULL)
		init_commands();
	if (b == FILL_TABLE) {
		fill_table(in);
		return;
	}
	if (bus_may_fail) {
		host_ns_fail_at(1 + in_choice(in, 8));
		b = in_u8(in);
	}
	cmd = &commands[b % COUNT_OF(commands)];
	c = CALL(b == ESCAPE ? in_u64(in) : cmd->fid);
	for (unsigned int i = 0; i < cmd->inputs; i++)
		c.x[1 + i] = argument(in, cmd->kinds[i], c.x[i]);
	if (c.x[0] == RMI_REC_ENTER)
		call_enter(&c, bus_may_fail);
	else
		world_call(c);
	host_ns_fail_at(0);
}
