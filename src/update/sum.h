/** \file
 * Sum: what several have pushed to the same rows, added up row by row in a fixed order.
 */
#ifndef TERN_UPDATE_SUM_H
#define TERN_UPDATE_SUM_H

#include "tern/types.h"

/* Rows [begin, end). */
typedef struct tern_sum_run {
    uint32_t begin, end;
} tern_sum_run_t;

/* What one has pushed. */
typedef struct tern_addend {
    const char           *rows;
    const tern_sum_run_t *runs; /* [num_runs], rising: the rows that it has */
    uint32_t              num_runs;
    bool
        is_packed; /* `rows` are those of the runs one after the other; else row i is at its place */
} tern_addend_t;

typedef struct tern_sum_shape {
    tern_type_t type;
    uint32_t    width, num_rows;
} tern_sum_shape_t;

/* True if it has every row. */
static inline bool tern_addend_is_whole(const tern_addend_t *addend, uint32_t num_rows)
{
    return addend->num_runs == 1 && addend->runs[0].begin == 0 &&
           addend->runs[0].end == num_rows;
}

/* `sum` := the first addend + the second + ...; all have every row; at least one. */
void tern_sum_whole(const tern_sum_shape_t *shape, size_t num_addends,
                    const char *const addends[], char *sum);

/* Row i of `sum` := the addends that have it, added in order; `touched`[i] says whether any has. Returns how many rows
 * are touched. */
uint32_t tern_sum_rows(const tern_sum_shape_t *shape, size_t num_addends,
                       const tern_addend_t addends[], char *sum, bool touched[]);

#endif
