/** \file
 * Visit: the rows of a shard in the order of their keys, one latched at a time, to read and change them in place.
 */
#ifndef TERN_STORE_VISIT_H
#define TERN_STORE_VISIT_H

#include "store/shard.h"
#include "tern/function.h"

typedef struct tern_visit {
    tern_visit_fn *visit;
    void          *context; /* of `visit` */
    /* Called now and then between two rows, with no latch held: a long visit lets others go on. NULL: not. */
    void (*pause)(void *context);
    void *pause_context;
} tern_visit_t;

/* Visit the rows of `range` that this shard has; returns how many. By the shard's server alone. */
uint64_t tern_shard_visit(tern_shard_t *shard, tern_range_t range,
                          const tern_visit_t *visit);

#endif
