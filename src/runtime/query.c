/** \file
 * Small questions to a runtime, and the collective calls of tern/sync.h.
 */
#include <limits.h>

#include "tern/group.h"
#include "tern/info.h"
#include "base/log.h"
#include "base/signals.h"
#include "comm/collective.h"
#include "runtime/runtime.h"
#include "tern/sync.h"
#include "tern/table.h"

unsigned tern_roles(const tern_runtime_t *runtime)
{
    return runtime->group->members[runtime->group->rank].roles;
}

bool tern_is_worker(const tern_runtime_t *runtime)
{
    return tern_group_has(runtime->group, TERN_ROLE_WORKER);
}

bool tern_is_server(const tern_runtime_t *runtime)
{
    return tern_group_has(runtime->group, TERN_ROLE_SERVER);
}

int tern_rank(const tern_runtime_t *runtime)
{
    return runtime->group->rank;
}

int tern_size(const tern_runtime_t *runtime)
{
    return runtime->group->size;
}

int tern_worker(const tern_runtime_t *runtime)
{
    return runtime->group->members[runtime->group->rank].worker;
}

int tern_group(const tern_runtime_t *runtime)
{
    return tern_group_own_worker_group(runtime->group);
}

int tern_num_groups(const tern_runtime_t *runtime)
{
    return runtime->group->num_worker_groups;
}

int tern_group_worker(const tern_runtime_t *runtime)
{
    int own = tern_group(runtime);

    return own < 0 ? -1
                   : tern_worker(runtime) - runtime->group->worker_group_begins[own];
}

int tern_group_num_workers(const tern_runtime_t *runtime, int number)
{
    return number >= 0 && number < runtime->group->num_worker_groups
               ? tern_group_num_workers_of(runtime->group, number)
               : 0;
}

int tern_num_workers(const tern_runtime_t *runtime)
{
    return runtime->group->num_workers;
}

int tern_num_servers(const tern_runtime_t *runtime)
{
    return runtime->group->num_servers;
}

int tern_num_nodes(const tern_runtime_t *runtime)
{
    return runtime->group->num_nodes;
}

void tern_get_counters(const tern_runtime_t *runtime, tern_counters_t *counters)
{
    *counters = runtime->counters;
}

double tern_seconds(const tern_runtime_t *runtime)
{
    return (double)(tern_timer_ns() - runtime->started_ns) * 1e-9;
}

void tern_progress(tern_runtime_t *runtime)
{
    tern_mailbox_progress(runtime->mailbox);
    tern_waiter_check_signals(&runtime->waiter);
}

void tern_stop(tern_runtime_t *runtime)
{
    tern_node_request_stop(runtime->node, -1);
}

bool tern_should_stop(const tern_runtime_t *runtime)
{
    if (tern_signals_stop() != 0)
        tern_node_request_stop(runtime->node, tern_signals_stop());
    return tern_node_stop_signal(runtime->node) != 0;
}

int tern_stop_signal(const tern_runtime_t *runtime)
{
    int number = tern_node_stop_signal(runtime->node);

    return number > 0 ? number : 0;
}

static tern_status_t refuse_non_worker(const char *call)
{
    tern_log(TERN_LOG_RUNTIME, TERN_LOG_ERROR, "%s: only workers have a clock", call);
    return TERN_ERR_ARG;
}

tern_status_t tern_clock(tern_runtime_t *runtime)
{
    if (runtime == NULL || runtime->client == NULL)
        return refuse_non_worker("tern_clock");
    return tern_client_clock(runtime->client);
}

uint64_t tern_clock_now(const tern_runtime_t *runtime)
{
    return runtime->client == NULL ? 0 : runtime->client->clock;
}

tern_status_t tern_barrier(tern_runtime_t *runtime)
{
    if (runtime == NULL || runtime->client == NULL)
        return refuse_non_worker("tern_barrier");
    return tern_client_barrier(runtime->client);
}

tern_status_t tern_sum(tern_runtime_t *runtime, size_t num_values, double values[])
{
    tern_phase_t  before;
    tern_status_t status;

    if (runtime == NULL || runtime->client == NULL || (num_values > 0 && values == NULL))
        return refuse_non_worker("tern_sum");
    before = tern_phase_enter(&runtime->phases, TERN_PHASE_WAIT);
    status = tern_collective_sum(&runtime->waiter, num_values, values,
                                 "a sum over the workers");
    tern_phase_enter(&runtime->phases, before);
    return status;
}

tern_status_t tern_agree(tern_runtime_t *runtime, tern_status_t status)
{
    tern_phase_t before = tern_phase_enter(&runtime->phases, TERN_PHASE_WAIT);

    status = tern_collective_agree(&runtime->waiter, status, "an agreement");
    tern_phase_enter(&runtime->phases, before);
    return status;
}

tern_status_t tern_max(tern_runtime_t *runtime, size_t num_values, double values[])
{
    tern_phase_t  before;
    tern_status_t status;

    if (runtime == NULL || num_values > INT_MAX || (num_values > 0 && values == NULL)) {
        tern_log(TERN_LOG_RUNTIME, TERN_LOG_ERROR, "tern_max: no runtime or no values");
        return TERN_ERR_ARG;
    }
    before = tern_phase_enter(&runtime->phases, TERN_PHASE_WAIT);
    status = tern_collective_max(&runtime->waiter, num_values, values,
                                 "a maximum over the ranks");
    tern_phase_enter(&runtime->phases, before);
    return status;
}

tern_status_t tern_update_register(tern_runtime_t *runtime, const tern_update_t *update)
{
    if (runtime == NULL || update == NULL)
        return TERN_ERR_ARG;
    return tern_update_registry_add(runtime->updates, update);
}

tern_status_t tern_filter_register(tern_runtime_t *runtime, const tern_filter_t *filter)
{
    if (runtime == NULL || filter == NULL)
        return TERN_ERR_ARG;
    return tern_filter_registry_add(runtime->filters, filter);
}

tern_status_t tern_function_register(tern_runtime_t        *runtime,
                                     const tern_function_t *function)
{
    if (runtime == NULL || function == NULL)
        return TERN_ERR_ARG;
    return tern_functions_add(runtime->functions, function);
}

void tern_info_probe(const tern_runtime_t *runtime, tern_info_visit_fn *visit,
                     void *context)
{
    tern_probe_visit(&runtime->probe, runtime->group->num_nodes, visit, context);
}
