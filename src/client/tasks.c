/** \file
 * One step of the executor runs the next body, or collects a request that has completed, or attends to the sideline. What has
 * begun goes on before something new begins: subtasks go first, then the answers that have come, so that the next body
 * sees them; else each would run as late as its delay allows. When no step is left to take, it waits until one is. User code runs in steps only, never inside progress.
 */
#include "client/tasks.h"

#include <string.h>

#include "base/alloc.h"
#include "client/fetch.h"
#include "task/delay.h"

/* --- steps --- */

static bool collect_of(tern_task_t *task)
{
    for (size_t i = 0; i < task->num_requests; i++) {
        tern_request_t *request = task->requests[i];

        if (request != NULL && tern_request_is_complete(request)) {
            tern_status_t status = tern_wait(&request);

            tern_graph_end_request(task, &task->requests[i], status);
            return true; /* the task may be gone */
        }
    }
    return false;
}

static bool collect_one(tern_tasks_t *tasks)
{
    for (tern_task_t *task = tasks->graph.open.first; task != NULL; task = task->next)
        if (collect_of(task))
            return true;
    return false;
}

static bool attend(tern_tasks_t *tasks)
{
    bool did_something;

    if (tasks->sideline.attend == NULL)
        return false;
    tasks->is_attending = true;
    did_something       = tasks->sideline.attend(tasks->sideline.context);
    tasks->is_attending = false;
    return did_something;
}

/* Looks through the open tasks only if a request has completed since the last look. */
static bool collect_news(tern_tasks_t *tasks)
{
    uint64_t num_completed = tasks->client == NULL ? 0 : tasks->client->num_completed;

    if (num_completed == tasks->num_completed)
        return false;
    if (collect_one(tasks))
        return true;
    tasks->num_completed = num_completed;
    return false;
}

static bool take_step(tern_tasks_t *tasks)
{
    return tern_graph_run_subtask(&tasks->graph) || collect_news(tasks) ||
           tern_graph_run_next(&tasks->graph) || collect_one(tasks) || attend(tasks);
}

static bool has_complete_request(const tern_task_t *task)
{
    for (size_t i = 0; i < task->num_requests; i++)
        if (task->requests[i] != NULL && tern_request_is_complete(task->requests[i]))
            return true;
    return false;
}

/* A tern_wait_done_fn. */
static bool has_step(void *context)
{
    const tern_tasks_t *tasks = context;

    if (tern_graph_has_ready(&tasks->graph) ||
        (tasks->sideline.has_news != NULL &&
         tasks->sideline.has_news(tasks->sideline.context)))
        return true;
    for (const tern_task_t *task = tasks->graph.open.first; task != NULL;
         task                    = task->next)
        if (has_complete_request(task))
            return true;
    return false;
}

/* --- waiting --- */

typedef struct task_wait {
    tern_tasks_t *tasks;
    uint64_t      timestamp; /* 0: all */
} task_wait_t;

static bool is_over(const task_wait_t *wait)
{
    const tern_graph_t *graph = &wait->tasks->graph;

    return wait->timestamp == 0 ? graph->num_left == 0
                                : tern_graph_is_finished(graph, wait->timestamp);
}

static bool can_step(void *context)
{
    return has_step(((task_wait_t *)context)->tasks);
}

static void describe(void *context, char *text, size_t text_bytes)
{
    const task_wait_t     *wait     = context;
    const tern_sideline_t *sideline = &wait->tasks->sideline;
    size_t                 used;

    tern_graph_describe(&wait->tasks->graph, wait->timestamp, text, text_bytes);
    used = strlen(text);
    if (sideline->describe != NULL)
        sideline->describe(sideline->context, text + used, text_bytes - used);
}

static const tern_request_t *oldest_request(const tern_tasks_t *tasks)
{
    for (const tern_task_t *task = tasks->graph.open.first; task != NULL;
         task                    = task->next)
        for (size_t i = 0; i < task->num_requests; i++)
            if (task->requests[i] != NULL)
                return task->requests[i];
    return NULL;
}

/* What the time of a wait is booked under. */
static tern_phase_t phase_of(const tern_tasks_t *tasks)
{
    const tern_request_t *request = oldest_request(tasks);

    if (request == NULL)
        return TERN_PHASE_WAIT;
    return request->kind == TERN_MESSAGE_PULL ? TERN_PHASE_PULL : TERN_PHASE_PUSH;
}

static bool is_held(const tern_tasks_t *tasks)
{
    for (const tern_task_t *task = tasks->graph.open.first; task != NULL;
         task                    = task->next)
        if (task->num_holds > 0)
            return true;
    return false;
}

static tern_status_t refuse_to_hang(const task_wait_t *wait)
{
    char text[320];

    tern_graph_describe(&wait->tasks->graph, wait->timestamp, text, sizeof text);
    tern_log(TERN_LOG_TASK, TERN_LOG_ERROR, "nothing can run any more: %s", text);
    return TERN_ERR_ARG;
}

static tern_status_t wait_for_step(task_wait_t *wait)
{
    tern_tasks_t   *tasks = wait->tasks;
    tern_wait_for_t what  = {.is_done   = can_step,
                             .describe  = describe,
                             .context   = wait,
                             .needs_mpi = tasks->client != NULL &&
                                          tern_fetch_is_held(tasks->client)};
    tern_phase_t    before;

    if (!has_step(tasks) && oldest_request(tasks) == NULL && !is_held(tasks))
        return refuse_to_hang(wait);
    before = tern_phase_enter(tasks->phases, phase_of(tasks));
    tern_waiter_wait(tasks->waiter, &what);
    tern_phase_enter(tasks->phases, before);
    return TERN_OK;
}

static tern_status_t refuse_inside(const tern_tasks_t *tasks, const char *call)
{
    if (tasks != NULL && !tern_graph_is_busy(&tasks->graph) && !tasks->is_attending)
        return TERN_OK;
    tern_log(TERN_LOG_TASK, TERN_LOG_ERROR, "%s: %s", call,
             tasks == NULL ? "no engine"
                           : "a body or a callback must not wait for its own engine");
    return TERN_ERR_ARG;
}

static tern_status_t run_until_over(task_wait_t *wait)
{
    tern_status_t status = TERN_OK;

    while (status == TERN_OK && !is_over(wait))
        if (!take_step(wait->tasks))
            status = wait_for_step(wait);
    return status;
}

/* --- public --- */

tern_status_t tern_tasks_poll(tern_tasks_t *tasks)
{
    tern_status_t status = refuse_inside(tasks, "tern_tasks_poll");

    if (status != TERN_OK)
        return status;
    do
        tern_mailbox_progress(tasks->waiter->mailbox);
    while (take_step(tasks));
    return tasks->graph.num_left == 0 ? TERN_OK : TERN_IN_PROGRESS;
}

tern_status_t tern_tasks_wait(tern_tasks_t *tasks, uint64_t timestamp)
{
    task_wait_t   wait   = {tasks, timestamp};
    tern_status_t status = refuse_inside(tasks, "tern_tasks_wait");

    if (status != TERN_OK || timestamp == 0)
        return status;
    status = run_until_over(&wait);
    return status == TERN_OK ? tern_graph_result(&tasks->graph, timestamp).status
                             : status;
}

tern_status_t tern_tasks_wait_all(tern_tasks_t *tasks)
{
    task_wait_t   wait   = {tasks, 0};
    tern_status_t status = refuse_inside(tasks, "tern_tasks_wait_all");

    if (status == TERN_OK)
        status = run_until_over(&wait);
    return status == TERN_OK ? tern_failures_take(&tasks->graph.failures).status : status;
}

tern_status_t tern_task_submit(tern_tasks_t *tasks, const tern_task_desc_t *desc,
                               uint64_t *timestamp_p)
{
    if (tasks == NULL || desc == NULL) {
        tern_log(TERN_LOG_TASK, TERN_LOG_ERROR, "tern_task_submit: no %s",
                 tasks == NULL ? "engine" : "description");
        return TERN_ERR_ARG;
    }
    return tern_graph_submit(&tasks->graph, NULL, desc, timestamp_p);
}

tern_status_t tern_task_submit_sub(tern_task_t *task, const tern_task_desc_t *desc,
                                   uint64_t *timestamp_p)
{
    if (task == NULL || desc == NULL) {
        tern_log(TERN_LOG_TASK, TERN_LOG_ERROR, "tern_task_submit_sub: no %s",
                 task == NULL ? "task" : "description");
        return TERN_ERR_ARG;
    }
    return tern_graph_submit(task->graph, task, desc, timestamp_p);
}

tern_request_t **tern_task_slot(tern_task_t *task)
{
    return tern_graph_slot(task);
}

uint64_t tern_task_timestamp(const tern_task_t *task)
{
    return task->timestamp;
}

tern_tasks_t *tern_task_engine(const tern_task_t *task)
{
    return (tern_tasks_t *)task->graph;
}

tern_status_t tern_delay_create(tern_tasks_t *tasks, uint32_t max_delay,
                                tern_delay_t **delay_p)
{
    if (tasks == NULL || delay_p == NULL) {
        tern_log(TERN_LOG_TASK, TERN_LOG_ERROR, "tern_delay_create: no %s",
                 tasks == NULL ? "engine" : "place for the sequence");
        return TERN_ERR_ARG;
    }
    return tern_delay_open(&tasks->graph, max_delay, delay_p);
}

bool tern_tasks_is_finished(const tern_tasks_t *tasks, uint64_t timestamp)
{
    return tern_graph_is_finished(&tasks->graph, timestamp);
}

tern_task_result_t tern_tasks_result(const tern_tasks_t *tasks, uint64_t timestamp)
{
    return tern_graph_result(&tasks->graph, timestamp);
}

size_t tern_tasks_num_left(const tern_tasks_t *tasks)
{
    return tasks->graph.num_left;
}

void tern_tasks_destroy(tern_tasks_t **tasks_p)
{
    tern_tasks_t *tasks = *tasks_p;
    task_wait_t   wait  = {tasks, 0};

    if (tasks == NULL || refuse_inside(tasks, "tern_tasks_destroy") != TERN_OK)
        return;
    tern_graph_cancel(&tasks->graph, TERN_ERR_STOPPED);
    (void)run_until_over(&wait);
    tern_graph_fini(&tasks->graph);
    tern_free(TERN_LOG_TASK, tasks);
    *tasks_p = NULL;
}
