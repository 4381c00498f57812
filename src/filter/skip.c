/** \file
 * Random skip: a row is left out with probability P, and what goes is multiplied by 1/(1-P), so
 * that the expected sum of what arrives is the sum of what was pushed.
 */
#include "filter/filter.h"
#include "tern/random.h"

static size_t choose(tern_filter_step_t *step, const tern_filter_shape_t *shape,
                     size_t num_rows, tern_key_t keys[], char *rows)
{
    double factor   = 1 / (1 - step->number);
    size_t num_kept = 0;

    for (size_t i = 0; i < num_rows; i++) { /* without a branch that nobody can foresee */
        double draw = tern_random_unit(shape->seed, shape->stream, step->num_draws++);

        for (uint32_t j = 0; j < shape->width; j++)
            tern_filter_put(shape, rows, num_kept * shape->width + j,
                            factor * tern_filter_get(shape, rows, i * shape->width + j));
        keys[num_kept] = keys[i];
        num_kept += draw >= step->number;
    }
    return num_kept;
}

const tern_filter_ops_t tern_filter_skip = {
    .name   = "skip",
    .stage  = TERN_STAGE_CHOOSE,
    .number = {.meaning = "probability", .is_required = true, .most = 0.999},
    .choose = choose,
};
