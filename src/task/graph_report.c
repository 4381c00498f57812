/** \file
 * What is known of a task: whether it is finished, how it ended, what it waits for.
 */
#include <stdio.h>

#include "task/graph_parts.h"

static const tern_task_t *find(const tern_graph_t *graph, uint64_t timestamp)
{
    return tern_roll_find(&graph->roll, timestamp);
}

bool tern_graph_is_finished(const tern_graph_t *graph, uint64_t timestamp)
{
    return timestamp < graph->next_timestamp && find(graph, timestamp) == NULL;
}

tern_task_result_t tern_graph_result(const tern_graph_t *graph, uint64_t timestamp)
{
    const tern_task_result_t *failure = tern_failures_find(&graph->failures, timestamp);

    if (!tern_graph_is_finished(graph, timestamp))
        return (tern_task_result_t){.timestamp = timestamp, .status = TERN_IN_PROGRESS};
    return failure != NULL
               ? *failure
               : (tern_task_result_t){.timestamp = timestamp, .status = TERN_OK};
}

/* The next in the chain of those that wait for each other; NULL: `task` waits for no task. */
static const tern_task_t *needed_by(const tern_graph_t *graph, const tern_task_t *task)
{
    if (task->state == TERN_TASK_OPEN)
        return task->children;
    for (size_t i = 0; task->state == TERN_TASK_WAITING && i < task->num_after; i++)
        if (find(graph, task->after[i]) != NULL)
            return find(graph, task->after[i]);
    return NULL;
}

/* One that has begun, if there is one: that is what the time goes into. */
static const tern_task_t *any_task(const tern_graph_t *graph)
{
    const tern_task_t *task = graph->open.first;

    if (task == NULL)
        task = tern_roll_first(&graph->roll);
    while (task != NULL && task->state == TERN_TASK_EXPECTED)
        task = tern_roll_next(&graph->roll, task);
    return task;
}

const tern_task_t *tern_graph_blocker(const tern_graph_t *graph, uint64_t timestamp)
{
    const tern_task_t *task = timestamp == 0 ? any_task(graph) : find(graph, timestamp);
    const tern_task_t *needed;

    while (task != NULL && (needed = needed_by(graph, task)) != NULL)
        task = needed;
    return task;
}

static void describe_state(const tern_task_t *task, char *text, size_t text_bytes)
{
    size_t num_requests = 0;

    for (size_t i = 0; i < task->num_requests; i++)
        num_requests += task->requests[i] != NULL;
    switch (task->state) {
    case TERN_TASK_EXPECTED:
        snprintf(text, text_bytes, "which has not been submitted");
        break;
    case TERN_TASK_OPEN:
        snprintf(text, text_bytes, "which has %zu requests and %zu orders under way",
                 num_requests, task->num_holds);
        break;
    default:
        snprintf(text, text_bytes, "which is %s",
                 task->state == TERN_TASK_RUNNING ? "running" : "free to run");
    }
}

void tern_graph_describe(const tern_graph_t *graph, uint64_t timestamp, char *text,
                         size_t text_bytes)
{
    const tern_task_t *task = timestamp == 0 ? any_task(graph) : find(graph, timestamp);
    const tern_task_t *blocker = tern_graph_blocker(graph, timestamp);
    char               state[96], by_way[128] = "";

    if (task == NULL) {
        snprintf(text, text_bytes, "a task that has finished");
        return;
    }
    describe_state(blocker, state, sizeof state);
    if (task != blocker)
        snprintf(by_way, sizeof by_way, "by way of others for task %llu '%s', ",
                 (unsigned long long)blocker->timestamp,
                 blocker->name != NULL ? blocker->name : "?");
    snprintf(text, text_bytes, "task %llu '%s', %s%s%s",
             (unsigned long long)task->timestamp, task->name != NULL ? task->name : "?",
             task != blocker ? "which waits " : "", by_way, state);
}
