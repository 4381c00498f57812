/** \file
 * Collectives that go on answering: nonblocking MPI collectives, waited for through the waiter, so
 * that a rank which is early serves those that are late.
 */
#ifndef TERN_COMM_COLLECTIVE_H
#define TERN_COMM_COLLECTIVE_H

#include "comm/wait.h"

/** Over all ranks: the caller's own status if it is an error, TERN_ERR_REMOTE if another rank's is,
 * else TERN_OK. `what` says in stall reports what is agreed on. */
tern_status_t tern_collective_agree(tern_waiter_t *waiter, tern_status_t status,
                                    const char *what);

/** Over all ranks: element-wise maximum. */
tern_status_t tern_collective_max(tern_waiter_t *waiter, size_t num_values,
                                  double values[], const char *what);

/** Over all ranks: `data` of rank 0. */
tern_status_t tern_collective_broadcast(tern_waiter_t *waiter, void *data, size_t bytes,
                                        const char *what);

/** Over all ranks: everybody's `bytes` bytes to `gathered` [size][bytes] on rank 0. */
tern_status_t tern_collective_gather(tern_waiter_t *waiter, const void *data,
                                     size_t bytes, void *gathered, const char *what);

/** Over all ranks: close the mailbox and take in all that is on its way to this rank. What a freed communicator
 * leaves unreceived, MPI may hand to the next one. */
tern_status_t tern_collective_drain(tern_waiter_t *waiter);

/** Over the workers of the caller's group: element-wise sum in worker order. */
tern_status_t tern_collective_sum(tern_waiter_t *waiter, size_t num_values,
                                  double values[], const char *what);

#endif
