/** \file
 * A worker, see worker.h.
 */
#include "worker.h"

#include "memory.h"
#include "tern/random.h"

#include <stdlib.h>

/* What all workers' ratings have in common: numbers, mean, ratings per column. */
static tern_status_t add_up(mf_worker_t *worker, const mf_share_t *share,
                            size_t num_columns, double column_counts[])
{
    const mf_ratings_t *train                  = &share->parts[MF_TRAIN];
    double              sums[MF_NUM_PARTS + 1] = {0};
    tern_status_t       status;

    for (int part = 0; part < MF_NUM_PARTS; part++)
        sums[part] = (double)share->parts[part].num;
    for (size_t i = 0; i < train->num; i++) {
        sums[MF_NUM_PARTS] += train->items[i].value;
        column_counts[train->items[i].column]++;
    }
    status = worker->crew->ops->sum(worker->crew, MF_NUM_PARTS + 1, sums);
    if (status == TERN_OK)
        status = worker->crew->ops->sum(worker->crew, num_columns, column_counts);
    for (int part = 0; part < MF_NUM_PARTS; part++)
        worker->num_ratings[part] = sums[part];
    if (worker->settings->is_centered && sums[MF_TRAIN] > 0)
        worker->rule.mean = (float)(sums[MF_NUM_PARTS] / sums[MF_TRAIN]);
    return status;
}

static void make_plan(mf_worker_t *worker, const mf_share_t *share, size_t num_columns,
                      const double column_counts[])
{
    const mf_settings_t *settings = worker->settings;
    mf_plan_shape_t      shape    = {
                .schedule    = settings->schedule,
                .worker      = worker->crew->worker,
                .num_workers = worker->crew->num_workers,
                .num_columns = num_columns,
                .first_row   = share->first_row,
                .num_rows    = share->end_row - share->first_row,
                .tile_rows   = settings->tile_rows,
                .batch       = settings->batch,
                .num_rounds =
            settings->num_clocks > 0 ? settings->num_clocks : worker->crew->num_workers,
                .group_panels = settings->ahead > 0 ? settings->ahead : 1,
                .seed         = settings->seed,
    };

    worker->blocks =
        mf_blocks_create(num_columns, column_counts, shape.num_workers, settings->pieces);
    mf_plan_create(&worker->plan, &shape, worker->blocks, &share->parts[MF_TRAIN]);
}

static void reach_arrays(mf_worker_t *worker)
{
    const mf_factors_t *factors = worker->factors;

    worker->rows    = mf_side_on_array(&factors->row_array);
    worker->columns = mf_side_on_array(&factors->column_array);
    worker->travel  = factors->engine == MF_ENGINE_HAND
                          ? mf_travel_by_hand(&worker->plan, factors->ring, worker->blocks,
                                              &factors->column_array)
                          : mf_travel_nowhere(&worker->plan);
}

static mf_travel_t *travel_of(const mf_worker_t *worker)
{
    const mf_settings_t *settings  = worker->settings;
    mf_migration_t       migration = {
              .runtime       = worker->factors->runtime,
              .rows          = worker->factors->row_table,
              .columns       = worker->factors->column_table,
              .row_keys      = &worker->row_keys,
              .column_keys   = &worker->column_keys,
              .ahead         = settings->schedule == MF_DSGD ? settings->pieces : 1,
              .has_intent    = settings->is_adaptive,
              .moves_columns = settings->schedule == MF_DSGD || settings->ahead > 0,
    };

    return settings->localizes && tern_num_nodes(worker->factors->runtime) > 1
               ? mf_travel_by_server(&worker->plan, &migration)
               : mf_travel_nowhere(&worker->plan);
}

/* True if rows may have to leave this node while they are borrowed. */
static bool loses_rows(const mf_worker_t *worker)
{
    return worker->settings->moves_rows && tern_num_nodes(worker->factors->runtime) > 1;
}

static void reach_tables(mf_worker_t *worker, const mf_share_t *share)
{
    const mf_settings_t *settings = worker->settings;
    mf_factors_t        *factors  = worker->factors;
    mf_access_t          rows     = {
                     .table        = factors->row_table,
                     .keys         = &worker->row_keys,
                     .max_open     = worker->plan.max_tile_rows,
                     .is_async     = settings->is_async,
                     .is_held      = !loses_rows(worker),
                     .moves        = loses_rows(worker),
                     .is_exclusive = true,
    };
    mf_access_t columns = {
        .table        = factors->column_table,
        .keys         = &worker->column_keys,
        .max_open     = worker->plan.max_panel_columns,
        .is_async     = settings->is_async,
        .is_exclusive = settings->schedule == MF_DSGD,
        .moves        = loses_rows(worker),
    };

    mf_keys_init(&worker->row_keys, factors->num_rows, settings->has_random_keys,
                 tern_random_mix(settings->seed + 2), share->first_row,
                 share->end_row - share->first_row);
    mf_keys_init(&worker->column_keys, factors->num_columns, settings->has_random_keys,
                 tern_random_mix(settings->seed + 3), 0, factors->num_columns);
    worker->rows = settings->borrows ? mf_side_by_borrow(&rows) : mf_side_by_copy(&rows);
    worker->columns =
        settings->borrows ? mf_side_by_borrow(&columns) : mf_side_by_copy(&columns);
    worker->travel = travel_of(worker);
}

static void make_trainer(mf_worker_t *worker)
{
    const mf_settings_t *settings = worker->settings;
    mf_bench_t bench = {worker->crew, &worker->plan, worker->rows, worker->columns,
                        worker->travel};

    worker->pace           = (mf_pace_t){.pad_us  = settings->pad_us,
                                         .sample  = settings->sample,
                                         .is_lent = settings->borrows &&
                                                    worker->factors->engine == MF_ENGINE_SERVER &&
                                                    loses_rows(worker),
                                         .looks_ahead = settings->prefetch > 0};
    worker->trainer        = mf_trainer_create(&bench, &worker->pace);
    worker->update_seconds = mf_trainer_update_seconds(worker->trainer, &worker->rule);
}

tern_status_t mf_worker_init(mf_worker_t *worker, const mf_settings_t *settings,
                             const mf_dataset_t *dataset, mf_factors_t *factors,
                             mf_crew_t *crew)
{
    double       *column_counts = APP_NEW(double, dataset->num_columns);
    mf_share_t    share;
    double        start = mf_now();
    tern_status_t status;

    *worker      = (mf_worker_t){.settings = settings, .factors = factors, .crew = crew};
    worker->rule = (mf_rule_t){.rank     = settings->rank,
                               .has_bias = settings->has_bias,
                               .rate     = (float)settings->rate,
                               .l2       = (float)settings->l2};
    mf_dataset_share(dataset, crew->worker, crew->num_workers, &share);
    worker->data_seconds = mf_now() - start;
    status               = add_up(worker, &share, dataset->num_columns, column_counts);
    if (status == TERN_OK) {
        start = mf_now();
        make_plan(worker, &share, dataset->num_columns, column_counts);
        for (mf_part_t part = MF_VALID; part <= MF_TEST; part++)
            worker->judges[part] =
                mf_judge_create(&share, part, dataset->num_columns,
                                part == MF_VALID ? settings->eval_sample : 0);
        if (factors->engine == MF_ENGINE_SERVER)
            reach_tables(worker, &share);
        else
            reach_arrays(worker);
        worker->plan_seconds = mf_now() - start;
        make_trainer(worker);
    }
    mf_share_fini(&share);
    free(column_counts);
    return status;
}

void mf_worker_fini(mf_worker_t *worker)
{
    mf_trainer_destroy(&worker->trainer);
    mf_travel_destroy(&worker->travel);
    mf_side_destroy(&worker->rows);
    mf_side_destroy(&worker->columns);
    mf_keys_fini(&worker->row_keys);
    mf_keys_fini(&worker->column_keys);
    for (int part = 0; part < MF_NUM_PARTS; part++)
        mf_judge_destroy(&worker->judges[part]);
    mf_plan_fini(&worker->plan);
    free(worker->blocks);
    worker->blocks = NULL;
}

tern_status_t mf_worker_run(mf_worker_t *worker, double deadline,
                            mf_progress_fn *progress, void *context, mf_epoch_t *epoch)
{
    return mf_trainer_run(worker->trainer, &worker->rule, deadline, progress, context,
                          epoch);
}

tern_status_t mf_worker_judge(mf_worker_t *worker, mf_part_t part, double *rmse_p)
{
    return mf_judge_rmse(worker->judges[part], worker->crew, &worker->rule, worker->rows,
                         worker->columns, rmse_p);
}

tern_status_t mf_worker_settle(mf_worker_t *worker)
{
    tern_status_t status = worker->rows->ops->settle(worker->rows);

    if (status == TERN_OK)
        status = worker->columns->ops->settle(worker->columns);
    if (status == TERN_OK)
        status = worker->travel->ops->settle(worker->travel);
    if (status == TERN_OK)
        status = worker->crew->ops->barrier(worker->crew);
    return worker->crew->ops->agree(worker->crew, status);
}
