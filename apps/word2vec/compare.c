/** \file
 * What the parameter server costs: epochs of the workers and of as many threads of a plain loop take turns, and of
 * each kind the median counts, so that what else runs on the machine meets both and an epoch that it slowed down
 * does not decide.
 */
#include "memory.h"
#include "session.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct contestant {
    w2v_crew_t *crew;
    w2v_sums_t  sums;    /* of the last epoch */
    double     *seconds; /* [num] of the epochs */
    int         num;
} contestant_t;

static tern_status_t attend(const w2v_sums_t *sums, void *context)
{
    tern_runtime_t *runtime = context;

    (void)sums;
    tern_progress(runtime);
    return tern_should_stop(runtime) ? TERN_ERR_STOPPED : TERN_OK;
}

static tern_status_t time_epoch(contestant_t *contestant, tern_runtime_t *runtime,
                                int epoch)
{
    double        start = tern_seconds(runtime);
    tern_status_t status =
        w2v_crew_run_epoch(contestant->crew, epoch, attend, runtime, &contestant->sums);

    contestant->seconds[contestant->num++] = tern_seconds(runtime) - start;
    return status;
}

static int compare_seconds(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Sorts the epochs. */
static double median(contestant_t *contestant)
{
    int n = contestant->num;

    qsort(contestant->seconds, (size_t)n, sizeof(double), compare_seconds);
    return n == 0 ? NAN
                  : (contestant->seconds[(n - 1) / 2] + contestant->seconds[n / 2]) / 2;
}

static tern_status_t report(const w2v_session_t *session, contestant_t *server,
                            contestant_t *plain)
{
    double             with     = median(server);
    double             without  = median(plain);
    double             words    = w2v_crew_num_words(server->crew);
    tern_report_t     *out      = NULL;
    const tern_field_t fields[] = {
        {"server_epoch_seconds", with, NULL},
        {"plain_epoch_seconds", without, NULL},
        {"server_words_per_second", words / with, NULL},
        {"plain_words_per_second", words / without, NULL},
        {"server_speed_over_plain", without / with, NULL},
        {"server_loss", server->sums.loss / server->sums.num_targets, NULL},
        {"plain_loss", plain->sums.loss / plain->sums.num_targets, NULL},
        {"plain_threads", (double)w2v_crew_size(plain->crew), NULL},
    };
    tern_status_t status =
        tern_report_create(session->runtime, session->options, "words", 0, &out);

    if (status != TERN_OK)
        return status;
    tern_report_results(out, sizeof(fields) / sizeof(fields[0]), fields);
    tern_report_destroy(&out);
    return TERN_OK;
}

/* `plain` has a crew on worker 0 alone; the others wait at the barrier. */
static tern_status_t take_turns(const w2v_session_t *session, contestant_t *server,
                                contestant_t *plain)
{
    tern_runtime_t *runtime = session->runtime;
    tern_status_t   status  = TERN_OK;

    for (int epoch = 1; epoch <= session->settings.recipe.num_epochs && status == TERN_OK;
         epoch++) {
        status = time_epoch(server, runtime, epoch);
        if (status == TERN_OK)
            status = tern_barrier(runtime);
        if (status == TERN_OK && plain->crew != NULL)
            status = time_epoch(plain, runtime, epoch);
        if (status == TERN_OK)
            status = tern_barrier(runtime);
        if (status == TERN_OK && plain->crew != NULL && !session->settings.json)
            printf("epoch %d: %.3f s with the parameter server, %.3f s without\n", epoch,
                   server->seconds[epoch - 1], plain->seconds[epoch - 1]);
    }
    return status;
}

/* The plain loop reads the whole corpus, in as many parts as it has threads. */
static tern_status_t create_plain(const w2v_session_t *session, w2v_corpus_t parts[],
                                  w2v_model_t *model, w2v_crew_t **crew_p,
                                  app_complaint_t *complaint)
{
    const w2v_settings_t *settings   = &session->settings;
    size_t                num        = w2v_session_num_threads(session);
    app_team_t            alone      = app_team_alone();
    w2v_vocabulary_t     *vocabulary = NULL;
    tern_status_t         status =
        w2v_corpus_load(&settings->source, &alone, num, parts, &vocabulary, complaint);

    w2v_vocabulary_destroy(&vocabulary); /* the same as the session's */
    if (status != TERN_OK)
        return status;
    *model = w2v_model_in_process(&settings->recipe, session->vocabulary);
    return w2v_crew_create(&settings->recipe, alone, num, parts, model, crew_p);
}

tern_status_t w2v_session_compare(w2v_session_t *session, app_complaint_t *complaint)
{
    const w2v_recipe_t *recipe      = &session->settings.recipe;
    app_team_t          team        = w2v_session_team(session);
    size_t              num_threads = w2v_session_num_threads(session);
    size_t              num_epochs  = (size_t)recipe->num_epochs + 1;
    w2v_corpus_t       *parts       = APP_NEW(w2v_corpus_t, num_threads);
    w2v_model_t         copy        = {.inputs = NULL};
    contestant_t        server      = {.seconds = APP_NEW(double, num_epochs)};
    contestant_t        plain       = {.seconds = APP_NEW(double, num_epochs)};
    tern_status_t       status =
        w2v_crew_create(recipe, team, 1, session->parts, &session->model, &server.crew);

    if (status == TERN_OK && team.worker == 0)
        status = create_plain(session, parts, &copy, &plain.crew, complaint);
    if (status == TERN_OK)
        status = take_turns(session, &server, &plain);
    if (status == TERN_OK && team.worker == 0)
        status = report(session, &server, &plain);
    w2v_crew_destroy(&server.crew);
    w2v_crew_destroy(&plain.crew);
    w2v_model_fini(&copy);
    for (size_t p = 0; p < num_threads; p++)
        w2v_corpus_fini(&parts[p]);
    free(parts);
    free(server.seconds);
    free(plain.seconds);
    return status;
}
