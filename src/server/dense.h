/** \file
 * Dense: a server's part in the exchange of tables of the policy `dense`. When all workers have ended a step it sums, chunk by
 * chunk, what they pushed to its rows, applies the update rule once to each row, and sends the new values to the nodes
 * that read them.
 */
#ifndef TERN_SERVER_DENSE_H
#define TERN_SERVER_DENSE_H

#include "server/server.h"

/** Registers handler and poll. */
void tern_dense_server_register(tern_server_t *server);

#endif
