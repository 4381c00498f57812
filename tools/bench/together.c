/** \file
 * Sides of the cases that all workers run together. A clock waits for the slowest worker only where a table says
 * so; for the time of a slice this one does.
 */
#include "together.h"

tern_status_t together_clock(bench_t *bench, size_t num_calls)
{
    tern_status_t status = TERN_OK;

    tern_table_set_sync(bench->table->table, TERN_SYNC_BSP, 0);
    for (size_t i = 0; i < num_calls && status == TERN_OK; i++)
        status = tern_clock(bench->runtime);
    tern_table_set_sync(bench->table->table, TERN_SYNC_ASYNC, 0);
    return status;
}

tern_status_t together_barrier(bench_t *bench, size_t num_calls)
{
    tern_status_t status = TERN_OK;

    for (size_t i = 0; i < num_calls && status == TERN_OK; i++)
        status = tern_barrier(bench->runtime);
    return status;
}

tern_status_t together_bare_minimum(bench_t *bench, size_t num_calls)
{
    for (size_t i = 0; i < num_calls; i++)
        bare_minimum(bench->bare);
    return TERN_OK;
}

tern_status_t together_bare_barrier(bench_t *bench, size_t num_calls)
{
    for (size_t i = 0; i < num_calls; i++)
        bare_barrier(bench->bare);
    return TERN_OK;
}
