/** \file
 * Block rotation by hand, see plain_mpi.h.
 *
 * In round s worker w has block (w + s) mod W. A piece that it is done with goes to worker w - 1, which has the block
 * in the next round; pieces of the next block come from worker w + 1 into their place in the array meanwhile. Nothing
 * else synchronizes the workers. An MPI error ends the job, as errors on this communicator are fatal.
 */
#include "plain_mpi.h"

#include "memory.h"

#include <assert.h>
#include <limits.h>
#include <mpi.h>
#include <stdlib.h>

struct mf_ring {
    MPI_Comm     comm; /* of the workers, in order */
    int          worker, num_workers;
    mf_traffic_t traffic;
};

typedef struct hand_travel {
    mf_travel_t        travel;
    mf_ring_t         *ring;
    const mf_blocks_t *blocks;
    const mf_array_t  *columns;
    MPI_Request       *receives, *sends; /* [num_groups], by piece */
} hand_travel_t;

mf_ring_t *mf_ring_create(int worker)
{
    MPI_Comm   comm;
    mf_ring_t *ring = NULL;

    MPI_Comm_split(MPI_COMM_WORLD, worker < 0 ? MPI_UNDEFINED : 0, worker, &comm);
    if (worker < 0)
        return NULL;
    ring       = APP_NEW(mf_ring_t, 1);
    ring->comm = comm;
    MPI_Comm_set_errhandler(comm, MPI_ERRORS_ARE_FATAL);
    MPI_Comm_rank(comm, &ring->worker);
    MPI_Comm_size(comm, &ring->num_workers);
    return ring;
}

void mf_ring_destroy(mf_ring_t **ring_p)
{
    if (*ring_p == NULL)
        return;
    MPI_Comm_free(&(*ring_p)->comm);
    free(*ring_p);
    *ring_p = NULL;
}

mf_traffic_t mf_ring_traffic(const mf_ring_t *ring)
{
    return ring->traffic;
}

static float *piece_of(const hand_travel_t *hand, size_t group)
{
    return mf_array_at(hand->columns, hand->blocks->first[group]);
}

static int piece_floats(const hand_travel_t *hand, size_t group)
{
    size_t num =
        mf_span_size(hand->travel.plan->groups[group].range) * hand->columns->stride;

    assert(num <= INT_MAX);
    return (int)num;
}

/* Begin to receive the block of round `round`, into places from which its last sending must be over. */
static void expect_block(hand_travel_t *hand, size_t round)
{
    const mf_ring_t *ring   = hand->ring;
    mf_span_t        groups = hand->travel.plan->rounds[round];
    int              from   = (ring->worker + 1) % ring->num_workers;

    for (size_t group = groups.first; group < groups.end; group++) {
        MPI_Wait(&hand->sends[group], MPI_STATUS_IGNORE);
        MPI_Irecv(piece_of(hand, group), piece_floats(hand, group), MPI_FLOAT, from,
                  (int)group, ring->comm, &hand->receives[group]);
    }
}

static size_t round_after(const hand_travel_t *hand, size_t round)
{
    return (round + 1) % hand->travel.plan->num_rounds;
}

static tern_status_t begin_round(mf_travel_t *travel, size_t round)
{
    hand_travel_t *hand = (hand_travel_t *)travel;

    if (hand->ring->num_workers > 1)
        expect_block(hand, round_after(hand, round));
    return TERN_OK;
}

static tern_status_t arrive(mf_travel_t *travel, size_t group)
{
    hand_travel_t *hand = (hand_travel_t *)travel;

    MPI_Wait(&hand->receives[group], MPI_STATUS_IGNORE);
    return TERN_OK;
}

static tern_status_t depart(mf_travel_t *travel, size_t group)
{
    hand_travel_t *hand = (hand_travel_t *)travel;
    mf_ring_t     *ring = hand->ring;
    int            to   = (ring->worker + ring->num_workers - 1) % ring->num_workers;

    if (ring->num_workers == 1)
        return TERN_OK;
    MPI_Isend(piece_of(hand, group), piece_floats(hand, group), MPI_FLOAT, to, (int)group,
              ring->comm, &hand->sends[group]);
    ring->traffic.messages++;
    ring->traffic.bytes += 4.0 * piece_floats(hand, group);
    return TERN_OK;
}

/* After an epoch worker w has block w, or it is on its way. */
static tern_status_t settle(mf_travel_t *travel)
{
    hand_travel_t *hand   = (hand_travel_t *)travel;
    mf_ring_t     *ring   = hand->ring;
    mf_span_t      groups = travel->plan->rounds[0];

    for (size_t group = groups.first; group < groups.end; group++)
        MPI_Wait(&hand->receives[group], MPI_STATUS_IGNORE);
    for (size_t group = 0; group < travel->plan->num_groups; group++)
        MPI_Wait(&hand->sends[group], MPI_STATUS_IGNORE);
    for (size_t group = 0; group < travel->plan->num_groups; group++)
        MPI_Bcast(piece_of(hand, group), piece_floats(hand, group), MPI_FLOAT,
                  (int)(group / hand->blocks->pieces), ring->comm);
    return TERN_OK;
}

static void destroy(mf_travel_t *travel)
{
    hand_travel_t *hand = (hand_travel_t *)travel;

    free(hand->receives);
    free(hand->sends);
    free(hand);
}

static const mf_travel_ops_t hand_ops = {
    .begin_round = begin_round,
    .arrive      = arrive,
    .depart      = depart,
    .settle      = settle,
    .destroy     = destroy,
};

mf_travel_t *mf_travel_by_hand(const mf_plan_t *plan, mf_ring_t *ring,
                               const mf_blocks_t *blocks, const mf_array_t *columns)
{
    hand_travel_t *hand = APP_NEW(hand_travel_t, 1);

    hand->travel   = (mf_travel_t){&hand_ops, plan};
    hand->ring     = ring;
    hand->blocks   = blocks;
    hand->columns  = columns;
    hand->receives = APP_NEW(MPI_Request, plan->num_groups);
    hand->sends    = APP_NEW(MPI_Request, plan->num_groups);
    for (size_t group = 0; group < plan->num_groups; group++)
        hand->receives[group] = hand->sends[group] = MPI_REQUEST_NULL;
    return &hand->travel;
}
