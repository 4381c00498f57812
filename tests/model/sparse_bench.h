/** \file
 * What a worker of the model test of sparse tables has at hand, and how it compares.
 */
#ifndef TERN_TESTS_SPARSE_BENCH_H
#define TERN_TESTS_SPARSE_BENCH_H

#include "model/sparse_model.h"

enum { SPARSE_IN_FLIGHT = 5 };

/* Changes under way, whose arrays are borrowed. */
typedef struct sparse_flight {
    tern_key_t keys[SPARSE_NEIGHBOURS];
    double     rows[SPARSE_NEIGHBOURS * SPARSE_WIDTH]; /* of the table's type */
} sparse_flight_t;

typedef struct sparse_bench {
    tern_runtime_t *runtime;
    tern_table_t   *tables[SPARSE_TABLES];
    sparse_model_t  model;
    uint64_t        seed;
    uint32_t        worker, num_workers;
    size_t          num_flights;
    sparse_flight_t flights[SPARSE_IN_FLIGHT];
    tern_request_t *requests[SPARSE_IN_FLIGHT];
    int             num_complaints;
} sparse_bench_t;

/* They assert, and say what they met with the seed that replays it. */
void sparse_check(sparse_bench_t *bench, const round_t *round, const char *what,
                  bool is_right);
void sparse_check_ok(sparse_bench_t *bench, const round_t *round,
                     tern_status_t status);

/* Row i of `rows` against that of key number `which` in the model. */
void sparse_check_row(sparse_bench_t *bench, const round_t *round,
                      const char *what, int table, uint32_t which, const void *rows,
                      size_t i);

/* All keys of a table; how many rows there are, and in a range; all rows in order. */
void sparse_check_by_pull(sparse_bench_t *bench, const round_t *round, int table);
void sparse_check_by_count(sparse_bench_t *bench, const round_t *round, int table);
void sparse_check_by_scan(sparse_bench_t *bench, const round_t *round, int table);

#endif
