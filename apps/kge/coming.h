/** \file
 * Rows on their way to a batch: a request, and copies where rows are not moved but pulled ahead.
 */
#ifndef KGE_COMING_H
#define KGE_COMING_H

#include "tern/tern.h"

/* Zero-initialise it; free with kge_coming_fini(). */
typedef struct kge_coming {
    tern_request_t *request; /* NULL: complete */
    size_t          num;     /* rows that are pulled: */
    tern_key_t     *keys;    /* [num] */
    uint32_t       *places;  /* [num]: of these among the batch's keys, rising */
    float          *values;  /* [num][width] */
    size_t          capacity;
} kge_coming_t;

/* Pull those of `keys` that are not on this node. Nothing else may be under way. */
tern_status_t kge_coming_pull(kge_coming_t *coming, tern_table_t *table, size_t num_keys,
                              const tern_key_t keys[]);

/* Wait until they are here. Later calls return TERN_OK at once. */
tern_status_t kge_coming_wait(kge_coming_t *coming);

void kge_coming_fini(kge_coming_t *coming);

#endif
