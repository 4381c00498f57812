#include "task/roll.h"

#include <assert.h>

#include "base/alloc.h"
#include "task/graph.h"

#define MIN_BUCKETS 16u

static tern_task_t **bucket_of(const tern_roll_t *roll, uint64_t timestamp)
{
    return &roll->buckets[timestamp & (roll->num_buckets - 1)];
}

void tern_roll_init(tern_roll_t *roll)
{
    *roll = (tern_roll_t){.buckets = NULL};
}

void tern_roll_fini(tern_roll_t *roll)
{
    assert(roll->num_tasks == 0);
    tern_free(TERN_LOG_TASK, roll->buckets);
    tern_roll_init(roll);
}

tern_status_t tern_roll_reserve(tern_roll_t *roll, size_t num_more)
{
    tern_roll_t grown = *roll;

    if (roll->num_tasks + num_more <= roll->num_buckets)
        return TERN_OK;
    while (grown.num_buckets < roll->num_tasks + num_more)
        grown.num_buckets = grown.num_buckets > 0 ? 2 * grown.num_buckets : MIN_BUCKETS;
    grown.buckets =
        tern_alloc_zeroed(TERN_LOG_TASK, grown.num_buckets * sizeof *grown.buckets);
    if (grown.buckets == NULL)
        return TERN_ERR_NO_MEMORY;
    for (size_t b = 0; b < roll->num_buckets; b++)
        while (roll->buckets[b] != NULL) {
            tern_task_t  *task   = roll->buckets[b];
            tern_task_t **bucket = bucket_of(&grown, task->timestamp);

            roll->buckets[b]     = task->next_in_bucket;
            task->next_in_bucket = *bucket;
            *bucket              = task;
        }
    tern_free(TERN_LOG_TASK, roll->buckets);
    *roll = grown;
    return TERN_OK;
}

void tern_roll_add(tern_roll_t *roll, tern_task_t *task)
{
    tern_task_t **bucket = bucket_of(roll, task->timestamp);

    assert(roll->num_tasks < roll->num_buckets);
    assert(tern_roll_find(roll, task->timestamp) == NULL);
    task->next_in_bucket = *bucket;
    *bucket              = task;
    roll->num_tasks++;
}

void tern_roll_remove(tern_roll_t *roll, const tern_task_t *task)
{
    tern_task_t **task_p = bucket_of(roll, task->timestamp);

    while (*task_p != task)
        task_p = &(*task_p)->next_in_bucket;
    *task_p = task->next_in_bucket;
    roll->num_tasks--;
}

tern_task_t *tern_roll_find(const tern_roll_t *roll, uint64_t timestamp)
{
    tern_task_t *task = NULL;

    if (roll->num_buckets > 0)
        task = *bucket_of(roll, timestamp);
    while (task != NULL && task->timestamp != timestamp)
        task = task->next_in_bucket;
    return task;
}

static tern_task_t *first_from(const tern_roll_t *roll, size_t bucket)
{
    while (bucket < roll->num_buckets && roll->buckets[bucket] == NULL)
        bucket++;
    return bucket < roll->num_buckets ? roll->buckets[bucket] : NULL;
}

tern_task_t *tern_roll_first(const tern_roll_t *roll)
{
    return first_from(roll, 0);
}

tern_task_t *tern_roll_next(const tern_roll_t *roll, const tern_task_t *task)
{
    if (task->next_in_bucket != NULL)
        return task->next_in_bucket;
    return first_from(roll, (size_t)(task->timestamp & (roll->num_buckets - 1)) + 1);
}
