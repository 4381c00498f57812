/** \file
 * DistMult: score = sum over i of h_i r_i t_i; symmetric in head and tail.
 *
 * Source: Yang et al., ICLR 2015, equation 2 with diagonal relations.
 */
#include "model.h"
#include "simd.h"

APP_CLONES
static void query(size_t dim, const float *known, const float *relation,
                  float *restrict result)
{
    for (size_t i = 0; i < dim; i++)
        result[i] = known[i] * relation[i];
}

APP_CLONES
static void backward(size_t dim, const float *known, const float *relation,
                     const float *gradient, float *restrict known_gradient,
                     float *restrict relation_gradient)
{
    for (size_t i = 0; i < dim; i++) {
        known_gradient[i] += gradient[i] * relation[i];
        relation_gradient[i] += gradient[i] * known[i];
    }
}

const kge_model_t kge_model_distmult = {
    .name           = "distmult",
    .row            = "dim values",
    .entity_width   = kge_width_same,
    .relation_width = kge_width_same,
    .query          = {query, query},
    .backward       = {backward, backward},
};
