/** \file
 * The recipe of a training: what decides its result.
 */
#ifndef KGE_RECIPE_H
#define KGE_RECIPE_H

#include "loss.h"
#include "model.h"

#include <stdint.h>

typedef struct kge_recipe {
    const kge_model_t *model;
    const kge_loss_t  *loss;
    size_t             dim;
    size_t             num_negatives; /* per side and triple */
    size_t   chunk_triples; /* so many triples share their negatives, on both sides */
    size_t   batch_triples; /* so many make one update */
    double   rate;          /* of Adagrad */
    double   l2;            /* weight of the squared embeddings of each triple */
    double   margin;        /* TransE and the margin loss */
    double   init_bound;    /* embeddings start uniform in [-init_bound, init_bound) */
    uint64_t seed;
} kge_recipe_t;

static inline size_t kge_recipe_entity_width(const kge_recipe_t *recipe)
{
    return recipe->model->entity_width(recipe->dim);
}

static inline size_t kge_recipe_relation_width(const kge_recipe_t *recipe)
{
    return recipe->model->relation_width(recipe->dim);
}

#endif
