/** \file
 * Balance: how evenly the rows of each table, and the keys that were asked for by message, are spread over the servers.
 */
#ifndef TERN_RUNTIME_BALANCE_H
#define TERN_RUNTIME_BALANCE_H

#include "runtime/json.h"
#include "runtime/runtime.h"
#include "runtime/stats.h"

/** Collective over the ranks: what each server has of each table, to rank 0, where `balances` is [num_tables] of the
 * catalogue. Elsewhere `balances` may be NULL. */
tern_status_t tern_balance_gather(tern_runtime_t *runtime, tern_balance_t balances[]);

/* Lines for tables of several servers. */
void tern_balance_print(const tern_stats_t *stats, FILE *stream);

/* The same as an array "balance". */
void tern_balance_write(tern_json_t *json, const tern_stats_t *stats);

#endif
