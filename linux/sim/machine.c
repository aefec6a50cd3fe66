/* SPDX-License-Identifier: GPL-2.0-only */
/* The side of the monitor: its fake machine, its harness, and pages of memory. */
#include "abi/vendor.h"
#include "arch/host/host.h"
#include "harness/realm.h"
#include "harness/world.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB	  (UINT64_C(1) << 20)
#define MAX_PAGES 64

/* What shim.h and vm.h declare */
void machine_boot(void);
void machine_check_every(unsigned int calls);
uint64_t machine_free(unsigned int pool);
uint64_t machine_dram(unsigned int pages);
void shim_smc(uint64_t x[8]);
unsigned long get_zeroed_page(int gfp);
void free_page(unsigned long addr);
uint64_t virt_to_phys(void *p);
void guest_smc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
	       uint64_t x4);
void guest_abort(uint64_t esr, uint64_t far, uint64_t ipa);
void guest_wfx(uint64_t esr);
void guest_sgi(uint64_t esr, uint64_t value);
uint64_t guest_reg(unsigned int i);
uint64_t guest_pc(void);
unsigned int guest_steps_left(void);
unsigned int guest_seas(void);

static unsigned int calls, check_every = 1;

static struct page {
	void *ptr;
	uint64_t pa;
	bool used;
} pages[MAX_PAGES];
static unsigned int num_pages;

void test_fail(const char *file, int line, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "%s:%d: ", file, line);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

void machine_boot(void)
{
	static struct host_machine m;

	m = host_machine_default;
	m.features.pa_bits = 48;
	m.secure[0].size = 24 * MIB;
	m.secure[1].size = 4 * MIB;
	m.dram[0].base = UINT64_C(0x880000000);
	m.dram[0].size = 16 * MIB;
	world_boot(&m, FROM_POOL);
}

void machine_check_every(unsigned int n)
{
	check_every = n;
}

uint64_t machine_free(unsigned int pool)
{
	return world_call(CALL(TMM_POOL_INFO, pool)).x[4];
}

uint64_t machine_dram(unsigned int n)
{
	return dram_run(n, PAGE_SIZE);
}

void shim_smc(uint64_t x[8])
{
	struct call c;

	memcpy(c.x, x, sizeof(c.x));
	c.x[0] = (uint32_t)c.x[0];
	world_check_laws(++calls % check_every == 0);
	c = world_call(c);
	memcpy(x, c.x, sizeof(c.x));
}

static struct page *find_page(const void *ptr)
{
	for (unsigned int i = 0; i < num_pages; i++)
		if (pages[i].ptr == ptr)
			return &pages[i];
	FAIL("no page at %p", ptr);
}

unsigned long get_zeroed_page(int gfp)
{
	struct page *p = pages;

	(void)gfp;
	while (p < pages + num_pages && p->used)
		p++;
	if (p == pages + num_pages) {
		EXPECT(num_pages++ < MAX_PAGES);
		p->pa = ns_page();
		p->ptr = host_ns(pa(p->pa));
	}
	p->used = true;
	memset(p->ptr, 0, PAGE_SIZE);
	return (unsigned long)p->ptr;
}

void free_page(unsigned long addr)
{
	if (addr)
		find_page((void *)addr)->used = false;
}

uint64_t virt_to_phys(void *p)
{
	return find_page(p)->pa;
}

/* What a realm does next */

void guest_smc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4)
{
	step_smc(fid, x1, x2, x3, x4);
}

void guest_abort(uint64_t esr, uint64_t far, uint64_t at)
{
	step_abort(esr, far, at);
}

void guest_wfx(uint64_t esr)
{
	step_exit(VCPU_EXIT_WFX, esr, 0);
}

void guest_sgi(uint64_t esr, uint64_t value)
{
	step_exit(VCPU_EXIT_ICC_WRITE, esr, value);
}

/* What it had when it ran last */

uint64_t guest_reg(unsigned int i)
{
	return realm_regs().x[i];
}

uint64_t guest_pc(void)
{
	return realm_regs().pc;
}

unsigned int guest_steps_left(void)
{
	return host_realm_steps_left();
}

unsigned int guest_seas(void)
{
	return host_realm_seen()->seas;
}
