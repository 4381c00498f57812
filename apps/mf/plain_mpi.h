/** \file
 * The yardstick: what a programmer writes by hand for DSGD, with MPI and no parameter server. Columns are in an array of
 * each worker; a block goes from worker to worker, piece by piece, each as soon as it is done with.
 */
#ifndef MF_PLAIN_MPI_H
#define MF_PLAIN_MPI_H

#include "side.h"
#include "travel.h"

typedef struct mf_ring mf_ring_t;

/* The workers as a ring. Blocking; collective over the runtime's ranks, `worker` is negative for those that are
 * none: they get NULL. */
mf_ring_t *mf_ring_create(int worker);
void       mf_ring_destroy(mf_ring_t **ring_p);

/* `columns` has all columns, and is borrowed. */
mf_travel_t *mf_travel_by_hand(const mf_plan_t *plan, mf_ring_t *ring,
                               const mf_blocks_t *blocks, const mf_array_t *columns);

/* What a worker has sent. */
typedef struct mf_traffic {
    double messages, bytes;
} mf_traffic_t;

mf_traffic_t mf_ring_traffic(const mf_ring_t *ring);

#endif
