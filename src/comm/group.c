/** \file
 * Nodes come from MPI_COMM_TYPE_SHARED; a node's number follows its lowest rank, so that rank 0 is
 * always on node 0. The agent of a node is its first server, else its first rank.
 */
#include "comm/group.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

tern_status_t tern_mpi_check(int code, const char *call)
{
    char text[MPI_MAX_ERROR_STRING] = "";
    int  length                     = 0;

    if (code == MPI_SUCCESS)
        return TERN_OK;
    MPI_Error_string(code, text, &length);
    tern_log(TERN_LOG_COMM, TERN_LOG_ERROR, "%s failed: %s", call, text);
    return TERN_ERR_MPI;
}

static int split_nodes(tern_group_t *group, int node_ranks)
{
    MPI_Comm host_comm;
    int      host_rank;
    int      code;

    code = MPI_Comm_split_type(group->comm, MPI_COMM_TYPE_SHARED, group->rank,
                               MPI_INFO_NULL, &host_comm);
    if (code != MPI_SUCCESS)
        return code;
    MPI_Comm_rank(host_comm, &host_rank);
    code = MPI_Comm_split(host_comm, node_ranks > 0 ? host_rank / node_ranks : 0,
                          host_rank, &group->node_comm);
    MPI_Comm_free(&host_comm);
    if (code != MPI_SUCCESS)
        return code;
    MPI_Comm_set_errhandler(group->node_comm, MPI_ERRORS_RETURN);
    MPI_Comm_rank(group->node_comm, &group->node_rank);
    MPI_Comm_size(group->node_comm, &group->node_size);
    return MPI_SUCCESS;
}

/* Nodes are first known by their lowest rank; number them in that order. */
static void number_nodes(tern_group_t *group)
{
    group->num_nodes = 0;
    for (int r = 0; r < group->size; r++) {
        tern_member_t *member = &group->members[r];

        member->node =
            member->node == r ? group->num_nodes++ : group->members[member->node].node;
    }
    group->node = group->members[group->rank].node;
}

static int gather_members(tern_group_t *group, const tern_place_t *place)
{
    tern_member_t self   = {.node_rank   = group->node_rank,
                            .pid         = (int32_t)getpid(),
                            .num_cores   = place->num_cores,
                            .num_domains = place->num_domains,
                            .server      = -1,
                            .worker      = -1,
                            .worker_group = -1,
                            .incarnation = 1};
    int           lowest = group->rank;
    int           code;

    gethostname(self.host, sizeof self.host - 1);
    memcpy(self.cores, place->cores, sizeof self.cores);
    code = MPI_Bcast(&lowest, 1, MPI_INT, 0, group->node_comm);
    if (code != MPI_SUCCESS)
        return code;
    self.node = lowest;
    return MPI_Allgather(&self, sizeof self, MPI_BYTE, group->members, sizeof self,
                         MPI_BYTE, group->comm);
}

tern_status_t tern_group_create(MPI_Comm comm, int node_ranks, const tern_place_t *place,
                                tern_group_t **group_p)
{
    tern_group_t *group = tern_alloc_zeroed(TERN_LOG_COMM, sizeof *group);
    tern_status_t status;

    if (group == NULL)
        return TERN_ERR_NO_MEMORY;
    group->comm = group->node_comm = group->worker_comm = MPI_COMM_NULL;
    status = tern_mpi_check(MPI_Comm_dup(comm, &group->comm), "MPI_Comm_dup");
    if (status != TERN_OK)
        goto err_free;
    MPI_Comm_set_errhandler(group->comm, MPI_ERRORS_RETURN);
    MPI_Comm_rank(group->comm, &group->rank);
    MPI_Comm_size(group->comm, &group->size);
    status = tern_mpi_check(split_nodes(group, node_ranks), "splitting into nodes");
    if (status != TERN_OK)
        goto err_free;
    group->members =
        tern_alloc_zeroed(TERN_LOG_COMM, (size_t)group->size * sizeof *group->members);
    if (group->members == NULL) {
        status = TERN_ERR_NO_MEMORY;
        goto err_free;
    }
    status = tern_mpi_check(gather_members(group, place), "MPI_Allgather");
    if (status != TERN_OK)
        goto err_free;
    number_nodes(group);
    *group_p = group;
    return TERN_OK;

err_free:
    tern_group_destroy(&group);
    return status;
}

/* The numbers that follow from the roles; every rank computes the same. */
static void number_roles(tern_group_t *group)
{
    int node_position = 0;

    group->scheduler   = 0;
    group->num_servers = group->num_workers = 0;
    for (int n = 0; n < group->num_nodes; n++)
        group->agents[n] = -1;
    for (int r = 0; r < group->size; r++) {
        tern_member_t *member = &group->members[r];

        if (member->roles & TERN_ROLE_SCHEDULER)
            group->scheduler = r;
        member->server = member->roles & TERN_ROLE_SERVER ? group->num_servers++ : -1;
        member->worker = member->roles & TERN_ROLE_WORKER ? group->num_workers++ : -1;
        if (member->server >= 0)
            group->server_ranks[member->server] = r;
        if (member->worker >= 0)
            group->worker_ranks[member->worker] = r;
        if (member->node == group->node)
            group->node_members[node_position++] = r;
        if (member->server >= 0 && group->agents[member->node] < 0)
            group->agents[member->node] = r;
    }
    for (int r = group->size - 1; r >= 0; r--) /* nodes without servers: the first rank */
        if (group->agents[group->members[r].node] < 0 ||
            group->members[group->agents[group->members[r].node]].server < 0)
            group->agents[group->members[r].node] = r;
}

/* The servers of each node take turns. O(ranks x servers), once. */
static void choose_landings(tern_group_t *group)
{
    for (int r = 0; r < group->size; r++) {
        tern_member_t *member      = &group->members[r];
        int            num_servers = 0, turn;

        for (int s = 0; s < group->num_servers; s++)
            num_servers += group->members[group->server_ranks[s]].node == member->node;
        member->landing = -1;
        if (num_servers == 0)
            continue;
        turn = (member->worker >= 0 ? member->worker : 0) % num_servers;
        for (int s = 0; s < group->num_servers; s++)
            if (group->members[group->server_ranks[s]].node == member->node &&
                turn-- == 0)
                member->landing = s;
    }
}

/* Workers in the order of their numbers. */
static tern_status_t split_workers(tern_group_t *group, int num_worker_groups,
                                   const int sizes[])
{
    int *begins = tern_alloc(TERN_LOG_COMM,
                             ((size_t)num_worker_groups + 1) * sizeof *begins);

    if (begins == NULL)
        return TERN_ERR_NO_MEMORY;
    group->num_worker_groups   = num_worker_groups;
    group->worker_group_begins = begins;
    begins[0]                  = 0;
    for (int g = 0; g < num_worker_groups; g++) {
        begins[g + 1] = begins[g] + sizes[g];
        for (int w = begins[g]; w < begins[g + 1]; w++)
            group->members[group->worker_ranks[w]].worker_group = g;
    }
    assert(begins[num_worker_groups] == group->num_workers);
    return TERN_OK;
}

tern_status_t tern_group_set_roles(tern_group_t *group, const uint32_t roles[],
                                   int num_worker_groups, const int sizes[])
{
    size_t        size = (size_t)group->size;
    tern_status_t status;
    int           own;

    for (size_t r = 0; r < size; r++)
        group->members[r].roles = roles[r];
    group->server_ranks = tern_alloc(TERN_LOG_COMM, size * sizeof(int));
    group->worker_ranks = tern_alloc(TERN_LOG_COMM, size * sizeof(int));
    group->node_members =
        tern_alloc(TERN_LOG_COMM, (size_t)group->node_size * sizeof(int));
    group->agents = tern_alloc(TERN_LOG_COMM, (size_t)group->num_nodes * sizeof(int));
    if (group->server_ranks == NULL || group->worker_ranks == NULL ||
        group->node_members == NULL || group->agents == NULL)
        return TERN_ERR_NO_MEMORY;
    number_roles(group);
    choose_landings(group);
    status = split_workers(group, num_worker_groups, sizes);
    if (status != TERN_OK)
        return status;
    own = tern_group_own_worker_group(group);
    return tern_mpi_check(MPI_Comm_split(group->comm, own >= 0 ? own : MPI_UNDEFINED,
                                         group->rank, &group->worker_comm),
                          "MPI_Comm_split");
}

void tern_group_destroy(tern_group_t **group_p)
{
    tern_group_t *group = *group_p;

    if (group == NULL)
        return;
    if (group->worker_comm != MPI_COMM_NULL)
        MPI_Comm_free(&group->worker_comm);
    if (group->node_comm != MPI_COMM_NULL)
        MPI_Comm_free(&group->node_comm);
    if (group->comm != MPI_COMM_NULL)
        MPI_Comm_free(&group->comm);
    tern_free(TERN_LOG_COMM, group->worker_group_begins);
    tern_free(TERN_LOG_COMM, group->agents);
    tern_free(TERN_LOG_COMM, group->node_members);
    tern_free(TERN_LOG_COMM, group->worker_ranks);
    tern_free(TERN_LOG_COMM, group->server_ranks);
    tern_free(TERN_LOG_COMM, group->members);
    tern_free(TERN_LOG_COMM, group);
    *group_p = NULL;
}

int tern_group_node_worker(const tern_group_t *group, int worker_group, uint32_t slot)
{
    for (int i = 0; i < group->node_size; i++)
        if (group->members[group->node_members[i]].worker_group == worker_group &&
            slot-- == 0)
            return group->node_members[i];
    return -1;
}

tern_peer_t tern_group_peer(const tern_group_t *group, int rank)
{
    assert(rank >= 0 && rank < group->size);
    return (tern_peer_t){group->comm, rank, group->members[rank].incarnation};
}
