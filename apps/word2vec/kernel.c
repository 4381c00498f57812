/** \file
 * The hot loop, see kernel.h.
 */
#include "kernel.h"

#include "memory.h"
#include "simd.h"

#include <math.h>
#include <stdlib.h>

/* Beyond +-MAX_SCORE the sigmoid counts as 0 or 1. */
enum { TABLE_SIZE = 4096 };
static const float max_score = 8;

typedef struct point {
    float sigmoid;
    float log_sigmoid;
} point_t;

struct w2v_kernel {
    size_t dim;
    float *error; /* [dim]: e */
    point_t
        points[TABLE_SIZE + 1]; /* at (i + 1/2) / TABLE_SIZE of [-max_score, max_score] */
};

w2v_kernel_t *w2v_kernel_create(size_t dim)
{
    w2v_kernel_t *kernel = APP_NEW(w2v_kernel_t, 1);

    kernel->dim   = dim;
    kernel->error = APP_NEW(float, dim);
    for (int i = 0; i <= TABLE_SIZE; i++) {
        double score   = (2 * (i + 0.5) / TABLE_SIZE - 1) * (double)max_score;
        double sigmoid = 1 / (1 + exp(-score));

        kernel->points[i] = (point_t){(float)sigmoid, (float)log(sigmoid)};
    }
    return kernel;
}

void w2v_kernel_destroy(w2v_kernel_t **kernel_p)
{
    if (*kernel_p == NULL)
        return;
    free((*kernel_p)->error);
    free(*kernel_p);
    *kernel_p = NULL;
}

APP_INLINE size_t index_of(float score)
{
    float clamped = score < -max_score  ? -max_score
                    : score > max_score ? max_score
                                        : score;

    return (size_t)((clamped + max_score) * ((float)TABLE_SIZE / (2 * max_score)));
}

/* One target of one input row. Returns g, and adds to the loss. */
APP_INLINE float slope(const w2v_kernel_t *kernel, float score, bool is_positive,
                       float rate, float *loss)
{
    size_t i = index_of(score);

    if (is_positive) {
        *loss -= kernel->points[i].log_sigmoid;
        return rate * (1 - kernel->points[i].sigmoid);
    }
    *loss -= kernel->points[TABLE_SIZE - 1 < i ? 0 : TABLE_SIZE - 1 - i].log_sigmoid;
    return -rate * kernel->points[i].sigmoid;
}

/* Both sums of a target in one pass over the two rows: e += g u, u += g v. */
APP_INLINE void add_both(size_t dim, float g, const float *restrict v, float *restrict u,
                         float *restrict e)
{
#pragma omp simd
    for (size_t j = 0; j < dim; j++) {
        float before = u[j];

        e[j] += g * before;
        u[j] = before + g * v[j];
    }
}

APP_CLONES
static float run_step(const w2v_kernel_t *kernel, float *restrict v, float *const rows[],
                      size_t num_targets, const uint32_t targets[], float rate)
{
    size_t dim  = kernel->dim;
    float *e    = kernel->error;
    float  loss = 0;

    for (size_t j = 0; j < dim; j++)
        e[j] = 0;
    for (size_t t = 0; t < num_targets; t++) {
        float *u = rows[targets[t]];
        float  g = slope(kernel, app_dot(dim, v, u), t == 0, rate, &loss);

        add_both(dim, g, v, u, e);
    }
    app_add_scaled(dim, 1, e, v);
    return loss;
}

double w2v_kernel_run(w2v_kernel_t *kernel, const w2v_batch_t *batch, float rate)
{
    double loss = 0;

    for (size_t s = 0; s < batch->num_steps; s++) {
        const w2v_step_t *step = &batch->steps[s];

        loss += (double)run_step(kernel, batch->inputs.values[step->input],
                                 batch->outputs.values, step->num_targets,
                                 batch->targets + step->first_target, rate);
    }
    return loss;
}
