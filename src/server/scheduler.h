/** \file
 * Scheduler: knows the slowest worker of each node and spreads the job's minimum; passes a request to
 * stop on to every node. Only in jobs of several nodes: within one, the clock board does it.
 */
#ifndef TERN_SERVER_SCHEDULER_H
#define TERN_SERVER_SCHEDULER_H

#include "comm/mailbox.h"
#include "sync/board.h"

/* Of the workers of one group. */
typedef struct tern_node_clock {
    uint64_t minimum[TERN_NUM_LANES];
    int      laggard[TERN_NUM_LANES];
} tern_node_clock_t;

typedef struct tern_scheduler {
    tern_mailbox_t    *mailbox;
    tern_node_clock_t *nodes; /* [num_worker_groups][num_nodes] */
    tern_clock_note_t (*spread)[TERN_NUM_LANES]; /* by worker group: what the agents know */
    uint64_t           next_look_ns;
    bool               stop_spread;
} tern_scheduler_t;

/** Registers its handlers. */
tern_status_t tern_scheduler_create(tern_mailbox_t    *mailbox,
                                    tern_scheduler_t **scheduler_p);
void          tern_scheduler_destroy(tern_scheduler_t **scheduler_p);

#endif
