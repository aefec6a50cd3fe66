#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Are the tests any good? Plants bugs, one at a time, and says what finds each.

    tests/mutants.py [WORD...]     only the mutants that contain one of the words

A copy of the tree is built and tested, below build/mutants. A mutant that no
test finds is a hole in the tests: it is listed, and the exit status is 1.
"""

import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
COPY = TOP / "build/mutants"

# What runs, cheapest first
PROGRAMS = [("gcc", "unit", ["-q"]), ("gcc", "model", []), ("tsan", "race", []),
            ("gcc", "unit", [])]

# file, right, wrong
MUTANTS = [
    # granules and pool
    ("core/granule.c",
     "hal_page_zero(granule_page(l.g));\n\tgranule_set_state(l, GS_DELEGATED);\n\treturn true;",
     "granule_set_state(l, GS_DELEGATED);\n\treturn true;"),
    ("core/granule.c", "CHECK(granule_refs(l.g) == 0);\n\thal_page_zero(granule_page(l.g));",
     "CHECK(granule_refs(l.g) == 0);"),
    ("core/granule.c", "if (is_alias || !lock_in_state(r)) {",
     "if ((is_alias && false) || !lock_in_state(r)) {"),
    ("core/granule.c",
     "req[order[j - 1]].pa.v > req[i].pa.v",
     "req[order[j - 1]].pa.v < req[i].pa.v"),
    ("core/granule.c", "\t\t\twhile (i-- > 0)\n\t\t\t\tgranule_unlock(req[order[i]].got);\n", ""),
    ("core/granule.c",
     "g != NULL && !granule_is_pool(g) &&\n\t       granule_state(g) == GS_UNDELEGATED",
     "g != NULL && !granule_is_pool(g)"),
    ("core/granule.c",
     "[GS_DATA] = BIT(GS_DELEGATED),",
     "[GS_DATA] = BIT(GS_DELEGATED) | BIT(GS_UNDELEGATED),"),
    ("core/granule.c", "pool_page_freed(l.g);", ";"),
    ("core/granule.c", "\t\thal_turn_wait(turn);\n\t}", "\t\tturn = NULL;\n\t}"),
    ("core/granule.c", "\tif (turn != NULL)\n\t\thal_turn_pass(turn);", ""),
    ("core/granule.c", "\thal_turn_wait(turn);\n\thal_lock_acquire", "\thal_lock_acquire"),
    ("core/pool.c", "\t\tfor (size_t c = end_chunk; c-- > first_chunk;)",
     "\t\tfor (size_t c = end_chunk; c-- > first_chunk + 1;)"),
    ("core/pool.c", "is_free = granule_state(page) == GS_UNDELEGATED;", "is_free = true;"),
    ("core/pool.c", "dram->peer = (uint32_t)granule_index(page);", "dram->peer = 0;"),
    # realms and VMIDs
    ("core/vmid.c", "memory_order_acquire) & bit) == 0;", "memory_order_acquire) & bit) != 2;"),
    ("call/rmi_realm.c",
     "if (!vmid_take(cfg.vmid)) {\n\t\tgranules_unlock(g, n);",
     "if (!vmid_take(cfg.vmid)) {\n\t\tgranules_unlock(g, n - 1);"),
    ("call/rmi_realm.c", "p->rtt_num_start != roots", "p->rtt_num_start < roots"),
    ("call/rmi_realm.c", "(p->flags & RMI_REALM_LPA2) != 0", "false"),
    ("call/rmi_realm.c", "p->num_bps >= MIN_BPS && ", ""),
    ("core/realm.c", "if (granule_refs(r->rd) != 0)\n\t\treturn true;", ""),
    ("core/realm.c", "hal_stage2_invalidate_all(&r->s2);", ""),
    ("core/realm.c", "vmid_return(vmid);", "(void)vmid;"),
    # healing
    ("arch/aarch64/stage1.c", "DESC_ATTR_INDEX(d) & 0xf0) != 0", "DESC_ATTR_INDEX(d) & 0xff) != 0"),
    # tables
    ("core/rtt.c",
     "hal_stage2_invalidate(&r->s2, ipa(rtt_entry_base(w)),\n\t\t\t\t      rtt_level_span(w->level), true);\n\tgranule_put",
     "(void)r;\n\tgranule_put"),
    ("core/rtt.c", "return ripas == RIPAS_RAM ? RIPAS_DESTROYED : ripas;",
     "(void)ripas;\n\treturn RIPAS_DESTROYED;"),
    ("core/rtt.c", "granule_get(w->table);\n", ""),
    ("core/rtt.c", "if (w->index + 1 == RTT_ENTRIES ||", "if ("),
    ("core/rtt_table.c",
     "if (child[i] != child[0] + i * step)",
     "if (i < 511 && child[i] != child[0] + i * step)"),
    ("core/rtt_table.c", "!is_aligned(rtte_addr(first), span * RTT_ENTRIES)", "false"),
    ("core/rtt_table.c",
     "is_protected ? rtte_unassigned(RIPAS_DESTROYED) : 0",
     "is_protected ? rtte_unassigned(RIPAS_EMPTY) : 0"),
    ("core/rtt_table.c",
     "rtte_write(w->entry, 0);\n\t\thal_stage2_invalidate(",
     "hal_stage2_invalidate("),
    ("call/rmi_rtt.c", "!realm_is_protected(r, a->ipa);", "true;"),
    ("call/rmi_rtt.c", "(desc & RTTE_MEMATTR) != RTTE_MEMATTR_RESERVED", "true"),
    ("call/rmi_rtt.c", "granule_refs(rtt_child(&w)) != 0", "granule_refs(rtt_child(&w)) > 512"),
    ("call/rmi_rtt.c", "out.x[3] = e & RTTE_NS_HOST_BITS;", "out.x[3] = e;"),
    ("core/rtte.h", "RTTE_AF |\n\t       RTTE_XN |", "RTTE_AF |"),
    # data and RIPAS
    ("call/rmi_data.c", "hal_page_zero(page);\t/* I1 */", ";"),
    ("call/rmi_data.c", "if (realm_state(r) != REALM_NEW)\n\t\treturn RMI_ERROR_REALM;", ""),
    ("call/rmi_ripas.c", "return scan_entry_top(s) <= s->top;",
     "return scan_entry_top(s) <= s->top + PAGE_SIZE;"),
    ("call/rmi_ripas.c", "rtte_ripas(e) != RIPAS_DESTROYED;", "true;"),
    ("call/rmi_ripas.c", " || req->change_destroyed;", " || !req->change_destroyed;"),
    ("call/rmi_ripas.c", " || rec->rd != g[0].got.g", ""),
    ("call/rmi_ripas.c", "req->base = s.done;", ""),
    ("call/measure.c", "d.data.flags = flags;", ""),
    ("core/measurement.c",
     "memcpy(buf + old, value, size);\n\tmeasurement_set(r, slot, buf, old + size);",
     "memcpy(buf + old, value, size);\n\tmeasurement_set(r, slot, buf, old + HASH_MAX_SIZE);"),
    # RECs
    ("call/rmi_rec.c", "cfg.index != r->next_rec", "cfg.index > r->next_rec"),
    ("call/rmi_rec.c", "p.num_aux != REC_NUM_AUX", "p.num_aux < REC_NUM_AUX"),
    ("call/rmi_rec.c",
     "if (rec_is_running(rec.got))\n\t\tstatus = RMI_ERROR_REC;\n\telse\n\t\t",
     ""),
    ("call/rmi_rec.c", "target->mpidr != x[1]", "false"),
    ("call/rmi_rec.c", "x[1] = x[2] = x[3] = 0;", ""),
    ("call/rmi_rec_enter.c",
     "if (rec_is_running(g->got))\n\t\tstatus = RMI_ERROR_REC;\n\telse if",
     "if"),
    ("call/rmi_rec_enter.c",
     "wants_mmio(e) && rec->pending != REC_PENDING_MMIO",
     "wants_mmio(e) && rec->pending == REC_PENDING_NONE"),
    ("call/rmi_rec_enter.c", "rec->pending = REC_PENDING_HOST_CALL;",
     "rec->pending = REC_PENDING_NONE;"),
    ("call/rmi_rec_enter.c", "exit.gic.hcr &= VGIC_HCR_EXIT;", ""),
    ("core/vgic.c", "|| is_duplicate(gic, i)", "|| (is_duplicate(gic, i) && i < 2)"),
    ("core/vgic.c", "intid >> f->gic_id_bits == 0", "true"),
    ("core/rec_run.c", "if (p.ripas == RIPAS_EMPTY) {", "if (false) {"),
    ("core/rec_run.c", "if (esr_ec(x->esr) == ESR_EC_INST_ABORT) {", "if (false) {"),
    ("core/rec_run.c", "value = sign_extended(value, bits);", "value = sign_extended(value, 64);"),
    ("core/rec_run.c", "exit->far = x->far & (PAGE_SIZE - 1);", "exit->far = x->far;"),
    ("core/esr.h", "UINT64_C(0xFDC09E7F)", "UINT64_C(0xFFDF9E7F)"),
    # RSI and PSCI
    ("call/rsi_ipa.c", "is_rejected && req->value == RIPAS_RAM &&", "is_rejected &&"),
    ("call/rsi_ipa.c", "is_aligned(base | top, PAGE_SIZE) && ", ""),
    ("call/rsi_measurement.c", "index <= MEASUREMENT_RIM || ", ""),
    ("call/rsi_buffer.c", "if (p.ripas == RIPAS_EMPTY) {", "if (false) {"),
    # attestation
    ("call/rsi_token.c", "offset < PAGE_SIZE && ", ""),
    ("call/rsi_token.c", "size <= PAGE_SIZE - offset", "offset + size <= PAGE_SIZE"),
    ("call/rsi_token.c", "if (rec->token.state == REC_TOKEN_NONE)\n\t\treturn", "if (false)\n\t\treturn"),
    ("call/rsi_token.c", "if (x[3] == 0)\n\t\treturn rsi_return(rec, RSI_INCOMPLETE);", ""),
    ("call/claims.c", "r->cfg.rpv, sizeof(r->cfg.rpv)", "r->cfg.rpv, sizeof(r->cfg.rpv) - 1"),
    ("call/claims.c", "r->measurement[i], hash_size", "r->measurement[1], hash_size"),
    ("core/token.c", "else if (hal_irq_pending())\n\t\t\treturn TOKEN_INTERRUPTED;", ""),
    ("core/token.c", "if (t->given == t->size)\n\t\tt->state = REC_TOKEN_NONE;", ""),
    ("core/token.c", "token_page(rec) + t->given, n", "token_page(rec), n"),
    ("lib/cose.c", '"Signature1"', '"Signature"'),
    ("arch/aarch64/attest.c", "if (!sign_key_matches(s->rak, s->key)) {", "if (false) {"),
    ("arch/aarch64/attest.c", "a->token_size >= 1 && ", ""),
    ("arch/aarch64/sign.c", "mbedtls_platform_zeroize(page, PAGE_SIZE);\n\treturn rc == 0", "return rc == 0"),
    ("arch/aarch64/manifest.c", "return m->attest_size == 0;", "return true;"),
    ("call/vendor_realm.c", "memcpy(info.context, &x[1], sizeof(info.context));", ""),
    ("call/vendor_realm.c", "realm_of(rd)->cfg.alg == HASH_SHA256 ? 0 : 1", "0"),
    ("call/psci.c",
     "if (target == rec->mpidr)\n\t\treturn psci_return(rec, PSCI_ALREADY_ON);",
     ""),
    ("call/psci.c", "rec->pending = REC_PENDING_PSCI;", ""),
    # locks: only a second CPU, or the checker, can tell
    ("call/rmi_data.c",
     "out = data_destroy(realm_of(rd.got), ipa(in->x[2]));\n\tgranules_unlock(&rd, 1);",
     "granules_unlock(&rd, 1);\n\tout = data_destroy(realm_of(rd.got), ipa(in->x[2]));"),
    ("call/rmi_rec_enter.c",
     "\tif (status == RMI_SUCCESS)\n\t\t*rec = rec_start(g->got);\n\tgranules_unlock(g, 1);",
     "\tgranules_unlock(g, 1);\n\tif (status == RMI_SUCCESS)\n\t\t*rec = rec_start(g->got);"),
    ("call/rsi_measurement.c",
     "rd = granule_lock_rd(rec->rd);\n\t/* @rule RSI_MEASUREMENT_EXTEND.success */",
     "rd = granule_lock_rd(rec->rd);\n\tgranule_unlock(rd);\n\trd.g = rec->rd;"),
    ("call/rsi_measurement.c", "\t\t\t   size);\n\tgranule_unlock(rd);", "\t\t\t   size);"),
]


def copy_tree():
    shutil.rmtree(COPY, ignore_errors=True)
    (COPY / "build").mkdir(parents=True)
    (COPY / "build/src").symlink_to(TOP / "build/src")
    for part in "monitor", "tests":
        shutil.copytree(TOP / part, COPY / part)


def build(flavour, program):
    return subprocess.run(
        ["make", "-s", "-j2", "-f", "flavour.mk", f"F={flavour}",
         f"../build/check/{flavour}/{program}"],
        cwd=COPY / "tests", capture_output=True, text=True)


def found_by():
    """The first program that fails, or None."""
    for flavour, program, arguments in PROGRAMS:
        built = build(flavour, program)
        if built.returncode:
            # -Werror finds some: say so, it is no merit of the tests
            return "the compiler" if "error:" in built.stderr else built.stderr
        try:
            run = subprocess.run([f"../build/check/{flavour}/{program}", *arguments],
                                 cwd=COPY / "tests", capture_output=True, timeout=300)
        except subprocess.TimeoutExpired:
            return f"{program} (hangs)"
        if run.returncode:
            return program
    return None


def try_mutant(file, right, wrong):
    path = COPY / "monitor" / file
    text = path.read_text()
    if right not in text:
        return "NOT APPLIED: the code has changed"
    path.write_text(text.replace(right, wrong, 1))
    try:
        return found_by()
    finally:
        path.write_text(text)


def main():
    words = sys.argv[1:] or [""]
    copy_tree()
    if missed := found_by():
        print(f"the tests fail without a mutant: {missed}")
        return 1
    holes = 0
    for file, right, wrong in MUTANTS:
        if not any(word in file + right + wrong for word in words):
            continue
        finder = try_mutant(file, right, wrong)
        bad = finder is None or finder.startswith("NOT")
        holes += bad
        print(f"{finder or 'NOT FOUND':12} {file}: {' '.join(right.split())[:60]}",
              flush=True)
    print(f"mutants: {holes} not found")
    return 1 if holes else 0


if __name__ == "__main__":
    sys.exit(main())
