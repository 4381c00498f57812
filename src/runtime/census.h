/** \file
 * Census: what all ranks know of each table, gathered and summed up for the end-of-run table.
 */
#ifndef TERN_RUNTIME_CENSUS_H
#define TERN_RUNTIME_CENSUS_H

#include "runtime/runtime.h"

/* A question about a table. Answers travel as bytes. */
typedef struct tern_census {
    const char *what; /* for reports of waits */
    size_t      own_bytes, sum_bytes;
    bool (*concerns)(
        const tern_table_t *table); /* NULL: all; of others rank 0 answers alone */
    void (*own)(const tern_table_t *table, void *own);
    void (*sum)(size_t num_ranks, const void *all, void *sum);
} tern_census_t;

/** Collective over the ranks. Rank 0 gets `sums` [num_tables of the catalogue][sum_bytes]; elsewhere it may be NULL. */
tern_status_t tern_census_take(tern_runtime_t *runtime, const tern_census_t *census,
                               void *sums);

#endif
