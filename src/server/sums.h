/** \file
 * Sums: what was pushed, added up by key.
 *
 * Keys stand in the order in which they first came. They stay when the sums are cleared, as long as each time all of
 * them come: many programs push the same keys in step after step. Runs of keys that come again in the same order are
 * found one behind the other, without a look-up, and their rows are added all at once.
 */
#ifndef TERN_SERVER_SUMS_H
#define TERN_SERVER_SUMS_H

#include "tern/types.h"

typedef struct tern_sums {
    uint32_t    width; /* of a pushed row */
    tern_type_t type;
    size_t      row_bytes;
    size_t      num_keys;  /* that have a sum: after tern_sums_close() the first ones */
    size_t      num_known; /* in the table */
    size_t      capacity;
    tern_key_t *keys;    /* [num_known], each once */
    char       *rows;    /* [num_known][row_bytes] */
    bool       *has_sum; /* [num_known] */
    uint32_t   *slots;   /* [num_slots], a power of two: 1 + where a key is; 0: free */
    size_t      num_slots;
    unsigned    shift;         /* 64 - log2(num_slots) */
    unsigned    num_forgetful; /* times that clearing forgets the keys, too */
} tern_sums_t;

void tern_sums_init(tern_sums_t *sums, uint32_t width, tern_type_t type);
void tern_sums_fini(tern_sums_t *sums);

/* Forget all sums, keep the memory, and the keys while it is the same ones that come. */
void tern_sums_clear(tern_sums_t *sums);

/* Add rows[i] [width] to the sum of keys[i], in order; the first of a key is taken as it is, bit by bit.
 * TERN_ERR_NO_MEMORY: nothing was added. */
tern_status_t tern_sums_add(tern_sums_t *sums, size_t num_keys, const tern_key_t keys[],
                            const void *rows);

/* Nothing is added any more until they are cleared: keys [num_keys] and rows [num_keys] are the sums. */
void tern_sums_close(tern_sums_t *sums);

#endif
