/** \file
 * A worker: its ratings, its plan, its way to the vectors.
 */
#ifndef MF_WORKER_H
#define MF_WORKER_H

#include "factors.h"
#include "judge.h"
#include "trainer.h"

typedef struct mf_worker {
    const mf_settings_t *settings;
    mf_factors_t        *factors; /* borrowed */
    mf_crew_t           *crew;    /* borrowed */
    mf_rule_t            rule;
    mf_plan_t            plan;
    mf_blocks_t         *blocks;
    mf_keys_t            row_keys, column_keys;
    mf_side_t           *rows, *columns;
    mf_travel_t         *travel;
    mf_trainer_t        *trainer;
    mf_judge_t          *judges[MF_NUM_PARTS]; /* of what is held out */
    mf_pace_t            pace;
    double               num_ratings[MF_NUM_PARTS]; /* of all workers */
    double               data_seconds, plan_seconds;
    double               update_seconds; /* processor time of an update */
} mf_worker_t;

/* All workers of the crew call it. */
tern_status_t mf_worker_init(mf_worker_t *worker, const mf_settings_t *settings,
                             const mf_dataset_t *dataset, mf_factors_t *factors,
                             mf_crew_t *crew);
void          mf_worker_fini(mf_worker_t *worker);

/* An epoch that must end at `deadline` (mf_now(), 0: when it ends). */
tern_status_t mf_worker_run(mf_worker_t *worker, double deadline,
                            mf_progress_fn *progress, void *context, mf_epoch_t *epoch);

/* Root of the mean square error on held-out ratings, of all workers, who all call it. */
tern_status_t mf_worker_judge(mf_worker_t *worker, mf_part_t part, double *rmse_p);

/* Between epochs: make everything visible to everybody. All workers call it. */
tern_status_t mf_worker_settle(mf_worker_t *worker);

#endif
