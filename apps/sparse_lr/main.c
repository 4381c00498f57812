/** \file
 * tern-lr: sparse logistic regression on the parameter server.
 *
 * Workers read their shards of the data; all ranks agree that this went well and make the tables; workers train, judge
 * and write, and the servers serve until they are done.
 */
#include "model.h"
#include "owlqn.h"
#include "predict.h"
#include "program.h"
#include "stats.h"
#include "summary.h"

#include <stdio.h>

typedef struct program {
    tern_options_t *options;
    tern_runtime_t *runtime;
    lr_settings_t   settings;
    lr_dataset_t    dataset;
    lr_tables_t     tables;
} program_t;

static tern_status_t agree(const program_t *program, tern_status_t status,
                           const app_complaint_t *complaint)
{
    return app_program_agree(program->runtime, "tern-lr", status, complaint);
}

static tern_status_t check_build(const lr_settings_t *settings,
                                 app_complaint_t     *complaint)
{
    if (settings->algorithm == LR_OWLQN && !lr_owlqn_is_available())
        return app_complain(complaint, TERN_ERR_UNSUPPORTED,
                            "--algo owlqn: this build is without liblbfgs");
    return TERN_OK;
}

static tern_status_t load(program_t *program)
{
    app_complaint_t complaint = {""};
    lr_settings_t  *settings  = &program->settings;
    tern_status_t   status    = lr_settings_get(program->options, settings, &complaint);

    if (status == TERN_OK)
        status = check_build(settings, &complaint);
    status = agree(program, status, &complaint);
    if (status == TERN_OK && tern_is_worker(program->runtime))
        status = lr_dataset_load(&program->dataset, settings,
                                 (size_t)tern_worker(program->runtime),
                                 (size_t)tern_num_workers(program->runtime), &complaint);
    else if (status != TERN_OK)
        return status;
    return agree(program, status, &complaint);
}

/* The keys that may come, which servers must know; and refuse what cannot be done with them. */
static tern_status_t find_keys(program_t *program, tern_range_t *keys)
{
    const lr_settings_t *settings = &program->settings;
    const lr_dataset_t  *dataset  = &program->dataset;
    double          largest[3] = {(double)dataset->end_key, 0, (double)dataset->test.num};
    app_complaint_t complaint  = {""};
    tern_status_t   status     = TERN_OK;
    const char     *path       = settings->train.path;

    for (size_t s = 0; s < dataset->num_own; s++)
        largest[1] += (double)dataset->shards[s].num;
    status = tern_max(program->runtime, 3, largest);
    if (status != TERN_OK)
        return status;
    *keys = (tern_range_t){0, UINT64_MAX};
    if (settings->is_dense)
        keys->end = (tern_key_t)largest[0] > 0 ? (tern_key_t)largest[0] : 1;
    if (largest[1] == 0)
        status = app_complain(&complaint, TERN_ERR_FORMAT, "%s: no examples", path);
    else if (settings->test.path != NULL && largest[2] == 0)
        status = app_complain(&complaint, TERN_ERR_FORMAT, "%s: no examples",
                              settings->test.path);
    else if (settings->is_dense && keys->end > LR_MOST_DENSE_KEYS)
        status =
            app_complain(&complaint, TERN_ERR_USAGE,
                         "--index dense wants keys below %llu, found %.0f: number the "
                         "features, or hash with fewer --hash-bits",
                         (unsigned long long)LR_MOST_DENSE_KEYS, largest[0] - 1);
    return agree(program, status, &complaint);
}

/* Of app_program_t, as are those below. */
static tern_status_t prepare(void *context, tern_options_t *options,
                             tern_runtime_t *runtime)
{
    program_t    *program = context;
    tern_range_t  keys    = {0, 1};
    tern_status_t status;

    program->options = options;
    program->runtime = runtime;
    status           = load(program);
    if (status == TERN_OK)
        status = find_keys(program, &keys);
    if (status != TERN_OK || program->settings.command == LR_PREDICT)
        return status;
    if (program->settings.command == LR_TRAIN)
        return lr_tables_create(&program->tables, program->runtime, &program->settings,
                                keys);
    status = lr_stats_register(program->runtime);
    if (status != TERN_OK)
        return status;
    return lr_counts_create_table(program->runtime, &program->settings, keys,
                                  &program->tables.counts);
}

/* Results are printed even if they cannot be written. */
static tern_status_t conclude(program_t *program, const lr_results_t *results,
                              tern_report_t *report)
{
    lr_settings_t *settings = &program->settings;
    tern_status_t  status = TERN_OK, written = TERN_OK;

    if (settings->model != NULL)
        status = lr_model_write(settings->model, &results->entries);
    if (settings->output != NULL)
        written = lr_output_write(settings, results, program->options);
    if (status == TERN_OK)
        status = written;
    written = TERN_OK;
    if (settings->history != NULL)
        written = lr_history_write(settings->history, &results->outcome.records);
    lr_summary_print_results(program->runtime, settings, results, report);
    return status == TERN_OK ? written : status;
}

static tern_status_t train(program_t *program)
{
    lr_results_t   results = {.is_salvaged = false};
    tern_report_t *report  = NULL;
    tern_status_t  status = TERN_OK, written = TERN_OK;
    bool           speaks = tern_worker(program->runtime) == 0;

    if (speaks)
        status = tern_report_create(program->runtime, program->options, "blocks",
                                    (double)program->settings.num_passes, &report);
    if (status == TERN_OK)
        status = lr_train(program->runtime, &program->settings, &program->tables,
                          &program->dataset, report, &results);
    if (results.is_salvaged)
        fprintf(stderr,
                "tern-lr: signal %d after %zu passes: these are the weights so far\n",
                tern_stop_signal(program->runtime), results.outcome.records.num);
    if ((status == TERN_OK && speaks) || results.is_salvaged)
        written = conclude(program, &results, report);
    if (status == TERN_OK)
        status = written;
    lr_results_fini(&results);
    if (report != NULL)
        tern_report_destroy(&report);
    return status;
}

static tern_status_t work(void *context)
{
    program_t *program = context;

    switch (program->settings.command) {
    case LR_PREDICT:
        return lr_predict(program->runtime, program->options, &program->settings,
                          &program->dataset);
    case LR_STATS:
        return lr_stats_print(program->runtime, program->options, program->tables.counts,
                              &program->dataset);
    default:
        return train(program);
    }
}

static void release(void *context)
{
    program_t *program = context;

    lr_tables_destroy(&program->tables);
    lr_dataset_fini(&program->dataset);
}

int main(int argc, char *argv[])
{
    program_t           program = {.options = NULL};
    const app_program_t about   = {
          .name        = "tern-lr",
          .summary     = "sparse logistic regression",
          .options     = lr_options,
          .num_options = lr_num_options,
          .operands    = lr_operands,
          .epilogue    = lr_epilogue,
          .prepare     = prepare,
          .work        = work,
          .release     = release,
    };

    return app_program_run(&about, argc, argv, &program);
}
