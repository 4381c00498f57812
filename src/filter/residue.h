/** \file
 * Residue: what a filter still owes for each key, in double precision whatever the table's type, so
 * that nothing is lost by keeping it. Takes about 40 bytes and 8 for each value, for every key that
 * was ever pushed through the filter.
 */
#ifndef TERN_FILTER_RESIDUE_H
#define TERN_FILTER_RESIDUE_H

#include "base/map.h"

typedef struct tern_residue {
    tern_map_t  slots; /* key -> number */
    tern_key_t *keys;  /* [num_rows] */
    double     *rows;  /* [num_rows][width] */
    size_t      num_rows, capacity;
} tern_residue_t;

void tern_residue_init(tern_residue_t *residue);
void tern_residue_fini(tern_residue_t *residue);

/** Room for `num_more` further keys, so that tern_residue_row() cannot fail for them. */
tern_status_t tern_residue_reserve(tern_residue_t *residue, size_t num_more,
                                   uint32_t width);

/** What is owed for `key` [width]; zeros at first. Valid until the next reserve. */
double *tern_residue_row(tern_residue_t *residue, tern_key_t key, uint32_t width);

#endif
