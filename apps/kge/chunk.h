/** \file
 * The mathematics of a few triples that share their negatives: loss and gradients.
 *
 * Negatives shared by a chunk of triples, and by both sides, turn 2 C queries against N entities into
 * three dense matrix products (Lerer et al., MLSys 2019, section 4.3; Zheng et al., SIGIR 2020, section 3.3):
 *
 *     scores = Q E^T,   dQ = G E,   dE = G^T Q
 *
 * with queries Q [2C][W], entities E [N][W] and G the derivatives of the loss by the scores.
 */
#ifndef KGE_CHUNK_H
#define KGE_CHUNK_H

#include "recipe.h"
#include "triples.h"

/* Rows of one table: where the values are, and where their gradients are added. */
typedef struct kge_slots {
    const float *const *values;    /* [num slots] */
    float              *gradients; /* [num slots][width] */
} kge_slots_t;

typedef struct kge_chunk kge_chunk_t;

kge_chunk_t *kge_chunk_create(const kge_recipe_t *recipe);
void         kge_chunk_destroy(kge_chunk_t **chunk_p);

/* Add the gradients of a chunk; returns its loss.
 *
 * \param [in] num_triples  At most chunk_triples of the recipe.
 * \param [in] triples      Their slots, in `entities` and `relations`.
 * \param [in] negatives    [num_negatives of the recipe] slots in `entities`. */
double kge_chunk_run(kge_chunk_t *chunk, size_t num_triples, const kge_triple_t triples[],
                     const uint32_t negatives[], const kge_slots_t *entities,
                     const kge_slots_t *relations);

#endif
