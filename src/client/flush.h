/** \file
 * Flush: what this worker has pushed to replicas goes to the owners, summed over the node, one message per
 * server (or chunk), and is acknowledged.
 */
#ifndef TERN_CLIENT_FLUSH_H
#define TERN_CLIENT_FLUSH_H

#include "client/client.h"

/** Returns when the owners have all that this worker has pushed to the table. */
tern_status_t tern_flush(tern_table_t *table);

/** Wake neighbours who wait for a flush of this rank. */
void tern_flush_ring(const tern_client_t *client);

#endif
