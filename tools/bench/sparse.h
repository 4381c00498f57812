/** \file
 * What the sparse cases work on: a table of any 64-bit keys, a plain hash table of the same rows, and a stock of keys.
 */
#ifndef TERN_BENCH_SPARSE_H
#define TERN_BENCH_SPARSE_H

#include "bench.h"

/* The key that number `i` of a table's keys is. */
tern_key_t sparse_key(uint64_t i);

/* Create the sparse table of a width and push all of its keys. Collective over all ranks. */
tern_status_t sparse_create(bench_table_t *table, tern_runtime_t *runtime,
                            const settings_t *settings);

/* Its yardstick, of the keys that this node has; by a worker. */
tern_status_t sparse_fill_plain(bench_table_t *table, uint64_t num_rows);

/* The stock of keys: those of the local stock, as far as this node has them. */
tern_status_t sparse_fill_keys(bench_t *bench);

#endif
