/** \file
 * A run of tern-w2v: what was asked for, what was read, what is trained.
 */
#ifndef W2V_SESSION_H
#define W2V_SESSION_H

#include "crew.h"
#include "history.h"
#include "judge.h"
#include "settings.h"
#include "usage.h"

typedef struct w2v_session {
    tern_options_t *options;
    tern_runtime_t *runtime;
    w2v_settings_t  settings;
    size_t          num_parts;
    w2v_corpus_t *parts; /* [num_parts]: one, or one for each thread of the plain loop */
    w2v_vocabulary_t *vocabulary; /* NULL on ranks that do not work */
    w2v_model_t       model;
    w2v_judge_t      *judge; /* on worker 0, which judges; else NULL */
    w2v_history_t     history;
    app_usage_t       usage;
    w2v_sums_t        sums; /* of all epochs, over all workers */
    double            train_seconds;
    double            target_seconds; /* when --target-auc was reached; 0: it was not */
} w2v_session_t;

/* Workers read the corpus, all ranks create the model. Blocking, collective over the ranks. */
tern_status_t w2v_session_prepare(w2v_session_t *session, app_complaint_t *complaint);
void          w2v_session_fini(w2v_session_t *session);

/* The workers of the parameter server, or this process alone. */
app_team_t w2v_session_team(const w2v_session_t *session);

/* Threads of the plain loop. */
size_t w2v_session_num_threads(const w2v_session_t *session);

/* Train. Collective over the workers. \return TERN_OK; TERN_ERR_STOPPED; an error of the parameter server. */
tern_status_t w2v_session_train(w2v_session_t *session);

/* Time epochs of the workers and of the plain loop in turns, and report the ratio. Collective over the workers; worker 0
 * runs the plain loop while the others wait. */
tern_status_t w2v_session_compare(w2v_session_t *session, app_complaint_t *complaint);

#endif
