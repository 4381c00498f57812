/** \file
 * Rows on their way to a batch: a request, and copies where rows are not moved but pulled.
 */
#ifndef KGE_COMING_H
#define KGE_COMING_H

#include "tern/tern.h"

/* Zero-initialise it; free with kge_coming_fini(). */
typedef struct kge_coming {
    tern_request_t *request;    /* NULL: complete */
    size_t          num;        /* copies wanted: */
    size_t          num_pulled; /* of these, so many first ones have been asked for */
    tern_key_t     *keys;       /* [num] */
    uint32_t       *places;     /* [num]: of these among the batch's keys */
    float          *values;     /* [num][width] */
    size_t          capacity;
} kge_coming_t;

/* Forget the copies. Nothing may be under way. */
void kge_coming_clear(kge_coming_t *coming);

/* Want a copy of a row [width], the batch's number `place`. Nothing may be under way. */
void kge_coming_want(kge_coming_t *coming, size_t width, tern_key_t key, uint32_t place);

/* Start to pull the copies that were not asked for yet. Nothing else may be under way. */
tern_status_t kge_coming_pull(kge_coming_t *coming, tern_table_t *table);

/* TERN_IN_PROGRESS if not all are here; else as kge_coming_wait(). */
tern_status_t kge_coming_test(kge_coming_t *coming);

/* Wait until all are here. Later calls return TERN_OK at once. */
tern_status_t kge_coming_wait(kge_coming_t *coming);

void kge_coming_fini(kge_coming_t *coming);

#endif
