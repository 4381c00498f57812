/** \file
 * Stochastic gradient descent: w := w - rate (g + l2 w).
 *
 * Source: Robbins and Monro, Annals of Mathematical Statistics 1951. Not marked additive: with l2 > 0
 * two pushes decay the row twice, their sum only once.
 */
#include "base/simd.h"
#include "update/rules.h"

TERN_CLONES
static void sgd_float32(uint32_t width, float *restrict w, const float *restrict g,
                        float rate, float l2)
{
    for (uint32_t j = 0; j < width; j++)
        w[j] -= rate * (g[j] + l2 * w[j]);
}

TERN_CLONES
static void sgd_float64(uint32_t width, double *restrict w, const double *restrict g,
                        double rate, double l2)
{
    for (uint32_t j = 0; j < width; j++)
        w[j] -= rate * (g[j] + l2 * w[j]);
}

static void sgd_apply(const tern_row_view_t *row, const void *delta, const void *context)
{
    const tern_update_options_t *options = context;

    if (row->type == TERN_FLOAT32)
        sgd_float32(row->width, row->value, delta, (float)options->rate,
                    (float)options->l2);
    else
        sgd_float64(row->width, row->value, delta, options->rate, options->l2);
}

const tern_update_t tern_update_sgd = {
    .name       = "sgd",
    .takes_sums = true,
    .apply      = sgd_apply,
};
