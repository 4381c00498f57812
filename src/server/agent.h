/** \file
 * Agent: speaks for its node. It tells the scheduler when the node's slowest worker has advanced or the
 * node was asked to stop, and enters what the scheduler spreads. The scheduler's side is scheduler.h.
 */
#ifndef TERN_SERVER_AGENT_H
#define TERN_SERVER_AGENT_H

#include "comm/mailbox.h"
#include "sync/board.h"
#include "table/catalogue.h"

typedef struct tern_agent {
    tern_mailbox_t         *mailbox;
    tern_board_t          **boards; /* of the node, by worker group */
    const tern_catalogue_t *catalogue;
    tern_clock_note_t (*told)
        [TERN_NUM_LANES]; /* by worker group: what the scheduler knows of this node */
    uint64_t told_ns;
    bool     stop_told;
} tern_agent_t;

/** Registers its handlers and its poll. */
tern_status_t tern_agent_create(tern_mailbox_t *mailbox, tern_board_t **boards,
                                const tern_catalogue_t *catalogue,
                                tern_agent_t          **agent_p);
void          tern_agent_destroy(tern_agent_t **agent_p);

#endif
