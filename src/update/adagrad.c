/** \file
 * Adagrad: n := n + g^2, w := w - rate g / (sqrt(n) + epsilon), with g := g + l2 w before.
 *
 * Source: Duchi, Hazan, Singer, JMLR 2011, section 1.3 (diagonal matrices, without projection). The
 * hot path of embedding training: square root and division are left to the vector unit, exact, as the
 * row's memory traffic costs more than the reciprocal estimates would save.
 *
 * State: n[width].
 */
#include <math.h>

#include "base/simd.h"
#include "update/rules.h"

TERN_CLONES
static void adagrad_float32(uint32_t width, float *restrict w, float *restrict n,
                            const float *restrict gradient, float rate, float epsilon,
                            float l2)
{
    for (uint32_t j = 0; j < width; j++) {
        float g = gradient[j] + l2 * w[j];

        n[j] += g * g;
        w[j] -= rate * g / (sqrtf(n[j]) + epsilon);
    }
}

TERN_CLONES
static void adagrad_float64(uint32_t width, double *restrict w, double *restrict n,
                            const double *restrict gradient, double rate, double epsilon,
                            double l2)
{
    for (uint32_t j = 0; j < width; j++) {
        double g = gradient[j] + l2 * w[j];

        n[j] += g * g;
        w[j] -= rate * g / (sqrt(n[j]) + epsilon);
    }
}

static void adagrad_apply(const tern_row_view_t *row, const void *delta,
                          const void *context)
{
    const tern_update_options_t *options = context;

    if (row->type == TERN_FLOAT32)
        adagrad_float32(row->width, row->value, row->state, delta, (float)options->rate,
                        (float)options->epsilon, (float)options->l2);
    else
        adagrad_float64(row->width, row->value, row->state, delta, options->rate,
                        options->epsilon, options->l2);
}

const tern_update_t tern_update_adagrad = {
    .name         = "adagrad",
    .state_factor = 1,
    .takes_sums   = true,
    .apply        = adagrad_apply,
};
