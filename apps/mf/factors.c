/** \file
 * Where the vectors are, see factors.h.
 */
#include "factors.h"

#include "tern/random.h"

#include <stdlib.h>

static tern_status_t create_table(mf_factors_t *factors, const mf_settings_t *settings,
                                  const char *name, size_t num, tern_table_t **table_p)
{
    const tern_table_desc_t desc = {
        .name      = name,
        .keys      = {0, num},
        .width     = (uint32_t)factors->width,
        .type      = TERN_FLOAT32,
        .init      = {TERN_INIT_UNIFORM, -settings->init_bound, settings->init_bound},
        .update    = "add",
        .sync      = settings->staleness > 0 ? TERN_SYNC_SSP : TERN_SYNC_BSP,
        .staleness = settings->staleness,
        .policy    = settings->policy,
    };

    return tern_table_create(factors->runtime, &desc, table_p);
}

static tern_status_t create_tables(mf_factors_t *factors, const mf_settings_t *settings)
{
    tern_status_t status =
        create_table(factors, settings, "rows", factors->num_rows, &factors->row_table);

    if (status == TERN_OK)
        status = create_table(factors, settings, "columns", factors->num_columns,
                              &factors->column_table);
    return status;
}

static void create_arrays(mf_factors_t *factors, const mf_settings_t *settings,
                          uint32_t first_row, size_t num_rows)
{
    const size_t unit = factors->engine == MF_ENGINE_HAND ? MF_UNIT_CLOSE : MF_UNIT_LINE;

    factors->row_array = mf_array_create(first_row, num_rows, factors->width, unit,
                                         settings->init_bound, settings->seed);
    factors->column_array =
        mf_array_create(0, factors->num_columns, factors->width, unit,
                        settings->init_bound, tern_random_mix(settings->seed + 1));
}

static void create_ring(mf_factors_t *factors, const mf_settings_t *settings,
                        const mf_dataset_t *dataset)
{
    size_t   num_workers = (size_t)tern_num_workers(factors->runtime);
    int      worker      = tern_worker(factors->runtime);
    uint32_t first_row;

    factors->ring = mf_ring_create(worker);
    if (factors->ring == NULL)
        return;
    first_row = mf_dataset_first_row(dataset, (size_t)worker, num_workers);
    create_arrays(factors, settings, first_row,
                  mf_dataset_first_row(dataset, (size_t)worker + 1, num_workers) -
                      first_row);
}

tern_status_t mf_factors_create(mf_factors_t *factors, mf_engine_t engine,
                                const mf_settings_t *settings, tern_runtime_t *runtime,
                                const mf_dataset_t *dataset)
{
    *factors = (mf_factors_t){.engine      = engine,
                              .runtime     = runtime,
                              .num_rows    = dataset->num_rows,
                              .num_columns = dataset->num_columns,
                              .width = settings->rank + (settings->has_bias ? 1 : 0)};
    if (engine == MF_ENGINE_SERVER)
        return create_tables(factors, settings);
    if (engine == MF_ENGINE_HAND)
        create_ring(factors, settings, dataset);
    else
        create_arrays(factors, settings, 0, factors->num_rows);
    return TERN_OK;
}

void mf_factors_fini(mf_factors_t *factors)
{
    mf_ring_destroy(&factors->ring);
    free(factors->row_array.memory);
    free(factors->column_array.memory);
    *factors = (mf_factors_t){.engine = factors->engine};
}
