/** \file
 * Flush: what this worker has pushed to replicas goes to the owners, summed over the node, one message per
 * server (or chunk).
 */
#ifndef TERN_CLIENT_FLUSH_H
#define TERN_CLIENT_FLUSH_H

#include "client/client.h"

/** Returns when the owners have all that this worker has pushed to the table. */
tern_status_t tern_flush(tern_table_t *table);

/** Send what can be sent now; the answers bring what the rows are then, into the replicas. *request_p is NULL if there is
 * nothing. */
tern_status_t tern_flush_begin(tern_table_t *table, tern_request_t **request_p);

#endif
