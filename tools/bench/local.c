/** \file
 * Sides of the local cases: rows of the caller's node, of a dense or a sparse table, by Tern and by plain loops.
 */
#include "local.h"

static tern_status_t pull(bench_t *bench, tern_table_t *table, key_stock_t *stock,
                          size_t num_calls)
{
    tern_status_t status = TERN_OK;

    for (size_t i = 0; i < num_calls && status == TERN_OK; i++)
        status = tern_pull(table, bench->batch, key_stock_next(stock, bench->batch),
                           bench->values, NULL);
    return status;
}

static tern_status_t push(bench_t *bench, tern_table_t *table, key_stock_t *stock,
                          size_t num_calls)
{
    tern_status_t status = TERN_OK;

    for (size_t i = 0; i < num_calls && status == TERN_OK; i++)
        status = tern_push(table, bench->batch, key_stock_next(stock, bench->batch),
                           bench->values, NULL);
    return status;
}

/* --- dense --- */

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
    return pull(bench, bench->table->table, &bench->local_keys, num_calls);
}

tern_status_t local_push(bench_t *bench, size_t num_calls)
{
    return push(bench, bench->table->table, &bench->local_keys, num_calls);
}

/* --- sparse --- */

tern_status_t sparse_plain_pull(bench_t *bench, size_t num_calls)
{
    for (size_t i = 0; i < num_calls; i++)
        plain_pull(&bench->table->plain, bench->batch,
                   key_stock_next(&bench->sparse_keys, bench->batch), bench->values);
    return TERN_OK;
}

tern_status_t sparse_plain_push(bench_t *bench, size_t num_calls)
{
    for (size_t i = 0; i < num_calls; i++)
        plain_push(&bench->table->plain, bench->batch,
                   key_stock_next(&bench->sparse_keys, bench->batch), bench->values);
    return TERN_OK;
}

tern_status_t sparse_pull(bench_t *bench, size_t num_calls)
{
    return pull(bench, bench->table->sparse, &bench->sparse_keys, num_calls);
}

tern_status_t sparse_push(bench_t *bench, size_t num_calls)
{
    return push(bench, bench->table->sparse, &bench->sparse_keys, num_calls);
}
