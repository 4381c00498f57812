/** \file
 * Roles: which rank does what.
 *
 * One rank alone does everything. Otherwise the first rank is the scheduler, each node has the asked
 * number of servers, the rest are workers. Where a node has fewer ranks than that, roles double up:
 * first the scheduler serves, then servers work, so that no node is without a server and none without a worker,
 * the scheduler's excepted when it has other ranks. Spares are the last ranks of each node.
 */
#ifndef TERN_RUNTIME_ROLES_H
#define TERN_RUNTIME_ROLES_H

#include "tern/types.h"

typedef struct tern_roles_request {
    int servers_per_node; /* at least 1 */
    int spares_per_node;
    const char *
        explicit_roles; /* "scheduler+server,worker,...": one for each rank; NULL: by rule */
} tern_roles_request_t;

/** Fill `roles` [num_ranks] of tern_role_t sets; `nodes` [num_ranks] are the ranks' nodes, numbered from
 * 0 with rank 0 on node 0; `scratch` [num_ranks] is overwritten.
 * TERN_ERR_USAGE, logged. */
tern_status_t tern_roles_assign(const tern_roles_request_t *request, int num_ranks,
                                const int nodes[], int scratch[], uint32_t roles[]);

/** "scheduler+server", for people. Returns `text`. */
const char *tern_roles_text(uint32_t roles, char *text, size_t text_bytes);

#endif
