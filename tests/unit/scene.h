/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Refusals. A scene is a world in which one call would succeed; a row breaks
 * one thing of it and names the status that the call must then return, with
 * nothing changed. Where the row broke only what the call says (a register, or
 * a field of the page it names), the call is mended afterwards and must
 * succeed: so nothing else was wrong with it.
 */
#ifndef TESTS_UNIT_SCENE_H
#define TESTS_UNIT_SCENE_H

#include "unit.h"

struct scene {
	struct realm_under_test r;	/* the one the call is about */
	struct realm_under_test zoo;	/* another, with a granule in each state */
	struct call call;
	uint64_t page;			/* NS structure that the call names, or 0 */
	uint64_t spare;			/* whatever a row needs */
};

typedef void scene_fn(struct scene *s);

/* What a row broke, and so whether the scene can be mended. */
enum broken { IN_CALL, IN_WORLD };

struct refusal {
	const char *rule;
	enum broken broken;
	scene_fn *bad;
	uint64_t status;
	scene_fn *also;		/* a second thing that is wrong; its error loses */
};

/* An address that the call names, by register or in the page. */
struct pointer {
	const char *align, *bound, *state;	/* rules */
	uint64_t *(*at)(struct scene *s);
	int want;		/* enum granule_state, or NS */
};
#define NS	(-1)

struct command {
	scene_fn *setup;	/* realm and zoo exist already */
	const struct pointer *pointers;
	size_t num_pointers;
	const struct refusal *refusals;
	size_t num_refusals;
	/* outputs of a refusal beyond the status; NULL: all zero */
	void (*check_refused)(const struct scene *s, const struct call *out);
};

void scene_add(const struct command *c);

/* An address in that state, not the one that the scene's call names. */
uint64_t zoo_page(const struct scene *s, enum granule_state state);

/* Slots that pointers name: xN of the call. */
uint64_t *arg1(struct scene *s);
uint64_t *arg2(struct scene *s);
uint64_t *arg3(struct scene *s);
uint64_t *arg4(struct scene *s);

/* Rows that more than one command has */
void realm_is_active(struct scene *s);

/* zoo: where in the IPA space its pages are */
#define ZOO_VMID	77

#endif
