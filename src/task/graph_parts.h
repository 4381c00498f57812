/** \file
 * What the files of a graph share: graph.c keeps tasks and finishes them, submit.c links them, graph_report.c tells of them.
 */
#ifndef TERN_TASK_GRAPH_PARTS_H
#define TERN_TASK_GRAPH_PARTS_H

#include "task/graph.h"

/** So that adding so many edges cannot fail. */
tern_status_t tern_graph_reserve_edges(tern_graph_t *graph, size_t num);

/** There is a reserve. */
void tern_graph_add_edge(tern_graph_t *graph, tern_task_t *from, tern_task_t *to);
void tern_graph_remove_edge(tern_graph_t *graph, tern_task_t *from, tern_task_t *to);

/** An expected task; NULL when memory is exhausted. */
tern_task_t *tern_graph_create_task(tern_graph_t *graph, uint64_t timestamp);

void tern_graph_adopt(tern_task_t *parent, tern_task_t *child);

/** It shares a failure; the first one counts. A status that is no error is none. */
void tern_graph_inherit(tern_task_t *task, tern_status_t status, uint64_t cause);

/** It has no unfinished predecessor: ready, or at its end if it has no body or one of them failed. */
void tern_graph_set_free(tern_graph_t *graph, tern_task_t *task);

/** Ready, but it shall wait again. */
void tern_graph_set_waiting(tern_graph_t *graph, tern_task_t *task);

#endif
