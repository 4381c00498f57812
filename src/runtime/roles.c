#include "runtime/roles.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"

static const struct {
    const char *name;
    uint32_t    role;
} names[] = {{"scheduler", TERN_ROLE_SCHEDULER},
             {"server", TERN_ROLE_SERVER},
             {"worker", TERN_ROLE_WORKER},
             {"spare", TERN_ROLE_SPARE}};

#define NUM_NAMES (sizeof names / sizeof *names)

const char *tern_roles_text(uint32_t roles, char *text, size_t text_bytes)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < NUM_NAMES; i++)
        if ((roles & names[i].role) && used < text_bytes)
            used += (size_t)snprintf(text + used, text_bytes - used, "%s%s",
                                     used > 0 ? "+" : "", names[i].name);
    return text;
}

/* One rank's roles up to ',' or the end; 0 if a word is unknown. */
static uint32_t parse_roles(const char **text_p)
{
    uint32_t roles = 0;

    for (;;) {
        size_t   length = strcspn(*text_p, "+,");
        uint32_t role   = 0;

        for (size_t i = 0; i < NUM_NAMES; i++)
            if (strlen(names[i].name) == length &&
                strncmp(*text_p, names[i].name, length) == 0)
                role = names[i].role;
        if (role == 0)
            return 0;
        roles |= role;
        *text_p += length;
        if (**text_p != '+')
            return roles;
        (*text_p)++;
    }
}

static tern_status_t refuse(const char *why)
{
    tern_log(TERN_LOG_RUNTIME, TERN_LOG_ERROR, "--roles: %s", why);
    return TERN_ERR_USAGE;
}

static tern_status_t assign_explicit(const char *text, int num_ranks, uint32_t roles[])
{
    uint32_t all            = 0;
    int      num_schedulers = 0;

    for (int r = 0; r < num_ranks; r++) {
        roles[r] = parse_roles(&text);
        if (roles[r] == 0)
            return refuse(
                "want scheduler, server, worker or spare, joined by '+', for each rank, "
                "separated by commas");
        if ((roles[r] & TERN_ROLE_SPARE) && roles[r] != TERN_ROLE_SPARE)
            return refuse("a spare has no other role");
        all |= roles[r];
        num_schedulers += (roles[r] & TERN_ROLE_SCHEDULER) != 0;
        if (*text != (r + 1 < num_ranks ? ',' : '\0'))
            return refuse("as many entries as ranks are needed");
        text++;
    }
    if (num_schedulers != 1 || !(all & TERN_ROLE_SERVER) || !(all & TERN_ROLE_WORKER))
        return refuse("one scheduler, a server and a worker are needed");
    return TERN_OK;
}

/* `ranks` [n] are a node's ranks without its spares. */
static void assign_node(const int ranks[], int n, int num_servers, bool has_scheduler,
                        bool is_only_node, uint32_t roles[])
{
    int first_server = has_scheduler && n > num_servers + 1 ? 1 : 0;

    if (has_scheduler)
        roles[ranks[0]] |= TERN_ROLE_SCHEDULER;
    if (num_servers > n)
        num_servers = n;
    for (int i = first_server; i < first_server + num_servers; i++)
        roles[ranks[i]] |= TERN_ROLE_SERVER;
    for (int i = first_server + num_servers; i < n; i++)
        roles[ranks[i]] |= TERN_ROLE_WORKER;
    if (first_server + num_servers ==
        n) /* no rank is left to work: the servers do, but the scheduler
                                            only where nobody else could */
        for (int i = 0; i < n; i++)
            if (!(roles[ranks[i]] & TERN_ROLE_SCHEDULER) || n == 1 || is_only_node)
                roles[ranks[i]] |= TERN_ROLE_WORKER;
}

static tern_status_t assign_by_rule(const tern_roles_request_t *request, int num_ranks,
                                    const int nodes[], int scratch[], uint32_t roles[])
{
    int num_nodes = 0;

    for (int r = 0; r < num_ranks; r++)
        if (nodes[r] >= num_nodes)
            num_nodes = nodes[r] + 1;
    for (int node = 0; node < num_nodes; node++) {
        int n = 0;

        for (int r = 0; r < num_ranks; r++)
            if (nodes[r] == node)
                scratch[n++] = r;
        if (n <= request->spares_per_node) {
            tern_log(TERN_LOG_RUNTIME, TERN_LOG_ERROR,
                     "--spares %d: node %d has only %d ranks, one at least must not be a "
                     "spare",
                     request->spares_per_node, node, n);
            return TERN_ERR_USAGE;
        }
        for (int i = n - request->spares_per_node; i < n; i++)
            roles[scratch[i]] = TERN_ROLE_SPARE;
        assign_node(scratch, n - request->spares_per_node, request->servers_per_node,
                    node == 0, num_nodes == 1, roles);
    }
    return TERN_OK;
}

tern_status_t tern_roles_assign(const tern_roles_request_t *request, int num_ranks,
                                const int nodes[], int scratch[], uint32_t roles[])
{
    memset(roles, 0, (size_t)num_ranks * sizeof *roles);
    if (request->explicit_roles != NULL && request->explicit_roles[0] != '\0')
        return assign_explicit(request->explicit_roles, num_ranks, roles);
    return assign_by_rule(request, num_ranks, nodes, scratch, roles);
}
