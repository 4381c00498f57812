/** \file
 * Momentum: v := momentum v + (g + l2 w), w := w - rate v.
 *
 * Source: Polyak, USSR Computational Mathematics 1964 (the heavy ball). Ours differs: v only decays when
 * its row is pushed, as is usual for sparse rows.
 *
 * State: v[width].
 */
#include "base/simd.h"
#include "update/rules.h"

TERN_CLONES
static void momentum_float32(uint32_t width, float *restrict w, float *restrict v,
                             const float *restrict g, float rate, float momentum,
                             float l2)
{
    for (uint32_t j = 0; j < width; j++) {
        v[j] = momentum * v[j] + g[j] + l2 * w[j];
        w[j] -= rate * v[j];
    }
}

TERN_CLONES
static void momentum_float64(uint32_t width, double *restrict w, double *restrict v,
                             const double *restrict g, double rate, double momentum,
                             double l2)
{
    for (uint32_t j = 0; j < width; j++) {
        v[j] = momentum * v[j] + g[j] + l2 * w[j];
        w[j] -= rate * v[j];
    }
}

static void momentum_apply(const tern_row_view_t *row, const void *delta,
                           const void *context)
{
    const tern_update_options_t *options = context;

    if (row->type == TERN_FLOAT32)
        momentum_float32(row->width, row->value, row->state, delta, (float)options->rate,
                         (float)options->momentum, (float)options->l2);
    else
        momentum_float64(row->width, row->value, row->state, delta, options->rate,
                         options->momentum, options->l2);
}

const tern_update_t tern_update_momentum = {
    .name         = "momentum",
    .state_factor = 1,
    .takes_sums   = true,
    .apply        = momentum_apply,
};
