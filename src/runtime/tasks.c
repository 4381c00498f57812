/** \file
 * An engine for tasks takes from the runtime what it waits with.
 */
#include "client/tasks.h"

#include "base/alloc.h"
#include "runtime/runtime.h"
#include "runtime/work.h"

tern_status_t tern_tasks_create(tern_runtime_t *runtime, tern_tasks_t **tasks_p)
{
    tern_tasks_t *tasks;

    if (runtime == NULL || tasks_p == NULL) {
        tern_log(TERN_LOG_TASK, TERN_LOG_ERROR, "tern_tasks_create: no %s",
                 runtime == NULL ? "runtime" : "place for the engine");
        return TERN_ERR_ARG;
    }
    tasks = tern_alloc_zeroed(TERN_LOG_TASK, sizeof *tasks);
    if (tasks == NULL)
        return TERN_ERR_NO_MEMORY;
    tern_graph_init(&tasks->graph);
    tasks->runtime  = runtime;
    tasks->waiter   = &runtime->waiter;
    tasks->phases   = &runtime->phases;
    tasks->client   = runtime->client;
    tasks->sideline = tern_work_sideline(runtime->work);
    *tasks_p        = tasks;
    return TERN_OK;
}
