/** \file
 * Figures of a training, see figures.h.
 */
#include "figures.h"

static void add_speed(const w2v_session_t *session, w2v_results_t *results)
{
    double seconds    = session->train_seconds;
    double num_epochs = (double)session->history.num;
    double num_words  = session->sums.num_read / num_epochs;

    w2v_results_add(results, "train_seconds", seconds);
    w2v_results_add(results, "epoch_seconds", seconds / num_epochs);
    w2v_results_add(results, "words_per_epoch", num_words);
    w2v_results_add(results, "epoch_sample",
                    num_words / (double)w2v_vocabulary_total(session->vocabulary));
    w2v_results_add(results, "words_per_second", session->sums.num_read / seconds);
    w2v_results_add(results, "centres_per_second", session->sums.num_centres / seconds);
    w2v_results_add(results, "loss",
                    session->history.records[session->history.num - 1].loss);
}

tern_status_t w2v_figures_of(w2v_session_t *session, w2v_results_t *results)
{
    app_team_t    team   = w2v_session_team(session);
    tern_status_t status = app_usage_sum(&session->usage, &team);
    tern_field_t  fields[APP_NUM_COUNTERS];
    size_t        num_fields = app_usage_fields(&session->usage, fields);

    w2v_results_add(results, "vocabulary",
                    (double)w2v_vocabulary_size(session->vocabulary));
    w2v_results_add(results, "epochs", (double)session->history.num);
    if (session->history.num > 0)
        add_speed(session, results);
    if (session->target_seconds > 0)
        w2v_results_add(results, "target_seconds", session->target_seconds);
    if (!session->settings.use_server)
        return status;
    w2v_results_add(results, "rows", session->sums.num_rows);
    w2v_results_add(results, "local_share",
                    app_usage_local_share(&session->usage, session->sums.num_rows));
    for (size_t i = 0; i < num_fields; i++)
        w2v_results_add(results, fields[i].name, fields[i].number);
    return status;
}
