/** \file
 * Reply: what a server answers. Long answers go out in chunks, so that a chunk is sent while the next is
 * gathered and the client stores what has come.
 */
#ifndef TERN_SERVER_REPLY_H
#define TERN_SERVER_REPLY_H

#include "server/request.h"

/** An empty answer with room for `payload_bytes`; NULL when memory is exhausted. */
tern_buffer_t *tern_reply_compose(tern_server_t               *server,
                                  const tern_message_header_t *request,
                                  size_t                       payload_bytes);

/** None of the request was done. */
void tern_reply_failure(tern_server_t *server, const tern_message_header_t *header,
                        tern_status_t status);

/** The keys of the request are not known here: send them. */
void tern_reply_want_keys(tern_server_t *server, const tern_message_header_t *header);

/** A change was applied, but for the positions server->missing [num_missing]. */
void tern_reply_change(tern_server_t *server, const tern_server_request_t *request,
                       size_t num_missing);

/** The rows of the request's keys as they are now; missing ones make their chunk a failure. */
void tern_reply_rows(tern_server_t *server, const tern_server_request_t *request);

#endif
