/** \file
 * The notes join the values. The new note is the number of bytes before; if there are as many now,
 * they stayed as they were.
 */
#include "filter/compress.h"

#include <limits.h>

static tern_status_t join_notes(tern_section_t *section)
{
    size_t bytes  = tern_section_wire_bytes(section);
    char  *joined = tern_section_room(section, bytes);

    if (joined == NULL)
        return TERN_ERR_NO_MEMORY;
    tern_section_write(section, joined);
    tern_section_replace(section, bytes);
    section->notes.size = 0;
    return TERN_OK;
}

tern_status_t tern_compress(const tern_compressor_t *compressor, tern_filter_step_t *step,
                            tern_section_t *section)
{
    size_t before, after, most;
    char  *to;

    if (join_notes(section) != TERN_OK)
        return TERN_ERR_NO_MEMORY;
    before = section->num_bytes;
    most   = compressor->max_bytes(before);
    to     = tern_section_room(section, most);
    if (to == NULL)
        return TERN_ERR_NO_MEMORY;
    after = compressor->compress(step, section->values, before, to, most);
    if (after > 0 && after < before)
        tern_section_replace(section, after);
    return tern_section_put_number(section, before);
}

static tern_status_t expand_bytes(const tern_compressor_t *compressor,
                                  tern_filter_step_t *step, tern_section_t *section)
{
    size_t before;
    char  *to;

    if (!tern_section_take_number(section, &before))
        return TERN_ERR_FORMAT;
    if (before == section->num_bytes)
        return TERN_OK;
    if (before > INT_MAX ||
        !compressor->may_become(section->values, section->num_bytes, before))
        return TERN_ERR_FORMAT;
    to = tern_section_room(section, before);
    if (to == NULL)
        return TERN_ERR_NO_MEMORY;
    if (!compressor->expand(step, section->values, section->num_bytes, to, before))
        return TERN_ERR_FORMAT;
    tern_section_replace(section, before);
    return TERN_OK;
}

tern_status_t tern_expand(const tern_compressor_t *compressor, tern_filter_step_t *step,
                          tern_section_t *section)
{
    tern_status_t status = expand_bytes(compressor, step, section);

    return status == TERN_OK
               ? tern_section_read(section, section->values, section->num_bytes)
               : status;
}
