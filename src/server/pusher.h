/** \file
 * Pusher: sends fresh rows to the nodes that keep replicas of them (`essp`).
 *
 * A pull may ask to be followed: its rows are then marked for the asker's node, one bit a row and node, in bitmaps
 * that exist for nodes that have asked. When the job's slowest worker has advanced, the rows that were changed since the last time are
 * sent to the nodes that have them marked, in one message a node (or chunk); the last one says that the node now has all up to that
 * clock, so that unchanged rows are fresh, too, and are not sent. A mark stays: nodes that follow do not evict.
 * Source: Dai et al., AAAI 2015, section 4 (eager stale synchronous parallel).
 */
#ifndef TERN_SERVER_PUSHER_H
#define TERN_SERVER_PUSHER_H

#include "server/request.h"

typedef struct tern_pusher tern_pusher_t;

/** Registers its poll. */
tern_status_t tern_pusher_create(tern_server_t *server, tern_pusher_t **pusher_p);
void          tern_pusher_destroy(tern_pusher_t **pusher_p);

/** Mark the rows of a pull for its node. False: there is no memory, they are not followed. */
bool tern_pusher_add(tern_pusher_t *pusher, const tern_server_request_t *request);

#endif
