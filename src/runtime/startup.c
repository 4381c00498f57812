/** \file
 * The table that opens a run: what each rank is and where it sits, what carries their messages, and a
 * warning where ranks that have work to do share a core.
 */
#include <stdio.h>
#include <string.h>

#include "comm/transport.h"
#include "runtime/roles.h"
#include "runtime/runtime.h"
#include "runtime/topology.h"
#include "tern/info.h"

static void print_ranks(const tern_runtime_t *runtime, FILE *out)
{
    const tern_group_t *group = runtime->group;
    const char *rungs = tern_probe_rungs(&runtime->probe, group->num_nodes);
    char        roles[64];

    fprintf(out, "%5s  %-16s %5s  %-24s %-10s %s\n", "rank", "host", "node", "role",
            "cores", "pulls go by");
    for (int r = 0; r < group->size; r++) {
        const tern_member_t *member = &group->members[r];

        fprintf(out, "%5d  %-16s %5d  %-24s %-10s %s\n", r, member->host, member->node,
                tern_roles_text(member->roles, roles, sizeof roles), member->cores,
                member->worker < 0 ? "-" : rungs);
    }
}

static void print_emulation(const tern_emulate_t *emulate, FILE *out)
{
    char text[160];

    if (!emulate->is_active)
        return;
    tern_emulate_describe(emulate, text, sizeof text);
    fprintf(out, "emulated: %s\n", text);
}

static void print_transport(const tern_group_t *group, FILE *out)
{
    char text[200];

    if (group->size == 1)
        return;
    tern_transport_describe(group, text, sizeof text);
    fprintf(out, "transport: %s\n", text);
}

/* Where there are several: who is in which. */
static void print_groups(const tern_group_t *group, FILE *out)
{
    for (int g = 0; group->num_worker_groups > 1 && g < group->num_worker_groups; g++)
        fprintf(out, "worker group %d: workers %d to %d, ranks %d to %d\n", g,
                group->worker_group_begins[g], group->worker_group_begins[g + 1] - 1,
                group->worker_ranks[group->worker_group_begins[g]],
                group->worker_ranks[group->worker_group_begins[g + 1] - 1]);
}

/* Bound to the same single core. */
static bool share_a_core(const tern_member_t *a, const tern_member_t *b)
{
    return strcmp(a->host, b->host) == 0 && strcmp(a->cores, b->cores) == 0 &&
           strpbrk(a->cores, ",-?") == NULL;
}

static void warn_of_shared_cores(const tern_group_t *group)
{
    for (int r = 0; r < group->size; r++)
        for (int q = 0; q < r; q++)
            if (share_a_core(&group->members[q], &group->members[r]))
                tern_log(TERN_LOG_RUNTIME, TERN_LOG_WARN,
                         "ranks %d and %d share core %s of %s; mpirun --bind-to none "
                         "lets them move",
                         q, r, group->members[r].cores, group->members[r].host);
}

static void warn_of_crowds(const tern_group_t *group)
{
    for (int r = 0; r < group->size; r++) {
        const tern_member_t *member = &group->members[r];
        int                  before = 0, on_host = 0;

        for (int q = 0; q < group->size; q++)
            if (strcmp(group->members[q].host, member->host) == 0) {
                before += q < r;
                on_host++;
            }
        if (before == 0 && on_host > member->num_cores)
            tern_log(TERN_LOG_RUNTIME, TERN_LOG_WARN,
                     "%d ranks share %d cores of %s; idle ones sleep, but busy ones slow "
                     "each other",
                     on_host, member->num_cores, member->host);
    }
}

void tern_startup_print(const tern_runtime_t *runtime)
{
    const tern_group_t *group = runtime->group;

    if (group->rank != 0 ||
        strcmp(tern_option_string(runtime->options, "stats"), "none") == 0)
        return;
    if (!tern_option_flag(runtime->options, "json")) {
        printf("Tern %s: ranks %d, nodes %d, servers %d, workers %d\n", tern_version(),
               group->size, group->num_nodes, group->num_servers, group->num_workers);
        print_ranks(runtime, stdout);
        print_groups(group, stdout);
        print_transport(group, stdout);
        print_emulation(&runtime->emulate, stdout);
        fflush(stdout);
    }
    warn_of_shared_cores(group);
    warn_of_crowds(group);
}
