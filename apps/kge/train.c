/** \file
 * A training: epochs, their history, and a look at a sample of the valid triples after each.
 */
#include "experiment.h"
#include "memory.h"
#include "sampler.h"
#include "trainer.h"

#include <stdlib.h>

/* A training that is going on. */
typedef struct training {
    kge_experiment_t     *experiment;
    app_team_t            team;
    const kge_settings_t *settings;
    const tern_runtime_t *runtime;
    kge_trainer_t        *trainer;
    tern_report_t        *report;
    kge_triples_t         sample;      /* of the valid triples */
    double                num_triples; /* of an epoch */
    int                   epoch;       /* the current one, from 1 on */
    double                train_seconds;
} training_t;

/* The same triples on every worker, and after every epoch. */
static kge_triples_t sample_valid(const kge_settings_t *settings,
                                  const kge_triples_t  *valid)
{
    kge_triples_t sample = {0};
    uint32_t     *order  = APP_NEW(uint32_t, valid->num);

    kge_sample_order(settings->recipe.seed, 0, valid->num, order);
    for (size_t i = 0; i < valid->num; i++)
        if (settings->eval_sample == 0 || i < settings->eval_sample)
            kge_triples_append(&sample, valid->items[order[i]]);
    free(order);
    return sample;
}

static tern_status_t training_init(training_t *training, kge_experiment_t *experiment,
                                   app_team_t team, const kge_settings_t *settings,
                                   const tern_runtime_t *runtime,
                                   const tern_options_t *options)
{
    const kge_triples_t *train = &experiment->dataset.parts[KGE_TRAIN];

    *training = (training_t){
        .experiment  = experiment,
        .team        = team,
        .settings    = settings,
        .runtime     = runtime,
        .trainer     = kge_trainer_create(&settings->recipe, &settings->plan, team,
                                          kge_experiment_num_entities(experiment),
                                          kge_experiment_num_relations(experiment), train),
        .sample      = sample_valid(settings, &experiment->dataset.parts[KGE_VALID]),
        .num_triples = (double)train->num,
    };
    return tern_report_create(runtime, options, "triples",
                              training->num_triples * settings->num_epochs,
                              &training->report);
}

static void training_fini(training_t *training)
{
    kge_trainer_destroy(&training->trainer);
    kge_triples_fini(&training->sample);
    tern_report_destroy(&training->report);
}

static void report_progress(double num_triples, double loss, void *context)
{
    training_t *training = context;

    tern_report_progress(training->report,
                         (training->epoch - 1) * training->num_triples + num_triples,
                         loss);
}

static bool is_evaluated(const training_t *training)
{
    const kge_settings_t *settings = training->settings;

    return settings->eval_every > 0 && training->sample.num > 0 &&
           (training->epoch % settings->eval_every == 0 ||
            training->epoch == settings->num_epochs);
}

static void report_epoch(training_t *training, const kge_record_t *record, double seconds)
{
    tern_field_t fields[] = {
        {"split", 0, training->experiment->name},
        {"train_seconds", record->seconds, NULL},
        {"valid_mrr", record->valid.mrr, NULL},
        {"valid_hits10", record->valid.hits10, NULL},
    };
    size_t first = training->experiment->name[0] == '\0' ? 1 : 0;
    size_t num   = record->valid.num_queries > 0 ? 4 : 2;

    tern_report_epoch(training->report, record->epoch, seconds, record->loss,
                      record->rate, num - first, fields + first);
}

/* Sum over the team; `*is_last_p` is decided by worker 0, so that all agree. */
static tern_status_t close_epoch(training_t *training, double start, kge_epoch_t *epoch,
                                 double *seconds_p, bool *is_last_p)
{
    double        max_seconds = training->settings->max_seconds;
    double        values[]    = {epoch->loss, epoch->num_triples, epoch->num_rows,
                                 0}; /* 1: time is up */
    double        elapsed     = tern_seconds(training->runtime) - start;
    tern_status_t status      = TERN_OK;

    if (training->team.worker == 0 && max_seconds > 0 &&
        training->train_seconds + elapsed >= max_seconds)
        values[3] = 1;
    status     = app_team_sum(&training->team, 4, values);
    *seconds_p = tern_seconds(training->runtime) - start;
    *epoch     = (kge_epoch_t){values[0], values[1], values[2]};
    *is_last_p = values[3] > 0;
    return status;
}

/* Train for an epoch. */
static tern_status_t run_epoch(training_t *training, kge_record_t *record,
                               double *seconds_p, bool *is_last_p)
{
    kge_experiment_t *experiment = training->experiment;
    double            start      = tern_seconds(training->runtime);
    kge_epoch_t       epoch;
    tern_status_t     status;

    app_usage_resume(&experiment->usage, &training->team);
    status =
        kge_trainer_run_epoch(training->trainer, training->epoch, &experiment->parameters,
                              report_progress, training, &epoch);
    status = app_team_agree(&training->team, status);
    if (status == TERN_OK)
        status = close_epoch(training, start, &epoch, seconds_p, is_last_p);
    if (status != TERN_OK)
        return status;
    app_usage_pause(&experiment->usage, &training->team);
    training->train_seconds += *seconds_p;
    experiment->num_rows += epoch.num_rows;
    record->loss    = epoch.loss / epoch.num_triples;
    record->seconds = training->train_seconds;
    record->rate    = epoch.num_triples / *seconds_p;
    return TERN_OK;
}

/* Rank the sample of the valid triples; all workers find the same. */
static tern_status_t look_at_valid(training_t *training, kge_record_t *record,
                                   bool *is_last_p)
{
    kge_experiment_t *experiment = training->experiment;
    double            target     = training->settings->target_mrr;
    tern_status_t     status     = kge_experiment_evaluate(
                experiment, training->team, training->settings, training->sample.num,
                training->sample.items, &record->valid);

    if (status == TERN_OK && target > 0 && record->valid.mrr >= target) {
        experiment->seconds_to_target = training->train_seconds;
        *is_last_p                    = true;
    }
    return status;
}

static tern_status_t run_and_report_epoch(training_t *training, bool *is_last_p)
{
    double        seconds = 0;
    kge_record_t  record  = {.epoch = training->epoch};
    tern_status_t status  = run_epoch(training, &record, &seconds, is_last_p);

    if (status == TERN_OK &&
        (is_evaluated(training) || (*is_last_p && training->sample.num > 0)))
        status = look_at_valid(training, &record, is_last_p);
    if (status == TERN_OK) {
        kge_history_append(&training->experiment->history, record);
        report_epoch(training, &record, seconds);
    }
    return status;
}

/* What the training cost the team. */
static tern_status_t close_training(training_t *training)
{
    kge_experiment_t  *experiment = training->experiment;
    const app_meter_t *meter      = kge_trainer_meter(training->trainer);
    double             values[]   = {meter->seconds, meter->num_triples};
    tern_status_t      status     = app_team_sum(&training->team, 2, values);

    if (status == TERN_OK)
        status = app_usage_sum(&experiment->usage, &training->team);
    experiment->train_seconds  = training->train_seconds;
    experiment->sample         = kge_trainer_share(training->trainer);
    experiment->triple_seconds = values[1] > 0 ? values[0] / values[1] : 0;
    return status;
}

tern_status_t kge_experiment_train(kge_experiment_t *experiment, app_team_t team,
                                   const kge_settings_t *settings,
                                   const tern_runtime_t *runtime,
                                   const tern_options_t *options)
{
    training_t    training;
    bool          is_last = false;
    tern_status_t status =
        training_init(&training, experiment, team, settings, runtime, options);

    if (status == TERN_OK)
        status = kge_trainer_claim(training.trainer, &experiment->parameters);
    status = app_team_agree(&team, status);
    while (status == TERN_OK && !is_last && training.epoch < settings->num_epochs) {
        training.epoch++;
        status = run_and_report_epoch(&training, &is_last);
    }
    if (status == TERN_OK)
        status = close_training(&training);
    training_fini(&training);
    return status;
}
