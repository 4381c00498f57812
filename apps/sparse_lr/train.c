/** \file
 * tern-lr train, see train.h.
 */
#include "train.h"

#include "auc.h"
#include "memory.h"
#include "online.h"
#include "owlqn.h"

#include <math.h>
#include <stdlib.h>

tern_status_t lr_tables_create(lr_tables_t *tables, tern_runtime_t *runtime,
                               const lr_settings_t *settings, tern_range_t keys)
{
    const lr_proximal_t proximal = {settings->l1, settings->eta, HUGE_VAL};
    tern_status_t       status = lr_server_register(&tables->server, runtime, &proximal);

    if (status == TERN_OK && settings->min_count > 1)
        status = lr_counts_create_table(runtime, settings, keys, &tables->counts);
    if (status != TERN_OK)
        return status;
    if (settings->algorithm == LR_OWLQN)
        return lr_owlqn_create_table(runtime, &tables->weights);
    if (!lr_is_batch(settings))
        return lr_online_create_table(runtime, settings, keys, &tables->weights);
    status          = lr_dbpg_create_tables(runtime, settings, keys, &tables->dbpg);
    tables->weights = tables->dbpg.weights;
    return status;
}

void lr_tables_destroy(lr_tables_t *tables)
{
    lr_dbpg_destroy_tables(&tables->dbpg);
}

/* How the caller spent its time becomes known to all. */
static tern_status_t share_times(tern_runtime_t *runtime, lr_results_t *results)
{
    const lr_outcome_t *outcome = &results->outcome;
    size_t              num     = (size_t)tern_num_workers(runtime);
    size_t              worker  = (size_t)tern_worker(runtime);
    double              total   = outcome->compute_seconds + outcome->wait_seconds;

    results->idle_shares         = APP_NEW(double, num + 1);
    results->idle_shares[worker] = total > 0 ? outcome->wait_seconds / total : 0;
    results->idle_shares[num]    = outcome->compute_seconds;
    if (tern_sum(runtime, num + 1, results->idle_shares) != TERN_OK)
        return TERN_ERR_STOPPED;
    results->compute_seconds = results->idle_shares[num];
    return TERN_OK;
}

static tern_status_t solve(tern_runtime_t *runtime, const lr_settings_t *settings,
                           const lr_tables_t *tables, lr_dataset_t *dataset,
                           tern_report_t *report, lr_results_t *results)
{
    if (lr_is_batch(settings))
        return lr_dbpg_train(runtime, settings, &tables->dbpg, dataset, &results->totals,
                             report, &results->outcome);
    if (settings->algorithm == LR_OWLQN)
        return lr_owlqn_train(runtime, settings, tables->weights, dataset, report,
                              &results->outcome);
    return lr_online_train(runtime, settings, tables->weights, dataset, report,
                           &results->outcome);
}

/* Leave out rare features, and learn how much there is. */
static tern_status_t prepare(tern_runtime_t *runtime, const lr_settings_t *settings,
                             const lr_tables_t *tables, lr_dataset_t *dataset,
                             lr_results_t *results)
{
    tern_status_t status = TERN_OK;

    if (tables->counts != NULL) {
        app_team_t team = app_team_of(runtime);

        status = lr_counts_add(tables->counts, runtime, dataset);
        if (status == TERN_OK)
            status = lr_counts_prune(tables->counts, settings->min_count, dataset);
        status = app_team_agree(&team, status);
    }
    if (status == TERN_OK)
        status = lr_dataset_sum(dataset, runtime, &results->totals);
    results->data_seconds = tern_seconds(runtime);
    return status;
}

/* Loss of the caller's examples, where they are still there. */
static tern_status_t sum_loss(const lr_tables_t *tables, const lr_dataset_t *dataset,
                              double *loss)
{
    tern_status_t status = TERN_OK;

    for (size_t s = 0; s < dataset->num_own && status == TERN_OK; s++) {
        const lr_examples_t *examples = &dataset->shards[s];
        double              *scores   = APP_NEW(double, examples->num);

        status = lr_score(tables->weights, examples, scores);
        *loss += lr_logloss_sum(examples->num, scores, examples->labels);
        free(scores);
    }
    return status;
}

static tern_status_t collect(const lr_settings_t *settings, const lr_tables_t *tables,
                             double loss, lr_results_t *results)
{
    lr_pass_note_t note;
    tern_status_t  status = lr_server_end_pass(tables->weights, &note);

    results->staleness    = note.staleness;
    results->num_features = note.num_rows;
    results->num_filtered = note.num_filtered;
    results->loss         = loss;
    results->objective    = loss + settings->l1 * note.sum_abs;
    if (status == TERN_OK)
        status = lr_server_collect(tables->weights, &results->entries);
    results->num_nonzeros = (double)results->entries.num;
    for (size_t i = 0; i < results->entries.num; i++)
        results->objective +=
            settings->l2 / 2 * results->entries.values[i] * results->entries.values[i];
    return status;
}

/* The objective at the end, of which one worker learns all but the loss. */
static tern_status_t conclude(tern_runtime_t *runtime, const lr_settings_t *settings,
                              const lr_tables_t *tables, const lr_dataset_t *dataset,
                              lr_results_t *results)
{
    app_team_t    team        = app_team_of(runtime);
    size_t        num_records = results->outcome.records.num;
    double        loss        = 0;
    tern_status_t status      = TERN_OK;

    if (lr_is_batch(settings)) {
        loss = num_records > 0
                   ? results->outcome.records.items[num_records - 1].columns[LR_LOSS]
                   : 0;
    } else {
        status = app_team_agree(&team, sum_loss(tables, dataset, &loss));
        if (status == TERN_OK)
            status = tern_sum(runtime, 1, &loss);
    }
    if (status == TERN_OK && tern_worker(runtime) == 0)
        status = collect(settings, tables, loss, results);
    return app_team_agree(&team, status);
}

static tern_status_t evaluate(tern_runtime_t *runtime, const lr_settings_t *settings,
                              const lr_tables_t *tables, const lr_dataset_t *dataset,
                              lr_results_t *results)
{
    const lr_examples_t *test   = &dataset->test;
    double              *scores = NULL;
    lr_quality_t         bayes  = {.auc = NAN};
    tern_status_t        status = TERN_OK;

    if (results->totals.num_test == 0)
        return TERN_OK;
    scores = APP_NEW(double, test->num);
    status = lr_score(tables->weights, test, scores);
    if (status == TERN_OK)
        status = lr_evaluate(runtime, test, scores, &results->quality);
    if (status == TERN_OK && settings->is_synthetic) {
        lr_clicks_score(&settings->clicks, test, scores);
        status             = lr_evaluate(runtime, test, scores, &bayes);
        results->bayes_auc = bayes.auc;
    }
    free(scores);
    return status;
}

static void find_target(const lr_settings_t *settings, lr_results_t *results)
{
    for (size_t i = 0; i < results->outcome.records.num && isnan(results->target_seconds);
         i++)
        if (results->outcome.records.items[i].objective <= settings->target)
            results->target_seconds =
                results->outcome.records.items[i].columns[LR_SECONDS];
}

/* Train and judge, together with the other workers. */
static tern_status_t run(tern_runtime_t *runtime, const lr_settings_t *settings,
                         const lr_tables_t *tables, lr_dataset_t *dataset,
                         tern_report_t *report, lr_results_t *results)
{
    app_team_t    team   = app_team_of(runtime);
    double        began  = 0;
    tern_status_t status = prepare(runtime, settings, tables, dataset, results);

    if (status != TERN_OK)
        return status;
    app_usage_resume(&results->usage, &team);
    began                  = tern_seconds(runtime);
    status                 = solve(runtime, settings, tables, dataset, report, results);
    results->train_seconds = tern_seconds(runtime) - began;
    app_usage_pause(&results->usage, &team);
    find_target(settings, results);
    status = app_team_agree(&team, status);
    if (status == TERN_OK)
        status = share_times(runtime, results);
    if (status == TERN_OK)
        status = app_usage_sum(&results->usage, &team);
    if (status == TERN_OK)
        status = conclude(runtime, settings, tables, dataset, results);
    return status == TERN_OK ? evaluate(runtime, settings, tables, dataset, results)
                             : status;
}

/* A signal stopped the workers wherever they were. One of them takes the weights as the servers have them; what only all of
 * them together could tell is left out, and the objective is that of the last pass that was finished. */
static void salvage(const lr_settings_t *settings, const lr_tables_t *tables,
                    lr_results_t *results)
{
    const lr_records_t *records = &results->outcome.records;

    if (records->num == 0)
        return;
    tern_table_set_sync(tables->weights, TERN_SYNC_ASYNC, 0); /* no step is waited for */
    lr_entries_fini(&results->entries);
    results->is_salvaged = collect(settings, tables, 0, results) == TERN_OK;
    results->loss        = records->items[records->num - 1].columns[LR_LOSS];
    results->objective   = records->items[records->num - 1].objective;
}

tern_status_t lr_train(tern_runtime_t *runtime, const lr_settings_t *settings,
                       const lr_tables_t *tables, lr_dataset_t *dataset,
                       tern_report_t *report, lr_results_t *results)
{
    tern_status_t status;

    *results = (lr_results_t){.bayes_auc      = NAN,
                              .target_seconds = NAN,
                              .quality = {.auc = NAN, .logloss = NAN, .accuracy = NAN}};
    status   = run(runtime, settings, tables, dataset, report, results);
    if (status == TERN_ERR_STOPPED && tern_stop_signal(runtime) != 0 &&
        tern_worker(runtime) == 0)
        salvage(settings, tables, results);
    return status;
}

void lr_results_fini(lr_results_t *results)
{
    lr_records_fini(&results->outcome.records);
    lr_entries_fini(&results->entries);
    free(results->idle_shares);
}
