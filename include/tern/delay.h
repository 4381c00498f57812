/** \file
 * Bounded delay: consistency as a graph of tasks.
 *
 * The steps of a program are *iterations* 0, 1, 2, ... of one sequence. With the largest delay d, iteration t follows all
 * iterations up to t - d - 1: at most d of those before it may be unfinished when it begins.
 *
 * | largest delay           | the graph                                | the paper's |
 * |-------------------------|------------------------------------------|-------------|
 * | TERN_DELAY_SEQUENTIAL, 0 | each iteration follows the one before it | sequential  |
 * | d                       | each follows all that are more than d back | bounded delay |
 * | TERN_DELAY_EVENTUAL     | none follows another                     | eventual    |
 *
 * The delay may be changed at any time, in both directions; iterations that have not begun obey the new one. They begin in the order of
 * their submission, unless what else they follow forbids it: with one step of the clock each, all workers take the same ones together.
 *
 * \code
 * tern_delay_t *delay;
 * tern_delay_create(tasks, 4, &delay);
 * for (t = 0; t < num_iterations; t++) {
 *     tern_task_desc_t desc = {.name = "iteration", .run = iterate, .context = &contexts[t]};
 *     status = tern_delay_submit(delay, &desc, NULL);
 * }
 * status = tern_tasks_wait_all(tasks);
 * tern_delay_destroy(&delay);
 * \endcode
 *
 * An iteration that fails makes all fail that must follow it (tern/task.h).
 *
 * Source: Li et al., OSDI 2014, section 3.4, where the largest delay is tau.
 */
#ifndef TERN_DELAY_H
#define TERN_DELAY_H

#include "tern/task.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TERN_DELAY_SEQUENTIAL 0u
#define TERN_DELAY_EVENTUAL   UINT32_MAX

typedef struct tern_delay tern_delay_t;

/** Begin a sequence of iterations in `tasks`. \return TERN_OK, TERN_ERR_ARG, TERN_ERR_NO_MEMORY. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_delay_create(tern_tasks_t  *tasks,
                                                           uint32_t       max_delay,
                                                           tern_delay_t **delay_p);

/** Submit no more. Iterations that are not finished go on. NULL is accepted; the pointer is set to NULL. */
TERN_API void tern_delay_destroy(tern_delay_t **delay_p);

/** Add the next iteration: a task that follows what is in its `after` and the iterations that the delay asks for.
 * Each takes a second timestamp, for a task that ends when all iterations up to it have ended.
 * \return  As tern_task_submit(). */
TERN_API TERN_CHECK_RESULT tern_status_t tern_delay_submit(tern_delay_t           *delay,
                                                           const tern_task_desc_t *desc,
                                                           uint64_t *timestamp_p);

/** Change the largest delay. Takes time in proportion to the iterations that have not begun.
 * \return  TERN_OK; TERN_ERR_ARG, logged: an iteration would follow itself by way of other tasks;
 *          TERN_ERR_NO_MEMORY. On error some iterations that have not begun obey the old one. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_delay_set(tern_delay_t *delay,
                                                        uint32_t      max_delay);
TERN_API uint32_t                        tern_delay_get(const tern_delay_t *delay);

/** Iterations submitted so far: the number of the next one. */
TERN_API uint64_t tern_delay_num_submitted(const tern_delay_t *delay);

/** All iterations below this number have finished. */
TERN_API uint64_t tern_delay_num_finished(const tern_delay_t *delay);

/** \name What was observed
 * The staleness of an iteration: how far it was ahead, when it began, of the first unfinished one. */
/**@{*/
#define TERN_DELAY_MAX_COUNTED 63u

/** How many iterations began with this staleness; TERN_DELAY_MAX_COUNTED stands for that and more. */
TERN_API uint64_t tern_delay_num_begun_at(const tern_delay_t *delay, uint32_t staleness);

/** The largest that was observed. */
TERN_API uint64_t tern_delay_largest_staleness(const tern_delay_t *delay);
/**@}*/

#ifdef __cplusplus
}
#endif
#endif
