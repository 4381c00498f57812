/** \file
 * A sequence of iterations in a graph; see tern/delay.h.
 */
#ifndef TERN_TASK_DELAY_H
#define TERN_TASK_DELAY_H

#include "task/graph.h"
#include "tern/delay.h"

tern_status_t tern_delay_open(tern_graph_t *graph, uint32_t max_delay,
                              tern_delay_t **delay_p);

#endif
