/** \file
 * Dense: a worker's duties in the exchange of tables of the policy `dense`. Between nodes one worker of a node, its delegate,
 * sends to a server of another node what its node pushed there, summed, and takes in what the rows are after the step.
 */
#ifndef TERN_CLIENT_DENSE_H
#define TERN_CLIENT_DENSE_H

#include "client/client.h"
#include "table/dense.h"

/** Registers handler, placement and poll. */
void tern_dense_duties_register(tern_client_t *client);

/** Wake the other ranks of the node. */
void tern_dense_ring(const tern_client_t *client);

/** True if the rows of all servers are known here as they are after `step`. */
bool tern_dense_is_done(const tern_table_t *table, uint64_t step);

#endif
