/** \file
 * How stale the rows were that pulls got, and how far workers ran ahead, over all servers: what the end-of-run table says of tables whose pushes are
 * collected.
 */
#ifndef TERN_RUNTIME_STALENESS_H
#define TERN_RUNTIME_STALENESS_H

#include "runtime/json.h"
#include "runtime/runtime.h"
#include "runtime/stats.h"

/** Collective over the ranks: what each server has counted, to rank 0, where `sums` is [num_tables] of the catalogue; zero
 * for tables of other policies. Elsewhere `sums` may be NULL. */
tern_status_t tern_staleness_gather(tern_runtime_t *runtime, tern_staleness_t sums[]);

/* A line for each table in which steps were applied. */
void tern_staleness_print(const tern_stats_t *stats, FILE *stream);

/* The same as an array "steps". */
void tern_staleness_write(tern_json_t *json, const tern_stats_t *stats);

#endif
