/** \file
 * One benchmark run: a table, its rows as the raw loops see them, and a stock of keys.
 */
#ifndef TERN_BENCH_BENCH_H
#define TERN_BENCH_BENCH_H

#include "raw.h"
#include "tern/tern.h"

typedef struct bench {
    tern_runtime_t *runtime;
    tern_table_t   *table;
    uint32_t        width;
    uint64_t        num_rows;
    size_t          batch;
    const char     *dist;
    double          seconds; /* per case */
    bool            as_json;
    raw_rows_t      rows; /* that this worker's node owns; keys are drawn from these */
    uint64_t       *keys; /* [num_keys] */
    size_t          num_keys, next_key;
    float          *values; /* [batch][width] */
} bench_t;

/* What one side of a case does with the next keys; returns how many. */
typedef size_t bench_step_fn(bench_t *bench, tern_status_t *status_p);

typedef struct bench_case {
    const char    *name;
    bench_step_fn *step;
    bench_step_fn *raw;       /* what it is compared with; NULL: nothing */
    bool           is_single; /* one key a call */
} bench_case_t;

extern const bench_case_t bench_cases[];
extern const size_t       bench_num_cases;

/* Create the table, find its rows, draw the keys. */
tern_status_t bench_prepare(bench_t *bench, const tern_options_t *options);
void          bench_release(bench_t *bench);

/* Collective over the workers; worker 0 prints. */
tern_status_t bench_run(bench_t *bench, const bench_case_t *chosen);
void          bench_print_heading(const bench_t *bench);

#endif
