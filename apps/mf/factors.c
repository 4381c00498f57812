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

static void create_arrays(mf_factors_t *factors, const mf_settings_t *settings)
{
    double bound = settings->init_bound;

    factors->row_array =
        mf_array_create(factors->num_rows, factors->width, bound, settings->seed);
    factors->column_array = mf_array_create(factors->num_columns, factors->width, bound,
                                            tern_random_mix(settings->seed + 1));
}

tern_status_t mf_factors_create(mf_factors_t *factors, mf_engine_t engine,
                                const mf_settings_t *settings, tern_runtime_t *runtime,
                                size_t num_rows, size_t num_columns)
{
    *factors = (mf_factors_t){.engine      = engine,
                              .runtime     = runtime,
                              .num_rows    = num_rows,
                              .num_columns = num_columns,
                              .width = settings->rank + (settings->has_bias ? 1 : 0)};
    if (engine == MF_ENGINE_SERVER)
        return create_tables(factors, settings);
    if (engine == MF_ENGINE_HAND)
        factors->ring = mf_ring_create(tern_worker(runtime));
    if (engine == MF_ENGINE_THREADS || factors->ring != NULL)
        create_arrays(factors, settings);
    return TERN_OK;
}

void mf_factors_fini(mf_factors_t *factors)
{
    mf_ring_destroy(&factors->ring);
    free(factors->row_array);
    free(factors->column_array);
    *factors = (mf_factors_t){.engine = factors->engine};
}
