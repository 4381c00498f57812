/** \file
 * Sums: what was pushed, added up by key. Rows lie in the order in which their keys first came, so that runs of
 * keys that come again in the same order are found one after the other, without a look-up.
 */
#ifndef TERN_SERVER_SUMS_H
#define TERN_SERVER_SUMS_H

#include "tern/types.h"

typedef struct tern_sums {
    uint32_t    width; /* of a pushed row */
    tern_type_t type;
    size_t      row_bytes;
    size_t      num_keys, capacity;
    tern_key_t *keys;  /* [num_keys], each once */
    char       *rows;  /* [num_keys][row_bytes] */
    uint32_t   *slots; /* [num_slots], a power of two: 1 + where a key is; 0: free */
    size_t      num_slots;
    unsigned    shift; /* 64 - log2(num_slots) */
} tern_sums_t;

void tern_sums_init(tern_sums_t *sums, uint32_t width, tern_type_t type);
void tern_sums_fini(tern_sums_t *sums);

/* Forget all keys, keep the memory. */
void tern_sums_clear(tern_sums_t *sums);

/* Add rows[i] [width] to the sum of keys[i], in order; the first of a key is taken as it is, bit by bit.
 * TERN_ERR_NO_MEMORY: nothing was added. */
tern_status_t tern_sums_add(tern_sums_t *sums, size_t num_keys, const tern_key_t keys[],
                            const void *rows);

#endif
