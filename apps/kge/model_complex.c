/** \file
 * ComplEx: score = Re(sum over i of h_i r_i conj(t_i)) with complex embeddings.
 *
 * An embedding is stored as its `dim` real parts followed by its `dim` imaginary parts, so that the
 * loops have unit stride.
 *
 * Source: Trouillon et al., ICML 2016, equation 11.
 */
#include "model.h"
#include "simd.h"

/* h * r: the score is its real product with t. */
APP_CLONES
static void query_tail(size_t dim, const float *head, const float *relation,
                       float *restrict query)
{
    const float *h_re = head, *h_im = head + dim;
    const float *r_re = relation, *r_im = relation + dim;

    for (size_t i = 0; i < dim; i++) {
        query[i]       = h_re[i] * r_re[i] - h_im[i] * r_im[i];
        query[dim + i] = h_re[i] * r_im[i] + h_im[i] * r_re[i];
    }
}

/* conj(r) * t: the score is its real product with h. */
APP_CLONES
static void query_head(size_t dim, const float *tail, const float *relation,
                       float *restrict query)
{
    const float *t_re = tail, *t_im = tail + dim;
    const float *r_re = relation, *r_im = relation + dim;

    for (size_t i = 0; i < dim; i++) {
        query[i]       = r_re[i] * t_re[i] + r_im[i] * t_im[i];
        query[dim + i] = r_re[i] * t_im[i] - r_im[i] * t_re[i];
    }
}

APP_CLONES
static void backward_tail(size_t dim, const float *head, const float *relation,
                          const float *gradient, float *restrict head_gradient,
                          float *restrict relation_gradient)
{
    const float *h_re = head, *h_im = head + dim;
    const float *r_re = relation, *r_im = relation + dim;
    const float *g_re = gradient, *g_im = gradient + dim;

    for (size_t i = 0; i < dim; i++) {
        head_gradient[i] += g_re[i] * r_re[i] + g_im[i] * r_im[i];
        head_gradient[dim + i] += g_im[i] * r_re[i] - g_re[i] * r_im[i];
        relation_gradient[i] += g_re[i] * h_re[i] + g_im[i] * h_im[i];
        relation_gradient[dim + i] += g_im[i] * h_re[i] - g_re[i] * h_im[i];
    }
}

APP_CLONES
static void backward_head(size_t dim, const float *tail, const float *relation,
                          const float *gradient, float *restrict tail_gradient,
                          float *restrict relation_gradient)
{
    const float *t_re = tail, *t_im = tail + dim;
    const float *r_re = relation, *r_im = relation + dim;
    const float *g_re = gradient, *g_im = gradient + dim;

    for (size_t i = 0; i < dim; i++) {
        tail_gradient[i] += g_re[i] * r_re[i] - g_im[i] * r_im[i];
        tail_gradient[dim + i] += g_re[i] * r_im[i] + g_im[i] * r_re[i];
        relation_gradient[i] += g_re[i] * t_re[i] + g_im[i] * t_im[i];
        relation_gradient[dim + i] += g_re[i] * t_im[i] - g_im[i] * t_re[i];
    }
}

const kge_model_t kge_model_complex = {
    .name           = "complex",
    .row            = "dim real parts, then dim imaginary parts",
    .entity_width   = kge_width_double,
    .relation_width = kge_width_double,
    .query          = {query_tail, query_head},
    .backward       = {backward_tail, backward_head},
};
