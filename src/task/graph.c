#include "task/graph.h"

#include <assert.h>

#include "base/alloc.h"
#include "task/graph_parts.h"

/* --- lists --- */

static void list_init(tern_task_list_t *list)
{
    *list = (tern_task_list_t){.end_p = &list->first};
}

static void append(tern_task_list_t *list, tern_task_t *task)
{
    task->next       = NULL;
    task->previous_p = list->end_p;
    *list->end_p     = task;
    list->end_p      = &task->next;
}

static void take_out(tern_task_list_t *list, tern_task_t *task)
{
    *task->previous_p = task->next;
    if (task->next != NULL)
        task->next->previous_p = task->previous_p;
    else
        list->end_p = task->previous_p;
}

/* --- edges --- */

/* So that links cannot fail. */
tern_status_t tern_graph_reserve_edges(tern_graph_t *graph, size_t num)
{
    while (graph->num_free_edges < num) {
        tern_edge_t *edge = tern_alloc(TERN_LOG_TASK, sizeof *edge);

        if (edge == NULL)
            return TERN_ERR_NO_MEMORY;
        edge->next        = graph->free_edges;
        graph->free_edges = edge;
        graph->num_free_edges++;
    }
    return TERN_OK;
}

void tern_graph_add_edge(tern_graph_t *graph, tern_task_t *from, tern_task_t *to)
{
    tern_edge_t *edge = graph->free_edges;

    graph->free_edges = edge->next;
    graph->num_free_edges--;
    *edge            = (tern_edge_t){.to = to, .next = from->successors};
    from->successors = edge;
    to->num_before++;
}

static void free_edge(tern_graph_t *graph, tern_edge_t **edge_p)
{
    tern_edge_t *edge = *edge_p;

    *edge_p           = edge->next;
    edge->next        = graph->free_edges;
    graph->free_edges = edge;
    graph->num_free_edges++;
}

void tern_graph_remove_edge(tern_graph_t *graph, tern_task_t *from, tern_task_t *to)
{
    tern_edge_t **edge_p = &from->successors;

    while ((*edge_p)->to != to)
        edge_p = &(*edge_p)->next;
    free_edge(graph, edge_p);
    to->num_before--;
}

/* --- life of a task --- */

static tern_status_t reserve_tasks(tern_graph_t *graph, size_t num)
{
    while (graph->num_free_tasks < num) {
        tern_task_t *task = tern_alloc(TERN_LOG_TASK, sizeof *task);

        if (task == NULL)
            return TERN_ERR_NO_MEMORY;
        task->next        = graph->free_tasks;
        graph->free_tasks = task;
        graph->num_free_tasks++;
    }
    return tern_roll_reserve(&graph->roll, num);
}

tern_task_t *tern_graph_create_task(tern_graph_t *graph, uint64_t timestamp)
{
    tern_task_t *task;

    if (reserve_tasks(graph, 1) != TERN_OK)
        return NULL;
    task              = graph->free_tasks;
    graph->free_tasks = task->next;
    graph->num_free_tasks--;
    *task = (tern_task_t){.graph            = graph,
                          .timestamp        = timestamp,
                          .state            = TERN_TASK_EXPECTED,
                          .after            = task->few,
                          .max_after        = TERN_TASK_FEW,
                          .result.timestamp = timestamp};
    tern_roll_add(&graph->roll, task);
    return task;
}

static void free_task(tern_task_t *task)
{
    tern_graph_t *graph = task->graph;

    tern_free(TERN_LOG_TASK, task->requests);
    if (task->after != task->few)
        tern_free(TERN_LOG_TASK, task->after);
    task->next        = graph->free_tasks;
    graph->free_tasks = task;
    graph->num_free_tasks++;
}

tern_status_t tern_graph_reserve(tern_graph_t *graph, size_t num_tasks, size_t num_edges)
{
    tern_status_t status = reserve_tasks(graph, num_tasks);

    return status == TERN_OK ? tern_graph_reserve_edges(graph, num_edges) : status;
}

/* The first failure counts. */
void tern_graph_inherit(tern_task_t *task, tern_status_t status, uint64_t cause)
{
    if (status >= 0 || task->result.status < 0)
        return;
    task->result.status = status;
    task->result.cause  = cause;
}

void tern_graph_adopt(tern_task_t *parent, tern_task_t *child)
{
    child->parent     = parent;
    child->next_child = parent->children;
    if (child->next_child != NULL)
        child->next_child->previous_child_p = &child->next_child;
    child->previous_child_p = &parent->children;
    parent->children        = child;
    parent->num_open++;
}

static void let_go(tern_task_t *child)
{
    *child->previous_child_p = child->next_child;
    if (child->next_child != NULL)
        child->next_child->previous_child_p = child->previous_child_p;
}

static void settle(tern_graph_t *graph, tern_task_t *task);

static tern_task_list_t *ready_list(tern_graph_t *graph, const tern_task_t *task)
{
    return task->parent != NULL ? &graph->ready_subtasks : &graph->ready;
}

void tern_graph_set_free(tern_graph_t *graph, tern_task_t *task)
{
    tern_graph_inherit(task, graph->cancelled, task->timestamp);
    if (task->result.status < 0 || task->run == NULL) {
        settle(graph, task);
        return;
    }
    task->state = TERN_TASK_READY;
    append(ready_list(graph, task), task);
}

void tern_graph_set_waiting(tern_graph_t *graph, tern_task_t *task)
{
    if (task->state == TERN_TASK_READY)
        take_out(ready_list(graph, task), task);
    task->state = TERN_TASK_WAITING;
}

static void release_successors(tern_graph_t *graph, tern_task_t *task)
{
    while (task->successors != NULL) {
        tern_task_t *to = task->successors->to;

        free_edge(graph, &task->successors);
        tern_graph_inherit(to, task->result.status, task->result.cause);
        if (--to->num_before == 0)
            tern_graph_set_free(graph, to);
    }
}

static void close_one(tern_task_t *task, tern_status_t status, uint64_t cause)
{
    assert(task->num_open > 0);
    tern_graph_inherit(task, status, cause);
    if (--task->num_open > 0)
        return;
    take_out(&task->graph->open, task);
    settle(task->graph, task);
}

static void finish(tern_graph_t *graph, tern_task_t *task)
{
    tern_roll_remove(&graph->roll, task);
    graph->num_left--;
    if (task->result.status < 0)
        tern_failures_add(&graph->failures, &task->result);
    release_successors(graph, task);
    if (task->parent != NULL) {
        let_go(task);
        close_one(task->parent, task->result.status, task->result.cause);
    }
    if (task->done != NULL)
        task->done(&task->result, task->context);
    free_task(task);
}

/* Finish a task, and those that end with it; a loop, since chains may be long. */
static void settle(tern_graph_t *graph, tern_task_t *task)
{
    append(&graph->settling, task);
    if (graph->is_settling)
        return;
    graph->is_settling = true;
    while (graph->settling.first != NULL) {
        task = graph->settling.first;
        take_out(&graph->settling, task);
        finish(graph, task);
    }
    graph->is_settling = false;
}

/* --- execution --- */

static size_t num_requests_open(const tern_task_t *task)
{
    size_t n = 0;

    for (size_t i = 0; i < task->num_requests; i++)
        n += task->requests[i] != NULL;
    return n;
}

static bool run_first(tern_graph_t *graph, tern_task_list_t *list)
{
    tern_task_t  *task = list->first;
    tern_status_t status;

    assert(!tern_graph_is_busy(graph));
    if (task == NULL)
        return false;
    take_out(list, task);
    task->state    = TERN_TASK_RUNNING;
    task->num_open = 1;
    graph->running = task;
    status         = task->run(task, task->context);
    graph->running = NULL;
    task->num_open += num_requests_open(task);
    task->state = TERN_TASK_OPEN;
    append(&graph->open, task);
    close_one(task, status, task->timestamp);
    return true;
}

bool tern_graph_run_subtask(tern_graph_t *graph)
{
    return run_first(graph, &graph->ready_subtasks);
}

bool tern_graph_run_next(tern_graph_t *graph)
{
    return tern_graph_run_subtask(graph) || run_first(graph, &graph->ready);
}

void tern_graph_hold(tern_task_t *task)
{
    assert(task->state == TERN_TASK_RUNNING || task->state == TERN_TASK_OPEN);
    task->num_open++;
    task->num_holds++;
}

void tern_graph_release(tern_task_t *task, tern_status_t status)
{
    assert(task->num_holds > 0);
    task->num_holds--;
    close_one(task, status, task->timestamp);
}

void tern_graph_end_request(tern_task_t *task, tern_request_t **request_p,
                            tern_status_t status)
{
    assert(task->state == TERN_TASK_OPEN);
    *request_p = NULL;
    close_one(task, status, task->timestamp);
}

tern_request_t **tern_graph_slot(tern_task_t *task)
{
    tern_request_t **requests = task->requests;
    size_t           max      = task->max_requests > 0 ? 2 * task->max_requests : 4;

    if (task->state != TERN_TASK_RUNNING)
        return NULL;
    if (task->num_requests > 0 && requests[task->num_requests - 1] == NULL)
        return &requests[task->num_requests - 1]; /* that operation completed at once */
    if (task->num_requests == task->max_requests) {
        requests = tern_realloc(TERN_LOG_TASK, requests, max * sizeof(tern_request_t *));
        if (requests == NULL)
            return NULL;
        task->requests     = requests;
        task->max_requests = max;
    }
    requests[task->num_requests] = NULL;
    return &requests[task->num_requests++];
}

/* --- begin and end --- */

/* It will never come. */
static void drop_expected(tern_graph_t *graph, tern_task_t *task)
{
    tern_roll_remove(&graph->roll, task);
    release_successors(graph, task);
    free_task(task);
}

static void end_all(tern_graph_t *graph, tern_task_list_t *list, tern_status_t status)
{
    tern_task_t *task;

    while ((task = list->first) != NULL) {
        take_out(list, task);
        tern_graph_inherit(task, status, task->timestamp);
        settle(graph, task);
    }
}

void tern_graph_init(tern_graph_t *graph)
{
    *graph = (tern_graph_t){.next_timestamp = 1};
    tern_roll_init(&graph->roll);
    tern_failures_init(&graph->failures);
    list_init(&graph->ready);
    list_init(&graph->ready_subtasks);
    list_init(&graph->open);
    list_init(&graph->settling);
}

void tern_graph_cancel(tern_graph_t *graph, tern_status_t status)
{
    tern_task_t *task, *next;

    assert(!tern_graph_is_busy(graph) && status < 0);
    graph->cancelled = status;
    end_all(graph, &graph->ready_subtasks, status);
    end_all(graph, &graph->ready, status);
    for (task = tern_roll_first(&graph->roll); task != NULL; task = next) {
        next = tern_roll_next(&graph->roll, task);
        if (task->state != TERN_TASK_EXPECTED)
            continue;
        tern_graph_inherit(task, status, task->timestamp);
        drop_expected(graph, task);
        next = tern_roll_first(&graph->roll); /* others may have gone with it */
    }
}

void tern_graph_fini(tern_graph_t *graph)
{
    tern_graph_cancel(graph, TERN_ERR_STOPPED);
    assert(graph->num_left == 0);
    while (graph->free_edges != NULL) {
        tern_edge_t *edge = graph->free_edges;

        graph->free_edges = edge->next;
        tern_free(TERN_LOG_TASK, edge);
    }
    while (graph->free_tasks != NULL) {
        tern_task_t *task = graph->free_tasks;

        graph->free_tasks = task->next;
        tern_free(TERN_LOG_TASK, task);
    }
    tern_failures_fini(&graph->failures);
    tern_roll_fini(&graph->roll);
}
