/* SPDX-License-Identifier: BSD-3-Clause */
#include "world.h"

#include "abi/boot.h"
#include "core/pool.h"
#include "laws.h"
#include "main/main.h"
#include <stdio.h>
#include <string.h>

#define JUNK	UINT64_C(0xdead0000beef0000)

void test_say(const char *file, int line, const char *fmt, va_list ap)
{
	fprintf(stderr, "%s:%d: ", file, line);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

static const struct host_machine *machine;
static enum backing backing;
static bool laws_on;
static unsigned int epoch;
static uint64_t next_pool[HOST_MAX_RANGES], next_dram[HOST_MAX_RANGES];

const uint64_t world_holes[] = {
	0x0,				/* below all memory */
	0x1000,
	0x9000000,			/* where boards have a UART */
	0x20000000,			/* monitor image, before the pool */
	UINT64_C(0xfff00000000),	/* last TiB of the PA space */
	(UINT64_C(1) << 44) + 0x1000,	/* past the PA space */
	(UINT64_C(1) << 48) + 0x1000,	/* past what an entry can hold */
	UINT64_C(0xfffffffffffff000),
};
const unsigned int world_num_holes = COUNT_OF(world_holes);

unsigned int world_epoch(void)
{
	return epoch;
}

/* Start and end of all variables of the monitor; harness/reset.ld. */
extern unsigned char monitor_bss_start[], monitor_bss_end[];

/* Keeps a sanitizer from minding the gaps between the variables. */
__attribute__((no_sanitize("address", "thread")))
static void power_off(void)
{
	volatile unsigned char *p = monitor_bss_start;

	while (p < monitor_bss_end)
		*p++ = 0;
}

static struct tmm_manifest manifest_of(const struct host_machine *m)
{
	struct tmm_manifest t = {
		.magic = TMM_MANIFEST_MAGIC,
		.version = TMM_MANIFEST_VERSION,
		.size = sizeof(t),
		.cpu_count = 4,
		.secure_count = m->secure_count,
		.dram_count = m->dram_count,
	};

	for (unsigned int i = 0; i < m->secure_count; i++)
		t.secure[i] = (struct tmm_range){ m->secure[i].base, m->secure[i].size,
						  m->secure[i].node, 0 };
	for (unsigned int i = 0; i < m->dram_count; i++)
		t.dram[i] = (struct tmm_range){ m->dram[i].base, m->dram[i].size,
						m->dram[i].node, 0 };
	return t;
}

void world_boot(const struct host_machine *m, enum backing b)
{
	struct tmm_manifest manifest = manifest_of(m);

	epoch++;
	machine = m;
	backing = b;
	laws_on = true;
	host_boot(m);
	power_off();
	EXPECT_EQ(main_cold(&manifest), 0);
	for (unsigned int i = 0; i < HOST_MAX_RANGES; i++)
		next_pool[i] = next_dram[i] = 0;
	laws_reset();
	laws_check();
}

void world_check_laws(bool on)
{
	laws_on = on;
}

/* Which of x1..x4 a call may answer with; rmm-abi.md 1.2. */
static unsigned int num_outputs(uint64_t fid)
{
	switch (fid & ~UINT64_C(0x10000)) {
	case RMI_VERSION:
	case RMI_DATA_DESTROY:
	case RMI_RTT_DESTROY:
		return 2;
	case RMI_RTT_READ_ENTRY:
		return 4;
	case RMI_FEATURES:
	case RMI_RTT_FOLD:
	case RMI_REC_AUX_COUNT:
	case RMI_RTT_INIT_RIPAS:
	case RMI_RTT_SET_RIPAS:
	case RMI_RTT_UNMAP_UNPROTECTED:
		return 1;
	default:
		return 0;
	}
}

static bool is_rmi(uint64_t fid)
{
	fid &= ~UINT64_C(0x10000);
	return fid >= RMI_VERSION && fid <= 0xC400018E;
}

/* rmm-abi.md 1.5 and 2.2, for every call whatever it does */
static void check_answer(const struct call *in, const struct call *out)
{
	uint64_t fid = in->x[0];
	unsigned int outputs = num_outputs(fid);

	if (!is_rmi(fid))
		return;
	if (out->x[0] != ~UINT64_C(0)) {
		EXPECT(RMI_STATUS(out->x[0]) <= RMI_ERROR_RTT);
		EXPECT_EQ(out->x[0] >> 16, 0);
		if (RMI_STATUS(out->x[0]) < RMI_ERROR_REALM)
			EXPECT_EQ(RMI_INDEX(out->x[0]), 0);
	}
	for (unsigned int i = outputs + 1; i <= 3; i++)
		EXPECT_EQ(out->x[i], 0);
	if (outputs < 4)
		EXPECT_EQ(out->x[4], in->x[4]);
	for (unsigned int i = 5; i < 8; i++)
		EXPECT_EQ(out->x[i], in->x[i]);
}

struct call world_call(struct call c)
{
	struct call in, out;

	/* registers past the arguments are SBZ, and no reason to fail */
	for (unsigned int i = 6; i < 8; i++)
		if (c.x[i] == 0)
			c.x[i] = JUNK + i;
	in = out = c;
	host_call_begin();
	main_smc(out.x);
	host_call_end();
	check_answer(&in, &out);
	if (laws_on)
		laws_check();
	return out;
}

struct call world_must(const char *what, struct call c)
{
	struct call out = world_call(c);

	if (out.x[0] != RMI_SUCCESS)
		FAIL("%s: %#llx", what, (unsigned long long)out.x[0]);
	return out;
}

struct world_print world_print(void)
{
	return (struct world_print){ host_secure_digest(), host_ns_digest() };
}

/* Pages */

static uint64_t run_in(uint64_t base, uint64_t size, uint64_t *next,
		       unsigned int pages, uint64_t align)
{
	uint64_t at = align_up(base + *next, align);

	if (at + pages * PAGE_SIZE > base + size)
		return 0;
	*next = at + pages * PAGE_SIZE - base;
	return at;
}

uint64_t pool_run(unsigned int pages, uint64_t align)
{
	for (unsigned int i = 0; i < hal_boot_secure_count(); i++) {
		struct hal_range r = hal_boot_secure(i);
		uint64_t at = run_in(r.base, r.size, &next_pool[i], pages, align);

		if (at)
			return at;
	}
	FAIL("the pool is too small for this test");
}

uint64_t dram_run(unsigned int pages, uint64_t align)
{
	for (unsigned int i = 0; i < machine->dram_count; i++) {
		const struct hal_range *r = &machine->dram[i];
		uint64_t at = run_in(r->base, r->size, &next_dram[i], pages, align);

		if (at)
			return at;
	}
	FAIL("normal memory is too small for this test");
}

uint64_t pool_page(void)
{
	return pool_run(1, PAGE_SIZE);
}

uint64_t ns_page(void)
{
	uint64_t at = dram_run(1, PAGE_SIZE);

	memset(host_ns(pa(at)), 0, PAGE_SIZE);
	return at;
}

uint64_t idle_run(unsigned int pages, uint64_t align)
{
	return backing == FROM_POOL ? pool_run(pages, align) : dram_run(pages, align);
}

uint64_t idle_page(void)
{
	return idle_run(1, PAGE_SIZE);
}

uint64_t delegated_run(unsigned int pages, uint64_t align)
{
	uint64_t at = idle_run(pages, align);
	bool on = laws_on;

	for (unsigned int i = 0; i < pages; i++) {
		/* the laws once at the end: a run may be 512 pages */
		laws_on = on && i + 1 == pages;
		MUST(RMI_GRANULE_DELEGATE, at + i * PAGE_SIZE);
	}
	laws_on = on;
	return at;
}

uint64_t delegated(void)
{
	return delegated_run(1, PAGE_SIZE);
}

enum granule_state state_of(uint64_t addr)
{
	const struct granule *g = granule_find(pa(addr));

	if (!g)
		FAIL("%#llx is no granule", (unsigned long long)addr);
	return granule_state(g);
}

void *content_of(uint64_t addr)
{
	EXPECT(state_of(addr) != GS_UNDELEGATED);
	return granule_page(granule_find(pa(addr)));
}
