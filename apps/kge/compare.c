/** \file
 * What the parameter server costs, see compare.h.
 *
 * Epochs of the two kinds take turns, and of each kind the median counts, so that what else runs on the
 * machine meets both and an epoch that it slowed down does not decide.
 */
#include "compare.h"

#include "memory.h"
#include "trainer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* One of the two contestants. */
typedef struct contestant {
    kge_trainer_t    *trainer;
    kge_parameters_t *parameters;
    kge_epoch_t       epoch;   /* the last */
    double           *seconds; /* [epochs] */
    int               num_epochs;
} contestant_t;

static tern_status_t time_epoch(contestant_t *contestant, const tern_runtime_t *runtime,
                                int epoch)
{
    double        start = tern_seconds(runtime);
    tern_status_t status =
        kge_trainer_run_epoch(contestant->trainer, epoch, contestant->parameters, NULL,
                              NULL, &contestant->epoch);

    contestant->seconds[contestant->num_epochs++] = tern_seconds(runtime) - start;
    return status;
}

static int compare_seconds(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Sorts the epochs. */
static double median_seconds(contestant_t *contestant)
{
    int n = contestant->num_epochs;

    qsort(contestant->seconds, (size_t)n, sizeof(double), compare_seconds);
    return n == 0 ? NAN
                  : (contestant->seconds[(n - 1) / 2] + contestant->seconds[n / 2]) / 2;
}

static void report(const tern_runtime_t *runtime, const tern_options_t *options,
                   contestant_t *server, contestant_t *plain)
{
    double             with     = median_seconds(server);
    double             without  = median_seconds(plain);
    tern_report_t     *out      = NULL;
    const tern_field_t fields[] = {
        {"server_epoch_seconds", with, NULL},
        {"plain_epoch_seconds", without, NULL},
        {"server_over_plain", with / without, NULL},
        {"server_loss", server->epoch.loss / server->epoch.num_triples, NULL},
        {"plain_loss", plain->epoch.loss / plain->epoch.num_triples, NULL},
    };

    if (tern_report_create(runtime, options, "triples", 0, &out) != TERN_OK)
        return;
    tern_report_results(out, sizeof(fields) / sizeof(fields[0]), fields);
    tern_report_destroy(&out);
}

static tern_status_t run_epochs(const kge_settings_t *settings,
                                const tern_runtime_t *runtime, contestant_t *server,
                                contestant_t *plain)
{
    tern_status_t status = TERN_OK;

    for (int epoch = 1; epoch <= settings->num_epochs && status == TERN_OK; epoch++) {
        status = time_epoch(server, runtime, epoch);
        if (status == TERN_OK)
            status = time_epoch(plain, runtime, epoch);
        if (status == TERN_OK && !settings->json)
            printf("epoch %d: %.3f s with the parameter server, %.3f s without\n", epoch,
                   server->seconds[epoch - 1], plain->seconds[epoch - 1]);
    }
    return status;
}

tern_status_t kge_compare(kge_experiment_t *experiment, tern_runtime_t *runtime,
                          const tern_options_t *options, const kge_settings_t *settings)
{
    const kge_recipe_t  *recipe        = &settings->recipe;
    const kge_triples_t *train         = &experiment->dataset.parts[KGE_TRAIN];
    size_t               num_entities  = kge_experiment_num_entities(experiment);
    size_t               num_relations = kge_experiment_num_relations(experiment);
    kge_parameters_t     copy =
        kge_parameters_in_process(recipe, num_entities, num_relations);
    size_t       num_epochs = (size_t)settings->num_epochs + 1;
    contestant_t server     = {
            .trainer    = kge_trainer_create(recipe, &settings->plan, app_team_of(runtime),
                                             num_entities, num_relations, train),
            .parameters = &experiment->parameters,
            .seconds    = APP_NEW(double, num_epochs),
    };
    contestant_t plain = {
        .trainer    = kge_trainer_create(recipe, &settings->plan, app_team_alone(),
                                         num_entities, num_relations, train),
        .parameters = &copy,
        .seconds    = APP_NEW(double, num_epochs),
    };
    tern_status_t status = kge_parameters_copy(&copy, &experiment->parameters);

    if (status == TERN_OK)
        status = run_epochs(settings, runtime, &server, &plain);
    if (status == TERN_OK)
        report(runtime, options, &server, &plain);
    free(server.seconds);
    free(plain.seconds);
    kge_trainer_destroy(&server.trainer);
    kge_trainer_destroy(&plain.trainer);
    kge_parameters_fini(&copy);
    return status;
}
