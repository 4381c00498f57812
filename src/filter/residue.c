/** \file
 * A map from keys to numbers. Keys come again in the order in which they first came, mostly: each
 * is looked for behind the one before, and looked up if it is not there.
 */
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
    tern_free(TERN_LOG_FILTER, residue->found);
    tern_residue_init(residue);
}

/* Room for one further key. */
static bool reserve(tern_residue_t *residue, uint32_t width)
{
    size_t      capacity = 2 * residue->capacity + 64;
    tern_key_t *keys;
    double     *rows;

    if (tern_map_reserve(&residue->slots, residue->num_rows + 1) != TERN_OK)
        return false;
    if (residue->num_rows < residue->capacity)
        return true;
    keys = tern_realloc(TERN_LOG_FILTER, residue->keys, capacity * sizeof *keys);
    if (keys == NULL)
        return false;
    residue->keys = keys;
    rows = tern_realloc(TERN_LOG_FILTER, residue->rows, capacity * width * sizeof *rows);
    if (rows == NULL)
        return false;
    residue->rows     = rows;
    residue->capacity = capacity;
    return true;
}

/* The number of a key, which is entered if it is new; UINT32_MAX: no memory. */
static uint32_t number_of(tern_residue_t *residue, tern_key_t key, uint32_t width)
{
    const uint32_t *number = tern_map_find(&residue->slots, key);
    uint32_t        next   = (uint32_t)residue->num_rows;

    if (number != NULL)
        return *number;
    if (next == UINT32_MAX || !reserve(residue, width))
        return UINT32_MAX;
    tern_map_enter(&residue->slots, key, next);
    residue->keys[next] = key;
    memset(tern_residue_row(residue, next, width), 0, width * sizeof *residue->rows);
    residue->num_rows++;
    return next;
}

static bool reserve_found(tern_residue_t *residue, size_t num)
{
    uint32_t *found;

    if (num <= residue->max_found)
        return true;
    found = tern_realloc(TERN_LOG_FILTER, residue->found, num * sizeof *found);
    if (found == NULL)
        return false;
    residue->found     = found;
    residue->max_found = num;
    return true;
}

#define AHEAD 16u /* keys whose entries are fetched beforehand */

const uint32_t *tern_residue_find(tern_residue_t *residue, size_t num,
                                  const tern_key_t keys[], uint32_t width)
{
    uint32_t next = 0; /* where the next key is, if it follows the one before */

    if (num == 0 || !reserve_found(residue, num))
        return NULL;
    for (size_t i = 0; i < num; i++) {
        if (next >= residue->num_rows || residue->keys[next] != keys[i]) {
            if (i + AHEAD < num)
                tern_map_prefetch(&residue->slots, keys[i + AHEAD]);
            next = number_of(residue, keys[i], width);
        }
        if (next == UINT32_MAX)
            return NULL;
        residue->found[i] = next++;
    }
    return residue->found;
}
