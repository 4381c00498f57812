/** \file
 * Zero removal (Li et al., OSDI 2014, section 3.5: "zeros are removed"). Pushed rows of zeros, of
 * either sign, do not go. Of pulled rows those whose bits are all zero take a bit; -0 is a number
 * like others.
 */
#include "filter/present.h"

static size_t choose(tern_filter_step_t *step, const tern_filter_shape_t *shape,
                     size_t num_rows, tern_key_t keys[], char *rows)
{
    size_t num_kept = 0;

    (void)step;
    for (size_t i = 0; i < num_rows; i++) {
        bool is_zero = true;

        for (uint32_t j = 0; j < shape->width; j++)
            is_zero &= tern_filter_get(shape, rows, i * shape->width + j) == 0;
        if (is_zero)
            continue;
        tern_filter_move_row(shape, rows, num_kept, i);
        keys[num_kept++] = keys[i];
    }
    return num_kept;
}

static bool is_absent(const tern_filter_shape_t *shape, const char *row)
{
    size_t bytes = tern_filter_row_bytes(shape);
    char   any   = 0;

    for (size_t b = 0; b < bytes; b++)
        any |= row[b];
    return any == 0;
}

static tern_status_t encode(tern_filter_step_t *step, tern_section_t *section)
{
    (void)step;
    return tern_present_encode(section, is_absent);
}

static tern_status_t decode(tern_filter_step_t *step, tern_section_t *section)
{
    (void)step;
    return tern_present_decode(section, 0);
}

const tern_filter_ops_t tern_filter_zero = {
    .name         = "zero",
    .stage        = TERN_STAGE_CHOOSE,
    .is_for_pulls = true,
    .is_exact     = true,
    .choose       = choose,
    .encode       = encode,
    .decode       = decode,
};
