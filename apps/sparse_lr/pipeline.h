/** \file
 * The iterations of a worker, as tasks under bounded delay.
 *
 * An iteration is a task: it computes gradient and curvature of the loss along the features of a block, on each shard of
 * this worker, pushes them and ends the step; a subtask pulls the new weights, and another one corrects the
 * margins of the examples by them. The servers sum what all workers pushed in a step and take a proximal step; the
 * pull waits there until they have. An iteration may begin when all but the last tau before it have finished
 * (tern/delay.h), so that computation and communication overlap and slow workers do not hold up the others at once. Margins
 * are corrected in the order of the iterations, so that at the end of a pass they are those of the same weights on all workers.
 *
 * Source: Li et al., OSDI 2014, algorithm 3.
 */
#ifndef LR_PIPELINE_H
#define LR_PIPELINE_H

#include "progress.h"
#include "settings.h"
#include "shard.h"

typedef struct lr_iteration lr_iteration_t;

/* Told when the margins are those at the end of a pass; this worker has ended so many steps since. */
typedef tern_status_t lr_end_pass_fn(void *context, size_t pass, uint64_t num_steps);

typedef struct lr_pipeline {
    tern_runtime_t      *runtime;
    const lr_settings_t *settings;
    tern_table_t        *weights, *progress;
    size_t               num_shards, first_shard;
    lr_shard_t          *shards; /* [num_shards] of this worker */
    size_t               num_blocks;
    size_t               max_delay;
    tern_delay_auto_t   *automatic; /* NULL: the delay is max_delay */
    tern_tasks_t        *tasks;
    tern_delay_t        *delay;
    lr_iteration_t      *ring; /* [max_delay + 1] iterations by number */
    size_t               num_submitted;
    uint64_t             last_correction; /* task */
    double               compute_seconds, start_seconds;
    double               row[LR_NUM_COLUMNS]; /* what the pass before came to */
    lr_end_pass_fn      *end_pass;
    void                *context; /* of end_pass */
} lr_pipeline_t;

/* The caller has filled all members to `automatic`, and the last two. */
tern_status_t lr_pipeline_init(lr_pipeline_t *pipeline);

/* Waits for what is under way; iterations that have not begun do not begin. */
void lr_pipeline_fini(lr_pipeline_t *pipeline);

/* Submit the iteration for a block, number `place` of its pass; runs others meanwhile. */
tern_status_t lr_pipeline_submit(lr_pipeline_t *pipeline, size_t pass, size_t place,
                                 size_t block);

/* Wait until `row` is of the pass before the one that is submitted. */
tern_status_t lr_pipeline_read_row(lr_pipeline_t *pipeline);

#endif
