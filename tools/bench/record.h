/** \file
 * A line of results: named numbers and texts, the same for every line of a case.
 */
#ifndef TERN_BENCH_RECORD_H
#define TERN_BENCH_RECORD_H

#include <stdio.h>

#include "bench.h"

enum { RECORD_MAX_FIELDS = 40 };

typedef struct record {
    const bench_case_t *of;
    size_t              num;
    tern_field_t        fields[RECORD_MAX_FIELDS];
} record_t;

void record_fill(record_t *record, const bench_t *bench, const bench_case_t *of,
                 const bench_result_t *result);

/* Whole numbers in full, others in six digits. */
void record_print_value(FILE *file, const tern_field_t *field);

/* Payload of a call in bytes, the values alone; a call's time in microseconds as one worker sees it. */
double record_call_bytes(const bench_t *bench);
double record_call_us(const bench_speed_t *speed);

#endif
