/** \file
 * What worker 0 prints: columns under a heading as the OSU benchmarks do, or a JSON object per line.
 */
#ifndef TERN_BENCH_PRINT_H
#define TERN_BENCH_PRINT_H

#include "record.h"

void print_heading(const bench_t *bench, const bench_case_t *chosen);
void print_columns(const bench_t *bench, const bench_case_t *chosen,
                   const bench_result_t *result);
void print_json(const record_t *record);

#endif
