/** \file
 * Runtime: owns everything that a rank needs, from options to tables.
 */
#ifndef TERN_RUNTIME_RUNTIME_H
#define TERN_RUNTIME_RUNTIME_H

#include "base/log.h"
#include "base/phase.h"
#include "client/client.h"
#include "comm/wait.h"
#include "runtime/probe.h"
#include "server/agent.h"
#include "server/follower.h"
#include "server/functions.h"
#include "server/interest.h"
#include "server/scheduler.h"
#include "server/server.h"
#include "store/holder.h"
#include "table/create.h"
#include "tern/options.h"
#include "tern/runtime.h"
#include "update/registry.h"

struct tern_runtime {
    tern_options_t         *options;     /* the caller's, or own_options */
    tern_options_t         *own_options; /* made when the caller had none */
    bool                    owns_mpi;    /* we started MPI and end it */
    uint64_t                started_ns;
    tern_group_t           *group;
    tern_node_t            *node;
    tern_emulate_t          emulate;
    tern_mailbox_t         *mailbox;
    tern_waiter_t           waiter;
    tern_counters_t         counters;
    tern_phases_t           phases;
    tern_ledger_t          *ledger;  /* of the node */
    tern_lending_t         *lending; /* of the node */
    tern_board_t          **boards;  /* of the node, by worker group */
    tern_holders_t          holders;
    bool                    has_holders;
    tern_update_registry_t *updates;
    tern_filter_registry_t *filters;
    tern_functions_t       *functions;
    tern_catalogue_t        catalogue;
    tern_client_t          *client;    /* workers */
    tern_server_t          *server;    /* servers */
    tern_agent_t           *agent;     /* one rank of each node, in jobs of several */
    tern_follower_t        *follower; /* with the agent */
    tern_scheduler_t       *scheduler; /* one rank, in jobs of several nodes */
    struct tern_work       *work; /* schedulers and workers */
    tern_probe_t            probe;
    uint64_t                epoch;
};

/** The table of ranks that opens a run: role, host, node, cores, rung; warns of shared cores. On rank 0. */
void tern_startup_print(const tern_runtime_t *runtime);

/** The table that ends a run; collective over all ranks, printed on rank 0. */
tern_status_t tern_summary_print(tern_runtime_t *runtime);

/** Free everything that there is; collective over the node where tables exist. */
void tern_runtime_free(tern_runtime_t *runtime);

#endif
