/** \file
 * Where the vectors of rows and columns are: in tables of the parameter server, or in arrays of this process.
 */
#ifndef MF_FACTORS_H
#define MF_FACTORS_H

#include "plain_mpi.h"
#include "settings.h"
#include "side.h"

typedef struct mf_factors {
    mf_engine_t     engine;
    tern_runtime_t *runtime;
    size_t          num_rows, num_columns, width;
    tern_table_t   *row_table, *column_table; /* server */
    mf_array_t      row_array;    /* threads; by hand: the rows of this worker */
    mf_array_t      column_array; /* the same, but all columns */
    mf_ring_t      *ring;         /* by hand */
} mf_factors_t;

/* Collective over the ranks if `engine` is not MF_ENGINE_THREADS. */
tern_status_t mf_factors_create(mf_factors_t *factors, mf_engine_t engine,
                                const mf_settings_t *settings, tern_runtime_t *runtime,
                                const mf_dataset_t *dataset);
void          mf_factors_fini(mf_factors_t *factors);

#endif
