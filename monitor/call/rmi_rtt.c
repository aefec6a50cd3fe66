/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables and unprotected mappings. Commands differ in levels and in what they return. */
#include "call/rmi.h"

#include "call/with_realm.h"
#include "core/rtt.h"

/* Register inputs that name one entry of a realm's RTT. */
struct rtt_args {
	ipa_t ipa;
	int level;	/* of the entry */
};

/*
 * Takes the level of an entry from a register; false if it is not in
 * [lowest, RTT_PAGE_LEVEL], or if the IPA does not fit it or the realm.
 */
static bool rtt_args_from_abi(struct rtt_args *a, const struct realm *r,
			      uint64_t addr, uint64_t level, int lowest)
{
	int64_t l = (int64_t)level;

	if (l < lowest || l > RTT_PAGE_LEVEL)
		return false;
	a->ipa = ipa(addr);
	a->level = (int)l;
	return is_aligned(addr, rtt_level_span(a->level)) && realm_has_ipa(r, a->ipa);
}

/*
 * The commands about a table name its level, but work on the entry one level
 * up. A level that is out of range for the table wraps nowhere: 0 - 1 is below
 * every start level.
 */
static bool parent_args_from_abi(struct rtt_args *a, const struct realm *r,
				 const struct smc_args *in, unsigned int first)
{
	int64_t level = (int64_t)in->x[first + 1];

	if (level <= r->cfg.start_level || level > RTT_PAGE_LEVEL)
		return false;
	return rtt_args_from_abi(a, r, in->x[first], (uint64_t)(level - 1),
				 r->cfg.start_level);
}

static uint64_t rtt_create(const struct realm *r, const struct smc_args *in,
			   struct granule_locked table)
{
	struct rtt_args a;
	struct rtt_walk w;

	/* @rule RTT_CREATE.{level_bound,ipa_align,ipa_bound,order_level_ipa_walk} */
	if (!parent_args_from_abi(&a, r, in, 3))
		return RMI_ERROR_INPUT;
	rtt_walk(r, a.ipa, a.level, &w);
	/* @rule RTT_CREATE.{rtt_walk,rtte_state} */
	if (w.level != a.level || rtt_walk_is_table(&w))
		return error_rtt(w.level);

	/* @rule RTT_CREATE.{success,any_state} */
	rtt_create_table(r, &w, table);
	return RMI_SUCCESS;
}

struct smc_ret rmi_rtt_create(const struct smc_args *in)
{
	/* @rule RTT_CREATE.{rd_align,rd_bound,rd_state} */
	/* @rule RTT_CREATE.{rtt_align,rtt_bound,rtt_state,rtt_bound2} */
	struct granule_req g[] = {
		{ .pa = pa(in->x[1]), .want = GS_RD },
		{ .pa = pa(in->x[2]), .want = GS_DELEGATED },
	};
	uint64_t status;

	if (!granules_lock(g, COUNT_OF(g)))
		return ret(RMI_ERROR_INPUT);
	/* @rule RTT_CREATE.order_rd_walk */
	status = rtt_create(realm_of(g[0].got), in, g[1].got);
	granules_unlock(g, COUNT_OF(g));
	return ret(status);
}

static struct smc_ret rtt_destroy(struct realm *r, const struct smc_args *in)
{
	struct rtt_args a;
	struct rtt_walk w;
	struct granule *table;

	/* @rule RTT_DESTROY.{level_bound,ipa_align,ipa_bound} */
	/* @rule RTT_DESTROY.order_level_ipa_walk */
	if (!parent_args_from_abi(&a, r, in, 2))
		return ret(RMI_ERROR_INPUT);
	rtt_walk(r, a.ipa, a.level, &w);
	/* @rule RTT_DESTROY.{rtt_walk,rtte_state} */
	if (w.level != a.level || !rtt_walk_is_table(&w))
		return ret2(error_rtt(w.level), 0, rtt_skip_non_live(r, &w));
	/* @rule RTT_DESTROY.rtt_live */
	if (granule_refs(rtt_child(&w)) != 0)
		return ret2(error_rtt(a.level + 1), 0, a.ipa.v);

	/* @rule RTT_DESTROY.success */
	table = rtt_destroy_table(r, &w);
	return ret2(RMI_SUCCESS, granule_pa(table).v, rtt_skip_non_live(r, &w));
}

/* @rule RTT_DESTROY.{rd_align,rd_bound,rd_state} */
struct smc_ret rmi_rtt_destroy(const struct smc_args *in)
{
	return with_realm(in, rtt_destroy);
}

static struct smc_ret rtt_fold(struct realm *r, const struct smc_args *in)
{
	struct rtt_args a;
	struct rtt_walk w;
	struct granule *table;

	/* @rule RTT_FOLD.{level_bound,ipa_align,ipa_bound} */
	/* @rule RTT_FOLD.order_level_ipa_walk */
	if (!parent_args_from_abi(&a, r, in, 2))
		return ret(RMI_ERROR_INPUT);
	rtt_walk(r, a.ipa, a.level, &w);
	/* @rule RTT_FOLD.{rtt_walk,rtte_state} */
	if (w.level != a.level || !rtt_walk_is_table(&w))
		return ret(error_rtt(w.level));
	/* @rule RTT_FOLD.rtt_homo */
	table = rtt_fold_table(r, &w);
	if (table == NULL)
		return ret(error_rtt(a.level + 1));
	/* @rule RTT_FOLD.success */
	return ret1(RMI_SUCCESS, granule_pa(table).v);
}

/* @rule RTT_FOLD.{rd_align,rd_bound,rd_state} */
struct smc_ret rmi_rtt_fold(const struct smc_args *in)
{
	return with_realm(in, rtt_fold);
}

/* Levels that can hold a page or a block, and that this realm has. */
static int lowest_leaf_level(const struct realm *r)
{
	return r->cfg.start_level > RTT_MIN_BLOCK_LEVEL ? r->cfg.start_level :
							  RTT_MIN_BLOCK_LEVEL;
}

static bool unprotected_args_from_abi(struct rtt_args *a, const struct realm *r,
				      const struct smc_args *in)
{
	return rtt_args_from_abi(a, r, in->x[2], in->x[3], lowest_leaf_level(r)) &&
	       !realm_is_protected(r, a->ipa);
}

/* @rule RTT_MAP_UNPROTECTED.{attr_valid,addr_bound} */
static bool host_desc_is_valid(uint64_t desc)
{
	return (desc & ~RTTE_NS_HOST_BITS) == 0 &&
	       (desc & RTTE_MEMATTR) != RTTE_MEMATTR_RESERVED;
}

static struct smc_ret rtt_map_unprot(struct realm *r, const struct smc_args *in)
{
	uint64_t desc = in->x[4];
	struct rtt_args a;
	struct rtt_walk w;

	/* @rule RTT_MAP_UNPROTECTED.{level_bound,ipa_align,ipa_bound} */
	/* @rule RTT_MAP_UNPROTECTED.order_level_ipa_walk */
	if (!unprotected_args_from_abi(&a, r, in))
		return ret(RMI_ERROR_INPUT);
	/* @rule RTT_MAP_UNPROTECTED.addr_align */
	if (!is_aligned(rtte_addr(desc), rtt_level_span(a.level)))
		return ret(RMI_ERROR_INPUT);
	rtt_walk(r, a.ipa, a.level, &w);
	/* @rule RTT_MAP_UNPROTECTED.{rtt_walk,rtte_state} */
	if (w.level != a.level || rtt_walk_is_table(&w) || rtte_is_assigned(*w.entry))
		return ret(error_rtt(w.level));

	/* @rule RTT_MAP_UNPROTECTED.success */
	rtt_map_unprotected(&w, desc);
	return ret(RMI_SUCCESS);
}

/* @rule RTT_MAP_UNPROTECTED.{rd_align,rd_bound,rd_state} */
struct smc_ret rmi_rtt_map_unprotected(const struct smc_args *in)
{
	if (!host_desc_is_valid(in->x[4]))
		return ret(RMI_ERROR_INPUT);
	return with_realm(in, rtt_map_unprot);
}

static struct smc_ret rtt_unmap_unprot(struct realm *r, const struct smc_args *in)
{
	struct rtt_args a;
	struct rtt_walk w;

	/* @rule RTT_UNMAP_UNPROTECTED.{level_bound,ipa_align,ipa_bound} */
	/* @rule RTT_UNMAP_UNPROTECTED.order_level_ipa_walk */
	if (!unprotected_args_from_abi(&a, r, in))
		return ret(RMI_ERROR_INPUT);
	rtt_walk(r, a.ipa, a.level, &w);
	/* @rule RTT_UNMAP_UNPROTECTED.{rtt_walk,rtte_state} */
	if (w.level != a.level || rtt_walk_is_table(&w) || !rtte_is_assigned(*w.entry))
		return ret1(error_rtt(w.level), rtt_skip_non_live(r, &w));

	/* @rule RTT_UNMAP_UNPROTECTED.success */
	rtt_unmap_unprotected(r, &w);
	return ret1(RMI_SUCCESS, rtt_skip_non_live(r, &w));
}

/* @rule RTT_UNMAP_UNPROTECTED.{rd_align,rd_bound,rd_state} */
struct smc_ret rmi_rtt_unmap_unprotected(const struct smc_args *in)
{
	return with_realm(in, rtt_unmap_unprot);
}

/* @rule RTT_READ_ENTRY.{short_walk,success}: X1..X4 for one entry (rmm-abi.md 7.20). */
static struct smc_ret describe_entry(const struct realm *r, const struct rtt_walk *w)
{
	bool is_protected = realm_is_protected(r, w->ipa);
	rtte_t e = *w->entry;
	struct smc_ret out = ret1(RMI_SUCCESS, (uint64_t)w->level);

	if (rtt_walk_is_table(w)) {
		out.x[2] = RMI_RTTE_TABLE;
		out.x[3] = granule_pa(rtt_child(w)).v;
	} else if (!rtte_is_assigned(e)) {
		out.x[2] = RMI_RTTE_UNASSIGNED;
	} else if (is_protected) {
		out.x[2] = RMI_RTTE_ASSIGNED;
		out.x[3] = granule_pa(granule_of_spa(spa(rtte_addr(e)))).v;
	} else {
		out.x[2] = RMI_RTTE_ASSIGNED;
		out.x[3] = e & RTTE_NS_HOST_BITS;
	}
	if (is_protected && !rtt_walk_is_table(w))
		out.x[4] = (uint64_t)rtte_ripas(e);
	return out;
}

static struct smc_ret rtt_read_entry(struct realm *r, const struct smc_args *in)
{
	struct rtt_args a;
	struct rtt_walk w;

	/* @rule RTT_READ_ENTRY.{level_bound,ipa_align,ipa_bound} */
	if (!rtt_args_from_abi(&a, r, in->x[2], in->x[3], r->cfg.start_level))
		return ret(RMI_ERROR_INPUT);
	rtt_walk(r, a.ipa, a.level, &w);
	return describe_entry(r, &w);
}

/* @rule RTT_READ_ENTRY.{rd_align,rd_bound,rd_state} */
struct smc_ret rmi_rtt_read_entry(const struct smc_args *in)
{
	return with_realm(in, rtt_read_entry);
}
