#include "filter/residue.h"

#include <string.h>

#include "base/alloc.h"

void tern_residue_init(tern_residue_t *residue)
{
    *residue = (tern_residue_t){.num_rows = 0};
    tern_numbering_init(&residue->numbering);
}

void tern_residue_fini(tern_residue_t *residue)
{
    tern_numbering_fini(&residue->numbering);
    tern_free(TERN_LOG_FILTER, residue->rows);
    tern_residue_init(residue);
}

/* Rows for all keys that have numbers; zeros in the new ones. */
static bool extend(tern_residue_t *residue, uint32_t width)
{
    size_t num_rows = residue->numbering.num_keys, num_new = num_rows - residue->num_rows;
    size_t capacity = residue->numbering.capacity;
    double *rows;

    if (num_rows > residue->capacity) {
        rows =
            tern_realloc(TERN_LOG_FILTER, residue->rows, capacity * width * sizeof *rows);
        if (rows == NULL)
            return false;
        residue->rows     = rows;
        residue->capacity = capacity;
    }
    memset(tern_residue_row(residue, residue->num_rows, width), 0,
           num_new * width * sizeof *rows);
    residue->num_rows = num_rows;
    return true;
}

const uint32_t *tern_residue_find(tern_residue_t *residue, size_t num,
                                  const tern_key_t keys[], uint32_t width)
{
    const uint32_t *numbers = tern_numbering_enter(&residue->numbering, num, keys);

    return numbers != NULL && extend(residue, width) ? numbers : NULL;
}
