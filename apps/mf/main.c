/** \file
 * tern-mf: matrix factorization by stochastic gradient descent on the parameter server.
 *
 * Every rank knows the shape of the data, because tables are created by all ranks; the workers make or keep their
 * share of the ratings and train, and the servers serve until they are done.
 */
#include "compare.h"
#include "memory.h"
#include "output.h"
#include "program.h"
#include "summary.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct program {
    tern_options_t *options;
    tern_runtime_t *runtime;
    mf_settings_t   settings;
    mf_dataset_t    dataset;
    mf_factors_t    factors;
} program_t;

static tern_status_t load(program_t *program, app_complaint_t *complaint)
{
    const mf_settings_t *settings = &program->settings;

    if (settings->engine == MF_ENGINE_THREADS && tern_size(program->runtime) > 1)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--no-server runs in one process, not in %d",
                            tern_size(program->runtime));
    if (settings->data != NULL)
        return mf_dataset_load(&program->dataset, settings->data, &settings->split,
                               complaint);
    mf_dataset_plant(&program->dataset, &settings->synthetic, &settings->split);
    return TERN_OK;
}

/* Of app_program_t. Rank 0 goes first, so that what is wrong with a file is said once. */
static tern_status_t prepare(void *context, tern_options_t *options,
                             tern_runtime_t *runtime)
{
    program_t      *program   = context;
    app_complaint_t complaint = {""};
    bool            is_first  = tern_rank(runtime) == 0;
    tern_status_t   status    = TERN_OK;

    program->options = options;
    program->runtime = runtime;
    for (int turn = 0; turn < 2 && status == TERN_OK; turn++) {
        if (is_first == (turn == 0)) {
            status = mf_settings_get(options, &program->settings, &complaint);
            if (status == TERN_OK)
                status = load(program, &complaint);
        }
        status = app_program_agree(runtime, "tern-mf", status, &complaint);
    }
    if (status != TERN_OK)
        return status;
    return mf_factors_create(&program->factors, program->settings.engine,
                             &program->settings, runtime, &program->dataset);
}

/* Results are printed even if they cannot be written. */
static tern_status_t conclude(program_t *program, mf_worker_t *worker,
                              const mf_training_t *training, tern_report_t *report)
{
    tern_status_t status = TERN_OK;

    if (program->settings.output != NULL)
        status = mf_output_write(worker, &program->dataset, training, program->options);
    if (status != TERN_OK)
        program->settings.output = NULL;
    mf_summary_print_results(worker, training, report);
    return status;
}

static tern_status_t train(program_t *program, mf_worker_t *worker)
{
    mf_training_t  training = {0};
    tern_report_t *report   = NULL;
    tern_status_t  status   = TERN_OK;
    bool           speaks   = worker->crew->worker == 0;

    if (speaks && !program->settings.json)
        mf_summary_print_data(worker, &program->dataset);
    if (speaks)
        status = tern_report_create(
            program->runtime, program->options, "ratings",
            worker->num_ratings[MF_TRAIN] * program->settings.num_epochs, &report);
    if (status == TERN_OK)
        status = mf_train(worker, report, &training);
    if (status == TERN_OK && speaks)
        status = conclude(program, worker, &training, report);
    mf_training_fini(&training);
    if (report != NULL)
        tern_report_destroy(&report);
    return status;
}

/* A mf_work_fn. */
static tern_status_t work_in_crew(mf_crew_t *crew, void *context)
{
    program_t    *program = context;
    mf_worker_t   worker;
    tern_status_t status = mf_worker_init(&worker, &program->settings, &program->dataset,
                                          &program->factors, crew);

    if (status == TERN_OK && worker.num_ratings[MF_TRAIN] == 0) {
        if (crew->worker == 0)
            fprintf(stderr, "tern-mf: the split leaves no ratings to train on\n");
        status = TERN_ERR_FORMAT;
    }
    if (status == TERN_OK)
        status = program->settings.compares_plain
                     ? mf_compare(&worker, &program->dataset, program->options)
                     : train(program, &worker);
    mf_worker_fini(&worker);
    return status;
}

static tern_status_t work_in_threads(program_t *program)
{
    size_t num_threads =
        program->settings.num_threads > 0 ? program->settings.num_threads : 1;
    mf_threads_t *threads =
        mf_threads_create(program->runtime, num_threads, program->dataset.num_columns);
    tern_status_t status = mf_threads_run(threads, work_in_crew, program);

    mf_threads_destroy(&threads);
    return status;
}

static tern_status_t work_on_rank(program_t *program)
{
    mf_crew_t crew = program->settings.engine == MF_ENGINE_HAND
                         ? mf_crew_of_passers(program->runtime)
                         : mf_crew_of_ranks(program->runtime);

    return work_in_crew(&crew, program);
}

/* Of app_program_t, as is the next. */
static tern_status_t work(void *context)
{
    program_t *program = context;

    return program->settings.engine == MF_ENGINE_THREADS ? work_in_threads(program)
                                                         : work_on_rank(program);
}

static void release(void *context)
{
    program_t *program = context;

    mf_factors_fini(&program->factors);
    mf_dataset_fini(&program->dataset);
}

int main(int argc, char *argv[])
{
    program_t           program = {.options = NULL};
    const app_program_t about   = {
          .name        = "tern-mf",
          .summary     = "factorize a matrix by stochastic gradient descent",
          .options     = mf_options,
          .num_options = mf_num_options,
          .operands    = NULL,
          .epilogue    = mf_epilogue,
          .prepare     = prepare,
          .work        = work,
          .release     = release,
    };

    return app_program_run(&about, argc, argv, &program);
}
