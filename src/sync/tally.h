/** \file
 * Tally: how far a server has come with the steps of a table, how stale the rows were that pulls got, and how far workers
 * ran ahead of what they got; in memory that its node shares, so that a neighbour sees with one load whether it may read by itself.
 *
 * The staleness of a pull is taken at the moment of the answer: steps that the worker has ended, less steps that the server has applied.
 * A neighbour's pull sees whole steps, too: it counts if no step was under way when it began, and none was begun until it
 * ended. The staleness of a step is taken by the server when the worker ends it (sync/trail.h); for that it remembers how many
 * steps each worker has seen applied, which a neighbour notes by itself.
 *
 * Every field is atomic. One rank, the server, raises `num_begun` and `num_applied`.
 */
#ifndef TERN_SYNC_TALLY_H
#define TERN_SYNC_TALLY_H

#include "tern/sync.h"

typedef struct tern_tally {
    uint64_t num_begun; /* steps; one more than num_applied while one is being applied */
    uint64_t num_applied;
    char     padding[48]; /* what all read, apart from what all count in */
    uint64_t num_pulls[TERN_STALENESS_BINS]; /* as in tern_staleness_t */
    uint64_t largest;
    uint64_t num_steps[TERN_STALENESS_BINS];
    uint64_t largest_of_steps;
    uint64_t num_seen[]; /* [workers] steps applied in the newest rows that a worker got */
} tern_tally_t;

static inline size_t tern_tally_bytes(int num_workers)
{
    return sizeof(tern_tally_t) + (size_t)num_workers * sizeof(uint64_t);
}

/* Steps that have been applied; what they changed is visible to whoever reads this. */
static inline uint64_t tern_tally_num_applied(const tern_tally_t *tally)
{
    return __atomic_load_n(&tally->num_applied, __ATOMIC_ACQUIRE);
}

/* Around the application of a step. Whoever sees a row that it changed sees that it was begun. */
static inline void tern_tally_begin_step(tern_tally_t *tally)
{
    __atomic_store_n(&tally->num_begun, tally->num_begun + 1, __ATOMIC_RELEASE);
}

static inline void tern_tally_end_step(tern_tally_t *tally)
{
    __atomic_store_n(&tally->num_applied, tally->num_begun, __ATOMIC_RELEASE);
}

static inline uint64_t tern_tally_num_begun(const tern_tally_t *tally)
{
    __atomic_thread_fence(__ATOMIC_ACQUIRE); /* after the rows that were read */
    return __atomic_load_n(&tally->num_begun, __ATOMIC_ACQUIRE);
}

/* A worker that has ended `num_ended` steps gets rows. */
void tern_tally_count(tern_tally_t *tally, uint64_t num_ended);

/* A worker gets rows in which `num_applied` steps are applied. */
void tern_tally_show(tern_tally_t *tally, int worker, uint64_t num_applied);

static inline uint64_t tern_tally_num_seen(const tern_tally_t *tally, int worker)
{
    return __atomic_load_n(&tally->num_seen[worker], __ATOMIC_ACQUIRE);
}

/* A worker ends a step of this staleness. */
void tern_tally_count_step(tern_tally_t *tally, uint64_t staleness);

/* Add what was counted to `sum`. */
void tern_tally_add(const tern_tally_t *tally, tern_staleness_t *sum);

#endif
