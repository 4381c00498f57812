/** \file
 * Evict: take rows out of a sparse shard that are old, seldom changed, or small.
 *
 * Nobody finds an evicted row any more, but somebody may still have it borrowed. So its slot waits in limbo until all who
 * had rows borrowed then have given them back; that is looked at by the next eviction, and when the store is full.
 */
#ifndef TERN_STORE_EVICT_H
#define TERN_STORE_EVICT_H

#include "store/lending.h"
#include "store/shard.h"
#include "tern/sparse.h"

/* What is evicted, by a worker whose clock is `now`. */
typedef struct tern_evict {
    tern_eviction_t what;
    uint64_t        now;
    void (*pause)(void *context); /* called now and then, with no latch held */
    void *pause_context;
} tern_evict_t;

/* By the shard's server. TERN_ERR_NO_MEMORY: fewer rows were evicted, which *evicted_p tells. */
tern_status_t tern_shard_evict(tern_shard_t *shard, const tern_evict_t *evict,
                               tern_lending_t *lending, tern_evicted_t *evicted_p);

#endif
