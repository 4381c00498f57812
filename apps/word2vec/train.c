/** \file
 * A training: epochs and their history.
 */
#include "session.h"

#include <math.h>

/* A training that is going on. */
typedef struct training {
    w2v_session_t *session;
    app_team_t     team;
    w2v_crew_t    *crew;
    tern_report_t *report;
    int            epoch; /* the current one, from 1 on */
} training_t;

static tern_status_t attend(const w2v_sums_t *sums, void *context)
{
    training_t     *training = context;
    tern_runtime_t *runtime  = training->session->runtime;
    double          size     = (double)w2v_crew_size(training->crew);

    tern_progress(runtime);
    if (sums->num_targets > 0)
        tern_report_progress(training->report,
                             (training->epoch - 1) * w2v_crew_num_words(training->crew) +
                                 sums->num_read * size,
                             sums->loss / sums->num_targets);
    return tern_should_stop(runtime) ? TERN_ERR_STOPPED : TERN_OK;
}

static void add_sums(w2v_sums_t *sums, const w2v_sums_t *more)
{
    double       *to   = &sums->num_read;
    const double *from = &more->num_read;

    for (int i = 0; i < W2V_NUM_SUMS; i++)
        to[i] += from[i];
}

/* Whether worker 0 looks at the pairs for validation after this epoch. */
static bool is_judged(const training_t *training)
{
    const w2v_settings_t *settings = &training->session->settings;

    return training->team.worker == 0 &&
           (settings->target_auc > 0 ||
            (settings->eval_every > 0 && training->epoch % settings->eval_every == 0));
}

static tern_status_t judge(training_t *training, double *auc_p)
{
    w2v_session_t *session = training->session;
    w2v_vectors_t  vectors;
    tern_status_t  status = w2v_vectors_copy(&session->model, &vectors);

    if (status == TERN_OK)
        *auc_p = w2v_judge_valid_auc(session->judge, &vectors);
    w2v_vectors_fini(&vectors);
    if (session->settings.target_auc > 0 && *auc_p >= session->settings.target_auc)
        session->target_seconds = session->train_seconds;
    return status;
}

/* Worker 0 decides whether to go on, so that all agree, and they wait while it judges. */
static tern_status_t decide(training_t *training, bool *is_last_p)
{
    const w2v_session_t *session     = training->session;
    double               max_seconds = session->settings.max_seconds;
    double               is_done     = 0;
    tern_status_t        status;

    if (training->team.worker == 0 &&
        (session->target_seconds > 0 ||
         (max_seconds > 0 && session->train_seconds >= max_seconds)))
        is_done = 1;
    status     = app_team_sum(&training->team, 1, &is_done);
    *is_last_p = is_done > 0 || training->epoch >= session->settings.recipe.num_epochs;
    return status;
}

static void report_epoch(training_t *training, const w2v_record_t *record, double seconds)
{
    const tern_field_t fields[] = {
        {"train_seconds", record->seconds, NULL},
        {"valid_auc", record->auc, NULL},
    };

    tern_report_epoch(training->report, training->epoch, seconds, record->loss,
                      record->rate, isnan(record->auc) ? 1 : 2, fields);
}

/* The training alone: what follows an epoch is not in its time, nor in the counters. */
static tern_status_t train_epoch(training_t *training, w2v_sums_t *sums,
                                 double *seconds_p)
{
    w2v_session_t *session = training->session;
    double         start   = tern_seconds(session->runtime);
    tern_status_t  status;

    app_usage_resume(&session->usage, &training->team);
    status = w2v_crew_run_epoch(training->crew, training->epoch, attend, training, sums);
    app_usage_pause(&session->usage, &training->team);
    *seconds_p = tern_seconds(session->runtime) - start;
    session->train_seconds += *seconds_p;
    return status;
}

static tern_status_t run_epoch(training_t *training, bool *is_last_p)
{
    w2v_session_t *session = training->session;
    double         seconds = 0;
    w2v_sums_t     sums;
    w2v_record_t   record;
    tern_status_t  status = train_epoch(training, &sums, &seconds);

    if (status != TERN_OK)
        return status;
    add_sums(&session->sums, &sums);
    record = (w2v_record_t){
        .epoch   = training->epoch,
        .seconds = session->train_seconds,
        .loss    = sums.num_targets > 0 ? sums.loss / sums.num_targets : 0,
        .rate    = sums.num_read / seconds,
        .auc     = NAN,
    };
    if (is_judged(training))
        status = judge(training, &record.auc);
    w2v_history_append(&session->history, record);
    report_epoch(training, &record, seconds);
    status = app_team_agree(&training->team, status);
    return status == TERN_OK ? decide(training, is_last_p) : status;
}

tern_status_t w2v_session_train(w2v_session_t *session)
{
    const w2v_recipe_t *recipe = &session->settings.recipe;
    training_t    training     = {.session = session, .team = w2v_session_team(session)};
    bool          is_last      = recipe->num_epochs == 0;
    tern_status_t status =
        w2v_crew_create(recipe, training.team, session->num_parts, session->parts,
                        &session->model, &training.crew);

    if (status == TERN_OK)
        status = tern_report_create(
            session->runtime, session->options, "words",
            w2v_crew_num_words(training.crew) * recipe->num_epochs, &training.report);
    while (status == TERN_OK && !is_last) {
        training.epoch++;
        status = run_epoch(&training, &is_last);
    }
    tern_report_destroy(&training.report);
    w2v_crew_destroy(&training.crew);
    return status;
}
