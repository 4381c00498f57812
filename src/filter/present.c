/** \file
 * The note is a bitmap of the rows that are present and, behind it, the number of all rows.
 */
#include "filter/present.h"

#include <string.h>

static bool has_bit(const char *bits, size_t i)
{
    return (unsigned char)bits[i / 8] >> i % 8 & 1;
}

tern_status_t tern_present_encode(tern_section_t *section, tern_absent_fn *is_absent)
{
    size_t row_bytes  = tern_filter_row_bytes(&section->shape);
    size_t bits_bytes = (section->num_rows + 7) / 8;
    size_t num_kept   = 0;
    char  *to         = tern_section_room(section, section->num_rows * row_bytes);
    char  *bits       = tern_section_put_note(section, bits_bytes);

    if (to == NULL || bits == NULL)
        return TERN_ERR_NO_MEMORY;
    memset(bits, 0, bits_bytes);
    for (size_t i = 0; i < section->num_rows; i++) {
        const char *row = section->values + i * row_bytes;

        if (is_absent(&section->shape, row))
            continue;
        memcpy(to + num_kept++ * row_bytes, row, row_bytes);
        bits[i / 8] |= (char)(1u << i % 8);
    }
    if (tern_section_put_number(section, section->num_rows) != TERN_OK)
        return TERN_ERR_NO_MEMORY;
    section->num_rows = num_kept;
    tern_section_replace(section, num_kept * row_bytes);
    return TERN_OK;
}

static void fill(const tern_filter_shape_t *shape, char *row, double value)
{
    for (uint32_t j = 0; j < shape->width; j++)
        tern_filter_put(shape, row, j, value);
}

tern_status_t tern_present_decode(tern_section_t *section, double absent)
{
    size_t      row_bytes = tern_filter_row_bytes(&section->shape);
    size_t      num_rows, num_read = 0;
    const char *bits;
    char       *to;

    if (!tern_section_take_number(section, &num_rows) ||
        (bits = tern_section_take_note(section, (num_rows + 7) / 8)) == NULL ||
        num_rows > section->most_bytes / row_bytes)
        return TERN_ERR_FORMAT;
    to = tern_section_room(section, num_rows * row_bytes);
    if (to == NULL)
        return TERN_ERR_NO_MEMORY;
    for (size_t i = 0; i < num_rows; i++) {
        if (!has_bit(bits, i)) {
            fill(&section->shape, to + i * row_bytes, absent);
            continue;
        }
        if ((num_read + 1) * row_bytes > section->num_bytes)
            return TERN_ERR_FORMAT;
        memcpy(to + i * row_bytes, section->values + num_read++ * row_bytes, row_bytes);
    }
    section->num_rows = num_rows;
    tern_section_replace(section, num_rows * row_bytes);
    return TERN_OK;
}
