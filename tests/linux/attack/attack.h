/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the attacker has: a door to the monitor, pages and realms of its own, and
 * what it has found out about everybody else's.
 */
#ifndef ATTACK_H
#define ATTACK_H

#include "abi/rmi.h"
#include "abi/vendor.h"
#include "door.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE		4096UL
#define BLOCK		0x200000UL
#define COUNT_OF(a)	(sizeof(a) / sizeof((a)[0]))

/* Calls */

struct answer {
	uint64_t x[5];
};

/* Any SMC; the registers that are not named are junk. */
struct answer smc(const uint64_t x[6]);
#define SMC(...)	smc((const uint64_t[6]){ __VA_ARGS__ })
#define STATUS(...)	(SMC(__VA_ARGS__).x[0])
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Numbers that follow from the seed: per thread. */
extern _Thread_local uint64_t random_state;
uint64_t random64(void);
unsigned int pick(unsigned int n);

/* Pages of our own: normal memory, which the host can see and a realm cannot. */
#define OWN_PAGES	512
struct own {
	uint64_t pa[OWN_PAGES];
	char *at;			/* all of them */
};
extern struct own own;
void *own_page(unsigned int i);

/* Secure memory */
extern uint64_t pool_base, pool_pages;

/* What belongs to others, and where it is. */
#define MAX_SEEN	65536
struct realm_seen {
	uint64_t rd;
	unsigned int width;
	unsigned int tables, data;
	struct {
		uint64_t ipa, pa;
	} table[1024], page[MAX_SEEN];
};
#define MAX_REALMS	8
#define MAX_RECS	64
extern struct realm_seen *seen[MAX_REALMS];
extern unsigned int num_seen;
extern uint64_t recs_seen[MAX_RECS];
extern unsigned int num_recs_seen;

/* Opens the door and reads the map. */
void world_open(void);
/* Finds RDs, RECs, tables and data of others. */
void world_look(void);

/*
 * A realm of our own, of pages first to first + OWN_REALM - 1. Its REC loops until an
 * interrupt comes. Pages below OWN_RANDOM are for realms that stay, those above for
 * what random calls make.
 */
#define OWN_REALM	32
#define OWN_RANDOM	320
struct own_realm {
	uint64_t rd, root, rec, data;
	struct rmi_realm_params *realm_params;
	struct rmi_rec_params *rec_params;
	struct rmi_rec_run *run;
	uint64_t realm_params_pa, rec_params_pa, run_pa, src_pa, spare;
	unsigned int next, end;
	unsigned int refusals;		/* of calls that make it; none in a good one */
};
void own_realm_make(struct own_realm *r, unsigned int first, uint16_t vmid);
/* The same, and it is a good one. */
void own_realm_must(struct own_realm *r, unsigned int first, uint16_t vmid);
/* Takes back all that is made of pages from first on; how many it could not. */
unsigned int own_take_back(unsigned int first);

#define OWN_IPA		0x40000000UL
#define OWN_WIDTH	39U

#endif
