/** \file
 * An experiment: a data set, a model of it, and what came out. A run has one, or two: the pair split and
 * the triple split.
 */
#ifndef KGE_EXPERIMENT_H
#define KGE_EXPERIMENT_H

#include "dataset.h"
#include "history.h"
#include "known.h"
#include "parameters.h"
#include "settings.h"
#include "team.h"
#include "usage.h"

enum { KGE_MAX_EXPERIMENTS = 2 };

typedef struct kge_experiment {
    const char      *name; /* "pair", "triple", or "" if it is the only one */
    kge_dataset_t    dataset;
    kge_known_t     *known; /* of all parts; workers only */
    kge_parameters_t parameters;
    kge_history_t    history;
    double           train_seconds;
    double        seconds_to_target; /* of training; 0: not reached, or there is none */
    double        sample;            /* share of each epoch that was run */
    double        triple_seconds;    /* of a processor, for the gradients of a triple */
    app_usage_t   usage;             /* of training, by all workers */
    double        num_rows;          /* that workers read in training */
    double        test_seconds;      /* of the evaluation */
    kge_metrics_t test;              /* means */
    kge_metrics_t partner;           /* of the partner look-up rule; means */
} kge_experiment_t;

typedef struct kge_experiments {
    kge_experiment_t items[KGE_MAX_EXPERIMENTS];
    size_t           num;
} kge_experiments_t;

/* Find and load the data that the settings name. Not collective. \return As kge_dataset_load_parts(). */
tern_status_t kge_experiments_load(const kge_settings_t *settings,
                                   kge_experiments_t    *experiments,
                                   app_complaint_t      *complaint);

void kge_experiments_fini(kge_experiments_t *experiments);

/* Train and evaluate; worker 0 reports. Collective over the team.
 * \return  TERN_OK; TERN_ERR_STOPPED; the error of an access to rows. */
tern_status_t kge_experiment_run(kge_experiment_t *experiment, app_team_t team,
                                 const kge_settings_t *settings,
                                 const tern_runtime_t *runtime,
                                 const tern_options_t *options);

/* Train only. */
tern_status_t kge_experiment_train(kge_experiment_t *experiment, app_team_t team,
                                   const kge_settings_t *settings,
                                   const tern_runtime_t *runtime,
                                   const tern_options_t *options);

/* Metrics of the model on `num_triples` triples. Collective over the team. */
tern_status_t kge_experiment_evaluate(const kge_experiment_t *experiment, app_team_t team,
                                      const kge_settings_t *settings, size_t num_triples,
                                      const kge_triple_t triples[],
                                      kge_metrics_t     *metrics);

/* Numbers of entities and relations. */
size_t kge_experiment_num_entities(const kge_experiment_t *experiment);
size_t kge_experiment_num_relations(const kge_experiment_t *experiment);

#endif
