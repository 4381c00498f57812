/** \file
 * Group: the ranks of a runtime, the nodes they form, and what each of them does.
 *
 * A node is a set of ranks that share memory. `node_ranks` splits a host into smaller nodes that do
 * not, so that remote paths can be tested anywhere.
 */
#ifndef TERN_COMM_GROUP_H
#define TERN_COMM_GROUP_H

#include <mpi.h>
#include <sys/types.h>

#include "tern/types.h"

/** A peer as messages name it: a later life of the same rank has a higher incarnation. */
typedef struct tern_peer {
    MPI_Comm comm;
    int      rank;
    uint32_t incarnation;
} tern_peer_t;

/** What everybody knows about a rank. */
typedef struct tern_member {
    char     host[64];
    char     cores[64]; /* binding as a list, for people */
    int32_t  node, node_rank;
    int32_t  pid;
    int32_t  num_cores, num_domains; /* of its host: cores it may use, NUMA domains */
    uint32_t roles;                  /* of tern_role_t */
    int32_t  server, worker;         /* number among servers, workers; -1: none */
    int32_t  worker_group;           /* that it works in; -1: none */
    int32_t
             landing; /* server of its node that keeps the rows which it localizes; -1: the node has none */
    uint32_t incarnation;
} tern_member_t;

typedef struct tern_group {
    MPI_Comm       comm; /* duplicate of the user's */
    MPI_Comm       node_comm;
    MPI_Comm       worker_comm; /* of its worker group; MPI_COMM_NULL where this rank is no worker */
    int            rank, size;
    int            node, num_nodes, node_rank, node_size;
    tern_member_t *members; /* [size] */
    int            scheduler;
    int            num_servers, num_workers;
    int           *server_ranks; /* [num_servers] */
    int           *worker_ranks; /* [num_workers] */
    int            num_worker_groups;
    int           *worker_group_begins; /* [num_worker_groups + 1]: group g has workers begins[g] to begins[g + 1] - 1 */
    int           *node_members; /* [node_size]: ranks of this node in node order */
    int           *agents;       /* [num_nodes]: the rank that speaks for each node */
} tern_group_t;

/** What a rank tells the others about its place. */
typedef struct tern_place {
    char cores[64]; /* its binding */
    int  num_cores, num_domains;
} tern_place_t;

/** Collective: find the nodes. `node_ranks` 0: whole hosts. */
tern_status_t tern_group_create(MPI_Comm comm, int node_ranks, const tern_place_t *place,
                                tern_group_t **group_p);

/** Collective: give the ranks their roles [size], and split the workers into groups of these sizes, which add up
 * to their number; the same on every rank. */
tern_status_t tern_group_set_roles(tern_group_t *group, const uint32_t roles[],
                                   int num_worker_groups, const int sizes[]);

void tern_group_destroy(tern_group_t **group_p);

static inline bool tern_group_has(const tern_group_t *group, tern_role_t role)
{
    return (group->members[group->rank].roles & role) != 0;
}

static inline bool tern_group_is_agent(const tern_group_t *group)
{
    return group->agents[group->node] == group->rank;
}

static inline bool tern_group_is_neighbour(const tern_group_t *group, int rank)
{
    return group->members[rank].node == group->node;
}

static inline int tern_group_num_workers_of(const tern_group_t *group, int worker_group)
{
    return group->worker_group_begins[worker_group + 1] -
           group->worker_group_begins[worker_group];
}

/** The worker group of the caller; -1: it is no worker. */
static inline int tern_group_own_worker_group(const tern_group_t *group)
{
    return group->members[group->rank].worker_group;
}

/** The rank of the caller's node that is its worker number `slot` of a worker group, in node order; -1 if there is
 * none. */
int tern_group_node_worker(const tern_group_t *group, int worker_group, uint32_t slot);

tern_peer_t tern_group_peer(const tern_group_t *group, int rank);

/** Log and translate an MPI error; MPI_SUCCESS is TERN_OK. */
tern_status_t tern_mpi_check(int code, const char *call);

#endif
