/** \file
 * FTRL-Proximal with per-coordinate rates and elastic-net regularisation, per coordinate:
 *
 *     r' = sqrt(r^2 + g^2),  sigma = (r' - r) / alpha
 *     z := z + g - sigma w,  r := r',  eta = alpha / (r + beta)
 *     w := prox(-eta z, eta),  prox(u, eta) = 0                                    if |u| <= l1 eta
 *                                             (u - sign(u) l1 eta) / (1 + l2 eta)  otherwise
 *
 * Source: McMahan et al., KDD 2013, algorithm 1. Ours differs in form only: r is the root of their n, and
 * their closed solution is written as a proximal step, so that a value is a function of z and r: the
 * initial value matters until the first push only.
 *
 * State: z[width], r[width].
 */
#include <math.h>

#include "base/simd.h"
#include "update/rules.h"

TERN_CLONES
static void ftrl_float32(uint32_t width, float *restrict w, float *restrict z,
                         float *restrict r, const float *restrict g, float alpha,
                         float beta, float l1, float l2)
{
    for (uint32_t j = 0; j < width; j++) {
        float root = sqrtf(r[j] * r[j] + g[j] * g[j]);
        float eta  = alpha / (root + beta);
        float sum  = z[j] + g[j] - (root - r[j]) / alpha * w[j];
        float size = eta * (fabsf(sum) - l1); /* |prox| before the ridge term */

        z[j] = sum;
        r[j] = root;
        w[j] = size <= 0 ? 0 : copysignf(size / (1 + l2 * eta), -sum);
    }
}

TERN_CLONES
static void ftrl_float64(uint32_t width, double *restrict w, double *restrict z,
                         double *restrict r, const double *restrict g, double alpha,
                         double beta, double l1, double l2)
{
    for (uint32_t j = 0; j < width; j++) {
        double root = sqrt(r[j] * r[j] + g[j] * g[j]);
        double eta  = alpha / (root + beta);
        double sum  = z[j] + g[j] - (root - r[j]) / alpha * w[j];
        double size = eta * (fabs(sum) - l1); /* |prox| before the ridge term */

        z[j] = sum;
        r[j] = root;
        w[j] = size <= 0 ? 0 : copysign(size / (1 + l2 * eta), -sum);
    }
}

static void ftrl_apply(const tern_row_view_t *row, const void *delta, const void *context)
{
    const tern_update_options_t *options = context;
    uint32_t                     width   = row->width;

    if (row->type == TERN_FLOAT32) {
        float *z = row->state, *r = z + width;

        ftrl_float32(width, row->value, z, r, delta, (float)options->alpha,
                     (float)options->beta, (float)options->l1, (float)options->l2);
    } else {
        double *z = row->state, *r = z + width;

        ftrl_float64(width, row->value, z, r, delta, options->alpha, options->beta,
                     options->l1, options->l2);
    }
}

const tern_update_t tern_update_ftrl = {
    .name         = "ftrl",
    .state_factor = 2,
    .takes_sums   = true,
    .apply        = ftrl_apply,
};
