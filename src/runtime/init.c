/** \file
 * Start of a runtime, from the bottom up: MPI, group, roles, shared node block, mailbox, waiter, then
 * client, server, agent and scheduler as the rank's roles ask.
 */
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/signals.h"
#include "client/fetch.h"
#include "comm/collective.h"
#include "comm/start.h"
#include "runtime/roles.h"
#include "runtime/runtime.h"
#include "runtime/topology.h"
#include "runtime/work.h"
#include "runtime/worker_groups.h"
#include "server/scan.h"

static tern_status_t take_options(tern_runtime_t *runtime, tern_options_t *options)
{
    static char   program[]   = "tern";
    char         *arguments[] = {program, NULL};
    tern_status_t status;

    if (options == NULL) {
        status =
            tern_options_create(program, "a program on libtern", &runtime->own_options);
        if (status != TERN_OK)
            return status;
        status  = tern_options_parse(runtime->own_options, 1, arguments);
        options = runtime->own_options;
        if (status != TERN_OK)
            return status;
    }
    runtime->options = options;
    return TERN_OK;
}

/* Roles are known; `scratch` [size]. */
static tern_status_t form_worker_groups(tern_runtime_t *runtime, const uint32_t roles[],
                                        int scratch[])
{
    int           num_workers = 0, num_groups;
    tern_status_t status;

    for (int r = 0; r < runtime->group->size; r++)
        num_workers += (roles[r] & TERN_ROLE_WORKER) != 0;
    status = tern_worker_groups_parse(tern_option_string(runtime->options, "groups"),
                                      num_workers, scratch, &num_groups);
    if (status != TERN_OK)
        return status;
    runtime->catalogue.num_worker_groups = num_groups;
    return tern_group_set_roles(runtime->group, roles, num_groups, scratch);
}

static tern_status_t assign_roles(tern_runtime_t *runtime)
{
    tern_group_t        *group   = runtime->group;
    size_t               size    = (size_t)group->size;
    int                 *nodes   = tern_alloc(TERN_LOG_RUNTIME, 2 * size * sizeof *nodes);
    uint32_t            *roles   = tern_alloc(TERN_LOG_RUNTIME, size * sizeof *roles);
    tern_roles_request_t request = {
        .servers_per_node = (int)tern_option_int(runtime->options, "servers-per-node"),
        .spares_per_node  = (int)tern_option_int(runtime->options, "spares"),
        .explicit_roles   = tern_option_string(runtime->options, "roles"),
    };
    tern_status_t status = TERN_ERR_NO_MEMORY;

    if (request.servers_per_node == 0)
        request.servers_per_node = group->members[0].num_domains;
    if (nodes != NULL && roles != NULL) {
        for (size_t r = 0; r < size; r++)
            nodes[r] = group->members[r].node;
        status = tern_roles_assign(&request, group->size, nodes, nodes + size, roles);
        if (status == TERN_OK)
            status = form_worker_groups(runtime, roles, nodes + size);
    }
    tern_free(TERN_LOG_RUNTIME, roles);
    tern_free(TERN_LOG_RUNTIME, nodes);
    return status;
}

static tern_status_t form_group(tern_runtime_t *runtime, MPI_Comm comm)
{
    tern_place_t  place = {.num_cores = 1};
    tern_status_t status;

    tern_topology_place(place.cores, sizeof place.cores, &place.num_cores,
                        &place.num_domains);
    status = tern_group_create(comm, (int)tern_option_int(runtime->options, "node-ranks"),
                               &place, &runtime->group);
    if (status != TERN_OK)
        return status;
    tern_log_set_rank(runtime->group->rank);
    tern_log_set_is_speaker(runtime->group->rank == 0);
    return assign_roles(runtime);
}

/* What rows may use: what the file system behind shared memory has free; on a node of one rank, whose
 * rows are private pages, what the machine has. */
static uint64_t shared_limit(const tern_runtime_t *runtime)
{
    uint64_t       asked = (uint64_t)tern_option_int(runtime->options, "shared-limit");
    struct statvfs shm;

    if (asked > 0)
        return asked;
    if (runtime->group->node_size > 1 && statvfs("/dev/shm", &shm) == 0)
        return (uint64_t)shm.f_bavail * shm.f_frsize;
    return (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
}

enum { ANY_GROUP = -1 };

/* Workers of this node in a worker group, and where the caller is or would be among them. */
static uint32_t node_workers(const tern_group_t *group, int worker_group,
                             uint32_t *own_slot)
{
    uint32_t n = 0;

    for (int i = 0; i < group->node_size; i++) {
        const tern_member_t *member = &group->members[group->node_members[i]];

        if (group->node_members[i] == group->rank)
            *own_slot = n;
        n += member->worker >= 0 &&
             (worker_group == ANY_GROUP || member->worker_group == worker_group);
    }
    return n;
}

static size_t in_lines(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

/* One board after the other; returns where they end. */
static char *place_boards(tern_runtime_t *runtime, char *memory)
{
    const tern_group_t *group = runtime->group;
    uint32_t            slot;

    for (int g = 0; g < group->num_worker_groups; g++) {
        uint32_t num_workers = node_workers(group, g, &slot);

        runtime->boards[g] = (tern_board_t *)memory;
        memory += in_lines(tern_board_bytes(num_workers));
        if (group->node_rank == 0)
            tern_board_init(runtime->boards[g], num_workers,
                            (int)num_workers == tern_group_num_workers_of(group, g));
    }
    return memory;
}

static size_t boards_bytes(const tern_group_t *group)
{
    size_t   bytes = 0;
    uint32_t slot;

    for (int g = 0; g < group->num_worker_groups; g++)
        bytes += in_lines(tern_board_bytes(node_workers(group, g, &slot)));
    return bytes;
}

/* The block that the node shares: ledger, clock boards, lending. */
static tern_status_t share_node(tern_runtime_t *runtime)
{
    tern_group_t *group        = runtime->group;
    uint32_t      slot         = 0;
    uint32_t      num_workers  = node_workers(group, ANY_GROUP, &slot);
    size_t        ledger_bytes = in_lines(sizeof(tern_ledger_t));
    tern_status_t status       = tern_node_create(
              group,
              ledger_bytes + boards_bytes(group) + tern_lending_bytes(num_workers),
              &runtime->node);

    if (status != TERN_OK)
        return status;
    runtime->boards = tern_alloc(TERN_LOG_RUNTIME, (size_t)group->num_worker_groups *
                                                       sizeof(tern_board_t *));
    if (runtime->boards == NULL)
        return TERN_ERR_NO_MEMORY;
    runtime->ledger  = runtime->node->extra;
    runtime->lending = (tern_lending_t *)place_boards(
        runtime, (char *)runtime->node->extra + ledger_bytes);
    if (group->node_rank == 0) {
        tern_ledger_init(runtime->ledger, shared_limit(runtime));
        tern_lending_init(runtime->lending, num_workers);
    }
    return TERN_OK;
}

static tern_status_t watch_neighbours(tern_runtime_t *runtime)
{
    tern_group_t *group = runtime->group;
    size_t        n     = (size_t)group->node_size;
    pid_t        *pids  = tern_alloc(TERN_LOG_RUNTIME, n * sizeof *pids);
    tern_status_t status;

    if (pids == NULL)
        return TERN_ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        pids[i] = group->members[group->node_members[i]].pid;
    status               = tern_holders_init(&runtime->holders, (uint32_t)n, pids,
                                             (uint32_t)group->node_rank + 1);
    runtime->has_holders = status == TERN_OK;
    tern_free(TERN_LOG_RUNTIME, pids);
    return status;
}

static tern_wait_mode_t wait_mode(const char *text)
{
    if (strcmp(text, "spin") == 0)
        return TERN_WAIT_SPIN;
    if (strcmp(text, "yield") == 0)
        return TERN_WAIT_YIELD;
    return strcmp(text, "sleep") == 0 ? TERN_WAIT_SLEEP : TERN_WAIT_AUTO;
}

/* More ranks than cores on this host, whatever nodes it is split into. */
static bool is_crowded(const tern_group_t *group)
{
    const tern_member_t *self    = &group->members[group->rank];
    int                  on_host = 0;

    for (int r = 0; r < group->size; r++)
        on_host += strcmp(group->members[r].host, self->host) == 0;
    return on_host > self->num_cores;
}

static void dump(void *context)
{
    const tern_runtime_t *runtime = context;

    tern_log(TERN_LOG_RUNTIME, TERN_LOG_WARN, "%zu messages pending in MPI",
             tern_mailbox_num_pending(runtime->mailbox));
    if (runtime->client != NULL)
        tern_client_dump(runtime->client);
}

static tern_status_t open_mailbox(tern_runtime_t *runtime)
{
    const tern_options_t *options = runtime->options;
    tern_fault_t          fault;
    tern_status_t         status;

    status = tern_fault_parse(&fault, tern_option_string(options, "fault"),
                              runtime->group->rank);
    if (status == TERN_OK)
        status =
            tern_emulate_parse(&runtime->emulate, tern_option_string(options, "emulate"));
    if (status == TERN_OK)
        status = tern_emulate_init(&runtime->emulate, runtime->group,
                                   &runtime->node->block->uplink_free_ns);
    if (status == TERN_OK)
        status =
            tern_mailbox_create(runtime->group, runtime->node, &fault, &runtime->emulate,
                                &runtime->counters, &runtime->mailbox);
    if (status != TERN_OK)
        return status;
    runtime->waiter = (tern_waiter_t){
        .mailbox      = runtime->mailbox,
        .mode         = wait_mode(tern_option_string(options, "wait")),
        .is_crowded   = is_crowded(runtime->group),
        .stall_ns     = (uint64_t)(tern_option_real(options, "stall-seconds") * 1e9),
        .dump         = dump,
        .dump_context = runtime,
    };
    tern_waiter_init(&runtime->waiter);
    return TERN_OK;
}

static size_t chunk_bytes(const tern_runtime_t *runtime)
{
    return (size_t)tern_option_int(runtime->options, "chunk-kb") << 10;
}

/* 0: never */
static uint64_t resend_ns(const tern_runtime_t *runtime)
{
    return (uint64_t)tern_option_int(runtime->options, "resend-ms") * 1000000u;
}

static tern_status_t create_client(tern_runtime_t *runtime)
{
    tern_client_site_t site = {
        .group     = runtime->group,
        .waiter    = &runtime->waiter,
        .counters  = &runtime->counters,
        .phases    = &runtime->phases,
        .catalogue = &runtime->catalogue,
        .epoch     = runtime->epoch,
        .resend_ns = resend_ns(runtime),
    };

    site.chunk_bytes = chunk_bytes(runtime);
    site.lending     = runtime->lending;
    site.uses_memory = tern_option_flag(runtime->options, "shared-memory");
    site.caches_locations =
        strcmp(tern_option_string(runtime->options, "locations"), "cache") == 0;
    site.board = runtime->boards[tern_group_own_worker_group(runtime->group)];
    node_workers(runtime->group, ANY_GROUP, &site.slot);
    node_workers(runtime->group, tern_group_own_worker_group(runtime->group),
                 &site.board_slot);
    return tern_client_create(&site, &runtime->client);
}

static tern_adapt_t adapt_of(const char *text)
{
    if (strcmp(text, "relocate") == 0)
        return TERN_ADAPT_RELOCATE;
    return strcmp(text, "replicate") == 0 ? TERN_ADAPT_REPLICATE : TERN_ADAPT_BOTH;
}

static tern_status_t create_server(tern_runtime_t *runtime)
{
    tern_server_site_t site = {
        .mailbox     = runtime->mailbox,
        .lending     = runtime->lending,
        .phases      = &runtime->phases,
        .catalogue   = &runtime->catalogue,
        .boards      = runtime->boards,
        .functions   = runtime->functions,
        .adapt       = adapt_of(tern_option_string(runtime->options, "adapt")),
        .epoch       = runtime->epoch,
        .chunk_bytes = chunk_bytes(runtime),
    };

    return tern_server_create(&site, &runtime->server);
}

/* Each role brings its part. */
static tern_status_t take_up_roles(tern_runtime_t *runtime)
{
    tern_group_t *group  = runtime->group;
    tern_status_t status = TERN_OK;

    if (tern_group_has(group, TERN_ROLE_WORKER))
        status = create_client(runtime);
    if (status == TERN_OK && tern_group_has(group, TERN_ROLE_SERVER))
        status = create_server(runtime);
    if (status == TERN_OK &&
        tern_group_has(group, TERN_ROLE_SCHEDULER | TERN_ROLE_WORKER))
        status = tern_work_create(runtime->mailbox, resend_ns(runtime), &runtime->work);
    if (group->num_nodes == 1)
        return status;
    if (status == TERN_OK && tern_group_has(group, TERN_ROLE_SCHEDULER))
        status = tern_scheduler_create(runtime->mailbox, &runtime->scheduler);
    if (status == TERN_OK && tern_group_is_agent(group))
        status = tern_agent_create(runtime->mailbox, runtime->boards, &runtime->catalogue,
                                   &runtime->agent);
    if (status == TERN_OK && tern_group_is_agent(group))
        status = tern_follower_create(runtime->mailbox, &runtime->catalogue,
                                      &runtime->follower);
    return status;
}

/* What one-sided pulls need at both ends. */
static tern_status_t use_windows(tern_runtime_t *runtime)
{
    tern_status_t status = TERN_OK;

    runtime->waiter.uses_windows = true;
    if (runtime->client != NULL)
        status = tern_fetcher_create(runtime->client, &runtime->client->fetcher);
    if (status == TERN_OK && runtime->server != NULL)
        status = tern_sealer_create(runtime->mailbox, &runtime->catalogue,
                                    &runtime->server->sealer);
    return status;
}

/* After every rank has its roles: from the first wait on, messages of others may come. */
static tern_status_t choose_rung(tern_runtime_t *runtime)
{
    tern_status_t status = tern_probe_run(
        &runtime->waiter, tern_option_string(runtime->options, "pull"), &runtime->probe);

    if (status != TERN_OK || !runtime->probe.uses_windows)
        return status;
    return tern_collective_agree(&runtime->waiter, use_windows(runtime),
                                 "the start of one-sided pulls");
}

static tern_status_t build(tern_runtime_t *runtime, MPI_Comm comm)
{
    tern_status_t status = form_group(runtime, comm);

    if (status == TERN_OK)
        status = share_node(runtime);
    if (status == TERN_OK)
        status = open_mailbox(runtime);
    if (status != TERN_OK)
        return status;
    status = watch_neighbours(runtime);
    if (status == TERN_OK)
        status = tern_update_registry_create(&runtime->updates);
    if (status == TERN_OK)
        status = tern_filter_registry_create(&runtime->filters);
    if (status == TERN_OK)
        status = tern_functions_create(&runtime->functions);
    if (status == TERN_OK)
        status = tern_scan_register(runtime->functions, runtime->lending);
    if (status == TERN_OK)
        status = take_up_roles(runtime);
    status = tern_collective_agree(&runtime->waiter, status, "the start");
    return status == TERN_OK ? choose_rung(runtime) : status;
}

tern_status_t tern_init(MPI_Comm comm, tern_options_t *options,
                        tern_runtime_t **runtime_p)
{
    tern_runtime_t *runtime;
    tern_status_t   status;

    if (runtime_p == NULL)
        return TERN_ERR_ARG;
    runtime = tern_alloc_zeroed(TERN_LOG_RUNTIME, sizeof *runtime);
    if (runtime == NULL)
        return TERN_ERR_NO_MEMORY;
    runtime->started_ns = tern_timer_ns();
    runtime->epoch      = 1;
    tern_phases_init(&runtime->phases, TERN_PHASE_COMPUTE);
    tern_catalogue_init(&runtime->catalogue);
    tern_signals_install();
    status = take_options(runtime, options);
    if (status == TERN_OK)
        status = tern_mpi_start(&runtime->owns_mpi);
    if (status == TERN_OK)
        status = build(runtime, comm);
    if (status != TERN_OK) {
        tern_runtime_free(runtime);
        return status;
    }
    tern_startup_print(runtime);
    tern_phases_init(&runtime->phases,
                     runtime->client != NULL ? TERN_PHASE_COMPUTE : TERN_PHASE_IDLE);
    *runtime_p = runtime;
    return TERN_OK;
}
