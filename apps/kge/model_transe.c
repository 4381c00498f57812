/** \file
 * TransE: a relation is a translation; score = margin - |h + r - t| with the Euclidean norm.
 *
 * Source: Bordes et al., NIPS 2013, section 2. Ours differs: entities are not normalised after each step;
 * L2 regularisation bounds them instead.
 */
#include "model.h"
#include "simd.h"

APP_CLONES
static void query_tail(size_t dim, const float *head, const float *relation,
                       float *restrict query)
{
    for (size_t i = 0; i < dim; i++)
        query[i] = head[i] + relation[i];
}

APP_CLONES
static void query_head(size_t dim, const float *tail, const float *relation,
                       float *restrict query)
{
    for (size_t i = 0; i < dim; i++)
        query[i] = tail[i] - relation[i];
}

APP_CLONES
static void backward_tail(size_t dim, const float *head, const float *relation,
                          const float *gradient, float *restrict head_gradient,
                          float *restrict relation_gradient)
{
    (void)head;
    (void)relation;
    for (size_t i = 0; i < dim; i++) {
        head_gradient[i] += gradient[i];
        relation_gradient[i] += gradient[i];
    }
}

APP_CLONES
static void backward_head(size_t dim, const float *tail, const float *relation,
                          const float *gradient, float *restrict tail_gradient,
                          float *restrict relation_gradient)
{
    (void)tail;
    (void)relation;
    for (size_t i = 0; i < dim; i++) {
        tail_gradient[i] += gradient[i];
        relation_gradient[i] -= gradient[i];
    }
}

const kge_model_t kge_model_transe = {
    .name           = "transe",
    .row            = "dim values",
    .is_distance    = true,
    .entity_width   = kge_width_same,
    .relation_width = kge_width_same,
    .query          = {query_tail, query_head},
    .backward       = {backward_tail, backward_head},
};
