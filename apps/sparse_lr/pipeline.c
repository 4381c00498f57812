/** \file
 * The iterations of a worker, see pipeline.h.
 */
#include "pipeline.h"

#include "memory.h"
#include "padding.h"

#include <stdlib.h>
#include <string.h>

struct lr_iteration {
    lr_pipeline_t *pipeline;
    size_t         pass, place, block, number;
    uint64_t       timestamp;
    uint64_t       clock;               /* after its step */
    lr_batch_t    *batches;             /* [num_shards] */
    double         row[LR_NUM_COLUMNS]; /* of the pass before */
};

/* Add the time since `began` to what was computed. */
static void add_time(lr_pipeline_t *pipeline, double began)
{
    pipeline->compute_seconds += tern_seconds(pipeline->runtime) - began;
}

/* A tern_task_fn. A worker without features in a block waits for the step all the same. What the pass before came to is
 * pulled with the first step in which every worker has pushed its part of it: they did so when they finished the last iteration
 * of that pass, at most `max_delay` steps late. */
static tern_status_t pull(tern_task_t *task, void *context)
{
    lr_iteration_t *iteration = context;
    lr_pipeline_t  *pipeline  = iteration->pipeline;
    tern_key_t      key       = iteration->pass > 0 ? iteration->pass - 1 : 0;
    size_t          num       = 0;
    tern_status_t   status    = TERN_OK;

    for (size_t s = 0; s < pipeline->num_shards && status == TERN_OK; s++) {
        lr_batch_t *batch = &iteration->batches[s];

        num += batch->num;
        status = tern_pull(pipeline->weights, batch->num, batch->keys, batch->weights,
                           tern_task_slot(task));
    }
    if (status == TERN_OK && (num == 0 || iteration->place == pipeline->max_delay))
        status =
            tern_pull(pipeline->progress, 1, &key, iteration->row, tern_task_slot(task));
    return status;
}

/* An iteration made the objective fall by so much, as this worker sees it, and so much was expected. */
static tern_status_t adapt_delay(lr_pipeline_t *pipeline, double fall, double expected)
{
    uint32_t      delay = 0;
    tern_status_t status =
        tern_delay_auto_step(pipeline->automatic, fall, expected, &delay);

    return status == TERN_OK ? tern_delay_set(pipeline->delay, delay) : status;
}

/* A tern_task_fn. */
static tern_status_t correct(tern_task_t *task, void *context)
{
    lr_iteration_t *iteration = context;
    lr_pipeline_t  *pipeline  = iteration->pipeline;
    double          began = tern_seconds(pipeline->runtime), fall = 0, expected = 0;
    double        penalty = pipeline->settings->l1 / tern_num_workers(pipeline->runtime);
    tern_status_t status  = TERN_OK;

    (void)task;
    for (size_t s = 0; s < pipeline->num_shards; s++)
        fall += lr_shard_apply(&pipeline->shards[s], &iteration->batches[s], penalty,
                               &expected);
    if (iteration->place == pipeline->max_delay)
        memcpy(pipeline->row, iteration->row, sizeof(pipeline->row));
    add_time(pipeline, began);
    if (pipeline->automatic != NULL)
        status = adapt_delay(pipeline, fall, expected);
    if (iteration->place + 1 < pipeline->num_blocks || status != TERN_OK)
        return status;
    return pipeline->end_pass(pipeline->context, iteration->pass,
                              tern_clock_now(pipeline->runtime) - iteration->clock);
}

static tern_status_t push(lr_pipeline_t *pipeline, lr_iteration_t *iteration,
                          tern_task_t *task)
{
    tern_status_t status = TERN_OK;

    for (size_t s = 0; s < pipeline->num_shards && status == TERN_OK; s++) {
        lr_batch_t *batch = &iteration->batches[s];

        tern_table_set_shard(pipeline->weights, (uint32_t)(pipeline->first_shard + s));
        status = tern_push(pipeline->weights, batch->num, batch->keys, batch->gradients,
                           tern_task_slot(task));
    }
    return status;
}

/* A tern_task_fn: an iteration. */
static tern_status_t iterate(tern_task_t *task, void *context)
{
    lr_iteration_t  *iteration  = context;
    lr_pipeline_t   *pipeline   = iteration->pipeline;
    double           began      = tern_seconds(pipeline->runtime);
    uint64_t         after[]    = {0, pipeline->last_correction};
    tern_task_desc_t pulling    = {.name = "pull", .run = pull, .context = iteration};
    tern_task_desc_t correction = {.name      = "correct",
                                   .num_after = 2,
                                   .after     = after,
                                   .run       = correct,
                                   .context   = iteration};
    tern_status_t    status     = TERN_OK;

    for (size_t s = 0; s < pipeline->num_shards; s++)
        lr_shard_compute(&pipeline->shards[s], iteration->block, &iteration->batches[s]);
    lr_padding_sleep(pipeline->settings, pipeline->runtime, iteration->number, began);
    status = push(pipeline, iteration, task);
    add_time(pipeline, began);
    if (status == TERN_OK)
        status = tern_clock(pipeline->runtime);
    iteration->clock = tern_clock_now(pipeline->runtime);
    if (status == TERN_OK)
        status = tern_task_submit_sub(task, &pulling, &after[0]);
    if (status == TERN_OK)
        status = tern_task_submit_sub(task, &correction, &pipeline->last_correction);
    return status;
}

tern_status_t lr_pipeline_submit(lr_pipeline_t *pipeline, size_t pass, size_t place,
                                 size_t block)
{
    size_t           number    = pipeline->num_submitted++;
    lr_iteration_t  *iteration = &pipeline->ring[number % (pipeline->max_delay + 1)];
    tern_task_desc_t desc   = {.name = "iteration", .run = iterate, .context = iteration};
    tern_status_t    status = TERN_OK;

    if (iteration->timestamp > 0)
        status = tern_tasks_wait(pipeline->tasks, iteration->timestamp);
    iteration->pass   = pass;
    iteration->place  = place;
    iteration->block  = block;
    iteration->number = number;
    if (status == TERN_OK)
        status = tern_delay_submit(pipeline->delay, &desc, &iteration->timestamp);
    return status;
}

/* The row came with iteration number `max_delay` of the pass, which is at most half of a pass long ago. */
tern_status_t lr_pipeline_read_row(lr_pipeline_t *pipeline)
{
    size_t oldest = pipeline->num_submitted % (pipeline->max_delay + 1);

    return tern_tasks_wait(pipeline->tasks, pipeline->ring[oldest].timestamp);
}

tern_status_t lr_pipeline_init(lr_pipeline_t *pipeline)
{
    tern_status_t status = tern_tasks_create(pipeline->runtime, &pipeline->tasks);

    if (status == TERN_OK)
        status = tern_delay_create(pipeline->tasks,
                                   pipeline->automatic != NULL
                                       ? tern_delay_auto_delay(pipeline->automatic)
                                       : (uint32_t)pipeline->max_delay,
                                   &pipeline->delay);
    pipeline->ring = APP_NEW(lr_iteration_t, pipeline->max_delay + 1);
    for (size_t i = 0; i <= pipeline->max_delay; i++) {
        pipeline->ring[i].pipeline = pipeline;
        pipeline->ring[i].batches  = APP_NEW(lr_batch_t, pipeline->num_shards);
    }
    pipeline->start_seconds = tern_seconds(pipeline->runtime);
    return status;
}

void lr_pipeline_fini(lr_pipeline_t *pipeline)
{
    tern_delay_destroy(&pipeline->delay);
    tern_tasks_destroy(&pipeline->tasks);
    for (size_t i = 0; pipeline->ring != NULL && i <= pipeline->max_delay; i++) {
        for (size_t s = 0; s < pipeline->num_shards; s++)
            lr_batch_fini(&pipeline->ring[i].batches[s]);
        free(pipeline->ring[i].batches);
    }
    free(pipeline->ring);
}
