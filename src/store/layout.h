/** \file
 * Layout of a row.
 *
 * \code
 * row = word 8 B | key 8 B | [version 8 B] [checksum 8 B] [origin, time 16 B] [clock 8 B] [significance 4 B] | value[width] | state[...]
 * \endcode
 * The value starts on a multiple of its own size, at least 16 where the row is wide, the stride is a
 * multiple of 16. Updates keep version and significance up to date; checksum, origin and time are places
 * that they leave alone, for those who send rows elsewhere. Slots keep their type for the life of a table: a reader that comes late still finds
 * a word and a key where it looks.
 */
#ifndef TERN_STORE_LAYOUT_H
#define TERN_STORE_LAYOUT_H

#include "tern/types.h"

typedef struct tern_row_layout {
    uint32_t    width, state_width;
    tern_type_t type;
    uint32_t    columns; /* of tern_column_t */
    uint32_t    version_offset, checksum_offset, origin_offset, clock_offset,
        significance_offset; /* 0: absent */
    uint32_t value_offset, state_offset;
    uint32_t value_bytes, state_bytes;
    uint32_t stride; /* bytes from row to row */
} tern_row_layout_t;

/* The key of a row is stored inverted, so that zeroed memory holds no row. Atomic: written under the
 * latch, compared by readers inside the window. */
#define TERN_KEY_NONE UINT64_MAX

static inline uint64_t *tern_row_word(char *row)
{
    return (uint64_t *)row;
}

static inline tern_key_t tern_row_key(const char *row)
{
    return ~__atomic_load_n((const uint64_t *)row + 1, __ATOMIC_RELAXED);
}

static inline void tern_row_set_key(char *row, tern_key_t key)
{
    __atomic_store_n((uint64_t *)row + 1, ~key, __ATOMIC_RELEASE);
}

/* What travels when a row moves: all of it but word and key. */
#define TERN_ROW_BODY_OFFSET 16u

static inline uint32_t tern_row_body_bytes(const tern_row_layout_t *layout)
{
    return layout->stride - TERN_ROW_BODY_OFFSET;
}

void tern_row_layout_init(tern_row_layout_t *layout, uint32_t width, tern_type_t type,
                          uint32_t state_width, uint32_t columns);

#endif
