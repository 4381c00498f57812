/** \file
 * What the parameter server costs, see compare.h.
 *
 * Of each kind the median epoch counts, so that what else runs on the machine meets both and an epoch that it slowed
 * down does not decide. A turn has several epochs, as threads have to be started for it.
 */
#include "compare.h"

#include "memory.h"
#include "train.h"

#include <stdio.h>
#include <stdlib.h>

enum { TURN_EPOCHS = 3 };

/* The plain loop: a threads whose workers live from turn to turn. */
typedef struct plain {
    const mf_settings_t *settings;
    const mf_dataset_t  *dataset;
    size_t               num_threads;
    mf_factors_t         factors;
    mf_threads_t        *threads;
    mf_worker_t         *workers; /* [num_threads] */
    double              *seconds; /* [TURN_EPOCHS] of the current turn */
} plain_t;

static tern_status_t prepare(mf_crew_t *crew, void *context)
{
    plain_t *plain = context;

    return mf_worker_init(&plain->workers[crew->worker], plain->settings, plain->dataset,
                          &plain->factors, crew);
}

static tern_status_t take_turn(mf_crew_t *crew, void *context)
{
    plain_t      *plain  = context;
    tern_status_t status = TERN_OK;

    for (int epoch = 0; epoch < TURN_EPOCHS && status == TERN_OK; epoch++) {
        double seconds = 0;

        status = mf_train_epoch(&plain->workers[crew->worker], &seconds);
        if (crew->worker == 0)
            plain->seconds[epoch] = seconds;
    }
    return status;
}

static tern_status_t plain_init(plain_t *plain, const mf_settings_t *settings,
                                const mf_dataset_t *dataset, tern_runtime_t *runtime)
{
    tern_status_t status;

    *plain         = (plain_t){.settings    = settings,
                               .dataset     = dataset,
                               .num_threads = settings->num_threads > 0
                                                  ? settings->num_threads
                                                  : (size_t)tern_num_workers(runtime)};
    plain->threads = mf_threads_create(runtime, plain->num_threads, dataset->num_columns);
    plain->workers = APP_NEW(mf_worker_t, plain->num_threads);
    status =
        mf_factors_create(&plain->factors, MF_ENGINE_THREADS, settings, runtime, dataset);
    return status == TERN_OK ? mf_threads_run(plain->threads, prepare, plain) : status;
}

static void plain_fini(plain_t *plain)
{
    for (size_t t = 0; t < plain->num_threads; t++)
        mf_worker_fini(&plain->workers[t]);
    mf_factors_fini(&plain->factors);
    mf_threads_destroy(&plain->threads);
    free(plain->workers);
}

static tern_status_t take_server_turn(mf_worker_t *worker, double seconds[])
{
    tern_status_t status = TERN_OK;

    for (int epoch = 0; epoch < TURN_EPOCHS && status == TERN_OK; epoch++)
        status = mf_train_epoch(worker, &seconds[epoch]);
    return status;
}

/* The others sleep in a barrier while worker 0 runs the plain loop. */
static tern_status_t take_turns(mf_worker_t *worker, plain_t *plain, int num_turns,
                                double server_seconds[], double plain_seconds[])
{
    mf_crew_t    *crew   = worker->crew;
    tern_status_t status = TERN_OK;

    for (int turn = 0; turn < num_turns && status == TERN_OK; turn++) {
        status = take_server_turn(worker, server_seconds + turn * TURN_EPOCHS);
        if (status == TERN_OK && crew->worker == 0) {
            plain->seconds = plain_seconds + turn * TURN_EPOCHS;
            status         = mf_threads_run(plain->threads, take_turn, plain);
        }
        if (status == TERN_OK)
            status = crew->ops->barrier(crew);
    }
    return status;
}

static void report(const mf_worker_t *worker, const tern_options_t *options, size_t num,
                   const double server_seconds[], const double plain_seconds[],
                   size_t num_threads)
{
    double             with     = mf_median(num, server_seconds);
    double             without  = mf_median(num, plain_seconds);
    tern_report_t     *out      = NULL;
    const tern_field_t fields[] = {
        {"workers", (double)worker->crew->num_workers, NULL},
        {"threads", (double)num_threads, NULL},
        {"train_ratings", worker->num_ratings[MF_TRAIN], NULL},
        {"server_epoch_seconds", with, NULL},
        {"plain_epoch_seconds", without, NULL},
        {"server_speed", without / with, NULL},
    };

    if (tern_report_create(worker->factors->runtime, options, "ratings", 0, &out) !=
        TERN_OK)
        return;
    tern_report_results(out, sizeof(fields) / sizeof(fields[0]), fields);
    tern_report_destroy(&out);
}

tern_status_t mf_compare(mf_worker_t *worker, const mf_dataset_t *dataset,
                         const tern_options_t *options)
{
    const mf_settings_t *settings = worker->settings;
    int           num_turns      = (settings->num_epochs + TURN_EPOCHS - 1) / TURN_EPOCHS;
    size_t        num            = (size_t)num_turns * TURN_EPOCHS;
    double       *server_seconds = APP_NEW(double, num);
    double       *plain_seconds  = APP_NEW(double, num);
    plain_t       plain          = {.settings = settings};
    tern_status_t status         = TERN_OK;

    if (worker->crew->worker == 0)
        status = plain_init(&plain, settings, dataset, worker->factors->runtime);
    if (status == TERN_OK)
        status = take_turns(worker, &plain, num_turns, server_seconds, plain_seconds);
    if (status == TERN_OK && worker->crew->worker == 0)
        report(worker, options, num, server_seconds, plain_seconds, plain.num_threads);
    if (worker->crew->worker == 0)
        plain_fini(&plain);
    free(server_seconds);
    free(plain_seconds);
    return status;
}
