/** \file
 * MPI does not tell which of its components it uses, but the variables of the others disappear from its tool
 * interface once it has chosen. Before it has started, those of all components are there.
 */
#include "comm/transport.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Set by tern-shield. */
#define SHIELDED "TERN_RUN_SHIELDED"

static bool has_variable(const char *name)
{
    int index;

    return MPI_T_cvar_get_index(name, &index) == MPI_SUCCESS;
}

/* Open MPI's component for messages; "MPI's own" where it is another MPI. */
static const char *find_component(void)
{
    static const struct {
        const char *name, *variable;
    } components[] = {{"ucx", "pml_ucx_priority"},
                      {"ob1", "pml_ob1_priority"},
                      {"cm", "pml_cm_priority"}};

    for (size_t i = 0; i < sizeof components / sizeof *components; i++)
        if (has_variable(components[i].variable))
            return components[i].name;
    return "MPI's own";
}

/* Call `ask` while MPI's tool interface is open. */
static const char *with_tools(const char *(*ask)(void))
{
    const char *answer = "unknown";
    int         level;

    if (MPI_T_init_thread(MPI_THREAD_SINGLE, &level) != MPI_SUCCESS)
        return answer;
    answer = ask();
    MPI_T_finalize();
    return answer;
}

static bool spans_hosts(const tern_group_t *group)
{
    for (int r = 1; r < group->size; r++)
        if (strcmp(group->members[r].host, group->members[0].host) != 0)
            return true;
    return false;
}

/* UCX takes the fastest network that it finds, unless it is told. */
static bool is_ucx_over_tcp(const char *component)
{
    const char *networks = getenv("UCX_TLS");

    return strcmp(component, "ucx") == 0 && networks && strstr(networks, "tcp");
}

void tern_transport_describe(const tern_group_t *group, char *text, size_t text_bytes)
{
    const char *component = with_tools(find_component);
    const char *path      = "shared memory";
    const char *verdict   = "survivable (shielded by tern-run)";

    if (spans_hosts(group))
        path = is_ucx_over_tcp(component) || strcmp(component, "ob1") == 0
                   ? "tcp"
                   : "the network";
    if (spans_hosts(group) && !is_ucx_over_tcp(component))
        verdict = "not survivable: a lost rank may block the others (use tern-run)";
    else if (getenv(SHIELDED) == NULL)
        verdict =
            "not survivable: mpirun ends the job with its first lost rank (use tern-run)";
    snprintf(text, text_bytes, "%s over %s; %s", component, path, verdict);
}

void tern_transport_offer(char *text, size_t text_bytes)
{
    const char *component = with_tools(find_component);
    bool        has_ucx   = strcmp(component, "ucx") == 0;

    snprintf(text, text_bytes, "%s over tcp between hosts; %s", component,
             has_ucx ? "survivable under tern-run"
                     : "not survivable: a lost rank may block the others");
}
