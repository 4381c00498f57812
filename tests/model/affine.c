#include "model/affine.h"

#include <math.h>

#include "model/operation.h"

#define MODULUS 1021

void affine_step(double *value, double *state, double delta)
{
    *value = fmod(3 * *value + delta + *state, MODULUS);
    *state = fmod(*state + 1, MODULUS);
}

static void affine_apply(const tern_row_view_t *row, const void *delta,
                         const void *context)
{
    (void)context;
    for (uint32_t j = 0; j < row->width; j++) {
        double value = value_at(row->type, row->value, j);
        double state = value_at(row->type, row->state, j);

        affine_step(&value, &state, value_at(row->type, delta, j));
        value_put(row->type, row->value, j, value);
        value_put(row->type, row->state, j, state);
    }
}

const tern_update_t affine_rule = {
    .name         = "affine",
    .state_factor = 1,
    .apply        = affine_apply,
};
