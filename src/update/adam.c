/** \file
 * Adam: t := t + 1, m := beta1 m + (1 - beta1) g, v := beta2 v + (1 - beta2) g^2,
 * w := w - rate m^ / (sqrt(v^) + epsilon) with m^ = m / (1 - beta1^t), v^ = v / (1 - beta2^t), and
 * g := g + l2 w before.
 *
 * Source: Kingma and Ba, ICLR 2015, algorithm 1. Ours differs: t counts the pushes of the row, so that a
 * row which is pushed for the first time late in a run is corrected like a young one (as in "lazy" or
 * sparse Adam).
 *
 * State: m[width], v[width], t. Kept as a float32 t stops at 2^24, where both corrections have long
 * been 1.
 */
#include <math.h>

#include "base/simd.h"
#include "update/rules.h"

/* The corrections as two factors: w -= step * m / (sqrt(v) * scale + epsilon). */
typedef struct corrected {
    double step;  /* rate / (1 - beta1^t) */
    double scale; /* 1 / sqrt(1 - beta2^t) */
} corrected_t;

static corrected_t correct(const tern_update_options_t *options, double t)
{
    return (corrected_t){
        .step  = options->rate / (1 - pow(options->beta1, t)),
        .scale = 1 / sqrt(1 - pow(options->beta2, t)),
    };
}

TERN_CLONES
static void adam_float32(uint32_t width, float *restrict w, float *restrict m,
                         float *restrict v, const float *restrict gradient,
                         const tern_update_options_t *options, corrected_t corrected)
{
    float beta1 = (float)options->beta1, beta2 = (float)options->beta2;
    float epsilon = (float)options->epsilon, l2 = (float)options->l2;
    float step = (float)corrected.step, scale = (float)corrected.scale;

    for (uint32_t j = 0; j < width; j++) {
        float g = gradient[j] + l2 * w[j];

        m[j] = beta1 * m[j] + (1 - beta1) * g;
        v[j] = beta2 * v[j] + (1 - beta2) * g * g;
        w[j] -= step * m[j] / (sqrtf(v[j]) * scale + epsilon);
    }
}

TERN_CLONES
static void adam_float64(uint32_t width, double *restrict w, double *restrict m,
                         double *restrict v, const double *restrict gradient,
                         const tern_update_options_t *options, corrected_t corrected)
{
    double beta1 = options->beta1, beta2 = options->beta2;
    double epsilon = options->epsilon, l2 = options->l2;
    double step = corrected.step, scale = corrected.scale;

    for (uint32_t j = 0; j < width; j++) {
        double g = gradient[j] + l2 * w[j];

        m[j] = beta1 * m[j] + (1 - beta1) * g;
        v[j] = beta2 * v[j] + (1 - beta2) * g * g;
        w[j] -= step * m[j] / (sqrt(v[j]) * scale + epsilon);
    }
}

static void adam_apply(const tern_row_view_t *row, const void *delta, const void *context)
{
    const tern_update_options_t *options = context;
    uint32_t                     width   = row->width;

    if (row->type == TERN_FLOAT32) {
        float *m = row->state, *v = m + width, *t = v + width;

        *t += 1;
        adam_float32(width, row->value, m, v, delta, options, correct(options, *t));
    } else {
        double *m = row->state, *v = m + width, *t = v + width;

        *t += 1;
        adam_float64(width, row->value, m, v, delta, options, correct(options, *t));
    }
}

const tern_update_t tern_update_adam = {
    .name         = "adam",
    .state_factor = 2,
    .state_extra  = 1,
    .takes_sums   = true,
    .apply        = adam_apply,
};
