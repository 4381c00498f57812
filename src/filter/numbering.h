/** \file
 * Numbering: keys get the numbers 0, 1, 2, ... in the order in which they first come. Takes 40
 * to 80 bytes a key.
 */
#ifndef TERN_FILTER_NUMBERING_H
#define TERN_FILTER_NUMBERING_H

#include "base/map.h"

#define TERN_NUMBER_NONE UINT32_MAX

typedef struct tern_numbering {
    tern_map_t  map;  /* key -> number */
    tern_key_t *keys; /* [num_keys] */
    size_t      num_keys, capacity;
    uint32_t   *found; /* [max_found], what is returned */
    size_t      max_found;
} tern_numbering_t;

void tern_numbering_init(tern_numbering_t *numbering);
void tern_numbering_fini(tern_numbering_t *numbering);

/** The numbers of `keys` [num], valid until the next call; TERN_NUMBER_NONE for those that have
 * none. NULL when memory is exhausted, or num is 0. */
const uint32_t *tern_numbering_find(tern_numbering_t *numbering, size_t num,
                                    const tern_key_t keys[]);

/** The same; those that have none get one. On NULL, too, some may have got one. */
const uint32_t *tern_numbering_enter(tern_numbering_t *numbering, size_t num,
                                     const tern_key_t keys[]);

#endif
