/** \file
 * Step: what the workers have pushed to a table at this server in one step, until it is applied. Sums are taken as
 * pushes come, or, where their order is to be fixed, when the step is complete: by data shard, worker, and the order in
 * which the worker pushed.
 */
#ifndef TERN_SERVER_STEP_H
#define TERN_SERVER_STEP_H

#include "server/sums.h"

/* What one message brought. */
typedef struct tern_contribution {
    uint32_t shard, worker;
    uint64_t tick;
    size_t   first, num_keys; /* of the step's keys and rows */
} tern_contribution_t;

typedef struct tern_step {
    struct tern_step *next; /* in the list of those that are not in use */
    bool              is_ordered;
    tern_sums_t       sums;
    /* Ordered: as they came. */
    size_t               num_contributions, max_contributions;
    tern_contribution_t *contributions;
    size_t               num_keys, max_keys;
    tern_key_t          *keys; /* [num_keys] */
    char                *rows; /* [num_keys] */
} tern_step_t;

/* NULL when memory is exhausted. */
tern_step_t *tern_step_create(uint32_t width, tern_type_t type, bool is_ordered);
void         tern_step_destroy(tern_step_t **step_p);

/* Forget what was pushed, keep the memory. */
void tern_step_clear(tern_step_t *step);

/* Take in a push; `contribution` says whose, its `first` is not looked at. TERN_ERR_NO_MEMORY: nothing was taken in. */
tern_status_t tern_step_add(tern_step_t *step, tern_contribution_t contribution,
                            const tern_key_t keys[], const void *rows);

/* Nothing comes any more: step->sums are the sums. TERN_ERR_NO_MEMORY: to be called again. */
tern_status_t tern_step_sum(tern_step_t *step);

#endif
