/** \file
 * Transit: messages that have come but are not due yet, by the time at which they are. Messages with the
 * same time leave in the order in which they came.
 *
 * A binary heap, because several peers' messages are due in any order.
 */
#ifndef TERN_COMM_TRANSIT_H
#define TERN_COMM_TRANSIT_H

#include "comm/buffer.h"

typedef struct tern_transit_item {
    uint64_t       due_ns, number;
    tern_buffer_t *buffer;
} tern_transit_item_t;

typedef struct tern_transit {
    tern_transit_item_t *items; /* [capacity]; a heap of `length` */
    size_t               length, capacity;
    uint64_t             next_number;
} tern_transit_t;

void tern_transit_init(tern_transit_t *transit);
void tern_transit_fini(tern_transit_t *transit); /* must be empty */

/** Takes over the caller's reference, unless memory is exhausted. */
tern_status_t tern_transit_put(tern_transit_t *transit, tern_buffer_t *buffer,
                               uint64_t due_ns);

/** The next message that is due by `now_ns`, NULL if there is none. The caller gets the reference. */
tern_buffer_t *tern_transit_take(tern_transit_t *transit, uint64_t now_ns);

/** When the next one is due; UINT64_MAX: never. */
static inline uint64_t tern_transit_next_ns(const tern_transit_t *transit)
{
    return transit->length > 0 ? transit->items[0].due_ns : UINT64_MAX;
}

#endif
