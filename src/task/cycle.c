/** \file
 * A new task closes a cycle if a predecessor of it needs the new task's parent, which needs the new task, or needs the
 * new task itself, which has been expected. "Needs" leads to predecessors and to subtasks. A predecessor that descends from the
 * parent cannot need it: the parent needs that one, and there was no cycle before. So siblings are not looked at.
 */
#include "task/cycle.h"

typedef struct search {
    tern_graph_t *graph;
    tern_task_t  *to_visit;
} search_t;

static bool is_below(const tern_task_t *task, const tern_task_t *ancestor)
{
    do
        task = task->parent;
    while (task != NULL && task != ancestor);
    return task != NULL;
}

static void visit_later(search_t *search, tern_task_t *task)
{
    if (task->visit == search->graph->num_visits)
        return;
    task->visit         = search->graph->num_visits;
    task->next_to_visit = search->to_visit;
    search->to_visit    = task;
}

static void visit_needs(search_t *search, const tern_task_t *task)
{
    for (size_t i = 0; i < task->num_after; i++) {
        tern_task_t *before = tern_roll_find(&search->graph->roll, task->after[i]);

        if (before != NULL)
            visit_later(search, before);
    }
    for (tern_task_t *child = task->children; child != NULL; child = child->next_child)
        visit_later(search, child);
}

tern_task_t *tern_cycle_find(tern_graph_t *graph, const tern_task_t *parent,
                             const tern_task_t *expected, size_t num_after,
                             const uint64_t after[])
{
    search_t search = {.graph = graph};

    if (expected == NULL && parent == NULL)
        return NULL;
    graph->num_visits++;
    for (size_t i = 0; i < num_after; i++) {
        tern_task_t *before = tern_roll_find(&graph->roll, after[i]);

        if (before != NULL && (expected != NULL || !is_below(before, parent)))
            visit_later(&search, before);
    }
    while (search.to_visit != NULL) {
        tern_task_t *needed = search.to_visit;

        search.to_visit = needed->next_to_visit;
        if (needed == expected || needed == parent)
            return needed;
        visit_needs(&search, needed);
    }
    return NULL;
}
