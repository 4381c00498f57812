/** \file
 * Preparing a run, see session.h.
 */
#include "session.h"

#include "memory.h"

#include <stdio.h>
#include <stdlib.h>

app_team_t w2v_session_team(const w2v_session_t *session)
{
    return session->settings.use_server ? app_team_of(session->runtime)
                                        : app_team_alone();
}

size_t w2v_session_num_threads(const w2v_session_t *session)
{
    size_t num = session->settings.num_threads;

    return num > 0 ? num : (size_t)tern_num_workers(session->runtime);
}

/* Which part of the sentences makes about max_words words. */
static double fraction_of(const w2v_settings_t *settings, const w2v_vocabulary_t *words)
{
    double total = (double)w2v_vocabulary_total(words);

    return settings->max_words > 0 && settings->max_words < total
               ? settings->max_words / total
               : 1;
}

/* What is wrong with a file is found by the worker that reads it, and all learn that something is. */
static tern_status_t load(w2v_session_t *session, app_complaint_t *complaint)
{
    w2v_settings_t *settings = &session->settings;
    app_team_t      team     = w2v_session_team(session);
    tern_status_t   status;

    session->num_parts = settings->use_server ? 1 : w2v_session_num_threads(session);
    session->parts     = APP_NEW(w2v_corpus_t, session->num_parts);
    status = w2v_corpus_load(&settings->source, &team, session->num_parts, session->parts,
                             &session->vocabulary, complaint);
    if (status == TERN_OK)
        settings->recipe.fraction = fraction_of(settings, session->vocabulary);
    return status;
}

/* Worker 0 reads the pairs, so that what is wrong with them shows before the training. */
static tern_status_t create_judge(w2v_session_t *session, app_complaint_t *complaint)
{
    return w2v_judge_create(&session->settings.questions,
                            w2v_vocabulary_names(session->vocabulary), &session->judge,
                            complaint);
}

static tern_status_t create_model(w2v_session_t *session)
{
    const w2v_settings_t *settings  = &session->settings;
    double                num_words = session->vocabulary == NULL
                                          ? 0
                                          : (double)w2v_vocabulary_size(session->vocabulary);
    tern_status_t         status    = TERN_OK;

    if (!settings->use_server) {
        session->model = w2v_model_in_process(&settings->recipe, session->vocabulary);
        return TERN_OK;
    }
    status = tern_max(session->runtime, 1, &num_words);
    if (status == TERN_OK)
        status =
            w2v_model_on_server(session->runtime, &settings->recipe, &settings->placement,
                                (size_t)num_words, session->vocabulary, &session->model);
    return status;
}

tern_status_t w2v_session_prepare(w2v_session_t *session, app_complaint_t *complaint)
{
    tern_status_t status = TERN_OK;

    if (tern_is_worker(session->runtime))
        status = load(session, complaint);
    if (status == TERN_OK && tern_worker(session->runtime) == 0)
        status = create_judge(session, complaint);
    if (complaint->text[0] != '\0')
        fprintf(stderr, "tern-w2v: %s\n", complaint->text);
    status = tern_agree(session->runtime, status);
    return status == TERN_OK ? create_model(session) : status;
}

void w2v_session_fini(w2v_session_t *session)
{
    w2v_model_fini(&session->model);
    for (size_t p = 0; p < session->num_parts && session->parts != NULL; p++)
        w2v_corpus_fini(&session->parts[p]);
    free(session->parts);
    w2v_judge_destroy(&session->judge);
    w2v_vocabulary_destroy(&session->vocabulary);
    w2v_history_fini(&session->history);
    w2v_settings_fini(&session->settings);
    session->parts = NULL;
}
