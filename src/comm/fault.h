/** \file
 * Message faults on purpose: drop, duplicate, delay (and so reorder), seeded and counted, so that tests
 * can show that nothing is lost or applied twice.
 *
 * `TERN_FAULT=drop:0.05,duplicate:0.05,delay:0.1,seed:7`. Requests and replies suffer; clocks and stops, which
 * are never sent again, do not.
 */
#ifndef TERN_COMM_FAULT_H
#define TERN_COMM_FAULT_H

#include "comm/message.h"

typedef struct tern_fault {
    double   drop, duplicate, delay; /* probabilities */
    uint64_t seed, stream, counter;
} tern_fault_t;

typedef enum tern_fault_kind {
    TERN_FAULT_NONE,
    TERN_FAULT_DROP,
    TERN_FAULT_DUPLICATE,
    TERN_FAULT_DELAY
} tern_fault_kind_t;

/** NULL or empty: no faults. TERN_ERR_USAGE, logged, names the bad part. */
tern_status_t tern_fault_parse(tern_fault_t *fault, const char *specification, int rank);

tern_fault_kind_t tern_fault_draw(tern_fault_t *fault, tern_message_kind_t kind);

static inline bool tern_fault_is_active(const tern_fault_t *fault)
{
    return fault->drop + fault->duplicate + fault->delay > 0;
}

#endif
