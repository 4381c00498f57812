/** \file
 * Sides of the local cases: rows of the caller's node, by Tern and by raw loops.
 */
#include "local.h"

tern_status_t local_gather(bench_t *bench, size_t num_calls)
{
    for (size_t i = 0; i < num_calls; i++)
        raw_gather(&bench->table->rows, bench->table->width, bench->batch,
                   key_stock_next(&bench->local_keys, bench->batch), bench->values);
    return TERN_OK;
}

tern_status_t local_scatter(bench_t *bench, size_t num_calls)
{
    for (size_t i = 0; i < num_calls; i++)
        raw_scatter_add(&bench->table->rows, bench->table->width, bench->batch,
                        key_stock_next(&bench->local_keys, bench->batch), bench->values);
    return TERN_OK;
}

tern_status_t local_pull(bench_t *bench, size_t num_calls)
{
    tern_status_t status = TERN_OK;

    for (size_t i = 0; i < num_calls && status == TERN_OK; i++)
        status = tern_pull(bench->table->table, bench->batch,
                           key_stock_next(&bench->local_keys, bench->batch),
                           bench->values, NULL);
    return status;
}

tern_status_t local_push(bench_t *bench, size_t num_calls)
{
    tern_status_t status = TERN_OK;

    for (size_t i = 0; i < num_calls && status == TERN_OK; i++)
        status = tern_push(bench->table->table, bench->batch,
                           key_stock_next(&bench->local_keys, bench->batch),
                           bench->values, NULL);
    return status;
}
