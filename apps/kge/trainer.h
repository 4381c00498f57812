/** \file
 * A worker's part of the epochs: batches come prepared out of the pipeline, are computed, and the clock ticks.
 */
#ifndef KGE_TRAINER_H
#define KGE_TRAINER_H

#include "meter.h"
#include "parameters.h"
#include "plan.h"
#include "recipe.h"
#include "team.h"
#include "triples.h"

typedef struct kge_trainer kge_trainer_t;

/* Called after each step with the number of triples the team has trained on in this epoch, about, and their
 * mean loss. */
typedef void kge_progress_fn(double num_triples, double loss, void *context);

/* `triples` is borrowed. */
kge_trainer_t *kge_trainer_create(const kge_recipe_t *recipe, const kge_plan_t *plan,
                                  app_team_t team, size_t num_entities,
                                  size_t num_relations, const kge_triples_t *triples);
void           kge_trainer_destroy(kge_trainer_t **trainer_p);

/* Before the first epoch: bring what the worker keeps. */
tern_status_t kge_trainer_claim(kge_trainer_t          *trainer,
                                const kge_parameters_t *parameters);

/* What an epoch of this worker came to. */
typedef struct kge_epoch {
    double loss; /* sum */
    double num_triples;
    double num_rows; /* that were read */
} kge_epoch_t;

/* Run this worker's part of an epoch. Collective over the team.
 *
 * \param [in]  number    From 1 on.
 * \param [in]  progress  May be NULL.
 * \return  TERN_OK; TERN_ERR_STOPPED; the error of an access to rows. */
tern_status_t kge_trainer_run_epoch(kge_trainer_t *trainer, int number,
                                    const kge_parameters_t *parameters,
                                    kge_progress_fn *progress, void *context,
                                    kge_epoch_t *epoch);

/* Of all steps of an epoch, the share that is run. */
double kge_trainer_share(const kge_trainer_t *trainer);

/* What the gradients cost so far. */
const app_meter_t *kge_trainer_meter(const kge_trainer_t *trainer);

#endif
