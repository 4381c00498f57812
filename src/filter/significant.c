/** \file
 * Significant: what is pushed to a key is summed here until some value of the sum exceeds the
 * threshold; then the sum goes. What the server lacks of a key is therefore at most the threshold
 * in each value (Li et al., OSDI 2014, section 3.5, "significantly modified filter"). The sum is
 * kept in double precision, and what rounding to the table's type loses of it stays.
 */
#include <math.h>

#include "filter/filter.h"

static bool is_significant(const double *sum, uint32_t width, double threshold)
{
    for (uint32_t j = 0; j < width; j++)
        if (!(fabs(sum[j]) <= threshold)) /* NaN is */
            return true;
    return false;
}

/* The sum as a row; what is left of it is what the row cannot hold. */
static void move_out(const tern_filter_shape_t *shape, double *sum, char *row)
{
    for (uint32_t j = 0; j < shape->width; j++) {
        tern_filter_put(shape, row, j, sum[j]);
        sum[j] -= tern_filter_get(shape, row, j);
        if (!isfinite(sum[j]))
            sum[j] = 0;
    }
}

static size_t choose(tern_filter_step_t *step, const tern_filter_shape_t *shape,
                     size_t num_rows, tern_key_t keys[], char *rows)
{
    size_t          row_bytes = tern_filter_row_bytes(shape);
    size_t          num_kept  = 0;
    const uint32_t *numbers =
        tern_residue_find(&step->residue, num_rows, keys, shape->width);

    if (num_rows > 0 && numbers == NULL)
        return SIZE_MAX;
    for (size_t i = 0; i < num_rows; i++) {
        double *sum = tern_residue_row(&step->residue, numbers[i], shape->width);

        for (uint32_t j = 0; j < shape->width; j++)
            sum[j] += tern_filter_get(shape, rows, i * shape->width + j);
        if (!is_significant(sum, shape->width, step->number))
            continue;
        move_out(shape, sum, rows + num_kept * row_bytes);
        keys[num_kept++] = keys[i];
    }
    return num_kept;
}

const tern_filter_ops_t tern_filter_significant = {
    .name   = "significant",
    .stage  = TERN_STAGE_CHOOSE,
    .number = {.meaning = "threshold", .is_required = true, .most = INFINITY},
    .choose = choose,
};
