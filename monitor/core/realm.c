/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/realm.h"

#include "core/vmid.h"
#include "hal/cpu.h"
#include "hal/memory.h"
#include "lib/string.h"

#define ROOT_INDEX_BITS		9	/* of one table */
#define LEVEL0_MIN_PA_BITS	44	/* Arm ARM D8.2: below, stage 2 cannot start at 0 */

/* Bits of an IPA that index the root. */
static int root_bits(uint64_t ipa_width, int64_t start_level)
{
	return (int)ipa_width - (int)rtt_level_shift((int)start_level);
}

/* @rule RTT.{geometry,level0_heads} */
unsigned int realm_num_roots(uint64_t ipa_width, int64_t start_level)
{
	const struct hal_features *f = hal_features();
	int hw_level;
	int n;

	if (ipa_width < REALM_MIN_IPA_WIDTH || ipa_width > f->pa_bits)
		return 0;
	if (start_level < 0 || start_level > 2)
		return 0;
	n = root_bits(ipa_width, start_level);
	if (n < 1 || n > ROOT_INDEX_BITS + 4)
		return 0;
	/* concatenated roots get a head table, see realm.h */
	hw_level = n > ROOT_INDEX_BITS ? (int)start_level - 1 : (int)start_level;
	if (hw_level < 0 || (hw_level == 0 && f->pa_bits < LEVEL0_MIN_PA_BITS))
		return 0;
	return n <= ROOT_INDEX_BITS ? 1 : 1U << (n - ROOT_INDEX_BITS);
}

/* @rule RTT.range */
bool realm_has_protected_range(const struct realm *r, uint64_t base, uint64_t top)
{
	return top > base && realm_is_protected(r, ipa(top - 1));
}

static void realm_set_state(struct realm *r, enum realm_state to)
{
	/* pairs with the acquire in realm_state: REC_ENTER sees a whole realm */
	atomic_store_explicit(&r->state, (uint8_t)to, memory_order_release);
}

static void set_one_root(struct realm *r, spa_t rd_page)
{
	const struct realm_config *c = &r->cfg;
	bool is_full = root_bits(c->ipa_width, c->start_level) == ROOT_INDEX_BITS;

	/*
	 * A full root has 256 protected entries: half a table, so that tree is
	 * one bit narrower. A smaller one fits whole, its upper half is zero.
	 */
	r->s2.prot.root = spa(rd_page.v + PAGE_SIZE / 2);
	r->s2.prot.ipa_width = (uint8_t)(c->ipa_width - (is_full ? 1 : 0));
	r->s2.prot.start_level = c->start_level;
	r->s2.unprot.root = granule_spa(r->root[0]);
	r->s2.unprot.ipa_width = c->ipa_width;
	r->s2.unprot.start_level = c->start_level;
}

static void set_head_tables(struct rd_page *page, spa_t rd_page)
{
	struct realm *r = &page->realm;
	const struct realm_config *c = &r->cfg;
	/* 16 entries at the most; 256 apart, so each is aligned to its size */
	rtte_t *prot = &page->roots[0];
	rtte_t *unprot = &page->roots[RTT_ENTRIES / 4];

	for (unsigned int i = 0; i < c->num_roots; i++) {
		rtte_t *head = i < c->num_roots / 2U ? prot : unprot;

		head[i] = rtte_table(granule_spa(r->root[i]));
	}
	r->s2.prot.root = spa(rd_page.v + PAGE_SIZE / 2);
	r->s2.unprot.root = spa(rd_page.v + PAGE_SIZE * 3 / 4);
	r->s2.prot.ipa_width = c->ipa_width;
	r->s2.unprot.ipa_width = c->ipa_width;
	r->s2.prot.start_level = (int8_t)(c->start_level - 1);
	r->s2.unprot.start_level = (int8_t)(c->start_level - 1);
}

void realm_create(struct granule_locked rd, const struct granule_req *roots,
		  const struct realm_config *cfg)
{
	struct rd_page *page = granule_page(rd.g);
	struct realm *r = &page->realm;

	r->cfg = *cfg;
	r->rd = rd.g;
	r->s2.vmid = cfg->vmid;
	for (unsigned int i = 0; i < cfg->num_roots; i++) {
		r->root[i] = roots[i].got.g;
		granule_set_state(roots[i].got, GS_RTT);
	}
	if (cfg->num_roots == 1)
		set_one_root(r, granule_spa(rd.g));
	else
		set_head_tables(page, granule_spa(rd.g));
	hal_stage2_publish();
	granule_set_state(rd, GS_RD);
	realm_set_state(r, REALM_NEW);
}

static bool is_live(const struct realm *r)
{
	if (granule_refs(r->rd) != 0)
		return true;
	for (unsigned int i = 0; i < r->cfg.num_roots; i++) {
		if (granule_refs(r->root[i]) != 0)
			return true;
	}
	return false;
}

bool realm_destroy(struct granule_locked rd)
{
	struct realm *r = realm_of(rd);
	uint16_t vmid = r->cfg.vmid;

	if (is_live(r))
		return false;

	/*
	 * Roots may still hold ASSIGNED_NS entries, and walks of any table may
	 * be cached: all of it must be gone before the next owner of this VMID.
	 */
	/* @rule REALM_DESTROY.assigned_ns */
	hal_stage2_invalidate_all(&r->s2);
	for (unsigned int i = 0; i < r->cfg.num_roots; i++) {
		struct granule_locked root = granule_lock_child(r->root[i], GS_RTT);

		granule_release(root);
		granule_unlock(root);
	}
	/* @rule REALM_DESTROY.success */
	granule_release(rd);
	vmid_return(vmid);
	return true;
}

bool realm_activate(struct realm *r)
{
	if (realm_state(r) != REALM_NEW)
		return false;
	realm_set_state(r, REALM_ACTIVE);
	return true;
}

void realm_system_off(struct realm *r)
{
	realm_set_state(r, REALM_SYSTEM_OFF);
}
