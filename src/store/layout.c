/** \file
 * Places of word, key, columns, values and state in a row.
 */
#include "store/layout.h"

#include <assert.h>
#include <string.h>

#include "tern/table.h"

enum {
    HEADER_BYTES = 16, /* word and key */
    STRIDE_UNIT  = 16,
};

static uint32_t round_up(uint32_t bytes, uint32_t unit)
{
    return (bytes + unit - 1) / unit * unit;
}

/* Append a column of `bytes` if the table asked for it; returns its offset, 0 if it did not. */
static uint32_t place_column(uint32_t *end, uint32_t columns, tern_column_t column,
                             uint32_t bytes)
{
    uint32_t offset = *end;

    if (!(columns & column))
        return 0;
    *end += bytes;
    return offset;
}

void tern_row_layout_init(tern_row_layout_t *layout, uint32_t width, tern_type_t type,
                          uint32_t state_width, uint32_t columns)
{
    uint32_t value_size = (uint32_t)tern_type_bytes(type);
    uint32_t end        = HEADER_BYTES;

    assert(width >= 1);
    assert(((uint64_t)width + state_width) * value_size <= UINT32_MAX - 128);

    memset(layout, 0, sizeof(*layout));
    layout->width           = width;
    layout->state_width     = state_width;
    layout->type            = type;
    layout->columns         = columns;
    layout->version_offset  = place_column(&end, columns, TERN_COLUMN_VERSION, 8);
    layout->checksum_offset = place_column(&end, columns, TERN_COLUMN_CHECKSUM, 8);
    layout->origin_offset   = place_column(&end, columns, TERN_COLUMN_ORIGIN, 16);
    layout->clock_offset    = place_column(&end, columns, TERN_COLUMN_CLOCK, 8);
    layout->significance_offset =
        place_column(&end, columns, TERN_COLUMN_SIGNIFICANCE, 4);

    layout->value_bytes  = width * value_size;
    layout->state_bytes  = state_width * value_size;
    layout->value_offset = round_up(end, layout->value_bytes >= 16 ? 16 : value_size);
    layout->state_offset = layout->value_offset + layout->value_bytes;
    layout->stride = round_up(layout->state_offset + layout->state_bytes, STRIDE_UNIT);
}
