/** \file
 * KKT: features that the optimality conditions keep at zero need not travel (Li et al., OSDI 2014,
 * sections 3.5 and 5.1). The server marks a feature as inactive by NaN in its row. A row of NaN is
 * sent to workers as one bit; a worker leaves out what it pushes to such a key. A worker may also
 * leave out rows by itself: of keys that it pulled as zero or NaN, those whose first value (the
 * gradient) is within the threshold.
 */
#include <math.h>

#include "base/alloc.h"
#include "filter/present.h"

/* Keys that were never pulled count as active. */
static bool is_inactive(const tern_filter_step_t *step, uint32_t number)
{
    return number < step->num_states && step->is_inactive[number];
}

static size_t choose(tern_filter_step_t *step, const tern_filter_shape_t *shape,
                     size_t num_rows, tern_key_t keys[], char *rows)
{
    size_t          num_kept = 0;
    const uint32_t *numbers  = NULL;

    if (step->number > 0 && num_rows > 0) {
        numbers = tern_numbering_find(&step->pulled, num_rows, keys);
        if (numbers == NULL)
            return SIZE_MAX;
    }
    for (size_t i = 0; i < num_rows; i++) {
        double first = tern_filter_get(shape, rows, i * shape->width);

        if (isnan(first) || (numbers != NULL && fabs(first) <= step->number &&
                             is_inactive(step, numbers[i])))
            continue;
        tern_filter_move_row(shape, rows, num_kept, i);
        keys[num_kept++] = keys[i];
    }
    return num_kept;
}

/* States for all keys that were pulled. */
static bool extend(tern_filter_step_t *step)
{
    size_t num = step->pulled.capacity;
    bool  *is_inactive;

    if (step->pulled.num_keys <= step->num_states)
        return true;
    is_inactive = tern_realloc(TERN_LOG_FILTER, step->is_inactive, num);
    if (is_inactive == NULL)
        return false;
    memset(is_inactive + step->num_states, false, num - step->num_states);
    step->is_inactive = is_inactive;
    step->num_states  = num;
    return true;
}

static tern_status_t note_pulled(tern_filter_step_t        *step,
                                 const tern_filter_shape_t *shape, size_t num_rows,
                                 const tern_key_t keys[], const char *rows)
{
    const uint32_t *numbers;

    if (step->number == 0 || num_rows == 0)
        return TERN_OK; /* nobody would ask */
    numbers = tern_numbering_enter(&step->pulled, num_rows, keys);
    if (numbers == NULL || !extend(step))
        return TERN_ERR_NO_MEMORY;
    for (size_t i = 0; i < num_rows; i++) {
        double first = tern_filter_get(shape, rows, i * shape->width);

        step->is_inactive[numbers[i]] = isnan(first) || first == 0;
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
