/** \file
 * Outcome: what a function answered to one call, kept as messages until its worker has them. A call that is sent again
 * is answered with its outcome; the function does not run again.
 */
#ifndef TERN_SERVER_OUTCOME_H
#define TERN_SERVER_OUTCOME_H

#include "server/server.h"

typedef struct tern_outcome {
    struct tern_outcome *next;
    uint64_t             sequence; /* of the call, in the stream of its source */
    tern_status_t        status;
    char                *bytes; /* [num_bytes] while the function runs, of `capacity` */
    size_t               num_bytes, capacity;
    tern_buffer_t      **pieces; /* [num_pieces] once it has run */
    uint32_t             num_pieces;
} tern_outcome_t;

/** Those of one source; all zero is none. */
typedef struct tern_outcomes {
    tern_outcome_t *first, **last_p; /* in the order of their calls */
    uint64_t        answered;        /* its requests below are */
} tern_outcomes_t;

/** A new outcome at the end; NULL when memory is exhausted. */
tern_outcome_t *tern_outcomes_add(tern_outcomes_t *outcomes, uint64_t sequence);

/** NULL if there is none. */
tern_outcome_t *tern_outcomes_find(const tern_outcomes_t *outcomes, uint64_t sequence);

/** Give up those of calls below `answered`. */
void tern_outcomes_forget(tern_outcomes_t *outcomes, tern_mailbox_t *mailbox,
                          uint64_t answered);

/** Add to the bytes. TERN_ERR_NO_MEMORY, also where they would become more than an answer may have. */
tern_status_t tern_outcome_append(tern_outcome_t *outcome, const void *bytes,
                                  size_t num_bytes);

/** The function has run and returned `status`: turn the bytes into messages that answer `header`. */
void tern_outcome_end(tern_outcome_t *outcome, tern_server_t *server,
                      const tern_message_header_t *header, tern_status_t status);

/** Send it to `rank`, for the first time or again; nothing if its function has not run yet. */
void tern_outcome_send(const tern_outcome_t *outcome, tern_server_t *server, int rank);

#endif
