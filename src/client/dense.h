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

/** Push all rows from where they are, where they stay until the request ends; nothing was pushed in this step. */
tern_status_t tern_dense_lend(tern_table_t *table, const void *rows,
                              tern_request_t **request_p);

/** Copy what is lent, if anything is, and return it. */
void tern_dense_copy_lent(const tern_table_t *table);

/** Nobody begins to read what is lent any more; its request ends when MPI has done with it, too. */
void tern_dense_return_lent(const tern_table_t *table);

/** Wake the other ranks of the node. */
void tern_dense_ring(const tern_client_t *client);

/** True if the rows of all servers are known here as they are after `step`. */
bool tern_dense_is_done(const tern_table_t *table, uint64_t step);

#endif
