/** \file
 * What a worker of the model test has at hand, and how it compares.
 */
#ifndef TERN_TESTS_BENCH_H
#define TERN_TESTS_BENCH_H

#include "model/model.h"

typedef struct bench {
    tern_runtime_t *runtime;
    const char     *policy;
    bool            has_replicas;
    tern_table_t   *tables[NUM_TABLES];
    model_t         model;
    uint64_t        seed;
    uint32_t        worker, num_workers;
    bool            may_read_late;
    uint64_t        num_rounds;
    int             num_complaints;
} bench_t;

/* Both assert, and say what they met with the seed that replays it. */
void check_ok(bench_t *bench, tern_status_t status);

/* One row from the library against the model. */
void check_row(bench_t *bench, const char *what, uint64_t round, int table,
               tern_key_t key, const void *row, const double *expected);

#endif
