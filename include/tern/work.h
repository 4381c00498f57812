/** \file
 * Work: tasks that the scheduler gives to workers.
 *
 * A program in which one rank decides and the others do. On the scheduler's rank tasks (tern/task.h) issue *orders*: a
 * function by name, bytes for it, and who shall run it: one worker, each worker, or whoever is free. Workers are in tern_work(), a
 * loop that runs what they are given and answers with bytes. A task is finished when its orders are answered; `after` and
 * bounded delay work for it as for any task.
 *
 * \code
 * static tern_status_t square(tern_assignment_t *assignment, void *context)      // on workers
 * {
 *     double x = *(const double *)tern_assignment_args(assignment, NULL);
 *
 *     x *= x;
 *     return tern_assignment_answer(assignment, &x, sizeof x);
 * }
 *
 * static void add(const tern_answer_t *answer, void *context)                    // on the scheduler
 * {
 *     *(double *)context += *(const double *)answer->bytes;
 * }
 *
 * static tern_status_t issue(tern_task_t *task, void *context)
 * {
 *     double x = 3;
 *
 *     return tern_order(task, &(tern_order_desc_t){.function = "square", .args = &x, .args_bytes = sizeof x,
 *                                                  .take = add, .context = context});
 * }
 *
 * tern_work_register(runtime, &(tern_work_function_t){.name = "square", .run = square});   // every rank
 * if (tern_is_scheduler(runtime)) {
 *     tern_tasks_create(runtime, &tasks);
 *     tern_task_submit(tasks, &(tern_task_desc_t){.name = "squares", .run = issue, .context = &sum}, NULL);
 *     status = tern_tasks_wait_all(tasks);
 *     tern_tasks_destroy(&tasks);
 *     tern_work_end(runtime);
 * }
 * if (tern_is_worker(runtime))
 *     status = tern_work(runtime);                                              // until tern_work_end()
 * \endcode
 * A rank that is scheduler and worker, as that of a run of one process is, does its part of the work while it waits for
 * its tasks.
 *
 * **What is not answered is given to another worker**: when its worker leaves (its loop ends, or it calls tern_finalize()), when it
 * dies, when the function fails, and when the deadline has passed. So a function may run more than once; its answer is taken once, the first that
 * comes. A death is noticed within milliseconds, and within 8 seconds where a whole host is lost; the kernels tell it, so a worker may compute
 * as long as it likes. The part that a dead worker was running counts as failed, so that a part that kills its workers ends after
 * `max_attempts` of them. A worker that is stopped or hangs is not dead; for those there is the deadline. The job must be started
 * by tern-run, or end with the rank. Messages may be lost or doubled: each order is run once by the worker that it was sent to.
 *
 * Source: Li et al., OSDI 2014, sections 3.2 and 4 (the task scheduler of a worker group). Ours differs: answers are bytes.
 */
#ifndef TERN_WORK_H
#define TERN_WORK_H

#include "tern/task.h"
#include "tern/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** True on the rank that may give orders. */
TERN_API bool tern_is_scheduler(const tern_runtime_t *runtime);

/** \name On workers */
/**@{*/

/** What a worker has been given; valid while the function runs. */
typedef struct tern_assignment tern_assignment_t;

/** A function. Runs on the thread that called tern_init(), and may call anything of Tern, tasks included.
 * \return  TERN_OK; TERN_DONE: the answer counts, and this worker leaves its loop; an error: the answer is dropped, and another
 *          worker is tried. */
typedef tern_status_t tern_work_fn(tern_assignment_t *assignment, void *context);

typedef struct tern_work_function {
    const char   *name;
    tern_work_fn *run;
    void         *context; /**< passed on; borrowed until tern_finalize(), as is `name` */
} tern_work_function_t;

/** Make a function known by name. Not collective; on every worker before it calls tern_work(), elsewhere allowed.
 * \return  TERN_OK; TERN_ERR_ARG, logged (no name, no function, name taken); TERN_ERR_NO_MEMORY. */
TERN_API TERN_CHECK_RESULT tern_status_t
tern_work_register(tern_runtime_t *runtime, const tern_work_function_t *function);

/** Run what the scheduler orders until it ends the work. Blocking; workers only. Each call takes part in one round of work,
 * the n-th call in what ends with the n-th tern_work_end().
 * \return  TERN_OK: ended; TERN_DONE: a function made this worker leave; TERN_ERR_STOPPED; TERN_ERR_ARG; TERN_ERR_NO_MEMORY. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_work(tern_runtime_t *runtime);

/** The bytes that came with the order, aligned to 16; their number goes to *bytes_p, unless that is NULL. */
TERN_API const void *tern_assignment_args(const tern_assignment_t *assignment,
                                          size_t                  *bytes_p);

/** Which part of the order it is, 0 <= part < tern_assignment_num_parts(): 0 of 1, or the number of the worker that it was first
 * meant for, if each was to have one. */
TERN_API uint32_t tern_assignment_part(const tern_assignment_t *assignment);
TERN_API uint32_t tern_assignment_num_parts(const tern_assignment_t *assignment);

/** How often it was given to somebody before. */
TERN_API uint32_t tern_assignment_attempt(const tern_assignment_t *assignment);

/** Append to the answer; the bytes are copied. \return TERN_OK, TERN_ERR_NO_MEMORY. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_assignment_answer(
    tern_assignment_t *assignment, const void *bytes, size_t num_bytes);
/**@}*/

/** \name On the scheduler */
/**@{*/

/** Who shall run an order. */
typedef enum tern_recipient {
    TERN_TO_FREE   = 0, /**< whoever has nothing to do */
    TERN_TO_WORKER = 1, /**< a worker by number, or another one if it leaves */
    TERN_TO_EACH =
        2, /**< every worker that has not left: one part each, of which others run what its worker cannot */
} tern_recipient_t;

/** One answer. */
typedef struct tern_answer {
    tern_status_t status; /**< TERN_OK, or the error of the last attempt */
    int           worker; /**< who answered */
    uint32_t      part, num_parts, attempt;
    const void   *bytes; /**< aligned to 16; valid during the call */
    size_t        num_bytes;
} tern_answer_t;

/** Takes an answer, of each part once. It runs while the scheduler polls or waits for tasks and may submit some; it must not
 * wait for their engine. */
typedef void tern_answer_fn(const tern_answer_t *answer, void *context);

/** An order to be; zero means the default in parentheses. */
typedef struct tern_order_desc {
    const char      *function; /**< name; copied */
    const void      *args;     /**< copied */
    size_t           args_bytes;
    tern_recipient_t to;     /**< (TERN_TO_FREE) */
    int              worker; /**< TERN_TO_WORKER: its number */
    bool
           is_bound; /**< TERN_TO_WORKER, TERN_TO_EACH: nobody else may; if its worker leaves, the part fails with
                    * TERN_ERR_PEER_LOST */
    double deadline_seconds; /**< after which another worker gets it, too (none) */
    uint32_t
        max_attempts; /**< after how many failures, or deaths of those who ran it, it fails (3) */
    tern_answer_fn *take;    /**< (nobody is told) */
    void           *context; /**< for it; borrowed until the task has finished */
} tern_order_desc_t;

/** Give an order, in the body of a task, which is not finished before it is answered; a part that fails, fails it.
 * \return  TERN_OK; TERN_ERR_ARG, logged (no scheduler, not in a body, no name, no such worker); TERN_ERR_NO_MEMORY. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_order(tern_task_t             *task,
                                                    const tern_order_desc_t *desc);

/** End the loops of all workers, those that are yet to begin included. tern_finalize() does it, too.
 * \return  TERN_OK; TERN_ERR_ARG, logged (not the scheduler; orders are not answered); TERN_ERR_NO_MEMORY. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_work_end(tern_runtime_t *runtime);
/**@}*/

#ifdef __cplusplus
}
#endif
#endif
