/** \file
 * Collector: the steps of one table at one server that are not yet applied. It takes in what workers push, learns who
 * has ended which step, and hands out the steps one by one, each when every worker that counts has ended it.
 *
 * A range vector clock notes up to which tick each worker's pushes were taken in, for which keys. A push that comes
 * again is recognised by it, whether or not the stream that brought it has dropped repetitions before.
 */
#ifndef TERN_SERVER_COLLECTOR_H
#define TERN_SERVER_COLLECTOR_H

#include "server/step.h"
#include "store/vector_clock.h"

/* No worker is further ahead of the slowest: one that is breaks the protocol. */
#define TERN_COLLECTOR_SPAN (UINT64_C(1) << 20)

typedef struct tern_collector_shape {
    tern_range_t keys;
    uint32_t     push_width;
    tern_type_t  type;
    bool         is_ordered;
    uint32_t     num_workers;
} tern_collector_shape_t;

typedef struct tern_collector {
    tern_collector_shape_t shape;
    uint64_t               num_applied; /* steps */
    uint64_t               horizon; /* steps below were ended or pushed to by somebody */
    uint64_t              *num_ended; /* [num_workers]; UINT64_MAX: does not count */
    tern_vector_clock_t    taken;     /* ticks, by worker */
    /* Step s is at s modulo max_open, for num_applied <= s < horizon; NULL: nothing was pushed. */
    tern_step_t **open;
    size_t        max_open; /* a power of two */
    tern_step_t  *unused;
} tern_collector_t;

tern_status_t tern_collector_create(const tern_collector_shape_t *shape,
                                    tern_collector_t            **collector_p);
void          tern_collector_destroy(tern_collector_t **collector_p);

/* Take in what `worker` pushed: keys [num_keys], at least one, all in the table; rows [num_keys][push_width].
 * TERN_DONE: all of it had been taken in before. TERN_ERR_ARG: the worker has ended that step, or is impossibly far ahead.
 * TERN_ERR_NO_MEMORY: nothing was taken in. */
tern_status_t tern_collector_add(tern_collector_t *collector, uint32_t worker,
                                 uint32_t shard, uint64_t tick, size_t num_keys,
                                 const tern_key_t keys[], const void *rows);

/* `worker` has ended the step of `tick`. It may do so twice. Errors as above. */
tern_status_t tern_collector_end_step(tern_collector_t *collector, uint32_t worker,
                                      uint64_t tick);

/* `worker` counts no longer. What it has pushed stays. */
void tern_collector_leave(tern_collector_t *collector, uint32_t worker);

/* True if the next step is complete. */
bool tern_collector_has_next(const tern_collector_t *collector);

/* The sums of the next step, valid until tern_collector_end_next(); NULL if nothing was pushed in it.
 * TERN_ERR_NO_MEMORY: try again later. */
tern_status_t tern_collector_next(tern_collector_t   *collector,
                                  const tern_sums_t **sums_p);

/* It has been applied. */
void tern_collector_end_next(tern_collector_t *collector);

/* Something was pushed that is not applied. */
bool tern_collector_has_pushes(const tern_collector_t *collector);

#endif
