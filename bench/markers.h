/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two instructions that do nothing (unallocated hints) and that the plugin
 * knows: it counts what runs between them. Also read by assembly.
 */
#ifndef BENCH_MARKERS_H
#define BENCH_MARKERS_H

#define MARK_BEGIN	112
#define MARK_END	113

#endif
