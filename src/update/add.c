/** \file
 * Add: w := w + g. Counts, sufficient statistics, and gradients that the worker has scaled itself.
 */
#include "base/simd.h"
#include "update/rules.h"

TERN_CLONES
static void add_float32(uint32_t width, float *restrict w, const float *restrict g)
{
    for (uint32_t j = 0; j < width; j++)
        w[j] += g[j];
}

TERN_CLONES
static void add_float64(uint32_t width, double *restrict w, const double *restrict g)
{
    for (uint32_t j = 0; j < width; j++)
        w[j] += g[j];
}

static void add_apply(const tern_row_view_t *row, const void *delta, const void *context)
{
    (void)context;
    if (row->type == TERN_FLOAT32)
        add_float32(row->width, row->value, delta);
    else
        add_float64(row->width, row->value, delta);
}

const tern_update_t tern_update_add = {
    .name        = "add",
    .is_additive = true,
    .apply       = add_apply,
};
