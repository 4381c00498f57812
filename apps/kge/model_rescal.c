/** \file
 * RESCAL: score = h^T R t with a full matrix R (dim x dim, row-major) per relation.
 *
 * Source: Nickel, Tresp, Kriegel, ICML 2011, equation 1.
 */
#include "model.h"
#include "simd.h"

#include <string.h>

/* h^T R */
APP_CLONES
static void query_tail(size_t dim, const float *head, const float *relation,
                       float *restrict query)
{
    memset(query, 0, dim * sizeof(float));
    for (size_t i = 0; i < dim; i++)
        app_add_scaled(dim, head[i], relation + i * dim, query);
}

/* R t */
APP_CLONES
static void query_head(size_t dim, const float *tail, const float *relation,
                       float *restrict query)
{
    for (size_t i = 0; i < dim; i++)
        query[i] = app_dot(dim, relation + i * dim, tail);
}

APP_CLONES
static void backward_tail(size_t dim, const float *head, const float *relation,
                          const float *gradient, float *restrict head_gradient,
                          float *restrict relation_gradient)
{
    for (size_t i = 0; i < dim; i++) {
        head_gradient[i] += app_dot(dim, relation + i * dim, gradient);
        app_add_scaled(dim, head[i], gradient, relation_gradient + i * dim);
    }
}

APP_CLONES
static void backward_head(size_t dim, const float *tail, const float *relation,
                          const float *gradient, float *restrict tail_gradient,
                          float *restrict relation_gradient)
{
    for (size_t i = 0; i < dim; i++) {
        app_add_scaled(dim, gradient[i], relation + i * dim, tail_gradient);
        app_add_scaled(dim, gradient[i], tail, relation_gradient + i * dim);
    }
}

const kge_model_t kge_model_rescal = {
    .name           = "rescal",
    .row            = "entity: dim values; relation: dim x dim values, row-major",
    .entity_width   = kge_width_same,
    .relation_width = kge_width_square,
    .query          = {query_tail, query_head},
    .backward       = {backward_tail, backward_head},
};
