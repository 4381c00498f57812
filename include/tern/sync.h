/** \file
 * Clocks, barriers and small reductions between workers.
 */
#ifndef TERN_SYNC_H
#define TERN_SYNC_H

#include "tern/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** This worker finished a step.
 *
 * Tables of the policy `aggregate`: tells their servers that the step has ended, and waits for nothing; their pulls wait
 * (tern/locality.h). All others: waits until the owners have acknowledged every push of the step, publishes the worker's clock c, and
 * waits until no table's bound is broken: with staleness s, until every worker that has not finished
 * has reached clock c - s. Waiting inside a node is a futex, between nodes a message that the node's
 * server sends when the node's slowest worker advances.
 *
 * Blocking. Workers only; not collective in the sense of MPI: a worker that calls tern_finalize()
 * no longer holds anybody back.
 *
 * \return  TERN_OK; TERN_ERR_STOPPED (the job was asked to stop); the error of a push.
 * Consistency: after clock c returns, reads include every push of clock c - s - 1 or earlier, of all
 * workers, and all own pushes. Source: Ho et al., NIPS 2013, section 3 (SSP); Li et al., OSDI 2014,
 * section 3.4 (bounded delay). Ours differs: the bound is per table, and the clock is the worker's. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_clock(tern_runtime_t *runtime);

/** The calling worker's clock: the number of tern_clock() calls that published. */
TERN_API uint64_t tern_clock_now(const tern_runtime_t *runtime);

/** \name Staleness, as servers of a table of the policy "aggregate" count it
 * There are two, as there are two ways to keep a bound. Where pulls wait at the server (a table of TERN_SYNC_SSP), what they get is
 * stale. Where each pull waits for its own step, but the worker goes on meanwhile (tern/delay.h), what it gets is fresh, and its steps are
 * stale: it computed them before it had seen the results of steps before. In both the largest staleness is the bound's, tau: with
 * TERN_SYNC_SSP of pulls and of steps, with tern_delay_t of steps.
 *
 * The staleness of a step t is t - s, where s is the oldest step before it in which this worker has pushed to this server and whose
 * result it has not been given before it ended step t, by a pull of any rows there (of its node, if it reads in node memory); 0 if there
 * is none. Steps in which the worker has pushed to the server are counted. Nothing is taken from what the worker says of its own
 * waiting: one that begins an iteration too early ends it with an answer missing, and the server sees that. */
/**@{*/
#define TERN_STALENESS_BINS 64

typedef struct tern_staleness {
    /** Pulls by staleness: steps that the worker had ended, less steps that the server had applied when it answered. The
     * last bin has all that were staler, too. */
    uint64_t num_pulls[TERN_STALENESS_BINS];
    uint64_t largest; /**< never above the staleness of the table */
    uint64_t num_steps[TERN_STALENESS_BINS]; /**< steps of workers by staleness; last bin as above */
    uint64_t largest_of_steps; /**< 127 stands for more, too */
    uint64_t num_applied;      /**< steps that all servers asked have applied */
} tern_staleness_t;

/** What the servers of the calling rank's node have counted so far; zero where the node has none, and for
 * tables of other policies. A pull, and a worker's step, counts once at each server that it asks. Not collective. A server function asks
 * for one server's: tern_invocation_staleness(). */
TERN_API tern_staleness_t tern_table_staleness(const tern_table_t *table);

/** Add what one server, or one node, has counted to a sum; num_applied becomes the larger one. */
TERN_API void tern_staleness_add(tern_staleness_t *sum, const tern_staleness_t *counts);
/**@}*/

/** Wait until every worker that has not finished has entered the barrier as often as the caller.
 * Blocking; workers only. \return TERN_OK or TERN_ERR_STOPPED. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_barrier(tern_runtime_t *runtime);

/** Sum `values` [num_values] over all workers, in place, in a fixed order (the result does not depend
 * on timing). Blocking; collective over the workers. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_sum(tern_runtime_t *runtime,
                                                  size_t num_values, double values[]);

/** Agree on a status: every rank of the runtime passes its own and receives TERN_OK if all did well,
 * its own error if it has one, else TERN_ERR_REMOTE. Blocking; collective over all ranks, servers
 * and spares included; to be called before tern_serve(), for example after reading files. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_agree(tern_runtime_t *runtime,
                                                    tern_status_t   status);

/** Agree on numbers: every rank of the runtime passes its own and receives the largest of each. What only
 * workers know, such as how many rows a table needs, reaches servers this way: they pass 0.
 * Blocking; collective over all ranks, as tern_agree(). */
TERN_API TERN_CHECK_RESULT tern_status_t tern_max(tern_runtime_t *runtime,
                                                  size_t num_values, double values[]);

#ifdef __cplusplus
}
#endif
#endif
