/** \file
 * One step of training: read the rows of a batch, compute, update.
 */
#ifndef KGE_STEP_H
#define KGE_STEP_H

#include "recipe.h"
#include "rows.h"
#include "triples.h"

typedef struct kge_step kge_step_t;

kge_step_t *kge_step_create(const kge_recipe_t *recipe, size_t num_relations);
void        kge_step_destroy(kge_step_t **step_p);

/* The most distinct entities of a batch. */
size_t kge_step_max_entities(const kge_recipe_t *recipe);

/* Chunks of a batch of `num_triples`: each needs its own negatives. */
size_t kge_step_num_chunks(const kge_recipe_t *recipe, size_t num_triples);

/* Train on at most batch_triples triples.
 *
 * \param [in]     negatives  [num_chunks][num_negatives] entities.
 * \param [in,out] loss_p     The batch's loss is added.
 * \return  TERN_OK or the error of an access to rows. */
tern_status_t kge_step_run(kge_step_t *step, kge_rows_t *entities, kge_rows_t *relations,
                           size_t num_triples, const kge_triple_t triples[],
                           const uint32_t negatives[], double *loss_p);

#endif
