/** \file
 * Figures of a training.
 */
#include "memory.h"
#include "output.h"

#include <stdlib.h>

void w2v_results_add(w2v_results_t *results, const char *name, double number)
{
    results->fields = app_resize(results->fields, results->num + 1, sizeof(tern_field_t));
    results->fields[results->num++] = (tern_field_t){name, number, NULL};
}

void w2v_results_fini(w2v_results_t *results)
{
    free(results->fields);
    *results = (w2v_results_t){.num = 0};
}

/* Accesses to rows, summed over the workers. */
typedef struct accesses {
    double pulled, pushed, local, borrowed;
    double messages, bytes;
} accesses_t;

static tern_status_t count_accesses(const w2v_session_t *session, accesses_t *sums)
{
    app_team_t      team = w2v_session_team(session);
    tern_counters_t counters;

    tern_get_counters(session->runtime, &counters);
    *sums = (accesses_t){
        .pulled   = (double)counters.pull_keys,
        .pushed   = (double)counters.push_keys,
        .local    = (double)counters.local_keys,
        .borrowed = (double)counters.borrowed_rows,
        .messages = (double)counters.messages_sent,
        .bytes    = (double)counters.bytes_sent,
    };
    return app_team_sum(&team, sizeof(*sums) / sizeof(double), &sums->pulled);
}

/* A row worked on in place was read and written: two accesses, as a copy has. */
static double local_share(const accesses_t *sums)
{
    double all = sums->pulled + sums->pushed + 2 * sums->borrowed;

    return all > 0 ? (sums->local + 2 * sums->borrowed) / all : 1;
}

tern_status_t w2v_results_of_training(const w2v_session_t *session,
                                      w2v_results_t       *results)
{
    double        seconds    = session->train_seconds;
    double        num_epochs = (double)session->history.num;
    accesses_t    sums       = {0};
    tern_status_t status =
        session->settings.use_server ? count_accesses(session, &sums) : TERN_OK;

    w2v_results_add(results, "vocabulary",
                    (double)w2v_vocabulary_size(session->vocabulary));
    w2v_results_add(results, "epochs", num_epochs);
    if (num_epochs > 0) {
        w2v_results_add(results, "train_seconds", seconds);
        w2v_results_add(results, "epoch_seconds", seconds / num_epochs);
        w2v_results_add(results, "words_per_epoch", session->sums.num_read / num_epochs);
        w2v_results_add(results, "words_per_second", session->sums.num_read / seconds);
        w2v_results_add(results, "loss",
                        session->history.records[session->history.num - 1].loss);
    }
    if (session->settings.use_server) {
        w2v_results_add(results, "local_share", local_share(&sums));
        w2v_results_add(results, "pulled_rows", sums.pulled);
        w2v_results_add(results, "pushed_rows", sums.pushed);
        w2v_results_add(results, "borrowed_rows", sums.borrowed);
        w2v_results_add(results, "worker_messages", sums.messages);
        w2v_results_add(results, "worker_bytes", sums.bytes);
    }
    return status;
}
