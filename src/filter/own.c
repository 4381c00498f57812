/** \file
 * A program's own filter, on the values. The note is the number of bytes before.
 */
#include "filter/filter.h"

static tern_status_t encode(tern_filter_step_t *step, tern_section_t *section)
{
    const tern_filter_t *own    = step->own;
    size_t               before = section->num_bytes;
    char *to = tern_section_room(section, own->max_bytes(before, own->context));

    if (to == NULL)
        return TERN_ERR_NO_MEMORY;
    tern_section_replace(section, own->encode(section->values, before, to, own->context));
    return tern_section_put_number(section, before);
}

static tern_status_t decode(tern_filter_step_t *step, tern_section_t *section)
{
    const tern_filter_t *own = step->own;
    size_t               before;
    char                *to;

    if (!tern_section_take_number(section, &before) || before > section->most_bytes)
        return TERN_ERR_FORMAT;
    to = tern_section_room(section, before);
    if (to == NULL)
        return TERN_ERR_NO_MEMORY;
    if (!own->decode(section->values, section->num_bytes, to, before, own->context))
        return TERN_ERR_FORMAT;
    tern_section_replace(section, before);
    return TERN_OK;
}

const tern_filter_ops_t tern_filter_own_lossy = {
    .stage        = TERN_STAGE_OWN,
    .is_for_pulls = true,
    .encode       = encode,
    .decode       = decode,
};

const tern_filter_ops_t tern_filter_own_exact = {
    .stage        = TERN_STAGE_OWN,
    .is_for_pulls = true,
    .is_exact     = true,
    .encode       = encode,
    .decode       = decode,
};
