/** \file
 * What the filters of tables have saved, over all senders: lines of the end-of-run table.
 */
#ifndef TERN_RUNTIME_SAVINGS_H
#define TERN_RUNTIME_SAVINGS_H

#include "runtime/json.h"
#include "runtime/runtime.h"
#include "runtime/stats.h"

/** Collective over the ranks: what each has sent, to rank 0, where `sums` is [num_tables] of the
 * catalogue. Elsewhere `sums` may be NULL. */
tern_status_t tern_savings_gather(tern_runtime_t *runtime, tern_savings_t sums[]);

/* A line for each flow that went through filters. */
void tern_savings_print(const tern_stats_t *stats, FILE *stream);

/* The same as an array "filters". */
void tern_savings_write(tern_json_t *json, const tern_stats_t *stats);

#endif
