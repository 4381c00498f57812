/** \file
 * Roll: tasks by timestamp. Timestamps come one after the other, so that their low bits scatter tasks best; chains hold
 * what lives long.
 */
#ifndef TERN_TASK_ROLL_H
#define TERN_TASK_ROLL_H

#include "tern/task.h"

typedef struct tern_roll {
    tern_task_t **buckets; /* [num_buckets], a power of two */
    size_t        num_buckets, num_tasks;
} tern_roll_t;

void tern_roll_init(tern_roll_t *roll);
void tern_roll_fini(tern_roll_t *roll);

/** Room for so many more. */
TERN_CHECK_RESULT tern_status_t tern_roll_reserve(tern_roll_t *roll, size_t num_more);

/** Its timestamp is not on the roll; there is room. */
void tern_roll_add(tern_roll_t *roll, tern_task_t *task);
void tern_roll_remove(tern_roll_t *roll, const tern_task_t *task);

/** NULL if there is none. */
tern_task_t *tern_roll_find(const tern_roll_t *roll, uint64_t timestamp);

/** Any task, and the one after it; NULL: that was the last. For walks that add and remove nothing. */
tern_task_t *tern_roll_first(const tern_roll_t *roll);
tern_task_t *tern_roll_next(const tern_roll_t *roll, const tern_task_t *task);

#endif
