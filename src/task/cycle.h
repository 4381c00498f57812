/** \file
 * Whether a new task would wait for itself.
 */
#ifndef TERN_TASK_CYCLE_H
#define TERN_TASK_CYCLE_H

#include "task/graph.h"

/** A task below `parent` (NULL: none) is to follow `after`. `expected` is the task itself if others already wait for it, else
 * NULL. Returns a task through which it would wait for itself; NULL: there is none. */
tern_task_t *tern_cycle_find(tern_graph_t *graph, const tern_task_t *parent,
                             const tern_task_t *expected, size_t num_after,
                             const uint64_t after[]);

#endif
