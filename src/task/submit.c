/** \file
 * Submitting a task, and changing whom it follows. All memory is taken before anything is linked, so that a failure
 * changes nothing.
 */
#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "task/cycle.h"
#include "task/graph_parts.h"

static tern_status_t reserve_after(tern_task_t *task, size_t num)
{
    bool      has_few = task->after == task->few;
    uint64_t *after   = has_few ? NULL : task->after;

    if (num <= task->max_after)
        return TERN_OK;
    after = tern_realloc(TERN_LOG_TASK, after, num * sizeof *after);
    if (after == NULL)
        return TERN_ERR_NO_MEMORY;
    if (has_few)
        memcpy(after, task->few, task->num_after * sizeof *after);
    task->after     = after;
    task->max_after = num;
    return TERN_OK;
}

/* The caller has reserved an edge and a place in `after`. */
static void link_after(tern_graph_t *graph, tern_task_t *task, uint64_t timestamp)
{
    tern_task_t              *before  = tern_roll_find(&graph->roll, timestamp);
    const tern_task_result_t *failure = tern_failures_find(&graph->failures, timestamp);

    if (before != NULL) {
        tern_graph_add_edge(graph, before, task);
        task->after[task->num_after++] = timestamp;
    } else if (failure != NULL) {
        tern_graph_inherit(task, failure->status, failure->cause);
    }
}

/* Tasks that others follow before they come. */
static tern_status_t expect(tern_graph_t *graph, const tern_task_desc_t *desc)
{
    for (size_t i = 0; i < desc->num_after; i++)
        if (desc->after[i] > graph->next_timestamp &&
            tern_roll_find(&graph->roll, desc->after[i]) == NULL &&
            tern_graph_create_task(graph, desc->after[i]) == NULL)
            return TERN_ERR_NO_MEMORY;
    return TERN_OK;
}

static const char *name_of(const char *name)
{
    return name != NULL ? name : "unnamed";
}

static tern_status_t refuse_cycle(const char *name, uint64_t timestamp,
                                  const char *through, uint64_t through_timestamp)
{
    tern_log(TERN_LOG_TASK, TERN_LOG_ERROR,
             "task %llu '%s' would wait for itself, by way of task %llu '%s'",
             (unsigned long long)timestamp, name_of(name),
             (unsigned long long)through_timestamp, name_of(through));
    return TERN_ERR_ARG;
}

static tern_status_t check(tern_graph_t *graph, tern_task_t *parent,
                           const tern_task_desc_t *desc)
{
    uint64_t           own = graph->next_timestamp;
    const tern_task_t *through;

    if (desc->num_after > 0 && desc->after == NULL) {
        tern_log(TERN_LOG_TASK, TERN_LOG_ERROR, "task '%s': after is NULL, num_after %zu",
                 name_of(desc->name), desc->num_after);
        return TERN_ERR_ARG;
    }
    if (parent != NULL && parent->state != TERN_TASK_RUNNING) {
        tern_log(TERN_LOG_TASK, TERN_LOG_ERROR,
                 "task %llu '%s' has returned from its body: it takes no subtask '%s'",
                 (unsigned long long)parent->timestamp, name_of(parent->name),
                 name_of(desc->name));
        return TERN_ERR_ARG;
    }
    for (size_t i = 0; i < desc->num_after; i++)
        if (desc->after[i] == own)
            return refuse_cycle(desc->name, own, desc->name, own);
    through = tern_cycle_find(graph, parent, tern_roll_find(&graph->roll, own),
                              desc->num_after, desc->after);
    return through == NULL
               ? TERN_OK
               : refuse_cycle(desc->name, own, through->name, through->timestamp);
}

/* A task with all the memory that it takes to link it. */
static tern_status_t prepare(tern_graph_t *graph, const tern_task_desc_t *desc,
                             tern_task_t **task_p)
{
    tern_task_t  *task   = tern_roll_find(&graph->roll, graph->next_timestamp);
    tern_status_t status = expect(graph, desc);

    if (status == TERN_OK)
        status = tern_graph_reserve_edges(graph, desc->num_after);
    if (status != TERN_OK)
        return status;
    if (task == NULL &&
        (task = tern_graph_create_task(graph, graph->next_timestamp)) == NULL)
        return TERN_ERR_NO_MEMORY;
    *task_p = task; /* if what follows fails it stays expected */
    return reserve_after(task, desc->num_after);
}

tern_status_t tern_graph_submit(tern_graph_t *graph, tern_task_t *parent,
                                const tern_task_desc_t *desc, uint64_t *timestamp_p)
{
    tern_task_t  *task   = NULL;
    tern_status_t status = check(graph, parent, desc);

    if (status == TERN_OK)
        status = prepare(graph, desc, &task);
    if (status != TERN_OK)
        return status;
    task->name    = name_of(desc->name);
    task->run     = desc->run;
    task->done    = desc->done;
    task->context = desc->context;
    task->state   = TERN_TASK_WAITING;
    if (timestamp_p != NULL)
        *timestamp_p = task->timestamp;
    graph->next_timestamp++;
    graph->num_left++;
    if (parent != NULL)
        tern_graph_adopt(parent, task);
    for (size_t i = 0; i < desc->num_after; i++)
        link_after(graph, task, desc->after[i]);
    if (task->num_before == 0)
        tern_graph_set_free(graph, task);
    return TERN_OK;
}

bool tern_graph_has_begun(const tern_graph_t *graph, uint64_t timestamp)
{
    const tern_task_t *task = tern_roll_find(&graph->roll, timestamp);

    return task == NULL ? timestamp < graph->next_timestamp
                        : task->state > TERN_TASK_READY;
}

static void unlink_before(tern_graph_t *graph, tern_task_t *task, uint64_t timestamp)
{
    tern_task_t *before = tern_roll_find(&graph->roll, timestamp);
    size_t       i      = 0;

    while (i < task->num_after && task->after[i] != timestamp)
        i++;
    if (i == task->num_after)
        return;
    task->after[i] = task->after[--task->num_after];
    if (before != NULL)
        tern_graph_remove_edge(graph, before, task);
}

tern_status_t tern_graph_relink(tern_graph_t *graph, uint64_t timestamp, uint64_t before,
                                uint64_t after)
{
    tern_task_t  *task = tern_roll_find(&graph->roll, timestamp);
    tern_task_t  *through;
    tern_status_t status;

    assert(task != NULL && !tern_graph_has_begun(graph, timestamp));
    assert(after < timestamp);
    through = tern_cycle_find(graph, task->parent, task, 1, &after);
    if (through != NULL)
        return refuse_cycle(task->name, timestamp, through->name, after);
    status = tern_graph_reserve_edges(graph, 1);
    if (status == TERN_OK)
        status = reserve_after(task, task->num_after + 1);
    if (status != TERN_OK)
        return status;
    unlink_before(graph, task, before);
    link_after(graph, task, after);
    if (task->state == TERN_TASK_READY && task->num_before == 0 &&
        task->result.status >= 0)
        return TERN_OK; /* and keeps its place among those that are ready */
    tern_graph_set_waiting(graph, task);
    if (task->num_before == 0)
        tern_graph_set_free(graph, task);
    return TERN_OK;
}
