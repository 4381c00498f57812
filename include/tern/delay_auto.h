/** \file
 * `--delay auto`: the largest delay with which a run makes most progress per second, found while it runs.
 *
 * With a larger delay workers wait less for each other, and what they compute is worth less, since it comes from older
 * parameters. Where the best of both is depends on the machine and on the problem. The controller cuts the run into windows of
 * a few iterations, each with one delay for all workers; measures seconds, idle share and progress of each; goes from 2
 * through 4, 8, ... while that leaves workers less idle, down to 0, keeps the best, and now and then tries a neighbour. Where the run
 * goes backwards for many windows, the largest delay of late is given up for a time: too much staleness sets a run
 * swinging, and goes on to do so with smaller delays, so that the windows of a delay alone do not tell.
 *
 * \code
 * tern_delay_auto_create(runtime, &(tern_delay_auto_options_t){.max_delay = 16}, &automatic);   // all ranks
 * delay = tern_delay_auto_delay(automatic);
 * while (iterate(delay, &decrease)) {                                                           // workers
 *     status = tern_delay_auto_step(automatic, decrease, NAN, &delay);
 *     tern_table_set_sync(table, TERN_SYNC_SSP, delay);                  // or tern_delay_set() of a sequence of tasks
 * }
 * tern_delay_auto_destroy(&automatic);
 * \endcode
 *
 * Iteration n has the same delay on every worker of a group (tern/group.h). What a window was is spread by a small table, asynchronously, and used a few
 * windows later, so that nobody waits for it unless workers are further apart than these windows.
 */
#ifndef TERN_DELAY_AUTO_H
#define TERN_DELAY_AUTO_H

#include "tern/delay.h"
#include "tern/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_delay_auto tern_delay_auto_t;

/** Zero means the default in parentheses. */
typedef struct tern_delay_auto_options {
    const char
        *name; /**< of its table ("delay-auto"); one for each controller of a runtime */
    uint32_t max_delay; /**< largest delay that is tried (16) */
    uint32_t
        window; /**< iterations of a window (8); shorter ones find it sooner, longer ones tell noise better */
} tern_delay_auto_options_t;

/** What it has found. */
typedef struct tern_delay_auto_state {
    uint32_t delay;        /**< of the present iteration */
    bool     is_settled;   /**< the grid has been gone through */
    uint32_t best;         /**< the delay that is kept; 0 before */
    double staleness_cost; /**< estimate: an iteration is worth 1 / (1 + cost * delay) */
    uint64_t num_windows;  /**< known so far */
} tern_delay_auto_state_t;

/** Make a controller. Blocking; collective over all ranks, servers too, as tern_table_create().
 * \param options  NULL: all defaults. The same on every rank.
 * \return  As tern_table_create(). */
TERN_API TERN_CHECK_RESULT tern_status_t
tern_delay_auto_create(tern_runtime_t *runtime, const tern_delay_auto_options_t *options,
                       tern_delay_auto_t **auto_p);

/** This worker takes part no more; the others go on without it. NULL is accepted; the pointer is set to NULL. Call it before
 * tern_finalize(), on every rank. */
TERN_API void tern_delay_auto_destroy(tern_delay_auto_t **auto_p);

/** The caller's worker has finished an iteration.
 *
 * \param [in]  progress     What the iteration brought, as this worker sees it: its share of the decrease of the objective; or,
 *                           if nothing better is known, the number of its examples, whereby staleness is taken to cost nothing.
 * \param [in]  expected     What it would have brought if nobody else had changed anything meanwhile: what its gradient foretold. Then
 *                           it is the sum of progress over that of `expected` that counts, which staleness lowers, and neither
 *                           what was computed on nor how far the run has come. NAN: not known; on all workers or on none.
 * \param [out] max_delay_p  For the next iteration.
 * \return  TERN_OK; TERN_ERR_ARG (not a worker; progress is no number); TERN_ERR_STOPPED; the error of an access. */
TERN_API TERN_CHECK_RESULT tern_status_t
tern_delay_auto_step(tern_delay_auto_t *automatic, double progress, double expected,
                     uint32_t *max_delay_p);

/** The delay of the iteration that the caller's worker is in; the first one has 0. */
TERN_API uint32_t tern_delay_auto_delay(const tern_delay_auto_t *automatic);

TERN_API tern_delay_auto_state_t tern_delay_auto_get(const tern_delay_auto_t *automatic);

#ifdef __cplusplus
}
#endif
#endif
