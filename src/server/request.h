/** \file
 * Request: what a message asks a server to do, checked and decoded.
 */
#ifndef TERN_SERVER_REQUEST_H
#define TERN_SERVER_REQUEST_H

#include "keys/keycode.h"
#include "server/server.h"

typedef struct tern_server_request {
    const tern_message_header_t *header;
    tern_table_t                *table;
    const tern_key_t            *keys; /* [header->num_keys], the server's scratch */
    const char                  *rows; /* where the kind carries them */
    uint64_t
        clock; /* of the sender; where pushes are collected, the steps that it has ended */
    bool is_followed; /* the asker's node will be sent what changes of these rows */
} tern_server_request_t;

/** How the keys of a message are written. */
tern_keycode_t tern_server_keycode(const tern_message_header_t *header);

/** TERN_ERR_ARG: malformed, unknown table, or keys outside it; logged. TERN_ERR_NO_MEMORY. */
tern_status_t tern_server_decode(tern_server_t *server, const tern_message_t *message,
                                 tern_server_request_t *request);

#endif
