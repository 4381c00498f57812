/** \file
 * Models: how embeddings score a triple.
 *
 * Every model here answers a question (head, relation, ?) or (?, relation, tail) by turning the two
 * known embeddings into a *query*, a vector as wide as an entity, and comparing it with entities:
 *
 *     score = query . entity                  ComplEx, DistMult, RESCAL
 *     score = margin - |query - entity|       TransE
 *
 * So scoring a question against many entities is a matrix product, in training as in evaluation. A model
 * gives the query for each side and carries its gradient back to the two embeddings.
 */
#ifndef KGE_MODEL_H
#define KGE_MODEL_H

#include <stdbool.h>
#include <stddef.h>

/* The side of a triple that is asked for. */
typedef enum kge_side {
    KGE_TAIL      = 0,
    KGE_HEAD      = 1,
    KGE_NUM_SIDES = 2,
} kge_side_t;

/* The query of the known entity (the head if the tail is asked for) and the relation. */
typedef void kge_query_fn(size_t dim, const float *known, const float *relation,
                          float *query);

/* Add what `query_gradient` means for the known entity and the relation to their gradients. */
typedef void kge_backward_fn(size_t dim, const float *known, const float *relation,
                             const float *query_gradient, float *known_gradient,
                             float *relation_gradient);

typedef struct kge_model {
    const char *name;
    const char *row; /* what a row contains, for whoever reads a result file */
    bool        is_distance;
    size_t (*entity_width)(size_t dim);
    size_t (*relation_width)(size_t dim);
    kge_query_fn    *query[KGE_NUM_SIDES];
    kge_backward_fn *backward[KGE_NUM_SIDES];
} kge_model_t;

extern const kge_model_t kge_model_complex;
extern const kge_model_t kge_model_distmult;
extern const kge_model_t kge_model_rescal;
extern const kge_model_t kge_model_transe;

/* "complex", "distmult", "rescal", "transe"; NULL if the name is unknown. */
const kge_model_t *kge_model_find(const char *name);

/* Width functions shared by models. */
size_t kge_width_same(size_t dim);
size_t kge_width_double(size_t dim);
size_t kge_width_square(size_t dim);

#endif
