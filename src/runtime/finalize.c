/** \file
 * End of a runtime. A worker that is done leaves the clock board and serves until everybody has left;
 * then sends are drained while all still receive; after the last agreement what is still on its way is taken
 * in, and only then is anything freed.
 */
#include "base/alloc.h"
#include "base/signals.h"
#include "comm/collective.h"
#include "comm/start.h"
#include "runtime/runtime.h"
#include "runtime/work.h"

static bool all_have_left(void *context)
{
    const tern_runtime_t *runtime = context;

    for (int g = 0; g < runtime->group->num_worker_groups; g++)
        for (int lane = 0; lane < TERN_NUM_LANES; lane++)
            if (tern_board_global_min(runtime->boards[g], (tern_lane_t)lane) !=
                TERN_CLOCK_LEFT)
                return false;
    return true;
}

static void serve(tern_runtime_t *runtime)
{
    tern_wait_for_t what   = {.is_done = all_have_left, .context = runtime};
    tern_phase_t    before = tern_phase_enter(&runtime->phases, TERN_PHASE_IDLE);

    tern_waiter_wait(&runtime->waiter, &what);
    tern_phase_enter(&runtime->phases, before);
}

tern_status_t tern_serve(tern_runtime_t *runtime)
{
    if (runtime == NULL)
        return TERN_ERR_ARG;
    if (runtime->client == NULL)
        serve(runtime);
    return TERN_OK;
}

/* Until everybody is here. */
static tern_status_t part_company(tern_runtime_t *runtime)
{
    tern_phase_t  before = tern_phase_enter(&runtime->phases, TERN_PHASE_IDLE);
    tern_status_t status;

    status = tern_collective_agree(&runtime->waiter, TERN_OK, "the end");
    tern_phase_enter(&runtime->phases, before);
    return status;
}

void tern_runtime_free(tern_runtime_t *runtime)
{
    bool owns_mpi = runtime->owns_mpi;

    for (uint32_t t = runtime->catalogue.num_tables; t-- > 0;)
        tern_table_destroy(&runtime->catalogue.tables[t]);
    tern_catalogue_fini(&runtime->catalogue);
    tern_work_destroy(&runtime->work);
    tern_scheduler_destroy(&runtime->scheduler);
    tern_follower_destroy(&runtime->follower);
    tern_agent_destroy(&runtime->agent);
    tern_server_destroy(&runtime->server);
    tern_client_destroy(&runtime->client);
    tern_functions_destroy(&runtime->functions);
    tern_update_registry_destroy(&runtime->updates);
    tern_filter_registry_destroy(&runtime->filters);
    if (runtime->has_holders)
        tern_holders_fini(&runtime->holders);
    tern_waiter_fini(&runtime->waiter);
    tern_mailbox_destroy(&runtime->mailbox);
    tern_emulate_fini(&runtime->emulate);
    tern_free(TERN_LOG_RUNTIME, runtime->boards);
    tern_node_destroy(&runtime->node);
    tern_group_destroy(&runtime->group);
    tern_options_destroy(&runtime->own_options);
    tern_signals_restore();
    tern_free(TERN_LOG_RUNTIME, runtime);
    if (owns_mpi)
        tern_mpi_finish();
}

tern_status_t tern_finalize(tern_runtime_t **runtime_p)
{
    tern_runtime_t *runtime = *runtime_p;
    tern_status_t   status;

    if (runtime == NULL)
        return TERN_OK;
    *runtime_p = NULL;
    if (runtime->work != NULL)
        tern_work_close(runtime->work);
    if (runtime->client != NULL) {
        tern_client_complete(runtime->client);
        tern_client_leave(runtime->client);
    }
    serve(runtime);
    status = part_company(runtime);
    if (status == TERN_OK)
        status = tern_summary_print(runtime);
    if (status == TERN_OK)
        status = tern_collective_drain(&runtime->waiter);
    tern_runtime_free(runtime);
    return status;
}
