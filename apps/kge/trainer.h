/** \file
 * An epoch of training: the triples in random order, cut into batches that the workers take in turn.
 *
 * Which triples and which negatives make a batch depends on the seed and the epoch alone; the number of
 * workers decides only who computes it and which batches are computed at the same time.
 */
#ifndef KGE_TRAINER_H
#define KGE_TRAINER_H

#include "parameters.h"
#include "recipe.h"
#include "team.h"
#include "triples.h"

typedef struct kge_trainer kge_trainer_t;

/* Called after each step with the number of triples the team has trained on in this epoch, about, and their
 * mean loss. */
typedef void kge_progress_fn(double num_triples, double loss, void *context);

/* `triples` is borrowed. A worker ticks its clock every `clock_every` steps. */
kge_trainer_t *kge_trainer_create(const kge_recipe_t *recipe, app_team_t team,
                                  size_t clock_every, size_t num_entities,
                                  size_t num_relations, const kge_triples_t *triples);
void           kge_trainer_destroy(kge_trainer_t **trainer_p);

/* Run this worker's part of an epoch. Collective over the team.
 *
 * \param [in]  epoch     From 1 on.
 * \param [in]  progress  May be NULL.
 * \param [out] loss_p    Sum of this worker's losses.
 * \return  TERN_OK; TERN_ERR_STOPPED; the error of an access to rows. */
tern_status_t kge_trainer_run_epoch(kge_trainer_t *trainer, int epoch,
                                    const kge_parameters_t *parameters,
                                    kge_progress_fn *progress, void *context,
                                    double *loss_p);

#endif
