/** \file
 * Row-wise Adagrad: one sum per row, n := n + mean_j(g_j^2), w := w - rate g / (sqrt(n) + epsilon), with
 * g := g + l2 w before. Nearly the quality of Adagrad on embeddings for 1 / width of its state.
 *
 * Source: Mudigere et al., ISCA 2022 (row-wise sparse Adagrad of recommendation models).
 *
 * State: n[1].
 */
#include <math.h>

#include "base/simd.h"
#include "update/rules.h"

/* Partial sums side by side, which the compiler may not introduce into a sum by itself. */
#define NUM_SUMS 16

TERN_CLONES
static float mean_square_float32(uint32_t width, const float *restrict w,
                                 const float *restrict gradient, float l2)
{
    float    sums[NUM_SUMS] = {0};
    float    sum            = 0;
    uint32_t j              = 0;

    for (; j + NUM_SUMS <= width; j += NUM_SUMS)
        for (uint32_t k = 0; k < NUM_SUMS; k++) {
            float g = gradient[j + k] + l2 * w[j + k];

            sums[k] += g * g;
        }
    for (; j < width; j++) {
        float g = gradient[j] + l2 * w[j];

        sum += g * g;
    }
    for (uint32_t k = 0; k < NUM_SUMS; k++)
        sum += sums[k];
    return sum / (float)width;
}

TERN_CLONES
static double mean_square_float64(uint32_t width, const double *restrict w,
                                  const double *restrict gradient, double l2)
{
    double   sums[NUM_SUMS] = {0};
    double   sum            = 0;
    uint32_t j              = 0;

    for (; j + NUM_SUMS <= width; j += NUM_SUMS)
        for (uint32_t k = 0; k < NUM_SUMS; k++) {
            double g = gradient[j + k] + l2 * w[j + k];

            sums[k] += g * g;
        }
    for (; j < width; j++) {
        double g = gradient[j] + l2 * w[j];

        sum += g * g;
    }
    for (uint32_t k = 0; k < NUM_SUMS; k++)
        sum += sums[k];
    return sum / width;
}

TERN_CLONES
static void descend_float32(uint32_t width, float *restrict w,
                            const float *restrict gradient, float rate, float l2)
{
    for (uint32_t j = 0; j < width; j++)
        w[j] -= rate * (gradient[j] + l2 * w[j]);
}

TERN_CLONES
static void descend_float64(uint32_t width, double *restrict w,
                            const double *restrict gradient, double rate, double l2)
{
    for (uint32_t j = 0; j < width; j++)
        w[j] -= rate * (gradient[j] + l2 * w[j]);
}

static void rowwise_adagrad_apply(const tern_row_view_t *row, const void *delta,
                                  const void *context)
{
    const tern_update_options_t *options = context;

    if (row->type == TERN_FLOAT32) {
        float *n  = row->state;
        float  l2 = (float)options->l2;

        *n += mean_square_float32(row->width, row->value, delta, l2);
        descend_float32(row->width, row->value, delta,
                        (float)options->rate / (sqrtf(*n) + (float)options->epsilon), l2);
    } else {
        double *n = row->state;

        *n += mean_square_float64(row->width, row->value, delta, options->l2);
        descend_float64(row->width, row->value, delta,
                        options->rate / (sqrt(*n) + options->epsilon), options->l2);
    }
}

const tern_update_t tern_update_rowwise_adagrad = {
    .name        = "rowwise_adagrad",
    .state_extra = 1,
    .takes_sums  = true,
    .apply       = rowwise_adagrad_apply,
};
