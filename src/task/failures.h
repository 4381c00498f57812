/** \file
 * Failures: what is remembered of tasks that ended badly.
 */
#ifndef TERN_TASK_FAILURES_H
#define TERN_TASK_FAILURES_H

#include "base/map.h"
#include "tern/task.h"

typedef struct tern_failures {
    tern_task_result_t *results; /* [num_results], in the order in which they ended */
    size_t              num_results, max_results;
    tern_map_t          by_timestamp; /* numbers of results */
    tern_task_result_t  lowest;       /* its timestamp 0: none */
    bool is_full; /* memory was exhausted: of some nothing is known but `lowest` */
} tern_failures_t;

void tern_failures_init(tern_failures_t *failures);
void tern_failures_fini(tern_failures_t *failures);

void tern_failures_add(tern_failures_t *failures, const tern_task_result_t *result);

/** NULL: it has not failed. */
const tern_task_result_t *tern_failures_find(const tern_failures_t *failures,
                                             uint64_t               timestamp);

/** Forget all; returns the one with the lowest timestamp, or one whose timestamp is 0. */
tern_task_result_t tern_failures_take(tern_failures_t *failures);

#endif
