/** \file
 * Parked pulls: they wait at the server until it has applied enough steps, and are then answered in the order in which
 * they came.
 */
#ifndef TERN_SERVER_PARKED_H
#define TERN_SERVER_PARKED_H

#include "server/request.h"

typedef struct tern_parked_pull {
    struct tern_parked_pull *next;
    tern_buffer_t           *buffer; /* that this lies in */
    tern_message_header_t    header;
    tern_key_t               keys[]; /* [header.num_keys] */
} tern_parked_pull_t;

typedef struct tern_parked {
    tern_parked_pull_t *first, **end_p;
} tern_parked_t;

void tern_parked_init(tern_parked_t *parked);

/* Copy a pull, unless it is there already. False when memory is exhausted: the client asks again. */
bool tern_parked_add(tern_parked_t *parked, tern_mailbox_t *mailbox,
                     const tern_server_request_t *request);

/* Give up the pull at *pull_p of the list. */
void tern_parked_remove(tern_parked_t *parked, tern_mailbox_t *mailbox,
                        tern_parked_pull_t **pull_p);

#endif
