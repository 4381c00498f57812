/** \file
 * Tasks: asynchronous operations with timestamps and dependencies.
 *
 * A task is a body, a function that the engine calls once. It may issue nonblocking operations and submit
 * subtasks; the task is *finished* when the body has returned, its operations have completed and its subtasks have
 * finished. The engine numbers tasks in the order of their submission, from 1; the number is the task's
 * *timestamp*, and a task may name timestamps that it must follow. Whatever has no unfinished predecessor runs, in the
 * thread that polls or waits, in the order in which it became free to, subtasks first, and answers that have come are
 * taken before a new task begins; operations of independent tasks are under way together.
 *
 * A program that brings the rows of many batches while it computes on those that are here:
 * \code
 * #include <tern/tern.h>
 *
 * enum { WIDTH = 8, BATCH = 4, NUM_BATCHES = 100 };
 *
 * typedef struct batch {
 *     tern_table_t *table;
 *     tern_key_t    keys[BATCH];
 *     float         rows[BATCH][WIDTH], gradients[BATCH][WIDTH];
 * } batch_t;
 *
 * static tern_status_t fetch(tern_task_t *task, void *context)
 * {
 *     batch_t *b = context;
 *
 *     return tern_pull(b->table, BATCH, b->keys, b->rows, tern_task_slot(task)); // ends when the rows are here
 * }
 *
 * static tern_status_t learn(tern_task_t *task, void *context)
 * {
 *     batch_t *b = context;
 *
 *     for (int i = 0; i < BATCH; i++)
 *         for (int j = 0; j < WIDTH; j++)
 *             b->gradients[i][j] = b->rows[i][j] - 1; // of a parabola around 1
 *     return tern_push(b->table, BATCH, b->keys, b->gradients, tern_task_slot(task));
 * }
 *
 * static tern_status_t train(tern_runtime_t *runtime, tern_table_t *table)
 * {
 *     static batch_t batches[NUM_BATCHES];
 *     tern_tasks_t  *tasks;
 *     uint64_t       fetched, learnt = 0;
 *     tern_status_t  status = tern_tasks_create(runtime, &tasks);
 *
 *     for (int i = 0; i < NUM_BATCHES && status == TERN_OK; i++) {
 *         tern_task_desc_t pull = {.name = "fetch", .run = fetch, .context = &batches[i]};
 *         tern_task_desc_t step = {.name = "learn", .run = learn, .context = &batches[i]};
 *
 *         batches[i] = (batch_t){.table = table, .keys = {i, i + 1, i + 2, i + 3}};
 *         status     = tern_task_submit(tasks, &pull, &fetched);
 *         step.num_after = 2;
 *         step.after     = (uint64_t[]){fetched, learnt}; // 0 is no task: the first step follows its pull only
 *         if (status == TERN_OK)
 *             status = tern_task_submit(tasks, &step, &learnt);
 *     }
 *     if (status == TERN_OK)
 *         status = tern_tasks_wait_all(tasks); // bodies run in here
 *     tern_tasks_destroy(&tasks);
 *     return status;
 * }
 *
 * int main(void)
 * {
 *     tern_table_desc_t desc = {.name = "w", .keys = {0, NUM_BATCHES + BATCH}, .width = WIDTH, .update = "sgd"};
 *     tern_runtime_t   *runtime;
 *     tern_table_t     *table;
 *     tern_status_t     status = tern_init(MPI_COMM_WORLD, NULL, &runtime);
 *
 *     if (status != TERN_OK)
 *         return tern_status_exit_code(status);
 *     status = tern_table_create(runtime, &desc, &table);
 *     if (status == TERN_OK && tern_is_worker(runtime))
 *         status = train(runtime, table);
 *     tern_finalize(&runtime);
 *     return tern_status_exit_code(status);
 * }
 * \endcode
 *
 * Failure. A body that returns an error, an operation that fails and a subtask that fails make the task fail. A task
 * whose predecessor has failed does not run: it fails with the same status, and so do those that follow it. Every failure
 * keeps the timestamp of the task in which it began (tern_task_result_t). Failures are remembered until
 * tern_tasks_wait_all() has returned one; then those tasks count as finished.
 *
 * Memory follows the largest number of tasks that were unfinished together, and the failures that are remembered.
 *
 * Source: Li et al., OSDI 2014, sections 3.2 and 3.4. Ours differs: a task may follow one that is yet to be submitted.
 */
#ifndef TERN_TASK_H
#define TERN_TASK_H

#include "tern/request.h"
#include "tern/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_tasks tern_tasks_t; /**< an engine; a rank may have several */
typedef struct tern_task  tern_task_t;  /**< a task, as its body knows it */

/** The body of a task. It may call anything of Tern but wait for the engine that runs it. An error fails the task. */
typedef tern_status_t tern_task_fn(tern_task_t *task, void *context);

/** How a task ended. */
typedef struct tern_task_result {
    uint64_t      timestamp;
    tern_status_t status;
    uint64_t      cause; /**< timestamp of the task where the failure began; 0: none */
} tern_task_result_t;

/** Told when a task has finished, whether it ran or not, after its successors were set free. It may submit tasks. */
typedef void tern_task_done_fn(const tern_task_result_t *result, void *context);

/** A task to be. */
typedef struct tern_task_desc {
    const char *name; /**< for reports and errors; borrowed until the task has finished */
    size_t      num_after;
    /** [num_after] timestamps that it follows; copied. Those of finished tasks and 0 ask for nothing. One that the engine
     * has not given yet stands for the task that will have it. */
    const uint64_t *after;
    tern_task_fn
        *run; /**< NULL: nothing to do; it finishes as soon as all in `after` have */
    tern_task_done_fn *done;    /**< NULL: nobody is told */
    void              *context; /**< for both; borrowed until the task has finished */
} tern_task_desc_t;

/** Make an engine. Not collective; any rank. \return TERN_OK, TERN_ERR_ARG, TERN_ERR_NO_MEMORY. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_tasks_create(tern_runtime_t *runtime,
                                                           tern_tasks_t  **tasks_p);

/** Free an engine. Tasks that have begun are waited for; those that have not do not run and end with
 * TERN_ERR_STOPPED. NULL is accepted; the pointer is set to NULL. Call it before tern_finalize(). */
TERN_API void tern_tasks_destroy(tern_tasks_t **tasks_p);

/** Add a task. It runs at the earliest in the next call that polls or waits, never in this one.
 *
 * \param [out] timestamp_p  Its timestamp; NULL: not of interest.
 * \return  TERN_OK; TERN_ERR_ARG, logged: it would follow itself, directly, by way of others or of its own subtasks;
 *          TERN_ERR_NO_MEMORY. On error there is no task and no timestamp is used up. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_task_submit(tern_tasks_t           *tasks,
                                                          const tern_task_desc_t *desc,
                                                          uint64_t *timestamp_p);

/** \name In a body */
/**@{*/

/** Where an operation puts its request so that the task lasts until it completes:
 * `tern_pull(table, n, keys, values, tern_task_slot(task))`. To be used once, at once. NULL when memory is exhausted,
 * which makes the operation wait. */
TERN_API tern_request_t **tern_task_slot(tern_task_t *task);

/** Add a task without whose end `task` does not finish. It may follow others as any task may.
 * \return  As tern_task_submit(); TERN_ERR_ARG also if `task` has returned from its body. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_task_submit_sub(
    tern_task_t *task, const tern_task_desc_t *desc, uint64_t *timestamp_p);

TERN_API uint64_t      tern_task_timestamp(const tern_task_t *task);
TERN_API tern_tasks_t *tern_task_engine(const tern_task_t *task);
/**@}*/

/** Run what is free to run, collect operations that have completed, until nothing more can be done at once.
 * Nonblocking but for the bodies. \return TERN_OK if no task is left, TERN_IN_PROGRESS, or TERN_ERR_ARG inside a body. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_tasks_poll(tern_tasks_t *tasks);

/** Run tasks until that of `timestamp` has finished. Blocking; a wait that lasts is reported after TERN_STALL_SECONDS with
 * the names of what it waits for.
 * \return  TERN_OK, or the error that the task ended with; TERN_ERR_ARG, logged: inside a body, or nothing that is
 *          left can run because it follows a task that was never submitted. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_tasks_wait(tern_tasks_t *tasks,
                                                         uint64_t      timestamp);

/** Run tasks until none is left. \return TERN_OK if all went well since the last such call; else the error of the failed
 * task with the lowest timestamp; TERN_ERR_ARG as tern_tasks_wait(). Failures are forgotten. */
TERN_API TERN_CHECK_RESULT tern_status_t tern_tasks_wait_all(tern_tasks_t *tasks);

/** True if the task has finished, well or not. Timestamps not given yet have not. */
TERN_API bool tern_tasks_is_finished(const tern_tasks_t *tasks, uint64_t timestamp);

/** How a finished task ended: status and cause of a failure that is remembered, else TERN_OK. TERN_IN_PROGRESS if it has
 * not finished. */
TERN_API tern_task_result_t tern_tasks_result(const tern_tasks_t *tasks,
                                              uint64_t            timestamp);

/** Tasks that have not finished. */
TERN_API size_t tern_tasks_num_left(const tern_tasks_t *tasks);

#ifdef __cplusplus
}
#endif
#endif
