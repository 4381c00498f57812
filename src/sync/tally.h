/** \file
 * Tally: how far a server has come with the steps of a table, and how stale the rows were that pulls got; in memory that
 * its node shares, so that a neighbour sees with one load whether it may read by itself.
 *
 * Staleness is taken at the moment of the answer: steps that the worker has ended, less steps that the server has applied.
 * Every field is atomic. One rank, the server, raises `num_applied`.
 */
#ifndef TERN_SYNC_TALLY_H
#define TERN_SYNC_TALLY_H

#include "tern/sync.h"

typedef struct tern_tally {
    uint64_t num_applied;
    char     padding[56]; /* what all read, apart from what all count in */
    uint64_t num_pulls[TERN_STALENESS_BINS]; /* as in tern_staleness_t */
    uint64_t largest;
} tern_tally_t;

/* Steps that have been applied; what they changed is visible to whoever reads this. */
static inline uint64_t tern_tally_num_applied(const tern_tally_t *tally)
{
    return __atomic_load_n(&tally->num_applied, __ATOMIC_ACQUIRE);
}

static inline void tern_tally_set_applied(tern_tally_t *tally, uint64_t num_applied)
{
    __atomic_store_n(&tally->num_applied, num_applied, __ATOMIC_RELEASE);
}

/* A worker that has ended `num_ended` steps gets rows. */
void tern_tally_count(tern_tally_t *tally, uint64_t num_ended);

/* Add what was counted to `sum`. */
void tern_tally_add(const tern_tally_t *tally, tern_staleness_t *sum);

#endif
