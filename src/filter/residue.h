/** \file
 * Residue: what a filter still owes for each key, in double precision whatever the table's type, so
 * that nothing is lost by keeping it. Takes 8 to 16 bytes for each value, beside its number, for
 * every key that was ever pushed through the filter.
 */
#ifndef TERN_FILTER_RESIDUE_H
#define TERN_FILTER_RESIDUE_H

#include "filter/numbering.h"

typedef struct tern_residue {
    tern_numbering_t numbering;
    double          *rows;     /* [num_rows][width], by number */
    size_t           num_rows; /* that were used */
    size_t           capacity;
} tern_residue_t;

void tern_residue_init(tern_residue_t *residue);
void tern_residue_fini(tern_residue_t *residue);

/** The numbers of `keys` [num], in whose rows [width] lies what is owed for them: zeros for a key
 * that is new. Valid until the next call. NULL when memory is exhausted, or num is 0. */
const uint32_t *tern_residue_find(tern_residue_t *residue, size_t num,
                                  const tern_key_t keys[], uint32_t width);

static inline double *tern_residue_row(const tern_residue_t *residue, size_t number,
                                       uint32_t width)
{
    return residue->rows + number * width;
}

#endif
