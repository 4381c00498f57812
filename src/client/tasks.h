/** \file
 * The executor of tasks: runs bodies and collects requests while somebody polls or waits. Which task may run is known to
 * its graph.
 */
#ifndef TERN_CLIENT_TASKS_H
#define TERN_CLIENT_TASKS_H

#include "client/client.h"
#include "task/graph.h"
#include "tern/task.h"

/** What else a waiting rank attends to. */
typedef struct tern_sideline {
    bool (*has_news)(void *context); /* cheap; may be asked at any time */
    bool (*attend)(void *context);   /* may run user code; true if it did something */
    tern_wait_describe_fn *describe; /* what it waits for, to be appended */
    void                  *context;
} tern_sideline_t;

struct tern_tasks {
    tern_graph_t    graph; /* first: a task finds its engine by its graph */
    tern_runtime_t *runtime;
    tern_waiter_t  *waiter;
    tern_phases_t  *phases;
    tern_client_t  *client;   /* NULL: this rank is no worker */
    tern_sideline_t sideline; /* its functions NULL: there is nothing else */
    bool            is_attending;
    uint64_t
        num_completed; /* requests of the client, when all of ours among them had been collected */
};

#endif
