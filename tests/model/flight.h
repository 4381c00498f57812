/** \file
 * An operation under way: issued, applied to the model at once, completed and compared later.
 */
#ifndef TERN_TESTS_FLIGHT_H
#define TERN_TESTS_FLIGHT_H

#include "model/bench.h"

enum { MAX_IN_FLIGHT = 6 };

/* The library borrows keys and buffer until it completes. */
typedef struct flight {
    operation_t     operation;
    tern_request_t *request;
    double          buffer[MAX_VALUES + 1];   /* of the table's type, and a canary */
    double          expected[MAX_VALUES + 1]; /* reads: by the model when issued */
    uint32_t        absent[MAX_KEYS]; /* positions that a pull_if_local did not find */
    size_t          num_absent;
} flight_t;

void flight_begin(bench_t *bench, const round_t *round, uint32_t index, flight_t *flight);

/* By tern_wait() or by tern_test(). */
void flight_complete(bench_t *bench, flight_t *flight, bool by_test);
void flight_complete_all(bench_t *bench, size_t num_flights, flight_t flights[]);

/* What a complete one has read. */
void flight_check(bench_t *bench, const round_t *round, const flight_t *flight);

#endif
