/** \file
 * An experiment: loading its data, and the evaluation at its end.
 */
#include "experiment.h"

#include "evaluate.h"
#include "partner.h"

#include <stdio.h>
#include <unistd.h>

typedef struct part_paths {
    char        buffers[KGE_NUM_PARTS][4096];
    const char *paths[KGE_NUM_PARTS];
} part_paths_t;

/* The files of a directory; valid and test may be missing. Returns whether train is there. */
static bool find_parts(const char *directory, const char *folder, part_paths_t *found)
{
    for (int part = 0; part < KGE_NUM_PARTS; part++) {
        snprintf(found->buffers[part], sizeof(found->buffers[part]), "%s%s/%s.tsv",
                 directory, folder, kge_part_names[part]);
        found->paths[part] =
            access(found->buffers[part], F_OK) == 0 ? found->buffers[part] : NULL;
    }
    return found->paths[KGE_TRAIN] != NULL;
}

static kge_dataset_t *add_experiment(kge_experiments_t *experiments, const char *name)
{
    kge_experiment_t *experiment = &experiments->items[experiments->num++];

    *experiment = (kge_experiment_t){.name = name};
    kge_dataset_init(&experiment->dataset);
    return &experiment->dataset;
}

static tern_status_t load_directory(const char *directory, kge_experiments_t *experiments,
                                    app_complaint_t *complaint)
{
    part_paths_t  alone, pair, triple;
    bool          is_pair   = find_parts(directory, "/pair", &pair);
    bool          is_triple = find_parts(directory, "/triple", &triple);
    tern_status_t status    = TERN_OK;

    if (find_parts(directory, "", &alone))
        return kge_dataset_load_parts(add_experiment(experiments, ""), alone.paths,
                                      complaint);
    if (!is_pair && !is_triple)
        return app_complain(complaint, TERN_ERR_IO,
                            "%s: contains neither train.tsv, nor pair/train.tsv, nor "
                            "triple/train.tsv",
                            directory);
    if (is_pair)
        status = kge_dataset_load_parts(add_experiment(experiments, "pair"), pair.paths,
                                        complaint);
    if (status == TERN_OK && is_triple)
        status = kge_dataset_load_parts(add_experiment(experiments, "triple"),
                                        triple.paths, complaint);
    return status;
}

tern_status_t kge_experiments_load(const kge_settings_t *settings,
                                   kge_experiments_t    *experiments,
                                   app_complaint_t      *complaint)
{
    experiments->num = 0;
    if (settings->data != NULL)
        return load_directory(settings->data, experiments, complaint);
    if (settings->synthetic.num_entities > 0) {
        kge_synthetic_make(&settings->synthetic, settings->split,
                           add_experiment(experiments, ""));
        return TERN_OK;
    }
    if (settings->triples != NULL)
        return kge_dataset_load_and_split(add_experiment(experiments, ""),
                                          settings->triples, settings->split,
                                          settings->recipe.seed, complaint);
    return kge_dataset_load_parts(add_experiment(experiments, ""), settings->parts,
                                  complaint);
}

void kge_experiments_fini(kge_experiments_t *experiments)
{
    for (size_t i = 0; i < experiments->num; i++) {
        kge_experiment_t *experiment = &experiments->items[i];

        kge_dataset_fini(&experiment->dataset);
        kge_known_destroy(&experiment->known);
        kge_parameters_fini(&experiment->parameters);
        kge_history_fini(&experiment->history);
    }
    experiments->num = 0;
}

size_t kge_experiment_num_entities(const kge_experiment_t *experiment)
{
    return app_names_count(experiment->dataset.entities);
}

size_t kge_experiment_num_relations(const kge_experiment_t *experiment)
{
    return app_names_count(experiment->dataset.relations);
}

tern_status_t kge_experiment_evaluate(const kge_experiment_t *experiment, app_team_t team,
                                      const kge_settings_t *settings, size_t num_triples,
                                      const kge_triple_t triples[],
                                      kge_metrics_t     *metrics)
{
    kge_share_t   share = {team.worker, team.num_workers};
    kge_metrics_t sums  = {0};
    tern_status_t status =
        kge_evaluate(&settings->recipe, experiment->parameters.entities,
                     experiment->parameters.relations, experiment->known, share,
                     num_triples, triples, &sums);

    status = app_team_agree(&team, status);
    if (status == TERN_OK)
        status = app_team_sum(&team, KGE_NUM_METRICS, &sums.mrr);
    if (status == TERN_OK)
        *metrics = kge_metrics_mean(&sums);
    return status;
}

static tern_status_t run_test(kge_experiment_t *experiment, app_team_t team,
                              const kge_settings_t *settings,
                              const tern_runtime_t *runtime)
{
    const kge_triples_t *test  = &experiment->dataset.parts[KGE_TEST];
    double               start = tern_seconds(runtime);
    tern_status_t status = kge_experiment_evaluate(experiment, team, settings, test->num,
                                                   test->items, &experiment->test);

    experiment->test_seconds = tern_seconds(runtime) - start;
    if (team.worker == 0)
        experiment->partner = kge_partner_evaluate(
            kge_experiment_num_entities(experiment),
            kge_experiment_num_relations(experiment),
            &experiment->dataset.parts[KGE_TRAIN], experiment->known, test);
    return status;
}

tern_status_t kge_experiment_run(kge_experiment_t *experiment, app_team_t team,
                                 const kge_settings_t *settings,
                                 const tern_runtime_t *runtime,
                                 const tern_options_t *options)
{
    const kge_triples_t *parts[KGE_NUM_PARTS];
    tern_status_t        status = TERN_OK;

    for (int part = 0; part < KGE_NUM_PARTS; part++)
        parts[part] = &experiment->dataset.parts[part];
    experiment->known = kge_known_create(KGE_NUM_PARTS, parts);
    status = kge_experiment_train(experiment, team, settings, runtime, options);
    if (status == TERN_OK && settings->test_at_end && parts[KGE_TEST]->num > 0)
        status = run_test(experiment, team, settings, runtime);
    return status;
}
