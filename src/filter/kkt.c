/** \file
 * KKT: features that the optimality conditions keep at zero need not travel (Li et al., OSDI 2014,
 * sections 3.5 and 5.1). The server marks a feature as inactive by NaN in its row. A row of NaN is
 * sent to workers as one bit; a worker leaves out what it pushes to such a key. A worker may also
 * leave out rows by itself: of keys that it pulled as zero or NaN, those whose first value (the
 * gradient) is within the threshold.
 */
#include <math.h>

#include "filter/present.h"

enum { ACTIVE, INACTIVE };

static bool is_inactive(const tern_filter_step_t *step, tern_key_t key)
{
    const uint32_t *state = tern_map_find(&step->inactive, key);

    return state != NULL && *state == INACTIVE;
}

static size_t choose(tern_filter_step_t *step, const tern_filter_shape_t *shape,
                     size_t num_rows, tern_key_t keys[], char *rows)
{
    size_t num_kept = 0;

    for (size_t i = 0; i < num_rows; i++) {
        double first = tern_filter_get(shape, rows, i * shape->width);

        if (isnan(first) || (step->number > 0 && fabs(first) <= step->number &&
                             is_inactive(step, keys[i])))
            continue;
        tern_filter_move_row(shape, rows, num_kept, i);
        keys[num_kept++] = keys[i];
    }
    return num_kept;
}

static tern_status_t note_pulled(tern_filter_step_t        *step,
                                 const tern_filter_shape_t *shape, size_t num_rows,
                                 const tern_key_t keys[], const char *rows)
{
    if (step->number == 0)
        return TERN_OK; /* nobody would ask */
    if (tern_map_reserve(&step->inactive, step->inactive.num_keys + num_rows) != TERN_OK)
        return TERN_ERR_NO_MEMORY;
    for (size_t i = 0; i < num_rows; i++) {
        double first = tern_filter_get(shape, rows, i * shape->width);

        tern_map_enter(&step->inactive, keys[i], ACTIVE);
        *tern_map_find(&step->inactive, keys[i]) =
            isnan(first) || first == 0 ? INACTIVE : ACTIVE;
    }
    return TERN_OK;
}

static bool is_absent(const tern_filter_shape_t *shape, const char *row)
{
    for (uint32_t j = 0; j < shape->width; j++)
        if (!isnan(tern_filter_get(shape, row, j)))
            return false;
    return true;
}

static tern_status_t encode(tern_filter_step_t *step, tern_section_t *section)
{
    (void)step;
    return tern_present_encode(section, is_absent);
}

static tern_status_t decode(tern_filter_step_t *step, tern_section_t *section)
{
    (void)step;
    return tern_present_decode(section, NAN);
}

const tern_filter_ops_t tern_filter_kkt = {
    .name         = "kkt",
    .stage        = TERN_STAGE_CHOOSE,
    .number       = {.meaning = "threshold", .most = INFINITY},
    .is_for_pulls = true,
    .is_exact     = true,
    .choose       = choose,
    .note_pulled  = note_pulled,
    .encode       = encode,
    .decode       = decode,
};
