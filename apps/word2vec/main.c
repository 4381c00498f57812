/** \file
 * tern-w2v: word vectors (skip-gram with negative sampling) on the parameter server.
 *
 * Workers read the text and train; servers learn how large the vocabulary is, create the tables with them, and
 * serve until they are done.
 */
#include "figures.h"
#include "format.h"
#include "output.h"
#include "program.h"

#include <stdio.h>

static tern_status_t check_ranks(const w2v_session_t *session, app_complaint_t *complaint)
{
    int size = tern_size(session->runtime);

    if (size > 1 && !session->settings.use_server)
        return app_complain(complaint, TERN_ERR_USAGE,
                            "--no-server runs in one process, not in %d", size);
    return TERN_OK;
}

static tern_status_t configure(w2v_session_t *session)
{
    app_complaint_t complaint = {""};
    tern_status_t   status =
        w2v_settings_get(session->options, &session->settings, &complaint);

    if (status == TERN_OK)
        status = check_ranks(session, &complaint);
    return app_program_agree(session->runtime, "tern-w2v", status, &complaint);
}

/* Judge, write, print; results are printed also if something could not be written. */
static tern_status_t conclude_first(const w2v_session_t *session, w2v_results_t *results,
                                    app_complaint_t *complaint)
{
    w2v_vectors_t vectors;
    tern_status_t printed;
    tern_status_t status = w2v_vectors_copy(&session->model, &vectors);

    if (status == TERN_OK) {
        w2v_judge_answer(session->judge, &vectors, session->settings.json, results);
        status = w2v_output_write(session, &vectors, results, complaint);
    }
    printed = w2v_output_print(session, results);
    w2v_vectors_fini(&vectors);
    return status != TERN_OK ? status : printed;
}

static tern_status_t conclude(w2v_session_t *session, app_complaint_t *complaint)
{
    w2v_results_t results = {.num = 0};
    tern_status_t status  = w2v_figures_of(session, &results);

    if (status == TERN_OK && w2v_session_team(session).worker == 0)
        status = conclude_first(session, &results, complaint);
    w2v_results_fini(&results);
    return status;
}

/* --vectors: one worker does it. */
static tern_status_t judge_file(w2v_session_t *session, app_complaint_t *complaint)
{
    w2v_vectors_t vectors = {.num = 0};
    w2v_results_t results = {.num = 0};
    tern_status_t status =
        w2v_format_read(session->settings.vectors, &vectors, complaint);

    if (status == TERN_OK)
        status = w2v_judge_create(&session->settings.questions, vectors.names,
                                  &session->judge, complaint);
    if (status == TERN_OK) {
        w2v_results_add(&results, "vocabulary", (double)vectors.num);
        w2v_judge_answer(session->judge, &vectors, session->settings.json, &results);
        status = w2v_output_print(session, &results);
    }
    w2v_judge_destroy(&session->judge);
    w2v_vectors_fini(&vectors);
    w2v_results_fini(&results);
    return status;
}

/* Of app_program_t, as are those below. */
static tern_status_t work(void *context)
{
    w2v_session_t  *session   = context;
    app_complaint_t complaint = {""};
    tern_status_t   status    = TERN_OK;

    if (session->settings.vectors != NULL)
        status = tern_worker(session->runtime) == 0 ? judge_file(session, &complaint)
                                                    : TERN_OK;
    else if (session->settings.compare_plain)
        status = w2v_session_compare(session, &complaint);
    else {
        status = w2v_session_train(session);
        if (status == TERN_OK)
            status = conclude(session, &complaint);
    }
    if (complaint.text[0] != '\0')
        fprintf(stderr, "tern-w2v: %s\n", complaint.text);
    return status;
}

static tern_status_t prepare(void *context, tern_options_t *options,
                             tern_runtime_t *runtime)
{
    w2v_session_t  *session   = context;
    app_complaint_t complaint = {""};
    tern_status_t   status;

    session->options = options;
    session->runtime = runtime;
    status           = configure(session);
    return status == TERN_OK && session->settings.vectors == NULL
               ? w2v_session_prepare(session, &complaint)
               : status;
}

static void release(void *context)
{
    w2v_session_fini(context);
}

int main(int argc, char *argv[])
{
    w2v_session_t       session = {.options = NULL};
    const app_program_t about   = {
          .name        = "tern-w2v",
          .summary     = "train word vectors by skip-gram with negative sampling",
          .options     = w2v_options,
          .num_options = w2v_num_options,
          .operands    = "FILE...",
          .epilogue    = w2v_epilogue,
          .prepare     = prepare,
          .work        = work,
          .release     = release,
    };

    return app_program_run(&about, argc, argv, &session);
}
