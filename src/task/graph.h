/** \file
 * Graph: tasks that are not finished, and who follows whom. See tern/task.h for what a task is.
 *
 * \code
 *  waiting --(no predecessor left)--> ready --> running --(body returned)--> open --(nothing open)--> finished
 *     \___________________(a predecessor failed)___________________________________________________/
 * \endcode
 * A task is kept open by its body, its requests, its subtasks, and whoever holds it. When the last of these lets go it
 * settles: its successors lose a predecessor, its parent an open subtask, and it is freed. A timestamp below the
 * next one that is not on the roll is therefore that of a finished task: nothing is kept of it but a failure.
 *
 * The edges "needs" lead from a task to its predecessors and from a parent to its subtasks; they never form a cycle.
 * Only a subtask, or a task that others have waited for before it came, can close one; then, and only then, is looked for it.
 *
 * Plain C. Who runs bodies and collects requests is client/tasks.c.
 */
#ifndef TERN_TASK_GRAPH_H
#define TERN_TASK_GRAPH_H

#include "task/failures.h"
#include "task/roll.h"
#include "tern/task.h"

#define TERN_TASK_FEW 4u

typedef enum tern_task_state {
    TERN_TASK_EXPECTED, /* others follow it, but it has not been submitted */
    TERN_TASK_WAITING,  /* for predecessors */
    TERN_TASK_READY,
    TERN_TASK_RUNNING, /* its body is */
    TERN_TASK_OPEN,    /* its body has returned */
} tern_task_state_t;

/** From a task to one that follows it. */
typedef struct tern_edge {
    tern_task_t      *to;
    struct tern_edge *next;
} tern_edge_t;

/** Links of the lists of ready, open and settling tasks; a task is in one of them at most. */
typedef struct tern_task_list {
    tern_task_t *first, **end_p;
} tern_task_list_t;

struct tern_task {
    struct tern_graph *graph;
    uint64_t           timestamp;
    tern_task_state_t  state;
    const char        *name;
    tern_task_fn      *run;
    tern_task_done_fn *done;
    void              *context;
    uint64_t          *after; /* [num_after]: unfinished when it was linked to them */
    uint64_t           few[TERN_TASK_FEW]; /* where they are if there are no more */
    size_t             num_after, max_after;
    size_t             num_before; /* of these, unfinished now */
    size_t             num_open;   /* body, requests, subtasks, holds */
    tern_task_t       *parent;
    tern_task_t     *children, *next_child, **previous_child_p; /* unfinished subtasks */
    tern_edge_t     *successors;
    tern_request_t **requests; /* [num_requests]; NULL: completed */
    size_t           num_requests, max_requests;
    size_t           num_holds;
    tern_task_result_t result;
    tern_task_t       *next, **previous_p; /* in a list */
    tern_task_t       *next_in_bucket;     /* of the roll */
    tern_task_t       *next_to_visit;      /* in the search for cycles */
    uint64_t           visit;              /* number of the search that was here last */
};

typedef struct tern_graph {
    tern_roll_t      roll; /* unfinished and expected */
    tern_failures_t  failures;
    uint64_t         next_timestamp;
    size_t           num_left; /* unfinished; expected ones are not counted */
    tern_task_list_t ready, open, settling;
    tern_task_list_t ready_subtasks; /* parts of what has begun */
    bool             is_settling;
    tern_edge_t     *free_edges;
    tern_task_t     *free_tasks; /* by `next` */
    size_t           num_free_edges, num_free_tasks;
    uint64_t         num_visits; /* searches for cycles so far */
    tern_task_t     *running;    /* whose body is on the stack */
    tern_status_t    cancelled;  /* an error: what is set free ends with it */
} tern_graph_t;

void tern_graph_init(tern_graph_t *graph);

/** Ends what is left with TERN_ERR_STOPPED; nothing may be running or open. */
void tern_graph_fini(tern_graph_t *graph);

/** Take the memory for so many tasks with so many predecessors in all, at most TERN_TASK_FEW each, so that submitting them
 * does not fail for want of it. */
tern_status_t tern_graph_reserve(tern_graph_t *graph, size_t num_tasks, size_t num_edges);

/** `parent` may be NULL. See tern_task_submit(). */
tern_status_t tern_graph_submit(tern_graph_t *graph, tern_task_t *parent,
                                const tern_task_desc_t *desc, uint64_t *timestamp_p);

/** Run the body of the subtask that has been ready longest. False if none is. */
bool tern_graph_run_subtask(tern_graph_t *graph);

/** Run the body of the task that has been ready longest, of a subtask if there is one: what has begun goes on before
 * something new begins. False if none is. */
bool tern_graph_run_next(tern_graph_t *graph);

/** True if the body of a task could be run. */
static inline bool tern_graph_has_ready(const tern_graph_t *graph)
{
    return graph->ready.first != NULL || graph->ready_subtasks.first != NULL;
}

/** True inside a body or a callback. */
static inline bool tern_graph_is_busy(const tern_graph_t *graph)
{
    return graph->running != NULL || graph->is_settling;
}

/** See tern_task_slot(). NULL, too, outside the task's body. */
tern_request_t **tern_graph_slot(tern_task_t *task);

/** Keep a task open, until it is released with the status of what it was held for. */
void tern_graph_hold(tern_task_t *task);
void tern_graph_release(tern_task_t *task, tern_status_t status);

/** A request of a task, in slot `request_p`, has completed with `status`. */
void tern_graph_end_request(tern_task_t *task, tern_request_t **request_p,
                            tern_status_t status);

/** Its body has been called, or it is finished. */
bool tern_graph_has_begun(const tern_graph_t *graph, uint64_t timestamp);

/** Let a task that has not begun follow `after` instead of `before`; 0, or a finished one, is no task. A failed `after` fails
 * it. TERN_ERR_ARG (logged: it would follow itself) and TERN_ERR_NO_MEMORY change nothing. */
TERN_CHECK_RESULT tern_status_t tern_graph_relink(tern_graph_t *graph, uint64_t timestamp,
                                                  uint64_t before, uint64_t after);

/** From now on no task begins: each ends with the error `status` as soon as its predecessors have. */
void tern_graph_cancel(tern_graph_t *graph, tern_status_t status);

bool               tern_graph_is_finished(const tern_graph_t *graph, uint64_t timestamp);
tern_task_result_t tern_graph_result(const tern_graph_t *graph, uint64_t timestamp);

/** The task that keeps that of `timestamp` (0: any) from finishing: one that is open on its own account, running, ready or
 * expected. NULL: it is finished. */
const tern_task_t *tern_graph_blocker(const tern_graph_t *graph, uint64_t timestamp);

/** One line: why the task of `timestamp`, or with 0 any, is not finished. */
void tern_graph_describe(const tern_graph_t *graph, uint64_t timestamp, char *text,
                         size_t text_bytes);

#endif
