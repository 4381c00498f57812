#include "filter/residue.h"

#include <string.h>

#include "base/alloc.h"

void tern_residue_init(tern_residue_t *residue)
{
    *residue = (tern_residue_t){.num_rows = 0};
    tern_map_init(&residue->slots, TERN_LOG_FILTER);
}

void tern_residue_fini(tern_residue_t *residue)
{
    tern_map_fini(&residue->slots);
    tern_free(TERN_LOG_FILTER, residue->keys);
    tern_free(TERN_LOG_FILTER, residue->rows);
    tern_residue_init(residue);
}

tern_status_t tern_residue_reserve(tern_residue_t *residue, size_t num_more,
                                   uint32_t width)
{
    size_t      num_rows = residue->num_rows + num_more;
    size_t      capacity = 2 * residue->capacity;
    tern_key_t *keys;
    double     *rows;

    if (tern_map_reserve(&residue->slots, num_rows) != TERN_OK)
        return TERN_ERR_NO_MEMORY;
    if (num_rows <= residue->capacity)
        return TERN_OK;
    if (capacity < num_rows)
        capacity = num_rows;
    keys = tern_realloc(TERN_LOG_FILTER, residue->keys, capacity * sizeof *keys);
    if (keys == NULL)
        return TERN_ERR_NO_MEMORY;
    residue->keys = keys;
    rows = tern_realloc(TERN_LOG_FILTER, residue->rows, capacity * width * sizeof *rows);
    if (rows == NULL)
        return TERN_ERR_NO_MEMORY;
    residue->rows     = rows;
    residue->capacity = capacity;
    return TERN_OK;
}

double *tern_residue_row(tern_residue_t *residue, tern_key_t key, uint32_t width)
{
    uint32_t next = (uint32_t)residue->num_rows;
    uint32_t slot = tern_map_enter(&residue->slots, key, next);
    double  *row  = residue->rows + (size_t)slot * width;

    if (slot == next) {
        residue->keys[slot] = key;
        memset(row, 0, width * sizeof *row);
        residue->num_rows++;
    }
    return row;
}
