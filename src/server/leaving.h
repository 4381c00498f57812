/** \file
 * Leaving: rows that have been let go and wait for those who have them borrowed. They are sent when these have
 * given them back, which is at once where nobody borrows.
 */
#ifndef TERN_SERVER_LEAVING_H
#define TERN_SERVER_LEAVING_H

#include "server/errand.h"

typedef struct tern_leaving tern_leaving_t;

/** Keys which[0], ... [num] of an errand, all owned by this server, leave for `to_server` in one message. */
void tern_leaving_begin(tern_server_t *server, const tern_errand_t *errand, uint32_t num,
                        const uint32_t which[], uint32_t to_server);

/** A tern_poll_fn: send what may be sent. `context` is the server. */
bool tern_leaving_poll(void *context);

/** Give up what is left. */
void tern_leaving_destroy(tern_server_t *server);

#endif
